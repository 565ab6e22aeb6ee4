// Guards of rectification 限期整改.
#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "procedure/guard_tools.hpp"
#include "records/inspection.hpp"

namespace zhian::guards {
using namespace procedure;
using records::Rectification;
using Severity = Rectification::FindingsRow::Severity;
using Recheck = Rectification::RecheckRow::Result;

GuardResult all_findings_are_minor(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto order, Rectification::Read(context.matter));
  if (order.findings.empty()) return GuardResult::Fails("没有登记问题");
  for (const auto& row : order.findings)
    if (row.severity != Severity::kMinor)
      return GuardResult::Fails(Say("“{}”不是轻微问题，须到场复查", Cut(row.finding)));
  if (!LinkedBy(context, "further").empty()) return GuardResult::Fails("已有线索，须到场复查");
  return GuardResult::Holds();
}

GuardResult each_finding_is_corrected(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto order, Rectification::Read(context.matter));
  GuardResult result;
  std::set<std::string> corrected;
  for (const auto& row : order.recheck)
    if (row.result == Recheck::kCorrected) corrected.insert(row.finding);
  for (const auto& row : order.findings)
    if (!corrected.contains(row.finding)) {
      result.holds = false;
      result.open_items.push_back(Say("“{}”没有复查为已改正", Cut(row.finding)));
    }
  if (corrected.empty()) return GuardResult::Fails("逐项填写复查结果");
  return result;
}

GuardResult uncorrected_findings_are_listed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto order, Rectification::Read(context.matter));
  for (const auto& row : order.recheck)
    if (row.result == Recheck::kNotCorrected) return GuardResult::Holds();
  return GuardResult::Fails("至少列出一项未改正的问题");
}

GuardResult second_order_is_allowed(const GuardContext& context) {
  int orders = 0;
  for (const TransitionRow& row : context.history)
    if (row.action == "order" || row.action == "order_again") ++orders;
  if (orders >= 2) return GuardResult::Fails("同一问题已责令两次，须升级处理");
  ZHIAN_ASSIGN(const auto order, Rectification::Read(context.matter));
  for (const auto& row : order.findings)
    if (row.severity == Severity::kSerious) return GuardResult::Fails("严重问题不得再次责令，须升级处理");
  return GuardResult::Holds();
}

GuardResult linked_lead_exists(const GuardContext& context) {
  return GuardResult::From(!LinkedBy(context, "further").empty(), "先登记以本事项为来源的线索");
}

GuardResult operator_is_unlicensed_or_counterfeiting(const GuardContext& context) {
  const auto permits = context.Ask("operator.permits", {{"operator_id", context.matter.operator_id}});
  if (!permits.ok()) return GuardResult::Fails("许可情况未能查清，请稍后再试");
  const auto* list = permits->if_array();
  const bool holds_one = list != nullptr && std::any_of(list->begin(), list->end(), [](const auto& permit) {
                           return permit.is_object() && base::TextAt(permit.get_object(), "state") == "valid";
                         });
  if (!holds_one) return GuardResult::Holds();
  ZHIAN_ASSIGN(const auto order, Rectification::Read(context.matter));
  for (const auto& row : order.findings)
    if (row.finding.find("假") != std::string::npos) return GuardResult::Holds();
  return GuardResult::Fails("主体持有有效许可，且没有制假的检查发现");
}

}  // namespace zhian::guards
