// Closing of a recall: the balance of docs/gates.md section 5. Nothing here is ticked; it is computed from the summary, the
// witnessed disposals and the trace.
#pragma once

#include <string>
#include <vector>

#include "procedure/bindings.hpp"

namespace zhian::traceability {

// All in one unit. P produced, K held by the producer, V recovered, X destroyed elsewhere under witness, L corrected in place,
// C sold before the notice with evidence, E the same estimated, W documented loss.
struct RecallQuantities {
  double P = 0, K = 0, V = 0, X = 0, L = 0, C = 0, E = 0, W = 0;
};
struct RecallLimits {
  double tolerance = 0.01;         // share of P that may stay unaccounted for (recall.balance.tolerance)
  double consumed_max_level1 = 0.2;  // share of P − K that may be estimated at level 1 (recall.consumed.max.1)
};
struct RecallBalance {
  RecallQuantities quantities;
  double U = 0;               // unaccounted for; negative: more came back than was made
  double effective_rate = 0;  // (V + X + L) / (P − K − C)
  bool balanced = false;      // R1 and R5
  std::vector<Message> open_items;
};
// Pure. `witnessed` is what of X stands in witnessed and filmed disposal records: more does not count.
RecallBalance Balance(RecallQuantities quantities, double witnessed, int level, bool has_method_note, const RecallLimits& limits);

RecallBalance ComputeBalance(const procedure::GuardContext& context);
// Lots that a matter names: its `lots` rows and its `lot`.
std::vector<std::string> LotsOf(const procedure::Matter& matter);
void AddRecallQuestions(procedure::Services& services);

}  // namespace zhian::traceability
