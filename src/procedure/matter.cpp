#include "procedure/matter.hpp"

#include <algorithm>
#include <limits>

#include "base/json.hpp"
#include "procedure/versions.hpp"

namespace zhian::procedure {
namespace json = boost::json;
using storage::Row;
using storage::Value;

namespace {

constexpr std::string_view kSchema = R"sql(
CREATE TABLE matter (
  district TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, number TEXT NOT NULL, title TEXT NOT NULL,
  state TEXT NOT NULL, version BIGINT NOT NULL, operator_id TEXT, jurisdiction TEXT NOT NULL, body TEXT,
  fields TEXT NOT NULL, flags TEXT NOT NULL, opened_at BIGINT NOT NULL, opened_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL, terminal BIGINT NOT NULL,
  PRIMARY KEY (district, id));
CREATE INDEX matter_by_kind ON matter (district, kind, jurisdiction, opened_at, id);
CREATE INDEX matter_by_operator ON matter (district, operator_id, opened_at, id);
CREATE INDEX matter_open_of_operator ON matter (district, operator_id) WHERE terminal=0;
CREATE INDEX matter_by_place ON matter (district, jurisdiction, opened_at, id);
CREATE TABLE matter_wake (
  district TEXT NOT NULL, matter_id TEXT NOT NULL, wake_at BIGINT NOT NULL, PRIMARY KEY (district, matter_id));
CREATE INDEX matter_to_wake ON matter_wake (district, wake_at);
CREATE UNIQUE INDEX matter_number ON matter (district, number);
CREATE TABLE matter_transition (
  district TEXT NOT NULL, id TEXT NOT NULL, matter_id TEXT NOT NULL, sequence BIGINT NOT NULL, kind TEXT NOT NULL,
  action TEXT NOT NULL, from_state TEXT NOT NULL, to_state TEXT NOT NULL, actor TEXT NOT NULL, actor_name TEXT NOT NULL,
  role TEXT NOT NULL, on_behalf_of TEXT, second_actor TEXT, note TEXT, input TEXT NOT NULL, document_id TEXT,
  at BIGINT NOT NULL, recorded_at BIGINT NOT NULL, ledger_index BIGINT NOT NULL,
  PRIMARY KEY (district, id));
CREATE INDEX transition_of_matter ON matter_transition (district, matter_id, sequence);
CREATE INDEX transition_by_action ON matter_transition (district, kind, action, at);
CREATE TABLE duty (
  district TEXT NOT NULL, id TEXT NOT NULL, matter_id TEXT NOT NULL, kind TEXT NOT NULL, duty TEXT NOT NULL,
  holder_role TEXT NOT NULL, jurisdiction TEXT NOT NULL, operator_id TEXT, rule_id TEXT NOT NULL,
  opened_at BIGINT NOT NULL, start_at BIGINT NOT NULL, limit_at BIGINT, state TEXT NOT NULL,
  suspended_at BIGINT NOT NULL, suspended_ms BIGINT NOT NULL, closed_at BIGINT NOT NULL, extended BIGINT NOT NULL,
  escalation BIGINT NOT NULL,
  PRIMARY KEY (district, id));
CREATE INDEX duty_of_matter ON duty (district, matter_id, state);
CREATE INDEX duty_of_holder ON duty (district, holder_role, state, jurisdiction, limit_at);
CREATE INDEX duty_by_limit ON duty (district, state, limit_at);
CREATE TABLE matter_link (
  district TEXT NOT NULL, from_id TEXT NOT NULL, to_id TEXT NOT NULL, relation TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (district, from_id, to_id, relation));
CREATE INDEX link_backward ON matter_link (district, to_id, from_id);
CREATE TABLE document (
  district TEXT NOT NULL, id TEXT NOT NULL, matter_id TEXT NOT NULL, kind TEXT NOT NULL, number TEXT NOT NULL,
  values_json TEXT NOT NULL, sha256 TEXT NOT NULL, public_code TEXT NOT NULL, issued_at BIGINT NOT NULL,
  PRIMARY KEY (district, id));
CREATE INDEX document_of_matter ON document (district, matter_id, issued_at);
CREATE UNIQUE INDEX document_code ON document (district, public_code);
CREATE TABLE counter (
  district TEXT NOT NULL, name TEXT NOT NULL, value BIGINT NOT NULL, PRIMARY KEY (district, name));
CREATE TABLE handover (
  district TEXT NOT NULL, id TEXT NOT NULL, matter_id TEXT NOT NULL, kind TEXT NOT NULL, action TEXT NOT NULL,
  reason TEXT NOT NULL, at BIGINT NOT NULL, done_at BIGINT NOT NULL, PRIMARY KEY (district, id));
CREATE INDEX handover_of_matter ON handover (district, matter_id);
CREATE TABLE approval (
  district TEXT NOT NULL, id TEXT NOT NULL, matter_id TEXT NOT NULL, action TEXT NOT NULL, version BIGINT NOT NULL,
  asked_by TEXT NOT NULL, asked_name TEXT NOT NULL, command TEXT NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL,
  decided_by TEXT, decided_at BIGINT NOT NULL, reason TEXT, PRIMARY KEY (district, id));
CREATE INDEX approval_of_matter ON approval (district, matter_id, state);
CREATE TABLE idempotency (
  district TEXT NOT NULL, account_id TEXT NOT NULL, idempotency_key TEXT NOT NULL, digest TEXT NOT NULL,
  outcome TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (district, account_id, idempotency_key));
CREATE TABLE attachment (
  district TEXT NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL, size BIGINT NOT NULL,
  stored_by TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (district, sha256));
CREATE TABLE attachment_of_matter (
  district TEXT NOT NULL, matter_id TEXT NOT NULL, sha256 TEXT NOT NULL, transition_id TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (district, matter_id, sha256, transition_id));
CREATE INDEX attachment_use ON attachment_of_matter (district, sha256);
CREATE TABLE credit_record (
  district TEXT NOT NULL, id TEXT NOT NULL, operator_id TEXT NOT NULL, matter_id TEXT NOT NULL, kind TEXT NOT NULL,
  at BIGINT NOT NULL, PRIMARY KEY (district, id));
CREATE INDEX credit_of_operator ON credit_record (district, operator_id, at);
CREATE TABLE outbox (
  district TEXT NOT NULL, id TEXT NOT NULL, role TEXT NOT NULL, jurisdiction TEXT NOT NULL, operator_id TEXT,
  matter_id TEXT NOT NULL, topic TEXT NOT NULL, payload TEXT NOT NULL, at BIGINT NOT NULL, sent_at BIGINT NOT NULL,
  PRIMARY KEY (district, id));
CREATE INDEX outbox_unsent ON outbox (district, sent_at, at);
)sql";

// Who was named to do a duty 改派; the transition that named him is in the ledger.
constexpr std::string_view kAssignees = R"(
CREATE TABLE duty_assignee (
  district TEXT NOT NULL, duty_id TEXT NOT NULL, account_id TEXT NOT NULL, PRIMARY KEY (district, duty_id));
)";
// Matters with an approved exception, until it is found stale.
constexpr std::string_view kExceptionWatch = R"(
CREATE TABLE exception_watch (
  district TEXT NOT NULL, kind TEXT NOT NULL, matter_id TEXT NOT NULL, PRIMARY KEY (district, kind, matter_id));
)";
// Who reported, and how he is reached: apart from the matter, read by an act that is a leaf of its own. Not ledgered as
// a row, so that it can be erased; its salted digest stands in the leaf of the sealing.
constexpr std::string_view kSealed = R"(
CREATE TABLE sealed_identity (
  district TEXT NOT NULL, id TEXT NOT NULL, matter_id TEXT NOT NULL, name TEXT NOT NULL, contact TEXT NOT NULL, salt TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (district, id));
CREATE INDEX sealed_of_matter ON sealed_identity (district, matter_id);
CREATE TABLE document_withdrawal (
  district TEXT NOT NULL, document_id TEXT NOT NULL, matter_id TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (district, document_id));
)";
// Which version of its procedure a matter was made or last moved under (nothing: from before versions, which is 1), and
// which version of each kind the folder follows. The column may be empty, so that the digests of rows that were there
// stay as they are.
constexpr std::string_view kVersions = R"(
ALTER TABLE matter ADD COLUMN procedure_version BIGINT;
CREATE TABLE procedure_version (
  district TEXT NOT NULL, kind TEXT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (district, kind));
)";
// Where the clock could not do its work; a row goes once the work succeeds.
constexpr std::string_view kClockFaults = R"(
CREATE TABLE clock_fault (
  district TEXT NOT NULL, matter_id TEXT NOT NULL, what TEXT NOT NULL, fault TEXT NOT NULL, since BIGINT NOT NULL,
  tries BIGINT NOT NULL, retry_at BIGINT NOT NULL, PRIMARY KEY (district, matter_id, what));
)";
// What keeps the clock of a duty: the grounds that stop it, its limit before a rest day moved it, and whether a year
// without a calendar was counted through. And whatever has an open limit and was never woken is looked at once. The
// columns may be empty, so that the digests of rows that were there stay as they are.
constexpr std::string_view kClocks = R"(
ALTER TABLE duty ADD COLUMN stopped_by TEXT;
ALTER TABLE duty ADD COLUMN unmoved_at BIGINT;
ALTER TABLE duty ADD COLUMN uncertain BIGINT;
INSERT INTO matter_wake (district, matter_id, wake_at) SELECT DISTINCT d.district, d.matter_id, 1 FROM duty d
  WHERE d.state='open' AND d.limit_at IS NOT NULL AND NOT EXISTS
  (SELECT 1 FROM matter_wake w WHERE w.district=d.district AND w.matter_id=d.matter_id);
)";
// Who took part in each move, and in which part; nothing for rows of before, so that their digests stay as they are.
constexpr std::string_view kMovePersons = R"(
ALTER TABLE matter_transition ADD COLUMN persons TEXT;
)";
// That a paper was served 送達: a record with its own day, apart from the paper and from the step that tells of it.
constexpr std::string_view kServices = R"(
CREATE TABLE document_service (
  district TEXT NOT NULL, id TEXT NOT NULL, matter_id TEXT NOT NULL, document_id TEXT, transition_id TEXT NOT NULL,
  served_on TEXT NOT NULL, way TEXT, served_to TEXT, witness TEXT, recorded_by TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (district, id));
CREATE INDEX service_of_matter ON document_service (district, matter_id, served_on);
)";
constexpr storage::Migration kMigrations[] = {
    {"procedure/001", kSchema},      {"procedure/002", kAssignees}, {"procedure/003", kExceptionWatch},
    {"procedure/004", kSealed},      {"procedure/005", kVersions},  {"procedure/006", kClockFaults},
    {"procedure/007", kMovePersons}, {"procedure/008", kClocks},    {"procedure/009", kServices}};

constexpr std::string_view kMatterColumns =
    "m.id, m.kind, m.number, m.title, m.state, m.version, m.operator_id, m.jurisdiction, m.body, m.fields, m.flags, "
    "m.opened_at, m.opened_by, m.updated_at, m.terminal";

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    if (end > start) parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

Result<Matter> ToMatter(const Row& row) {
  Matter matter;
  matter.id = row.text(0);
  matter.kind = row.text(1);
  matter.number = row.text(2);
  matter.title = row.text(3);
  matter.state = row.text(4);
  matter.version = row.integer(5);
  matter.operator_id = row.text(6);
  matter.jurisdiction = row.text(7);
  matter.body = row.text(8);
  ZHIAN_ASSIGN(matter.fields, base::ParseStoredObject(row.text(9), "matter", matter.id));
  matter.flags = Split(row.text(10), ',');
  matter.opened_at = row.integer(11);
  matter.opened_by = row.text(12);
  matter.updated_at = row.integer(13);
  matter.terminal = row.integer(14) != 0;
  return matter;
}

// One more row is asked for than is given: that is how a page knows that it was cut.
Result<Page<Matter>> SelectMatters(storage::Connection& db, const std::string& tail, std::vector<Value> parameters,
                                   int most) {
  parameters.emplace_back(std::int64_t{most} + 1);
  ZHIAN_ASSIGN(storage::Rows rows, db.Query("SELECT " + std::string(kMatterColumns) + " FROM matter m " + tail +
                                                " LIMIT $" + std::to_string(parameters.size()),
                                            std::span<const Value>(parameters)));
  Page<Matter> page;
  page.cut = rows.size() > static_cast<std::size_t>(most);
  if (page.cut) rows.pop_back();
  page.rows.reserve(rows.size());
  for (const Row& row : rows) {
    ZHIAN_ASSIGN(Matter matter, ToMatter(row));
    page.rows.push_back(std::move(matter));
  }
  return page;
}

DutyState ParseDutyState(std::string_view text) {
  for (const DutyState state :
       {DutyState::kOpen, DutyState::kSuspended, DutyState::kDone, DutyState::kDoneLate, DutyState::kLapsed})
    if (Name(state) == text) return state;
  return DutyState::kLapsed;
}

}  // namespace

std::string_view Name(DutyState state) {
  switch (state) {
    case DutyState::kOpen: return "open";
    case DutyState::kSuspended: return "suspended";
    case DutyState::kDone: return "done";
    case DutyState::kDoneLate: return "done_late";
    case DutyState::kLapsed: return "lapsed";
  }
  return "lapsed";
}

namespace {
constexpr std::pair<Part, std::string_view> kParts[] = {
    {Part::kActed, "acted"}, {Part::kConfirmed, "confirmed"}, {Part::kNamed, "named"}, {Part::kStoodFor, "stood_for"}};
}  // namespace

std::string_view Name(Part part) {
  return std::find_if(std::begin(kParts), std::end(kParts), [&](const auto& p) { return p.first == part; })->second;
}

bool Matter::Has(std::string_view flag) const { return std::find(flags.begin(), flags.end(), flag) != flags.end(); }

std::string ScalarText(const json::value* value) {
  if (value == nullptr) return {};
  switch (value->kind()) {
    case json::kind::string: return std::string(value->get_string());
    case json::kind::int64: return std::to_string(value->get_int64());
    case json::kind::uint64: return std::to_string(value->get_uint64());
    case json::kind::double_: return json::serialize(*value);
    case json::kind::bool_: return value->get_bool() ? "true" : "false";
    default: return {};
  }
}

std::string KindList(Texts kinds) {
  std::string list;
  for (const Text kind : kinds) list += (list.empty() ? "'" : ",'") + std::string(kind) + "'";
  return list.empty() ? "''" : list;
}
std::string KindList(Mark mark) {
  std::vector<Text> kinds;
  for (const Kind& kind : Kinds())
    if (procedure::Has(kind, mark)) kinds.push_back(kind.id);
  return KindList(kinds);
}

std::string Matter::Field(std::string_view name) const { return ScalarText(fields.if_contains(name)); }

std::span<const storage::Migration> Migrations() { return kMigrations; }
std::vector<ledger::LedgeredTable> LedgeredTables() {
  return {{"matter", {"district", "id"}},
          {"duty", {"district", "id"}},
          {"document", {"district", "id"}},
          {"document_service", {"district", "id"}},
          {"matter_transition", {"district", "id"}},
          {"credit_record", {"district", "id"}}};
}

Result<Matter> LoadMatter(storage::Connection& db, std::string_view id) {
  ZHIAN_ASSIGN(auto matters, SelectMatters(db, "WHERE m.district=$d AND m.id = $1", {std::string(id)}, 1));
  if (matters.empty()) return MakeError(ErrorCode::kNotFound, Say("没有这件事项：{}", std::string(id)));
  return std::move(matters.rows.front());
}

Result<Page<Matter>> LoadLinked(storage::Connection& db, std::string_view matter_id, std::string_view kind, int most,
                                bool only_open) {
  return SelectMatters(
      db,
      "WHERE m.district=$d AND m.id IN (SELECT to_id FROM matter_link WHERE district=$d AND from_id = $1 UNION "
      "SELECT from_id FROM matter_link WHERE district=$d AND to_id = $1) AND ($2 = '' OR m.kind = $2) AND ($3 = 0 OR m.terminal = 0) "
      "ORDER BY m.opened_at, m.id",
      {std::string(matter_id), std::string(kind), std::int64_t{only_open}}, most);
}

Result<Page<Matter>> LoadRelated(storage::Connection& db, std::string_view matter_id, std::string_view kind, int depth,
                                 bool only_open) {
  if (depth == 1) return LoadLinked(db, matter_id, kind, kRowsMax, only_open);
  // The walk is over identifiers alone: a recall with ten thousand notices is crossed without reading one of them. What
  // is reached at several distances is walked from each of them, which ends with the depth.
  return SelectMatters(
      db,
      "WHERE m.district=$d AND m.id <> $1 AND ($2 = '' OR m.kind = $2) AND ($3 = 0 OR m.terminal = 0) AND m.id IN ("
      "WITH RECURSIVE reached (id, steps) AS ("
      "SELECT CAST($1 AS TEXT), 0 UNION "
      "SELECT CASE WHEN l.from_id = r.id THEN l.to_id ELSE l.from_id END, r.steps + 1 FROM reached r "
      "JOIN matter_link l ON l.district=$d AND (l.from_id = r.id OR l.to_id = r.id) WHERE r.steps < $4) "
      "SELECT id FROM reached) ORDER BY m.opened_at, m.id",
      {std::string(matter_id), std::string(kind), std::int64_t{only_open}, std::int64_t{depth}}, kRowsMax);
}

Result<Page<Matter>> LoadMattersOfOperator(storage::Connection& db, std::string_view operator_id, std::string_view kind,
                                           const OfOperator& which) {
  return SelectMatters(
      db,
      "WHERE m.district=$d AND m.operator_id = $1 AND ($2 = '' OR m.kind = $2) AND ($3 = 1 OR m.flags NOT LIKE '%training%') "
      "AND ($4 = 0 OR m.terminal = 0) AND m.opened_at >= $5 ORDER BY m.opened_at DESC, m.id",
      {std::string(operator_id), std::string(kind), std::int64_t{which.with_exercises}, std::int64_t{which.only_open},
       which.opened_since},
      kRowsMax);
}

namespace {

// "" where the move keeps none: an empty column, as in the rows of before.
std::string PersonsText(const std::vector<MovePerson>& persons) {
  if (persons.empty()) return {};
  json::array list;
  for (const MovePerson& each : persons)
    list.push_back(json::object{{"part", Name(each.part)},
                                {"account", each.account},
                                {"person", each.person},
                                {"role", each.role},
                                {"body", each.body},
                                {"operator", each.operator_id},
                                {"field", each.field}});
  return json::serialize(list);
}

Result<std::vector<MovePerson>> PersonsFrom(const std::string& text, const std::string& id) {
  std::vector<MovePerson> persons;
  if (text.empty()) return persons;
  boost::system::error_code error;
  const json::value list = json::parse(text, error);
  if (error || !list.is_array()) return MakeError(ErrorCode::kCorrupt, "stored JSON of matter_transition " + id);
  for (const json::value& value : list.get_array()) {
    if (!value.is_object()) return MakeError(ErrorCode::kCorrupt, "stored JSON of matter_transition " + id);
    const json::object& each = value.get_object();
    const auto word = [&](const char* name) { return ScalarText(each.if_contains(name)); };
    const std::string part = word("part");
    const auto known =
        std::find_if(std::begin(kParts), std::end(kParts), [&](const auto& p) { return p.second == part; });
    if (known == std::end(kParts)) return MakeError(ErrorCode::kCorrupt, "unknown part in matter_transition " + id);
    persons.push_back({.part = known->first,
                       .account = word("account"),
                       .person = word("person"),
                       .role = word("role"),
                       .body = word("body"),
                       .operator_id = word("operator"),
                       .field = word("field")});
  }
  return persons;
}

Result<TransitionRow> ToTransition(const Row& row) {
  TransitionRow t;
  t.id = row.text(0);
  t.matter_id = row.text(1);
  t.action = row.text(2);
  t.from = row.text(3);
  t.to = row.text(4);
  t.actor = row.text(5);
  t.actor_name = row.text(6);
  t.role = row.text(7);
  t.on_behalf_of = row.text(8);
  t.second_actor = row.text(9);
  t.note = row.text(10);
  t.document_id = row.text(11);
  ZHIAN_ASSIGN(t.input, base::ParseStoredObject(row.text(12), "matter_transition", t.id));
  t.at = row.integer(13);
  t.recorded_at = row.integer(14);
  t.sequence = row.integer(15);
  t.ledger_index = row.integer(16);
  ZHIAN_ASSIGN(t.persons, PersonsFrom(row.text(17), t.id));
  return t;
}

Result<DutyRow> ToDuty(const Row& row) {
  DutyRow d;
  d.id = row.text(0);
  d.matter_id = row.text(1);
  d.kind = row.text(2);
  d.duty = row.text(3);
  d.holder_role = row.text(4);
  d.jurisdiction = row.text(5);
  d.operator_id = row.text(6);
  d.rule_id = row.text(7);
  d.opened_at = row.integer(8);
  d.start_at = row.integer(9);
  if (!row.is_null(10)) d.limit_at = row.integer(10);
  d.state = ParseDutyState(row.text(11));
  d.suspended_at = row.integer(12);
  d.suspended_ms = row.integer(13);
  d.holder_account = row.text(17);
  d.stopped_by = Split(row.is_null(18) ? "" : row.text(18), ',');
  if (!row.is_null(19)) d.unmoved_at = row.integer(19);
  d.uncertain = !row.is_null(20) && row.integer(20) != 0;
  d.closed_at = row.integer(14);
  d.extended = static_cast<std::int32_t>(row.integer(15));
  d.escalation = static_cast<std::int32_t>(row.integer(16));
  return d;
}

Result<DocumentRow> ToDocument(const Row& row) {
  DocumentRow d;
  d.id = row.text(0);
  d.matter_id = row.text(1);
  d.kind = row.text(2);
  d.number = row.text(3);
  d.public_code = row.text(4);
  d.sha256 = row.text(5);
  ZHIAN_ASSIGN(d.values, base::ParseStoredObject(row.text(6), "document", d.id));
  d.issued_at = row.integer(7);
  return d;
}

std::int64_t PlaceOf(const TransitionRow& row) { return row.sequence; }
std::int64_t PlaceOf(const DutyRow& row) { return row.opened_at; }
std::int64_t PlaceOf(const DocumentRow& row) { return row.issued_at; }

constexpr std::string_view kTransitionsAfter =
    "SELECT id, matter_id, action, from_state, to_state, actor, actor_name, role, on_behalf_of, "
    "second_actor, note, document_id, input, at, recorded_at, sequence, ledger_index, persons "
    "FROM matter_transition WHERE district=$d AND matter_id = $1 AND (sequence > $2 OR (sequence = $2 AND id > $3)) "
    "ORDER BY sequence, id LIMIT $4";
constexpr std::string_view kDutiesAfter =
    "SELECT d.id, d.matter_id, d.kind, d.duty, d.holder_role, d.jurisdiction, d.operator_id, d.rule_id, d.opened_at, "
    "d.start_at, d.limit_at, d.state, d.suspended_at, d.suspended_ms, d.closed_at, d.extended, d.escalation, "
    "a.account_id, d.stopped_by, d.unmoved_at, d.uncertain FROM duty d LEFT JOIN duty_assignee a ON a.district = d.district AND a.duty_id = d.id "
    "WHERE d.district=$d AND d.matter_id = $1 AND (d.opened_at > $2 OR (d.opened_at = $2 AND d.id > $3)) "
    "ORDER BY d.opened_at, d.id LIMIT $4";
constexpr std::string_view kDocumentsAfter =
    "SELECT id, matter_id, kind, number, public_code, sha256, values_json, issued_at FROM document "
    "WHERE district=$d AND matter_id = $1 AND (issued_at > $2 OR (issued_at = $2 AND id > $3)) "
    "ORDER BY issued_at, id LIMIT $4";

// Rows of a matter in the order of their place and key, piece by piece after the last that was read.
template <class T>
Result<Page<T>> ReadAfter(storage::Connection& db, std::string_view sql, Result<T> (*to_row)(const Row&),
                          std::string_view matter_id, int most) {
  Page<T> page;
  std::int64_t place = std::numeric_limits<std::int64_t>::min();
  std::string key;
  const auto wanted = static_cast<std::size_t>(most);
  for (;;) {
    const std::size_t piece = std::min(wanted - page.size(), static_cast<std::size_t>(kRowsMax)) + 1;
    ZHIAN_ASSIGN(const auto rows,
                 db.Query(sql, {std::string(matter_id), place, key, static_cast<std::int64_t>(piece)}));
    for (std::size_t i = 0; i < std::min(rows.size(), piece - 1); ++i) {
      ZHIAN_ASSIGN(T row, to_row(rows[i]));
      page.rows.push_back(std::move(row));
    }
    page.cut = rows.size() == piece;  // the last was only asked for to know that it is there
    if (!page.cut || page.size() >= wanted) return page;
    place = PlaceOf(page.rows.back());
    key = page.rows.back().id;
  }
}

template <class T>
Result<std::vector<T>> Whole(Result<Page<T>> read, std::string_view matter_id) {
  ZHIAN_ASSIGN(Page<T> page, std::move(read));
  if (page.cut)
    return MakeError(ErrorCode::kTooLarge,
                     Say("事项 {} 的记录超过 {} 条，不能读全", std::string(matter_id), kWholeMax));
  return std::move(page.rows);
}

}  // namespace

Result<Page<TransitionRow>> LoadTransitions(storage::Connection& db, std::string_view matter_id, int most) {
  return ReadAfter(db, kTransitionsAfter, ToTransition, matter_id, most);
}
Result<std::vector<TransitionRow>> LoadHistory(storage::Connection& db, std::string_view matter_id) {
  return Whole(LoadTransitions(db, matter_id, kWholeMax), matter_id);
}
Result<Page<DutyRow>> LoadDuties(storage::Connection& db, std::string_view matter_id, int most) {
  return ReadAfter(db, kDutiesAfter, ToDuty, matter_id, most);
}
Result<std::vector<DutyRow>> LoadAllDuties(storage::Connection& db, std::string_view matter_id) {
  return Whole(LoadDuties(db, matter_id, kWholeMax), matter_id);
}
Result<Page<DocumentRow>> LoadDocuments(storage::Connection& db, std::string_view matter_id, int most) {
  return ReadAfter(db, kDocumentsAfter, ToDocument, matter_id, most);
}

Result<std::int64_t> NextSequence(storage::Connection& db, std::string_view matter_id) {
  ZHIAN_ASSIGN(const auto rows,
               db.Query("SELECT MAX(sequence) FROM matter_transition WHERE district=$d AND matter_id = $1 LIMIT 1",
                        {std::string(matter_id)}));
  return rows.empty() ? 1 : rows.front().integer(0) + 1;
}

Result<DocumentRow> LoadDocument(storage::Connection& db, std::string_view id) {
  ZHIAN_ASSIGN(auto rows,
               db.Query("SELECT id, matter_id, kind, number, public_code, sha256, values_json, issued_at FROM document "
                        "WHERE district=$d AND (id = $1 OR public_code = $1) LIMIT 1",
                        {std::string(id)}));
  if (rows.empty()) return MakeError(ErrorCode::kNotFound, Say("没有这份文书：{}", std::string(id)));
  return ToDocument(rows.front());
}

Status SaveMatter(storage::Connection& db, const Matter& m, bool is_new) {
  std::string flags;
  for (const std::string& flag : m.flags) flags += (flags.empty() ? "" : ",") + flag;
  const std::string fields = json::serialize(m.fields);
  if (is_new) {
    ZHIAN_TRY(db.Execute(
        "INSERT INTO matter (district, id, kind, number, title, state, version, operator_id, jurisdiction, body, "
        "fields, flags, opened_at, opened_by, updated_at, terminal, procedure_version) VALUES "
        "($d,$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)",
        {m.id, m.kind, m.number, m.title, m.state, m.version, storage::OrNull(m.operator_id), m.jurisdiction,
         storage::OrNull(m.body), fields, flags, m.opened_at, m.opened_by, m.updated_at, std::int64_t{m.terminal},
         VersionOf(m.kind)}));
    return Ok();
  }
  ZHIAN_TRY(db.Execute(
      "UPDATE matter SET title=$2, state=$3, version=$4, operator_id=$5, jurisdiction=$6, body=$7, fields=$8, "
      "flags=$9, updated_at=$10, terminal=$11, procedure_version=$12 WHERE district=$d AND id=$1",
      {m.id, m.title, m.state, m.version, storage::OrNull(m.operator_id), m.jurisdiction, storage::OrNull(m.body),
       fields, flags, m.updated_at, std::int64_t{m.terminal}, VersionOf(m.kind)}));
  return Ok();
}

Result<Page<ClockFault>> LoadClockFaults(storage::Connection& db) {
  ZHIAN_ASSIGN(const auto rows,
               db.Query("SELECT matter_id, what, fault, since, tries, retry_at FROM clock_fault WHERE district=$d "
                        "ORDER BY since, matter_id, what LIMIT $1",
                        {std::int64_t{kRowsMax} + 1}));
  Page<ClockFault> page;
  page.cut = rows.size() > static_cast<std::size_t>(kRowsMax);
  for (std::size_t i = 0; i < std::min(rows.size(), static_cast<std::size_t>(kRowsMax)); ++i)
    page.rows.push_back({.matter_id = rows[i].text(0),
                         .what = rows[i].text(1),
                         .fault = rows[i].text(2),
                         .since = rows[i].integer(3),
                         .tries = rows[i].integer(4),
                         .retry_at = rows[i].integer(5)});
  return page;
}

Status SetWake(storage::Connection& db, std::string_view matter_id, std::int64_t wake_at) {
  if (wake_at <= 0) {
    ZHIAN_TRY(db.Execute("DELETE FROM matter_wake WHERE district=$d AND matter_id=$1", {std::string(matter_id)}));
    return Ok();
  }
  ZHIAN_TRY(
      db.Execute("INSERT INTO matter_wake (district, matter_id, wake_at) VALUES ($d,$1,$2) "
                 "ON CONFLICT (district, matter_id) DO UPDATE SET wake_at = excluded.wake_at",
                 {std::string(matter_id), wake_at}));
  return Ok();
}

Status SaveTransition(storage::Connection& db, const TransitionRow& t) {
  ZHIAN_ASSIGN(auto rows, db.Query("SELECT kind FROM matter WHERE district=$d AND id=$1 LIMIT 1", {t.matter_id}));
  if (rows.empty()) return MakeError(ErrorCode::kCorrupt, "transition of no matter: " + t.matter_id);
  ZHIAN_TRY(db.Execute(
      "INSERT INTO matter_transition (district, id, matter_id, sequence, kind, action, from_state, to_state, actor, "
      "actor_name, role, on_behalf_of, second_actor, note, input, document_id, at, recorded_at, ledger_index, persons) "
      "VALUES ($d,$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19)",
      {t.id, t.matter_id, t.sequence, rows.front().text(0), t.action, t.from, t.to, t.actor, t.actor_name, t.role,
       storage::OrNull(t.on_behalf_of), storage::OrNull(t.second_actor), storage::OrNull(t.note),
       json::serialize(t.input), storage::OrNull(t.document_id), t.at, t.recorded_at, t.ledger_index,
       storage::OrNull(PersonsText(t.persons))}));
  return Ok();
}

namespace {
std::string Grounds(const DutyRow& d) {
  std::string text;
  for (const std::string& ground : d.stopped_by) text += (text.empty() ? "" : ",") + ground;
  return text;
}
}  // namespace

Status InsertDuty(storage::Connection& db, const DutyRow& d) {
  ZHIAN_TRY(db.Execute(
      "INSERT INTO duty (district, id, matter_id, kind, duty, holder_role, jurisdiction, operator_id, rule_id, "
      "opened_at, start_at, limit_at, state, suspended_at, suspended_ms, closed_at, extended, escalation, stopped_by, "
      "unmoved_at, uncertain) VALUES "
      "($d,$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20)",
      {d.id,
       d.matter_id,
       d.kind,
       d.duty,
       d.holder_role,
       d.jurisdiction,
       storage::OrNull(d.operator_id),
       d.rule_id,
       d.opened_at,
       d.start_at,
       d.limit_at ? Value{*d.limit_at} : storage::Null(),
       std::string(Name(d.state)),
       d.suspended_at,
       d.suspended_ms,
       d.closed_at,
       std::int64_t{d.extended},
       std::int64_t{d.escalation},
       storage::OrNull(Grounds(d)),
       d.unmoved_at ? Value{*d.unmoved_at} : storage::Null(),
       d.uncertain ? Value{std::int64_t{1}} : storage::Null()}));
  return Ok();
}

Status UpdateDuty(storage::Connection& db, const DutyRow& d) {
  ZHIAN_TRY(db.Execute(
      "UPDATE duty SET limit_at=$2, state=$3, suspended_at=$4, suspended_ms=$5, closed_at=$6, extended=$7, "
      "escalation=$8, start_at=$9, rule_id=$10, stopped_by=$11, unmoved_at=$12, uncertain=$13 WHERE district=$d AND id=$1",
      {d.id, d.limit_at ? Value{*d.limit_at} : storage::Null(), std::string(Name(d.state)), d.suspended_at,
       d.suspended_ms, d.closed_at, std::int64_t{d.extended}, std::int64_t{d.escalation}, d.start_at, d.rule_id,
       storage::OrNull(Grounds(d)), d.unmoved_at ? Value{*d.unmoved_at} : storage::Null(),
       d.uncertain ? Value{std::int64_t{1}} : storage::Null()}));
  return Ok();
}

Status AssignDuty(storage::Connection& db, const DutyRow& d) {
  ZHIAN_TRY(
      db.Execute("INSERT INTO duty_assignee (district, duty_id, account_id) VALUES ($d,$1,$2) "
                 "ON CONFLICT (district, duty_id) DO UPDATE SET account_id = excluded.account_id",
                 {d.id, d.holder_account}));
  return Ok();
}

Status InsertLink(storage::Connection& db, std::string_view from, std::string_view to, std::string_view relation,
                  std::int64_t at) {
  ZHIAN_TRY(db.Execute(
      "INSERT INTO matter_link (district, from_id, to_id, relation, at) VALUES ($d,$1,$2,$3,$4) ON CONFLICT DO NOTHING",
      {std::string(from), std::string(to), std::string(relation), at}));
  return Ok();
}

}  // namespace zhian::procedure
