// The predicates of the five gates over plain values: what gates.cpp reads from the records is judged here.
// Pure: no storage, clock or network; safe to call concurrently. Source: docs/gates.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/message.hpp"
#include "procedure/keyed_item.hpp"

namespace zhian::enforcement {

enum class GateStatus { kClosed, kOpen, kExcepted, kNotApplicable, kStale };
std::string_view Name(GateStatus status);

// What is still missing, and the role that can supply it.
struct OpenItem {
  std::string key;  // what an exception names; see procedure::KeyOf
  Message text;
  std::string_view role;
};
struct GateAnswer {
  std::string gate;  // "G1" … "G5"
  GateStatus status = GateStatus::kOpen;
  std::vector<OpenItem> open_items;
  std::vector<Message>
      shown;  // what a closed gate rests on: measured values and thresholds, conversion factors, answers
  void Open(std::string_view code, Message text, std::string_view role = "case_officer") {
    procedure::KeyedItem item = procedure::Keyed(code, std::move(text));
    open_items.push_back({.key = std::move(item.key), .text = std::move(item.text), .role = role});
  }
  [[nodiscard]] std::vector<procedure::KeyedItem> KeyedItems() const {
    std::vector<procedure::KeyedItem> items;
    for (const OpenItem& item : open_items) items.push_back({.key = item.key, .text = item.text});
    return items;
  }
  [[nodiscard]] bool Passes() const {
    return status == GateStatus::kClosed || status == GateStatus::kExcepted || status == GateStatus::kNotApplicable;
  }
};

// ---- G1
struct Evidence {
  std::string id, kind;  // kind "confession" alone proves nothing
  bool lawful = false;   // said by a person who did not collect it
  bool checked = false;
  std::vector<std::string> contradicts;
  bool resolved = false;  // a second person noted why the contradiction stands no longer
};
struct Fact {
  std::string element, statement, status;
  std::vector<std::string> evidence;  // ids
  bool confession_only = false;
  std::vector<std::size_t> acts{0};  // which acts of the case it proves
};
// An act with what must be proven of it beside the elements of every act.
struct Act {
  std::string name;
  bool income_is_confiscated = false, depends_on_mind = false;
};
struct Goods {
  std::string name, lot, unit, currency, outcome;
  base::Decimal quantity, price;
  std::optional<double> traced;  // quantity of the lot at the party, as the trace computes it, in the same unit
};
struct Party {
  std::string name, role, identity_proof;
};
struct FactsInput {
  std::vector<Act> acts;
  std::vector<Fact> facts;
  std::vector<Evidence> evidence;
  std::vector<Party> parties;
  std::vector<Goods> goods;
  std::vector<std::string> tests_outstanding;
  base::Decimal stated_value;
  std::string value_basis;
};
GateAnswer JudgeFacts(const FactsInput& input);

// ---- G2: quantities of the trace are computed shares of what was recorded, compared with a tolerance.
struct FlowHolding {
  std::string place, item, status;
  double quantity = 0;
  bool resolved = false;
};
// Where the backward trace of a lot ends.
struct FlowSource {
  std::string name;
  enum class Kind { kProductionWithInputs, kFarm, kOther } kind = Kind::kOther;
  bool confirmed = false;  // in writing: by the village (farm) or by the source's own authority
};
// One premises that handled the lot: what came against what is documented to have gone or to be there.
struct FlowBalance {
  std::string place;
  double received = 0, stock = 0, shipped = 0, input = 0, destroyed = 0, loss = 0;
};
// Input turned into output, in their own units of quantity; the factor is a dated row, input per output.
struct Conversion {
  std::string place, rule, source;
  double input = 0, output = 0, factor_min = 0, factor_max = 0;
  bool to_verify = false;
};
struct FlowLot {
  std::string lot, unit;
  double quantity = 0, tolerance = 0.01;  // tolerance: share of quantity
  bool traced = true, cut = false;
  std::vector<FlowHolding> holdings;
  std::vector<FlowSource> sources;
  std::vector<FlowBalance> balances;
  std::vector<Conversion> conversions;
  std::vector<procedure::KeyedItem> gaps;  // of the engine
};
struct FlowGap {
  std::string number;
  bool terminal = false, unresolvable = false, excepted = false;
};
struct FlowInput {
  bool not_applicable_confirmed = false;
  bool has_goods = false;  // goods are on the list of the case, with or without a lot
  std::vector<FlowLot> lots;
  std::vector<FlowGap> gaps;  // trace_gap matters
  std::vector<std::string> parties_without_lead;
};
GateAnswer JudgeFlow(const FlowInput& input);
// received − (stock + shipped + input + destroyed + loss)
double Residual(const FlowBalance& balance);
// Share of the quantity of all lots that stands in unresolved holdings or in residuals, 0 to 1. A lot without a trace
// counts whole.
double UnresolvedShare(const FlowInput& input);

// ---- G3
struct LiableOutcome {
  std::string party, kind, ground, receipt;  // receipt: number of the answer, decision or proof that the kind needs
  bool listed_ground = false;                // of no_penalty: a ground that the law lists was chosen
};
struct LiabilityInput {
  std::vector<Party> parties;
  std::string subject;                  // the operator of the case; "" where it has none
  std::vector<LiableOutcome> outcomes;  // of parties that the decision does not punish
  std::vector<std::string> punished,
      ended;  // parties with a row in the decision; those whose execution has lawfully ended
  bool decision_served = false;
  base::Decimal rest;                                       // money that is still owed
  std::vector<std::pair<std::string, Message>> unexecuted;  // party, and what it has not done
  std::vector<std::string> transfer_states;                 // of the case's referrals
  std::vector<Message> goods_open;                          // what of the goods is not settled
  std::vector<std::string> open_measures;                   // numbers
  bool heavy = false, listing_answered = false;
};
GateAnswer JudgeLiability(const LiabilityInput& input);

// ---- G4
struct ThresholdCheck {
  std::string offence, unit, result, reviewer, police_answer;
  base::Decimal measured, threshold;
};
// A row of the table of offences in force; `touched`: an act of the case breaks one of its articles.
struct Offence {
  std::string name, source;
  base::Decimal threshold;
  bool touched = false;
};
struct ReferralInput {
  bool not_applicable_confirmed = false;
  std::vector<Offence> table;
  std::vector<ThresholdCheck> checks;
  base::Decimal value;
  std::int64_t checked_at = 0, changed_at = 0;  // last checks, last change of value, victims or test result; ms
  struct Transfer {
    std::string number, state;
    bool opinion = false;  // a legal reviewer's, for what was not sent
  };
  std::vector<Transfer> transfers;
};
GateAnswer JudgeReferral(const ReferralInput& input);

// ---- G5
struct Indicator {
  std::string key;  // number of the record, or another short name that an answer can refer to
  Message text;
};
struct OfficialCheck {
  std::string indicator, question, answer, organ;
  bool by_organ = false;  // entered by the supervision organ, or by the head on the organ's written word
};
struct OfficialsInput {
  std::vector<Indicator> indicators;
  std::vector<OfficialCheck> checks;
  std::vector<std::string> open_interference, open_accountability;  // numbers
  bool on_clean_list = false;                                       // the organ's list "no indication" names the case
};
GateAnswer JudgeOfficials(const OfficialsInput& input);

}  // namespace zhian::enforcement
