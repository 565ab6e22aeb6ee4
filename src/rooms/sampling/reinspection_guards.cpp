// Guards of re-inspections 復檢, and of what a sample's conclusion is after them.
#include <algorithm>

#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "records/guard_fields.hpp"
#include "records/sampling.hpp"
#include "rooms/sampling/sample_files.hpp"

namespace zhian::guards {
using namespace procedure;
using namespace sampling;
using records::BackupSample;
using records::Reinspection;
using records::Sample;

namespace {

// A re-inspection whose outcome the sample has not taken over yet: nothing was confirmed or overturned since.
bool IsApplied(const GuardContext& context, const OnFile<Reinspection>& reinspection) {
  if (context.matter.kind != Sample::kKind || !reinspection.matter.terminal) return false;
  for (const char* action : {"confirm_fail", "overturn", "annul_by_objection"})
    if (const TransitionRow* move = LastMove(context, action);
        move != nullptr && move->at >= reinspection.matter.updated_at)
      return true;
  return false;
}
bool WasAccepted(const OnFile<Reinspection>& reinspection) {
  return reinspection.state != Reinspection::State::kApplied && reinspection.state != Reinspection::State::kRefused &&
         reinspection.state != Reinspection::State::kWithdrawn;
}

// The name of an institution without what stands in brackets and without spaces: its branch and head office are one.
std::string BareName(std::string_view name) {
  std::string folded = base::Fold(name), bare;
  int depth = 0;
  for (const char c : folded) {
    depth += c == '(' ? 1 : 0;
    if (depth == 0 && c != ' ') bare += c;
    depth -= c == ')' && depth > 0 ? 1 : 0;
  }
  return bare;
}

}  // namespace

GuardResult a_reinspection_or_objection_is_accepted(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto reinspections, ReinspectionsOf(context));
  for (const auto& reinspection : reinspections)
    if (WasAccepted(reinspection) && !IsApplied(context, reinspection)) return GuardResult::Holds();
  for (const Matter& matter : Linked(context, "objection"))
    if (!matter.terminal) return GuardResult::Holds();
  return GuardResult::Fails("没有已受理的复检或异议");
}

GuardResult reinspection_and_objection_are_ended(const GuardContext& context) {
  GuardResult result;
  ZHIAN_ASSIGN(auto reinspections, ReinspectionsOf(context));
  std::vector<Matter> open = Linked(context, "objection");
  for (auto& reinspection : reinspections) open.push_back(std::move(reinspection.matter));
  for (const Matter& matter : open)
    if (!matter.terminal) {
      result.holds = false;
      result.open_items.push_back(Say("{} 尚未办结", matter.number));
    }
  return result;
}

GuardResult final_conclusion_is_pass(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto reinspections, ReinspectionsOf(context));
  for (const auto& reinspection : reinspections)
    if (reinspection.state == Reinspection::State::kNotified &&
        reinspection.reinspection_verdict == Reinspection::ReinspectionVerdict::kPass)
      return GuardResult::Holds();
  return GuardResult::Fails("没有合格的复检结论");
}
GuardResult final_conclusion_is_invalid(const GuardContext& context) {
  for (const Matter& matter : Linked(context, "objection"))
    if (matter.state == "upheld") return GuardResult::Holds();
  return GuardResult::Fails("没有成立的异议");
}
GuardResult final_conclusion_is_fail(const GuardContext& context) {
  ZHIAN_TRY(ReinspectionsOf(context));  // what cannot be read is no conclusion either way
  return GuardResult::From(!final_conclusion_is_pass(context).holds && !final_conclusion_is_invalid(context).holds,
                           "最终结论不是不合格");
}

GuardResult applicant_is_party_to_the_sample(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  for (const auto& sample : samples)
    if (!context.matter.operator_id.empty() &&
        (sample.matter.operator_id == context.matter.operator_id || sample.producer == context.matter.operator_id ||
         sample.importer == context.matter.operator_id))
      return GuardResult::Holds();
  return GuardResult::Fails("申请人不是被抽样人、标称生产者或进口者");
}

GuardResult no_ground_against_reinspection_exists(const GuardContext& context) {
  GuardResult result;
  const auto fail = [&](Message item) {
    result.holds = false;
    result.open_items.push_back(std::move(item));
  };
  ZHIAN_ASSIGN(const auto reinspections, ReinspectionsOf(context));
  for (const auto& other : reinspections)
    // Two who may apply do not bar each other by applying: the one that is accepted bars the other.
    if (other.matter.id != context.matter.id && WasAccepted(other)) fail(Say("已申请过复检：{}", other.matter.number));
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  if (samples.empty()) fail("复检所指的样品没有找到");
  for (const auto& sample : samples) {
    const base::Date day = sample.concluded_on.value_or(context.today);
    for (const auto& row : sample.results)
      if (IsMicrobiological(context.services.policy, day, row.item, row.unit, row.method) &&
          !Judge(sample, std::vector{row}).outside.empty()) {
        fail(Say("“{}”是微生物项目，微生物项目不予复检", row.item));
        break;
      }
    for (const Matter& backup : LinkedWith(context, sample.matter.id, BackupSample::kKind))
      if (backup.state == "disposed") fail("备样已不能使用");
    if (sample.production_date)
      if (const auto end = ShelfLifeEnd(*sample.production_date, sample.shelf_life); end && *end < context.today)
        fail(Say("备样已于 {} 超过保质期", base::FormatDate(*end)));
  }
  return result;
}

GuardResult laboratory_differs_from_the_first(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto own, Reinspection::Read(context.matter));
  const std::string second = BareName(own.second_laboratory);
  if (second.empty()) return GuardResult::Fails("填写复检机构");
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  if (samples.empty()) return GuardResult::Fails("复检所指的样品没有找到");
  for (const auto& sample : samples) {
    const std::string first = BareName(sample.laboratory);
    if (first == second || (!first.empty() && (first.starts_with(second) || second.starts_with(first))))
      return GuardResult::Fails("复检机构不能是初检机构，本部和分支是同一机构");
    // The registered code tells two institutions apart where their names do not.
    const std::string code = sample.laboratory_code.empty() ? own.first_laboratory_code : sample.laboratory_code;
    if (code.empty()) return GuardResult::Fails("初检机构的统一社会信用代码没有登记，请一并填写");
    if (base::Fold(code) == base::Fold(own.second_laboratory_code))
      return GuardResult::Fails("复检机构与初检机构是同一法人（统一社会信用代码相同）");
    const std::string owner = sample.laboratory_owner.empty() ? own.first_laboratory_owner : sample.laboratory_owner;
    if (owner.empty()) return GuardResult::Fails("初检机构的举办单位没有登记，请一并填写");
    if (BareName(owner) == BareName(own.second_laboratory_owner))
      return GuardResult::Fails("复检机构与初检机构属同一举办单位");
  }
  return GuardResult::Holds();
}

GuardResult verdict_follows_the_results(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto own, Reinspection::Read(context.matter));
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  if (samples.empty()) return GuardResult::Fails("复检所指的样品没有找到");
  if (own.results.empty()) return GuardResult::Fails("复检机构还没有录入复检结果");
  Judged judged = Judge(samples.front(), own.results);
  if (!judged.unclear.empty()) return {false, std::move(judged.unclear)};
  if (own.reinspection_verdict == Reinspection::ReinspectionVerdict::kAbsent)
    return GuardResult::Holds();  // not asked yet
  const bool passes = own.reinspection_verdict == Reinspection::ReinspectionVerdict::kPass;
  if (passes == judged.outside.empty()) return GuardResult::Holds();
  return passes ? GuardResult{false, std::move(judged.outside)} : GuardResult::Fails("所有项目都在限量之内");
}

}  // namespace zhian::guards
