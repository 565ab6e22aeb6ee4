// Guards of disposals 核查處置.
#include <algorithm>

#include "procedure/guard_tools.hpp"
#include "records/sampling.hpp"
#include "rooms/sampling/sample_files.hpp"

namespace zhian::guards {
using namespace procedure;
using namespace sampling;
using records::Sample;

namespace {

std::vector<Matter> CasesOf(const GuardContext& context, const Matter& matter) {
  std::vector<Matter> cases;
  for (const Text kind : KindsAsked(context.kind, "case"))
    for (Matter& found : LinkedWith(context, matter.id, kind)) cases.push_back(std::move(found));
  return cases;
}
// Ended without a case, or by a fine on the spot, which is decided when the lead ends.
bool NeedsNoCase(const Matter& lead) {
  return Means(lead, Meaning::kEndedWithout) || (lead.terminal && !Shown(lead, "simple_fine").empty());
}

}  // namespace

GuardResult sample_is_failed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  for (const auto& sample : samples)
    if (sample.state == Sample::State::kFailed || sample.state == Sample::State::kContested)
      return GuardResult::Holds();
  return GuardResult::Fails("关联的样品没有不合格结论");
}

GuardResult final_conclusion_is_not_fail(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  for (const auto& sample : samples)
    if (sample.state == Sample::State::kPassed || sample.state == Sample::State::kClosedPass ||
        sample.state == Sample::State::kInvalid)
      return GuardResult::Holds();
  return GuardResult::Fails("样品的结论仍为不合格");
}

GuardResult linked_rectification_is_closed(const GuardContext& context) {
  GuardResult result;
  const auto fail = [&](Message item) {
    result.holds = false;
    result.open_items.push_back(std::move(item));
  };
  const auto linked = LinkedBy(context, "order");
  if (linked.empty()) return GuardResult::Fails("还没有责令整改");
  for (const Matter& order : linked) {
    if (!order.terminal) {
      fail(Say("整改 {} 尚未销号", order.number));
      continue;
    }
    if (Means(order, Meaning::kFulfilled)) continue;
    // Escalated: what it was escalated to must be there, a case of its own or through its lead.
    bool followed = !CasesOf(context, order).empty();
    for (const Text kind : KindsAsked(context.kind, "further"))
      for (const Matter& lead : LinkedWith(context, order.id, kind))
        followed |= NeedsNoCase(lead) || !CasesOf(context, lead).empty();
    if (!followed) fail(Say("整改 {} 已升级，而没有案件", order.number));
  }
  return result;
}

GuardResult linked_case_is_decided_or_not_needed(const GuardContext& context) {
  GuardResult result;
  const auto leads = LinkedBy(context, "further");
  if (leads.empty()) return GuardResult::Fails("还没有线索，也没有不予立案的决定");
  for (const Matter& lead : leads) {
    if (NeedsNoCase(lead) || AnyMeans(CasesOf(context, lead), Meaning::kDecided)) continue;
    result.holds = false;
    result.open_items.push_back(Say("线索 {} 的案件尚未决定", lead.number));
  }
  return result;
}

GuardResult linked_recall_is_closed_or_not_needed(const GuardContext& context) {
  GuardResult result;
  for (const Matter& recall : LinkedBy(context, "recalled"))
    if (!Means(recall, Meaning::kFulfilled) && !Means(recall, Meaning::kEndedWithout)) {
      result.holds = false;
      result.open_items.push_back(Say("召回 {} 尚未结案", recall.number));
    }
  return result;
}

}  // namespace zhian::guards
