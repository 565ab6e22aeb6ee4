// Guards and effects of supervision tasks, circulars, targets and assessments.
#include <algorithm>

#include "figures/figures.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/persons.hpp"
#include "records/governance.hpp"

namespace zhian::guards {
using namespace procedure;
using records::Assessment;
using records::Circular;
using records::SupervisionTask;
using records::TargetPlan;

GuardResult underlying_duty_is_closed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto task, SupervisionTask::Read(context.matter));
  if (task.underlying_duty.empty()) return GuardResult::Holds();  // pressed by an instruction, not by a duty
  const auto rows =
      context.db.Query("SELECT state FROM duty WHERE district=$d AND id=$1 LIMIT 1", {task.underlying_duty});
  if (!rows.ok() || rows->empty()) return GuardResult::Fails("原待办未能查清");
  const std::string state = rows->front().text(0);
  return GuardResult::From(state != "open" && state != "suspended", "被督办的待办尚未完成");
}

GuardResult each_target_is_a_defined_figure(const GuardContext& context) {
  GuardResult result;
  ZHIAN_ASSIGN(const auto plan, TargetPlan::Read(context.matter));
  for (const auto& row : plan.targets)
    if (figures::FindFigure(row.figure) == nullptr) {
      result.holds = false;
      result.open_items.push_back(Say("{} 不是目录中的指标", row.figure));
    }
  if (plan.targets.empty()) return GuardResult::Fails("至少一个目标");
  return result;
}

GuardResult weights_sum_to_one_hundred(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto plan, TargetPlan::Read(context.matter));
  base::Decimal sum;
  for (const auto& row : plan.targets) {
    ZHIAN_ASSIGN(sum, sum.Plus(row.weight.value_or(base::Decimal())));
  }
  return GuardResult::From(sum == base::Decimal(100), Say("权重合计须为 100，现为 {}", sum.Short()));
}

GuardResult adjustment_is_before_the_freeze(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto plan, TargetPlan::Read(context.matter));
  return GuardResult::From(context.today.year() <= plan.plan_year.value_or(0), "年度已结束，目标已冻结");
}
GuardResult year_has_ended(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto plan, TargetPlan::Read(context.matter));
  return GuardResult::From(plan.plan_year && context.today.year() > *plan.plan_year, "年度尚未结束");
}
GuardResult targets_are_frozen(const GuardContext& context) {
  for (const Matter& plan : Linked(context, "target_plan"))
    if (plan.state == "frozen") return GuardResult::Holds();
  return GuardResult::Fails("目标尚未冻结");
}
GuardResult grade_is_d(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto assessment, Assessment::Read(context.matter));
  // A systemic incident of the year makes the grade D, whatever the score (一票否决).
  return GuardResult::From(assessment.grade == Assessment::Grade::kD || assessment.incident, "考核等次不是 D");
}
GuardResult grade_is_not_d(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto assessment, Assessment::Read(context.matter));
  if (assessment.grade == Assessment::Grade::kAbsent) return GuardResult::Fails("尚未定等");
  return GuardResult::From(assessment.grade != Assessment::Grade::kD && !assessment.incident, "考核等次为 D");
}

// A circular says what the records say: each fact by the number of its matter, or as a figure whose records can be
// opened.
GuardResult facts_link_to_records(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto circular, Circular::Read(context.matter));
  if (circular.circular_facts.empty()) return GuardResult::Fails("至少写明一项事实");
  GuardResult result;
  for (const auto& row : circular.circular_facts) {
    if (figures::IsLive(row.record)) continue;
    ZHIAN_ASSIGN(const auto found,
                 context.db.Query("SELECT 1 FROM matter WHERE district=$d AND number=$1 LIMIT 1", {row.record}));
    if (!found.empty()) continue;
    result.holds = false;
    result.open_items.push_back(
        Say("事实“{}”所据的 {} 不是在案事项的编号，也不是指标", Cut(row.fact), Cut(row.record)));
  }
  return result;
}
GuardResult named_body_saw_the_facts(const GuardContext& context) {
  const TransitionRow* draft = LastMove(context, "draft_circular");
  const policy::Rule* shown = context.services.policy.Find("circular.show", context.today);
  if (draft == nullptr || shown == nullptr) return GuardResult::Fails("没有通报稿送达被通报单位的记录");
  const auto until = policy::ComputeDeadline(*shown, base::Instant{draft->at}, context.services.policy.calendar(), {});
  if (!until.ok()) return GuardResult::Fails(until.error().message);
  return GuardResult::From(context.now > until->limit_at, Say("通报稿须先送被通报单位核对，{} 之后才能签发",
                                                              base::FormatDate(base::LocalDate(until->limit_at))));
}
GuardResult circular_asks_no_reply(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto circular, Circular::Read(context.matter));
  return GuardResult::From(circular.reply_asked == Circular::ReplyAsked::kNo, "这份通报要求回复");
}

GuardResult result_was_verified_by_another_body(const GuardContext& context) {
  const PartsAsked reports{.actions = {"report_result", "report_stage", "self_assess"}, .also_named = false};
  if (ActorTookPart(context, reports)) return GuardResult::Fails("报告结果的人不能自己核实，须由另一单位核实");
  const std::string own = context.held == nullptr ? std::string() : context.held->body;
  for (const Participant& one : ParticipantsOf(context, reports))
    if (!own.empty() && one.who.body == own) return GuardResult::Fails("报告结果的是您所在的单位，须由另一单位核实");
  return GuardResult::Holds();
}

namespace {

// Whether the actor was to do it: named, or where nobody is, by his role over its territory.
Result<bool> WasToDo(const GuardContext& context, const DutyRow& duty) {
  if (!duty.holder_account.empty()) {
    const auto holders = PersonsOfAccounts(context, std::vector<std::string>{duty.holder_account});
    return IsSamePerson(holders.front(), {context.actor.account_id, context.actor.person_digest});
  }
  for (const HeldRole& held : context.actor.roles) {
    if (held.role != duty.holder_role) continue;
    ZHIAN_ASSIGN(const auto rows,
                 context.db.Query("SELECT 1 FROM jurisdiction_closure WHERE ancestor=$1 AND descendant=$2 LIMIT 1",
                                  {held.jurisdiction, duty.jurisdiction}));
    if (!rows.empty()) return true;
  }
  return false;
}

}  // namespace

GuardResult proposer_is_not_concerned(const GuardContext& context) {
  if (ActorTookPart(context, {.actions = {"propose"}})) return GuardResult::Fails("提出线索的人不能批准移交");
  ZHIAN_ASSIGN(const auto inquiry, records::Accountability::Read(context.matter));
  if (!inquiry.concerned.empty() &&
      (inquiry.concerned == context.actor.account_id || inquiry.concerned == context.actor.name))
    return GuardResult::Fails("您是所涉及的人，不能批准移交");
  // What it is about: the late duties of the matters behind it, directly or through the task that pressed them.
  for (const Matter& other : Related(context, "", 2)) {
    const auto duties = LoadAllDuties(context.db, other.id);
    if (!duties.ok()) {
      NoteUnread(context, duties.error());
      break;
    }
    for (const DutyRow& duty : *duties) {
      const bool is_open = duty.state == DutyState::kOpen || duty.state == DutyState::kSuspended;
      const bool is_late =
          duty.state == DutyState::kDoneLate || (is_open && duty.limit_at && *duty.limit_at < context.now.ms);
      if (!is_late) continue;
      ZHIAN_ASSIGN(const bool was_to_do, WasToDo(context, duty));
      if (was_to_do) return GuardResult::Fails(Say("{} 逾期的待办由您负责，不能批准移交自己", other.number));
    }
  }
  return GuardResult::Holds();
}

}  // namespace zhian::guards

namespace zhian::effects {
// Nothing to keep: the body's assessment counts outcomes from the records themselves.
Status set_body_assessment(procedure::EffectContext&) { return Ok(); }
}  // namespace zhian::effects
