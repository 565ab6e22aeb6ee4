// Notices: what a step tells other people (effect `notify`), shown to those whose role and territory, or own operator,
// it is addressed to. A mark of having read is the reader's own; it is no part of the record.
#include <algorithm>

#include "base/json.hpp"
#include "desk/matter_view.hpp"
#include "desk/routes.hpp"

namespace zhian::desk {
namespace json = boost::json;

namespace {

constexpr int kDaysShown = 90;  // older ones are history: the matter's own page has it
constexpr int kCountMax = 100;  // the bell counts no further
constexpr int kMarkedAtOnce = 500;

// The condition "addressed to the caller, not too old", with its parameters; "" where he holds no role.
std::string AddressedTo(const App& app, const Caller& caller, std::vector<storage::Value>& parameters) {
  const auto bind = [&](storage::Value value) {
    parameters.push_back(std::move(value));
    return "$" + std::to_string(parameters.size());
  };
  std::string any, twin;
  for (const auto& held : caller.actor.roles) {
    const std::string role = bind(held.role),
                      where = bind(held.operator_id.empty() ? held.jurisdiction : held.operator_id);
    const auto to = [&](const std::string& notice) {
      return "(" + notice + ".role=" + role + " AND " + notice +
             (held.operator_id.empty()
                  ? ".jurisdiction IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=" + where + "))"
                  : ".operator_id=" + where + ")");
    };
    any += (any.empty() ? "" : " OR ") + to("o");
    twin += (twin.empty() ? "" : " OR ") + to("e");
  }
  if (any.empty()) return {};
  const std::int64_t since = app.clock.Now().ms - std::int64_t{kDaysShown} * 86'400'000;
  std::string where = "o.district=$d AND o.at>=" + bind(since) + " AND (" + any + ")";
  // Whoever holds two of the posts that a step tells is told once.
  where +=
      " AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.district=$d AND e.matter_id=o.matter_id AND e.at=o.at AND e.topic=o.topic AND e.payload=o.payload AND e.id<o.id AND (" +
      twin + "))";
  if (!MaySeeConfidential(caller.actor)) where += " AND m.flags NOT LIKE '%confidential%'";
  return where;
}

constexpr std::string_view kFrom =
    " FROM outbox o JOIN matter m ON m.district=$d AND m.id=o.matter_id LEFT JOIN notice_read r ON r.district=$d AND r.notice_id=o.id AND r.account_id=";

Result<std::int64_t> Unread(const App& app, storage::Connection& db, const Caller& caller) {
  std::vector<storage::Value> parameters{caller.actor.account_id};
  const std::string where = AddressedTo(app, caller, parameters);
  if (where.empty()) return std::int64_t{0};
  ZHIAN_ASSIGN(auto rows,
               db.Query("SELECT COUNT(*) FROM (SELECT 1" + std::string(kFrom) + "$1 WHERE r.notice_id IS NULL AND " +
                            where + " LIMIT " + std::to_string(kCountMax) + ") x",
                        std::span<const storage::Value>(parameters)));
  return rows.front().integer(0);
}

json::object View(const storage::Row& row, const procedure::Matter& matter, Language language,
                  const NameLookup& names) {
  json::object payload;
  if (auto parsed = base::ParseJson(row.text(2)); parsed.ok() && parsed->is_object()) payload = parsed->get_object();
  const auto text = [&](const char* name) { return procedure::ScalarText(payload.if_contains(name)); };
  std::string action = text("action");
  if (const auto* kind = procedure::FindKind(matter.kind))
    if (const auto* transition = procedure::FindTransition(*kind, text("from"), text("action_id")))
      action = LabelIn(transition->label, language);
  return {{"id", row.text(0)},
          {"topic", row.text(1)},
          {"action_label", action},
          {"at", base::FormatInstant(base::Instant{row.integer(3)})},
          {"read", row.integer(5) != 0},
          {"href", "/matters/" + matter.id},
          {"matter", MatterSummary(matter, language, names)}};
}

Result<http::Response> ListNotices(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const int limit, IntParameter(caller.request, "limit", 20, 0, 200));
  std::vector<storage::Value> parameters{caller.actor.account_id};
  const std::string where = AddressedTo(app, caller, parameters);
  std::string after;
  if (const std::string cursor = TextParameter(caller.request, "cursor"); !cursor.empty()) {
    ZHIAN_ASSIGN(const auto from, ReadTimeCursor(cursor));
    parameters.emplace_back(from.first);
    after = " AND (o.at, o.id) < ($" + std::to_string(parameters.size());
    parameters.emplace_back(from.second);
    after += ",$" + std::to_string(parameters.size()) + ")";
  }
  json::array items;
  std::string next;
  std::int64_t unread = 0;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    if (where.empty()) return Ok();
    ZHIAN_ASSIGN(unread, Unread(app, db, caller));
    if (limit == 0) return Ok();  // the bell asks for the number alone
    ZHIAN_ASSIGN(auto rows, db.Query("SELECT o.id, o.topic, o.payload, o.at, o.matter_id, r.notice_id IS NOT NULL" +
                                         std::string(kFrom) + "$1 WHERE " + where + after +
                                         " ORDER BY o.at DESC, o.id DESC LIMIT " + std::to_string(limit + 1),
                                     std::span<const storage::Value>(parameters)));
    const NameLookup names(db);
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(limit); ++i) {
      ZHIAN_ASSIGN(const auto matter, procedure::LoadMatter(db, rows[i].text(4)));
      items.push_back(View(rows[i], matter, caller.language, names));
      if (i + 1 == static_cast<std::size_t>(limit) && rows.size() > i + 1)
        next = std::to_string(rows[i].integer(3)) + "|" + rows[i].text(0);
    }
    return Ok();
  }));
  return Json(json::object{{"items", std::move(items)},
                           {"unread", unread},
                           {"unread_max", kCountMax},
                           {"next", next.empty() ? json::value(nullptr) : json::value(next)}});
}

// {"ids": […]} marks those, {"all": true} the newest unread ones. What is addressed to others is passed over without a
// word.
Result<http::Response> MarkRead(App& app, Caller& caller) {
  ZHIAN_ASSIGN(json::object body, BodyObject(caller.request));
  std::vector<storage::Value> parameters{caller.actor.account_id};
  std::string where = AddressedTo(app, caller, parameters);
  const auto* all = body.if_contains("all");
  const auto* ids = body.if_contains("ids");
  if (all == nullptr || !all->is_bool() || !all->get_bool()) {
    if (ids == nullptr || !ids->is_array() || ids->get_array().empty() ||
        ids->get_array().size() > static_cast<std::size_t>(kMarkedAtOnce))
      return NeedsMending({{"/ids", "error.value", "填写已读的通知，一次不超过 500 条"}});
    std::string list;
    for (const auto& id : ids->get_array()) {
      parameters.emplace_back(procedure::ScalarText(&id));
      list += (list.empty() ? "$" : ",$") + std::to_string(parameters.size());
    }
    if (!where.empty()) where += " AND o.id IN (" + list + ")";
  }
  std::int64_t unread = 0;
  if (!where.empty()) {
    ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(auto rows, db.Query("SELECT o.id" + std::string(kFrom) + "$1 WHERE r.notice_id IS NULL AND " +
                                           where + " ORDER BY o.at DESC LIMIT " + std::to_string(kMarkedAtOnce),
                                       std::span<const storage::Value>(parameters)));
      for (const auto& row : rows)
        ZHIAN_TRY(db.Execute(
            "INSERT INTO notice_read (district, account_id, notice_id, at) VALUES ($d,$1,$2,$3) ON CONFLICT DO NOTHING",
            {caller.actor.account_id, row.text(0), app.real_clock.Now().ms}));
      ZHIAN_ASSIGN(unread, Unread(app, db, caller));
      return Ok();
    }));
  }
  return Json(json::object{{"unread", unread}});
}

Schema NoticeSchema() {
  return Named("Notice", Object({{"id", Text()},
                                 {"topic", Text()},
                                 {"action_label", Text()},
                                 {"at", Instant()},
                                 {"read", Truth()},
                                 {"href", Text()},
                                 {"matter", MatterSchema()}}));
}

}  // namespace

std::span<const storage::Migration> NoticeMigrations() {
  static constexpr storage::Migration kMigrations[] = {
      {"notices/001",
       "CREATE TABLE notice_read (district TEXT NOT NULL, account_id TEXT NOT NULL, notice_id TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (district, account_id, notice_id));"
       "CREATE INDEX outbox_by_role ON outbox (district, role, at);"},
      {"notices/002", "CREATE INDEX outbox_of_matter ON outbox (district, matter_id, at);"}};
  return kMigrations;
}

void AddNoticeRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/notices",
                    .id = "listNotices",
                    .summary = "通知",
                    .action = &ListNotices,
                    .query = PageQuery(),
                    .answers = Answers(Object({{"items", ListOf(NoticeSchema())},
                                               {"unread", Integer()},
                                               {"unread_max", Integer().Says("unread ones are counted no further")},
                                               {"next", Nullable(Text())}}))});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/notices/read",
                    .id = "markNoticesRead",
                    .summary = "标为已读",
                    .action = &MarkRead,
                    .body_max_bytes = 1 << 16,
                    .writes = true,
                    .takes = Object({Maybe("ids", ListOf(Text())), Maybe("all", Truth())}),
                    .answers = Answers(Object({{"unread", Integer()}}))});
}

}  // namespace zhian::desk
