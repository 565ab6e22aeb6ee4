#include "rooms/subjects/face/operator_file.hpp"

#include <algorithm>
#include <map>

#include "base/json.hpp"
#include "base/shown.hpp"
#include "base/text.hpp"
#include "desk/form_schema.hpp"
#include "desk/room_face.hpp"
#include "desk/routes.hpp"
#include "procedure/form.hpp"

namespace zhian::subjects::face {
using namespace desk;
namespace json = boost::json;
using subjects::FileRecord;
using subjects::Operator;

namespace {

constexpr std::int64_t kMovesMax = 2000;  // moves of one operator that are counted by room

json::value DayText(std::int32_t day) {
  return day >= subjects::kOpenEnd ? json::value(nullptr) : json::value(base::FormatDate(base::Date{day}));
}

json::array RecordFields(const subjects::RecordKind& kind, const FileRecord& record, Language language,
                         const NameLookup& names) {
  json::array fields;
  for (const subjects::RecordField& declared : kind.fields) {
    const procedure::Field& field = declared.field;
    if (field.type == "identity") {
      if (record.fields.contains("id_digest"))
        fields.push_back(json::object{{"name", field.name},
                                      {"label", LabelIn(field.label, language)},
                                      {"value", nullptr},
                                      {"text", Message("已登记，只存摘要").In(language)}});
      continue;
    }
    const auto* value = record.fields.if_contains(field.name);
    if (value == nullptr) continue;
    fields.push_back(json::object{{"name", field.name},
                                  {"label", LabelIn(field.label, language)},
                                  {"value", *value},
                                  {"text", ValueText(field, *value, language, names)}});
  }
  return fields;
}

json::object RecordView(const subjects::RecordKind& kind, const FileRecord& record, Language language,
                        const NameLookup& names) {
  json::object view = procedure::Told(RecordColumns(), record, kInRecord);
  view["valid_from"] = DayText(record.valid_from);
  view["valid_to"] = DayText(record.valid_to);
  view["recorded_at"] = base::FormatInstant(base::Instant{record.recorded_at});
  view["fields"] = RecordFields(kind, record, language, names);
  return view;
}

// What the file itself shows to be out of date on the day, each with the rule that says so.
void AddEffects(const App& app, const std::vector<FileRecord>& records, base::Date on, Language language,
                json::array& effects) {
  const auto day = [](const FileRecord& record, const char* name) {
    return base::ParseDate(procedure::ScalarText(record.fields.if_contains(name)));
  };
  for (const FileRecord& record : records) {
    if (record.kind == "equipment" && procedure::ScalarText(record.fields.if_contains("equipment_state")) == "in_use")
      if (const auto next = day(record, "next_inspection_on"); next.ok() && *next < on)
        effects.push_back(json::object{
            {"key", "equipment"},
            {"record_id", record.record_id},
            {"text", Say("{} 的检验有效期至 {}，已过期仍在用", record.name, base::FormatDate(*next)).In(language)}});
    if (record.kind != "person") continue;
    if (const auto until = day(record, "certificate_valid_to"); until.ok() && *until < on)
      effects.push_back(
          json::object{{"key", "certificate"},
                       {"record_id", record.record_id},
                       {"text", Say("{} 的资格证书已于 {} 到期", record.name, base::FormatDate(*until)).In(language)}});
    const auto checked = day(record, "health_checked_on");
    const policy::Rule* rule = checked.ok() ? app.services.policy.Find("person.health.check", *checked) : nullptr;
    if (rule == nullptr) continue;
    const base::Date limit = base::AddMonths(*checked, static_cast<int>(rule->value_max) * 12);
    if (limit < on)
      effects.push_back(json::object{
          {"key", "health"},
          {"record_id", record.record_id},
          {"text",
           Say("{} 的健康检查应于 {} 前再做（{}）", record.name, base::FormatDate(limit), rule->source).In(language)}});
  }
}

// The operator as its file was known then: the steps of the file up to that instant, one after the other.
Status TurnBack(storage::Connection& db, Operator& op, base::Instant known_at) {
  if (op.matter_id.empty()) return Ok();
  ZHIAN_ASSIGN(const auto steps, procedure::LoadHistory(db, op.matter_id));
  bool any = false;
  op.grade.clear();
  for (const auto& step : steps) {
    if (step.recorded_at > known_at.ms) break;
    any = true;
    op.state = step.to;
    procedure::TakeSaid<Operator>(OperatorColumns(), op, [&](procedure::Text name) {
      return procedure::ScalarText(step.input.if_contains(name));
    });
  }
  if (!any)
    return MakeError(ErrorCode::kNotFound,
                     Say("到 {} 为止还没有这份档案", base::FormatDate(base::LocalDate(known_at))));
  return Ok();
}

Result<std::string> StateThen(storage::Connection& db, const procedure::Matter& matter, base::Instant known_at) {
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(
          "SELECT to_state FROM matter_transition WHERE district=$d AND matter_id=$1 AND recorded_at<=$2 AND to_state<>'' ORDER BY sequence DESC LIMIT 1",
          {matter.id, known_at.ms}));
  return rows.empty() ? std::string{} : rows.front().text(0);
}

}  // namespace

Result<AsOf> ReadAsOf(const App& app, const http::Request& request) {
  const base::Instant now = app.clock.Now();
  AsOf as_of{base::LocalDate(now), now, false};
  const std::string text = TextParameter(request, "as_of");
  if (text.empty()) return as_of;
  const auto day = base::ParseDate(text);
  if (!day.ok() || *day > as_of.day)
    return NeedsMending(
        {{"/as_of", "error.value", Say("日期不能晚于今天（{}），例如 2026-09-01", base::FormatDate(as_of.day))}});
  if (*day < as_of.day) as_of = {*day, base::EndOfDay(*day), true};
  return as_of;
}

std::string OperatorTypeLabel(std::string_view type, Language language) {
  const std::string id(type);
  return LabelText("choice.operator_type." + id, "choice." + id, id, language);
}

json::object OperatorSummary(const Operator& op, Language language, const NameLookup& names) {
  const auto* kind = procedure::FindKind("operator_file");
  const auto* state = kind == nullptr ? nullptr : procedure::FindState(*kind, op.state);
  json::object view = procedure::Told(OperatorColumns(), op, kInSummary);
  view["type_label"] = OperatorTypeLabel(op.type, language);
  view["jurisdiction"] = json::object{{"id", op.jurisdiction}, {"name", names.Jurisdiction(op.jurisdiction)}};
  view["state_label"] = state == nullptr ? std::string_view(op.state) : LabelIn(state->label, language);
  // Whoever may not sell is shown so, whatever the state of the file.
  view["state_tone"] = procedure::Name(op.stopped ? procedure::Tone::kBad : procedure::ToneOf(kind, op.state));
  return view;
}

Result<json::object> OperatorFile(App& app, storage::Connection& db, const Caller& caller, const std::string& id,
                                  const AsOf& as_of) {
  const Language language = caller.language;
  json::object view;
  ZHIAN_ASSIGN(Operator op, subjects::LoadOperator(db, id));
  if (as_of.past) ZHIAN_TRY(TurnBack(db, op, as_of.known_at));
  const NameLookup names(db);
  // A merged file answers with the survivor's address (procedures.md, operator_file).
  json::object head = OperatorSummary(op, language, names);
  head["survivor_id"] = op.survivor_id.empty() || as_of.past ? json::value(nullptr) : json::value(op.survivor_id);
  head["former_names"] = op.former_names;
  json::array fields;
  for (const auto& column : OperatorColumns()) {
    if ((column.told_in & kInFile) == 0) continue;
    const std::string text = procedure::SaidText(column, op);
    const std::string name(column.said_as.empty() ? column.name : column.said_as);
    if (!text.empty())
      fields.push_back(json::object{
          {"name", name}, {"label", LabelText("field." + name, {}, name, language)}, {"value", text}, {"text", text}});
  }
  head["fields"] = std::move(fields);
  view["operator"] = std::move(head);
  view["as_of"] = base::FormatDate(as_of.day);
  view["past"] = as_of.past;

  json::array effects, records, premises;
  if (op.stopped && !as_of.past)
    effects.push_back(
        json::object{{"key", "stopped"}, {"text", Message("停止生产经营中，他人进货时将被提示拒收").In(language)}});
  if (!op.stopped && !as_of.past) {
    ZHIAN_ASSIGN(const auto stops, subjects::StopsOf(db, op.id));
    for (const subjects::Stop& stop : stops)
      effects.push_back(json::object{{"key", "stopped"}, {"text", Say("“{}”已停止", stop.activity).In(language)}});
  }
  for (const subjects::RecordKind& kind : subjects::RecordKinds()) {
    ZHIAN_ASSIGN(const auto rows, subjects::LoadRecords(db, op.id, kind.id, as_of.day, as_of.known_at));
    bool may_write = false;
    if (!as_of.past) {
      ZHIAN_ASSIGN(may_write, subjects::MayWrite(db, app.engine, caller.actor, kind, op.id));
    }
    json::array items, form;
    for (const FileRecord& row : rows) {
      items.push_back(RecordView(kind, row, language, names));
      if (kind.id == "premises")
        premises.push_back(json::object{{"id", row.record_id}, {"name", row.name}, {"gln", row.code}});
    }
    AddEffects(app, rows, as_of.day, language, effects);
    for (const subjects::RecordField& declared : kind.fields)
      form.push_back(FieldDeclaration(declared.field, language));
    records.push_back(json::object{{"kind", kind.id},
                                   {"label", LabelIn(kind.label, language)},
                                   {"may_write", may_write},
                                   {"fields", std::move(form)},
                                   {"items", std::move(items)},
                                   {"cut", rows.size() >= 500}});
  }
  std::stable_partition(premises.begin(), premises.end(), [](const json::value& p) {
    return p.is_object() && !base::TextAt(p.get_object(), "gln").empty();
  });  // where goods are located, first

  json::array matters, credit;
  std::vector<procedure::Matter> seen;
  ZHIAN_ASSIGN(auto all, procedure::LoadMattersOfOperator(db, op.id, "", {.with_exercises = true}));
  for (auto& matter : all) {
    if (matter.Has("confidential") && !MaySeeConfidential(caller.actor)) continue;
    if (as_of.past) {
      if (matter.opened_at > as_of.known_at.ms) continue;
      ZHIAN_ASSIGN(matter.state, StateThen(db, matter, as_of.known_at));
      const auto* kind = procedure::FindKind(matter.kind);
      const auto* state = kind == nullptr ? nullptr : procedure::FindState(*kind, matter.state);
      matter.terminal = state != nullptr && state->terminal;
      matter.flags.clear();
    }
    json::object summary = MatterSummary(matter, language, names).get_object();
    if (!matter.terminal && !as_of.past) {
      // The next limit among its open duties, with what counts for urgency.
      ZHIAN_ASSIGN(const auto duties, procedure::LoadAllDuties(db, matter.id));
      const procedure::DutyRow* next = nullptr;
      for (const auto& duty : duties)
        if (duty.state == procedure::DutyState::kOpen && duty.limit_at &&
            (next == nullptr || *duty.limit_at < *next->limit_at))
          next = &duty;
      if (const auto* kind = procedure::FindKind(matter.kind); next != nullptr && kind != nullptr)
        summary["duty"] = DutyView(app, *next, *kind, language);
    }
    matters.push_back(std::move(summary));
    seen.push_back(std::move(matter));
  }
  ZHIAN_ASSIGN(
      auto credit_rows,
      db.Query(
          "SELECT c.at, c.kind, c.matter_id FROM credit_record c WHERE c.district=$d AND c.operator_id=$1 AND c.at<=$2 "
          // What was taken back is no record any more: the removal stands in its place.
          "AND NOT (c.kind IN ('bad', 'blacklist') AND EXISTS (SELECT 1 FROM credit_record r WHERE r.district=$d AND "
          "r.operator_id=$1 AND r.matter_id=c.matter_id AND r.kind='removed' AND r.at>=c.at AND r.at<=$2)) "
          "ORDER BY c.at DESC LIMIT 200",
          {op.id, as_of.known_at.ms}));
  for (const auto& row : credit_rows)
    credit.push_back(json::object{{"at", base::FormatInstant(base::Instant{row.integer(0)})},
                                  {"kind", row.text(1)},
                                  {"text", LabelText("credit." + row.text(1), {}, row.text(1), language)},
                                  {"matter_id", row.text(2)}});
  view["effects"] = std::move(effects);
  view["records"] = std::move(records);
  view["premises"] = std::move(premises);
  view["matters"] = std::move(matters);
  view["credit"] = std::move(credit);
  const FileAsOf file{op.id, as_of.known_at, as_of.past, language, seen};
  for (const RoomFace* room : app.rooms)
    for (const FileSection& section : room->file_sections) {
      ZHIAN_ASSIGN(auto rows, section.rows(db, file));
      view[section.name] = std::move(rows);
    }
  return view;
}

namespace {

std::string RoomOf(std::string_view record_kind) { return record_kind == "test_result" ? "sampling" : "subjects"; }

}  // namespace

Result<json::object> OperatorTimeline(const App& app, storage::Connection& db, const Caller& caller,
                                      const TimelineQuery& query, const AsOf& as_of) {
  const Language language = caller.language;
  const bool confidential = MaySeeConfidential(caller.actor);
  std::pair<std::int64_t, std::string> before{as_of.known_at.ms + 1, ""};
  if (!query.cursor.empty()) {
    ZHIAN_ASSIGN(before, ReadTimeCursor(query.cursor));
  }
  const auto page = static_cast<std::size_t>(query.limit);
  std::vector<FileEntry> entries;
  std::map<std::string, std::int64_t> counts;
  const auto wanted = [&](std::string_view room) { return query.room.empty() || query.room == room; };

  // Moves: one range by operator, newest first; those of a room are picked from it.
  ZHIAN_ASSIGN(
      auto moves,
      db.Query(
          "SELECT t.at, t.id, t.kind, t.action, t.from_state, t.to_state, t.matter_id, t.actor_name, t.note, t.ledger_index, m.title, m.number, m.flags, d.id, d.number, d.kind FROM matter m "
          "JOIN matter_transition t ON t.district=$d AND t.matter_id=m.id LEFT JOIN document d ON d.district=$d AND d.id=t.document_id "
          "WHERE m.district=$d AND m.operator_id=$1 AND t.recorded_at<=$2 ORDER BY t.at DESC, t.id DESC LIMIT $3",
          {query.operator_id, as_of.known_at.ms, kMovesMax}));
  for (const auto& row : moves) {
    if (row.text(12).find("confidential") != std::string::npos && !confidential) continue;
    const auto* kind = procedure::FindKind(row.text(2));
    const std::string room(kind == nullptr ? std::string_view{} : kind->room);
    ++counts[room];
    if (!wanted(room) || std::pair(row.integer(0), row.text(1)) >= before || entries.size() > page) continue;
    const auto* transition = kind == nullptr ? nullptr : procedure::FindTransition(*kind, row.text(4), row.text(3));
    const std::string common =
        LabelText("action.common." + row.text(3), "action." + row.text(3), row.text(3), language);
    const auto* document = row.is_null(13) ? nullptr : procedure::FindDocumentKind(row.text(15));
    entries.push_back(
        {row.integer(0),
         row.text(1),
         {{"room", room},
          {"kind", row.text(2)},
          {"label", kind == nullptr ? std::string_view{} : LabelIn(kind->label, language)},
          {"text", transition == nullptr ? std::string_view(common) : LabelIn(transition->label, language)},
          {"tone", procedure::Name(procedure::ToneOf(kind, row.text(5)))},
          {"title", row.text(10)},
          {"number", row.text(11)},
          {"actor", row.text(7)},
          {"note", row.text(8)},
          {"matter_id", row.text(6)},
          {"record_id", nullptr},
          {"ledger_index", row.integer(9)},
          {"document", row.is_null(13) ? json::value(nullptr)
                                       : json::value(json::object{
                                             {"id", row.text(13)},
                                             {"number", row.text(14)},
                                             {"label", document == nullptr ? std::string_view(row.text(15))
                                                                           : LabelIn(document->label, language)}})}}});
  }

  // Records: what was entered, changed, ended; of the two rows of a change the later one speaks.
  ZHIAN_ASSIGN(const auto writes,
               subjects::LoadWrites(db, query.operator_id, as_of.known_at, static_cast<int>(kMovesMax)));
  std::vector<FileEntry> filed;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const FileRecord& write = writes[i];
    const bool past_half =
        write.valid_to < subjects::kOpenEnd && std::any_of(writes.begin(), writes.end(), [&](const FileRecord& other) {
          return other.record_id == write.record_id && other.version == write.version &&
                 other.valid_from > write.valid_from;
        });
    if (past_half) continue;
    const std::string room = RoomOf(write.kind);
    ++counts[room];
    if (!wanted(room) || std::pair(write.recorded_at, write.id) >= before || filed.size() > page) continue;
    const auto* kind = subjects::FindRecordKind(write.kind);
    const char* word = write.version == 1                    ? (write.source == "imported" ? "导入登记" : "登记")
                       : write.valid_to < subjects::kOpenEnd ? "终止登记"
                                                             : "变更登记";
    filed.push_back({write.recorded_at,
                     write.id,
                     {{"room", room},
                      {"kind", write.kind},
                      {"label", kind == nullptr ? std::string_view{} : LabelIn(kind->label, language)},
                      {"text", Message(word).In(language)},
                      {"tone", nullptr},
                      {"title", write.name},
                      {"number", write.code},
                      {"actor", write.recorded_by_name},
                      {"note", write.note},
                      {"matter_id", nullptr},
                      {"record_id", write.record_id},
                      {"ledger_index", write.ledger_index},
                      {"document", nullptr},
                      {"since", DayText(write.valid_from)}}});
  }
  std::move(filed.begin(), filed.end(), std::back_inserter(entries));

  // What other rooms know of the operator.
  const FileAsOf file{query.operator_id, as_of.known_at, as_of.past, language};
  for (const RoomFace* room : app.rooms) {
    if (room->file_entries == nullptr) continue;
    ZHIAN_ASSIGN(auto added, room->file_entries(db, file, static_cast<int>(kMovesMax)));
    for (FileEntry& entry : added) {
      ++counts[std::string(room->room)];
      if (!wanted(room->room) || std::pair(entry.at, entry.id) >= before) continue;
      entries.push_back(std::move(entry));
    }
  }

  std::sort(entries.begin(), entries.end(), [](const FileEntry& a, const FileEntry& b) {
    return std::pair(a.at, std::string_view(a.id)) > std::pair(b.at, std::string_view(b.id));
  });
  json::object answer;
  json::array items, rooms;
  std::string next;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i == page) {
      next = std::to_string(entries[i - 1].at) + "|" + entries[i - 1].id;
      break;
    }
    json::object item = std::move(entries[i].view);
    item["at"] = base::FormatInstant(base::Instant{entries[i].at});
    item["day"] = base::FormatDate(base::LocalDate(base::Instant{entries[i].at}));
    item["id"] = entries[i].id;
    items.push_back(std::move(item));
  }
  for (const auto& [room, count] : counts)
    rooms.push_back(
        json::object{{"room", room}, {"label", LabelText("room." + room, {}, room, language)}, {"count", count}});
  answer["items"] = std::move(items);
  answer["next"] = next.empty() ? json::value(nullptr) : json::value(next);
  answer["rooms"] = std::move(rooms);
  return answer;
}

json::object RecordVersions(const std::vector<FileRecord>& versions, Language language, const NameLookup& names) {
  json::array items;
  for (const FileRecord& version : versions) {
    const auto* kind = subjects::FindRecordKind(version.kind);
    if (kind == nullptr) continue;
    json::object item = RecordView(*kind, version, language, names);
    item["superseded_at"] = version.superseded_at == 0
                                ? json::value(nullptr)
                                : json::value(base::FormatInstant(base::Instant{version.superseded_at}));
    items.push_back(std::move(item));
  }
  return {{"items", std::move(items)}};
}

Schema OperatorSchema() {
  std::vector<std::string> types(std::begin(subjects::kTypes), std::end(subjects::kTypes));
  Schema told = Object(MembersOf(subjects::OperatorColumns(), subjects::kInSummary));
  return Named("Operator", With(told, {{"type", OneOf(types)},
                                       {"type_label", Text()},
                                       {"jurisdiction", NamedThing()},
                                       {"state_label", Text()},
                                       {"state_tone", ToneSchema()}}));
}

Schema ListedOperatorSchema() {
  return Named("ListedOperator", With(OperatorSchema(), {{"open_matters", Integer().Says("100: or more")}}));
}

namespace {

Schema RecordSchema() {
  const Schema told = Object(MembersOf(subjects::RecordColumns(), subjects::kInRecord));
  const Schema field =
      Object({{"name", Text()},
              {"label", Text()},
              {"value", AnyJson().Says("of the shape of the field's type; null where only a digest is kept")},
              {"text", Text()}});
  return Named("Record",
               With(told, {{"valid_from", Nullable(Day())},
                           {"valid_to", Nullable(Day()).Says("the first day on which it is not true any more")},
                           {"recorded_at", Instant()},
                           {"fields", ListOf(field)}}));
}

}  // namespace

Schema RecordVersionSchema() {
  return Named("RecordVersion", With(RecordSchema(), {{"superseded_at", Nullable(Instant())}}));
}

Schema OperatorFileSchema(Rooms rooms) {
  std::vector<std::string> kinds;
  for (const auto& kind : subjects::RecordKinds()) kinds.emplace_back(kind.id);
  const Schema fact = Object({{"name", Text()}, {"label", Text()}, {"value", Text()}, {"text", Text()}});
  const Schema head = With(
      OperatorSchema(),
      {{"survivor_id", Nullable(Text())}, {"former_names", Text().Says("separated by |")}, {"fields", ListOf(fact)}});
  const Schema effect = Object({{"key", OneOf({"stopped", "equipment", "certificate", "health"})},
                                {"text", Text()},
                                Maybe("record_id", Text())});
  const Schema records = Object({{"kind", OneOf(kinds)},
                                 {"label", Text()},
                                 {"may_write", Truth()},
                                 {"fields", ListOf(FormFieldSchema())},
                                 {"items", ListOf(RecordSchema())},
                                 {"cut", Truth().Says("there are more than these")}});
  const Schema credit = Object({{"at", Instant()}, {"kind", Text()}, {"text", Text()}, {"matter_id", Text()}});
  std::vector<Member> members(
      {{"operator", Named("OperatorHead", head)},
       {"as_of", Day()},
       {"past", Truth()},
       {"effects", ListOf(effect)},
       {"records", ListOf(Named("RecordsOfKind", records))},
       {"premises", ListOf(Object({{"id", Text()}, {"name", Text()}, {"gln", Text()}}))},
       {"matters", ListOf(Named("MatterOnFile", With(MatterSchema(), {Maybe("duty", DutySchema())})))},
       {"credit", ListOf(credit)}});
  for (const RoomFace* room : rooms)
    for (const FileSection& section : room->file_sections)
      members.push_back({std::string(section.name), ListOf(section.row())});
  return Named("OperatorFile", Object(members));
}

Schema TimelineSchema() {
  const Schema document = Object({{"id", Text()}, {"number", Text()}, {"label", Text()}});
  const Schema entry =
      Object({{"room", RoomId()},
              {"kind", Text().Says("of the matter or of the record, or lot")},
              {"label", Text()},
              {"text", Text()},
              {"tone", Nullable(ToneSchema()).Says("of the state that the step led to; null: no matter moved")},
              {"title", Text()},
              {"number", Text()},
              {"actor", Text()},
              {"note", Text()},
              {"matter_id", Nullable(Text())},
              {"record_id", Nullable(Text())},
              {"ledger_index", Integer().Says("-1: none")},
              {"document", Nullable(document)},
              {"at", Instant()},
              {"day", Day()},
              {"id", Text()},
              Maybe("since", Nullable(Day())),
              Maybe("item", Text())});
  const Schema room = Object({{"room", RoomId()}, {"label", Text()}, {"count", Integer()}});
  return Named(
      "Timeline",
      Object({{"items", ListOf(Named("TimelineEntry", entry))}, {"next", Nullable(Text())}, {"rooms", ListOf(room)}}));
}

}  // namespace zhian::subjects::face
