#include "api/import.hpp"

#include <algorithm>
#include <fstream>
#include <map>

#include "base/csv.hpp"
#include "base/identifiers.hpp"
#include "base/text.hpp"
#include "rooms/subjects/operators.hpp"
#include "search/search.hpp"
#include "tables/xlsx.hpp"

namespace zhian::api {
namespace json = boost::json;

namespace {

constexpr std::size_t kGatherFrom = 5000;  // rows of an import after which the search index is brought together

// Header names that registries use, folded, and the field that each means.
const std::map<std::string, std::string, std::less<>>& Headers() {
  static const std::map<std::string, std::string, std::less<>> kHeaders{
      {"name", "name"}, {"名称", "name"}, {"企业名称", "name"}, {"主体名称", "name"}, {"credit_code", "credit_code"}, {"code", "credit_code"}, {"统一社会信用代码", "credit_code"}, {"信用代码", "credit_code"},
      {"type", "operator_type"}, {"operator_type", "operator_type"}, {"主体类型", "operator_type"}, {"类型", "operator_type"}, {"address", "address"}, {"地址", "address"}, {"住所", "address"},
      {"person_in_charge", "person_in_charge"}, {"负责人", "person_in_charge"}, {"法定代表人", "person_in_charge"}, {"phone", "phone"}, {"电话", "phone"}, {"staff", "staff"}, {"从业人数", "staff"},
      {"industry", "industry"}, {"行业", "industry"}, {"above_size", "above_size"}, {"规模以上", "above_size"}, {"gln", "gln"}, {"位置码", "gln"}, {"township", "jurisdiction"}, {"jurisdiction", "jurisdiction"}, {"乡镇", "jurisdiction"}, {"辖区", "jurisdiction"},
      {"permit_number", "permit_number"}, {"许可证编号", "permit_number"}, {"regime", "regime"}, {"category", "category"}, {"类别", "category"}, {"valid_from", "valid_from"}, {"有效期自", "valid_from"}, {"valid_to", "valid_to"}, {"有效期至", "valid_to"},
      {"registry_evidence", "registry_evidence"}, {"凭证", "registry_evidence"}};
  return kHeaders;
}

Result<std::string> JurisdictionOf(storage::Connection& db, const std::string& text, const std::string& root) {
  ZHIAN_ASSIGN(auto rows, db.Query("SELECT j.id FROM jurisdictions j JOIN jurisdiction_closure c ON c.descendant=j.id WHERE c.ancestor=$2 AND (j.id=$1 OR j.name=$1) ORDER BY j.id LIMIT 2", {text, root}));
  if (rows.size() != 1) return MakeError(ErrorCode::kInvalid, rows.empty() ? Say("辖区“{}”不在本区，填写乡（镇）、村（社区）的名称或编号", text.substr(0, 60)) : Say("辖区“{}”有重名，请填写编号", text.substr(0, 60)));
  return rows.front().text(0);
}

}  // namespace

Result<std::string> ReadFile(const std::string& path, std::size_t bytes_max) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return MakeError(ErrorCode::kNotFound, "cannot read " + path);
  const auto size = static_cast<std::size_t>(in.tellg());
  if (size > bytes_max) return MakeError(ErrorCode::kTooLarge, path + " is over " + std::to_string(bytes_max >> 20) + " MB: split it");
  std::string bytes(size, '\0');
  in.seekg(0);
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  return bytes;
}

std::string ReportCsv(const ImportReport& report) {
  std::string csv = "\xEF\xBB\xBF行,列,值,需要更正\r\n";
  for (const RefusedRow& e : report.errors) csv += std::to_string(e.row) + "," + base::CsvCell(e.column) + "," + base::CsvCell(e.value) + "," + base::CsvCell(e.message.Text()) + "\r\n";
  return csv;
}

Result<ImportReport> ImportTable(procedure::Engine& engine, storage::Database& database, const procedure::Actor& actor, std::string_view kind, std::string_view bytes, const ImportOptions& options) {
  if (kind != "operators" && kind != "permits") return MakeError(ErrorCode::kUnsupported, "只能导入 operators 和 permits，其余种类尚未启用");
  ZHIAN_ASSIGN(const std::string text, bytes.starts_with("PK") ? tables::XlsxToCsv(bytes) : base::DecodeTable(bytes));
  base::CsvReader reader(text);
  std::vector<std::string> header, cells;
  ZHIAN_ASSIGN(const bool has_header, reader.Next(header));
  if (!has_header) return MakeError(ErrorCode::kInvalid, "文件是空的，第一行须是表头");
  std::vector<std::string> columns;
  for (const std::string& title : header) {
    const auto known = Headers().find(base::Fold(title));
    columns.push_back(known == Headers().end() ? std::string{} : known->second);
  }
  const char* needed = kind == "operators" ? "name" : "permit_number";
  if (std::find(columns.begin(), columns.end(), needed) == columns.end()) return MakeError(ErrorCode::kInvalid, Say("表头缺少“{}”一列", (kind == "operators" ? "名称" : "许可证编号")));

  ImportReport report;
  const auto refuse = [&](std::size_t row, std::string column, std::string value, Message message) {
    if (report.errors.size() < 100'000) report.errors.push_back({row, std::move(column), std::move(value), std::move(message)});
  };
  const auto title_of = [&](std::string_view field) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns[i] == field) return header[i];
    const auto* label = procedure::FindLabel("field." + std::string(field));  // a column that the file does not have
    return label == nullptr ? std::string(field) : std::string(label->zh_hans);
  };
  // One transaction for a thousand rows; a dry run is rolled back at its end.
  bool more = true;
  const Error rollback = MakeError(ErrorCode::kUnavailable, "dry run");
  std::map<std::string, std::size_t> codes_of_file;
  while (more) {
    const Status done = database.Write([&](storage::Connection& db) -> Status {
      const std::size_t batch = options.dry_run ? static_cast<std::size_t>(-1) : 1000;
      for (std::size_t n = 0; n < batch; ++n) {
        auto next = reader.Next(cells);
        if (!next.ok()) {
          ++report.rows;
          ++report.refused;
          refuse(reader.row(), "", "", next.error().message);
          continue;
        }
        if (!*next) {
          more = false;
          break;
        }
        ++report.rows;
        const std::size_t row = reader.row();
        if (cells.size() != columns.size()) {
          ++report.refused;
          refuse(row, "", std::to_string(cells.size()) + " 列", Say("这一行应有 {} 列，请核对逗号和引号", std::to_string(columns.size())));
          continue;
        }
        procedure::Command command;
        std::string place;
        for (std::size_t i = 0; i < cells.size(); ++i) {
          const std::string value = base::Trim(cells[i]);
          if (columns[i].empty() || value.empty()) continue;
          if (columns[i] == "jurisdiction") place = value;
          else if (columns[i] == "above_size") command.fields[columns[i]] = value == "是" || value == "1" || value == "true";
          else command.fields[columns[i]] = value;
        }
        const auto fail = [&](const Error& error) {
          ++report.refused;
          if (error.fields.empty()) refuse(row, "", "", error.message);
          for (const FieldError& field : error.fields) {
            const std::string name = field.pointer.starts_with("/fields/") ? field.pointer.substr(8) : field.pointer;
            const auto* given = command.fields.if_contains(name);
            refuse(row, title_of(name), procedure::ScalarText(given), field.message);
          }
        };
        if (kind == "permits") {
          const std::string code = procedure::ScalarText(command.fields.if_contains("credit_code")), name = procedure::ScalarText(command.fields.if_contains("name"));
          command.fields.erase("credit_code");
          command.fields.erase("name");
          ZHIAN_ASSIGN(auto op, subjects::FindByCode(db, code));
          if (!op && !name.empty()) {
            ZHIAN_ASSIGN(auto same, subjects::FindByName(db, name));
            if (same.size() == 1) op = same.front();
          }
          if (!op) {
            ++report.refused;
            refuse(row, title_of("credit_code"), code.empty() ? name : code, "没有这个主体的档案，请先导入主体");
            continue;
          }
          command.kind = "permit";
          command.action = "import_permit";
          command.operator_id = op->id;
          command.jurisdiction = op->jurisdiction;
          if (!command.fields.contains("registry_evidence")) command.fields["registry_evidence"] = "登记数据导入";
          ZHIAN_ASSIGN(auto known, db.Query("SELECT 1 FROM permit WHERE district='d' AND number=$1 LIMIT 1", {procedure::ScalarText(command.fields.if_contains("permit_number"))}));
          if (!known.empty()) {
            ++report.duplicates;
            continue;
          }
        } else {
          command.kind = "operator_file";
          command.action = "import_operator";
          if (place.empty()) {
            ++report.refused;
            refuse(row, title_of("jurisdiction"), "", "填写所在乡（镇）或村（社区）");
            continue;
          }
          auto found = JurisdictionOf(db, place, options.root);
          if (!found.ok()) {
            ++report.refused;
            refuse(row, title_of("jurisdiction"), place, found.error().message);
            continue;
          }
          command.jurisdiction = *found;
          const std::string name = procedure::ScalarText(command.fields.if_contains("name"));
          command.title = name;
          if (const std::string code = procedure::ScalarText(command.fields.if_contains("credit_code")); !code.empty()) {
            if (const auto parsed = base::ParseCreditCode(code); parsed.ok()) {
              ZHIAN_ASSIGN(const auto same, subjects::FindByCode(db, *parsed));
              if (same || !codes_of_file.emplace(*parsed, row).second) {
                ++report.duplicates;
                continue;
              }
            }
          } else {
            ZHIAN_ASSIGN(const auto same, subjects::FindByName(db, name));
            if (std::any_of(same.begin(), same.end(), [&](const auto& op) { return op.jurisdiction == command.jurisdiction; })) {
              ++report.duplicates;
              continue;
            }
          }
        }
        ZHIAN_TRY(db.Script("SAVEPOINT import_row"));
        const auto outcome = engine.ExecuteIn(db, actor, command);
        if (!outcome.ok()) ZHIAN_TRY(db.Script("ROLLBACK TO import_row"));
        ZHIAN_TRY(db.Script("RELEASE import_row"));
        if (outcome.ok()) ++report.accepted;
        else if (outcome.error().code == ErrorCode::kInvalid || outcome.error().code == ErrorCode::kGuardFailed || outcome.error().code == ErrorCode::kForbidden) fail(outcome.error());
        else return outcome.error();
      }
      if (options.dry_run) return rollback;
      return Ok();
    });
    if (!done.ok() && !(options.dry_run && done.error().message == rollback.message)) return done.error();
  }
  if (report.accepted >= kGatherFrom && !options.dry_run) ZHIAN_TRY(database.Write([](storage::Connection& db) { return search::Gather(db); }));
  return report;
}

}  // namespace zhian::api
