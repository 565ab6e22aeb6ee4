// Guards of leads, cases, measures and referrals: facts, persons, papers. What is decided is judged in
// penalty_guards.cpp, how it is carried out in execution_guards.cpp; the five gates are in gates.cpp.
#include <algorithm>

#include "base/text.hpp"
#include "procedure/exceptions.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/persons.hpp"
#include "records/enforcement.hpp"
#include "records/guard_fields.hpp"
#include "rooms/enforcement/amounts.hpp"
#include "rooms/enforcement/gates.hpp"

namespace zhian::guards {
using namespace procedure;
using base::Decimal;
using records::EnforcementCase;

GuardResult linked_lead_is_filed(const GuardContext& context) {
  for (const Matter& lead : Linked(context, "lead"))
    if (lead.state == "filed") return GuardResult::Holds();
  return GuardResult::Fails("关联的线索尚未立案");
}

GuardResult facts_and_evidence_are_complete(const GuardContext& context) {
  const auto gate = enforcement::FactsGate(context);
  const auto rest = Uncovered(context.matter, "G1", gate.answer.KeyedItems(), context.today);
  return {rest.empty(), rest};
}

GuardResult goods_value_is_computed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  ZHIAN_ASSIGN(const Decimal sum, enforcement::ValueOf(record.goods));
  if (!record.goods.empty() && record.value_basis.empty()) return GuardResult::Fails("填写货值依据");
  // A value that rests on a price nobody wrote down is no value.
  for (const auto& row : record.goods)
    if (!row.quantity || !row.price) return GuardResult::Fails(Say("{} 写明数量和单价", row.name));
  return GuardResult::From(enforcement::IsAmount(record.goods_value.value_or(Decimal()), sum),
                           Say("货值应为数量乘单价之和 {}", sum.Short()));
}

GuardResult gates_one_and_two_are_closed_or_excepted(const GuardContext& context) {
  GuardResult result;
  for (const auto& gate : enforcement::ComputeGates(context)) {
    if ((gate.answer.gate != "G1" && gate.answer.gate != "G2") || gate.answer.Passes()) continue;
    result.holds = false;
    const auto open = gate.Open();
    result.open_items.insert(result.open_items.end(), open.begin(), open.end());
  }
  return result;
}

GuardResult five_gates_are_closed(const GuardContext& context) {
  GuardResult result;
  for (const auto& gate : enforcement::ComputeGates(context)) {
    if (gate.answer.Passes()) continue;
    result.holds = false;
    for (const Message& item : gate.Open()) result.open_items.push_back(Say("{} {}", gate.answer.gate, item));
  }
  return result;
}

GuardResult no_preserved_item_is_open(const GuardContext& context) {
  const DutyRow* duty = LastDuty(context, "settle_preserved");
  return GuardResult::From(duty == nullptr || duty->state != DutyState::kOpen, "先行登记保存的证据尚未处理");
}

namespace {
// The step by which the actor took part in the investigation, of the case or of the lead before it: also where he is
// only named as an officer on site; nullopt where he did not.
std::optional<Message> Investigated(const GuardContext& context) {
  if (const auto part = ActorTookPart(
          context, {.actions = {"open_from_raid", "open_by_conversion", "collect_evidence", "preserve_evidence",
                                "settle_preserved", "start_test", "end_test", "refer_to_police", "submit_report",
                                "proceed", "supplement_facts", "revise_value", "confirm_source",
                                "record_threshold_checks", "settle_goods"}}))
    return PartText(context, context.kind, *part);
  for (const Matter& lead : Linked(context, "lead"))
    if (const auto part = ActorTookPart(context, lead, {.actions = {"assign", "secure"}}))
      return PartText(context, *FindKind("lead"), *part);
  return std::nullopt;
}
}  // namespace

GuardResult reviewer_did_not_investigate(const GuardContext& context) {
  const auto part = Investigated(context);
  return part ? GuardResult::Fails(Say("审核人不能是本案办案人员：{}", *part)) : GuardResult::Holds();
}

GuardResult hearing_host_is_independent(const GuardContext& context) {
  if (const auto part = Investigated(context))
    return GuardResult::Fails(Say("听证主持人不能是办案人员或审核人员：{}", *part));
  if (const auto part = ActorTookPart(context, {.actions = {"approve_review", "return_case"}}))
    return GuardResult::Fails(Say("听证主持人不能是办案人员或审核人员：{}", PartText(context, context.kind, *part)));
  return GuardResult::Holds();
}

GuardResult hearing_notice_period_is_kept(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  const auto& on = record.hearing_on;
  const auto* rule = context.services.policy.Find("case.hearing.notice", context.today);
  if (!on || rule == nullptr) return GuardResult::Fails("填写听证日期");
  const auto earliest = policy::ComputeDeadline(*rule, context.now, context.services.policy.calendar());
  return GuardResult::From(earliest.ok() && base::StartOfDay(*on).ms > earliest->limit_at.ms - 86'400'000,
                           Say("听证须至少提前 {}通知", rule->value_text));
}

GuardResult archive_list_is_complete(const GuardContext& context) {
  GuardResult result;
  const auto missing = [&](std::string_view kind, const std::string& number) {
    const DocumentKind* declared = FindDocumentKind(kind);
    const std::string label(declared == nullptr ? kind : declared->label.zh_hans);
    result.holds = false;
    result.open_items.push_back(number.empty() ? Say("缺少{}", label) : Say("{} 缺少{}", number, label));
  };
  const auto ask = [&](const std::string& matter_id, const std::string& number,
                       const std::vector<std::string_view>& kinds) {
    const auto documents = Noted(context, LoadDocuments(context.db, matter_id, kWholeMax));
    for (const std::string_view kind : kinds)
      if (std::none_of(documents.begin(), documents.end(),
                       [&](const DocumentRow& d) { return d.kind == kind && !d.sha256.empty(); }))
        missing(kind, number);
  };
  std::vector<std::string_view> kinds{"filing_approval", "investigation_report", "penalty_notice", "penalty_decision",
                                      "service_receipt"};
  // What was heard or tested has its own papers.
  if (LastMove(context, "finish_hearing") != nullptr) kinds.insert(kinds.end(), {"hearing_notice", "hearing_record"});
  if (LastMove(context, "start_test") != nullptr) kinds.insert(kinds.end(), {"test_request", "test_report"});
  if (LastMove(context, "preserve_evidence") != nullptr)
    kinds.insert(kinds.end(), {"preservation_notice", "preservation_result"});
  ask(context.matter.id, "", kinds);
  for (const Matter& measure : Linked(context, "coercive_measure"))
    if (!measure.Has("voided")) ask(measure.id, measure.number, {"seizure_decision"});
  return result;
}

GuardResult reconsideration_was_not_asked_before(const GuardContext& context) {
  return GuardResult::From(LastMove(context, "ask_reconsideration") == nullptr, "已提请过复议");
}
GuardResult supervision_was_not_asked_before(const GuardContext& context) {
  return GuardResult::From(LastMove(context, "ask_supervision") == nullptr, "已建议过立案监督");
}

GuardResult written_answer_is_attached(const GuardContext& context) {
  const TransitionRow* sent = LastMove(context, "send");
  return IsDayOfService(context, "answer_received_on", sent == nullptr ? 0 : sent->at);
}

}  // namespace zhian::guards
