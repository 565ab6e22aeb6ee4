// Closing of a recall: R1 to R5 of docs/gates.md section 5. Nothing here is ticked; it is computed from the summary,
// the reports of the consignees, the witnessed disposals and the trace. Reads only.
#pragma once

#include <string>
#include <vector>

#include "procedure/bindings.hpp"
#include "procedure/engine.hpp"
#include "procedure/exceptions.hpp"

namespace zhian::traceability {

// All in one unit. P produced, K held by the producer, V recovered, X destroyed elsewhere under witness, L corrected in
// place, C sold before the notice with evidence, E the same estimated, W documented loss.
struct RecallQuantities {
  double P = 0, K = 0, V = 0, X = 0, L = 0, C = 0, E = 0, W = 0;
};
struct RecallLimits {
  double tolerance = 0.01;           // share of P that may stay unaccounted for (recall.balance.tolerance)
  double consumed_max_level1 = 0.2;  // share of P − K that may be estimated at level 1 (recall.consumed.max.1)
};
// What records stand behind V, X and L: more than they hold does not count.
struct RecallRecords {
  double recovered = 0;                                                             // reported by consignees, each once
  double recovered_destroyed = 0, recovered_corrected = 0, recovered_evidence = 0;  // what became of V
  double destroyed_elsewhere = 0, corrected_in_place = 0;                           // witnessed and filmed
  std::vector<Message> without_witness, counted_twice;
};
struct RecallBalance {
  RecallQuantities quantities;
  double U = 0;                        // unaccounted for; negative: more came back than was made
  double effective_rate = 0;           // (V + X + L) / (P − K − C)
  bool balanced = false;               // R1 and R5
  std::vector<Message> open_items;     // R1
  std::vector<Message> witness_items;  // R5
};
RecallBalance Balance(RecallQuantities quantities, const RecallRecords& records, int level, bool has_method_note,
                      const RecallLimits& limits);
// A quantity of a product expressed in the recalled input: output × (all input ÷ all output) × share of the recalled
// lot in it.
double InInputQuantity(double output, double all_input, double all_output, double share);
// More came back than was made, beyond the tolerance: undeclared production or a wrong scope.
bool IsOverReturned(const RecallBalance& balance, const RecallLimits& limits);

RecallLimits LimitsOf(const procedure::GuardContext& context);
RecallBalance ComputeBalance(const procedure::GuardContext& context);
// R1 with R5, R2, R3, R4: what is open, before exceptions.
std::vector<Message> OpenBalance(const procedure::GuardContext& context);
std::vector<Message> OpenHoldings(const procedure::GuardContext& context);
std::vector<Message> OpenContacts(const procedure::GuardContext& context);
std::vector<Message> OpenCause(const procedure::GuardContext& context);
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
