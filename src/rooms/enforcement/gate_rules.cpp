#include "rooms/enforcement/gate_rules.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/enforcement/amounts.hpp"

namespace zhian::enforcement {
using procedure::Cut;
namespace {

constexpr double kRounding = 1e-9;  // sums of decimals

GateAnswer Begin(const char* gate) {
  GateAnswer answer;
  answer.gate = gate;
  return answer;
}
GateAnswer Finish(GateAnswer gate) {
  if (gate.open_items.empty()) gate.status = GateStatus::kClosed;
  return gate;
}
std::string Amount(double value) { return base::ShortNumber(value, 3); }
std::string Percent(double share) { return base::ShortNumber(100 * share, 3); }

const Evidence* Find(const std::vector<Evidence>& all, const std::string& id) {
  const auto it = std::find_if(all.begin(), all.end(), [&](const Evidence& e) { return e.id == id; });
  return it == all.end() ? nullptr : &*it;
}

// An offence by its name, however much of 生产、销售 and 罪 stands around it.
std::string PlainOffence(std::string_view name) {
  std::string text = base::Simplified(base::Fold(name));
  for (const std::string_view word : {"、", "，", ",", " ", "罪", "生产", "销售"})
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word)) text.erase(at, word.size());
  return text;
}
bool IsOffence(std::string_view a, std::string_view b) { return PlainOffence(a) == PlainOffence(b); }

// Why a proven fact does not count; empty where it does.
Message Weakness(const Fact& fact, const FactsInput& input) {
  const std::string statement = Cut(fact.statement);
  if (fact.confession_only) return Say("“{}”仅有口供，补充其他证据", statement);
  bool lawful = false, other = false;
  for (const std::string& id : fact.evidence) {
    const Evidence* evidence = Find(input.evidence, id);
    if (evidence == nullptr) return Say("“{}”引用的证据 {} 没有登记", statement, id);
    lawful |= evidence->lawful;
    other |= evidence->lawful && evidence->kind != "confession";
  }
  if (!lawful) return Say("“{}”没有经核对合法的证据", statement);
  if (!other) return Say("“{}”仅有口供，补充其他证据", statement);
  return {};
}

}  // namespace

std::string_view Name(GateStatus status) {
  switch (status) {
    case GateStatus::kClosed: return "closed";
    case GateStatus::kOpen: return "open";
    case GateStatus::kExcepted: return "excepted";
    case GateStatus::kNotApplicable: return "not_applicable";
    case GateStatus::kStale: return "stale";
  }
  return "open";
}

GateAnswer JudgeFacts(const FactsInput& input) {
  GateAnswer gate = Begin("G1");
  if (input.acts.empty()) gate.Open("no_act", "没有登记违法行为");
  std::set<std::pair<std::size_t, std::string>> proven;  // act, element
  std::set<std::size_t> harmed;
  for (const Fact& fact : input.facts) {
    if (fact.element == "harm" && fact.status != "refuted") harmed.insert(fact.acts.begin(), fact.acts.end());
    if (fact.status != "proven") continue;
    if (fact.acts.empty()) gate.Open("fact_without_act", Say("“{}”没有写明证明哪一个行为", Cut(fact.statement)));
    Message weakness = Weakness(fact, input);
    if (weakness.empty())
      for (const std::size_t act : fact.acts) proven.emplace(act, fact.element);
    else
      gate.Open("fact_weak", std::move(weakness));
  }
  for (std::size_t i = 0; i < input.acts.size(); ++i) {
    const Act& act = input.acts[i];
    const auto require = [&](const char* element, const char* code, Message text) {
      if (proven.contains({i, element})) return;
      gate.Open(code, input.acts.size() == 1 ? std::move(text) : Say("“{}”：{}", Cut(act.name), text));
    };
    for (const auto& [element, label] :
         {std::pair{"who", "何人"}, {"act", "何行为"}, {"when", "何时"}, {"where", "何地"}, {"how_much", "数量"}})
      require(element, "fact_unproven", Say("事实要素“{}”尚未查实", label));
    if (act.income_is_confiscated) require("income", "income_unproven", "没收违法所得，须查实违法所得");
    if (act.depends_on_mind) require("state_of_mind", "mind_unproven", "裁量取决于主观状态，须查实主观状态");
    if (harmed.contains(i)) require("harm", "harm_unproven", "有人受害，须查实危害后果");
  }
  for (const Evidence& evidence : input.evidence) {
    if (!evidence.checked)
      gate.Open("evidence_unchecked", Say("证据 {} 尚未由未取证的人核对合法性", evidence.id), "legal_reviewer");
    if (!evidence.lawful || evidence.resolved) continue;
    for (const std::string& id : evidence.contradicts) {
      const Evidence* other = Find(input.evidence, id);
      if (other != nullptr && other->lawful && !other->resolved)
        gate.Open("evidence_contradicts", Say("证据 {} 与 {} 矛盾，尚无另一人的说明", evidence.id, id),
                  "legal_reviewer");
    }
  }
  if (input.parties.empty()) gate.Open("no_party", "没有登记当事人");
  for (const Party& party : input.parties)
    if ((party.role == "principal" || party.role == "direct_person") && party.identity_proof.empty())
      gate.Open("party_without_proof", Say("{} 没有身份证明", party.name));
  for (const std::string& test : input.tests_outstanding)
    gate.Open("test_outstanding", Say("送检 {} 的结果尚未返回", test), "lab_verifier");
  if (input.goods.empty()) return Finish(std::move(gate));
  if (input.value_basis.empty()) gate.Open("value_without_basis", "货值没有依据");
  base::Decimal sum;
  for (const Goods& goods : input.goods) {
    const auto value = goods.quantity.Times(goods.price);
    const auto more = value.ok() ? sum.Plus(*value) : value;
    if (!more.ok()) {
      gate.Open("value_incalculable", Say("{}：{}", goods.name, more.error().message));
      return Finish(std::move(gate));
    }
    sum = *more;
    if (goods.currency != input.goods.front().currency) gate.Open("currencies_differ", "货值须用同一币种计算");
    // What the trace computes is a sum of shares: a number of its own kind, equal to within half a thousandth.
    if (const double quantity = goods.quantity.Estimate();
        goods.traced && std::abs(*goods.traced - quantity) > 0.0005 + kRounding * quantity)
      gate.Open("quantity_differs", Say("{} 的数量 {} 与追溯的 {} 不一致", goods.lot.empty() ? goods.name : goods.lot,
                                        goods.quantity.Short(3), Amount(*goods.traced)));
  }
  if (!IsAmount(input.stated_value, sum)) gate.Open("value_is_no_sum", Say("货值应为数量乘单价之和 {}", sum.Short()));
  return Finish(std::move(gate));
}

double Residual(const FlowBalance& b) { return b.received - (b.stock + b.shipped + b.input + b.destroyed + b.loss); }

GateAnswer JudgeFlow(const FlowInput& input) {
  GateAnswer gate = Begin("G2");
  if (input.lots.empty() && input.has_goods) {
    gate.Open("goods_without_lot", "登记了货物而没有批次，来源和流向无从查明");
    return gate;
  }
  if (input.lots.empty()) {
    if (input.not_applicable_confirmed)
      gate.status = GateStatus::kNotApplicable;
    else
      gate.Open("not_applicable_unconfirmed", "本案没有涉及货物，“不适用”须由另一人确认", "legal_reviewer");
    return gate;
  }
  for (const FlowLot& lot : input.lots) {
    if (!lot.traced) {
      gate.Open("lot_untraced", Say("批次 {} 没有追溯记录", lot.lot), "inspector");
      continue;
    }
    if (lot.cut) gate.Open("lot_cut", Say("批次 {} 的范围超过上限，须分批计算", lot.lot), "inspector");
    for (const FlowHolding& holding : lot.holdings)
      if (!holding.resolved)
        gate.Open("holding_unresolved",
                  Say("{} 的 {} 尚有 {} {} 去向未查明（{}）", holding.place, holding.item, Amount(holding.quantity),
                      lot.unit, holding.status),
                  "inspector");
    for (const FlowSource& source : lot.sources) {
      if (source.confirmed || source.kind == FlowSource::Kind::kProductionWithInputs) continue;
      gate.Open(source.kind == FlowSource::Kind::kFarm ? "farm_unconfirmed" : "source_unconfirmed",
                source.kind == FlowSource::Kind::kFarm ? Say("{} 的来源没有村级书面确认", source.name)
                                                       : Say("{} 的来源没有当地机关书面确认", source.name),
                source.kind == FlowSource::Kind::kFarm ? "village_official" : "case_officer");
    }
    const double allowed = lot.tolerance * lot.quantity * (1 + kRounding);
    for (const FlowBalance& balance : lot.balances)
      if (const double rest = Residual(balance); std::abs(rest) > allowed)
        gate.Open("balance_open",
                  Say("{} 的收付差额 {} {}（{}%）超过容差", balance.place, Amount(rest), lot.unit,
                      Percent(lot.quantity > 0 ? rest / lot.quantity : 0)),
                  "inspector");
    for (const Conversion& c : lot.conversions) {
      const double low = c.output * c.factor_min, high = c.output * c.factor_max;
      const double over = c.input > high ? c.input - high : c.input < low ? c.input - low : 0;
      gate.shown.push_back(
          Say(c.to_verify ? "{}：投入 {}，产出 {}，折算系数 {}（{}，待核）" : "{}：投入 {}，产出 {}，折算系数 {}（{}）",
              c.place, Amount(c.input), Amount(c.output),
              c.factor_min == c.factor_max ? Amount(c.factor_min) : Amount(c.factor_min) + "–" + Amount(c.factor_max),
              c.source));
      if (std::abs(over) > lot.tolerance * std::max(c.input, high) * (1 + kRounding))
        gate.Open("conversion_open", Say("{} 的投入与产出按折算系数相差 {} {}", c.place, Amount(over), lot.unit),
                  "inspector");
    }
    for (const procedure::KeyedItem& gap : lot.gaps)
      gate.open_items.push_back({.key = gap.key, .text = gap.text, .role = "inspector"});
  }
  bool excepted = false;
  for (const FlowGap& gap : input.gaps) {
    if (!gap.terminal)
      gate.Open("gap_open", Say("追溯缺口 {} 尚未查明", gap.number), "inspector");
    else if (gap.unresolvable && !gap.excepted)
      gate.Open("gap_unresolvable", Say("追溯缺口 {} 无法查明，没有有效的例外", gap.number), "bureau_head");
    excepted |= gap.unresolvable && gap.excepted;
  }
  for (const std::string& name : input.parties_without_lead)
    gate.Open("party_without_lead", Say("{} 没有单独的线索，也没有移送函", name));
  gate = Finish(std::move(gate));
  if (excepted && gate.status == GateStatus::kClosed) gate.status = GateStatus::kExcepted;
  return gate;
}

double UnresolvedShare(const FlowInput& input) {
  double total = 0, open = 0;
  for (const FlowLot& lot : input.lots) {
    if (!lot.traced || lot.quantity <= 0) return 1;
    total += lot.quantity;
    double here = 0;
    for (const FlowHolding& holding : lot.holdings)
      if (!holding.resolved) here += holding.quantity;
    for (const FlowBalance& balance : lot.balances) here += std::max(0.0, Residual(balance));
    open += std::min(here, lot.quantity);
  }
  return total > 0 ? open / total : 0;
}

GateAnswer JudgeLiability(const LiabilityInput& input) {
  GateAnswer gate = Begin("G3");
  if (input.parties.empty()) gate.Open("no_party", "没有登记当事人");
  const auto any = [&](std::initializer_list<std::string_view> states) {
    return std::any_of(input.transfer_states.begin(), input.transfer_states.end(), [&](const std::string& state) {
      return std::find(states.begin(), states.end(), state) != states.end();
    });
  };
  const auto among = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (!input.subject.empty() && std::none_of(input.parties.begin(), input.parties.end(),
                                             [&](const Party& party) { return party.name == input.subject; }))
    gate.Open("subject_is_no_party", Say("{} 是本案的对象，没有登记为当事人", input.subject));
  for (const Party& party : input.parties) {
    if (among(input.punished, party.name)) {
      if (!input.decision_served) gate.Open("decision_unserved", Say("{} 的处罚决定没有送达", party.name));
      if (among(input.ended, party.name)) continue;
      if (input.rest.sign() > 0)
        gate.Open("penalty_unpaid", Say("{} 的处罚尚未执行完毕，尚欠 {} 元", party.name, input.rest.Short()));
      continue;
    }
    const auto outcome = std::find_if(input.outcomes.begin(), input.outcomes.end(),
                                      [&](const LiableOutcome& o) { return o.party == party.name; });
    if (outcome == input.outcomes.end()) {
      gate.Open("party_without_outcome", Say("{} 没有处理结果", party.name));
    } else if (outcome->kind == "penalty") {
      gate.Open("penalty_undecided", Say("处罚决定没有处罚 {}", party.name));
    } else if (outcome->kind == "no_penalty") {
      if (!outcome->listed_ground)
        gate.Open("no_penalty_without_ground",
                  Say("{} 不予处罚没有法定理由（轻微、初次轻微已改正、免责、无责任能力、时效）", party.name));
      if (outcome->receipt.empty())
        gate.Open("no_penalty_undecided", Say("{} 不予处罚须另一人决定，填写决定文号", party.name), "bureau_head");
    } else if (outcome->kind == "criminal_transfer") {
      if (!any({"accepted", "handed_over", "ended"}))
        gate.Open("transfer_not_accepted", Say("{} 的移送尚未被公安机关受理", party.name));
    } else if (outcome->kind == "other_authority") {
      if (outcome->receipt.empty())
        gate.Open("receipt_missing", Say("{} 已移送其他机关，尚缺该机关的回执", party.name));
    } else if (outcome->kind == "party_ended") {
      if (outcome->receipt.empty()) gate.Open("end_unproven", Say("{} 已死亡或注销，尚缺证明", party.name));
    }
  }
  for (const auto& [party, message] : input.unexecuted) gate.Open("penalty_unexecuted", message);
  for (const Message& message : input.goods_open) gate.Open("goods_unsettled", message);
  for (const std::string& number : input.open_measures) gate.Open("measure_open", Say("强制措施 {} 尚未了结", number));
  if (input.heavy && !input.listing_answered)
    gate.Open("listing_unanswered", "较重处罚尚未提出是否列入失信名单", "credit_officer");
  return Finish(std::move(gate));
}

GateAnswer JudgeReferral(const ReferralInput& input) {
  GateAnswer gate = Begin("G4");
  const auto any = [&](std::initializer_list<std::string_view> states) {
    return std::any_of(input.transfers.begin(), input.transfers.end(), [&](const ReferralInput::Transfer& t) {
      return std::find(states.begin(), states.end(), t.state) != states.end();
    });
  };
  for (const auto& transfer : input.transfers) {
    static constexpr std::string_view kPending[] = {"proposed", "approved", "sent", "refused_by_police",
                                                    "reconsidering"};
    if (std::find(std::begin(kPending), std::end(kPending), transfer.state) != std::end(kPending))
      gate.Open("transfer_pending", Say("移送 {} 尚在办理", transfer.number));
    if (transfer.state == "not_sent" && !transfer.opinion)
      gate.Open("transfer_without_opinion", Say("移送 {} 决定不移送，没有法制审核意见", transfer.number),
                "legal_reviewer");
  }
  const bool touched =
      std::any_of(input.table.begin(), input.table.end(), [](const Offence& offence) { return offence.touched; });
  const bool only_below = std::all_of(input.checks.begin(), input.checks.end(),
                                      [](const ThresholdCheck& check) { return check.result == "below"; });
  // That no offence touches the acts is looked at again each time: an act may have been added since it was confirmed.
  if (input.not_applicable_confirmed && !touched && only_below) {
    if (gate.open_items.empty()) gate.status = GateStatus::kNotApplicable;
    return gate;
  }
  if (input.checks.empty() && !touched)
    gate.Open("thresholds_unchecked", "没有对照立案追诉标准（没有罪名涉及本案行为的，由另一人确认不适用）");
  for (const Offence& offence : input.table)
    if (offence.touched && std::none_of(input.checks.begin(), input.checks.end(), [&](const ThresholdCheck& check) {
          return IsOffence(check.offence, offence.name);
        }))
      gate.Open("offence_unchecked", Say("本案行为涉及“{}”，没有对照其立案追诉标准", offence.name));
  if (input.checks.empty()) return gate;
  const bool stale = input.changed_at > input.checked_at;
  if (stale) gate.Open("thresholds_stale", "货值、受害人数或检验结果在对照之后有变化，须重新对照");
  const bool sent = any({"accepted", "handed_over", "ended"}), back = any({"returned", "not_sent"});
  for (const ThresholdCheck& check : input.checks) {
    gate.shown.push_back(
        Say("{}：实测 {} {}，标准 {}", check.offence, check.measured.Short(), check.unit, check.threshold.Short()));
    const auto row = std::find_if(input.table.begin(), input.table.end(),
                                  [&](const Offence& offence) { return IsOffence(check.offence, offence.name); });
    if (row == input.table.end()) {
      if (check.result == "below")
        gate.Open("offence_unlisted", Say("{}：不在追诉标准表中，按难以认定办理", check.offence), "legal_reviewer");
    } else if (check.unit == "元" && check.threshold != row->threshold) {
      gate.Open("threshold_differs",
                Say("{}：标准应为 {} 元（{}）", check.offence, row->threshold.Short(), row->source));
    }
    if (check.result == "below" && check.measured >= check.threshold)
      gate.Open("threshold_reached", Say("{}：实测已达标准，结论不能是未达", check.offence));
    if (!stale && check.unit == "元" && check.measured < input.value && !IsAmount(check.measured, input.value))
      gate.Open("threshold_value_changed", Say("{}：货值已变为 {} 元，须重新对照", check.offence, input.value.Short()));
    if (check.result == "at_or_above" && !sent && !back)
      gate.Open("threshold_not_referred", Say("{}：达到标准而没有移送", check.offence));
    if (check.result == "undecidable" && !sent && !back) {
      if (check.reviewer.empty())
        gate.Open("threshold_without_opinion", Say("{}：难以认定，须有法制审核意见", check.offence), "legal_reviewer");
      if (check.police_answer.empty())
        gate.Open("threshold_without_answer", Say("{}：难以认定，须书面咨询公安机关并收到答复", check.offence));
    }
  }
  return Finish(std::move(gate));
}

GateAnswer JudgeOfficials(const OfficialsInput& input) {
  GateAnswer gate = Begin("G5");
  for (const std::string& number : input.open_interference)
    gate.Open("interference_open", Say("干预过问记录 {} 尚未处理", number), "supervision_organ");
  for (const std::string& number : input.open_accountability)
    gate.Open("accountability_open", Say("责任追究 {} 尚无结论", number), "supervision_organ");
  const auto answered = [&](const std::string& key) {
    return std::any_of(input.checks.begin(), input.checks.end(), [&](const OfficialCheck& check) {
      return check.by_organ && !check.answer.empty() && check.indicator == key;
    });
  };
  for (const OfficialCheck& check : input.checks) {
    if (!check.by_organ || check.answer.empty())
      gate.Open("question_unanswered",
                Say("“{}”没有监督机关的答复", Cut(check.question.empty() ? check.indicator : check.question)),
                "supervision_organ");
    else
      gate.shown.push_back(Say("{}：{}（{}）", check.indicator, Cut(check.answer), check.organ));
  }
  for (const Indicator& indicator : input.indicators)
    if (!answered(indicator.key))
      gate.Open("indicator_unanswered", Say("{} 没有核查答复", indicator.text), "supervision_organ");
  if (input.indicators.empty() && !input.on_clean_list)
    gate.Open("organ_unconfirmed", "没有监督机关“无异常”的确认", "supervision_organ");
  return Finish(std::move(gate));
}

}  // namespace zhian::enforcement
