// Guards of the execution of a decision: payments, instalments, records of what was carried out, goods, urging and the
// court, and what hangs on a decision in force. The sums are those of execution.hpp.
#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "policy/exact.hpp"
#include "procedure/guard_tools.hpp"
#include "records/enforcement.hpp"
#include "records/guard_fields.hpp"
#include "rooms/enforcement/amounts.hpp"
#include "rooms/enforcement/execution.hpp"
#include "rooms/enforcement/penalties.hpp"

namespace zhian::guards {
using namespace procedure;
using namespace enforcement;
using base::Decimal;
using records::CoerciveMeasure;
using records::EnforcementCase;

namespace {

// The end of the time for a suit: six months from the service, or later where the party was served later again.
Result<base::Instant> AppealEnds(const GuardContext& context, const EnforcementCase& record) {
  const auto served = record.served_on;
  const auto* rule = served ? context.services.policy.Find("case.suit", *served) : nullptr;
  if (rule == nullptr) return MakeError(ErrorCode::kNotFound, "处罚决定没有送达日期，或者当日没有起诉期限的规则");
  ZHIAN_ASSIGN(const auto limit,
               policy::ComputeDeadline(*rule, base::StartOfDay(*served), context.services.policy.calendar()));
  return limit.limit_at;
}

Result<std::vector<CoerciveMeasure>> MeasuresOf(const GuardContext& context) {
  std::vector<CoerciveMeasure> measures;
  for (const Matter& measure : Related(context, "coercive_measure", 3)) {
    if (measure.Has("voided")) continue;
    ZHIAN_ASSIGN(CoerciveMeasure record, CoerciveMeasure::Read(measure));
    measures.push_back(std::move(record));
  }
  return measures;
}

}  // namespace

GuardResult amount_equals_decision_or_instalment_plan(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  const Decimal paid = record.paid.value_or(Decimal());
  const base::Date on = record.paid_on.value_or(context.today);
  if (on > context.today) return GuardResult::Fails("缴款日期不能晚于今天");
  ZHIAN_ASSIGN(const Debt debt, DebtOn(context, record, on));
  if (debt.rest.sign() == 0) return GuardResult::Fails("罚没款已经缴清");
  ZHIAN_ASSIGN(const Decimal most, debt.rest.Plus(debt.surcharge));
  if (paid >= debt.rest && paid <= most) return GuardResult::Holds();
  if (LastMove(context, "apply_to_court") != nullptr)  // the court hands over what it finds
    return GuardResult::From(paid.sign() > 0 && paid <= debt.rest, "法院执行到的金额须大于零且不超过尚欠的金额");
  ZHIAN_ASSIGN(const Decimal total, debt.paid.Plus(paid));
  for (const Decimal& step : debt.steps)
    if (total == step && paid.sign() > 0) return GuardResult::Holds();
  if (!debt.steps.empty()) {
    const auto next =
        std::find_if(debt.steps.begin(), debt.steps.end(), [&](const Decimal& s) { return s > debt.paid; });
    if (next != debt.steps.end()) {
      ZHIAN_ASSIGN(const Decimal amount, next->Minus(debt.paid));
      return GuardResult::Fails(Say("按分期计划，下一期应缴 {}", amount.Short()));
    }
  }
  return GuardResult::Fails(debt.surcharge.sign() > 0 ? Say("缴纳金额应为罚款与没收之和 {}，逾期加处罚款另加不超过 {}",
                                                            debt.rest.Short(), debt.surcharge.Short())
                                                      : Say("缴纳金额应为罚款与没收之和 {}", debt.rest.Short()));
}

GuardResult instalment_plan_is_complete(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  ZHIAN_ASSIGN(const auto form, guard_fields::InstalmentPlanIsComplete::ReadFields(context.input));
  ZHIAN_ASSIGN(const Debt debt, DebtOn(context, record, context.today));
  if (debt.rest.sign() == 0) return GuardResult::Fails("罚没款已经缴清");
  Decimal sum;
  base::Date last = context.today;
  for (const auto& row : form.instalments) {
    if (!row.on || !row.amount || row.amount->sign() <= 0) return GuardResult::Fails("每一期写明日期和大于零的金额");
    if (*row.on < last) return GuardResult::Fails("分期的日期须依次在今天之后");
    last = *row.on;
    ZHIAN_ASSIGN(sum, sum.Plus(*row.amount));
  }
  return GuardResult::From(sum == debt.rest, Say("各期之和应为尚欠的 {} 元", debt.rest.Short()));
}

GuardResult execution_is_evidenced(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  ZHIAN_ASSIGN(const auto form, guard_fields::ExecutionIsEvidenced::ReadFields(context.input));
  if (form.executions.empty()) return GuardResult::Fails("逐项填写执行记录");
  const auto rows = PenaltiesOf(record);
  for (const auto& act : form.executions) {
    if (std::none_of(rows.begin(), rows.end(),
                     [&](const Penalty& row) { return row.party == act.party && Name(row.kind) == Name(act.kind); }))
      return GuardResult::Fails(Say("决定没有对 {} 作这一种处罚", act.party));
    if (act.on && *act.on > context.today) return GuardResult::Fails("执行日期不能晚于今天");
    // A permit is revoked on its own file: what is written here rests on it.
    if (Name(act.kind) == "revocation") {
      ZHIAN_ASSIGN(const auto permits, context.Ask("operator.permits", {{"operator_id", context.matter.operator_id}}));
      const auto* held = permits.if_array();
      if (held == nullptr || std::none_of(held->begin(), held->end(), [&](const auto& permit) {
            const auto* file = permit.if_object();
            return file != nullptr && base::TextAt(*file, "state") == "revoked" &&
                   act.evidence.find(base::TextAt(*file, "number")) != std::string::npos;
          }))
        return GuardResult::Fails("许可证尚未吊销：先在许可档案上办理吊销，再写明许可证编号");
    }
  }
  return GuardResult::Holds();
}

GuardResult lawful_end_is_proven(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  ZHIAN_ASSIGN(const auto form, guard_fields::LawfulEndIsProven::ReadFields(context.input));
  const auto rows = PenaltiesOf(record);
  if (std::none_of(rows.begin(), rows.end(), [&](const Penalty& row) { return row.party == form.end_party; }))
    return GuardResult::Fails(Say("决定没有处罚 {}", form.end_party));
  if (form.end_files.empty()) return GuardResult::Fails("附死亡、注销证明或者法院的裁定");
  using Ground = guard_fields::LawfulEndIsProven::EndGround;
  if (form.end_ground == Ground::kCourtTerminated && LastMove(context, "apply_to_court") == nullptr)
    return GuardResult::Fails("没有申请过法院强制执行");
  return GuardResult::Holds();
}

GuardResult execution_is_complete_or_lawfully_ended(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  ZHIAN_ASSIGN(const Debt debt, DebtOn(context, record, context.today));
  GuardResult result;
  if (debt.rest.sign() > 0) {
    result.holds = false;
    result.open_items.push_back(Say("罚没款尚欠 {} 元", debt.rest.Short()));
  }
  ZHIAN_ASSIGN(const auto open, Unexecuted(context, record));
  for (const auto& [party, message] : open) {
    result.holds = false;
    result.open_items.push_back(message);
  }
  return result;
}

GuardResult each_settlement_is_evidenced(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  ZHIAN_ASSIGN(const auto form, guard_fields::EachSettlementIsEvidenced::ReadFields(context.input));
  using Way = guard_fields::EachSettlementIsEvidenced::SettlementsRow::Way;
  if (form.settlements.empty()) return GuardResult::Fails("逐项填写物品去向");
  for (const auto& row : form.settlements) {
    if (!row.quantity || row.quantity->value.sign() <= 0) return GuardResult::Fails(Say("{} 的数量须大于零", row.name));
    if (row.on && *row.on > context.today) return GuardResult::Fails("日期不能晚于今天");
    if (row.way == Way::kDestroyed && row.witness.empty())
      return GuardResult::Fails(Say("{} 的销毁须有见证人", row.name));
    if (row.way == Way::kRecalled && RelatedBy(context, "recalled", 4).empty())
      return GuardResult::Fails("本案没有关联的召回");
  }
  ZHIAN_ASSIGN(const auto measures, MeasuresOf(context));
  // What is still to be settled may wait; what was never counted cannot have gone anywhere.
  ZHIAN_ASSIGN(auto balance, GoodsBalance(context, record, measures, true));
  return {balance.empty(), std::move(balance)};
}

GuardResult goods_balance_is_zero(const GuardContext& context) {
  const auto judge = [](const GuardContext& of_case) -> GuardResult {
    ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(of_case.matter));
    ZHIAN_ASSIGN(const auto measures, MeasuresOf(of_case));
    ZHIAN_ASSIGN(auto open, GoodsBalance(of_case, record, measures));
    return {open.empty(), std::move(open)};
  };
  if (context.matter.kind == "enforcement_case") return judge(context);
  // Of a referral: the balance of the case that it refers.
  const auto cases = Related(context, "enforcement_case", 2);
  if (cases.empty()) return GuardResult::Fails("没有关联的案件");
  const auto history = LoadHistory(context.db, cases.front().id);
  if (!history.ok()) return history.error();
  static const Transition kNoStep{};
  static const boost::json::object kNoForm;
  const GuardContext of_case{.db = context.db,
                             .services = context.services,
                             .now = context.now,
                             .today = context.today,
                             .kind = *FindKind("enforcement_case"),
                             .matter = cases.front(),
                             .transition = kNoStep,
                             .actor = context.actor,
                             .input = kNoForm,
                             .history = *history,
                             .duties = {},
                             .origin = nullptr,
                             .unread = context.unread};
  return judge(of_case);
}

GuardResult appeal_period_is_over_or_payment_is_late(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  const base::Date today = context.today;
  ZHIAN_ASSIGN(const Debt debt, DebtOn(context, record, today));
  ZHIAN_ASSIGN(const auto open, Unexecuted(context, record));
  if (debt.rest.sign() == 0 && open.empty()) return GuardResult::Fails("处罚已经履行，无须催告");
  if (debt.late_since) return GuardResult::Holds();
  const auto ends = AppealEnds(context, record);
  if (ends.ok() && ends->ms < context.now.ms) return GuardResult::Holds();
  return GuardResult::Fails("缴款期限尚未届满");
}

GuardResult urging_period_is_over(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  const TransitionRow *urged = LastMove(context, "urge"), *served = LastMove(context, "serve");
  const auto* rule = context.services.policy.Find("case.urge", context.today);
  // What was urged before the last service was another decision's.
  if (urged == nullptr || rule == nullptr || (served != nullptr && urged->at < served->at))
    return GuardResult::Fails("尚未催告");
  const auto limit = policy::ComputeDeadline(*rule, base::Instant{urged->at}, context.services.policy.calendar());
  if (!limit.ok() || limit->limit_at.ms >= context.now.ms) return GuardResult::Fails("催告期尚未届满");
  if (context.matter.Has("disputed")) return GuardResult::Fails("复议或者诉讼尚无结果");
  ZHIAN_ASSIGN(const base::Instant ends, AppealEnds(context, record));
  if (ends.ms >= context.now.ms)
    return GuardResult::Fails(Say("起诉期限尚未届满（{}）", base::FormatDate(base::LocalDate(ends))));
  ZHIAN_ASSIGN(const Debt debt, DebtOn(context, record, context.today));
  ZHIAN_ASSIGN(const auto open, Unexecuted(context, record));
  return GuardResult::From(debt.rest.sign() > 0 || !open.empty(), "处罚已经履行，无须申请强制执行");
}

GuardResult penalty_or_transfer_decision_exists(const GuardContext& context) {
  // In force: served, of this party, and not before a court or a review body.
  for (const Matter& matter : Related(context, "enforcement_case", 3))
    if ((matter.state == "executing" || matter.state == "closed") && !matter.Has("disputed") &&
        (matter.operator_id.empty() || context.matter.operator_id.empty() ||
         matter.operator_id == context.matter.operator_id))
      return GuardResult::Holds();
  for (const Matter& matter : Related(context, "judicial_transfer", 3))
    if (matter.state == "accepted" || matter.state == "handed_over") return GuardResult::Holds();
  return GuardResult::Fails("没有关联的处罚决定或移送");
}

}  // namespace zhian::guards
