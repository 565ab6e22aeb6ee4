// The trace 追溯: where a lot came from, where it went, and which holding is still unresolved, answered from the graph
// of movements in memory (trace_index.hpp). Reads are bounded and say when they were cut; a Connection belongs to one
// thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "policy/pack.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

enum class Direction { kForward, kBackward, kBoth };
// Texts that an answer shows: kept as long as it is, wherever it is moved.
class Texts {
 public:
  std::string_view Keep(std::string_view text) { return Keep(text, {}); }
  std::string_view Keep(std::string_view head, std::string_view tail);  // as one
  // What other texts of the answer lie in.
  void KeepAlive(std::shared_ptr<const void> owner) { owners_.push_back(std::move(owner)); }

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t used_ = 0, room_ = 0;  // of the last block
  std::vector<std::shared_ptr<const void>> owners_;
};

// A quantity of one lot at one place. The texts belong to the answer.
struct Holding {
  std::string_view item, place, place_name, operator_id, jurisdiction, status, evidence, unit;
  int layer = 0;                // steps from the origin; negative backward
  std::int64_t arrived_at = 0;  // ms, to the second; 0: unknown
  base::Decimal quantity = {};  // in `unit`, to the millionth
  double share = 0;             // of what came in that comes from the origin, 0–1: an estimate
  bool resolved = false, origin = false;
  bool comparable = true;  // its unit converts to the lot's own
};
struct Movement {
  std::string_view kind;  // moved, transformed, packed, unpacked; mixed: only the place is the same, no quantity is
                          // known to have gone over
  std::string_view unit;  // that of the holding it comes from
  int from = 0, to = 0;   // positions in Answer::holdings
  std::int64_t departed_at = 0, arrived_at = 0;
  base::Decimal quantity = {};
  bool shipped = false, received = false;  // both: matched
};
struct Gap {
  std::string_view kind, item, place, operator_id, unit;
  Message text;
  base::Decimal quantity = {};
};
struct Answer {
  std::string item, product, unit;
  Texts texts;  // what the texts below lie in
  std::vector<Holding> holdings;
  std::vector<Movement> movements;
  std::vector<Gap> gaps;
  bool reached_limit = false;
  bool settled = true;  // false: shares on a cycle were cut short
};
struct HoldingKey {
  std::string item, place;
};
inline constexpr int kHoldingsMax = 2'000, kHoldingsMost = 20'000;
struct TraceOptions {
  int holdings_max = kHoldingsMax;       // REQUIRES: at most kHoldingsMost
  bool respect_time = true;              // what had not arrived cannot have gone on; an unknown time may be any
  std::optional<std::int64_t> at;        // ms: forward only what was there from then on, backward only until then
  bool mix_everywhere = false;           // what has come to premises can be in whatever leaves them later
  std::vector<std::string> mix_places;   // the same at the premises of these places
  std::vector<HoldingKey> kill_steps;    // counted, but nothing goes on from them
  std::vector<HoldingKey> cut_holdings;  // as if they were not there
};

// Share of a quantity that may stay open (trace.tolerance of the pack on the day).
base::Decimal ToleranceOn(const policy::Pack& pack, base::Date day);

// `lot`: item identifier or lot number. kNotFound: the lot, or a holding that the options name.
Result<Answer> Trace(storage::Connection& db, std::string_view lot, Direction direction,
                     const TraceOptions& options = {});

// Leaves of the answer what the people of these operators may see: their own holdings and one step either way; what a
// neighbour has beside is his own. False, and nothing is changed: none of the holdings is theirs.
bool ConfineTo(Answer& answer, std::span<const std::string> operator_ids);

// What several lots have in common, most lots first. `lots`: as above, each as it stands at its origin.
struct CommonAncestor {
  std::string item, place, place_name, operator_id;
  int lots = 0;
};
struct CommonAncestors {
  std::vector<CommonAncestor> ancestors;
  bool reached_limit = false;
};
inline constexpr int kLotsMax = 100, kAncestorsMax = 200;
// kTooLarge: more lots than kLotsMax.
Result<CommonAncestors> FindCommonAncestors(storage::Connection& db, const std::vector<std::string>& lots,
                                            const TraceOptions& options = {});

// Every movement of one holding, one place, one operator, in one unit: what was made there, came, went, and should be
// left.
struct MassBalance {
  std::string unit;
  base::Decimal made = {}, received = {}, used = {}, sent = {}, remainder = {};  // used: went into another lot
  int holdings = 0, not_converted = 0;  // movements whose quantity does not convert to the unit
  bool reached_limit = false;
};
struct BalanceScope {
  std::string item, place,
      operator_id;  // what is "" does not narrow; one of place and operator_id at least is given, or item
};
Result<MassBalance> BalanceOf(storage::Connection& db, const BalanceScope& scope, std::string_view unit);

}  // namespace zhian::traceability
