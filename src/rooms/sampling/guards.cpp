// Guards and effects of draws, samples, re-inspections and disposals.
#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "policy/exact.hpp"
#include "procedure/guard_tools.hpp"
#include "records/guard_fields.hpp"
#include "records/sampling.hpp"

namespace zhian::guards {
using namespace procedure;
using records::Disposal;
using records::Draw;
using records::Reinspection;
using records::Sample;

namespace {
// The sample that this matter is about: itself, the one that it names, or one it hangs together with.
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
    if (auto sample = LoadMatter(context.db, named); sample.ok()) return ReadAll<Sample>({std::move(*sample)});
  return ReadAll<Sample>(Linked(context, Sample::kKind));
}
Result<std::vector<OnFile<Reinspection>>> Reinspections(const GuardContext& context) {
  if (context.matter.kind == Sample::kKind) return ReadAll<Reinspection>(Linked(context, Reinspection::kKind));
  std::vector<Matter> all;
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  for (const auto& sample : samples) {
    ZHIAN_ASSIGN(auto linked, LoadLinked(context.db, sample.matter.id, Reinspection::kKind));
    all.insert(all.end(), linked.begin(), linked.end());
  }
  return ReadAll<Reinspection>(std::move(all));
}
// A row without a value or a limit is refused by the form of the step that enters it.
bool Outside(const Sample::ResultsRow& row) { return row.value && row.limit && *row.value > *row.limit; }
std::string Written(const std::optional<base::Decimal>& number) { return number ? number->Text() : std::string(); }
}  // namespace

GuardResult all_items_are_within_limits(const GuardContext& context) {
  GuardResult result;
  ZHIAN_ASSIGN(const auto sample, Sample::Read(context.matter));
  if (sample.results.empty()) return GuardResult::Fails("还没有检验结果");
  for (const auto& row : sample.results)
    if (Outside(row)) {
      result.holds = false;
      result.open_items.push_back(Say("{} 实测 {}，限量 {}", row.item, Written(row.value), Written(row.limit)));
    }
  return result;
}

GuardResult an_item_is_outside_limits(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto sample, Sample::Read(context.matter));
  return GuardResult::From(std::any_of(sample.results.begin(), sample.results.end(), Outside), "所有项目都在限量之内");
}

GuardResult lab_result_is_verified_by_another_person(const GuardContext& context) {
  return GuardResult::From(!ActorDid(context, {"enter_result", "receive", "hand_over"}),
                           "录入结果的人不能覆核，须由另一人覆核");
}

GuardResult seal_is_intact(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto own, guard_fields::SealIsIntact::ReadFields(context.matter.fields));
  std::string sealed = own.seal_number;
  if (sealed.empty()) {
    ZHIAN_ASSIGN(const auto samples, SampleOf(context));
    for (const auto& sample : samples) sealed = sample.seal_number;
  }
  if (own.seal_seen.empty()) return GuardResult::Fails("填写所见封条编号");
  return GuardResult::From(base::Fold(own.seal_seen) == base::Fold(sealed), "所见封条编号与抽样单不一致");
}

GuardResult same_product_was_not_sampled_recently(const GuardContext& context) {
  // Industrial products: not twice within the rule's months; food: not the same lot.
  ZHIAN_ASSIGN(const auto own, Sample::Read(context.matter));
  if (own.regime != Sample::Regime::kProduct) return GuardResult::Holds();
  const auto rule = policy::Exact(context.services.policy, "sampling.product.repeat", context.today);
  if (!rule) return GuardResult::Holds();
  ZHIAN_ASSIGN(const std::int64_t months, rule->Whole());
  const auto since = base::StartOfDay(base::AddMonths(context.today, -static_cast<int>(months))).ms;
  const auto samples = LoadMattersOfOperator(context.db, context.matter.operator_id, "sample");
  if (!samples.ok()) return GuardResult::Fails("抽样记录未能查清，请稍后再试");
  for (const Matter& sample : *samples)
    if (sample.id != context.matter.id && sample.opened_at >= since && sample.state != "not_taken" &&
        sample.state != "invalid" && sample.title == context.matter.title)
      return GuardResult::Fails(Say("同一产品在规定期间内已抽过样：{}", sample.number));
  return GuardResult::Holds();
}

GuardResult a_reinspection_or_objection_is_accepted(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto reinspections, Reinspections(context));
  for (const auto& reinspection : reinspections)
    if (!reinspection.matter.terminal && reinspection.state != Reinspection::State::kApplied)
      return GuardResult::Holds();
  for (const Matter& matter : Linked(context, "objection"))
    if (!matter.terminal) return GuardResult::Holds();
  return GuardResult::Fails("没有已受理的复检或异议");
}

GuardResult reinspection_and_objection_are_ended(const GuardContext& context) {
  GuardResult result;
  ZHIAN_ASSIGN(auto reinspections, Reinspections(context));
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
  ZHIAN_ASSIGN(const auto reinspections, Reinspections(context));
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
  ZHIAN_TRY(Reinspections(context));  // what cannot be read is no conclusion either way
  return GuardResult::From(!final_conclusion_is_pass(context).holds && !final_conclusion_is_invalid(context).holds,
                           "最终结论不是不合格");
}
GuardResult final_conclusion_is_not_fail(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  for (const auto& sample : samples)
    if (sample.state == Sample::State::kPassed || sample.state == Sample::State::kClosedPass ||
        sample.state == Sample::State::kInvalid)
      return GuardResult::Holds();
  return GuardResult::Fails("样品的结论仍为不合格");
}

GuardResult contest_window_is_closed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto sample, Sample::Read(context.matter));
  if (sample.contest_waived) return GuardResult::Holds();
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

GuardResult sample_is_failed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  for (const auto& sample : samples)
    if (sample.state == Sample::State::kFailed || sample.state == Sample::State::kContested)
      return GuardResult::Holds();
  return GuardResult::Fails("关联的样品没有不合格结论");
}

GuardResult applicant_is_party_to_the_sample(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  for (const auto& sample : samples)
    if (sample.matter.operator_id == context.matter.operator_id || sample.producer == context.matter.operator_id)
      return GuardResult::Holds();
  return GuardResult::Fails("申请人不是被抽样人、标称生产者或进口者");
}

GuardResult no_ground_against_reinspection_exists(const GuardContext& context) {
  GuardResult result;
  const auto fail = [&](Message item) {
    result.holds = false;
    result.open_items.push_back(std::move(item));
  };
  ZHIAN_ASSIGN(const auto reinspections, Reinspections(context));
  for (const auto& other : reinspections)
    if (other.matter.id != context.matter.id && other.state != Reinspection::State::kRefused &&
        other.state != Reinspection::State::kWithdrawn)
      fail(Say("已申请过复检：{}", other.matter.number));
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  for (const auto& sample : samples) {
    for (const auto& row : sample.results)
      for (const char* word : {"菌落", "大肠", "霉菌", "沙门", "微生物"})
        if (Outside(row) && row.item.find(word) != std::string::npos) fail("微生物项目不予复检");
    const auto backups = LoadLinked(context.db, sample.matter.id, "backup_sample");
    if (backups.ok())
      for (const Matter& backup : *backups)
        if (backup.state == "disposed") fail("备样已不能使用");
  }
  return result;
}

GuardResult laboratory_differs_from_the_first(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto reinspection, Reinspection::Read(context.matter));
  const std::string second = base::Fold(reinspection.second_laboratory);
  if (second.empty()) return GuardResult::Fails("填写复检机构");
  ZHIAN_ASSIGN(const auto samples, SampleOf(context));
  for (const auto& sample : samples)
    if (base::Fold(sample.laboratory) == second) return GuardResult::Fails("复检机构不能是初检机构");
  return GuardResult::Holds();
}

GuardResult keep_period_is_over(const GuardContext& context) {
  const DutyRow* keep = LastDuty(context, "keep_backup");
  return GuardResult::From(keep != nullptr && keep->limit_at && *keep->limit_at < context.now.ms, "备样保存期尚未届满");
}

GuardResult linked_rectification_is_closed(const GuardContext& context) {
  GuardResult result;
  const auto linked = Linked(context, "rectification");
  if (linked.empty()) return GuardResult::Fails("还没有责令整改");
  for (const Matter& matter : linked)
    if (!matter.terminal) {
      result.holds = false;
      result.open_items.push_back(Say("整改 {} 尚未销号", matter.number));
    }
  return result;
}

GuardResult linked_case_is_decided_or_not_needed(const GuardContext& context) {
  GuardResult result;
  const auto leads = Linked(context, "lead");
  if (leads.empty()) return GuardResult::Fails("还没有线索，也没有不予立案的决定");
  for (const Matter& lead : leads) {
    if (lead.state == "not_filed" || lead.state == "transferred" || lead.state == "merged") continue;
    const auto cases = LoadLinked(context.db, lead.id, "enforcement_case");
    const bool decided = cases.ok() && std::any_of(cases->begin(), cases->end(), [](const Matter& c) {
                           return c.state == "decided" || c.state == "executing" || c.state == "closed" ||
                                  c.state == "dropped" || c.state == "transferred";
                         });
    if (decided) continue;
    result.holds = false;
    result.open_items.push_back(Say("线索 {} 的案件尚未决定", lead.number));
  }
  return result;
}

GuardResult linked_recall_is_closed_or_not_needed(const GuardContext& context) {
  GuardResult result;
  for (const Matter& recall : Linked(context, "recall"))
    if (recall.state != "closed" && recall.state != "not_needed") {
      result.holds = false;
      result.open_items.push_back(Say("召回 {} 尚未结案", recall.number));
    }
  return result;
}

GuardResult weights_follow_the_rule(const GuardContext& context) {
  GuardResult result;
  ZHIAN_ASSIGN(const auto draw, Draw::Read(context.matter));
  for (const auto& row : draw.population)
    if (!row.weight || row.weight->sign() <= 0) {
      result.holds = false;
      result.open_items.push_back(Say("{} 的权重须大于零", row.id));
    }
  const std::int64_t count = draw.draw_count.value_or(0);
  if (count < 1 || count > std::ssize(draw.population) - std::ssize(draw.excluded)) {
    result.holds = false;
    result.open_items.push_back("抽取数量须在 1 与名单减剔除之间");
  }
  return result;
}

GuardResult public_value_is_later_than_commitment(const GuardContext& context) {
  const TransitionRow* commit = LastMove(context, "commit");
  ZHIAN_ASSIGN(const auto draw, Draw::Read(context.matter));
  const auto& due = draw.public_value_due_on;
  if (commit == nullptr || !due) return GuardResult::Fails("承诺尚未入账，或没有公布日期");
  if (base::StartOfDay(*due).ms <= commit->recorded_at) return GuardResult::Fails("随机值的公布日期须晚于承诺入账");
  return GuardResult::From(*due <= context.today, Say("随机值到 {} 才公布", base::FormatDate(*due)));
}

GuardResult replacement_is_next_in_order(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto draw, Draw::Read(context.matter));
  if (draw.reserve.empty()) return GuardResult::Fails("没有可替补的对象");
  return GuardResult::From(draw.reserve.front() == draw.replacement_id, Say("按序应替补 {}", draw.reserve.front()));
}

GuardResult every_selected_subject_has_a_task_or_replacement(const GuardContext& context) {
  const TransitionRow* drawn = LastMove(context, "draw_now");
  ZHIAN_ASSIGN(const auto draw, Draw::Read(context.matter));
  if (drawn == nullptr || draw.selected.empty()) return GuardResult::Fails("尚未抽取");
  std::set<std::string> replaced;
  for (const TransitionRow& row : context.history)
    if (row.action == "replace_subject") {
      ZHIAN_ASSIGN(const auto form, Draw::ReadFields(row.input));
      replaced.insert(form.replaced_id);
    }
  GuardResult result;
  for (const std::string& id : draw.selected) {
    if (replaced.contains(id)) continue;
    const auto samples = LoadMattersOfOperator(context.db, id, "sample");
    if (samples.ok() && std::any_of(samples->begin(), samples->end(),
                                    [&](const Matter& sample) { return sample.opened_at >= drawn->at; }))
      continue;
    result.holds = false;
    result.open_items.push_back(Say("抽中的 {} 没有任务，也没有替补", id));
  }
  return result;
}

GuardResult successor_plan_is_approved(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto own, records::SamplingPlan::Read(context.matter));
  const auto plan = LoadMatter(context.db, own.successor_plan);
  return GuardResult::From(
      plan.ok() && plan->kind == "sampling_plan" && (plan->state == "approved" || plan->state == "running"),
      "接续计划尚未批准");
}

GuardResult high_risk_strata_are_covered(const GuardContext& context) {
  GuardResult result;
  ZHIAN_ASSIGN(const auto plan, records::SamplingPlan::Read(context.matter));
  for (const auto& row : plan.strata)
    if (row.batches.value_or(0) < 1) {
      result.holds = false;
      result.open_items.push_back(Say("{} 至少安排一批次", row.category));
    }
  return result;
}

}  // namespace zhian::guards

namespace zhian::effects {
// The limits by which the sample is judged are those of the day of receipt: kept with the sample, not looked up later.
Status set_sample_limits_snapshot(procedure::EffectContext& context) {
  procedure::Merge(context.matter, records::Sample{.limits_taken_on = context.today});
  return Ok();
}
}  // namespace zhian::effects
