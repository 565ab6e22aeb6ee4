#include "rooms/subjects/face/imports.hpp"

#include <algorithm>

#include "base/identifiers.hpp"
#include "desk/import.hpp"
#include "procedure/form.hpp"
#include "rooms/subjects/operators.hpp"
#include "rooms/subjects/registry.hpp"

namespace zhian::subjects::face {
using namespace desk;

namespace {

Result<ImportFate> EnterOperator(ImportDoor& door, storage::Connection& db, const ImportRow& row) {
  procedure::Command command;
  command.kind = "operator_file";
  command.action = "import_operator";
  command.fields = row.fields;
  if (row.place.empty()) return ImportFault("@place", "填写所在乡（镇）或村（社区）");
  ZHIAN_ASSIGN(command.jurisdiction, door.PlaceOf(db, row));
  command.title = procedure::ScalarText(row.fields.if_contains("name"));
  const std::string code = procedure::ScalarText(row.fields.if_contains("credit_code"));
  if (code.empty()) {
    ZHIAN_ASSIGN(const auto same, FindByName(db, command.title));
    if (std::any_of(same.begin(), same.end(), [&](const auto& op) { return op.jurisdiction == command.jurisdiction; }))
      return ImportFate::kDuplicate;
  } else if (const auto parsed = base::ParseCreditCode(code); parsed.ok()) {
    ZHIAN_ASSIGN(const auto same, FindByCode(db, *parsed));
    if (same) return ImportFate::kDuplicate;
  }
  ZHIAN_TRY(door.app.engine.ExecuteIn(db, door.actor, command));
  return ImportFate::kAccepted;
}

Result<ImportFate> EnterRecord(const RecordKind& kind, ImportDoor& door, storage::Connection& db,
                               const ImportRow& row) {
  ZHIAN_ASSIGN(const OperatorCard op, door.OperatorOf(db, row));
  RecordCommand command;
  command.kind = std::string(kind.id);
  command.operator_id = op.id;
  command.fields = row.fields;
  command.since = row.since;
  command.source = "imported";
  if (!row.place.empty()) {
    ZHIAN_ASSIGN(command.fields["jurisdiction"], door.PlaceOf(db, row));
  }
  const RecordDoor records{door.app.engine, door.now, [&identity = door.app.identity](std::string_view number) {
                             return identity.PersonDigest(number);
                           }};
  const auto written = WriteRecord(db, records, door.actor, command);
  if (written.ok()) return ImportFate::kAccepted;
  if (written.error().code == ErrorCode::kConflict) return ImportFate::kDuplicate;
  return written.error();
}

}  // namespace

namespace {

// The form of the import, under the titles that the declaration of an operator knows.
std::vector<ImportColumn> OperatorImportColumns() {
  std::vector<ImportColumn> columns;
  const procedure::Kind* kind = procedure::FindKind("operator_file");
  const procedure::Transition* row =
      kind == nullptr ? nullptr : procedure::FindTransition(*kind, "", "import_operator");
  if (row == nullptr) return columns;
  for (const procedure::FormField& entry : procedure::FormOf(*kind, *row)) {
    procedure::Text titles;
    for (const auto& declared : OperatorColumns())
      if (declared.said_as == entry.field->name) titles = declared.titles;
    columns.push_back(Column(*entry.field, titles));
  }
  return columns;
}

}  // namespace

std::vector<ImportKind> Imports() {
  std::vector<ImportKind> kinds;
  kinds.push_back(OfMatter("operators", "operator_file", "import_operator"));
  kinds.back().columns = OperatorImportColumns();
  if (const auto* label = procedure::FindLabel("import.operators")) kinds.back().label = *label;
  kinds.back().own = "name";
  kinds.back().names_operator = false;
  kinds.back().enter = &EnterOperator;
  kinds.back().columns.push_back(
      Special("@place", "field.jurisdiction", "township|jurisdiction|village|乡镇|辖区|村|所在乡镇|所在地|@place"));
  for (const RecordKind& record : RecordKinds()) {
    ImportKind import{.word = std::string(record.imported_as), .label = record.label};
    import.own = std::string(record.name_field);
    import.writers.assign(record.writers.begin(), record.writers.end());
    import.enter = [&record](ImportDoor & door, storage::Connection & db, const ImportRow& row) {
      return EnterRecord(record, door, db, row);
  };
  for (const RecordField& declared : record.fields) {
    ImportColumn column = Column(declared.field, declared.titles);
    if (declared.field.type == "jurisdiction") column.name = "@place";
    import.columns.push_back(std::move(column));
  }
  import.columns.push_back(OperatorCode());
  import.columns.push_back(OperatorName(false));
  if (record.since_field.empty())
    import.columns.push_back(Special("@since", "field.valid_from", "since|valid_from|起始日期|登记日期|任职日期"));
  kinds.push_back(std::move(import));
}
return kinds;
}  // namespace zhian::subjects::face

}  // namespace zhian::subjects::face
