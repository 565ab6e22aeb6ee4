// Guards of rectification 限期整改.
#include <set>

#include "procedure/guard_tools.hpp"

namespace zhian::guards {
using namespace procedure;

GuardResult all_findings_are_minor(const GuardContext& context) {
  const auto& findings = Items(context.matter, "findings");
  if (findings.empty()) return GuardResult::Fails("没有登记问题");
  for (const auto& finding : findings)
    if (Cell(finding, "severity") != "minor")
      return GuardResult::Fails(Say("“{}”不是轻微问题，须到场复查", Cut(Cell(finding, "finding"))));
  if (!LinkedBy(context, "further").empty()) return GuardResult::Fails("已有线索，须到场复查");
  return GuardResult::Holds();
}

GuardResult each_finding_is_corrected(const GuardContext& context) {
  GuardResult result;
  std::set<std::string> corrected;
  for (const auto& row : Items(context.matter, "recheck"))
    if (Cell(row, "result") == "corrected") corrected.insert(Cell(row, "finding"));
  for (const auto& finding : Items(context.matter, "findings"))
    if (!corrected.contains(Cell(finding, "finding"))) {
      result.holds = false;
      result.open_items.push_back(Say("“{}”没有复查为已改正", Cut(Cell(finding, "finding"))));
    }
  if (corrected.empty()) return GuardResult::Fails("逐项填写复查结果");
  return result;
}

GuardResult uncorrected_findings_are_listed(const GuardContext& context) {
  for (const auto& row : Items(context.matter, "recheck"))
    if (Cell(row, "result") == "not_corrected") return GuardResult::Holds();
  return GuardResult::Fails("至少列出一项未改正的问题");
}

GuardResult second_order_is_allowed(const GuardContext& context) {
  int orders = 0;
  for (const TransitionRow& row : context.history)
    if (row.action == "order" || row.action == "order_again") ++orders;
  if (orders >= 2) return GuardResult::Fails("同一问题已责令两次，须升级处理");
  for (const auto& finding : Items(context.matter, "findings"))
    if (Cell(finding, "severity") == "serious") return GuardResult::Fails("严重问题不得再次责令，须升级处理");
  return GuardResult::Holds();
}

GuardResult linked_lead_exists(const GuardContext& context) {
  return GuardResult::From(!LinkedBy(context, "further").empty(), "先登记以本事项为来源的线索");
}

GuardResult operator_is_unlicensed_or_counterfeiting(const GuardContext& context) {
  const auto rows =
      context.db.Query("SELECT 1 FROM permit WHERE district=$d AND operator_id=$1 AND state='valid' LIMIT 1",
                       {context.matter.operator_id});
  if (!rows.ok()) return GuardResult::Fails("许可情况未能查清，请稍后再试");
  if (rows->empty()) return GuardResult::Holds();
  for (const auto& finding : Items(context.matter, "findings"))
    if (Cell(finding, "finding").find("假") != std::string::npos) return GuardResult::Holds();
  return GuardResult::Fails("主体持有有效许可，且没有制假的检查发现");
}

}  // namespace zhian::guards
