#include "rooms/subjects/registry.hpp"

#include <algorithm>
#include <array>

#include "base/identifiers.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "ledger/ledger.hpp"
#include "rooms/subjects/operators.hpp"

namespace zhian::subjects {
namespace json = boost::json;
using procedure::ScalarText;
using storage::Row;
using storage::Value;

namespace {

using Column = procedure::RecordColumn<FileRecord>;
constexpr std::array kColumns{
    Column{.name = "id", .member = &FileRecord::id},
    Column{.name = "record_id", .member = &FileRecord::record_id, .told_in = kInRecord | kInReceipt},
    Column{.name = "kind", .member = &FileRecord::kind},
    Column{.name = "operator_id", .member = &FileRecord::operator_id},
    Column{.name = "name", .member = &FileRecord::name, .told_in = kInRecord},
    Column{.name = "code", .member = &FileRecord::code, .told_in = kInRecord},
    Column{.name = "fields", .member = &FileRecord::fields},
    Column{.name = "version", .member = &FileRecord::version, .told_in = kInRecord | kInReceipt},
    Column{.name = "valid_from", .member = &FileRecord::valid_from},
    Column{.name = "valid_to", .member = &FileRecord::valid_to},
    Column{.name = "recorded_at", .member = &FileRecord::recorded_at},
    Column{.name = "superseded_at", .member = &FileRecord::superseded_at},
    Column{.name = "recorded_by", .member = &FileRecord::recorded_by},
    Column{.name = "recorded_by_name",
           .member = &FileRecord::recorded_by_name,
           .told_as = "recorded_by",
           .told_in = kInRecord},
    Column{.name = "source", .member = &FileRecord::source, .told_in = kInRecord},
    Column{.name = "note", .member = &FileRecord::note, .told_in = kInRecord},
    Column{.name = "ledger_index", .member = &FileRecord::ledger_index, .told_in = kInRecord | kInReceipt},
};

using PremisesColumn = procedure::RecordColumn<PremisesRow>;
constexpr std::array kPremises{
    PremisesColumn{.name = "id", .member = &PremisesRow::id},
    PremisesColumn{.name = "operator_id", .member = &PremisesRow::operator_id},
    PremisesColumn{.name = "name", .member = &PremisesRow::name},
    PremisesColumn{.name = "address", .member = &PremisesRow::address},
    PremisesColumn{.name = "jurisdiction", .member = &PremisesRow::jurisdiction},
    PremisesColumn{.name = "gln", .member = &PremisesRow::gln},
    PremisesColumn{.name = "kind", .member = &PremisesRow::kind},
};

Result<std::vector<FileRecord>> Select(storage::Connection& db, const std::string& tail,
                                       std::vector<Value> parameters) {
  static const std::string kSelect = "SELECT " + procedure::ColumnList(RecordColumns()) + " FROM file_record ";
  ZHIAN_ASSIGN(auto rows, db.Query(kSelect + tail, std::span<const Value>(parameters)));
  std::vector<FileRecord> records(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) ZHIAN_TRY(procedure::ReadColumns(RecordColumns(), rows[i], records[i]));
  return records;
}

// The record as it now is: known, and true without an end, or the one that ended last.
Result<FileRecord> Newest(storage::Connection& db, const std::string& record_id) {
  ZHIAN_ASSIGN(auto found,
               Select(db, "WHERE district=$d AND record_id=$1 AND superseded_at=0 ORDER BY valid_from DESC LIMIT 1",
                      {record_id}));
  if (found.empty()) return MakeError(ErrorCode::kNotFound, "档案中没有这一条登记");
  return std::move(found.front());
}

std::string TextOf(const json::object& fields, std::string_view name) { return ScalarText(fields.if_contains(name)); }

// What makes two records the same thing: the identifier wherever it stands, or the name and what distinguishes it on
// one file.
std::string KeyOf(const RecordKind& kind, std::string_view operator_id, const json::object& fields) {
  if (!kind.code_field.empty())
    if (const std::string code = TextOf(fields, kind.code_field); !code.empty()) return "#" + base::Fold(code);
  std::string key = std::string(operator_id) + "|" + NameKey(TextOf(fields, kind.name_field));
  for (const std::string_view name : kind.distinguished_by)
    key += "|" + base::Fold(base::Simplified(TextOf(fields, name)));
  if (const std::string person = TextOf(fields, "id_digest"); !person.empty()) key += "|" + person;
  return key;
}

constexpr std::size_t kNameBytesMax = 600;

// Every field checked and brought to its form; identity numbers become digests here and go no further.
Result<json::object> Validate(const RecordKind& kind, const json::object& given, const RecordDoor& door,
                              base::Date today) {
  std::vector<FieldError> errors;
  json::object clean;
  for (const auto& [name, value] : given)
    if (std::none_of(kind.fields.begin(), kind.fields.end(),
                     [&, key = std::string_view(name.data(), name.size())](const RecordField& f) {
                       return f.field.name == key;
                     }) &&
        name != "id_digest")
      errors.push_back({"/fields/" + std::string(name).substr(0, 80), "error.unknown_field",
                        Say("这一步没有这一栏：{}", std::string(name).substr(0, 60))});
  for (const RecordField& declared : kind.fields) {
    const procedure::Field& field = declared.field;
    const json::value* value = given.if_contains(field.name);
    if (value == nullptr || value->is_null() || (value->is_string() && base::Trim(value->get_string()).empty())) {
      if (!field.optional)
        errors.push_back({"/fields/" + std::string(field.name), field.type == "choice" ? "error.choose" : "error.fill",
                          field.type == "choice" ? Say("选择{}", field.label) : Say("填写{}", field.label)});
      continue;
    }
    json::value kept = *value;
    Message fault;
    if (field.type == "gln" || field.type == "identity") {
      const std::string text = ScalarText(&kept);
      const auto parsed = field.type == "gln" ? base::ParseGln(text) : base::ParseIdentityNumber(text);
      if (!parsed.ok())
        fault = parsed.error().message;
      else if (field.type == "gln")
        kept = *parsed;
      else {
        clean["id_digest"] = door.identity_digest(*parsed);
        continue;
      }
    } else {
      fault = procedure::CheckValue(field, kept, today);
    }
    if (fault.empty() && field.name == kind.name_field && ScalarText(&kept).size() > kNameBytesMax)
      fault = Say("{}太长，不超过 {} 个字", field.label, kNameBytesMax / 3);
    if (!fault.empty())
      errors.push_back({"/fields/" + std::string(field.name), "error.value", std::move(fault)});
    else
      clean[field.name] = std::move(kept);
  }
  // A change that does not type the number anew keeps its digest.
  if (const auto* digest = given.if_contains("id_digest"); digest != nullptr && !clean.contains("id_digest"))
    clean["id_digest"] = *digest;
  const auto day = [&](std::string_view name) { return base::ParseDate(TextOf(clean, name)); };
  for (const auto& [earlier, later] :
       {std::pair{"last_inspection_on", "next_inspection_on"}, std::pair{"sampled_on", "concluded_on"}}) {
    const auto from = day(earlier), to = day(later);
    if (from.ok() && to.ok() && *to < *from)
      errors.push_back(
          {"/fields/" + std::string(later), "error.value", Say("日期不能早于 {}", base::FormatDate(*from))});
  }
  for (const char* past : {"sampled_on", "concluded_on", "last_inspection_on", "health_checked_on"})
    if (const auto on = day(past); on.ok() && *on > today)
      errors.push_back(
          {"/fields/" + std::string(past), "error.value", Say("日期不能晚于今天（{}）", base::FormatDate(today))});
  if (kind.id == "test_result" && TextOf(clean, "verdict") == "fail" && TextOf(clean, "failed_items").empty())
    errors.push_back({"/fields/failed_items", "error.fill", "填写不合格项目"});
  if (!errors.empty()) return NeedsMending(std::move(errors));
  return clean;
}

// The same thing is on file once: on this file (kConflict), or on another operator's, where the identifier must be
// wrong.
Status RefuseSame(storage::Connection& db, const RecordKind& kind, const FileRecord& record) {
  ZHIAN_ASSIGN(const auto found,
               Select(db, "WHERE district=$d AND kind=$1 AND record_key=$2 AND superseded_at=0 AND valid_to=$3 LIMIT 1",
                      {std::string(kind.id), KeyOf(kind, record.operator_id, record.fields), std::int64_t{kOpenEnd}}));
  if (found.empty()) return Ok();
  if (found.front().operator_id == record.operator_id)
    return MakeError(ErrorCode::kConflict, Say("“{}”已在档案中登记，请打开原登记变更", record.name));
  const auto other = LoadOperator(db, found.front().operator_id);
  return NeedsMending(
      {{"/fields/" + std::string(kind.code_field), "error.duplicate",
        Say("这个编号已登记在“{}”名下，请核对", other.ok() ? other->name : found.front().operator_id)}});
}

Status Insert(storage::Connection& db, const RecordKind& kind, const FileRecord& r) {
  return procedure::InsertRecord(db, "file_record", RecordColumns(), r, RecordIndexColumns(kind, r));
}

// Goods are located by the location number of premises: its row follows the record.
Status KeepPremises(storage::Connection& db, const FileRecord& r, const std::string& jurisdiction) {
  if (r.kind != "premises") return Ok();
  const std::string place = TextOf(r.fields, "jurisdiction");
  return procedure::PutRecord(db, "premises", PremisesColumns(),
                              PremisesRow{.id = r.record_id,
                                          .operator_id = r.operator_id,
                                          .name = r.name,
                                          .address = TextOf(r.fields, "address"),
                                          .jurisdiction = place.empty() ? jurisdiction : place,
                                          .gln = r.code,
                                          .kind = TextOf(r.fields, "premises_type")});
}

Result<base::Date> DayFrom(const std::string& text, base::Date today) {
  if (text.empty()) return today;
  const auto day = base::ParseDate(base::Trim(text));
  if (!day.ok()) return NeedsMending({{"/since", "error.value", "填写日期，例如 2026-11-24"}});
  if (std::abs(day->days - today.days) > 36'600)
    return NeedsMending({{"/since", "error.value", "日期离今天超过一百年，请核对"}});
  if (*day > today)
    return NeedsMending({{"/since", "error.value", Say("日期不能晚于今天（{}）", base::FormatDate(today))}});
  return *day;
}

}  // namespace

std::span<const procedure::RecordColumn<FileRecord>> RecordColumns() { return kColumns; }
std::span<const procedure::RecordColumn<PremisesRow>> PremisesColumns() { return kPremises; }

procedure::MoreColumns RecordIndexColumns(const RecordKind& kind, const FileRecord& record) {
  return {{"record_key", KeyOf(kind, record.operator_id, record.fields)}};
}

Result<bool> MayWrite(storage::Connection& db, procedure::Engine& engine, const procedure::Actor& actor,
                      const RecordKind& kind, std::string_view operator_id) {
  if (actor.system) return true;
  ZHIAN_ASSIGN(const Operator op, LoadOperator(db, operator_id));
  procedure::Matter probe;  // the same rule as for a matter of this operator, for each role that may write
  probe.operator_id = op.id;
  probe.jurisdiction = op.jurisdiction;
  procedure::Actor one = actor;
  for (const procedure::HeldRole& held : actor.roles) {
    if (std::find(kind.writers.begin(), kind.writers.end(), held.role) == kind.writers.end()) continue;
    one.roles = {held};
    ZHIAN_ASSIGN(const bool may, engine.MaySee(db, one, probe));
    if (may) return true;
  }
  return false;
}

Result<FileRecord> WriteRecord(storage::Connection& db, const RecordDoor& door, const procedure::Actor& actor,
                               const RecordCommand& command) {
  using Action = RecordCommand::Action;
  const base::Date today = base::LocalDate(door.now);
  FileRecord before, after;
  const RecordKind* kind = nullptr;
  if (command.action == Action::kEnter) {
    kind = FindRecordKind(command.kind);
    if (kind == nullptr)
      return MakeError(ErrorCode::kNotFound, Say("档案没有这种登记：{}", command.kind.substr(0, 60)));
    after.operator_id = command.operator_id;
  } else {
    ZHIAN_ASSIGN(before, Newest(db, command.record_id));
    kind = FindRecordKind(before.kind);
    if (kind == nullptr) return MakeError(ErrorCode::kCorrupt, "unknown kind of record " + before.kind);
    after.operator_id = before.operator_id;
  }
  ZHIAN_ASSIGN(const bool may, MayWrite(db, door.engine, actor, *kind, after.operator_id));
  if (!may) return MakeError(ErrorCode::kForbidden, Say("“{}”的登记由有权的人员在本辖区或名下办理", kind->label));
  ZHIAN_ASSIGN(const Operator op, LoadOperator(db, after.operator_id));
  if (op.state == "merged" || op.state == "rejected")
    return MakeError(ErrorCode::kGuardFailed, "这份档案已并入其他档案或不予建档，不能再登记");
  if (command.action != Action::kEnter) {
    if (!command.expected_version)
      return MakeError(ErrorCode::kVersionMissing, "请带上所读版本（If-Match），以免覆盖别人的改动");
    if (*command.expected_version != before.version)
      return MakeError(ErrorCode::kStaleVersion,
                       Say("这一条登记刚被别人更新到第 {} 版，请核对后再办", std::to_string(before.version)));
    if (before.valid_to != kOpenEnd)
      return MakeError(ErrorCode::kConflict,
                       Say("这一条登记已于 {} 终止", base::FormatDate(base::Date{before.valid_to})));
  }
  json::object fields = before.fields;
  if (command.action != Action::kEnd) {
    json::object given = command.fields;
    given.erase("id_digest");  // never from outside
    if (const auto* digest = before.fields.if_contains("id_digest"); digest != nullptr) given["id_digest"] = *digest;
    ZHIAN_ASSIGN(fields, Validate(*kind, given, door, today));
  }
  const std::string since =
      command.since.empty() && !kind->since_field.empty() ? TextOf(fields, kind->since_field) : command.since;
  ZHIAN_ASSIGN(const base::Date from, DayFrom(since, today));
  if (command.action != Action::kEnter && from.days < before.valid_from)
    return NeedsMending(
        {{"/since", "error.value", Say("不能早于原登记的起始日 {}", base::FormatDate(base::Date{before.valid_from}))}});
  if (command.action == Action::kEnd && command.note.empty())
    return NeedsMending({{"/note", "error.fill", "说明终止的原因"}});

  ZHIAN_ASSIGN(const std::int64_t index, ledger::NextIndex(db));
  json::array rows;
  const auto cover = [&](const std::string& id) -> Status {
    ZHIAN_ASSIGN(json::object reference, ledger::RowReference(db, "file_record", {{"district", "d"}, {"id", id}}));
    rows.push_back(std::move(reference));
    return Ok();
  };
  after.id = base::NewUuid7(door.now);
  after.record_id = command.action == Action::kEnter ? after.id : before.record_id;
  after.kind = std::string(kind->id);
  after.fields = std::move(fields);
  after.name = TextOf(after.fields, kind->name_field);
  after.code = kind->code_field.empty() ? "" : TextOf(after.fields, kind->code_field);
  after.version = before.version + 1;
  after.valid_from = from.days;
  after.valid_to = kOpenEnd;
  after.recorded_at = door.now.ms;
  after.recorded_by = actor.account_id;
  after.recorded_by_name = actor.name;
  after.source = command.source;
  after.note = command.note;
  after.ledger_index = index;
  if (command.action != Action::kEnter) {
    ZHIAN_TRY(
        db.Execute("UPDATE file_record SET superseded_at=$2 WHERE district=$d AND id=$1", {before.id, door.now.ms}));
    ZHIAN_TRY(cover(before.id));
    if (command.action == Action::kEnd) {
      after.valid_from = before.valid_from;
      after.valid_to = from.days;
    } else if (from.days > before.valid_from) {
      // What was true until then stays true for its days.
      FileRecord past = before;
      past.id = base::NewUuid7(door.now);
      past.version = after.version;
      past.valid_to = from.days;
      past.recorded_at = door.now.ms;
      past.recorded_by = after.recorded_by;
      past.recorded_by_name = after.recorded_by_name;
      past.ledger_index = index;
      ZHIAN_TRY(Insert(db, *kind, past));
      ZHIAN_TRY(cover(past.id));
    }
  }
  if (after.valid_to == kOpenEnd) ZHIAN_TRY(RefuseSame(db, *kind, after));
  ZHIAN_TRY(Insert(db, *kind, after));
  ZHIAN_TRY(cover(after.id));
  ZHIAN_TRY(KeepPremises(db, after, op.jurisdiction));
  const char* word = command.action == Action::kEnter ? "enter" : command.action == Action::kChange ? "change" : "end";
  const json::object change{{"operator", op.id},
                            {"record", after.record_id},
                            {"action", word},
                            {"actor", actor.account_id},
                            {"actor_name", actor.name},
                            {"source", command.source},
                            {"since", base::FormatDate(from)},
                            {"note", command.note},
                            {"version", after.version},
                            {"rows", std::move(rows)}};
  const auto leaf = ledger::Append(db, "file." + after.kind, change, door.now);
  if (!leaf.ok()) return leaf.error();
  return after;
}

Result<std::vector<FileRecord>> LoadRecords(storage::Connection& db, std::string_view operator_id,
                                            std::string_view kind, base::Date on, base::Instant known_at) {
  return Select(
      db,
      "WHERE district=$d AND operator_id=$1 AND kind=$2 AND valid_from<=$3 AND valid_to>$3 AND recorded_at<=$4 AND (superseded_at=0 OR superseded_at>$4) ORDER BY name, id LIMIT 500",
      {std::string(operator_id), std::string(kind), std::int64_t{on.days}, known_at.ms});
}

Result<std::vector<FileRecord>> LoadVersions(storage::Connection& db, std::string_view record_id) {
  return Select(db, "WHERE district=$d AND record_id=$1 ORDER BY version DESC, valid_from DESC LIMIT 200",
                {std::string(record_id)});
}

Result<std::vector<FileRecord>> LoadWrites(storage::Connection& db, std::string_view operator_id, base::Instant until,
                                           int limit) {
  return Select(db,
                "WHERE district=$d AND operator_id=$1 AND recorded_at<=$2 ORDER BY recorded_at DESC, id DESC LIMIT $3",
                {std::string(operator_id), until.ms, std::int64_t{limit}});
}

}  // namespace zhian::subjects
