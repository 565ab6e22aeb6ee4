// Mock recall 模擬召回: a recall of one lot as an exercise. It computes what a real one would need (who holds how much,
// who can be reached, what does not add up), takes its time, and is kept as a record; it holds no lot, tells nobody and
// counts in no figure.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "rooms/traceability/graph/trace.hpp"

namespace zhian::traceability {

struct MockHolder {
  std::string item, place_name, operator_id, contact, unit;  // contact: "" where nobody can be reached
  base::Decimal left = {};                                   // what is still there
  double share = 0;                                          // which part of it comes from the lot: an estimate
  bool derived = false;                                      // a product that was made of the lot
};
struct MockRecall {
  std::string item, lot_no, product, unit;
  base::Decimal made = {};         // of the lot; 0 where nobody is seen to have made it
  base::Decimal left = {};         // with holders
  base::Decimal used = {};         // made into other lots
  base::Decimal unconfirmed = {};  // shipped, and no receipt
  base::Decimal unaccounted = {};  // made − left − used, plus what was not confirmed; negative: more than was made
  double share = 0;                // of what was made that is accounted for, 0–1
  std::vector<MockHolder> holders;
  int reachable = 0, gaps = 0;
  bool balanced = false;  // within the tolerance of the policy pack (trace.tolerance)
  bool reached_limit = false;
};
// `tolerance`: share of what was made that may stay open.
// `own`: not empty, the holders that are listed are those that these operators may see (ConfineTo); the sums are of
// all.
Result<MockRecall> ComputeMockRecall(storage::Connection& db, std::string_view lot, const base::Decimal& tolerance,
                                     std::span<const std::string> own = {});
// Quantities are exact decimals as text.
boost::json::object ToJson(const MockRecall& recall);

// A run that was kept: its result, by whom, when, how long it took.
struct MockRun {
  std::string id, account_id;
  std::int64_t at = 0, elapsed_ms = 0;
  boost::json::object result;
};
// One row and one ledger leaf. REQUIRES: db is in a write transaction.
Result<MockRun> KeepMockRecall(storage::Connection& db, const MockRecall& recall, const std::string& account_id,
                               std::int64_t elapsed_ms, base::Instant now);
Result<MockRun> LoadMockRecall(storage::Connection& db, std::string_view id);  // kNotFound
// Newest first, at most `limit` (up to 200).
Result<std::vector<MockRun>> ListMockRecalls(storage::Connection& db, int limit);

std::span<const storage::Migration> MockRecallMigrations();

}  // namespace zhian::traceability
