// Documents in print form, and exports of lists.
#include <algorithm>
#include <span>

#include "base/csv.hpp"
#include "base/json.hpp"
#include "desk/matter_view.hpp"
#include "desk/room_face.hpp"
#include "desk/routes.hpp"
#include "papers/sheets.hpp"
#include "tables/xlsx.hpp"

namespace zhian::desk {
using namespace papers;
namespace json = boost::json;

namespace {

papers::Letterhead LetterheadOf(const App& app) {
  return {
      .demo = app.demo, .district_name = app.district_name, .public_origin = app.public_origin, .now = app.clock.Now()};
}

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
    ZHIAN_ASSIGN(auto sheet, LoadSheet(LetterheadOf(app), db, document, NameLookup(db)));
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
    ZHIAN_ASSIGN(sheets, LoadFile(LetterheadOf(app), db, matter));
    return Ok();
  }));
  return Answer(sheets, wanted.pdf, sheets.front().number);
}

// What the list shows with the same filters, page after page; what is cut says so in its last row.
Result<http::Response> Export(App& app, const Caller& caller, const ExportKind& kind) {
  const std::string name = kind.word;
  std::vector<std::string> header;
  for (const ExportColumn& column : kind.columns) header.emplace_back(column.title);
  std::vector<std::vector<std::string>> rows;
  std::string cursor;
  do {
    ZHIAN_ASSIGN(ListPage page, kind.query(app, caller, cursor, 500));
    for (const auto& item : page.items) {
      const json::object& object = item.get_object();
      std::vector<std::string> row;
      for (const ExportColumn& column : kind.columns) {
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
    ZHIAN_ASSIGN(std::string bytes, tables::WriteXlsx(kind.title, header, rows));
    response =
        http::Response::Bytes(std::move(bytes), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    response.With("Content-Disposition", "attachment; filename=" + name + ".xlsx");
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
  response.With("Content-Disposition", "attachment; filename=" + name + ".csv");
  return response;
}

Result<http::Response> ExportList(App& app, Caller& caller) {
  static const ExportKind kMatters{"matters",
                                   "事项",
                                   {{"编号", "number"},
                                    {"种类", "kind_label"},
                                    {"名称", "title"},
                                    {"状态", "state_label"},
                                    {"主体", "operator"},
                                    {"辖区", "jurisdiction"},
                                    {"开始时间", "opened_at"}},
                                   &QueryMatters};
  std::vector<const ExportKind*> kinds{&kMatters};
  for (const RoomFace* room : app.rooms)
    for (const ExportKind& kind : room->exports) kinds.push_back(&kind);
  const std::string file = caller.request.PathParameter("file");
  std::string words;
  for (const ExportKind* kind : kinds) {
    if (file == std::string(kind->word) + ".csv" || file == std::string(kind->word) + ".xlsx")
      return Export(app, caller, *kind);
    words += (words.empty() ? "" : "、") + std::string(kind->word);
  }
  return MakeError(ErrorCode::kNotFound, Say("可以导出 {} 的 .csv 或 .xlsx", words));
}

std::vector<AnswerSpec> PaperAnswers() { return AnswersFile({"text/html", "application/pdf"}); }

}  // namespace

void AddDocumentRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/documents/{id}",
                    .id = "getDocument",
                    .summary = "文书（打印页；加 .pdf 为 PDF）",
                    .action = &GetDocument,
                    .answers = PaperAnswers()});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/matters/{id}/drafts/{action}",
                    .id = "getDraft",
                    .summary = "文书草稿（打印页；加 .pdf 为 PDF）",
                    .action = &GetDraft,
                    .answers = PaperAnswers()});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/matters/{id}/papers/{file}",
                    .id = "getMatterFile",
                    .summary = "全卷：目录、办理过程和全部文书（file.html、file.pdf）",
                    .action = &GetFile,
                    .answers = PaperAnswers()});
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/export/{file}",
       .id = "exportList",
       .summary = "导出列表（CSV、XLSX）",
       .action = &ExportList,
       .answers = AnswersFile({"text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})});
}

}  // namespace zhian::desk
