// The five gates 五不放過: nobody ticks a gate; each is computed from the records, with the list of what is still open.
// Reads only; the predicates themselves are in gate_rules.hpp. Source: docs/gates.md.
#pragma once

#include <string>
#include <vector>

#include "procedure/bindings.hpp"
#include "procedure/engine.hpp"
#include "records/enforcement.hpp"
#include "rooms/enforcement/gate_rules.hpp"

namespace zhian::enforcement {

// A gate with the digest of all that it was computed from, so that the computation can be repeated and compared.
struct Gate {
  GateAnswer answer;
  std::string inputs_digest;
  [[nodiscard]] std::vector<Message> Open() const;  // the texts of the open items
};
Gate FactsGate(const procedure::GuardContext& context);      // G1 案情
Gate FlowGate(const procedure::GuardContext& context);       // G2 源頭和流向: asks the trace
Gate LiabilityGate(const procedure::GuardContext& context);  // G3 責任者
Gate ReferralGate(const procedure::GuardContext& context);   // G4 移送司法
Gate OfficialsGate(const procedure::GuardContext& context);  // G5 機關工作人員
// All five, exceptions applied.
std::vector<Gate> ComputeGates(const procedure::GuardContext& context);
// An approved exception makes an open gate excepted, or stale where it does not cover what is open.
GateStatus WithException(const procedure::Matter& matter, const GateAnswer& gate, base::Date today);
double UnresolvedShareOf(const procedure::GuardContext& context);

boost::json::array LotsOf(const records::EnforcementCase& record);  // every lot that the case names
std::vector<Indicator> IndicatorsOf(const procedure::GuardContext& context);

void AddQuestions(procedure::Services& services);
std::span<const procedure::EffectBinding> Records();
std::span<const storage::Migration> Migrations();
std::vector<ledger::LedgeredTable> LedgeredTables();
// A closed or open case whose exception went stale gets a lead, and shows that its gate is open again.
void WatchExceptions(procedure::Engine& engine);

}  // namespace zhian::enforcement
