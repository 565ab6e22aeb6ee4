#include "rooms/access/face/face.hpp"

#include "base/text.hpp"
#include "desk/import.hpp"
#include "rooms/access/figures.hpp"
#include "rooms/access/permits.hpp"

namespace zhian::access {
using namespace desk;

namespace {

// One registry whose rows become matters that a registry holds already: permits, certifications.
ImportKind Registry(const char* word, const char* kind, const char* action, const char* number, const char* known_sql) {
  ImportKind import = OfMatter(word, kind, action);
  import.own = import.number = number;
  import.columns.push_back(OperatorCode());
  import.columns.push_back(OperatorName(true));
  import.enter = [=](ImportDoor & door, storage::Connection & db, const ImportRow& row)
                     ->Result<ImportFate> {
                       ZHIAN_ASSIGN(const OperatorCard op, door.OperatorOf(db, row));
  ZHIAN_ASSIGN(const auto known,
               db.Query(known_sql, {base::Trim(base::Nfkc(procedure::ScalarText(row.fields.if_contains(number))))}));
  if (!known.empty()) return ImportFate::kDuplicate;
  procedure::Command command;
  command.kind = kind;
  command.action = action;
  command.fields = row.fields;
  command.operator_id = op.id;
  command.jurisdiction = op.jurisdiction;
  command.title = op.name;
  if (!command.fields.contains("registry_evidence")) command.fields["registry_evidence"] = "登记数据导入";
  ZHIAN_TRY(door.app.engine.ExecuteIn(db, door.actor, command));
  return ImportFate::kAccepted;
};
return import;
}  // namespace

std::vector<ImportKind> Imports() {
  return {Registry("permits", "permit", "import_permit", "permit_number",
                   "SELECT 1 FROM permit WHERE district=$d AND number=$1 LIMIT 1"),
          Registry("certifications", "certification", "import_certificate", "certificate_number",
                   "SELECT 1 FROM certification WHERE district=$d AND number=$1 LIMIT 1")};
}

std::vector<storage::Migration> AllMigrations() {
  const auto own = Migrations();
  return {own.begin(), own.end()};
}

}  // namespace zhian::access

const RoomFace& Face() {
  static const RoomFace kFace{.room = "access",
                              .migrations = &AllMigrations,
                              .ledgered = {{"permit", {"district", "id"}}, {"certification", {"district", "id"}}},
                              .records = &Records,
                              .imports = &Imports,
                              .figures = &Figures};
  return kFace;
}

}  // namespace zhian::access
