// Trace of a lot as graph, lots, and capture of EPCIS documents.
#include <algorithm>
#include <cmath>

#include "base/csv.hpp"
#include "base/json.hpp"
#include "base/shown.hpp"
#include "base/text.hpp"
#include "desk/matter_view.hpp"
#include "documents/sheet.hpp"
#include "rooms/traceability/face/routes.hpp"
#include "rooms/traceability/face/trace_view.hpp"
#include "rooms/traceability/graph/trace.hpp"
#include "rooms/traceability/store/capture.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "tables/xlsx.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace json = boost::json;
namespace trace = traceability;

namespace {

json::value Time(std::int64_t ms) {
  return ms == 0 ? json::value(nullptr) : json::value(base::FormatInstant(base::Instant{ms}));
}

// "item@place": a holding as the answers name it.
Result<trace::HoldingKey> ReadHolding(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size())
    return MakeError(ErrorCode::kInvalid, "持有写作“批次@地点”");
  return trace::HoldingKey{std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

Result<trace::TraceOptions> ReadOptions(const http::Request& request) {
  trace::TraceOptions options;
  ZHIAN_ASSIGN(options.holdings_max, IntParameter(request, "limit", trace::kHoldingsMax, 1, trace::kHoldingsMost));
  for (const std::string_view place : request.query.All("mix")) {
    if (place == "all")
      options.mix_everywhere = true;
    else
      options.mix_places.emplace_back(place);
  }
  for (const auto& [name, list] : {std::pair{"kill", &options.kill_steps}, {"cut", &options.cut_holdings}})
    for (const std::string_view text : request.query.All(name)) {
      ZHIAN_ASSIGN(trace::HoldingKey key, ReadHolding(text));
      list->push_back(std::move(key));
    }
  if (options.kill_steps.size() + options.cut_holdings.size() + options.mix_places.size() > 200)
    return MakeError(ErrorCode::kTooLarge, Say("选项最多 {} 项", 200));
  const std::string time = TextParameter(request, "time"), at = TextParameter(request, "at");
  if (!time.empty() && time != "respect" && time != "ignore")
    return NeedsMending({{"/time", "error.choose", "选择 respect 或 ignore"}});
  options.respect_time = time != "ignore";
  if (!at.empty()) {
    const auto instant = base::ParseInstant(at);
    if (!instant) return NeedsMending({{"/at", "error.fill", "填写日期时间"}});
    options.at = instant->ms;
  }
  return options;
}

// What every trace takes; repeated parameters are separate values.
std::vector<QuerySpec> OptionSpecs(std::vector<QuerySpec> first) {
  for (
      QuerySpec spec : std::vector<QuerySpec>{
          {"limit", "at most so many holdings (2,000; 20,000 at most); reached_limit says that the answer is cut",
           Integer()},
          {"mix",
           "premises within which goods mix: the identifier of a place, or all. What has come in can be in whatever leaves later",
           ListOf(Text())},
          {"kill",
           "item@place: a holding that is reached and counted, but nothing goes on from it (heating, sorting out)",
           ListOf(Text())},
          {"cut", "item@place: a holding that is left out as if it were not there", ListOf(Text())},
          {"time",
           "respect (default): what had not arrived cannot have gone on, unknown dates may be any; ignore: every movement counts"},
          {"at", "forward: only what was at the origin from this instant on; backward: until it"}})
    first.push_back(std::move(spec));
  return first;
}

// The people of an operator trace what went through their own hands, one step back and one step on.
Status Confine(const Caller& caller, trace::Answer& answer) {
  const ReadScope scope = ScopeOf(caller.actor);
  if (!scope.jurisdictions.empty()) return Ok();
  return trace::ConfineTo(answer, scope.operator_ids)
             ? Ok()
             : Status(MakeError(ErrorCode::kForbidden, "这个批次没有经过您的场所"));
}
// What goes over the hands of others is for those who supervise.
Status MustSupervise(const Caller& caller) {
  return ScopeOf(caller.actor).jurisdictions.empty()
             ? Status(MakeError(ErrorCode::kForbidden, "这项查询由监管人员使用"))
             : Ok();
}

Result<http::Response> GetTrace(App& app, Caller& caller) {
  const std::string item = TextParameter(caller.request, "item"), wanted = TextParameter(caller.request, "direction");
  if (item.empty()) return NeedsMending({{"/item", "error.fill", "填写批号或批次标识"}});
  const auto direction = wanted == "forward"    ? trace::Direction::kForward
                         : wanted == "backward" ? trace::Direction::kBackward
                                                : trace::Direction::kBoth;
  ZHIAN_ASSIGN(const trace::TraceOptions options, ReadOptions(caller.request));
  std::string view;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto answer, trace::Trace(db, item, direction, options));
    ZHIAN_TRY(Confine(caller, answer));
    const NameLookup names(db);
    view =
        TraceView(answer, caller.language, [&](const std::string& township) { return names.Jurisdiction(township); });
    return Ok();
  }));
  http::Response response = http::Response::Json(std::move(view));
  response.With("Cache-Control", "no-store");
  return response;
}

// The trace as a file for those who were not at the page: every holding that the answer has, its gaps, and that it was
// cut where it was.
Result<http::Response> ExportTrace(App& app, Caller& caller) {
  const std::string file = caller.request.PathParameter("file"), item = TextParameter(caller.request, "item");
  const bool csv = file == "holdings.csv", xlsx = file == "holdings.xlsx", pdf = file == "report.pdf";
  if (!csv && !xlsx && !pdf) return MakeError(ErrorCode::kNotFound, "可以导出 holdings.csv、holdings.xlsx、report.pdf");
  if (item.empty()) return NeedsMending({{"/item", "error.fill", "填写批号或批次标识"}});
  const Language language = caller.language;
  ZHIAN_ASSIGN(const trace::TraceOptions options, ReadOptions(caller.request));
  trace::Answer answer;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(answer, trace::Trace(db, item, trace::Direction::kBoth, options));
    ZHIAN_TRY(Confine(caller, answer));
    return Ok();
  }));
  const auto say = [&](const char* text) { return Message(text).In(language); };
  const auto day = [](std::int64_t ms) {
    return ms == 0 ? std::string{} : base::FormatDate(base::LocalDate(base::Instant{ms}));
  };
  const auto estimate = [](double value) { return base::ShortNumber(value, 6); };  // by shares
  const std::string unit = base::UnitSymbol(answer.unit, language);
  const auto counted = [&](const base::Decimal& value, std::string_view code) {
    return value.Short() + " " + base::UnitSymbol(code, language);
  };
  http::Response response;
  if (pdf) {
    documents::Sheet sheet;
    sheet.organ = app.district_name;
    sheet.title = say("批次追溯报告");
    sheet.date = base::FormatDate(base::LocalDate(app.clock.Now()));
    if (app.demo) sheet.marks.push_back(say("演示数据，不具效力"));
    double open = 0, total = 0;
    for (const auto& h : answer.holdings) {
      if (h.layer < 0 || !h.comparable) continue;
      const double part = h.quantity.Estimate() * h.share;
      total += part;
      if (!h.resolved) open += part;
    }
    sheet.paragraphs.push_back(Say("批次 {} 共查到 {} 处持有，数量合计 {} {}，其中未查明 {} {}；缺口 {} 处。",
                                   base::LotNumber(answer.item), answer.holdings.size(), estimate(total), unit,
                                   estimate(open), unit, answer.gaps.size())
                                   .In(language));
    if (answer.reached_limit)
      sheet.paragraphs.push_back(Say("只追到前 {} 处，其余没有列出。", trace::kHoldingsMax).In(language));
    // What needs an act stands first: the gaps, then the holdings that are not resolved.
    documents::Table gaps{.caption = say("追溯缺口"), .columns = {say("缺口"), say("数量")}};
    for (const auto& gap : answer.gaps) gaps.rows.push_back({gap.text.In(language), counted(gap.quantity, gap.unit)});
    documents::Table holdings{
        .caption = say("持有情况"),
        .columns = {say("持有者"), say("批次"), say("步数"), say("到达日期"), say("数量"), say("占比"), say("状态")}};
    for (const bool resolved : {false, true})
      for (const auto& h : answer.holdings)
        if (h.resolved == resolved)
          holdings.rows.push_back(
              {std::string(h.place_name), base::LotNumber(h.item), std::to_string(h.layer), day(h.arrived_at),
               counted(h.quantity, h.unit), base::ShortNumber(100 * h.share, 1) + "%",
               HoldingStatusLabel(h.status, language) + (h.evidence.empty() ? "" : " · " + std::string(h.evidence))});
    for (documents::Table* table : {&gaps, &holdings})
      if (!table->rows.empty()) sheet.tables.push_back(std::move(*table));
    ZHIAN_ASSIGN(std::string bytes, documents::RenderPdf(sheet));
    response = http::Response::Bytes(std::move(bytes), "application/pdf");
    response.With("Content-Disposition", "inline; filename=trace.pdf");
    return response;
  }
  const std::vector<std::string> header{say("批次"), say("持有者"), say("步数"), say("到达日期"), say("数量"),
                                        say("单位"), say("占比"),   say("状态"), say("已查明"),   say("凭证")};
  std::vector<std::vector<std::string>> rows;
  for (const auto& h : answer.holdings)
    rows.push_back({std::string(h.item), std::string(h.place_name), std::to_string(h.layer), day(h.arrived_at),
                    h.quantity.Short(), base::UnitSymbol(h.unit, language), base::ShortNumber(100 * h.share, 1) + "%",
                    HoldingStatusLabel(h.status, language), say(h.resolved ? "是" : "否"), std::string(h.evidence)});
  if (answer.reached_limit) rows.push_back({Say("只追到前 {} 处，其余没有列出。", trace::kHoldingsMax).In(language)});
  if (xlsx) {
    ZHIAN_ASSIGN(std::string bytes, tables::WriteXlsx("trace", header, rows));
    response =
        http::Response::Bytes(std::move(bytes), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    response.With("Content-Disposition", "attachment; filename=trace.xlsx");
    return response;
  }
  std::string text = "\xEF\xBB\xBF";
  const auto line = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) text += (i == 0 ? "" : ",") + base::CsvCell(cells[i]);
    text += "\r\n";
  };
  line(header);
  for (const auto& row : rows) line(row);
  response = http::Response::Bytes(std::move(text), "text/csv; charset=utf-8");
  response.With("Content-Disposition", "attachment; filename=trace.csv");
  return response;
}

Result<http::Response> GetCommonAncestors(App& app, Caller& caller) {
  std::vector<std::string> lots;
  for (const std::string_view lot : caller.request.query.All("item"))
    if (!lot.empty() && std::find(lots.begin(), lots.end(), lot) == lots.end()) lots.emplace_back(lot);
  ZHIAN_TRY(MustSupervise(caller));
  if (lots.size() < 2) return NeedsMending({{"/item", "error.fill", "填写两个以上批次"}});
  ZHIAN_ASSIGN(const trace::TraceOptions options, ReadOptions(caller.request));
  json::object view;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto answer, trace::FindCommonAncestors(db, lots, options));
    json::array items;
    for (const auto& a : answer.ancestors)
      items.push_back(
          json::object{{"id", a.item + "@" + a.place},
                       {"item", a.item},
                       {"place", a.place},
                       {"place_name", a.place_name},
                       {"operator", a.operator_id.empty() ? json::value(nullptr) : json::value(a.operator_id)},
                       {"lots", a.lots}});
    view = {{"items", std::move(items)}, {"lots", lots.size()}, {"reached_limit", answer.reached_limit}};
    return Ok();
  }));
  return Json(view);
}

Result<http::Response> GetMassBalance(App& app, Caller& caller) {
  const std::string unit = TextParameter(caller.request, "unit");
  ZHIAN_TRY(MustSupervise(caller));
  const trace::BalanceScope scope{TextParameter(caller.request, "item"), TextParameter(caller.request, "place"),
                                  TextParameter(caller.request, "operator")};
  json::object view;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto b, trace::BalanceOf(db, scope, unit.empty() ? "KGM" : unit));
    view = {{"unit", base::UnitSymbol(b.unit, caller.language)},
            {"made", b.made.Short()},
            {"received", b.received.Short()},
            {"used", b.used.Short()},
            {"sent", b.sent.Short()},
            {"remainder", b.remainder.Short()},
            {"holdings", b.holdings},
            {"not_converted", b.not_converted},
            {"reached_limit", b.reached_limit}};
    return Ok();
  }));
  return Json(view);
}

Result<http::Response> ListLots(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const int limit, IntParameter(caller.request, "limit", 50, 1, 500));
  const ReadScope scope = ScopeOf(caller.actor);
  std::vector<storage::Value> parameters;
  std::string where = "WHERE l.district=$d";
  if (scope.jurisdictions.empty()) where += scope.Where("l", parameters);
  const auto bind = [&](storage::Value value) {
    parameters.push_back(std::move(value));
    return "$" + std::to_string(parameters.size());
  };
  if (const std::string q = TextParameter(caller.request, "q"); !q.empty()) {
    const std::string like = bind("%" + q + "%");
    where += " AND (l.lot_no LIKE " + like + " OR l.product LIKE " + like + ")";
  }
  if (const std::string cursor = TextParameter(caller.request, "cursor"); !cursor.empty())
    where += " AND l.item > " + bind(cursor);
  const std::string sql =
      "SELECT l.item, l.lot_no, l.product, o.name, l.quantity_micro, l.unit, l.held, l.last_seen_at FROM lot l LEFT JOIN operator o ON o.district=$d AND o.id=l.operator_id " +
      where + " ORDER BY l.item LIMIT " + bind(std::int64_t{limit} + 1);
  json::array items;
  std::string next;
  // Lots carry no territory of their own; users of an operator see their own only.
  std::string text = sql;
  if (scope.jurisdictions.empty())
    for (auto at = text.find("l.jurisdiction"); at != std::string::npos; at = text.find("l.jurisdiction"))
      text.replace(at, 14, "l.place");
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query(text, std::span<const storage::Value>(parameters)));
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(limit); ++i) {
      const auto& r = rows[i];
      items.push_back(json::object{{"item", r.text(0)},
                                   {"lot_no", r.text(1)},
                                   {"product", r.text(2)},
                                   {"operator", r.text(3)},
                                   {"quantity", static_cast<double>(r.integer(4)) / 1e6},
                                   {"unit", base::UnitSymbol(r.text(5), caller.language)},
                                   {"held", r.integer(6) != 0},
                                   {"last_seen_at", Time(r.integer(7))}});
      if (i + 1 == static_cast<std::size_t>(limit) && rows.size() > i + 1) next = r.text(0);
    }
    return Ok();
  }));
  return Json(
      json::object{{"items", std::move(items)}, {"next", next.empty() ? json::value(nullptr) : json::value(next)}});
}

Result<http::Response> CaptureDocument(App& app, Caller& caller) {
  if (caller.request.body_file) return MakeError(ErrorCode::kTooLarge, "文档超过 16 MB，请用命令行 zhian capture");
  trace::CaptureReport report;
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(report, trace::Capture(db, caller.request.body, trace::OnError::kRollback, app.clock.Now(),
                                        trace::RecorderOf(caller.actor)));
    return Ok();
  }));
  json::array errors;
  for (const auto& e : report.errors)
    errors.push_back(json::object{{"event", e.event}, {"path", e.path}, {"message", e.message.In(caller.language)}});
  return Json(json::object{{"events", report.events},
                           {"captured", report.captured},
                           {"duplicates", report.duplicates},
                           {"rejected", report.rejected},
                           {"errors", std::move(errors)}},
              report.rejected > 0 ? 422 : 201);
}

// What the caller may do with a trace beyond reading it, so that a page leads nobody to a refusal.
Result<http::Response> GetTraceRights(App& app, Caller& caller) {
  Status searches = Ok();
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    searches = MaySearchSources(app, db, caller);
    return Ok();
  }));
  if (!searches.ok() && searches.error().code != ErrorCode::kForbidden) return searches.error();
  return Json(json::object{{"find_sources", searches.ok()}, {"mock_recall", MayExercise(caller).ok()}});
}

// What became of a holding, with its evidence: what people may add to a trace; the sums follow.
Result<http::Response> RecordHolding(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const json::object body, BodyObject(caller.request));
  const auto text = [&](const char* name) { return procedure::ScalarText(body.if_contains(name)); };
  std::vector<FieldError> errors;
  for (const auto& [name, mend] :
       {std::pair{"item", "填写批次"}, {"place", "填写地点"}, {"status", "选择处置状态"}, {"evidence", "填写凭证"}})
    if (text(name).empty()) errors.push_back({std::string("/") + name, "error.fill", mend});
  static constexpr std::string_view kAllowed[] = {"in_seizure",
                                                  "destroyed",
                                                  "returned_and_held",
                                                  "recalled_and_disposed",
                                                  "corrected",
                                                  "tested_safe_released",
                                                  "sold_to_consumer_evidenced",
                                                  "handed_to_police",
                                                  "reported_only",
                                                  "sold_to_unknown"};
  if (!text("status").empty() &&
      std::find(std::begin(kAllowed), std::end(kAllowed), text("status")) == std::end(kAllowed))
    errors.push_back({"/status", "error.choose", "从列表中选择处置状态"});
  if (!errors.empty()) return NeedsMending(std::move(errors));
  const bool officer = std::any_of(caller.actor.roles.begin(), caller.actor.roles.end(), [](const auto& held) {
    return held.role == "inspector" || held.role == "case_officer" || held.role == "sampling_lead";
  });
  if (!officer) return MakeError(ErrorCode::kForbidden, "持有情况由检查或办案人员登记");
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const std::string item, trace::FindItem(db, text("item")));
    ZHIAN_TRY(trace::SetHolding(db, item, text("place"), text("status"), text("evidence"),
                                std::strtod(text("quantity").c_str(), nullptr)));
    const auto index = ledger::Append(db, "holding",
                                      {{"item", item},
                                       {"place", text("place")},
                                       {"status", text("status")},
                                       {"evidence", text("evidence")},
                                       {"actor", caller.actor.account_id},
                                       {"rows", json::array{}}},
                                      app.clock.Now());
    if (!index.ok()) return index.error();
    return Ok();
  }));
  return Json(json::object{{"done", true}}, 201);
}

Schema CommonSchema() {
  const Schema ancestor = Object({{"id", Text()},
                                  {"item", Text()},
                                  {"place", Text()},
                                  {"place_name", Text()},
                                  {"operator", Nullable(Text())},
                                  {"lots", Integer()}});
  return Named("CommonAncestors",
               Object({{"items", ListOf(ancestor)}, {"lots", Integer()}, {"reached_limit", Truth()}}));
}

Schema MassBalanceSchema() {
  return Named("MassBalance", Object({{"unit", Text()},
                                      {"made", Decimal()},
                                      {"received", Decimal()},
                                      {"used", Decimal()},
                                      {"sent", Decimal()},
                                      {"remainder", Decimal()},
                                      {"holdings", Integer()},
                                      {"not_converted", Integer()},
                                      {"reached_limit", Truth()}}));
}

Schema LotSchema() {
  return Named("Lot", Object({{"item", Text()},
                              {"lot_no", Text()},
                              {"product", Text()},
                              {"operator", Text()},
                              {"quantity", Number()},
                              {"unit", Text()},
                              {"held", Truth()},
                              {"last_seen_at", Nullable(Instant())}}));
}

Schema CaptureReportSchema() {
  return Named("CaptureReport",
               Object({{"events", Integer()},
                       {"captured", Integer()},
                       {"duplicates", Integer()},
                       {"rejected", Integer()},
                       {"errors", ListOf(Object({{"event", Integer()}, {"path", Text()}, {"message", Text()}}))}}));
}

}  // namespace

void AddTraceRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/trace",
                    .id = "getTrace",
                    .summary = "追溯",
                    .action = &GetTrace,
                    .query = OptionSpecs({{"item", "identifier or number of the lot", Text(), true},
                                          {"direction", "both by default", OneOf({"forward", "backward", "both"})}}),
                    .answers = Answers(TraceSchema())});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/trace-common",
                    .id = "getCommonAncestors",
                    .summary = "几个批次的共同来源",
                    .action = &GetCommonAncestors,
                    .query = OptionSpecs(
                        {{"item", "identifier or number of a lot; two to a hundred of them", ListOf(Text()), true}}),
                    .answers = Answers(CommonSchema())});
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/trace-balance",
       .id = "getMassBalance",
       .summary = "批次、场所、经营者的物料平衡",
       .action = &GetMassBalance,
       .query =
           {{"item", "identifier of the lot"},
            {"place", "identifier of a place: its premises"},
            {"operator", "id of the operator"},
            {"unit",
             "of the answer: a code of UN/ECE Recommendation 20 or a symbol (kg, L); KGM by default. Movements that do not convert are counted in not_converted"}},
       .answers = Answers(MassBalanceSchema())});
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/trace/{file}",
       .id = "exportTrace",
       .summary = "导出追溯（CSV、XLSX、PDF 报告）",
       .action = &ExportTrace,
       .query = OptionSpecs({{"item", "identifier or number of the lot", Text(), true}}),
       .answers = AnswersFile(
           {"text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/pdf"})});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/lots",
                    .id = "listLots",
                    .summary = "批次",
                    .action = &ListLots,
                    .query = PageQuery({{"q", "part of the number or of the product"}}),
                    .answers = Answers(NextPage(LotSchema()))});
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/trace-rights",
       .id = "getTraceRights",
       .summary = "可以溯源排查、模拟召回吗",
       .action = &GetTraceRights,
       .answers = Answers(Named("TraceRights", Object({{"find_sources", Truth()}, {"mock_recall", Truth()}})))});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/capture",
                    .id = "capture",
                    .summary = "导入 EPCIS 事件",
                    .action = &CaptureDocument,
                    .body_max_bytes = 16 << 20,
                    .writes = true,
                    .takes_media = {"application/json", "application/ld+json", "application/xml", "text/xml"},
                    .answers = {{.schema = CaptureReportSchema(), .status = 201},
                                {.schema = CaptureReportSchema(), .status = 422}}});
  routes.push_back(
      {.method = Method::kPost,
       .pattern = "/api/v1/holdings",
       .id = "recordHolding",
       .summary = "登记持有情况",
       .action = &RecordHolding,
       .body_max_bytes = 64 * 1024,
       .writes = true,
       .takes = Object(
           {{"item", Text()}, {"place", Text()}, {"status", Text()}, {"evidence", Text()}, Maybe("quantity", Text())}),
       .answers = Answers(DoneSchema(), 201)});
}

}  // namespace zhian::traceability::face
