// Guards and effects of samples and of what the laboratory finds.
#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "policy/exact.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/persons.hpp"
#include "records/guard_fields.hpp"
#include "records/sampling.hpp"
#include "rooms/sampling/sample_files.hpp"

namespace zhian::sampling {
using namespace procedure;
using records::BackupSample;
using records::Disposal;
using records::Reinspection;
using records::Sample;

Result<std::vector<OnFile<Sample>>> SampleOf(const GuardContext& context) {
  if (context.matter.kind == Sample::kKind) return ReadAll<Sample>({context.matter});
  std::string named;
  if (context.matter.kind == Disposal::kKind) {
    ZHIAN_ASSIGN(const auto disposal, Disposal::Read(context.matter));
    named = disposal.sample_id;
  } else if (context.matter.kind == Reinspection::kKind) {
    ZHIAN_ASSIGN(const auto reinspection, Reinspection::Read(context.matter));
    named = reinspection.sample_id;
  }
  if (!named.empty())
    if (auto sample = MatterOf(context, named)) return ReadAll<Sample>({std::move(*sample)});
  return ReadAll<Sample>(Linked(context, Sample::kKind));
}

Result<std::vector<OnFile<Reinspection>>> ReinspectionsOf(const GuardContext& context) {
  std::vector<Matter> all;
  const auto add = [&](Matter matter) {
    if (std::none_of(all.begin(), all.end(), [&](const Matter& known) { return known.id == matter.id; }))
      all.push_back(std::move(matter));
  };
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  for (const auto& sample : samples) {
    for (Matter& found : LinkedWith(context, sample.matter.id, Reinspection::kKind)) add(std::move(found));
    for (const std::string& party : std::set<std::string>{sample.matter.operator_id, sample.producer, sample.importer})
      for (Matter& found : MattersOf(context, party, Reinspection::kKind, {.with_exercises = true}))
        if (found.Field(Reinspection::Names::sample_id) == sample.matter.id) add(std::move(found));
  }
  return ReadAll<Reinspection>(std::move(all));
}

namespace {

// Sampled since the day: id and title of each, over the whole district.
Result<std::vector<Matter>> SampledSince(const GuardContext& context, base::Date day, const std::string& product) {
  constexpr std::int64_t kTitlesMax = 20'000;
  ZHIAN_ASSIGN(const auto rows,
               context.db.Query("SELECT id, title FROM matter WHERE district=$d AND kind='sample' AND opened_at>=$1 "
                                "ORDER BY opened_at, id LIMIT $2",
                                {base::StartOfDay(day).ms, kTitlesMax + 1}));
  if (static_cast<std::int64_t>(rows.size()) > kTitlesMax) NoteCut(context);
  std::vector<Matter> found;
  for (const auto& row : rows) {
    if (row.text(0) == context.matter.id || !base::Fold(row.text(1)).starts_with(product)) continue;
    ZHIAN_ASSIGN(auto matter, LoadMatter(context.db, row.text(0)));
    if (matter.state != "not_taken" && matter.state != "invalid" && !matter.Has("training"))
      found.push_back(std::move(matter));
  }
  return found;
}
bool SameProducer(const Sample& a, const std::string& a_operator, const Sample& b, const std::string& b_operator) {
  if (!a.producer.empty() && !b.producer.empty()) return a.producer == b.producer;
  const std::string mine = base::Fold(a.producer_name), theirs = base::Fold(b.producer_name);
  if (!mine.empty() && !theirs.empty()) return mine == theirs;
  return a_operator == b_operator;
}

}  // namespace
}  // namespace zhian::sampling

namespace zhian::guards {
using namespace procedure;
using namespace sampling;
using records::BackupSample;
using records::Reinspection;
using records::Sample;

GuardResult every_item_has_value_limit_and_method(const GuardContext& context) {
  Judged judged;
  if (context.matter.kind == Reinspection::kKind) {
    ZHIAN_ASSIGN(const auto own, Reinspection::Read(context.matter));
    ZHIAN_ASSIGN(const auto samples, SampleOf(context));
    if (samples.empty()) return GuardResult::Fails("复检所指的样品没有找到");
    if (own.results.empty()) return GuardResult::Fails("还没有检验结果");
    judged = Judge(samples.front(), own.results);
    // What is tested again is what failed.
    for (const auto& failed : samples.front().results) {
      if (Judge(samples.front(), std::vector{failed}).outside.empty()) continue;
      if (std::none_of(own.results.begin(), own.results.end(),
                       [&](const auto& row) { return base::Fold(row.item) == base::Fold(failed.item); }))
        judged.unclear.push_back(Say("初检不合格的“{}”没有复检结果", failed.item));
    }
  } else {
    ZHIAN_ASSIGN(const auto sample, Sample::Read(context.matter));
    if (sample.results.empty()) return GuardResult::Fails("还没有检验结果");
    judged = Judge(sample, sample.results);
  }
  return {judged.unclear.empty(), std::move(judged.unclear)};
}

GuardResult all_items_are_within_limits(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto sample, Sample::Read(context.matter));
  if (sample.results.empty()) return GuardResult::Fails("还没有检验结果");
  Judged judged = Judge(sample, sample.results);
  for (Message& open : judged.unclear) judged.outside.push_back(std::move(open));
  return {judged.outside.empty(), std::move(judged.outside)};
}

GuardResult an_item_is_outside_limits(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto sample, Sample::Read(context.matter));
  Judged judged = Judge(sample, sample.results);
  if (!judged.outside.empty()) return GuardResult::Holds();
  if (!judged.unclear.empty()) return {false, std::move(judged.unclear)};
  return GuardResult::Fails("所有项目都在限量之内");
}

GuardResult lab_result_is_verified_by_another_person(const GuardContext& context) {
  if (ActorDid(context, {"enter_result", "receive", "hand_over"}))
    return GuardResult::Fails("录入结果的人不能覆核，须由另一人覆核");
  if (context.matter.kind != Reinspection::kKind)
    return GuardResult::From(LastMove(context, "enter_result") != nullptr, "还没有检验结果");
  // The re-test: entered there, and by nobody who had a hand in the first test, nor verified by one.
  if (LastMove(context, "enter_result") == nullptr) return GuardResult::Fails("复检机构还没有录入复检结果");
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  if (samples.empty()) return GuardResult::Fails("复检所指的样品没有找到");
  const PartsAsked first_test{
      .actions = {"receive", "enter_result", "return_result", "verify_pass", "verify_fail", "hand_over_fail"}};
  const PartsAsked retest{.actions = {"enter_result"}};
  const auto tested_again = ParticipantsOf(context, retest);
  for (const auto& sample : samples) {
    if (ActorTookPart(context, sample.matter, first_test))
      return GuardResult::Fails("初检的检验和签字人员不能作出复检结论");
    for (const auto& first : ParticipantsOf(context, sample.matter, first_test))
      for (const auto& second : tested_again) {
        if (IsSamePerson(KeyOf(first.who), KeyOf(second.who)))
          return GuardResult::Fails("复检结果由初检人员录入，须由复检机构的另一人检验");
      }
  }
  return GuardResult::Holds();
}

GuardResult seal_is_intact(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto own, guard_fields::SealIsIntact::ReadFields(context.matter.fields));
  std::string sealed = own.seal_number;
  if (sealed.empty()) {
    ZHIAN_ASSIGN(const auto samples, SampleOf(context));
    for (const auto& sample : samples) sealed = sample.seal_number;
  }
  if (sealed.empty()) return GuardResult::Fails("抽样单上没有封条编号，无从核对");
  if (own.seal_seen.empty()) return GuardResult::Fails("填写所见封条编号");
  return GuardResult::From(base::Fold(own.seal_seen) == base::Fold(sealed), "所见封条编号与抽样单不一致");
}

GuardResult same_product_was_not_sampled_recently(const GuardContext& context) {
  // Industrial products: not twice within the rule's months, save to follow up a fail; food: not the same lot twice.
  // What a case needs is sampled whatever was sampled before.
  ZHIAN_ASSIGN(const auto own, Sample::Read(context.matter));
  const std::string product = base::Fold(own.product_name), lot = base::Fold(own.lot);
  if (own.purpose == Sample::Purpose::kCase || own.purpose == Sample::Purpose::kQuickTest) return GuardResult::Holds();
  if (product.empty()) return GuardResult::Holds();  // asked before the form is filled, which does not do without it
  const bool industrial = own.regime == Sample::Regime::kProduct;
  base::Date since = own.production_date.value_or(base::AddMonths(context.today, -24));  // no lot is sampled unmade
  if (industrial) {
    const auto rule = policy::Exact(context.services.policy, "sampling.product.repeat", context.today);
    if (!rule) return GuardResult::Holds();
    ZHIAN_ASSIGN(const std::int64_t months, rule->Whole());
    since = base::AddMonths(context.today, -static_cast<int>(months));
  }
  ZHIAN_ASSIGN(auto before, SampledSince(context, since, product));
  ZHIAN_ASSIGN(const auto samples, ReadAll<Sample>(std::move(before)));
  for (const auto& sample : samples) {
    if (base::Fold(sample.product_name) != product || sample.regime != own.regime ||
        !SameProducer(own, context.matter.operator_id, sample, sample.matter.operator_id))
      continue;
    if (industrial && sample.verdict != Sample::Verdict::kFail)
      return GuardResult::Fails(Say("同一产品在规定期间内已抽过样：{}", sample.matter.number));
    if (!industrial && base::Fold(sample.lot) == lot)
      return GuardResult::Fails(Say("同一批次已抽过样：{}", sample.matter.number));
  }
  return GuardResult::Holds();
}

GuardResult publication_of_result_is_done_or_monitoring_only(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto sample, Sample::Read(context.matter));
  if (sample.purpose == Sample::Purpose::kMonitoring) return GuardResult::Holds();
  const TransitionRow* overturned = LastMove(context, "overturn");
  if (overturned == nullptr) return ResultIsPublic(context);
  // The publications of before told the public of a fail; only one that was drafted since tells of the pass.
  for (const Matter& notice : LinkedBy(context, "notice"))
    if (notice.opened_at >= overturned->at &&
        (Means(notice, Meaning::kPublished) || Means(notice, Meaning::kEndedWithout)))
      return GuardResult::Holds();
  return GuardResult::Fails("结论已改变，改变之后的结果尚未公开，也没有不予公开的决定");
}

GuardResult contest_window_is_closed(const GuardContext& context) {
  const DutyRow* window = LastDuty(context, "open_contest_window");
  if (window == nullptr) return GuardResult::Fails("不合格结果尚未送达");
  return GuardResult::From(
      window->limit_at && *window->limit_at < context.now.ms,
      Say("复检异议期到 {}", (window->limit_at ? base::FormatDate(base::LocalDate(base::Instant{*window->limit_at}))
                                               : std::string("（无期限规则）"))));
}

GuardResult linked_disposal_is_closed(const GuardContext& context) {
  GuardResult result;
  const auto disposals = Linked(context, "disposal");
  if (disposals.empty()) return GuardResult::Fails("核查处置尚未启动");
  for (const Matter& disposal : disposals)
    if (disposal.state != "closed" && disposal.state != "transferred") {
      result.holds = false;
      result.open_items.push_back(Say("核查处置 {} 尚未办结", disposal.number));
    }
  return result;
}

GuardResult keep_period_is_over(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto own, BackupSample::Read(context.matter));
  if (own.held_for == BackupSample::HeldFor::kPolice || own.held_for == BackupSample::HeldFor::kCourt)
    return GuardResult::Fails(Say("公安机关或人民法院要求留存（{}），尚未解除", own.hold_letter));
  const DutyRow* keep = LastDuty(context, "keep_backup");
  if (keep == nullptr) return GuardResult::Fails("备样保存期尚未届满");
  std::optional<std::int64_t> over = keep->limit_at;
  // The period follows from what the sample's conclusion is now, whatever the duty was opened by, and ends with the
  // shelf life where that is earlier.
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  for (const auto& sample : samples) {
    if (!sample.concluded_on || sample.verdict == Sample::Verdict::kAbsent) continue;
    const std::string id = std::string("sampling.") +
                           (sample.regime == Sample::Regime::kProduct ? "product"
                            : sample.regime == Sample::Regime::kAgri  ? "agri"
                                                                      : "food") +
                           (sample.verdict == Sample::Verdict::kFail ? ".backup.fail" : ".backup.pass");
    const auto* rule = context.services.policy.Find(id, *sample.concluded_on);
    if (rule == nullptr) return GuardResult::Fails(Say("保存期的规则 {} 在结论之日没有施行的版本", id));
    ZHIAN_ASSIGN(const auto period, policy::ComputeDeadline(*rule, base::StartOfDay(*sample.concluded_on),
                                                            context.services.policy.calendar()));
    over = std::max(over.value_or(0), period.limit_at.ms);
    if (sample.production_date)
      if (const auto spoiled = ShelfLifeEnd(*sample.production_date, sample.shelf_life))
        over = std::min(*over, base::EndOfDay(*spoiled).ms);
  }
  return GuardResult::From(over && *over < context.now.ms, "备样保存期尚未届满");
}

}  // namespace zhian::guards

namespace zhian::effects {
// The limits by which the sample is judged are those of the day of receipt: the rows of the table that are in force are
// kept with the sample, those of its category where that is told.
Status set_sample_limits_snapshot(procedure::EffectContext& context) {
  using records::Sample;
  ZHIAN_ASSIGN(const auto own, Sample::Read(context.matter));
  Sample kept{.limits_taken_on = context.today};
  for (const auto& row : sampling::LimitsOn(context.services.policy, context.today)) {
    if (!own.limit_category.empty() && base::Fold(row.category) != base::Fold(own.limit_category)) continue;
    kept.limits_kept.push_back(
        {.category = row.category, .item = row.item, .limit = row.limit, .unit = row.unit, .basis = row.basis});
  }
  procedure::Erase(context.matter, Sample::Names::limits_kept);
  procedure::Merge(context.matter, kept);
  return Ok();
}
}  // namespace zhian::effects
