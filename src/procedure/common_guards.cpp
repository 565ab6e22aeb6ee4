// Guards that mean the same in every room: persons, publication; those of limits stand in clock_guards.cpp. Declared in
// src/procedure/data/guards.tsv.
#include <algorithm>

#include "procedure/guard_tools.hpp"

namespace zhian::guards {
using namespace procedure;

namespace {
std::string LabelOf(const GuardContext& context, std::string_view duty) {
  const Duty* declared = FindDuty(context.kind, duty);
  return declared == nullptr ? std::string(duty) : std::string(declared->label.zh_hans);
}
}  // namespace

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

GuardResult publication_of_result_is_done(const GuardContext& context) { return ResultIsPublic(context); }

GuardResult officers_are_not_recused(const GuardContext& context) {
  for (const Matter& recusal : LinkedBy(context, "recused")) {
    const std::string person = recusal.Field("person");
    for (const auto& officer : Items(context.matter, "officers"))
      if (ScalarText(&officer) == person) return GuardResult::Fails("指派的人员中有人须回避");
  }
  return GuardResult::Holds();
}

}  // namespace zhian::guards
