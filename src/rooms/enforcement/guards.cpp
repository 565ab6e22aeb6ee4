// Guards and effects of leads, cases, measures and referrals. The five gates are in gates.cpp.
#include <algorithm>

#include "base/shown.hpp"
#include "base/text.hpp"
#include "policy/exact.hpp"
#include "procedure/exceptions.hpp"
#include "procedure/guard_tools.hpp"
#include "records/enforcement.hpp"
#include "records/guard_fields.hpp"
#include "rooms/enforcement/amounts.hpp"
#include "rooms/enforcement/gates.hpp"

namespace zhian::guards {
using namespace procedure;
using base::Decimal;
using records::CoerciveMeasure;
using records::EnforcementCase;

namespace {
Decimal Rule(const GuardContext& context, const char* id, const Decimal& otherwise) {
  return policy::Exact(context.services.policy, id, context.today).value_or(otherwise);
}
const Matter* SelfOrFirst(const GuardContext& context, const std::vector<Matter>& others) {
  return context.matter.kind == "enforcement_case" ? &context.matter : others.empty() ? nullptr : &others.front();
}
}  // namespace

GuardResult linked_lead_is_filed(const GuardContext& context) {
  for (const Matter& lead : Linked(context, "lead"))
    if (lead.state == "filed") return GuardResult::Holds();
  return GuardResult::Fails("关联的线索尚未立案");
}

GuardResult limitation_has_not_run_out(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto known, guard_fields::LimitationHasNotRunOut::ReadFields(context.matter.fields));
  auto ended = known.act_ended_on;
  if (!ended)
    for (const auto& act : known.acts) ended = act.to;
  if (!ended) return GuardResult::Fails("填写行为终了日期");
  const Decimal years = Rule(context, "case.limitation.health", Rule(context, "case.limitation", Decimal(2)));
  ZHIAN_ASSIGN(const Decimal months, years.Times(Decimal(12)));
  ZHIAN_ASSIGN(const std::int64_t whole, months.Whole());
  return GuardResult::From(base::AddMonths(*ended, static_cast<int>(whole)) >= context.today, "行为终了已超过追责时效");
}

GuardResult facts_and_evidence_are_complete(const GuardContext& context) {
  const auto gate = enforcement::FactsGate(context);
  const auto rest = Uncovered(context.matter, "G1", gate.Open(), context.today);
  return {rest.empty(), rest};
}

GuardResult goods_value_is_computed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  ZHIAN_ASSIGN(const Decimal sum, enforcement::ValueOf(record.goods));
  if (record.value_basis.empty()) return GuardResult::Fails("填写货值依据");
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

GuardResult crime_transfer_is_not_pending(const GuardContext& context) {
  for (const Matter& transfer : Linked(context, "judicial_transfer")) {
    static constexpr std::string_view kPending[] = {"proposed",          "approved",      "sent",
                                                    "refused_by_police", "reconsidering", "accepted"};
    if (std::find(std::begin(kPending), std::end(kPending), transfer.state) != std::end(kPending))
      return GuardResult::Fails(Say("移送 {} 尚在办理", transfer.number));
  }
  return GuardResult::Holds();
}

GuardResult no_preserved_item_is_open(const GuardContext& context) {
  const DutyRow* duty = LastDuty(context, "settle_preserved");
  return GuardResult::From(duty == nullptr || duty->state != DutyState::kOpen, "先行登记保存的证据尚未处理");
}

GuardResult penalty_is_within_the_band(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  base::Date on = context.today;
  for (const auto& act : record.acts) on = act.to.value_or(on);  // the law of the day of the act
  const policy::Rule* rule = context.services.policy.Find(record.band_rule, on);
  auto [low, high] = rule == nullptr ? policy::Band{} : policy::BandOf(*rule);
  if (!low && !high) return GuardResult::Fails("选择行为当日有效的罚款幅度");
  const Decimal none, fine = record.fine.value_or(none);
  if (rule->unit == "x") {
    for (auto* bound : {&low, &high})
      if (*bound) {
        ZHIAN_ASSIGN(*bound, (*bound)->Times(record.goods_value.value_or(none)));
      }
  } else if (rule->unit != "CNY") {
    return GuardResult::Fails(Say("规则 {} 不是罚款幅度", record.band_rule));
  }
  if (record.discretion == EnforcementCase::Discretion::kLighter && low && fine < *low && fine >= none)
    return GuardResult::Holds();  // mitigated: named in the decision
  return GuardResult::From((!low || fine >= *low) && (!high || fine <= *high),
                           Say("罚款须在 {} 之内（{}）", rule->value_text, rule->source));
}

GuardResult no_second_fine_for_the_same_act(const GuardContext& context) {
  const auto others = LoadMattersOfOperator(context.db, context.matter.operator_id, "enforcement_case");
  if (!others.ok()) return GuardResult::Fails("其他案件未能查清，请稍后再试");
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  ZHIAN_ASSIGN(const auto cases, ReadAll<EnforcementCase>(*others));
  using State = EnforcementCase::State;
  for (const auto& other : cases) {
    if (other.matter.id == context.matter.id ||
        (other.state != State::kDecided && other.state != State::kExecuting && other.state != State::kClosed))
      continue;
    for (const auto& mine : record.acts)
      for (const auto& theirs : other.acts)
        if (mine.act == theirs.act && mine.from == theirs.from)
          return GuardResult::Fails(Say("同一行为已在 {} 处罚", other.matter.number));
  }
  return GuardResult::Holds();
}

GuardResult reviewer_did_not_investigate(const GuardContext& context) {
  return GuardResult::From(
      !ActorDid(context, {"collect_evidence", "submit_report", "preserve_evidence", "open_from_raid", "start_test"}),
      "审核人不能是本案办案人员");
}

GuardResult hearing_host_is_independent(const GuardContext& context) {
  return GuardResult::From(
      !ActorDid(context, {"collect_evidence", "submit_report", "approve_review", "preserve_evidence"}),
      "听证主持人不能是办案人员或审核人员");
}

GuardResult hearing_threshold_is_met(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  const Decimal threshold = Rule(context, "case.hearing.org", Rule(context, "case.hearing.fine", Decimal()));
  return GuardResult::From(record.fine.value_or(Decimal()) >= threshold, "拟罚款未达听证标准");
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

GuardResult fine_reaches_the_municipal_threshold(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  const auto threshold = policy::Exact(context.services.policy, "fsl.fine.municipal", context.today);
  return GuardResult::From(threshold && record.fine.value_or(Decimal()) >= *threshold, "罚款未达市级决定额度");
}

GuardResult decision_level_is_right(const GuardContext& context) {
  ZHIAN_TRY(EnforcementCase::Read(context.matter));  // a fine that cannot be read is not one below the threshold
  const bool above = fine_reaches_the_municipal_threshold(context).holds;
  const bool upper = std::any_of(context.actor.roles.begin(), context.actor.roles.end(),
                                 [](const HeldRole& held) { return held.role == "upper_authority"; });
  return GuardResult::From(!above || upper, "罚款达到市级决定额度，须报市级决定");
}

GuardResult collective_discussion_is_recorded_if_grave(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  const bool grave =
      record.discretion == EnforcementCase::Discretion::kHeavier || fine_reaches_the_municipal_threshold(context).holds;
  return GuardResult::From(!grave || !record.collective_minutes.empty(), "重大案件，附集体讨论记录");
}

GuardResult amount_equals_decision_or_instalment_plan(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  ZHIAN_ASSIGN(const Decimal due, enforcement::DueOf(record));
  const Decimal paid = record.paid.value_or(Decimal());
  if (LastMove(context, "allow_instalments") != nullptr)
    return GuardResult::From(paid.sign() > 0 && paid <= due, "分期缴纳额须大于零且不超过决定额");
  return GuardResult::From(paid == due, Say("缴纳金额应为罚款与没收之和 {}", due.Short()));
}

GuardResult execution_is_complete_or_lawfully_ended(const GuardContext& context) {
  GuardResult result;
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  ZHIAN_ASSIGN(const Decimal due, enforcement::DueOf(record));
  ZHIAN_ASSIGN(const Decimal paid, enforcement::PaidIn(context));
  if (paid < due && LastMove(context, "apply_to_court") == nullptr) {
    ZHIAN_ASSIGN(const Decimal rest, due.Minus(paid));
    result.holds = false;
    result.open_items.push_back(Say("罚没款尚欠 {} 元", rest.Short()));
  }
  return result;
}

namespace {
// Of goods that were refused at the door: each lot with its whole quantity, in one unit, in the rows of what was
// disposed of.
GuardResult RefusedGoodsAreDisposed(const GuardContext& context) {
  GuardResult result;
  ZHIAN_ASSIGN(const auto refusal, guard_fields::GoodsBalanceIsZero::ReadFields(context.matter.fields));
  if (refusal.disposed.empty()) return result;  // asked before the form is filled; the form asks for the rows
  for (const auto& row : refusal.lots) {
    if (!row.quantity) continue;
    Decimal left = row.quantity->value;
    for (const auto& gone : refusal.disposed)
      if (gone.lot == row.lot && gone.quantity && gone.quantity->unit == row.quantity->unit) {
        ZHIAN_ASSIGN(left, left.Minus(gone.quantity->value));
      }
    if (left.sign() == 0) continue;
    result.holds = false;
    result.open_items.push_back(
        Say("批次 {} 还有 {} {} 没有处置", base::LotNumber(row.lot), left.Short(), row.quantity->unit));
  }
  return result;
}
}  // namespace

GuardResult goods_balance_is_zero(const GuardContext& context) {
  if (context.kind.id == "incoming_refusal") return RefusedGoodsAreDisposed(context);
  GuardResult result;
  const auto others = Related(context, "enforcement_case", 2);
  const Matter* matter = SelfOrFirst(context, others);
  if (matter == nullptr) return GuardResult::Fails("没有关联的案件");
  const auto check = [&](const auto& goods) {
    for (const auto& row : goods)
      if (Name(row.outcome).empty() || Name(row.outcome) == "held") {
        result.holds = false;
        result.open_items.push_back(Say("{} {} 尚未处理（退还、销毁、移交或没收）", row.name, row.lot));
      }
  };
  for (const Matter& measure : Related(context, "coercive_measure", 3))
    if (!measure.terminal) {
      ZHIAN_ASSIGN(const auto held, CoerciveMeasure::Read(measure));
      check(held.goods);
    }
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(*matter));
  check(record.goods);
  return result;
}

GuardResult archive_list_is_complete(const GuardContext& context) {
  const auto documents = LoadDocuments(context.db, context.matter.id);
  if (!documents.ok()) return GuardResult::Fails("案卷目录未能读取，请稍后再试");
  GuardResult result;
  for (const std::string_view kind :
       {"filing_approval", "investigation_report", "penalty_notice", "penalty_decision", "service_receipt"})
    if (std::none_of(documents->begin(), documents->end(), [&](const DocumentRow& d) { return d.kind == kind; })) {
      const DocumentKind* declared = FindDocumentKind(kind);
      result.holds = false;
      result.open_items.push_back(Say("缺少{}", std::string(declared == nullptr ? kind : declared->label.zh_hans)));
    }
  return result;
}

GuardResult appeal_period_is_over_or_payment_is_late(const GuardContext& context) {
  const DutyRow* pay = LastDuty(context, "pay_fine");
  return GuardResult::From(pay != nullptr && pay->limit_at && *pay->limit_at < context.now.ms, "缴款期限尚未届满");
}

GuardResult urging_period_is_over(const GuardContext& context) {
  const TransitionRow* urged = LastMove(context, "urge");
  const auto* rule = context.services.policy.Find("case.urge", context.today);
  if (urged == nullptr || rule == nullptr) return GuardResult::Fails("尚未催告");
  const auto limit = policy::ComputeDeadline(*rule, base::Instant{urged->at}, context.services.policy.calendar());
  return GuardResult::From(limit.ok() && limit->limit_at.ms < context.now.ms, "催告期尚未届满");
}

GuardResult penalty_or_transfer_decision_exists(const GuardContext& context) {
  for (const Matter& matter : Related(context, "enforcement_case", 3))
    if (matter.state == "executing" || matter.state == "closed" || matter.state == "decided")
      return GuardResult::Holds();
  for (const Matter& matter : Related(context, "judicial_transfer", 3))
    if (matter.state == "accepted" || matter.state == "handed_over") return GuardResult::Holds();
  return GuardResult::Fails("没有关联的处罚决定或移送");
}

GuardResult reconsideration_was_not_asked_before(const GuardContext& context) {
  return GuardResult::From(LastMove(context, "ask_reconsideration") == nullptr, "已提请过复议");
}
GuardResult supervision_was_not_asked_before(const GuardContext& context) {
  return GuardResult::From(LastMove(context, "ask_supervision") == nullptr, "已建议过立案监督");
}

}  // namespace zhian::guards

namespace zhian::effects {
// What happened to the goods of a measure is entered on the case that it served.
Status set_case_goods_balance(procedure::EffectContext& context) {
  procedure::Merge(context.matter, records::CoerciveMeasure{.goods_settled_on = context.today});
  return Ok();
}
}  // namespace zhian::effects
