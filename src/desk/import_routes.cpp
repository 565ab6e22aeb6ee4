// Import of registries: what may be imported, and the import itself.
#include <algorithm>

#include "base/file.hpp"
#include "desk/import.hpp"
#include "desk/matter_view.hpp"
#include "desk/routes.hpp"
#include "procedure/form.hpp"

namespace zhian::desk {
namespace json = boost::json;

namespace {

constexpr std::size_t kRefusedBytesMax = 4u << 20;

json::array ChoiceWords(const ImportColumn& column, Language language) {
  json::array words;
  for (const std::string& option : procedure::SplitArguments(column.args, '|'))
    words.push_back(
        json::value(LabelText("choice." + column.name + "." + option, "choice." + option, option, language)));
  return words;
}

// Who may write anything of the kind: the door asks again for each row.
bool MayImport(const ImportKind& kind, const procedure::Actor& actor) {
  return std::any_of(actor.roles.begin(), actor.roles.end(), [&](const auto& held) {
    return (held.operator_id.empty() || kind.by_operators) &&
           std::find(kind.writers.begin(), kind.writers.end(), held.role) != kind.writers.end();
  });
}

Result<http::Response> Import(App& app, Caller& caller) {
  const std::string word = caller.request.PathParameter("kind");
  const ImportKind* kind = FindImportKind(app, word);
  if (kind != nullptr && !MayImport(*kind, caller.actor))
    return MakeError(ErrorCode::kForbidden, "这一种登记数据由有权登记它的人员导入");
  std::string bytes = caller.request.body;
  if (caller.request.body_file) {
    ZHIAN_ASSIGN(bytes, base::ReadFile(caller.request.body_file->path().string(), std::size_t{256} << 20));
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
Result<http::Response> ListImports(App& app, Caller& caller) {
  json::array items;
  for (const ImportKind& kind : ImportKinds(app)) {
    if (!MayImport(kind, caller.actor)) continue;
    json::array columns;
    for (const ImportColumn& column : kind.columns)
      columns.push_back(
          json::object{{"title", LabelIn(column.label, caller.language)},
                       {"options", column.type == "choice" ? json::value(ChoiceWords(column, caller.language))
                                                           : json::value(nullptr)}});
    const std::string label(LabelIn(kind.label, caller.language));
    items.push_back(json::object{{"kind", kind.word}, {"label", label}, {"columns", std::move(columns)}});
  }
  return Json(json::object{{"items", std::move(items)}});
}

Schema ImportReportSchema() {
  const Schema error = Object({{"row", Integer()}, {"column", Text()}, {"value", Text()}, {"message", Text()}});
  return Named("ImportReport",
               Object({{"rows", Integer()},
                       {"accepted", Integer()},
                       {"refused", Integer()},
                       {"duplicates", Integer()},
                       {"dry_run", Truth()},
                       {"errors", ListOf(error).Says("the first 500")},
                       {"refused_csv",
                        Text().Says("what was refused, to be mended and sent again; empty where it is too long")}}));
}

Schema ImportKindSchema() {
  return Named("ImportKind",
               Object({{"kind", Text()},
                       {"label", Text()},
                       {"columns", ListOf(Object({{"title", Text()}, {"options", Nullable(ListOf(Text()))}}))}}));
}

}  // namespace

void AddImportRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/imports",
                    .id = "listImports",
                    .summary = "可导入的登记数据",
                    .action = &ListImports,
                    .answers = Answers(ItemsOf(ImportKindSchema()))});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/imports/{kind}",
                    .id = "import",
                    .summary = "导入登记数据",
                    .action = &Import,
                    .body_max_bytes = std::uint64_t{256} << 20,
                    .writes = true,
                    .query = {{"dry_run", "1: report only, nothing is written"}},
                    .takes_media = {"text/csv", "application/octet-stream",
                                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
                    .answers = Answers(ImportReportSchema())});
}

}  // namespace zhian::desk
