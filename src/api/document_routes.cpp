// Documents in print form, exports of lists, import of registries.
#include <algorithm>
#include <optional>

#include "api/import.hpp"
#include "api/matter_view.hpp"
#include "api/routes.hpp"
#include "api/sheets.hpp"
#include "base/csv.hpp"
#include "base/json.hpp"

namespace zhian::api {
namespace json = boost::json;

namespace {

// {id}, {id}.html: the page for the printer; {id}.pdf: the document.
Result<http::Response> GetDocument(App& app, Caller& caller) {
  std::string id = caller.request.PathParameter("id");
  const bool pdf = id.ends_with(".pdf");
  if (pdf) id.resize(id.size() - 4);
  if (id.ends_with(".html")) id.resize(id.size() - 5);
  std::optional<documents::Sheet> sheet;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto document, procedure::LoadDocument(db, id));
    ZHIAN_ASSIGN(const auto matter, procedure::LoadMatter(db, document.matter_id));
    ZHIAN_ASSIGN(const bool may, app.engine.MaySee(db, caller.actor, matter));
    if (!may || (matter.Has("confidential") && !MaySeeConfidential(caller.actor))) return MakeError(ErrorCode::kForbidden, "这份文书不在您的范围内");
    sheet = SheetOf(document, NameLookup(db), app.public_origin, app.demo);
    return Ok();
  }));
  if (!pdf) return http::Response::Html(200, documents::RenderHtml(*sheet));
  ZHIAN_ASSIGN(std::string bytes, documents::RenderPdf(*sheet));
  http::Response response = http::Response::Bytes(std::move(bytes), "application/pdf");
  response.With("Content-Disposition", "inline; filename=\"" + id + ".pdf\"");
  return response;
}

Result<http::Response> ExportMatters(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const MatterPage page, QueryMatters(app, caller));
  std::string csv = "\xEF\xBB\xBF编号,种类,名称,状态,主体,辖区,开始时间\r\n";
  for (const auto& value : page.items) {
    const json::object& m = value.as_object();
    const auto name = [&](const char* key) { return m.at(key).is_object() ? procedure::ScalarText(m.at(key).get_object().if_contains("name")) : std::string{}; };
    for (const std::string& cell : {procedure::ScalarText(&m.at("number")), procedure::ScalarText(&m.at("kind_label")), procedure::ScalarText(&m.at("title")), procedure::ScalarText(&m.at("state_label")), name("operator"), name("jurisdiction"), procedure::ScalarText(&m.at("opened_at"))})
      csv += (csv.back() == '\n' ? "" : ",") + base::CsvCell(cell);
    csv += "\r\n";
  }
  http::Response response = http::Response::Bytes(std::move(csv), "text/csv; charset=utf-8");
  response.With("Content-Disposition", "attachment; filename=matters.csv");
  return response;
}

Result<http::Response> Import(App& app, Caller& caller) {
  const bool may = std::any_of(caller.actor.roles.begin(), caller.actor.roles.end(), [](const auto& held) { return held.role == "licence_officer" || held.role == "administrator"; });
  if (!may) return MakeError(ErrorCode::kForbidden, "导入由许可受理审查员或管理员办理");
  std::string bytes = caller.request.body;
  if (caller.request.body_file) {
    ZHIAN_ASSIGN(bytes, ReadFile(caller.request.body_file->path().string(), std::size_t{256} << 20));
  }
  const ImportOptions options{.dry_run = caller.request.query.Has("dry_run"), .root = app.district_root};
  ZHIAN_ASSIGN(const ImportReport report, ImportTable(app.engine, app.database, caller.actor, caller.request.PathParameter("kind"), bytes, options));
  json::array errors;
  for (const auto& e : report.errors) {
    if (errors.size() >= 500) break;
    errors.push_back(json::object{{"row", e.row}, {"column", e.column}, {"value", e.value}, {"message", e.message}});
  }
  return Json(json::object{{"rows", report.rows}, {"accepted", report.accepted}, {"refused", report.refused}, {"duplicates", report.duplicates}, {"dry_run", options.dry_run}, {"errors", std::move(errors)}});
}

}  // namespace

void AddDocumentRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({Method::kGet, "/api/v1/documents/{id}", "getDocument", "文书（打印页；加 .pdf 为 PDF）", Access::kSignedIn, &GetDocument});
  routes.push_back({Method::kGet, "/api/v1/export/matters.csv", "exportMatters", "导出事项", Access::kSignedIn, &ExportMatters});
  routes.push_back({Method::kPost, "/api/v1/imports/{kind}", "import", "导入登记数据", Access::kSignedIn, &Import, std::uint64_t{256} << 20, true});
}

}  // namespace zhian::api
