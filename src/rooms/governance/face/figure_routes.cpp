// Figures that open to their records, the overview, quoted figures of a statement.
#include <algorithm>
#include <filesystem>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "desk/matter_view.hpp"
#include "figures/figures.hpp"
#include "rooms/governance/face/routes.hpp"
#include "rooms/governance/quotes.hpp"

namespace zhian::governance::face {
using namespace desk;
namespace json = boost::json;

namespace {

std::string_view NameOf(const figures::FigureDefinition& figure, Language language) {
  return language == Language::kEnglish       ? figure.en
         : language == Language::kTraditional ? figure.zh_hant
                                              : figure.zh_hans;
}

std::string_view NumeratorOf(const figures::FigureDefinition& figure, Language language) {
  return language == Language::kEnglish       ? figure.numerator
         : language == Language::kTraditional ? figure.numerator_hant
                                              : figure.numerator_hans;
}
std::string_view DenominatorOf(const figures::FigureDefinition& figure, Language language) {
  return language == Language::kEnglish       ? figure.denominator
         : language == Language::kTraditional ? figure.denominator_hant
                                              : figure.denominator_hans;
}

std::string Short(double value) { return base::ShortNumber(value, 1); }

Result<figures::FigureQuestion> ReadQuestion(App& app, const Caller& caller, std::string id) {
  figures::FigureQuestion question;
  question.id = std::move(id);
  const base::Date today = base::LocalDate(app.clock.Now());
  base::Date as_of = today, from = base::Date::FromYmd(today.year(), 1, 1), to = today;
  for (const auto& [name, date] : {std::pair{"as_of", &as_of}, {"from", &from}, {"to", &to}}) {
    const std::string given = TextParameter(caller.request, name);
    if (given.empty()) continue;
    const auto parsed = base::ParseDate(given);
    if (!parsed.ok()) return NeedsMending({{std::string("/") + name, "error.value", "日期写成 2026-11-24"}});
    *date = *parsed;
  }
  if (TextParameter(caller.request, "from").empty()) from = base::Date::FromYmd(as_of.year(), 1, 1);
  if (TextParameter(caller.request, "to").empty()) to = as_of;
  question.from = base::StartOfDay(from);
  question.to = base::Instant{base::EndOfDay(to).ms + 1};
  question.as_of = base::EndOfDay(as_of);
  question.jurisdiction = TextParameter(caller.request, "jurisdiction");
  const ReadScope scope = ScopeOf(caller.actor);
  if (scope.jurisdictions.empty()) return MakeError(ErrorCode::kForbidden, "指标供监管人员查看");
  if (question.jurisdiction.empty()) question.jurisdiction = scope.jurisdictions.front();
  bool covered = false;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    for (const std::string& root : scope.jurisdictions) {
      ZHIAN_ASSIGN(const bool below, identity::Covers(db, root, question.jurisdiction));
      covered |= below;
    }
    return Ok();
  }));
  if (!covered) return MakeError(ErrorCode::kForbidden, "这个辖区不在您的范围内");
  return question;
}

// The target that stands for this figure, territory and year: of a plan that both sides signed.
Result<json::value> TargetOf(storage::Connection& db, const figures::FigureQuestion& question) {
  const auto year = std::to_string(base::LocalDate(base::Instant{question.to.ms - 1}).year());
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(
          "SELECT id FROM matter WHERE district=$d AND kind='target_plan' AND jurisdiction=$1 AND state IN ('signed','frozen') ORDER BY opened_at DESC LIMIT 50",
          {question.jurisdiction}));
  for (const auto& row : rows) {
    ZHIAN_ASSIGN(const auto plan, procedure::LoadMatter(db, row.text(0)));
    const auto* targets = plan.fields.if_contains("targets");
    if (procedure::ScalarText(plan.fields.if_contains("plan_year")) != year || targets == nullptr ||
        !targets->is_array())
      continue;
    for (const auto& item : targets->get_array()) {
      if (!item.is_object() || procedure::ScalarText(item.get_object().if_contains("figure")) != question.id) continue;
      return json::value(json::object{{"value", procedure::ScalarText(item.get_object().if_contains("target"))},
                                      {"matter_id", plan.id}});
    }
  }
  return json::value(nullptr);
}

Result<json::object> FigureView(App& app, const Caller& caller, const figures::FigureQuestion& question) {
  const auto* definition = figures::FindFigure(question.id);
  if (definition == nullptr) return MakeError(ErrorCode::kNotFound, "没有这个指标");
  figures::FigureValue value;
  json::value target;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(value, app.figures->Compute(db, question));
    ZHIAN_ASSIGN(target, TargetOf(db, question));
    return Ok();
  }));
  json::value interval = nullptr;
  if (value.low) interval = json::object{{"low", *value.low}, {"high", *value.high}, {"method", value.method}};
  std::string text = "—";
  if (value.value)
    text = value.is_rate ? Short(*value.value) + "%（" + Short(value.numerator) + "/" + Short(value.denominator) + "）"
                         : Short(*value.value) + " ";
  return json::object{
      {"id", definition->id},
      {"name", NameOf(*definition, caller.language)},
      {"unit", definition->unit},
      {"direction", definition->direction},
      {"value", value.value ? json::value(*value.value) : json::value(nullptr)},
      {"value_text", text},
      {"numerator", value.numerator},
      {"denominator", value.is_rate ? json::value(value.denominator) : json::value(nullptr)},
      {"interval", interval},
      {"target", std::move(target)},
      {"as_of", base::FormatDate(base::LocalDate(question.as_of))},
      {"period", json::object{{"from", base::FormatDate(base::LocalDate(question.from))},
                              {"to", base::FormatDate(base::LocalDate(base::Instant{question.to.ms - 1}))}}},
      {"small", value.small},
      {"cut", value.cut},
      {"numerator_text", NumeratorOf(*definition, caller.language)},
      {"denominator_text", DenominatorOf(*definition, caller.language)},
      {"note", definition->note},
      {"records_href", "/api/v1/figures/" + question.id + "/records?jurisdiction=" + question.jurisdiction +
                           "&as_of=" + base::FormatDate(base::LocalDate(question.as_of)) +
                           "&from=" + base::FormatDate(base::LocalDate(question.from)) +
                           "&to=" + base::FormatDate(base::LocalDate(base::Instant{question.to.ms - 1}))}};
}

Result<http::Response> ListFigures(App&, Caller& caller) {
  json::array list;
  for (const auto& figure : figures::Catalogue())
    list.push_back(json::object{{"id", figure.id},
                                {"name", NameOf(figure, caller.language)},
                                {"unit", figure.unit},
                                {"period", figure.period},
                                {"live", figures::IsLive(figure.id)},
                                {"direction", figure.direction},
                                {"note", figure.note}});
  return Json(list);
}

Result<http::Response> GetFigure(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const auto question, ReadQuestion(app, caller, caller.request.PathParameter("id")));
  ZHIAN_ASSIGN(const auto view, FigureView(app, caller, question));
  return Json(view);
}

Result<http::Response> GetRecords(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const auto question, ReadQuestion(app, caller, caller.request.PathParameter("id")));
  ZHIAN_ASSIGN(const int limit, IntParameter(caller.request, "limit", 200, 1, 500));
  ZHIAN_ASSIGN(const int cursor, IntParameter(caller.request, "cursor", 0, 0, figures::kFigureRecordsMax));
  json::array items;
  std::string next;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto value, app.figures->Compute(db, question));
    const NameLookup names(db);
    for (auto i = static_cast<std::size_t>(cursor);
         i < value.records.size() && items.size() < static_cast<std::size_t>(limit); ++i) {
      const auto& record = value.records[i];
      json::object item{{"id", record.id},
                        {"href", (record.kind == "operator" ? "/operators/" : "/matters/") + record.id},
                        {"title", record.title},
                        {"subtitle", ""},
                        {"counted", record.n > 0 ? "numerator" : "denominator"}};
      if (record.kind != "operator")
        if (const auto matter = procedure::LoadMatter(db, record.id); matter.ok()) {
          item["title"] = MatterTitle(*matter, caller.language, names);
          item["subtitle"] = matter->number;
        }
      items.push_back(std::move(item));
    }
    if (static_cast<std::size_t>(cursor) + items.size() < value.records.size())
      next = std::to_string(static_cast<std::size_t>(cursor) + items.size());
    return Ok();
  }));
  return Json(
      json::object{{"items", std::move(items)}, {"next", next.empty() ? json::value(nullptr) : json::value(next)}});
}

// Matters opened in each of the last twelve months of the caller's territory; files and permits, which come in bulk,
// are not counted.
Result<json::array> MattersByMonth(App& app, const Caller& caller) {
  ZHIAN_ASSIGN(const auto question, ReadQuestion(app, caller, {}));
  const base::Date last = base::LocalDate(question.as_of);
  json::array months;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    for (int back = 11; back >= 0; --back) {
      const int count = last.year() * 12 + last.month() - 1 - back;
      const base::Date from = base::Date::FromYmd(count / 12, count % 12 + 1, 1),
                       next = base::Date::FromYmd((count + 1) / 12, (count + 1) % 12 + 1, 1);
      const base::Date to = std::min(base::Date{next.days - 1}, last);
      ZHIAN_ASSIGN(
          auto rows,
          db.Query(
              "SELECT COUNT(*) FROM (SELECT 1 FROM matter m WHERE m.district=$d AND m.opened_at>=$1 AND m.opened_at<=$2 AND m.kind NOT IN (" +
                  procedure::KindList(procedure::Mark::kRegister) +
                  ") AND m.flags NOT LIKE '%confidential%' AND m.flags NOT LIKE '%training%' "
                  "AND m.jurisdiction IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=$3) LIMIT " +
                  std::to_string(kCountedMax) + ") x",
              {base::StartOfDay(from).ms, base::EndOfDay(to).ms, question.jurisdiction}));
      months.push_back(json::object{
          {"from", base::FormatDate(from)}, {"to", base::FormatDate(to)}, {"opened", rows.front().integer(0)}});
    }
    return Ok();
  }));
  return months;
}

Result<http::Response> Overview(App& app, Caller& caller) {
  json::array cards, townships;
  for (const char* id : {"SP02", "SP04", "S01", "S11", "G01", "G02", "E01", "E05", "K01", "T06", "K03", "I05"}) {
    ZHIAN_ASSIGN(const auto question, ReadQuestion(app, caller, id));
    ZHIAN_ASSIGN(auto card, FigureView(app, caller, question));
    cards.push_back(std::move(card));
  }
  const std::int64_t now = app.clock.Now().ms;
  const ReadScope scope = ScopeOf(caller.actor);
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto list, identity::ListJurisdictions(db, app.district_root, 200));
    for (const auto& place : list) {
      if (place.level != "township" || place.valid_to) continue;
      // The names of all townships are known to everybody; their numbers to those who see the territory.
      ZHIAN_ASSIGN(const bool covered, scope.Covers(db, place.id));
      if (!covered) {
        townships.push_back(json::object{{"id", place.id}, {"name", place.name}, {"values", nullptr}});
        continue;
      }
      ZHIAN_ASSIGN(
          auto operators,
          db.Query(
              "SELECT COUNT(*) FROM operator WHERE district=$d AND jurisdiction IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=$1)",
              {place.id}));
      ZHIAN_ASSIGN(
          auto open,
          db.Query(
              "SELECT COUNT(*) FROM matter WHERE district=$d AND terminal=0 AND kind NOT IN (" +
                  procedure::KindList(procedure::Mark::kRegister) +
                  ") AND flags NOT LIKE '%training%' AND jurisdiction IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=$1)",
              {place.id}));
      ZHIAN_ASSIGN(
          auto overdue,
          db.Query(
              "SELECT COUNT(*) FROM duty d WHERE district=$d AND state='open' AND limit_at < $2 AND NOT EXISTS (SELECT 1 FROM matter m WHERE m.district=$d AND m.id=d.matter_id AND m.flags LIKE '%training%') AND jurisdiction IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=$1)",
              {place.id, now}));
      townships.push_back(json::object{{"id", place.id},
                                       {"name", place.name},
                                       {"values", json::object{{"operators", operators.front().integer(0)},
                                                               {"open_matters", open.front().integer(0)},
                                                               {"overdue", overdue.front().integer(0)}}}});
    }
    return Ok();
  }));
  json::array months;
  ZHIAN_ASSIGN(months, MattersByMonth(app, caller));
  return Json(
      json::object{{"cards", std::move(cards)}, {"townships", std::move(townships)}, {"months", std::move(months)}});
}

// quote_equals_records: the quoted value against what the records of the district say as of the statement's day.
// Figures whose records are not kept yet are left out, not guessed.
Status CheckAgainstRecords(App& app, governance::Statement& statement) {
  const auto day = base::ParseDate(statement.date);
  if (!day.ok()) return Ok();
  return app.database.Read([&](storage::Connection& db) -> Status {
    for (const governance::Quote& quote : statement.quotes) {
      if (quote.figure.empty() || !figures::IsLive(quote.figure)) continue;
      const figures::FigureQuestion question{quote.figure, app.district_root,
                                             base::StartOfDay(base::Date::FromYmd(day->year(), 1, 1)),
                                             base::Instant{base::EndOfDay(*day).ms + 1}, base::EndOfDay(*day)};
      ZHIAN_ASSIGN(const auto figure, app.figures->Compute(db, question));
      governance::Check check{"quote_equals_records",
                              {quote.id},
                              governance::Verdict::kCannotBeChecked,
                              "截至 " + statement.date + " 没有可数的记录"};
      // A count that is quoted of a rate is its numerator.
      const std::optional<double> value =
          figure.is_rate && quote.unit != "%" ? std::optional(figure.numerator) : figure.value;
      if (figure.cut) {
        check.text = "记录超过可数的上限，未核对";
      } else if (value && (!figure.is_rate || figure.denominator > 0)) {
        const bool equal = governance::IntervalOf(quote).Holds(*value);
        check.verdict = equal ? governance::Verdict::kConsistent : governance::Verdict::kContradiction;
        check.text = (figures::FindFigure(quote.figure) == nullptr
                          ? quote.figure
                          : "“" + std::string(figures::FindFigure(quote.figure)->zh_hans) + "”") +
                     "截至 " + statement.date + " 的记录为 " + Short(*value) +
                     (figure.is_rate ? "（" + Short(figure.numerator) + "/" + Short(figure.denominator) + "）" : "") +
                     (equal ? "，与引用一致" : "，与引用的 " + Short(quote.value) + " 不符");
      }
      statement.checks.push_back(std::move(check));
    }
    return Ok();
  });
}

// Statements that come with the packs: quoted figures, checked against each other and against the records each time
// they are asked for.
Result<http::Response> ListStatements(App& app, Caller&) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(app.statements_folder, error))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  json::array list;
  for (const auto& file : files) {
    if (list.size() >= 100) break;
    ZHIAN_ASSIGN(const std::string bytes, base::ReadFile(file.string(), 1 << 20));
    ZHIAN_ASSIGN(const json::value parsed, base::ParseJson(bytes));
    if (!parsed.is_object()) continue;
    ZHIAN_ASSIGN(auto statement, governance::CheckStatement(parsed.get_object()));
    ZHIAN_TRY(CheckAgainstRecords(app, statement));
    list.push_back(governance::StatementView(statement));
  }
  return Json(list);
}

Schema FigureSchema() {
  return Named("Figure",
               Object({{"id", Text()},
                       {"name", Text()},
                       {"unit", Text()},
                       {"direction", Text()},
                       {"value", Nullable(Number()).Says("null: there is nothing to count of")},
                       {"value_text", Text()},
                       {"numerator", Number()},
                       {"denominator", Nullable(Number()).Says("of a rate")},
                       {"interval", Nullable(Object({{"low", Number()}, {"high", Number()}, {"method", Text()}}))},
                       {"target", Nullable(Object({{"value", Text()}, {"matter_id", Text()}}))},
                       {"as_of", Day()},
                       {"period", Object({{"from", Day()}, {"to", Day()}})},
                       {"small", Truth().Says("too few for a rate to say much")},
                       {"cut", Truth().Says("there are more records than are counted")},
                       {"numerator_text", Text()},
                       {"denominator_text", Text()},
                       {"note", Text()},
                       {"records_href", Text()}}));
}

Schema StatementSchema() {
  const Schema quote = Object({{"id", Text()}, {"text", Text()}, {"figure", Nullable(Text())}, {"value_text", Text()}});
  const Schema check = Object({{"rule", Text()},
                               {"verdict", OneOf({"consistent", "contradiction", "cannot_be_checked"})},
                               {"verdict_label", Text()},
                               {"quotes", ListOf(Text())},
                               {"text", Text()}});
  return Named(
      "Statement",
      Object(
          {{"id", Text()}, {"title", Text()}, {"date", Text()}, {"quotes", ListOf(quote)}, {"checks", ListOf(check)}}));
}

Schema OverviewSchema() {
  const Schema values = Object({{"operators", Integer()}, {"open_matters", Integer()}, {"overdue", Integer()}});
  return Named(
      "Overview",
      Object({{"cards", ListOf(FigureSchema())},
              {"townships", ListOf(Object({{"id", Text()},
                                           {"name", Text()},
                                           {"values", Nullable(values).Says("null: outside of the territory")}}))},
              {"months", ListOf(Object({{"from", Day()}, {"to", Day()}, {"opened", Integer()}}))}}));
}

std::vector<QuerySpec> FigureQuery() {
  return {{"as_of", "as it was known at the end of this day", Day()},
          {"from", "first day of the period; the first of the year by default", Day()},
          {"to", "last day of the period; as_of by default", Day()},
          {"jurisdiction", "id of the territory; the caller's by default"}};
}

}  // namespace

void AddFigureRoutes(std::vector<RouteSpec>& routes, Rooms) {
  using http::Method;
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/figures",
                    .id = "listFigures",
                    .summary = "指标目录",
                    .action = &ListFigures,
                    .answers = Answers(ListOf(Named("FigureInCatalogue", Object({{"id", Text()},
                                                                                 {"name", Text()},
                                                                                 {"unit", Text()},
                                                                                 {"period", Text()},
                                                                                 {"live", Truth()},
                                                                                 {"direction", Text()},
                                                                                 {"note", Text()}}))))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/figures/{id}",
                    .id = "getFigure",
                    .summary = "指标",
                    .action = &GetFigure,
                    .query = FigureQuery(),
                    .answers = Answers(FigureSchema())});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/figures/{id}/records",
                    .id = "getFigureRecords",
                    .summary = "指标的记录",
                    .action = &GetRecords,
                    .query = Joined(FigureQuery(), PageQuery()),
                    .answers = Answers(
                        NextPage(Named("FigureRecord", Object({{"id", Text()},
                                                               {"href", Text()},
                                                               {"title", Text()},
                                                               {"subtitle", Text()},
                                                               {"counted", OneOf({"numerator", "denominator"})}}))))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/statements",
                    .id = "listStatements",
                    .summary = "引用指标核对",
                    .action = &ListStatements,
                    .answers = Answers(ListOf(StatementSchema()))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/overview",
                    .id = "getOverview",
                    .summary = "区情总览",
                    .action = &Overview,
                    .query = FigureQuery(),
                    .answers = Answers(OverviewSchema())});
}

}  // namespace zhian::governance::face
