// Who asks, and routes of signing in and out, second factor, and the rail of rooms.
#include <algorithm>

#include "base/json.hpp"
#include "desk/caller.hpp"
#include "desk/matter_view.hpp"
#include "desk/room_face.hpp"
#include "desk/routes.hpp"

namespace zhian::desk {
namespace json = boost::json;

namespace {
constexpr std::string_view kCookie = "zhian_session";

std::string Token(const http::Request& request) { return std::string(request.Cookie(kCookie)); }

std::string SessionCookie(const http::Request& request, std::string_view token, bool end) {
  http::CookieOptions options;
  options.secure = request.secure;
  options.same_site = "Strict";
  if (end) options.max_age = std::chrono::seconds{0};
  return http::FormatCookie(kCookie, token, options);
}

Result<json::object> SessionView(App& app, const Caller& caller) {
  const identity::Principal& principal = *caller.principal;
  json::array assignments;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    const NameLookup names(db);
    for (const auto& held : principal.assignments) {
      const auto* role = procedure::FindRole(held.role);
      const auto named = [&](const std::string& id, const std::string& name) {
        return id.empty() ? json::value(nullptr) : json::value(json::object{{"id", id}, {"name", name}});
      };
      std::string body_name;
      if (!held.body.empty())
        if (const auto body = identity::LoadBody(db, held.body); body.ok()) body_name = body->name;
      assignments.push_back(json::object{
          {"role", held.role},
          {"role_label", role == nullptr ? std::string_view(held.role) : LabelIn(role->label, caller.language)},
          {"jurisdiction", named(held.jurisdiction, names.Jurisdiction(held.jurisdiction))},
          {"body", named(held.body, body_name)},
          {"operator", named(held.operator_id, names.Operator(held.operator_id))},
          {"on_behalf_of", held.on_behalf_of.empty() ? json::value(nullptr) : json::value(held.on_behalf_of)}});
    }
    return Ok();
  }));
  return json::object{{"account", json::object{{"id", principal.account_id},
                                               {"name", principal.name},
                                               {"username", principal.username},
                                               {"lang", principal.language}}},
                      {"assignments", std::move(assignments)},
                      {"csrf", principal.csrf_token},
                      {"must_change_password", principal.must_change_password}};
}

Result<http::Response> SignIn(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const json::object body, BodyObject(caller.request));
  const auto text = [&](const char* name) { return procedure::ScalarText(body.if_contains(name)); };
  std::vector<FieldError> missing;
  if (text("username").empty()) missing.push_back({"/username", "error.fill", "填写用户名"});
  if (text("password").empty()) missing.push_back({"/password", "error.fill", "填写密码"});
  if (!missing.empty()) return NeedsMending(std::move(missing));
  ZHIAN_ASSIGN(const auto signed_in, app.identity.SignIn(text("username"), text("password"), text("otp")));
  ZHIAN_ASSIGN(caller.principal, app.identity.LoadSession(signed_in.token));
  ZHIAN_ASSIGN(json::object view, SessionView(app, caller));
  view["expires_at"] = base::FormatInstant(signed_in.expires);
  http::Response response = Json(view);
  response.headers.Add("Set-Cookie", SessionCookie(caller.request, signed_in.token, false));
  return response;
}

Result<http::Response> GetSession(App& app, Caller& caller) {
  ZHIAN_ASSIGN(json::object view, SessionView(app, caller));
  return Json(view);
}

Result<http::Response> SignOut(App& app, Caller& caller) {
  ZHIAN_TRY(app.identity.SignOut(Token(caller.request)));
  http::Response response = http::Response::NoContent();
  response.headers.Add("Set-Cookie", SessionCookie(caller.request, "", true));
  return response;
}

Result<http::Response> ChangePassword(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const json::object body, BodyObject(caller.request));
  ZHIAN_TRY(app.identity.ChangePassword(*caller.principal, procedure::ScalarText(body.if_contains("old")),
                                        procedure::ScalarText(body.if_contains("new"))));
  return http::Response::NoContent();
}

Result<http::Response> StartSecondFactor(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const auto enrolment, app.identity.BeginSecondFactor(*caller.principal));
  return Json(json::object{{"secret", enrolment.secret_base32}, {"uri", enrolment.uri}});
}

Result<http::Response> ConfirmSecondFactor(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const json::object body, BodyObject(caller.request));
  ZHIAN_ASSIGN(const auto codes,
               app.identity.ConfirmSecondFactor(*caller.principal, procedure::ScalarText(body.if_contains("code"))));
  json::array list;
  for (const std::string& code : codes) list.push_back(json::value(code));
  return Json(json::object{{"recovery_codes", std::move(list)}});
}

Result<http::Response> Meta(App& app, Caller& caller) {
  json::value accounts = nullptr;
  if (app.demo) {
    json::array list;
    const auto all = app.identity.ListAccounts("", 200);
    if (all.ok())
      for (const auto& account : *all) {
        if (account.status != "active") continue;
        const auto roles = app.identity.ListAssignments(account.id);
        std::string label;
        if (roles.ok())
          for (const auto& held : *roles) {
            if (held.valid_to && held.valid_to->ms <= app.clock.Now().ms)
              continue;  // the people of 2007 cannot act any more
            if (const auto* role = procedure::FindRole(held.role))
              label += (label.empty() ? "" : "、") + std::string(role->label.zh_hans);
          }
        if (label.empty()) continue;
        // The demonstration's one password is printed by ./run and shown at the door: there is nothing to protect in
        // it.
        list.push_back(json::object{
            {"username", account.username}, {"password", "demo-2026"}, {"name", account.name}, {"role_label", label}});
      }
    accounts = std::move(list);
  }
  const base::Instant now = app.clock.Now();
  return Json(json::object{{"name", "质安"},
                           {"district", json::object{{"id", app.district_root}, {"name", app.district_name}}},
                           {"demo", app.demo},
                           {"demo_accounts", accounts},
                           {"signed_in", caller.principal.has_value()},
                           {"version", app.version},
                           {"now", base::FormatInstant(now)},
                           {"today", base::FormatDate(base::LocalDate(now))},
                           {"business_clock", app.clock.CanAdvance()}});
}

Result<http::Response> Rail(App& app, Caller& caller) {
  std::vector<storage::Value> parameters;
  std::string where = "WHERE d.district=$d AND d.state='open'" + ScopeOf(caller.actor).Where("d", parameters);
  std::string roles;
  for (const auto& held : caller.actor.roles) {
    parameters.emplace_back(held.role);
    roles += (roles.empty() ? "$" : ",$") + std::to_string(parameters.size());
  }
  where += " AND d.holder_role IN (" + (roles.empty() ? "''" : roles) + ")";
  std::map<std::string, std::int64_t, std::less<>> by_room;
  std::int64_t total = 0;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query("SELECT kind, COUNT(*) FROM (SELECT d.kind FROM duty d " + where +
                                         " LIMIT 10000) x GROUP BY kind LIMIT 100",
                                     std::span<const storage::Value>(parameters)));
    for (const auto& row : rows) {
      total += row.integer(1);
      if (const auto* kind = procedure::FindKind(row.text(0))) by_room[std::string(kind->room)] += row.integer(1);
    }
    return Ok();
  }));
  json::array rooms;
  const auto kinds = procedure::Kinds();
  for (const RoomFace* face : app.rooms) {
    const std::string_view room = face->room;
    const bool live =
        std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.live && kind.room == room; });
    if (!live) continue;
    const auto count = by_room.find(room);
    rooms.push_back(
        json::object{{"room", room},
                     {"label", LabelText("room." + std::string(room), {}, std::string(room), caller.language)},
                     {"group", face->group},
                     {"open_duties", count == by_room.end() ? 0 : count->second}});
  }
  return Json(json::object{{"open_duties", total}, {"rooms", std::move(rooms)}});
}

Schema SessionSchema() {
  const Schema assignment = Object({{"role", RoleId()},
                                    {"role_label", Text()},
                                    {"jurisdiction", Nullable(NamedThing())},
                                    {"body", Nullable(NamedThing())},
                                    {"operator", Nullable(NamedThing())},
                                    {"on_behalf_of", Nullable(Text())}});
  return Named(
      "Session",
      Object({{"account",
               Named("Account", Object({{"id", Text()}, {"name", Text()}, {"username", Text()}, {"lang", Text()}}))},
              {"assignments", ListOf(Named("Assignment", assignment))},
              {"csrf", Text()},
              {"must_change_password", Truth()},
              Maybe("expires_at", Instant())}));
}

Schema MetaSchema() {
  const Schema account = Object({{"username", Text()}, {"password", Text()}, {"name", Text()}, {"role_label", Text()}});
  return Named("Meta", Object({{"name", Text()},
                               {"district", NamedThing()},
                               {"demo", Truth()},
                               {"demo_accounts", Nullable(ListOf(Named("DemoAccount", account)))},
                               {"signed_in", Truth()},
                               {"version", Text()},
                               {"now", Instant()},
                               {"today", Day()},
                               {"business_clock", Truth()}}));
}

Schema RailSchema() {
  const Schema room =
      Object({{"room", RoomId()}, {"label", Text()}, {"group", OneOf({"work", "govern"})}, {"open_duties", Integer()}});
  return Named("Rail", Object({{"open_duties", Integer()}, {"rooms", ListOf(room)}}));
}

}  // namespace

Language LanguageOf(const http::Request& request) {
  const std::string accept = request.headers.Joined("Accept-Language");
  const auto at = [&](std::string_view tag) { return accept.find(tag); };
  const auto hant = std::min(at("zh-Hant"), std::min(at("zh-TW"), at("zh-HK"))),
             hans = std::min(at("zh-Hans"), at("zh-CN")), english = at("en");
  if (english < hant && english < hans && english < at("zh")) return Language::kEnglish;
  if (hant != std::string::npos && hant < hans) return Language::kTraditional;
  return Language::kSimplified;
}

procedure::Actor ActorOf(const identity::Principal& principal) {
  procedure::Actor actor;
  actor.account_id = principal.account_id;
  actor.name = principal.name;
  actor.person_digest = principal.person_digest;
  actor.system = principal.system;
  for (const auto& held : principal.assignments)
    actor.roles.push_back({.role = held.role,
                           .jurisdiction = held.jurisdiction,
                           .body = held.body,
                           .operator_id = held.operator_id,
                           .on_behalf_of = held.on_behalf_of,
                           .on_behalf_of_account = held.on_behalf_of_account});
  return actor;
}

Status Authenticate(App& app, Caller& caller, const RouteSpec& route) {
  const http::Request& request = caller.request;
  const std::string authorization(request.headers.Get("Authorization"));
  const bool by_token = authorization.starts_with("Bearer ");
  if (by_token) {
    ZHIAN_ASSIGN(caller.principal, app.identity.LoadToken(authorization.substr(7)));
    const auto& scopes = caller.principal->scopes;
    const char* needed = route.writes ? "write" : "read";
    if (std::find(scopes.begin(), scopes.end(), needed) == scopes.end())
      return MakeError(ErrorCode::kForbidden, Say("这个令牌没有 {} 权限", needed));
  } else if (const std::string token = Token(request); !token.empty()) {
    auto principal = app.identity.LoadSession(token);
    if (principal.ok())
      caller.principal = std::move(*principal);
    else if (route.access == Access::kSignedIn)
      return principal.error();
  }
  if (route.access == Access::kSignedIn && !caller.principal)
    return MakeError(ErrorCode::kUnauthenticated, "登录已结束或尚未登录，请重新登录；已填写的内容会保留");
  if (caller.principal) {
    caller.actor = ActorOf(*caller.principal);
    const std::string csrf(request.headers.Get("X-CSRF-Token"));
    if (route.writes && !by_token && csrf != caller.principal->csrf_token)
      return MakeError(ErrorCode::kForbidden, "请求缺少防伪令牌，请刷新页面后再试");
  }
  return Ok();
}

void AddSessionRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/meta",
                    .id = "getMeta",
                    .summary = "系统与演示信息",
                    .access = Access::kPublic,
                    .action = &Meta,
                    .answers = Answers(MetaSchema())});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/session",
                    .id = "signIn",
                    .summary = "登录",
                    .access = Access::kPublic,
                    .action = &SignIn,
                    .body_max_bytes = 16 * 1024,
                    .takes = Object({{"username", Text()},
                                     {"password", Text()},
                                     Maybe("otp", Text().Says("of the second factor, or a recovery code"))}),
                    .answers = Answers(SessionSchema())});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/session",
                    .id = "getSession",
                    .summary = "当前会话",
                    .action = &GetSession,
                    .answers = Answers(SessionSchema())});
  routes.push_back({.method = Method::kDelete,
                    .pattern = "/api/v1/session",
                    .id = "signOut",
                    .summary = "退出",
                    .action = &SignOut,
                    .body_max_bytes = 1024,
                    .writes = true,
                    .answers = AnswersNothing()});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/session/password",
                    .id = "changePassword",
                    .summary = "改密码",
                    .action = &ChangePassword,
                    .body_max_bytes = 16 * 1024,
                    .writes = true,
                    .takes = Object({{"old", Text()}, {"new", Text()}}),
                    .answers = AnswersNothing()});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/session/totp/start",
                    .id = "startSecondFactor",
                    .summary = "启用第二因素",
                    .action = &StartSecondFactor,
                    .body_max_bytes = 1024,
                    .writes = true,
                    .takes = Object({}),
                    .answers = Answers(Object({{"secret", Text()}, {"uri", Text()}}))});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/session/totp/confirm",
                    .id = "confirmSecondFactor",
                    .summary = "确认第二因素",
                    .action = &ConfirmSecondFactor,
                    .body_max_bytes = 1024,
                    .writes = true,
                    .takes = Object({{"code", Text()}}),
                    .answers = Answers(Object({{"recovery_codes", ListOf(Text())}}))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/rail",
                    .id = "getRail",
                    .summary = "房间与待办数",
                    .action = &Rail,
                    .answers = Answers(RailSchema())});
}

}  // namespace zhian::desk
