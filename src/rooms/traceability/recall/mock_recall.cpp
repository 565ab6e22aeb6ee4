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

Result<MockRun> RunOf(const storage::Row& row) {
  ZHIAN_ASSIGN(const json::value result, base::ParseJson(row.text(4)));
  return MockRun{row.text(0), row.text(3), row.integer(1), row.integer(2), result.as_object()};
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

Result<MockRecall> ComputeMockRecall(storage::Connection& db, std::string_view lot, double tolerance,
                                     std::span<const std::string> own) {
  TraceOptions options;
  options.holdings_max = kHoldingsMost;
  ZHIAN_ASSIGN(Answer answer, Trace(db, lot, Direction::kForward, options));
  MockRecall recall{.item = answer.item, .lot_no = {}, .product = answer.product, .unit = answer.unit, .holders = {}};
  ZHIAN_ASSIGN(const auto row,
               db.Query("SELECT lot_no, quantity_micro FROM lot WHERE district=$d AND item=$1 LIMIT 1", {answer.item}));
  recall.lot_no = row.front().text(0);
  recall.made = static_cast<double>(row.front().integer(1)) / 1e6;
  recall.reached_limit = answer.reached_limit;
  recall.gaps = static_cast<int>(answer.gaps.size());
  for (const Movement& m : answer.movements) {
    const Holding &from = answer.holdings[static_cast<std::size_t>(m.from)],
                  &to = answer.holdings[static_cast<std::size_t>(m.to)];
    if (m.kind == "transformed" && from.item == answer.item && to.item != answer.item &&
        AreComparable(m.unit, answer.unit))
      recall.used += m.quantity;
    if (m.kind == "moved" && from.item == answer.item && m.shipped != m.received && AreComparable(m.unit, answer.unit))
      recall.unconfirmed += m.quantity;
  }
  std::map<std::pair<std::string_view, std::string_view>, double>
      left;  // in an exercise of the producer his neighbours keep their quantities
  for (const Holding& h : answer.holdings) {
    if (h.item == answer.item && h.comparable) recall.left += h.quantity;
    left[{h.item, h.place}] = h.quantity;
  }
  if (!own.empty() && !ConfineTo(answer, own)) answer.holdings.clear();
  std::map<std::string, std::string> contacts;
  for (const Holding& h : answer.holdings) {
    const double there = left[{h.item, h.place}];
    if (there <= 0 && h.status != "sold_to_consumer_evidenced") continue;
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
  recall.unaccounted = recall.made - recall.left - recall.used + recall.unconfirmed;
  recall.share = recall.made > 0 ? std::clamp(1 - std::abs(recall.unaccounted) / recall.made, 0.0, 1.0) : 0;
  recall.balanced = recall.made > 0 && std::abs(recall.unaccounted) <= tolerance * recall.made && !recall.reached_limit;
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
                                   {"left", h.left},
                                   {"share", h.share},
                                   {"derived", h.derived}});
  return {{"item", r.item},
          {"lot_no", r.lot_no},
          {"product", r.product},
          {"unit", r.unit},
          {"made", r.made},
          {"left", r.left},
          {"used", r.used},
          {"unconfirmed", r.unconfirmed},
          {"unaccounted", r.unaccounted},
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
  ZHIAN_ASSIGN(json::object reference, ledger::RowReference(db, "mock_recall", {{"district", "d"}, {"id", run.id}}));
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
