#include "api/import.hpp"

#include <algorithm>
#include <fstream>

#include "api/goods.hpp"
#include "api/import_columns.hpp"
#include "base/csv.hpp"
#include "base/identifiers.hpp"
#include "base/text.hpp"
#include "procedure/form.hpp"
#include "rooms/subjects/operators.hpp"
#include "search/search.hpp"
#include "tables/xlsx.hpp"

namespace zhian::api {
namespace json = boost::json;

namespace {

constexpr std::size_t kGatherFrom = 5000;  // rows of an import after which the search index is brought together
constexpr std::size_t kBatch = 1000;       // rows of one transaction

Result<std::string> JurisdictionOf(storage::Connection& db, const std::string& text, const std::string& root) {
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(
          "SELECT j.id FROM jurisdictions j JOIN jurisdiction_closure c ON c.descendant=j.id WHERE c.ancestor=$2 AND (j.id=$1 OR j.name=$1) ORDER BY j.id LIMIT 2",
          {text, root}));
  if (rows.size() != 1)
    return MakeError(ErrorCode::kInvalid,
                     rows.empty() ? Say("辖区“{}”不在本区，填写乡（镇）、村（社区）的名称或编号", text.substr(0, 60))
                                  : Say("辖区“{}”有重名，请填写编号", text.substr(0, 60)));
  return rows.front().text(0);
}

enum class Fate { kAccepted, kDuplicate };

Error Fault(std::string_view column, Message message) {
  return NeedsMending({{"/fields/" + std::string(column), "error.value", std::move(message)}});
}

// One import under way: its file, its report, and how a row becomes a matter or a record.
class Import {
 public:
  Import(App& app, const procedure::Actor& actor, const ImportKind& kind, ImportReport& report)
      : app_(app), actor_(actor), kind_(kind), report_(report), now_(app.clock.Now()) {}

  Status Begin(const std::vector<std::string>& header) {
    ZHIAN_ASSIGN(columns_, ReadHeader(kind_, header));
    report_.header = header;
    return Ok();
  }

  // One row within the transaction. Only what the row itself is at fault for is reported; anything else ends the
  // import.
  Status Row(storage::Connection& db, std::size_t number, const std::vector<std::string>& cells) {
    if (cells.size() != columns_.size()) {
      Refuse(number, cells,
             {{number, "", std::to_string(cells.size()),
               Say("这一行应有 {} 列，请核对逗号和引号", std::to_string(columns_.size()))}});
      return Ok();
    }
    const ImportRow row = ReadRow(kind_, columns_, cells);
    Fate fate = Fate::kAccepted;
    const Status entered = db.Attempt([&](storage::Connection& part) -> Status {
      ZHIAN_ASSIGN(fate, Enter(part, row));
      return Ok();
    });
    if (entered.ok()) {
      ++(fate == Fate::kAccepted ? report_.accepted : report_.duplicates);
      return Ok();
    }
    const Error& error = entered.error();
    if (error.code != ErrorCode::kInvalid && error.code != ErrorCode::kGuardFailed &&
        error.code != ErrorCode::kForbidden && error.code != ErrorCode::kNotFound)
      return error;
    std::vector<RefusedCell> faults;
    if (error.fields.empty()) faults.push_back({number, "", "", error.message});
    for (const FieldError& field : error.fields) {
      const auto [title, value] = Cell(ColumnOf(field.pointer), cells);
      faults.push_back({number, title, value, field.message});
    }
    Refuse(number, cells, std::move(faults));
    return Ok();
  }

  void Refuse(std::size_t number, const std::vector<std::string>& cells, std::vector<RefusedCell> faults) {
    ++report_.refused;
    if (report_.refused_rows.size() < kReportRowsMax && kept_bytes_ < kReportBytesMax) {
      for (const std::string& cell : cells) kept_bytes_ += cell.size() + 1;
      report_.refused_rows.emplace_back(number, cells);
      for (RefusedCell& fault : faults) {
        fault.value.resize(std::min<std::size_t>(fault.value.size(), 600));
        while (!base::IsValidUtf8(fault.value)) fault.value.pop_back();
        report_.errors.push_back(std::move(fault));
      }
    }
  }

 private:
  Result<Fate> Enter(storage::Connection& db, const ImportRow& row) {
    if (kind_.word == "operators") return EnterOperator(db, row);
    if (kind_.word == "goods" && row.code.empty() && row.name.empty())
      for (const auto& held : actor_.roles)
        if (!held.operator_id.empty()) {
          ZHIAN_ASSIGN(const subjects::Operator own, subjects::LoadOperator(db, held.operator_id));
          return EnterGoods(db, row, own);
        }
    ZHIAN_ASSIGN(const subjects::Operator op, OperatorOf(db, row));
    if (kind_.word == "goods") return EnterGoods(db, row, op);
    if (kind_.record != nullptr) return EnterRecord(db, row, op);
    return EnterMatter(db, row, op);
  }

  Result<Fate> EnterOperator(storage::Connection& db, const ImportRow& row) {
    procedure::Command command;
    command.kind = kind_.kind;
    command.action = kind_.action;
    command.fields = row.fields;
    if (row.place.empty()) return Fault("@place", "填写所在乡（镇）或村（社区）");
    const auto place = JurisdictionOf(db, row.place, app_.district_root);
    if (!place.ok()) return Fault("@place", place.error().message);
    command.jurisdiction = *place;
    command.title = procedure::ScalarText(row.fields.if_contains("name"));
    const std::string code = procedure::ScalarText(row.fields.if_contains("credit_code"));
    if (code.empty()) {
      ZHIAN_ASSIGN(const auto same, subjects::FindByName(db, command.title));
      if (std::any_of(same.begin(), same.end(), [&](const auto& op) { return op.jurisdiction == *place; }))
        return Fate::kDuplicate;
    } else if (const auto parsed = base::ParseCreditCode(code); parsed.ok()) {
      ZHIAN_ASSIGN(const auto same, subjects::FindByCode(db, *parsed));
      if (same) return Fate::kDuplicate;
    }
    ZHIAN_TRY(app_.engine.ExecuteIn(db, actor_, command));
    return Fate::kAccepted;
  }

  // By its code; by its name only where no code is given and one file alone bears the name.
  Result<subjects::Operator> OperatorOf(storage::Connection& db, const ImportRow& row) {
    if (!row.code.empty()) {
      const auto parsed = base::ParseCreditCode(row.code);
      if (!parsed.ok()) return Fault("@code", parsed.error().message);
      ZHIAN_ASSIGN(auto op, subjects::FindByCode(db, *parsed));
      if (!op) return Fault("@code", "没有这个主体的档案，请先导入主体");
      return std::move(*op);
    }
    if (row.name.empty()) return Fault("@code", "填写主体的统一社会信用代码，没有代码的填写名称");
    ZHIAN_ASSIGN(auto same, subjects::FindByName(db, row.name));
    if (same.empty()) return Fault("@operator", "没有这个主体的档案，请先导入主体");
    if (same.size() > 1) return Fault("@operator", Say("有 {} 个主体同名，请填写统一社会信用代码", same.size()));
    return std::move(same.front());
  }

  Result<Fate> EnterMatter(storage::Connection& db, const ImportRow& row, const subjects::Operator& op) {
    ZHIAN_ASSIGN(auto known,
                 db.Query(kind_.number_sql,
                          {base::Trim(base::Nfkc(procedure::ScalarText(row.fields.if_contains(kind_.number))))}));
    if (!known.empty()) return Fate::kDuplicate;
    procedure::Command command;
    command.kind = kind_.kind;
    command.action = kind_.action;
    command.fields = row.fields;
    command.operator_id = op.id;
    command.jurisdiction = op.jurisdiction;
    command.title = op.name;
    if (!command.fields.contains("registry_evidence")) command.fields["registry_evidence"] = "登记数据导入";
    ZHIAN_TRY(app_.engine.ExecuteIn(db, actor_, command));
    return Fate::kAccepted;
  }

  Result<Fate> EnterGoods(storage::Connection& db, const ImportRow& row, const subjects::Operator& op) {
    ZHIAN_ASSIGN(const bool may, MayKeepBook(app_, db, actor_, op));
    if (!may) return MakeError(ErrorCode::kForbidden, "台账由经营者自己、检查人员或村（社区）协管员登记");
    ZHIAN_ASSIGN(const auto entry, GoodsEntryOf(row, op.id, now_));
    ZHIAN_ASSIGN(const bool known, traceability::IsEntered(db, actor_.account_id, entry.key));
    if (known) return Fate::kDuplicate;
    const auto written = traceability::EnterGoods(db, {app_.services.policy, actor_.account_id, now_}, entry);
    if (written.ok()) return Fate::kAccepted;
    // What the check at the door stops is a refused row with its reasons.
    if (written.error().code == ErrorCode::kConflict) return NeedsMending(written.error().fields);
    return written.error();
  }

  Result<Fate> EnterRecord(storage::Connection& db, const ImportRow& row, const subjects::Operator& op) {
    subjects::RecordCommand command;
    command.kind = std::string(kind_.record->id);
    command.operator_id = op.id;
    command.fields = row.fields;
    command.since = row.since;
    command.source = "imported";
    if (!row.place.empty()) {
      const auto place = JurisdictionOf(db, row.place, app_.district_root);
      if (!place.ok()) return Fault("@place", place.error().message);
      command.fields["jurisdiction"] = *place;
    }
    const subjects::RecordDoor door{app_.engine, now_,
                                    [this](std::string_view number) { return app_.identity.PersonDigest(number); }};
    const auto written = subjects::WriteRecord(db, door, actor_, command);
    if (written.ok()) return Fate::kAccepted;
    if (written.error().code == ErrorCode::kConflict) return Fate::kDuplicate;
    return written.error();
  }

  // The column that a fault is about; "" where it is about the row.
  [[nodiscard]] std::string ColumnOf(const std::string& pointer) const {
    if (pointer == "identifier_is_well_formed") return kind_.number;
    if (pointer == "/since") return "@since";
    return pointer.starts_with("/fields/") ? pointer.substr(8) : std::string{};
  }
  // Its title in this file (or its label, where the file does not have it) and what stands there.
  [[nodiscard]] std::pair<std::string, std::string> Cell(const std::string& name,
                                                         const std::vector<std::string>& cells) const {
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i] >= 0)
        if (const ImportColumn& column = kind_.columns[static_cast<std::size_t>(columns_[i])]; column.name == name)
          return {report_.header[i], column.type == "identity" ? "***" : base::Trim(cells[i])};
    for (const ImportColumn& column : kind_.columns)
      if (column.name == name) return {std::string(column.label.zh_hans), ""};
    return {};
  }

  App& app_;
  const procedure::Actor& actor_;
  const ImportKind& kind_;
  ImportReport& report_;
  base::Instant now_;
  std::vector<int> columns_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace

Result<std::string> ReadFile(const std::string& path, std::size_t bytes_max) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return MakeError(ErrorCode::kNotFound, "cannot read " + path);
  const auto size = static_cast<std::size_t>(in.tellg());
  if (size > bytes_max)
    return MakeError(ErrorCode::kTooLarge, path + " is over " + std::to_string(bytes_max >> 20) + " MB: split it");
  std::string bytes(size, '\0');
  in.seekg(0);
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  return bytes;
}

std::string ReportCsv(const ImportReport& report, Language language) {
  std::string csv = "\xEF\xBB\xBF";
  for (const std::string& title : report.header) csv += base::CsvCell(title) + ",";
  csv += Message("原行号").In(language) + "," + Message("需要更正").In(language) + "\r\n";
  auto error = report.errors.begin();
  for (const auto& [number, cells] : report.refused_rows) {
    for (std::size_t i = 0; i < report.header.size(); ++i)
      csv += (i < cells.size() ? base::CsvCell(cells[i]) : "") + ",";
    std::string mend;
    for (; error != report.errors.end() && error->row == number; ++error)
      mend += (mend.empty() ? "" : "; ") + (error->column.empty() ? "" : error->column + ": ") +
              error->message.In(language);
    csv += std::to_string(number) + "," + base::CsvCell(mend) + "\r\n";
  }
  if (report.refused > report.refused_rows.size())
    csv += Say("还有 {} 行被退回，未列出", report.refused - report.refused_rows.size()).In(language) + "\r\n";
  return csv;
}

Result<ImportReport> ImportTable(App& app, const procedure::Actor& actor, std::string_view word, std::string_view bytes,
                                 const ImportOptions& options) {
  const ImportKind* kind = FindImportKind(word);
  if (kind == nullptr) {
    std::string words;
    for (const ImportKind& known : ImportKinds()) words += (words.empty() ? "" : ", ") + known.word;
    return MakeError(ErrorCode::kUnsupported, Say("可以导入的种类：{}", words));
  }
  ZHIAN_ASSIGN(const std::string text, bytes.starts_with("PK") ? tables::XlsxToCsv(bytes) : base::DecodeTable(bytes));
  base::CsvReader reader(text);
  std::vector<std::string> header, cells;
  ZHIAN_ASSIGN(const bool has_header, reader.Next(header));
  if (!has_header) return MakeError(ErrorCode::kInvalid, "文件是空的，第一行须是表头");
  ImportReport report;
  Import import(app, actor, *kind, report);
  ZHIAN_TRY(import.Begin(header));

  // One transaction for a thousand rows; a dry run is rolled back at its end.
  bool more = true;
  const Error rollback = MakeError(ErrorCode::kUnavailable, "dry run");
  while (more) {
    const Status done = app.database.Write([&](storage::Connection& db) -> Status {
      for (std::size_t n = 0; options.dry_run || n < kBatch; ++n) {
        auto next = reader.Next(cells);
        if (next.ok() && !*next) {
          more = false;
          break;
        }
        ++report.rows;
        if (next.ok())
          ZHIAN_TRY(import.Row(db, reader.row(), cells));
        else
          import.Refuse(reader.row(), {}, {{ reader.row(), "", "", next.error().message }});
      }
      return options.dry_run ? Status(rollback) : Ok();
    });
    if (!done.ok() && !(options.dry_run && done.error().message == rollback.message)) return done.error();
  }
  if (report.accepted >= kGatherFrom && !options.dry_run)
    ZHIAN_TRY(app.database.Write([](storage::Connection& db) { return search::Gather(db); }));
  return report;
}

}  // namespace zhian::api
