#include "desk/import.hpp"

#include <algorithm>

#include "base/csv.hpp"
#include "base/identifiers.hpp"
#include "base/text.hpp"
#include "desk/room_face.hpp"
#include "procedure/form.hpp"
#include "search/search.hpp"
#include "tables/xlsx.hpp"

namespace zhian::desk {

Error ImportFault(std::string_view column, Message message) {
  return NeedsMending({{"/fields/" + std::string(column), "error.value", std::move(message)}});
}

Result<std::string> ImportDoor::PlaceOf(storage::Connection& db, const ImportRow& row) const {
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(
          "SELECT j.id FROM jurisdictions j JOIN jurisdiction_closure c ON c.descendant=j.id WHERE c.ancestor=$2 AND (j.id=$1 OR j.name=$1) ORDER BY j.id LIMIT 2",
          {row.place, app.district_root}));
  if (rows.size() != 1)
    return ImportFault(
        "@place", rows.empty() ? Say("辖区“{}”不在本区，填写乡（镇）、村（社区）的名称或编号", row.place.substr(0, 60))
                               : Say("辖区“{}”有重名，请填写编号", row.place.substr(0, 60)));
  return rows.front().text(0);
}

Result<OperatorCard> ImportDoor::OperatorOf(storage::Connection& db, const ImportRow& row) const {
  if (!row.code.empty()) {
    const auto parsed = base::ParseCreditCode(row.code);
    if (!parsed.ok()) return ImportFault("@code", parsed.error().message);
    ZHIAN_ASSIGN(auto op, app.operators->find_by_code(db, *parsed));
    if (!op) return ImportFault("@code", "没有这个主体的档案，请先导入主体");
    return std::move(*op);
  }
  if (row.name.empty()) return ImportFault("@code", "填写主体的统一社会信用代码，没有代码的填写名称");
  ZHIAN_ASSIGN(auto same, app.operators->find_by_name(db, row.name));
  if (same.empty()) return ImportFault("@operator", "没有这个主体的档案，请先导入主体");
  if (same.size() > 1) return ImportFault("@operator", Say("有 {} 个主体同名，请填写统一社会信用代码", same.size()));
  return std::move(same.front());
}

const std::vector<ImportKind>& ImportKinds(const App& app) { return app.imports; }

const ImportKind* FindImportKind(const App& app, std::string_view word) {
  const auto found =
      std::find_if(app.imports.begin(), app.imports.end(), [&](const ImportKind& kind) { return kind.word == word; });
  return found == app.imports.end() ? nullptr : &*found;
}

namespace {

constexpr std::size_t kGatherFrom = 5000;  // rows of an import after which the search index is brought together
constexpr std::size_t kBatch = 1000;       // rows of one transaction

// One import under way: its file, its report, and how a row becomes a matter or a record.
class Import {
 public:
  Import(App& app, const procedure::Actor& actor, const ImportKind& kind, ImportReport& report)
      : door_{app, actor, app.clock.Now()}, kind_(kind), report_(report) {}

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
    ZHIAN_TRY(db.Script("SAVEPOINT import_row"));
    const auto fate = kind_.enter(door_, db, row);
    if (!fate.ok()) ZHIAN_TRY(db.Script("ROLLBACK TO import_row"));
    ZHIAN_TRY(db.Script("RELEASE import_row"));
    if (fate.ok()) {
      ++(*fate == ImportFate::kAccepted ? report_.accepted : report_.duplicates);
      return Ok();
    }
    const Error& error = fate.error();
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

  ImportDoor door_;
  const ImportKind& kind_;
  ImportReport& report_;
  std::vector<int> columns_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace

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
  const ImportKind* kind = FindImportKind(app, word);
  if (kind == nullptr) {
    std::string words;
    for (const ImportKind& known : ImportKinds(app)) words += (words.empty() ? "" : ", ") + known.word;
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

}  // namespace zhian::desk
