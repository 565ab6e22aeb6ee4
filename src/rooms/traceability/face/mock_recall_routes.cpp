// The mock recall as one button: run, kept, listed, and on paper.
#include <chrono>

#include "base/decimal.hpp"
#include "base/json.hpp"
#include "base/shown.hpp"
#include "base/text.hpp"
#include "desk/matter_view.hpp"
#include "documents/sheet.hpp"
#include "procedure/form.hpp"
#include "rooms/traceability/face/routes.hpp"
#include "rooms/traceability/recall/mock_recall.hpp"
#include "rooms/traceability/store/holdings.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace json = boost::json;
namespace trace = traceability;

namespace {

// An exact quantity as people read it: to the thousandth.
std::string AmountAt(const json::object& result, const char* name) {
  const auto exact = base::Decimal::Parse(base::TextAt(result, name));
  return exact.ok() ? exact->Short(3) : std::string();
}

}  // namespace

// Who may ask for a recall in earnest may ask for one as an exercise.
Status MayExercise(const Caller& caller) {
  static constexpr std::string_view kRoles[] = {"inspector",   "inspection_lead", "risk_officer", "district_office",
                                                "bureau_head", "sampling_lead",   "operator_user"};
  for (const auto& held : caller.actor.roles)
    for (const auto role : kRoles)
      if (held.role == role) return Ok();
  return MakeError(ErrorCode::kForbidden, "模拟召回由检查、风险、应急岗位或者生产经营者发起");
}

namespace {

// The people of an operator see the runs of their own lots, as they run them for no others.
Status MustBeOwn(storage::Connection& db, const Caller& caller, const std::string& item) {
  const ReadScope scope = ScopeOf(caller.actor);
  if (!scope.jurisdictions.empty()) return Ok();
  ZHIAN_ASSIGN(const auto lot, db.Query("SELECT operator_id FROM lot WHERE district=$d AND item=$1 LIMIT 1", {item}));
  const std::string owner = lot.empty() ? std::string{} : lot.front().text(0);
  for (const std::string& own : scope.operator_ids)
    if (own == owner) return Ok();
  return MakeError(ErrorCode::kForbidden, "只能对自己生产的批次做模拟召回");
}

json::object View(const trace::MockRun& run, Language language, const NameLookup& names) {
  json::object view = run.result;
  view["id"] = run.id;
  view["at"] = base::FormatInstant(base::Instant{run.at});
  view["elapsed_ms"] = run.elapsed_ms;
  view["by"] = names.Account(run.account_id);
  view["unit_symbol"] = base::UnitSymbol(procedure::ScalarText(view.if_contains("unit")), language);
  if (json::value* holders = view.if_contains("holders"); holders != nullptr && holders->is_array())
    for (json::value& holder : holders->get_array())
      if (json::object* object = holder.if_object())
        (*object)["unit_symbol"] = base::UnitSymbol(procedure::ScalarText(object->if_contains("unit")), language);
  return view;
}

Result<http::Response> RunMockRecall(App& app, Caller& caller) {
  ZHIAN_TRY(MayExercise(caller));
  ZHIAN_ASSIGN(const json::object body, BodyObject(caller.request));
  const std::string lot = base::Trim(procedure::ScalarText(body.if_contains("item")));
  if (lot.empty() || lot.size() > 300) return NeedsMending({{"/item", "error.fill", "填写批号或批次标识"}});
  const auto began = std::chrono::steady_clock::now();
  const base::Decimal tolerance = trace::ToleranceOn(app.services.policy, base::LocalDate(app.clock.Now()));
  trace::MockRecall recall;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const std::string item, trace::FindItem(db, lot));
    ZHIAN_TRY(MustBeOwn(db, caller, item));
    const ReadScope scope = ScopeOf(caller.actor);
    ZHIAN_ASSIGN(recall,
                 trace::ComputeMockRecall(db, item, tolerance,
                                          scope.jurisdictions.empty() ? std::span<const std::string>(scope.operator_ids)
                                                                      : std::span<const std::string>{}));
    return Ok();
  }));
  const std::int64_t elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  json::object view;
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto run, trace::KeepMockRecall(db, recall, caller.actor.account_id, elapsed, app.clock.Now()));
    view = View(run, caller.language, NameLookup(db));
    return Ok();
  }));
  return Json(view, 201);
}

Result<http::Response> ListRuns(App& app, Caller& caller) {
  ZHIAN_TRY(MayExercise(caller));
  ZHIAN_ASSIGN(const int limit, IntParameter(caller.request, "limit", 20, 1, 200));
  json::array items;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto runs, trace::ListMockRecalls(db, limit));
    const NameLookup names(db);
    for (const auto& run : runs) {
      if (!MustBeOwn(db, caller, procedure::ScalarText(run.result.if_contains("item"))).ok()) continue;
      json::object view = View(run, caller.language, names);
      view["holders"] = base::ArrayAt(run.result, "holders")->size();
      items.push_back(std::move(view));
    }
    return Ok();
  }));
  return Json(json::object{{"items", std::move(items)}});
}

Result<http::Response> GetReport(App& app, Caller& caller) {
  ZHIAN_TRY(MayExercise(caller));
  documents::Sheet sheet;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto run, trace::LoadMockRecall(db, caller.request.PathParameter("id")));
    const json::object view = View(run, caller.language, NameLookup(db));
    ZHIAN_TRY(MustBeOwn(db, caller, procedure::ScalarText(view.if_contains("item"))));
    const Language language = caller.language;
    const auto number = [&](const char* name) { return AmountAt(view, name); };
    const std::string unit = procedure::ScalarText(view.if_contains("unit_symbol"));
    const auto counted = [&](const char* name) { return number(name) + " " + unit; };
    sheet.organ = app.district_name;
    sheet.red = false;
    sheet.title = Message("模拟召回报告").In(language);
    sheet.date = base::FormatDate(base::LocalDate(base::Instant{run.at}));
    sheet.marks.push_back(Message("演练").In(language));
    if (app.demo) sheet.marks.push_back(Message("演示数据，不具效力").In(language));
    const json::array& holders = *base::ArrayAt(view, "holders");
    sheet.paragraphs.push_back(
        Say("批次 {} 的模拟召回用时 {} 毫秒：查到 {} 处持有，其中 {} 处有联系方式；产量的 {}% 已查清。",
            procedure::ScalarText(view.if_contains("lot_no")), std::to_string(run.elapsed_ms), holders.size(),
            static_cast<std::int64_t>(base::NumberAt(view, "reachable")),
            base::ShortNumber(100 * base::NumberAt(view, "share"), 1))
            .In(language));
    if (base::TruthAt(view, "reached_limit"))
      sheet.paragraphs.push_back(Say("只追到前 {} 处，其余没有列出。", trace::kHoldingsMost).In(language));
    const auto fact = [&](const char* label, const std::string& value) {
      sheet.facts.emplace_back(Message(label).In(language), value);
    };
    fact("产量", counted("made"));
    fact("仍在各处", counted("left"));
    fact("已用于加工", counted("used"));
    fact("发出未确认收货", counted("unconfirmed"));
    fact("未查清", counted("unaccounted"));
    fact("结论", Message(base::TruthAt(view, "balanced") ? "在容差之内" : "超出容差，须查明").In(language));
    documents::Table table;
    for (const char* column : {"持有者", "批次", "数量", "占比", "联系方式"})
      table.columns.push_back(Message(column).In(language));
    for (const auto& one : holders) {
      if (!one.is_object()) continue;
      const json::object& h = one.get_object();
      const std::string contact = procedure::ScalarText(h.if_contains("contact"));
      table.rows.push_back({procedure::ScalarText(h.if_contains("place_name")),
                            base::LotNumber(procedure::ScalarText(h.if_contains("item"))),
                            AmountAt(h, "left") + " " + procedure::ScalarText(h.if_contains("unit_symbol")),
                            base::ShortNumber(100 * base::NumberAt(h, "share"), 1) + "%",
                            contact.empty() ? Message("没有").In(language) : contact});
    }
    if (!table.rows.empty()) sheet.tables.push_back(std::move(table));
    return Ok();
  }));
  ZHIAN_ASSIGN(std::string bytes, documents::RenderPdf(sheet));
  http::Response response = http::Response::Bytes(std::move(bytes), "application/pdf");
  return std::move(response.With("Content-Disposition", "inline; filename=mock-recall.pdf"));
}

Schema MockRecallHeadSchema() {
  return Named("MockRecallLine", Object({{"id", Text()},
                                         {"at", Instant()},
                                         {"elapsed_ms", Integer()},
                                         {"by", Text()},
                                         {"item", Text()},
                                         {"lot_no", Text()},
                                         {"product", Text()},
                                         {"unit", Text()},
                                         {"unit_symbol", Text()},
                                         {"made", Decimal()},
                                         {"left", Decimal()},
                                         {"used", Decimal()},
                                         {"unconfirmed", Decimal()},
                                         {"unaccounted", Decimal()},
                                         {"share", Number()},
                                         {"holders", Integer().Says("how many")},
                                         {"reachable", Integer()},
                                         {"gaps", Integer()},
                                         {"balanced", Truth()},
                                         {"reached_limit", Truth()}}));
}

Schema MockRecallSchema() {
  const Schema holder = Object({{"item", Text()},
                                {"place_name", Text()},
                                {"operator_id", Text()},
                                {"contact", Text()},
                                {"unit", Text()},
                                {"unit_symbol", Text()},
                                {"left", Decimal()},
                                {"share", Number()},
                                {"derived", Truth()}});
  return Named("MockRecall", With(MockRecallHeadSchema(), {{"holders", ListOf(Named("MockHolder", holder))}}));
}

}  // namespace

void AddMockRecallRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/mock-recalls",
                    .id = "runMockRecall",
                    .summary = "模拟召回",
                    .action = &RunMockRecall,
                    .body_max_bytes = 16 * 1024,
                    .writes = true,
                    .takes = Object({{"item", Text()}}),
                    .answers = Answers(MockRecallSchema(), 201)});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/mock-recalls",
                    .id = "listMockRecalls",
                    .summary = "做过的模拟召回",
                    .action = &ListRuns,
                    .query = {{"limit", "at most so many, up to 200", Integer()}},
                    .answers = Answers(ItemsOf(MockRecallHeadSchema()))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/mock-recalls/{id}/report.pdf",
                    .id = "mockRecallReport",
                    .summary = "模拟召回报告",
                    .action = &GetReport,
                    .answers = AnswersFile({"application/pdf"})});
}

}  // namespace zhian::traceability::face
