#include "rooms/access/face/face.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "desk/import.hpp"
#include "desk/matter_view.hpp"
#include "records/access.hpp"
#include "rooms/access/figures.hpp"
#include "rooms/access/permits.hpp"

namespace zhian::access {
using namespace desk;
namespace json = boost::json;

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

std::string DayOf(const std::optional<base::Date>& day) { return day ? base::FormatDate(*day) : std::string(); }

std::string StateLabel(const procedure::Matter& matter, Language language) {
  const auto* kind = procedure::FindKind(matter.kind);
  const auto* state = kind == nullptr ? nullptr : procedure::FindState(*kind, matter.state);
  return state == nullptr ? matter.state : std::string(LabelIn(state->label, language));
}

std::string_view ToneOf(const procedure::Matter& matter) {
  return procedure::Name(procedure::ToneOf(procedure::FindKind(matter.kind), matter.state));
}

// Permits and certificates stand in the operator's file as their matters stood then.
Schema PermitSchema() {
  return Object({{"id", Text()},
                 {"number", Text()},
                 {"category", Text()},
                 {"valid_from", Text()},
                 {"valid_to", Text()},
                 {"state", Text()},
                 {"state_label", Text()},
                 {"state_tone", ToneSchema()}});
}

Result<json::array> Permits(storage::Connection&, const FileAsOf& file) {
  json::array permits;
  for (const auto& matter : file.matters) {
    if (matter.kind != records::Permit::kKind) continue;
    ZHIAN_ASSIGN(const auto permit, records::Permit::Read(matter));
    permits.push_back(json::object{{"id", matter.id},
                                   {"number", permit.permit_number},
                                   {"category", permit.category},
                                   {"valid_from", DayOf(permit.valid_from)},
                                   {"valid_to", DayOf(permit.valid_to)},
                                   {"state", matter.state},
                                   {"state_label", StateLabel(matter, file.language)},
                                   {"state_tone", ToneOf(matter)}});
  }
  return permits;
}

Schema CertificationSchema() {
  return Object({{"id", Text()},
                 {"number", Text()},
                 {"type", Text()},
                 {"type_label", Text()},
                 {"issuing_body", Text()},
                 {"valid_from", Text()},
                 {"valid_to", Text()},
                 {"state", Text()},
                 {"state_label", Text()},
                 {"state_tone", ToneSchema()}});
}

Result<json::array> Certifications(storage::Connection&, const FileAsOf& file) {
  json::array certifications;
  for (const auto& matter : file.matters) {
    if (matter.kind != records::Certification::kKind) continue;
    ZHIAN_ASSIGN(const auto certificate, records::Certification::Read(matter));
    if (certificate.certificate_number.empty()) continue;  // still in preparation
    const std::string type(procedure::Name(certificate.certificate_type));
    certifications.push_back(
        json::object{{"id", matter.id},
                     {"number", certificate.certificate_number},
                     {"type", type},
                     {"type_label", LabelText("choice.certificate_type." + type, {}, type, file.language)},
                     {"issuing_body", certificate.issuing_body},
                     {"valid_from", DayOf(certificate.valid_from)},
                     {"valid_to", DayOf(certificate.valid_to)},
                     {"state", matter.state},
                     {"state_label", StateLabel(matter, file.language)},
                     {"state_tone", ToneOf(matter)}});
  }
  return certifications;
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
                              .add_questions = &AddQuestions,
                              .imports = &Imports,
                              .file_sections = {{"permits", &PermitSchema, &Permits},
                                                {"certifications", &CertificationSchema, &Certifications}},
                              .figures = &Figures};
  return kFace;
}

}  // namespace zhian::access
