// Closing of a recall: R1 to R5 of docs/gates.md section 5. Nothing here is ticked; it is computed from the summary,
// the reports of the consignees, the witnessed disposals and the trace. Reads only.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/decimal.hpp"
#include "procedure/bindings.hpp"
#include "procedure/engine.hpp"
#include "procedure/exceptions.hpp"

namespace zhian::traceability {

// All in one unit. P produced, K held by the producer, V recovered, X destroyed elsewhere under witness, L corrected in
// place, C sold before the notice with evidence, E the same estimated, W documented loss.
struct RecallQuantities {
  base::Decimal P, K, V, X, L, C, E, W;
};
// Shares as the policy pack has them, in per cent.
struct RecallLimits {
  base::Decimal tolerance{1};             // of P, that may stay unaccounted for (recall.balance.tolerance)
  base::Decimal consumed_max_level1{20};  // of P − K, that may be estimated at level 1 (recall.consumed.max.1)
};
// What records stand behind V, X and L: more than they hold does not count.
struct RecallRecords {
  base::Decimal recovered;                                                     // reported by consignees, each once
  base::Decimal recovered_destroyed, recovered_corrected, recovered_evidence;  // what became of V
  base::Decimal destroyed_elsewhere, corrected_in_place;                       // witnessed and filmed
  std::vector<procedure::KeyedItem> without_witness, counted_twice;
};
struct RecallBalance {
  RecallQuantities quantities;
  base::Decimal U;                                  // unaccounted for; negative: more came back than was made
  double effective_rate = 0;                        // (V + X + L) / (P − K − C): a share, for the page
  bool balanced = false;                            // R1 and R5
  std::vector<procedure::KeyedItem> open_items;     // R1
  std::vector<procedure::KeyedItem> witness_items;  // R5
};
RecallBalance Balance(RecallQuantities quantities, const RecallRecords& records, int level, bool has_method_note,
                      const RecallLimits& limits);
// A quantity of a product expressed in the recalled input: output × (all input ÷ all output) × share of the recalled
// lot in it.
double InInputQuantity(double output, double all_input, double all_output, double share);
// More came back than was made, beyond the tolerance: undeclared production or a wrong scope.
bool IsOverReturned(const RecallBalance& balance, const RecallLimits& limits);

RecallLimits LimitsOf(const procedure::GuardContext& context);
// What cannot be read stands among the open items, and the balance is none.
RecallBalance ComputeBalance(const procedure::GuardContext& context);
// R1 with R5, R2, R3, R4: what is open, before exceptions.
std::vector<procedure::KeyedItem> OpenBalance(const procedure::GuardContext& context);
std::vector<procedure::KeyedItem> OpenHoldings(const procedure::GuardContext& context);
// The same of some lots.
std::vector<procedure::KeyedItem> OpenHoldingsOf(const procedure::GuardContext& context,
                                                 std::span<const std::string> lots);
std::vector<procedure::KeyedItem> OpenContacts(const procedure::GuardContext& context);
std::vector<procedure::KeyedItem> OpenCause(const procedure::GuardContext& context);
// Effectiveness checks 召回效果抽查: of the consignees that the trace names, a sample by the share of the policy pack
// (recall.check.share), drawn by the digest of the recall's identifier and each name, so that anyone can draw it again.
struct EffectSample {
  int consignees = 0;
  std::vector<std::string> drawn;
  std::vector<std::string> left, ineffective;  // of those drawn: not checked yet; found uninformed or still selling
};
EffectSample EffectSampleOf(const procedure::GuardContext& context);
std::vector<procedure::OpenGate> OpenGatesOf(const procedure::GuardContext& context);

void AddRecallQuestions(procedure::Services& services);
void AddExerciseQuestions(procedure::Services& services);  // exercise.cpp
void WatchRecallExceptions(procedure::Engine& engine);

}  // namespace zhian::traceability
