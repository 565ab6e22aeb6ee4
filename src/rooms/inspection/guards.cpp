// Guards of rectification 限期整改.
#include <set>

#include "base/json.hpp"
#include "procedure/guard_tools.hpp"
#include "records/guard_fields.hpp"
#include "records/inspection.hpp"

namespace zhian::guards {
using namespace procedure;
using records::Rectification;
using Severity = Rectification::FindingsRow::Severity;
using Nature = Rectification::FindingsRow::Nature;
using Recheck = Rectification::RecheckRow::Result;

namespace {

// What the re-check says of the findings of the order, each by one row: what is wrong with it is told, and `corrected`
// holds the findings that it found corrected.
std::vector<Message> ReadRecheck(const Rectification& order, std::set<std::string>& corrected) {
  std::set<std::string> ordered, seen;
  for (const auto& row : order.findings) ordered.insert(base::Fold(row.finding));
  std::vector<Message> wrong;
  for (const auto& row : order.recheck) {
    const std::string finding = base::Fold(row.finding);
    if (!ordered.contains(finding)) wrong.push_back(Say("“{}”不是这次责令整改的问题", Cut(row.finding)));
    if (!seen.insert(finding).second) wrong.push_back(Say("“{}”写了两次，每个问题只写一次", Cut(row.finding)));
    if (row.result == Recheck::kCorrected) corrected.insert(finding);
  }
  return wrong;
}

// Within its days; 0 stands for a day that is not told.
bool IsInForce(const boost::json::object& permit, base::Instant now) {
  const auto at = [&](const char* name) {
    const auto* value = permit.if_contains(name);
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
  };
  return at("valid_from") <= now.ms && (at("valid_to") == 0 || at("valid_to") >= now.ms);
}

}  // namespace

GuardResult each_finding_has_a_measure(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto own, guard_fields::EachFindingHasAMeasure::ReadFields(context.matter.fields));
  if (own.findings.empty()) return GuardResult::Fails("没有登记问题");
  GuardResult result;
  std::set<std::string> seen;
  for (const auto& row : own.findings)
    if (!seen.insert(base::Fold(row.finding)).second) {
      result.holds = false;
      result.open_items.push_back(Say("“{}”写了两次，每个问题只写一次", Cut(row.finding)));
    }
  return result;
}

GuardResult all_findings_are_minor(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto order, Rectification::Read(context.matter));
  if (order.findings.empty()) return GuardResult::Fails("没有登记问题");
  for (const auto& row : order.findings)
    if (row.severity != Severity::kMinor || row.nature == Nature::kCounterfeit)
      return GuardResult::Fails(Say("“{}”不是轻微问题，须到场复查", Cut(row.finding)));
  if (!LinkedBy(context, "further").empty()) return GuardResult::Fails("已有线索，须到场复查");
  // Goods that are held, by whatever matter of this operator or linked with the order.
  const auto holds = [](const Matter& matter) { return !matter.terminal && Means(matter, Meaning::kHoldsGoods); };
  for (const Matter& matter : Linked(context, ""))
    if (holds(matter)) return GuardResult::Fails(Say("{} 还控制着货物，须到场复查", matter.number));
  for (const Matter& matter : MattersOf(context, context.matter.operator_id, "", {.only_open = true}))
    if (holds(matter)) return GuardResult::Fails(Say("{} 还控制着货物，须到场复查", matter.number));
  return GuardResult::Holds();
}

GuardResult each_finding_is_corrected(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto order, Rectification::Read(context.matter));
  if (order.findings.empty()) return GuardResult::Fails("没有登记问题");
  GuardResult result;
  std::set<std::string> corrected, evidenced;
  result.open_items = ReadRecheck(order, corrected);
  for (const auto& row : order.corrections)
    if (!row.evidence.empty()) evidenced.insert(base::Fold(row.finding));
  for (const auto& row : order.findings) {
    const std::string finding = base::Fold(row.finding);
    if (!corrected.contains(finding))
      result.open_items.push_back(Say("“{}”没有复查为已改正", Cut(row.finding)));
    else if (!evidenced.contains(finding))
      result.open_items.push_back(Say("“{}”的整改报告没有证据", Cut(row.finding)));
  }
  result.holds = result.open_items.empty();
  return result;
}

GuardResult uncorrected_findings_are_listed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto order, Rectification::Read(context.matter));
  std::set<std::string> corrected;
  if (auto wrong = ReadRecheck(order, corrected); !wrong.empty()) return {false, std::move(wrong)};
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
  // Of this party, and not ended without anything.
  for (const Matter& lead : LinkedBy(context, "further"))
    if (!Means(lead, Meaning::kEndedWithout) &&
        (lead.operator_id.empty() || lead.operator_id == context.matter.operator_id))
      return GuardResult::Holds();
  return GuardResult::Fails("先登记以本事项为来源的线索");
}

GuardResult operator_is_unlicensed_or_counterfeiting(const GuardContext& context) {
  using Ground = Rectification::ClosureGround;
  ZHIAN_ASSIGN(const auto order, Rectification::Read(context.matter));
  if (order.closure_ground == Ground::kCounterfeit) {
    for (const auto& row : order.findings)
      if (row.nature == Nature::kCounterfeit && row.severity == Severity::kSerious) return GuardResult::Holds();
    return GuardResult::Fails("整改单没有登记为制售假冒的严重问题");
  }
  if (order.closure_ground != Ground::kUnlicensed) return GuardResult::Fails("写明取缔的事由");
  // A permit counts for the activity that is written on it; a filing for the workshop, shop or stall that made it.
  const auto permits = context.Ask("operator.permits", {{"operator_id", context.matter.operator_id}});
  if (!permits.ok() || !permits->is_array()) return GuardResult::Fails("许可情况未能查清，请稍后再试");
  const std::string activity = base::Fold(order.closure_activity);
  for (const auto& each : permits->get_array()) {
    const auto* permit = each.if_object();
    if (permit == nullptr || base::TextAt(*permit, "state") != "valid" || !IsInForce(*permit, context.now)) continue;
    const std::string number(base::TextAt(*permit, "number"));
    if (activity.empty()) return GuardResult::Fails(Say("主体持有有效许可 {}，写明无证的经营活动类别", number));
    if (base::Fold(base::TextAt(*permit, "category")) == activity)
      return GuardResult::Fails(Say("主体持有有效许可 {}，包括该项活动", number));
  }
  for (const Matter& filing : OfSameOperator(context, "filed"))
    if (Means(filing, Meaning::kInForce)) return GuardResult::Fails(Say("主体已备案：{}", filing.number));
  return GuardResult::Holds();
}

}  // namespace zhian::guards
