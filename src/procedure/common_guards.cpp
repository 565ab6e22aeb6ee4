// Guards that mean the same in every room: limits, persons, publication. Declared in src/procedure/data/guards.tsv.
#include <algorithm>

#include "procedure/guard_tools.hpp"

namespace zhian::guards {
using namespace procedure;

namespace {
// The duties that decide: those that this row closes, or where it closes none, those open in this state.
std::vector<const DutyRow*> DecidingDuties(const GuardContext& context) {
  std::vector<const DutyRow*> duties;
  bool closes = false;
  for (const DutyOp& op : context.transition.duties) closes |= op.kind == DutyOp::Kind::kClose;
  for (const DutyRow& row : context.duties) {
    if (row.state != DutyState::kOpen) continue;
    const bool named =
        std::any_of(context.transition.duties.begin(), context.transition.duties.end(),
                    [&](const DutyOp& op) { return op.kind == DutyOp::Kind::kClose && op.duty == row.duty; });
    if (!closes || named) duties.push_back(&row);
  }
  return duties;
}
std::string LabelOf(const GuardContext& context, std::string_view duty) {
  const Duty* declared = FindDuty(context.kind, duty);
  return declared == nullptr ? std::string(duty) : std::string(declared->label.zh_hans);
}
// The step by which the party stated its case: it closed the window for that and left the matter where it was.
const TransitionRow* StatementOf(const GuardContext& context) {
  const Duty* window = FindWindow(context.kind, WindowSort::kDefence);
  const TransitionRow* last = nullptr;
  for (const TransitionRow& row : context.history) {
    const Transition* step = FindTransition(context.kind, row.from, row.action);
    if (window == nullptr || step == nullptr || row.from != row.to) continue;
    for (const DutyOp& op : step->duties)
      if (op.kind == DutyOp::Kind::kClose && op.duty == window->id) last = &row;
  }
  return last;
}
// Whether the party may no longer state its case, or has done so.
bool IsHeard(const GuardContext& context, const DutyRow& window) {
  return window.state != DutyState::kOpen || (window.limit_at && *window.limit_at < context.now.ms) ||
         StatementOf(context) != nullptr;
}
const DutyRow* FirstOf(std::span<const DutyRow> duties, Text duty) {
  const auto found = std::find_if(duties.begin(), duties.end(), [&](const DutyRow& row) { return row.duty == duty; });
  return found == duties.end() ? nullptr : &*found;
}
}  // namespace

GuardResult limit_of_open_duty_has_passed(const GuardContext& context) {
  for (const DutyRow* duty : DecidingDuties(context))
    if (duty->limit_at && *duty->limit_at < context.now.ms) return GuardResult::Holds();
  return GuardResult::Fails("期限尚未届满");
}

GuardResult limit_of_open_duty_has_not_passed(const GuardContext& context) {
  for (const DutyRow* duty : DecidingDuties(context))
    if (duty->limit_at && *duty->limit_at < context.now.ms)
      return GuardResult::Fails(Say("“{}”的期限已过", LabelOf(context, duty->duty)));
  return GuardResult::Holds();
}

GuardResult limit_of_open_duty_has_passed_or_duty_refused(const GuardContext& context) {
  if (!context.matter.Field("refusal_witness").empty()) return GuardResult::Holds();
  GuardResult result = limit_of_open_duty_has_passed(context);
  if (!result.holds) result.open_items = {"期限尚未届满，也没有经见证的拒绝记录"};
  return result;
}

GuardResult no_other_duty_is_open(const GuardContext& context) {
  GuardResult result;
  for (const DutyRow& row : context.duties) {
    if (row.state != DutyState::kOpen && row.state != DutyState::kSuspended) continue;
    const bool closed_here =
        std::any_of(context.transition.duties.begin(), context.transition.duties.end(),
                    [&](const DutyOp& op) { return op.kind == DutyOp::Kind::kClose && op.duty == row.duty; });
    if (closed_here) continue;
    result.holds = false;
    result.open_items.push_back(Say("“{}”尚未完成", LabelOf(context, row.duty)));
  }
  return result;
}

GuardResult application_is_within_time(const GuardContext& context) {
  // The limit is that of the duty which the application ends; what contests another matter keeps to that one's window.
  std::vector<DutyRow> theirs;
  const DutyRow* limit = nullptr;
  if (const Text field = context.kind.traits.contests; !field.empty()) {
    const auto contested = MatterOf(context, context.matter.Field(field));
    const Kind* kind = contested ? FindKind(contested->kind) : nullptr;
    const Duty* window = kind == nullptr ? nullptr : FindWindow(*kind, WindowSort::kContest);
    if (window != nullptr) {
      auto duties = LoadAllDuties(context.db, contested->id);
      if (duties.ok())
        theirs = std::move(*duties);
      else
        NoteUnread(context, duties.error());
      limit = FirstOf(theirs, window->id);
    }
  }
  for (const DutyOp& op : context.transition.duties)
    if (limit == nullptr && op.kind == DutyOp::Kind::kClose) limit = FirstOf(context.duties, op.duty);
  if (limit == nullptr) return GuardResult::Fails("没有可以申请的期限：通知尚未送达");
  if (limit->limit_at && *limit->limit_at < context.now.ms)
    return GuardResult::Fails(
        Say("期限已过（{}）", base::FormatDate(base::LocalDate(base::Instant{*limit->limit_at}))));
  return GuardResult::From(limit->state == DutyState::kOpen || limit->state == DutyState::kSuspended, "期限已经结束");
}

GuardResult objection_is_within_time(const GuardContext& context) {
  const DutyRow* duty = LastWindow(context, WindowSort::kObjection);
  if (duty == nullptr || duty->state != DutyState::kOpen) return GuardResult::Fails("没有正在进行的申诉期");
  return GuardResult::From(!duty->limit_at || *duty->limit_at >= context.now.ms, "申诉期已过");
}

GuardResult objection_period_is_over(const GuardContext& context) {
  const DutyRow* duty = LastWindow(context, WindowSort::kObjection);
  if (duty == nullptr) return GuardResult::Fails("结果尚未告知");
  return GuardResult::From(duty->state != DutyState::kOpen || (duty->limit_at && *duty->limit_at < context.now.ms),
                           "申诉期尚未届满");
}

GuardResult publication_of_result_is_done(const GuardContext& context) { return ResultIsPublic(context); }

GuardResult defence_period_is_over_and_defence_is_answered(const GuardContext& context) {
  GuardResult result;
  const DutyRow* period = LastWindow(context, WindowSort::kDefence);
  const TransitionRow* statement = StatementOf(context);
  if (statement == nullptr && (period == nullptr || !IsHeard(context, *period))) {
    result.holds = false;
    result.open_items.emplace_back("陈述申辩期尚未届满");
  }
  if (statement != nullptr && context.matter.Field("defence_answer").empty()) {
    result.holds = false;
    result.open_items.emplace_back("当事人已陈述申辩，填写逐条答复");
  }
  return result;
}

GuardResult party_was_heard(const GuardContext& context) {
  if (context.actor.system || context.origin != nullptr)
    return GuardResult::Holds();  // rests on the row that starts it
  if (FindWindow(context.kind, WindowSort::kDefence) == nullptr)
    return GuardResult::Holds();  // the record itself is asked by the form
  const DutyRow* period = LastWindow(context, WindowSort::kDefence);
  if (period == nullptr) return GuardResult::Fails("尚未告知当事人陈述申辩的权利");
  return GuardResult::From(IsHeard(context, *period), "陈述申辩期尚未届满");
}

}  // namespace zhian::guards
