// Guards and effects of supervision tasks, targets and assessments.
#include <algorithm>
#include <cmath>

#include "procedure/guard_tools.hpp"
#include "rooms/governance/figures.hpp"

namespace zhian::guards {
using namespace procedure;

GuardResult underlying_duty_is_closed(const GuardContext& context) {
  const std::string id = context.matter.Field("underlying_duty");
  if (id.empty()) return GuardResult::Holds();  // pressed by an instruction, not by a duty
  const auto rows = context.db.Query("SELECT state FROM duty WHERE district='d' AND id=$1 LIMIT 1", {id});
  if (!rows.ok() || rows->empty()) return GuardResult::Fails("原待办未能查清");
  const std::string state = rows->front().text(0);
  return GuardResult::From(state != "open" && state != "suspended", "被督办的待办尚未完成");
}

GuardResult each_target_is_a_defined_figure(const GuardContext& context) {
  GuardResult result;
  for (const auto& row : Items(context.matter, "targets"))
    if (governance::FindFigure(Cell(row, "figure")) == nullptr) {
      result.holds = false;
      result.open_items.push_back(Say("{} 不是目录中的指标", Cell(row, "figure")));
    }
  if (Items(context.matter, "targets").empty()) return GuardResult::Fails("至少一个目标");
  return result;
}

GuardResult weights_sum_to_one_hundred(const GuardContext& context) {
  double sum = 0;
  for (const auto& row : Items(context.matter, "targets")) sum += NumberOf(row, "weight");
  return GuardResult::From(std::abs(sum - 100) < 1e-9, Say("权重合计须为 100，现为 {}", std::to_string(sum)));
}

GuardResult adjustment_is_before_the_freeze(const GuardContext& context) {
  return GuardResult::From(context.today.year() <= static_cast<int>(context.matter.Number("plan_year")), "年度已结束，目标已冻结");
}
GuardResult year_has_ended(const GuardContext& context) {
  return GuardResult::From(context.today.year() > static_cast<int>(context.matter.Number("plan_year")), "年度尚未结束");
}
GuardResult targets_are_frozen(const GuardContext& context) {
  for (const Matter& plan : Linked(context, "target_plan"))
    if (plan.state == "frozen") return GuardResult::Holds();
  return GuardResult::Fails("目标尚未冻结");
}
GuardResult grade_is_d(const GuardContext& context) { return GuardResult::From(context.matter.Field("grade") == "D", "考核等次不是 D"); }
GuardResult grade_is_not_d(const GuardContext& context) {
  const std::string grade = context.matter.Field("grade");
  return GuardResult::From(!grade.empty() && grade != "D", grade.empty() ? "尚未定等" : "考核等次为 D");
}

}  // namespace zhian::guards

namespace zhian::effects {
// The body's assessment reads outcomes from the records; the matter notes when it was counted.
Status set_body_assessment(procedure::EffectContext& context) {
  context.matter.fields["assessed_on"] = base::FormatDate(context.today);
  return Ok();
}
}  // namespace zhian::effects
