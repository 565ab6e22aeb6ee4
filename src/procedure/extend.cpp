// extend_duty 延長期限: the head extends an open duty once, before its limit has passed, by the rule that its table
// names.
#include <algorithm>

#include "procedure/choose_rule.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/move.hpp"

namespace zhian::procedure {

const policy::Rule* ExtensionRule(const policy::Pack& pack, const Matter& matter, const DutyRow& row, base::Date on) {
  const Kind* kind = FindKind(matter.kind);
  const Duty* duty = kind == nullptr ? nullptr : FindDuty(*kind, row.duty);
  if (duty == nullptr || row.state != DutyState::kOpen || row.extended > 0 || !row.limit_at) return nullptr;
  const Text chosen = ChooseRule(duty->extension, matter);
  return chosen.empty() ? nullptr : pack.Find(chosen, on);
}

Status Engine::Extend(Move& move, DutyRow& row) {
  const policy::Rule* rule = ExtensionRule(move.matter, row, base::LocalDate(base::Instant{row.start_at}));
  if (rule == nullptr) return MakeError(ErrorCode::kConflict, "这项待办的期限依法不能延长");
  // The extension is counted from the day on which the first limit ends.
  ZHIAN_ASSIGN(const auto deadline,
               policy::ComputeDeadline(*rule, base::Instant{*row.limit_at}, services_.policy.calendar(), {}));
  move.computed["extension"] = {{"duty", row.duty},
                                {"limit_before", base::FormatInstant(base::Instant{*row.limit_at})},
                                {"limit_after", base::FormatInstant(deadline.limit_at)},
                                {"rule", rule->id}};
  row.limit_at = deadline.limit_at.ms;
  row.unmoved_at =
      deadline.unmoved == deadline.limit_at ? std::nullopt : std::optional<std::int64_t>(deadline.unmoved.ms);
  row.uncertain |= deadline.uncertain;
  row.extended = 1;
  return UpdateDuty(move.db, row);
}

}  // namespace zhian::procedure

namespace zhian::guards {
using namespace procedure;

GuardResult duty_can_be_extended(const GuardContext& context) {
  const std::string id = ScalarText(context.input.if_contains("duty_id"));
  const auto row =
      std::find_if(context.duties.begin(), context.duties.end(), [&](const DutyRow& duty) { return duty.id == id; });
  if (row == context.duties.end()) return GuardResult::Fails("这件事项没有这项待办");
  if (row->extended > 0) return GuardResult::Fails("这项待办已延长过一次，不能再延长");
  if (ExtensionRule(context.services.policy, context.matter, *row, base::LocalDate(base::Instant{row->start_at})) ==
      nullptr)
    return GuardResult::Fails("这项待办的期限依法不能延长");
  return GuardResult::From(context.now.ms <= *row->limit_at, "期限已过，不能再延长");
}

}  // namespace zhian::guards
