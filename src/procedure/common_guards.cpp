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

GuardResult publication_of_result_is_done(const GuardContext& context) { return ResultIsPublic(context); }

}  // namespace zhian::guards
