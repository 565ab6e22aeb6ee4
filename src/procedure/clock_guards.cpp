// Guards about limits and windows: whether the one of which a row speaks has passed, whether a right can still be used,
// whether a clock may stand still. Declared in src/procedure/data/guards.tsv and in the rooms' guards.tsv.
#include <algorithm>

#include "procedure/choose_rule.hpp"
#include "procedure/guard_tools.hpp"

namespace zhian::guards {
using namespace procedure;

namespace {

bool HasPassed(const DutyRow& row, base::Instant now) { return row.limit_at && *row.limit_at < now.ms; }

// The open duties of whose limits this row speaks (line "Lapses", else those that it closes).
std::vector<const DutyRow*> OpenOf(const GuardContext& context) {
  const std::vector<Text> named = LapsingDuties(context.kind, context.transition);
  std::vector<const DutyRow*> duties;
  for (const DutyRow& row : context.duties)
    if (row.state == DutyState::kOpen && std::find(named.begin(), named.end(), row.duty) != named.end())
      duties.push_back(&row);
  return duties;
}
std::string LabelOf(const GuardContext& context, std::string_view duty) {
  const Duty* declared = FindDuty(context.kind, duty);
  return declared == nullptr ? std::string(duty) : std::string(declared->label.zh_hans);
}
// The step by which the party stated its case in this round; nullptr where it has not.
const TransitionRow* StatementSince(const GuardContext& context, const DutyRow& window) {
  const TransitionRow* statement = LastMove(context, context.kind.traits.statement);
  return statement == nullptr || statement->recorded_at < window.opened_at ? nullptr : statement;
}
// A statement does not shorten the period: it may be added to until the limit. It ends with the limit, or with the step
// that takes the matter on (a hearing that was held, the step into the decision), which asked for the limit itself.
bool IsOver(const GuardContext& context, const DutyRow& window) {
  if (HasPassed(window, context.now) || window.state == DutyState::kLapsed) return true;
  if (window.state == DutyState::kOpen || window.state == DutyState::kSuspended) return false;
  const auto closes = [&](std::string_view action) {
    return std::any_of(context.kind.transitions.begin(), context.kind.transitions.end(), [&](const Transition& row) {
      return row.action == action && std::any_of(row.duties.begin(), row.duties.end(), [&](const DutyOp& op) {
               return op.kind == DutyOp::Kind::kClose && op.duty == window.duty;
             });
    });
  };
  return std::any_of(context.history.begin(), context.history.end(), [&](const TransitionRow& move) {
    return move.recorded_at >= window.opened_at && closes(move.action);
  });
}
const DutyRow* LastOf(std::span<const DutyRow> duties, Text duty) {
  const auto found = std::find_if(duties.rbegin(), duties.rend(), [&](const DutyRow& row) { return row.duty == duty; });
  return found == duties.rend() ? nullptr : &*found;
}
// The duty that a common action names.
const DutyRow* Chosen(const GuardContext& context) {
  const std::string id = Asked(context, "duty_id");
  for (const DutyRow& row : context.duties)
    if (row.id == id) return &row;
  return nullptr;
}
// The step of the kind itself that stops this duty for this ground; nullptr where only the general one does.
const Transition* OwnStop(const Kind& kind, Text duty, std::string_view ground) {
  for (const Transition& row : kind.transitions)
    for (const DutyOp& op : row.duties)
      if (op.kind == DutyOp::Kind::kSuspend && op.duty == duty && op.ground == ground) return &row;
  return nullptr;
}

}  // namespace

GuardResult limit_of_open_duty_has_passed(const GuardContext& context) {
  for (const DutyRow* duty : OpenOf(context))
    if (HasPassed(*duty, context.now)) return GuardResult::Holds();
  return GuardResult::Fails("期限尚未届满");
}

GuardResult limit_of_open_duty_has_not_passed(const GuardContext& context) {
  for (const DutyRow* duty : OpenOf(context))
    if (HasPassed(*duty, context.now)) return GuardResult::Fails(Say("“{}”的期限已过", LabelOf(context, duty->duty)));
  return GuardResult::Holds();
}

GuardResult limit_of_open_duty_has_passed_or_duty_refused(const GuardContext& context) {
  if (!context.matter.Field("refusal_witness").empty()) return GuardResult::Holds();
  GuardResult result = limit_of_open_duty_has_passed(context);
  if (!result.holds) result.open_items = {"期限尚未届满，也没有经见证的拒绝记录"};
  return result;
}

GuardResult application_is_within_time(const GuardContext& context) {
  // The limit is that of the duty which the application ends; what contests another matter keeps to that one's window.
  // Of several rounds the last one counts.
  std::vector<DutyRow> theirs;
  const DutyRow* limit = nullptr;
  bool over = false;
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
      limit = LastOf(theirs, window->id);
      over = contested->terminal;
    }
  }
  for (const DutyOp& op : context.transition.duties)
    if (limit == nullptr && op.kind == DutyOp::Kind::kClose) limit = LastOf(context.duties, op.duty);
  if (limit == nullptr) return GuardResult::Fails("没有可以申请的期限：通知尚未送达");
  if (HasPassed(*limit, context.now))
    return GuardResult::Fails(
        Say("期限已过（{}）", base::FormatDate(base::LocalDate(base::Instant{*limit->limit_at}))));
  // Another right that was used within the period (a statement) does not end it; without a limit its state decides.
  const bool is_open = limit->state == DutyState::kOpen || limit->state == DutyState::kSuspended;
  over |= limit->state == DutyState::kLapsed || (!limit->limit_at && !is_open);
  return GuardResult::From(!over, "期限已经结束");
}

GuardResult objection_is_within_time(const GuardContext& context) {
  const DutyRow* duty = LastWindow(context, WindowSort::kObjection);
  if (duty == nullptr || duty->state != DutyState::kOpen) return GuardResult::Fails("没有正在进行的申诉期");
  return GuardResult::From(!HasPassed(*duty, context.now), "申诉期已过");
}

GuardResult objection_period_is_over(const GuardContext& context) {
  const DutyRow* duty = LastWindow(context, WindowSort::kObjection);
  if (duty == nullptr) return GuardResult::Fails("结果尚未告知");
  return GuardResult::From(duty->state != DutyState::kOpen || HasPassed(*duty, context.now), "申诉期尚未届满");
}

GuardResult defence_period_is_over_and_defence_is_answered(const GuardContext& context) {
  GuardResult result;
  const DutyRow* period = LastWindow(context, WindowSort::kDefence);
  if (period == nullptr || !IsOver(context, *period)) {
    result.holds = false;
    result.open_items.emplace_back("陈述申辩期尚未届满");
  }
  // An answer that was given in the round before answers nothing of this one.
  const auto rounds = std::count_if(context.duties.begin(), context.duties.end(),
                                    [&](const DutyRow& row) { return period != nullptr && row.duty == period->duty; });
  const std::string answer = rounds > 1 ? Asked(context, "defence_answer") : context.matter.Field("defence_answer");
  if (period != nullptr && StatementSince(context, *period) != nullptr && answer.empty()) {
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
  return GuardResult::From(IsOver(context, *period), "陈述申辩期尚未届满");
}

GuardResult clock_may_stand_still(const GuardContext& context) {
  const DutyRow* duty = Chosen(context);
  if (duty == nullptr || (duty->state != DutyState::kOpen && duty->state != DutyState::kSuspended))
    return GuardResult::Fails("选择一项正在计时的待办");
  if (duty->state == DutyState::kOpen && HasPassed(*duty, context.now))
    return GuardResult::Fails("期限已过，不能再中止");
  const Duty* declared = FindDuty(context.kind, duty->duty);
  const std::string ground = Asked(context, "stop_ground");
  if (declared == nullptr ||
      std::find(declared->suspended_by.begin(), declared->suspended_by.end(), ground) == declared->suspended_by.end())
    return GuardResult::Fails("这项待办不因这个事由中止");
  // A test stops the clock by the step that sends it out, which a record bears out, and not by a word.
  if (const Transition* own = OwnStop(context.kind, duty->duty, ground); own != nullptr)
    return GuardResult::Fails(Say("这个事由以“{}”这一步中止", own->label));
  if (std::find(duty->stopped_by.begin(), duty->stopped_by.end(), ground) != duty->stopped_by.end())
    return GuardResult::Fails("这项待办已因这个事由中止");
  return GuardResult::Holds();
}

GuardResult clock_stands_still(const GuardContext& context) {
  const DutyRow* duty = Chosen(context);
  if (duty == nullptr || duty->state != DutyState::kSuspended) return GuardResult::Fails("选择一项已中止的待办");
  std::string ended = Asked(context, "ended_ground");
  if (ended.empty() && duty->stopped_by.size() > 1) return GuardResult::Fails("有几个中止事由，选择已经消失的一个");
  if (ended.empty()) ended = duty->stopped_by.empty() ? "" : duty->stopped_by.front();
  if (!duty->stopped_by.empty() &&
      std::find(duty->stopped_by.begin(), duty->stopped_by.end(), ended) == duty->stopped_by.end())
    return GuardResult::Fails("这项待办不是因这个事由中止的");
  if (const Transition* own = OwnStop(context.kind, duty->duty, ended); own != nullptr)
    return GuardResult::Fails(Say("因“{}”中止的，以相应的一步恢复", own->label));
  return GuardResult::Holds();
}

GuardResult deadline_is_stated(const GuardContext& context) {
  if (context.actor.system || context.origin != nullptr) return GuardResult::Holds();
  const auto stated = base::ParseDate(Asked(context, "deadline"));
  if (!stated.ok()) return GuardResult::Fails("填写日期");
  for (const DutyOp& op : context.transition.duties) {
    const Duty* duty = Opens(op) ? FindDuty(context.kind, op.duty) : nullptr;
    if (duty == nullptr || duty->clock.stated_by != "deadline") continue;
    const auto from = base::ParseDate(context.matter.Field(ChooseStart(duty->clock, context.matter).of));
    const base::Date day = from.ok() ? *from : context.today;
    if (*stated < day) return GuardResult::Fails("期限不能早于送达之日");
    const policy::Rule* rule = context.services.policy.Find(ChooseRule(duty->rule, context.matter), day);
    if (rule == nullptr) continue;
    const auto limit = policy::ComputeDeadline(*rule, base::StartOfDay(day), context.services.policy.calendar(), {});
    if (limit.ok() && base::StartOfDay(*stated) > limit->limit_at)
      return GuardResult::Fails(Say("期限不能晚于 {}（{}）", base::FormatDate(base::LocalDate(limit->limit_at)),
                                    context.services.policy.Cite(*rule, false)));
  }
  return GuardResult::Holds();
}

GuardResult order_was_served_at(const GuardContext& context) {
  if (context.actor.system || context.origin != nullptr) return GuardResult::Holds();
  const auto at = base::ParseInstant(Asked(context, "served_at"));
  if (!at.ok()) return GuardResult::Fails("填写送达的时刻，例如 2026-11-24T09:30:00+08:00");
  if (at->ms > context.now.ms) return GuardResult::Fails("送达的时刻不能晚于现在");
  // This very step makes the paper that is served.
  return GuardResult::From(*at >= base::StartOfDay(context.today), "送达的时刻不能早于今天：文书今天才作出");
}

}  // namespace zhian::guards
