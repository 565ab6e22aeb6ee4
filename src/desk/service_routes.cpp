// The business clock of a demonstration, live events, the map, and what every server answers about itself.
#include "base/json.hpp"
#include "desk/caller.hpp"
#include "desk/cells.hpp"
#include "desk/matter_view.hpp"
#include "desk/routes.hpp"

namespace zhian::desk {
namespace json = boost::json;

namespace {

json::object ClockView(const App& app) {
  const base::Instant now = app.clock.Now();
  return {{"now", base::FormatInstant(now)},
          {"today", base::FormatDate(base::LocalDate(now))},
          {"can_advance", app.clock.CanAdvance()}};
}

Result<http::Response> GetClock(App& app, Caller&) { return Json(ClockView(app)); }

Result<http::Response> AdvanceClock(App& app, Caller& caller) {
  if (!app.clock.CanAdvance()) return MakeError(ErrorCode::kForbidden, "只有演示数据的时钟可以前进");
  ZHIAN_ASSIGN(const json::object body, BodyObject(caller.request));
  const base::Instant now = app.clock.Now();
  base::Instant to = now;
  if (const auto* days = body.if_contains("advance_working_days"); days != nullptr && days->is_int64()) {
    if (days->get_int64() < 1 || days->get_int64() > 60)
      return NeedsMending({{"/advance_working_days", "error.value", "一次前进 1 到 60 个工作日"}});
    // Nine in the morning of that day: after the limits of the day before have passed.
    to = base::Instant{base::StartOfDay(app.services.policy.calendar().AddWorkingDays(
                                            base::LocalDate(now), static_cast<int>(days->get_int64())))
                           .ms +
                       9 * 3'600'000};
  } else {
    const auto wanted = base::ParseInstant(procedure::ScalarText(body.if_contains("advance_to")));
    if (!wanted.ok()) return NeedsMending({{"/advance_to", "error.fill", "填写要前进到的时间"}});
    to = *wanted;
  }
  if (to <= now) return NeedsMending({{"/advance_to", "error.value", "时钟只能向前"}});
  if (to.ms > now.ms + std::int64_t{366} * 86'400'000)
    return NeedsMending({{"/advance_to", "error.value", "一次不超过一年"}});
  int moves = 0;
  // What falls due on the way is done in its own order, at its own time.
  for (int step = 0; step < 5000; ++step) {
    ZHIAN_ASSIGN(const auto next, app.engine.NextDue());
    if (!next || *next > to) break;
    ZHIAN_TRY(app.clock.AdvanceTo(*next));
    ZHIAN_ASSIGN(const int moved, app.engine.RunDue());
    moves += moved;
  }
  ZHIAN_TRY(app.clock.AdvanceTo(to));
  ZHIAN_ASSIGN(const int moved, app.engine.RunDue());
  json::object view = ClockView(app);
  view["moves"] = moves + moved;
  app.hub.Publish("clock", json::serialize(view));
  return Json(view);
}

Result<http::Response> Events(App& app, Caller& caller) {
  auto subscription =
      app.hub.Subscribe([](const http::Event&) { return true; }, caller.request.headers.Get("Last-Event-ID"));
  if (!subscription) return MakeError(ErrorCode::kUnavailable, "打开的页面太多，请关闭一些");
  return http::Response::Stream(std::move(subscription));
}

Result<http::Response> Map(App& app, Caller& caller) {
  // A sketch, not a boundary: one cell a township, laid out along the river from north to south.
  const ReadScope scope = ScopeOf(caller.actor);
  json::array areas;
  json::object values;
  const std::int64_t now = app.clock.Now().ms;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto list, identity::ListJurisdictions(db, app.district_root, 200));
    std::vector<const identity::Jurisdiction*> towns;
    for (const auto& place : list)
      if (place.level == "township" && !place.valid_to) towns.push_back(&place);
    const auto cells = SchematicCells(static_cast<int>(towns.size()));
    for (std::size_t i = 0; i < towns.size(); ++i) {
      const auto& place = *towns[i];
      json::array merged;  // the townships of before that it took over
      for (const auto& former : list)
        if (former.level == "township" && former.valid_to && former.successor == place.id)
          merged.push_back(
              json::object{{"name", former.name}, {"valid_to", base::FormatDate(base::LocalDate(*former.valid_to))}});
      areas.push_back(json::object{{"id", place.id},
                                   {"name", place.name},
                                   {"path", cells[i].path},
                                   {"label_x", cells[i].label_x},
                                   {"label_y", cells[i].label_y},
                                   {"merged", std::move(merged)}});
      ZHIAN_ASSIGN(const bool covered, scope.Covers(db, place.id));
      if (!covered) continue;
      ZHIAN_ASSIGN(
          auto operators,
          db.Query(
              "SELECT COUNT(*) FROM operator WHERE district=$d AND jurisdiction IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=$1)",
              {place.id}));
      ZHIAN_ASSIGN(
          auto overdue,
          db.Query(
              "SELECT COUNT(*) FROM duty WHERE district=$d AND state='open' AND limit_at < $2 AND jurisdiction IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=$1)",
              {place.id, now}));
      values[place.id] =
          json::object{{"operators", operators.front().integer(0)}, {"overdue", overdue.front().integer(0)}};
    }
    return Ok();
  }));
  return Json(json::object{{"disclaimer", Message("示意图，不代表行政区域界线").In(caller.language)},
                           {"areas", std::move(areas)},
                           {"values", std::move(values)}});
}

Result<http::Response> People(App& app, Caller& caller) {
  // For choosing officers: names and roles of the staff of one's own territory, nothing else.
  const ReadScope scope = ScopeOf(caller.actor);
  if (scope.jurisdictions.empty()) return Json(json::array{});
  json::array list;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        auto rows,
        db.Query(
            "SELECT DISTINCT a.id, a.name, r.role FROM accounts a JOIN role_assignments r ON r.account_id=a.id WHERE a.status='active' AND r.operator_id IS NULL AND (r.valid_to IS NULL OR r.valid_to > $1) ORDER BY a.name, r.role LIMIT 500",
            {app.clock.Now().ms}));  // who can act no more is not offered
    for (const auto& row : rows) {
      const auto* role = procedure::FindRole(row.text(2));
      list.push_back(json::object{
          {"id", row.text(0)},
          {"name", row.text(1)},
          {"role", row.text(2)},
          {"role_label", role == nullptr ? std::string_view(row.text(2)) : LabelIn(role->label, caller.language)}});
    }
    return Ok();
  }));
  return Json(list);
}

Result<http::Response> Jurisdictions(App& app, Caller&) {
  json::array list;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto all, identity::ListJurisdictions(db, app.district_root, 500));
    for (const auto& place : all)
      list.push_back(json::object{{"id", place.id},
                                  {"name", place.name},
                                  {"level", place.level},
                                  {"parent", place.parent},
                                  {"ended", place.valid_to.has_value()}});
    return Ok();
  }));
  return Json(list);
}

Schema ClockSchema() {
  return Named("Clock", Object({{"now", Instant()}, {"today", Day()}, {"can_advance", Truth()}}));
}

Schema MapSchema() {
  const Schema area = Object({{"id", Text()},
                              {"name", Text()},
                              {"path", Text().Says("of an SVG")},
                              {"label_x", Number()},
                              {"label_y", Number()},
                              {"merged", ListOf(Object({{"name", Text()}, {"valid_to", Day()}}))}});
  return Named("TownshipMap",
               Object({{"disclaimer", Text()},
                       {"areas", ListOf(area)},
                       {"values", MapOf(Object({{"operators", Integer()}, {"overdue", Integer()}}))
                                      .Says("by the id of the township; only of the caller's territory")}}));
}

}  // namespace

void AddServiceRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/clock",
                    .id = "getClock",
                    .summary = "业务时钟",
                    .action = &GetClock,
                    .answers = Answers(ClockSchema())});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/clock",
                    .id = "advanceClock",
                    .summary = "演示时钟前进",
                    .action = &AdvanceClock,
                    .body_max_bytes = 1024,
                    .writes = true,
                    .takes = Object({Maybe("advance_working_days", Integer()), Maybe("advance_to", Instant())}),
                    .answers = Answers(With(ClockSchema(), {{"moves", Integer()}}))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/events",
                    .id = "events",
                    .summary = "实时更新",
                    .action = &Events,
                    .answers = AnswersFile({"text/event-stream"})});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/map",
                    .id = "getMap",
                    .summary = "乡镇示意图",
                    .action = &Map,
                    .answers = Answers(MapSchema())});
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/people",
       .id = "listPeople",
       .summary = "人员",
       .action = &People,
       .answers = Answers(ListOf(
           Named("Person", Object({{"id", Text()}, {"name", Text()}, {"role", RoleId()}, {"role_label", Text()}}))))});
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/jurisdictions",
       .id = "listJurisdictions",
       .summary = "辖区",
       .action = &Jurisdictions,
       .answers = Answers(ListOf(Named(
           "Jurisdiction",
           Object({{"id", Text()}, {"name", Text()}, {"level", Text()}, {"parent", Text()}, {"ended", Truth()}}))))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/openapi.json",
                    .id = "openapi",
                    .summary = "接口说明",
                    .access = Access::kPublic,
                    .action = [](App& app, Caller&) -> Result<http::Response> {
                      return http::Response::Json(OpenApi(Routes(app.rooms)));
                    },
                    .answers = Answers(MapOf(AnyJson()).Says("an OpenAPI document"))});
}

}  // namespace zhian::desk
