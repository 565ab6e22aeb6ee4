// Guards and effects of supervision tasks, circulars, targets and assessments.
#include <algorithm>
#include <cmath>

#include "figures/figures.hpp"
#include "procedure/guard_tools.hpp"

namespace zhian::guards {
using namespace procedure;

GuardResult underlying_duty_is_closed(const GuardContext& context) {
  const std::string id = context.matter.Field("underlying_duty");
  if (id.empty()) return GuardResult::Holds();  // pressed by an instruction, not by a duty
  const auto rows = context.db.Query("SELECT state FROM duty WHERE district=$d AND id=$1 LIMIT 1", {id});
  if (!rows.ok() || rows->empty()) return GuardResult::Fails("原待办未能查清");
  const std::string state = rows->front().text(0);
  return GuardResult::From(state != "open" && state != "suspended", "被督办的待办尚未完成");
}

GuardResult each_target_is_a_defined_figure(const GuardContext& context) {
  GuardResult result;
  for (const auto& row : Items(context.matter, "targets"))
    if (figures::FindFigure(Cell(row, "figure")) == nullptr) {
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
  return GuardResult::From(context.today.year() <= static_cast<int>(context.matter.Number("plan_year")),
                           "年度已结束，目标已冻结");
}
GuardResult year_has_ended(const GuardContext& context) {
  return GuardResult::From(context.today.year() > static_cast<int>(context.matter.Number("plan_year")), "年度尚未结束");
}
GuardResult targets_are_frozen(const GuardContext& context) {
  for (const Matter& plan : Linked(context, "target_plan"))
    if (plan.state == "frozen") return GuardResult::Holds();
  return GuardResult::Fails("目标尚未冻结");
}
GuardResult grade_is_d(const GuardContext& context) {
  return GuardResult::From(context.matter.Field("grade") == "D", "考核等次不是 D");
}
GuardResult grade_is_not_d(const GuardContext& context) {
  const std::string grade = context.matter.Field("grade");
  return GuardResult::From(!grade.empty() && grade != "D", grade.empty() ? "尚未定等" : "考核等次为 D");
}

// A circular says what the records say: each fact by the number of its matter, or as a figure whose records can be
// opened.
GuardResult facts_link_to_records(const GuardContext& context) {
  if (Items(context.matter, "circular_facts").empty()) return GuardResult::Fails("至少写明一项事实");
  GuardResult result;
  for (const auto& row : Items(context.matter, "circular_facts")) {
    const std::string record = Cell(row, "record");
    if (figures::IsLive(record)) continue;
    const auto found = context.db.Query("SELECT 1 FROM matter WHERE district=$d AND number=$1 LIMIT 1", {record});
    if (found.ok() && !found->empty()) continue;
    result.holds = false;
    result.open_items.push_back(
        Say("事实“{}”所据的 {} 不是在案事项的编号，也不是指标", Cut(Cell(row, "fact")), Cut(record)));
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
  return GuardResult::From(context.matter.Field("reply_asked") == "no", "这份通报要求回复");
}

}  // namespace zhian::guards

namespace zhian::effects {
// The body's assessment reads outcomes from the records; the matter notes when it was counted.
Status set_body_assessment(procedure::EffectContext& context) {
  context.matter.fields["assessed_on"] = base::FormatDate(context.today);
  return Ok();
}
}  // namespace zhian::effects
