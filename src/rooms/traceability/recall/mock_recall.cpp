#include "rooms/traceability/recall/mock_recall.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/json.hpp"
#include "base/text.hpp"
#include "ledger/ledger.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::traceability {
namespace json = boost::json;

namespace {
constexpr storage::Migration kMigrations[] = {{"traceability/mock-1", R"sql(
CREATE TABLE mock_recall (district TEXT NOT NULL, id TEXT NOT NULL, item TEXT NOT NULL, at BIGINT NOT NULL, elapsed_ms BIGINT NOT NULL, account TEXT NOT NULL, result TEXT NOT NULL, PRIMARY KEY (district, id));
CREATE INDEX mock_recall_by_time ON mock_recall (district, at, id);
)sql"}};

// Runs that were kept before quantities were exact hold numbers.
void TellExactly(json::object& result, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (auto* value = result.if_contains(name); value != nullptr && value->is_number())
      *value = base::ShortNumber(value->to_number<double>(), 6);
}

Result<MockRun> RunOf(const storage::Row& row) {
  ZHIAN_ASSIGN(json::object result, base::ParseStoredObject(row.text(4), "mock_recall", row.text(0)));
  if (base::ArrayAt(result, "holders") == nullptr)
    return MakeError(ErrorCode::kCorrupt, "stored JSON of mock_recall " + row.text(0) + ": no holders");
  TellExactly(result, {"made", "left", "used", "unconfirmed", "unaccounted"});
  for (json::value& holder : result["holders"].get_array())
    if (auto* object = holder.if_object()) TellExactly(*object, {"left"});
  return MockRun{row.text(0), row.text(3), row.integer(1), row.integer(2), std::move(result)};
}

// Whom to call: the telephone of the file, or who is in charge.
Result<std::string> ContactOf(storage::Connection& db, const std::string& operator_id,
                              std::map<std::string, std::string>& known) {
  if (operator_id.empty()) return std::string{};
  if (const auto it = known.find(operator_id); it != known.end()) return it->second;
  ZHIAN_ASSIGN(const auto rows,
               db.Query("SELECT contact, phone FROM operator WHERE district=$d AND id=$1 LIMIT 1", {operator_id}));
  std::string contact = rows.empty() ? std::string{} : rows.front().text(0);
  if (!rows.empty() && !rows.front().text(1).empty()) contact += (contact.empty() ? "" : " ") + rows.front().text(1);
  return known[operator_id] = contact;
}

}  // namespace

std::span<const storage::Migration> MockRecallMigrations() { return kMigrations; }

Result<MockRecall> ComputeMockRecall(storage::Connection& db, std::string_view lot, const base::Decimal& tolerance,
                                     std::span<const std::string> own) {
  TraceOptions options;
  options.holdings_max = kHoldingsMost;
  ZHIAN_ASSIGN(Answer answer, Trace(db, lot, Direction::kForward, options));
  MockRecall recall{.item = answer.item, .lot_no = {}, .product = answer.product, .unit = answer.unit, .holders = {}};
  ZHIAN_ASSIGN(const auto row,
               db.Query("SELECT lot_no, quantity_micro FROM lot WHERE district=$d AND item=$1 LIMIT 1", {answer.item}));
  recall.lot_no = row.front().text(0);
  recall.made = base::Decimal::FromUnits(row.front().integer(1), 6);
  recall.reached_limit = answer.reached_limit;
  recall.gaps = static_cast<int>(answer.gaps.size());
  for (const Movement& m : answer.movements) {
    const Holding &from = answer.holdings[static_cast<std::size_t>(m.from)],
                  &to = answer.holdings[static_cast<std::size_t>(m.to)];
    if (m.kind == "transformed" && from.item == answer.item && to.item != answer.item &&
        AreComparable(m.unit, answer.unit))
      AddTo(recall.used, m.quantity);
    if (m.kind == "moved" && from.item == answer.item && m.shipped != m.received && AreComparable(m.unit, answer.unit))
      AddTo(recall.unconfirmed, m.quantity);
  }
  std::map<std::pair<std::string_view, std::string_view>, base::Decimal>
      left;  // in an exercise of the producer his neighbours keep their quantities
  for (const Holding& h : answer.holdings) {
    if (h.item == answer.item && h.comparable) AddTo(recall.left, h.quantity);
    left[{h.item, h.place}] = h.quantity;
  }
  if (!own.empty() && !ConfineTo(answer, own)) answer.holdings.clear();
  std::map<std::string, std::string> contacts;
  for (const Holding& h : answer.holdings) {
    const base::Decimal& there = left[{h.item, h.place}];
    if (there.sign() <= 0 && h.status != "sold_to_consumer_evidenced") continue;
    MockHolder holder{.item = std::string(h.item),
                      .place_name = std::string(h.place_name),
                      .operator_id = std::string(h.operator_id),
                      .contact = {},
                      .unit = std::string(h.unit),
                      .left = there,
                      .share = h.share,
                      .derived = h.item != answer.item};
    ZHIAN_ASSIGN(holder.contact, ContactOf(db, holder.operator_id, contacts));
    recall.reachable += holder.contact.empty() ? 0 : 1;
    recall.holders.push_back(std::move(holder));
  }
  recall.unaccounted = recall.made;
  for (const base::Decimal& part : {recall.left.Negated(), recall.used.Negated(), recall.unconfirmed})
    AddTo(recall.unaccounted, part);
  const base::Decimal open = recall.unaccounted.Magnitude();
  ZHIAN_ASSIGN(const base::Decimal may_be_open, tolerance.Times(recall.made));
  const bool was_made = recall.made.sign() > 0;
  recall.share = was_made ? std::clamp(1 - open.Estimate() / recall.made.Estimate(), 0.0, 1.0) : 0;
  recall.balanced = was_made && open <= may_be_open && !recall.reached_limit;
  return recall;
}

json::object ToJson(const MockRecall& r) {
  json::array holders;
  for (const MockHolder& h : r.holders)
    holders.push_back(json::object{{"item", h.item},
                                   {"place_name", h.place_name},
                                   {"operator_id", h.operator_id},
                                   {"contact", h.contact},
                                   {"unit", h.unit},
                                   {"left", h.left.Short()},
                                   {"share", h.share},
                                   {"derived", h.derived}});
  return {{"item", r.item},
          {"lot_no", r.lot_no},
          {"product", r.product},
          {"unit", r.unit},
          {"made", r.made.Short()},
          {"left", r.left.Short()},
          {"used", r.used.Short()},
          {"unconfirmed", r.unconfirmed.Short()},
          {"unaccounted", r.unaccounted.Short()},
          {"share", r.share},
          {"holders", std::move(holders)},
          {"reachable", r.reachable},
          {"gaps", r.gaps},
          {"balanced", r.balanced},
          {"reached_limit", r.reached_limit}};
}

Result<MockRun> KeepMockRecall(storage::Connection& db, const MockRecall& recall, const std::string& account_id,
                               std::int64_t elapsed_ms, base::Instant now) {
  MockRun run{.id = base::NewUuid7(now),
              .account_id = account_id,
              .at = now.ms,
              .elapsed_ms = elapsed_ms,
              .result = ToJson(recall)};
  ZHIAN_TRY(db.Execute(
      "INSERT INTO mock_recall (district, id, item, at, elapsed_ms, account, result) VALUES ($d,$1,$2,$3,$4,$5,$6)",
      {run.id, recall.item, run.at, run.elapsed_ms, account_id, json::serialize(run.result)}));
  ZHIAN_ASSIGN(json::object reference,
               ledger::RowReference(db, "mock_recall", {{"district", db.district()}, {"id", run.id}}));
  const auto index =
      ledger::Append(db, "mock_recall", {{"actor", account_id}, {"rows", json::array{std::move(reference)}}}, now);
  if (!index.ok()) return index.error();
  return run;
}

Result<MockRun> LoadMockRecall(storage::Connection& db, std::string_view id) {
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query("SELECT id, at, elapsed_ms, account, result FROM mock_recall WHERE district=$d AND id=$1 LIMIT 1",
               {std::string(id)}));
  if (rows.empty()) return MakeError(ErrorCode::kNotFound, "没有这次模拟召回");
  return RunOf(rows.front());
}

Result<std::vector<MockRun>> ListMockRecalls(storage::Connection& db, int limit) {
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query(
          "SELECT id, at, elapsed_ms, account, result FROM mock_recall WHERE district=$d ORDER BY at DESC, id DESC LIMIT $1",
          {std::int64_t{std::clamp(limit, 1, 200)}}));
  std::vector<MockRun> runs;
  for (const auto& row : rows) {
    ZHIAN_ASSIGN(MockRun run, RunOf(row));
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace zhian::traceability
