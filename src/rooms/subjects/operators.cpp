#include "rooms/subjects/operators.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "base/text.hpp"
#include "records/subjects.hpp"
#include "search/search.hpp"

namespace zhian::subjects {
namespace json = boost::json;
using procedure::EffectContext;
using procedure::GuardContext;
using storage::Row;
using storage::Value;

namespace {

constexpr std::size_t kPlacesMax = 50;  // roots of a reader that a list merges

constexpr std::string_view kSchema = R"sql(
CREATE TABLE operator (
  district TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, former_names TEXT NOT NULL, code TEXT,
  type TEXT NOT NULL, jurisdiction TEXT NOT NULL, township TEXT NOT NULL, address TEXT NOT NULL, contact TEXT NOT NULL, phone TEXT NOT NULL,
  industry TEXT NOT NULL, grade TEXT NOT NULL, state TEXT NOT NULL, matter_id TEXT, survivor_id TEXT, gln TEXT NOT NULL,
  staff BIGINT NOT NULL, above_size BIGINT NOT NULL, food BIGINT NOT NULL, stopped BIGINT NOT NULL, entered_at BIGINT NOT NULL,
  verified_at BIGINT NOT NULL, registered_on BIGINT NOT NULL, more TEXT NOT NULL,
  PRIMARY KEY (district, id));
CREATE UNIQUE INDEX operator_code ON operator (district, code);
CREATE INDEX operator_by_place ON operator (district, jurisdiction, name_key, id);
CREATE INDEX operator_by_township ON operator (district, township, name_key, id);
CREATE INDEX operator_by_township_type ON operator (district, township, type, name_key, id);
CREATE INDEX operator_by_type ON operator (district, type, name_key, id);
CREATE INDEX operator_by_name ON operator (district, name_key, id);
CREATE INDEX operator_by_gln ON operator (district, gln);
CREATE TABLE premises (
  district TEXT NOT NULL, id TEXT NOT NULL, operator_id TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL,
  jurisdiction TEXT NOT NULL, gln TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (district, id));
CREATE INDEX premises_of_operator ON premises (district, operator_id);
CREATE INDEX premises_by_gln ON premises (district, gln);
CREATE TABLE product (
  district TEXT NOT NULL, id TEXT NOT NULL, operator_id TEXT NOT NULL, name TEXT NOT NULL, gtin TEXT NOT NULL,
  category TEXT NOT NULL, standard TEXT NOT NULL, unit TEXT NOT NULL, PRIMARY KEY (district, id));
CREATE INDEX product_of_operator ON product (district, operator_id);
CREATE INDEX product_by_gtin ON product (district, gtin);
CREATE TABLE person (
  district TEXT NOT NULL, id TEXT NOT NULL, operator_id TEXT NOT NULL, name TEXT NOT NULL, duty TEXT NOT NULL,
  PRIMARY KEY (district, id));
CREATE INDEX person_of_operator ON person (district, operator_id);
)sql";
// Products and people were rows without history before; premises stay as the rows by which goods are located.
constexpr std::string_view kRecords002 = R"sql(
CREATE TABLE file_record (
  district TEXT NOT NULL, id TEXT NOT NULL, record_id TEXT NOT NULL, kind TEXT NOT NULL, operator_id TEXT NOT NULL, name TEXT NOT NULL,
  code TEXT NOT NULL, fields TEXT NOT NULL, version BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL, superseded_at BIGINT NOT NULL, recorded_by TEXT NOT NULL, recorded_by_name TEXT NOT NULL,
  source TEXT NOT NULL, note TEXT NOT NULL, ledger_index BIGINT NOT NULL, record_key TEXT NOT NULL, PRIMARY KEY (district, id));
CREATE UNIQUE INDEX file_record_open ON file_record (district, kind, record_key) WHERE superseded_at=0 AND valid_to=2000000;
CREATE INDEX file_record_of_operator ON file_record (district, operator_id, kind, valid_from);
CREATE INDEX file_record_writes ON file_record (district, operator_id, recorded_at, id);
CREATE INDEX file_record_versions ON file_record (district, record_id, valid_from);
DROP TABLE product;
DROP TABLE person;
)sql";
constexpr storage::Migration kMigrations[] = {{"subjects/001", kSchema}, {"subjects/002", kRecords002}};

Result<std::vector<Operator>> Select(storage::Connection& db, const std::string& tail, std::vector<Value> parameters) {
  static const std::string kSelect = "SELECT " + procedure::ColumnList(OperatorColumns(), "o.") + " FROM operator o ";
  ZHIAN_ASSIGN(auto rows, db.Query(kSelect + tail, std::span<const Value>(parameters)));
  std::vector<Operator> operators(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    ZHIAN_TRY(procedure::ReadColumns(OperatorColumns(), rows[i], operators[i]));
  return operators;
}

// The operator's row follows its file: entered, verified, dormant, closed, merged.
Status RecordFile(EffectContext& context) {
  procedure::Matter& matter = context.matter;
  const auto field = [&](procedure::Text name) { return matter.Field(name); };
  const bool is_new = matter.operator_id.empty();
  Operator op;
  if (is_new) {
    op.id = base::NewUuid7(context.now);
    op.entered_at = context.now.ms;
    op.matter_id = matter.id;
    matter.operator_id = op.id;
  } else {
    ZHIAN_ASSIGN(op, LoadOperator(context.db, matter.operator_id));
  }
  procedure::TakeSaid<Operator>(OperatorColumns(), op, field);
  ZHIAN_ASSIGN(const auto file, records::OperatorFile::Read(matter));
  if (!file.surviving_file.empty()) op.survivor_id = file.surviving_file;
  op.food = op.type == "food_producer" || op.type == "workshop";
  op.jurisdiction = matter.jurisdiction;
  op.state = matter.state;
  if (context.transition.action == "verify" || context.transition.action == "reverify") op.verified_at = context.now.ms;
  if (op.name.empty()) return NeedsMending({{"/fields/name", "error.fill", "填写主体名称"}});
  if (op.type.empty()) op.type = "other";
  const Status saved = SaveOperator(context.db, op, is_new);
  if (!saved.ok() && saved.error().code == ErrorCode::kConflict)
    return NeedsMending({{"/fields/credit_code", "error.duplicate", "这个统一社会信用代码已有档案，请打开原档案更新"}});
  ZHIAN_TRY(saved);
  context.written.emplace_back("operator", op.id);
  return Ok();
}

// A pledge holds for the term of its rule from the day of its signature; the file says which one holds.
Status RecordPledge(EffectContext& context) {
  procedure::Matter& matter = context.matter;
  ZHIAN_ASSIGN(auto pledge, records::Pledge::Read(matter));
  if (context.transition.action == "sign" || context.transition.action == "renew") {
    if (!pledge.signed_on) return NeedsMending({{"/fields/signed_on", "error.fill", "填写签订日期"}});
    const base::Date signed_on = *pledge.signed_on;
    const policy::Rule* term = context.services.policy.Find("pledge.renew", signed_on);
    if (term == nullptr) return MakeError(ErrorCode::kInvalid, "这一天没有承诺书期限的规则");
    ZHIAN_ASSIGN(const auto until,
                 policy::ComputeDeadline(*term, base::StartOfDay(signed_on), context.services.policy.calendar(), {}));
    pledge.valid_to = base::LocalDate(until.limit_at);
    procedure::Merge(matter, records::Pledge{.valid_to = pledge.valid_to});
  }
  ZHIAN_ASSIGN(Operator op, LoadOperator(context.db, matter.operator_id));
  if (matter.state == "signed")
    op.more["pledge"] =
        json::object{{"matter", matter.id}, {"valid_to", pledge.valid_to ? base::FormatDate(*pledge.valid_to) : ""}};
  else if (const json::object* held = base::ObjectAt(op.more, "pledge");
           held == nullptr || procedure::ScalarText(held->if_contains("matter")) != matter.id)
    return Ok();
  else
    op.more.erase("pledge");
  ZHIAN_TRY(SaveOperator(context.db, op, false));
  context.written.emplace_back("operator", op.id);
  return Ok();
}

constexpr std::array<procedure::EffectBinding, 2> kRecords{{{"operator_file", &RecordFile}, {"pledge", &RecordPledge}}};

Result<json::value> Subject(const GuardContext& context, const json::object& arguments) {
  const std::string id = procedure::ScalarText(arguments.if_contains("operator_id"));
  if (id.empty()) return json::value(json::object{});
  const auto op = LoadOperator(context.db, id);
  if (!op.ok()) return json::value(json::object{});
  return json::value(procedure::Told(OperatorColumns(), *op, kInSubject));
}

// The grade of {operator_id}; null where nobody of this id is on file.
Result<json::value> Grade(const GuardContext& context, const json::object& arguments) {
  ZHIAN_ASSIGN(const auto rows, context.db.Query("SELECT grade FROM operator WHERE district=$d AND id=$1 LIMIT 1",
                                                 {procedure::ScalarText(arguments.if_contains("operator_id"))}));
  return rows.empty() ? json::value(nullptr) : json::value(json::object{{"grade", rows.front().text(0)}});
}

// The industries in which an active operator bears {grade}. Errors: kUnavailable where they are too many to read.
Result<json::value> Industries(const GuardContext& context, const json::object& arguments) {
  constexpr std::size_t kMost = 1000;
  ZHIAN_ASSIGN(
      const auto rows,
      context.db.Query("SELECT DISTINCT industry FROM operator WHERE district=$d AND grade=$1 AND "
                       "state='active' AND industry<>'' ORDER BY industry LIMIT $2",
                       {procedure::ScalarText(arguments.if_contains("grade")), static_cast<std::int64_t>(kMost + 1)}));
  if (rows.size() > kMost) return MakeError(ErrorCode::kUnavailable, Say("行业超过 {} 个，未能全部读出", kMost));
  json::array industries;
  for (const auto& row : rows) industries.push_back(json::value(row.text(0)));
  return json::value(std::move(industries));
}

}  // namespace

std::span<const storage::Migration> Migrations() { return kMigrations; }
std::span<const procedure::EffectBinding> Records() { return kRecords; }

void AddQuestions(procedure::Services& services) {
  services.questions["document.subject"] = &Subject;
  services.questions["operator.summary"] = &Subject;
  services.questions["operator.grade"] = &Grade;
  services.questions["operator.industries"] = &Industries;
}

std::string NameKey(std::string_view name) {
  std::string key = search::Key(name);
  for (const std::string_view dropped : {"有限责任公司", "股份有限公司", "有限公司", "个体工商户"}) {
    for (std::size_t at = key.find(dropped); at != std::string::npos; at = key.find(dropped))
      key.erase(at, dropped.size());
  }
  return key;
}

procedure::MoreColumns IndexColumns(const Operator& op, const std::vector<std::string>& places) {
  return {{"name_key", NameKey(op.name)}, {"township", places.empty() ? op.jurisdiction : places.front()}};
}

Result<Operator> LoadOperator(storage::Connection& db, std::string_view id) {
  ZHIAN_ASSIGN(auto found, Select(db, "WHERE o.district=$d AND o.id=$1 LIMIT 1", {std::string(id)}));
  if (found.empty()) return MakeError(ErrorCode::kNotFound, Say("没有这个主体的档案：{}", base::Cut(id, 60)));
  return std::move(found.front());
}

Result<std::optional<Operator>> FindByCode(storage::Connection& db, std::string_view code) {
  ZHIAN_ASSIGN(auto found, Select(db, "WHERE o.district=$d AND o.code=$1 LIMIT 1", {std::string(code)}));
  if (found.empty()) return std::optional<Operator>{};
  return std::optional<Operator>(std::move(found.front()));
}

Result<std::vector<Operator>> FindByName(storage::Connection& db, std::string_view name) {
  return Select(db, "WHERE o.district=$d AND o.name_key=$1 ORDER BY o.id LIMIT 20", {NameKey(name)});
}

Status SaveOperator(storage::Connection& db, const Operator& op, bool is_new) {
  ZHIAN_ASSIGN(const auto places, PlacesBelowRoot(db, op.jurisdiction));
  const procedure::MoreColumns more = IndexColumns(op, places);
  ZHIAN_TRY(is_new ? procedure::InsertRecord(db, "operator", OperatorColumns(), op, more)
                   : procedure::UpdateRecord(db, "operator", OperatorColumns(), op, more));
  search::Entry entry{"operator", op.id, op.name, {}, {op.code, op.gln}, places};
  std::string former;
  for (const char c : op.former_names + "|") {
    if (c != '|')
      former += c;
    else if (!former.empty())
      entry.other_names.push_back(std::exchange(former, {}));
  }
  return search::Put(db, entry);
}

Result<std::vector<std::string>> PlacesBelowRoot(storage::Connection& db, std::string_view jurisdiction) {
  // The closure holds each with itself, so the number of ancestors is the depth; the root is the one of depth one.
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(
          "SELECT c.ancestor, (SELECT COUNT(*) FROM jurisdiction_closure up WHERE up.descendant=c.ancestor) AS depth FROM jurisdiction_closure c WHERE c.descendant=$1 ORDER BY depth LIMIT 20",
          {std::string(jurisdiction)}));
  std::vector<std::string> places;
  for (const Row& row : rows)
    if (row.integer(1) > 1) places.push_back(row.text(0));
  return places;
}

namespace {

// Where a list looks: the whole district, or townships and places below them, each of which is one range of an index.
struct Ranges {
  bool everything = false;
  std::vector<std::string> places;
};

Result<Ranges> RangesOf(storage::Connection& db, const ListQuery& query) {
  Ranges ranges;
  std::vector<std::string> roots = query.jurisdictions;
  if (!query.township.empty()) {
    bool inside = false;
    for (const std::string& root : roots) {
      ZHIAN_ASSIGN(auto rows, db.Query("SELECT 1 FROM jurisdiction_closure WHERE ancestor=$1 AND descendant=$2 LIMIT 1",
                                       {root, query.township}));
      inside = inside || !rows.empty();
    }
    roots = inside ? std::vector{query.township} : std::vector<std::string>{};
  }
  for (std::size_t i = 0; i < roots.size() && i < kPlacesMax; ++i) {
    ZHIAN_ASSIGN(const auto places, PlacesBelowRoot(db, roots[i]));
    if (places.empty())
      ranges.everything = true;
    else
      ranges.places.push_back(roots[i]);
  }
  return ranges;
}

Result<ListAnswer> SearchOperators(storage::Connection& db, const ListQuery& query, const Ranges& ranges,
                                   std::size_t limit) {
  ListAnswer answer;
  search::Query find{"operator", query.text, ranges.everything ? std::vector<std::string>{} : ranges.places,
                     query.cursor, static_cast<int>(limit)};
  // Filters are applied to what is found: a few more pages where they leave little.
  for (int page = 0; page < 20; ++page) {
    find.limit = static_cast<int>(limit - answer.items.size());
    ZHIAN_ASSIGN(const auto found, search::Find(db, find));
    for (const std::string& id : found.ids) {
      ZHIAN_ASSIGN(Operator op, LoadOperator(db, id));
      if ((query.type.empty() || op.type == query.type) && (query.state.empty() || op.state == query.state))
        answer.items.push_back(std::move(op));
    }
    answer.next = find.cursor = found.next;
    if (found.next.empty() || answer.items.size() >= limit) break;
  }
  return answer;
}

Result<ListAnswer> OwnOperators(storage::Connection& db, const ListQuery& query) {
  ListAnswer answer;
  const std::string key = search::Key(query.text);
  for (std::size_t i = 0; i < query.operator_ids.size() && i < 100; ++i) {
    ZHIAN_ASSIGN(Operator op, LoadOperator(db, query.operator_ids[i]));
    if (search::Key(op.name).find(key) != std::string::npos ||
        search::Initials(op.name).find(key) != std::string::npos || op.code == query.text)
      answer.items.push_back(std::move(op));
  }
  return answer;
}

}  // namespace

Result<ListAnswer> ListOperators(storage::Connection& db, const ListQuery& query) {
  if (query.jurisdictions.empty()) return OwnOperators(db, query);
  const auto limit = static_cast<std::size_t>(std::clamp(query.limit, 1, 500));
  ZHIAN_ASSIGN(const Ranges ranges, RangesOf(db, query));
  if (!ranges.everything && ranges.places.empty()) return ListAnswer{};
  if (!query.text.empty()) return SearchOperators(db, query, ranges, limit);

  // Each place is one range of an index in the order of the list; the ranges are merged, so no place is read further
  // than a page.
  std::string after_key, after_id;
  if (!query.cursor.empty()) {
    const auto bar = query.cursor.rfind('|');
    if (bar == std::string::npos) return NeedsMending({{"/cursor", "error.value", "从列表的下一页取得 cursor"}});
    after_key = query.cursor.substr(0, bar);
    after_id = query.cursor.substr(bar + 1);
  }
  ListAnswer answer;
  const auto read = [&](const std::string& column, const std::string& place) -> Status {
    std::string where = "WHERE o.district=$d";
    std::vector<Value> parameters;
    const auto bind = [&](Value value) {
      parameters.push_back(std::move(value));
      return "$" + std::to_string(parameters.size());
    };
    if (!column.empty()) where += " AND o." + column + "=" + bind(place);
    if (!query.type.empty()) where += " AND o.type=" + bind(query.type);
    if (!query.state.empty()) where += " AND o.state=" + bind(query.state);
    if (!query.cursor.empty()) {
      const std::string key = bind(after_key), id = bind(after_id);
      where += " AND (o.name_key, o.id) > (" + key + "," + id + ")";
    }
    where += " ORDER BY o.name_key, o.id LIMIT " + bind(static_cast<std::int64_t>(limit) + 1);
    ZHIAN_ASSIGN(auto items, Select(db, where, std::move(parameters)));
    answer.items.insert(answer.items.end(), std::make_move_iterator(items.begin()),
                        std::make_move_iterator(items.end()));
    return Ok();
  };
  if (ranges.everything) {
    ZHIAN_TRY(read("", ""));
  } else {
    for (const std::string& place : ranges.places) {
      ZHIAN_ASSIGN(const auto places, PlacesBelowRoot(db, place));
      ZHIAN_TRY(read(places.size() == 1 ? "township" : "jurisdiction", place));
    }
    const auto order = [](const Operator& a, const Operator& b) {
      return std::pair(NameKey(a.name), std::string_view(a.id)) < std::pair(NameKey(b.name), std::string_view(b.id));
    };
    const auto same = [](const Operator& a, const Operator& b) { return a.id == b.id; };
    if (ranges.places.size() > 1) {
      std::sort(answer.items.begin(), answer.items.end(), order);
      answer.items.erase(std::unique(answer.items.begin(), answer.items.end(), same), answer.items.end());
    }
  }
  if (answer.items.size() > limit) {
    answer.items.resize(limit);
    answer.next = NameKey(answer.items.back().name) + "|" + answer.items.back().id;
  }
  return answer;
}

}  // namespace zhian::subjects
