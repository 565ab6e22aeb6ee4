// Duties (everyone's first page), rules, the map of the townships.
#include "base/json.hpp"
#include "desk/matter_view.hpp"
#include "desk/routes.hpp"

namespace zhian::desk {
namespace json = boost::json;

namespace {

Result<http::Response> ListDuties(App& app, Caller& caller) {
  const http::Request& request = caller.request;
  ZHIAN_ASSIGN(const int limit, IntParameter(request, "limit", 50, 1, 500));
  std::vector<storage::Value> parameters;
  const auto bind = [&](storage::Value value) {
    parameters.push_back(std::move(value));
    return "$" + std::to_string(parameters.size());
  };
  const std::string state = TextParameter(request, "state");
  std::string where = "WHERE d.district=$d" + ScopeOf(caller.actor).Where("d", parameters);
  if (state == "overdue")
    where += " AND d.state='open' AND d.limit_at < " + bind(app.clock.Now().ms);
  else if (state != "all")
    where += " AND d.state IN ('open','suspended')";
  if (TextParameter(request, "mine") != "0") {
    std::string roles;
    for (const auto& held : caller.actor.roles) roles += (roles.empty() ? "" : ",") + bind(held.role);
    where += " AND d.holder_role IN (" + (roles.empty() ? "''" : roles) + ")";
    // A duty that was given to somebody by name is on nobody else's page.
    where +=
        " AND NOT EXISTS (SELECT 1 FROM duty_assignee x WHERE x.district=$d AND x.duty_id=d.id AND x.account_id<>" +
        bind(caller.actor.account_id) + ")";
  }
  // Cursor: limit and id of the last one; duties without a limit come last.
  constexpr std::int64_t kNever = 9'000'000'000'000'000;
  if (const std::string cursor = TextParameter(request, "cursor"); !cursor.empty()) {
    ZHIAN_ASSIGN(const auto after, ReadTimeCursor(cursor));
    const std::string at = bind(after.first), id = bind(after.second);
    where += " AND (COALESCE(d.limit_at," + std::to_string(kNever) + "), d.id) > (" + at + "," + id + ")";
  }
  const std::string sql = "SELECT d.id, d.matter_id, COALESCE(d.limit_at," + std::to_string(kNever) + ") FROM duty d " +
                          where + " ORDER BY 3, d.id LIMIT " + bind(std::int64_t{limit} + 1);
  json::array items;
  std::string next;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query(sql, std::span<const storage::Value>(parameters)));
    const NameLookup names(db);
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(limit); ++i) {
      ZHIAN_ASSIGN(const auto matter, procedure::LoadMatter(db, rows[i].text(1)));
      if (matter.Has("confidential") && !MaySeeConfidential(caller.actor)) continue;
      ZHIAN_ASSIGN(const auto duties, procedure::LoadDuties(db, matter.id));
      const auto* kind = procedure::FindKind(matter.kind);
      for (const auto& duty : duties) {
        if (duty.id != rows[i].text(0) || kind == nullptr) continue;
        json::object item = DutyView(app, duty, *kind, caller.language).as_object();
        item["matter"] = MatterSummary(matter, caller.language, names);
        item["action_hint"] = nullptr;
        // A hint only where one step alone closes the duty; where there is a choice the page shows it.
        int closing = 0;
        for (const auto& transition : kind->transitions) {
          if (transition.from != matter.state || (transition.who.size() == 1 && transition.who.front() == "system"))
            continue;
          for (const auto& op : transition.duties)
            if (op.kind == procedure::DutyOp::Kind::kClose && op.duty == duty.duty && ++closing > 0)
              item["action_hint"] =
                  json::object{{"action", transition.action}, {"label", LabelIn(transition.label, caller.language)}};
        }
        if (closing != 1) item["action_hint"] = nullptr;
        items.push_back(std::move(item));
      }
      if (i + 1 == static_cast<std::size_t>(limit) && rows.size() > i + 1)
        next = std::to_string(rows[i].integer(2)) + "|" + rows[i].text(0);
    }
    return Ok();
  }));
  // The next ten working days of the district's calendar, today first: the page counts what falls due on each.
  json::array days;
  const auto& calendar = app.services.policy.calendar();
  base::Date day = base::LocalDate(app.clock.Now());
  for (int i = 0; i < 10; ++i, day = calendar.AddWorkingDays(day, 1))
    days.push_back(json::value(base::FormatDate(day)));
  return Json(json::object{{"items", std::move(items)},
                           {"next", next.empty() ? json::value(nullptr) : json::value(next)},
                           {"days", std::move(days)}});
}

Result<http::Response> ListRules(App& app, Caller& caller) {
  const std::string text = TextParameter(caller.request, "q"), domain = TextParameter(caller.request, "domain");
  ZHIAN_ASSIGN(const int offset_rule, IntParameter(caller.request, "cursor", 0, 0, 1'000'000));
  ZHIAN_ASSIGN(const int limit, IntParameter(caller.request, "limit", 100, 1, 500));
  const auto& rules = app.services.policy.rules();
  json::array items;
  std::string next;
  // The pack is in memory and immutable: the cursor is the index of the next row.
  for (auto i = static_cast<std::size_t>(offset_rule); i < rules.size(); ++i) {
    const auto& rule = rules[i];
    if (!domain.empty() && rule.domain != domain) continue;
    if (!text.empty() && rule.id.find(text) == std::string::npos && rule.text_zh.find(text) == std::string::npos &&
        rule.text_en.find(text) == std::string::npos && rule.source.find(text) == std::string::npos)
      continue;
    if (items.size() == static_cast<std::size_t>(limit)) {
      next = std::to_string(i);
      break;
    }
    json::object item = RuleView(app.services.policy, rule, caller.language).as_object();
    item["domain"] = rule.domain;
    item["inert"] = rule.inert;
    items.push_back(std::move(item));
  }
  return Json(
      json::object{{"items", std::move(items)}, {"next", next.empty() ? json::value(nullptr) : json::value(next)}});
}

Schema DutyItemSchema() {
  return Named("DutyItem", With(DutySchema(), {{"matter", MatterSchema()},
                                               {"action_hint", Nullable(Object({{"action", Text()}, {"label", Text()}}))
                                                                   .Says("the one step that closes the duty")}}));
}

}  // namespace

void AddDutyRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/duties",
       .id = "listDuties",
       .summary = "我的待办",
       .action = &ListDuties,
       .query = PageQuery({{"state", "open and suspended ones by default", OneOf({"overdue", "all"})},
                           {"mine", "0: of everybody in the territory", OneOf({"0", "1"})}}),
       .answers = Answers(Object({{"items", ListOf(DutyItemSchema())},
                                  {"next", Nullable(Text())},
                                  {"days", ListOf(Day()).Says("the next ten working days, today first")}}))});
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/rules",
       .id = "listRules",
       .summary = "规则与依据",
       .action = &ListRules,
       .query = PageQuery({{"q", "part of the name, the text or the source"}, {"domain", "of the rules"}}),
       .answers = Answers(NextPage(Named(
           "ListedRule",
           With(RuleSchema(),
                {{"domain", Text()}, {"inert", Truth().Says("its date is not verified: listed, never applied")}}))))});
}

}  // namespace zhian::desk
