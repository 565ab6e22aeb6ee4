// Documents in print form, exports of lists, import of registries.
#include <algorithm>
#include <span>

#include "api/import.hpp"
#include "api/import_columns.hpp"
#include "api/matter_view.hpp"
#include "api/routes.hpp"
#include "api/sheets.hpp"
#include "base/csv.hpp"
#include "base/json.hpp"
#include "tables/xlsx.hpp"

namespace zhian::api {
namespace json = boost::json;

namespace {

constexpr std::size_t kExportRowsMax = 50'000;

Result<http::Response> Answer(const std::vector<documents::Sheet>& sheets, bool pdf, const std::string& name) {
  if (!pdf) return http::Response::Html(200, documents::RenderHtml(sheets));
  ZHIAN_ASSIGN(std::string bytes, documents::RenderPdf(sheets));
  http::Response response = http::Response::Bytes(std::move(bytes), "application/pdf");
  response.With("Content-Disposition", "inline; filename=\"" + name + ".pdf\"");
  return response;
}

// "x", "x.html": the page for the printer; "x.pdf": the document.
struct Wanted {
  explicit Wanted(std::string text) : name(std::move(text)), pdf(name.ends_with(".pdf")) {
    if (pdf) name.resize(name.size() - 4);
    if (name.ends_with(".html")) name.resize(name.size() - 5);
  }
  std::string name;
  bool pdf;
};

Result<http::Response> GetDocument(App& app, Caller& caller) {
  const Wanted wanted(caller.request.PathParameter("id"));
  std::vector<documents::Sheet> sheets;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto document, procedure::LoadDocument(db, wanted.name));
    ZHIAN_ASSIGN(const auto matter, procedure::LoadMatter(db, document.matter_id));
    ZHIAN_ASSIGN(const bool may, app.engine.MaySee(db, caller.actor, matter));
    if (!may || (matter.Has("confidential") && !MaySeeConfidential(caller.actor)))
      return MakeError(ErrorCode::kForbidden, "这份文书不在您的范围内");
    ZHIAN_ASSIGN(auto sheet, LoadSheet(app, db, document, NameLookup(db)));
    sheets.push_back(std::move(sheet));
    return Ok();
  }));
  return Answer(sheets, wanted.pdf, wanted.name);
}

// The paper that a step would issue, before it is issued: whoever signs or confirms reads it first.
Result<http::Response> GetDraft(App& app, Caller& caller) {
  const Wanted wanted(caller.request.PathParameter("action"));
  std::vector<documents::Sheet> sheets;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto matter, VisibleMatter(app, db, caller, caller.request.PathParameter("id")));
    ZHIAN_ASSIGN(const auto document, app.engine.Draft(db, caller.actor, matter, wanted.name));
    sheets.push_back(SheetOf(document, NameLookup(db), {.demo = app.demo, .draft = true}));
    return Ok();
  }));
  return Answer(sheets, wanted.pdf, "draft");
}

// file, file.html, file.pdf: every paper of the matter with its contents and its history.
Result<http::Response> GetFile(App& app, Caller& caller) {
  const Wanted wanted(caller.request.PathParameter("file"));
  if (wanted.name != "file") return MakeError(ErrorCode::kNotFound, "没有这个地址");
  std::vector<documents::Sheet> sheets;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto matter, VisibleMatter(app, db, caller, caller.request.PathParameter("id")));
    ZHIAN_ASSIGN(sheets, LoadFile(app, db, matter));
    return Ok();
  }));
  return Answer(sheets, wanted.pdf, sheets.front().number);
}

struct Column {
  const char *title, *key;  // key of the item; of an object its name is taken
};
// What the list shows with the same filters, page after page; what is cut says so in its last row.
Result<http::Response> Export(App& app, Caller& caller, const char* name, const char* title,
                              std::span<const Column> columns, QueryPage query) {
  std::vector<std::string> header;
  for (const Column& column : columns) header.emplace_back(column.title);
  std::vector<std::vector<std::string>> rows;
  std::string cursor;
  do {
    ZHIAN_ASSIGN(ListPage page, query(app, caller, cursor, 500));
    for (const auto& item : page.items) {
      const json::object& object = item.get_object();
      std::vector<std::string> row;
      for (const Column& column : columns) {
        const auto* value = object.if_contains(column.key);
        row.push_back(value == nullptr     ? ""
                      : value->is_object() ? procedure::ScalarText(value->get_object().if_contains("name"))
                                           : procedure::ScalarText(value));
      }
      rows.push_back(std::move(row));
    }
    cursor = std::move(page.next);
  } while (!cursor.empty() && rows.size() < kExportRowsMax);
  if (!cursor.empty()) rows.push_back({Say("只导出前 {} 行，请加筛选后分次导出", rows.size()).In(caller.language)});
  http::Response response;
  if (caller.request.PathParameter("file").ends_with(".xlsx")) {
    ZHIAN_ASSIGN(std::string bytes, tables::WriteXlsx(title, header, rows));
    response =
        http::Response::Bytes(std::move(bytes), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    response.With("Content-Disposition", std::string("attachment; filename=") + name + ".xlsx");
    return response;
  }
  std::string csv = "\xEF\xBB\xBF";
  const auto line = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) csv += (i == 0 ? "" : ",") + base::CsvCell(cells[i]);
    csv += "\r\n";
  };
  line(header);
  for (const auto& row : rows) line(row);
  response = http::Response::Bytes(std::move(csv), "text/csv; charset=utf-8");
  response.With("Content-Disposition", std::string("attachment; filename=") + name + ".csv");
  return response;
}

constexpr std::size_t kRefusedBytesMax = 4u << 20;

json::array ChoiceWords(const ImportColumn& column, Language language) {
  json::array words;
  for (const std::string& option : procedure::SplitArguments(column.args, '|'))
    words.push_back(
        json::value(LabelText("choice." + column.name + "." + option, "choice." + option, option, language)));
  return words;
}

Result<http::Response> ExportList(App& app, Caller& caller) {
  static constexpr Column kMatters[] = {{"编号", "number"},       {"种类", "kind_label"}, {"名称", "title"},
                                        {"状态", "state_label"},  {"主体", "operator"},   {"辖区", "jurisdiction"},
                                        {"开始时间", "opened_at"}};
  static constexpr Column kOperators[] = {
      {"名称", "name"},        {"统一社会信用代码", "code"}, {"类型", "type_label"}, {"辖区", "jurisdiction"},
      {"状态", "state_label"}, {"从业人数", "staff"},        {"风险等级", "grade"},  {"在办事项", "open_matters"}};
  static constexpr Column kGoods[] = {{"时间", "at"},
                                      {"种类", "act_label"},
                                      {"品名", "product"},
                                      {"规格", "specification"},
                                      {"数量", "quantity"},
                                      {"单位", "unit"},
                                      {"批号", "lot_no"},
                                      {"生产日期", "produced_on"},
                                      {"保质期（天）", "shelf_life_days"},
                                      {"供货者或购货者", "partner_name"},
                                      {"联系方式", "partner_contact"},
                                      {"合格证明", "certificate"},
                                      {"登记人", "entered_by"},
                                      {"保存到", "keep_until"},
                                      {"撤回原因", "withdrawn_because"}};
  const std::string file = caller.request.PathParameter("file");
  if (file == "matters.csv" || file == "matters.xlsx")
    return Export(app, caller, "matters", "事项", kMatters, &QueryMatters);
  if (file == "operators.csv" || file == "operators.xlsx")
    return Export(app, caller, "operators", "主体", kOperators, &QueryOperators);
  if (file == "goods.csv" || file == "goods.xlsx")
    return Export(app, caller, "goods", "进出货台账", kGoods, &QueryGoods);
  return MakeError(ErrorCode::kNotFound, "可以导出 matters、operators、goods 的 .csv 或 .xlsx");
}

// Who may write anything of the kind: the door asks again for each row.
bool MayImport(const ImportKind& kind, const procedure::Actor& actor) {
  if (kind.word == "goods")
    return std::any_of(actor.roles.begin(), actor.roles.end(), [](const auto& held) {
      return held.role == "operator_user" || held.role == "inspector" || held.role == "village_official" ||
             held.role == "administrator";
    });
  const auto holds = [&](auto may) {
    return std::any_of(actor.roles.begin(), actor.roles.end(),
                       [&](const auto& held) { return held.operator_id.empty() && may(std::string_view(held.role)); });
  };
  if (kind.record != nullptr)
    return holds([&](std::string_view role) {
      return std::find(kind.record->writers.begin(), kind.record->writers.end(), role) != kind.record->writers.end();
    });
  const auto* declared = procedure::FindKind(kind.kind);
  const auto* row = declared == nullptr ? nullptr : procedure::FindTransition(*declared, "", kind.action);
  return row != nullptr && holds([&](std::string_view role) {
           return std::find(row->who.begin(), row->who.end(), role) != row->who.end();
         });
}

Result<http::Response> Import(App& app, Caller& caller) {
  const std::string word = caller.request.PathParameter("kind");
  const ImportKind* kind = FindImportKind(word);
  if (kind != nullptr && !MayImport(*kind, caller.actor))
    return MakeError(ErrorCode::kForbidden, "这一种登记数据由有权登记它的人员导入");
  std::string bytes = caller.request.body;
  if (caller.request.body_file) {
    ZHIAN_ASSIGN(bytes, ReadFile(caller.request.body_file->path().string(), std::size_t{256} << 20));
  }
  const ImportOptions options{.dry_run = caller.request.query.Has("dry_run")};
  ZHIAN_ASSIGN(const ImportReport report, ImportTable(app, caller.actor, word, bytes, options));
  json::array errors;
  for (const auto& e : report.errors) {
    if (errors.size() >= 500) break;
    errors.push_back(json::object{
        {"row", e.row}, {"column", e.column}, {"value", e.value}, {"message", e.message.In(caller.language)}});
  }
  // What was refused, to be mended and sent again; a longer list comes from the command line.
  std::string refused = report.refused == 0 ? "" : ReportCsv(report, caller.language);
  if (refused.size() > kRefusedBytesMax) refused.clear();
  return Json(json::object{{"rows", report.rows},
                           {"accepted", report.accepted},
                           {"refused", report.refused},
                           {"duplicates", report.duplicates},
                           {"dry_run", options.dry_run},
                           {"errors", std::move(errors)},
                           {"refused_csv", std::move(refused)}});
}

// The kinds that this person may import, with the titles of their columns: what the page offers.
Result<http::Response> ListImports(App&, Caller& caller) {
  json::array items;
  for (const ImportKind& kind : ImportKinds()) {
    if (!MayImport(kind, caller.actor)) continue;
    json::array columns;
    for (const ImportColumn& column : kind.columns)
      columns.push_back(
          json::object{{"title", LabelIn(column.label, caller.language)},
                       {"options", column.type == "choice" ? json::value(ChoiceWords(column, caller.language))
                                                           : json::value(nullptr)}});
    const std::string label = kind.record != nullptr     ? std::string(LabelIn(kind.record->label, caller.language))
                              : kind.word == "operators" ? Message("主体").In(caller.language)
                              : kind.word == "goods"
                                  ? Message("进出货台账").In(caller.language)
                                  : std::string(LabelIn(procedure::FindKind(kind.kind)->label, caller.language));
    items.push_back(json::object{{"kind", kind.word}, {"label", label}, {"columns", std::move(columns)}});
  }
  return Json(json::object{{"items", std::move(items)}});
}

}  // namespace

void AddDocumentRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({Method::kGet, "/api/v1/documents/{id}", "getDocument", "文书（打印页；加 .pdf 为 PDF）",
                    Access::kSignedIn, &GetDocument});
  routes.push_back({Method::kGet, "/api/v1/matters/{id}/drafts/{action}", "getDraft",
                    "文书草稿（打印页；加 .pdf 为 PDF）", Access::kSignedIn, &GetDraft});
  routes.push_back({Method::kGet, "/api/v1/matters/{id}/papers/{file}", "getMatterFile",
                    "全卷：目录、办理过程和全部文书（file.html、file.pdf）", Access::kSignedIn, &GetFile});
  routes.push_back(
      {Method::kGet, "/api/v1/export/{file}", "exportList", "导出列表（CSV、XLSX）", Access::kSignedIn, &ExportList});
  routes.push_back(
      {Method::kGet, "/api/v1/imports", "listImports", "可导入的登记数据", Access::kSignedIn, &ListImports});
  routes.push_back({Method::kPost, "/api/v1/imports/{kind}", "import", "导入登记数据", Access::kSignedIn, &Import,
                    std::uint64_t{256} << 20, true});
}

}  // namespace zhian::api
