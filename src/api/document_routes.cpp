// Documents in print form, exports of lists, import of registries.
#include <algorithm>
#include <map>

#include "api/html.hpp"
#include "api/import.hpp"
#include "api/matter_view.hpp"
#include "api/routes.hpp"
#include "base/csv.hpp"
#include "base/json.hpp"

namespace zhian::api {
namespace json = boost::json;

namespace {

std::string FieldRows(const json::object& values, const NameLookup& names) {
  std::string rows;
  const auto row = [&](const std::string& label, const std::string& text) {
    if (!text.empty()) rows += "<tr><th scope=\"row\">" + Escape(label) + "</th><td>" + Escape(text) + "</td></tr>";
  };
  if (const auto* op = values.if_contains("operator"); op != nullptr && op->is_object() && op->get_object().contains("name")) {
    row("当事人", procedure::ScalarText(op->get_object().if_contains("name")));
    row("统一社会信用代码", procedure::ScalarText(op->get_object().if_contains("code")));
    row("地址", procedure::ScalarText(op->get_object().if_contains("address")));
  }
  const auto* fields = values.if_contains("fields");
  if (fields == nullptr || !fields->is_object()) return rows;
  for (const auto& [key, value] : fields->get_object()) {
    const std::string name(key);
    const auto* label = procedure::FindLabel("field." + name);
    if (label == nullptr) continue;
    std::string text;
    if (value.is_array()) {
      for (const auto& item : value.get_array()) {
        std::string line;
        if (item.is_object()) {
          for (const auto& [column, cell] : item.get_object()) {
            const std::string part = cell.is_object() ? procedure::ScalarText(cell.get_object().if_contains("value")) + " " + procedure::ScalarText(cell.get_object().if_contains("unit")) : procedure::ScalarText(&cell);
            const auto* choice = procedure::FindLabel("choice." + part);
            line += (line.empty() ? "" : " · ") + (choice == nullptr ? part : std::string(choice->zh_hans));
          }
        } else {
          line = names.Account(procedure::ScalarText(&item));
        }
        text += (text.empty() ? "" : "；") + line;
      }
    } else if (value.is_object()) {
      text = procedure::ScalarText(value.get_object().if_contains("value")) + " " + procedure::ScalarText(value.get_object().if_contains("unit"));
    } else if (value.is_bool()) {
      text = value.get_bool() ? "是" : "否";
    } else {
      text = procedure::ScalarText(&value);
      if (const auto* choice = procedure::FindLabel("choice." + text)) text = std::string(choice->zh_hans);
      if (text.size() == 36 && text.find('-') == 8) text = names.Operator(text);
    }
    row(std::string(label->zh_hans), text);
  }
  return rows;
}

Result<http::Response> GetDocument(App& app, Caller& caller) {
  std::string id = caller.request.PathParameter("id");
  if (id.ends_with(".html")) id.resize(id.size() - 5);
  http::Response response;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto document, procedure::LoadDocument(db, id));
    ZHIAN_ASSIGN(const auto matter, procedure::LoadMatter(db, document.matter_id));
    ZHIAN_ASSIGN(const bool may, app.engine.MaySee(db, caller.actor, matter));
    if (!may || (matter.Has("confidential") && !MaySeeConfidential(caller.actor))) return MakeError(ErrorCode::kForbidden, "这份文书不在您的范围内");
    const NameLookup names(db);
    const std::string label = procedure::ScalarText(document.values.if_contains("label"));
    std::string body = "<h1>" + Escape(label) + "</h1><p class=\"no\">" + Escape(document.number) + "</p><table><tbody>" + FieldRows(document.values, names) + "</tbody></table>";
    body += "<p class=\"seal\">" + Escape(app.district_name) + "市场监督管理局<br>" + Escape(procedure::ScalarText(document.values.if_contains("issued_on"))) + "<br>经办：" + Escape(procedure::ScalarText(document.values.if_contains("actor"))) + "</p>";
    body += "<p class=\"foot\">文书摘要 SHA-256 " + Escape(document.sha256) + "<br>核验：" + Escape(app.public_origin) + "/public/verify/" + Escape(document.public_code) + "</p>";
    response = http::Response::Html(200, PrintPage(label + " " + document.number, body, app.demo));
    return Ok();
  }));
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
  routes.push_back({Method::kGet, "/api/v1/documents/{id}", "getDocument", "文书（打印页）", Access::kSignedIn, &GetDocument});
  routes.push_back({Method::kGet, "/api/v1/export/matters.csv", "exportMatters", "导出事项", Access::kSignedIn, &ExportMatters});
  routes.push_back({Method::kPost, "/api/v1/imports/{kind}", "import", "导入登记数据", Access::kSignedIn, &Import, std::uint64_t{256} << 20, true});
}

}  // namespace zhian::api
