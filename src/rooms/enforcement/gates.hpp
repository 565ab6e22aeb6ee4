// The five gates 五不放過: nobody ticks a gate; each is computed from the records, with the list of what is still open.
// Reads only. Source: docs/gates.md.
#pragma once

#include <string>
#include <vector>

#include "procedure/bindings.hpp"

namespace zhian::enforcement {

enum class GateStatus { kClosed, kOpen, kExcepted, kNotApplicable, kStale };
std::string_view Name(GateStatus status);

struct GateAnswer {
  std::string gate;  // "G1" … "G5"
  GateStatus status = GateStatus::kOpen;
  std::vector<Message> open_items;
  [[nodiscard]] bool Passes() const { return status == GateStatus::kClosed || status == GateStatus::kExcepted || status == GateStatus::kNotApplicable; }
};

GateAnswer FactsGate(const procedure::GuardContext& context);      // G1 案情
GateAnswer FlowGate(const procedure::GuardContext& context);       // G2 源頭和流向: asks the trace
GateAnswer LiabilityGate(const procedure::GuardContext& context);  // G3 責任者
GateAnswer ReferralGate(const procedure::GuardContext& context);   // G4 移送司法
GateAnswer OfficialsGate(const procedure::GuardContext& context);  // G5 機關工作人員
std::vector<GateAnswer> ComputeGates(const procedure::GuardContext& context);

boost::json::array LotsOf(const procedure::Matter& matter);          // every lot that the case names

void AddQuestions(procedure::Services& services);

}  // namespace zhian::enforcement
