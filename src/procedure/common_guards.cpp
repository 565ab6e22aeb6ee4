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
bool Published(const Matter& matter) {
  return matter.state == "published" || matter.state == "ended" || matter.state == "not_public";
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

GuardResult another_person_decides(const GuardContext& context) {
  return GuardResult::From(!ActorDid(context), "您办理过这件事项的前面步骤，须由另一人决定");
}

GuardResult application_is_within_time(const GuardContext& context) {
  // The window belongs to the matter that is contested: the sample's for a re-inspection, this matter's own else.
  std::vector<DutyRow> windows(context.duties.begin(), context.duties.end());
  if (context.matter.kind == "reinspection") {
    windows.clear();
    auto duties = LoadAllDuties(context.db, context.matter.Field("sample_id"));
    if (duties.ok())
      windows = std::move(*duties);
    else
      NoteUnread(context, duties.error());
  }
  for (const DutyRow& row : windows) {
    const bool window =
        row.duty == "open_contest_window" || row.duty == "state_defence" || row.duty == "decide_on_refusal";
    if (!window) continue;
    if (row.limit_at && *row.limit_at < context.now.ms)
      return GuardResult::Fails(Say("期限已过（{}）", base::FormatDate(base::LocalDate(base::Instant{*row.limit_at}))));
    if (row.state != DutyState::kOpen && row.state != DutyState::kSuspended) return GuardResult::Fails("期限已经结束");
    return GuardResult::Holds();
  }
  return GuardResult::Fails("没有可以申请的期限：通知尚未送达");
}

GuardResult objection_is_within_time(const GuardContext& context) {
  const DutyRow* duty = LastDuty(context, "object_score");
  if (duty == nullptr || duty->state != DutyState::kOpen) return GuardResult::Fails("没有正在进行的申诉期");
  return GuardResult::From(!duty->limit_at || *duty->limit_at >= context.now.ms, "申诉期已过");
}

GuardResult objection_period_is_over(const GuardContext& context) {
  const DutyRow* duty = LastDuty(context, "object_score");
  if (duty == nullptr) return GuardResult::Fails("结果尚未告知");
  return GuardResult::From(duty->state != DutyState::kOpen || (duty->limit_at && *duty->limit_at < context.now.ms),
                           "申诉期尚未届满");
}

GuardResult publication_of_result_is_done(const GuardContext& context) {
  for (const Matter& publication : Linked(context, "publication"))
    if (Published(publication)) return GuardResult::Holds();
  // A sample's result is published through its disposal.
  for (const Matter& disposal : Linked(context, "disposal")) {
    const auto linked = LinkedWith(context, disposal.id, "publication");
    if (std::any_of(linked.begin(), linked.end(), Published)) return GuardResult::Holds();
  }
  return GuardResult::Fails("结果尚未公开，也没有不予公开的决定");
}

GuardResult publication_of_result_is_done_or_monitoring_only(const GuardContext& context) {
  if (context.matter.Field("purpose") == "monitoring") return GuardResult::Holds();
  return publication_of_result_is_done(context);
}

GuardResult defence_period_is_over_and_defence_is_answered(const GuardContext& context) {
  GuardResult result;
  const DutyRow* period = LastDuty(context, "state_defence");
  const TransitionRow* statement = LastMove(context, "state");
  if (statement == nullptr && (period == nullptr || (period->state == DutyState::kOpen &&
                                                     (!period->limit_at || *period->limit_at >= context.now.ms)))) {
    result.holds = false;
    result.open_items.emplace_back("陈述申辩期尚未届满");
  }
  if (statement != nullptr && context.matter.Field("defence_answer").empty()) {
    result.holds = false;
    result.open_items.emplace_back("当事人已陈述申辩，填写逐条答复");
  }
  return result;
}

GuardResult result_was_verified_by_another_body(const GuardContext& context) {
  const bool reported = ActorDid(context, {"report_result", "report_stage", "self_assess"});
  return GuardResult::From(!reported, "报告结果的人不能自己核实，须由另一单位核实");
}

GuardResult officers_are_not_recused(const GuardContext& context) {
  for (const Matter& recusal : Linked(context, "recusal")) {
    const std::string person = recusal.Field("person");
    for (const auto& officer : Items(context.matter, "officers"))
      if (ScalarText(&officer) == person) return GuardResult::Fails("指派的人员中有人须回避");
  }
  return GuardResult::Holds();
}

GuardResult proposer_is_not_concerned(const GuardContext& context) {
  return GuardResult::From(!ActorDid(context, {"propose"}), "提出线索的人不能批准移交");
}

}  // namespace zhian::guards
