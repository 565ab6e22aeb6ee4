// Guards of draws 隨機抽取 and of sampling plans 抽檢計劃.
#include <algorithm>
#include <map>
#include <set>

#include "base/json.hpp"
#include "base/text.hpp"
#include "policy/exact.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/persons.hpp"
#include "records/sampling.hpp"

namespace zhian::guards {
using namespace procedure;
using records::Draw;

namespace {

// Who was replaced, and by whom, in the order of the replacements.
Result<std::vector<std::pair<std::string, std::string>>> Replacements(const GuardContext& context) {
  std::vector<std::pair<std::string, std::string>> made;
  for (const TransitionRow& row : context.history)
    if (row.action == "replace_subject") {
      ZHIAN_ASSIGN(const auto form, Draw::ReadFields(row.input));
      made.emplace_back(form.replaced_id, form.replacement_id);
    }
  return made;
}
// Those who stand for the draw now: the selected, each replaced one by its replacement.
std::set<std::string> Standing(const Draw& draw, const std::vector<std::pair<std::string, std::string>>& replaced) {
  std::set<std::string> standing(draw.selected.begin(), draw.selected.end());
  for (const auto& [out, in] : replaced) {
    standing.erase(out);
    standing.insert(in);
  }
  return standing;
}

// The weight of a subject by its grade on file; 1 for who is no operator (officers and products have equal chances).
Result<base::Decimal> RuledWeight(const GuardContext& context, const std::string& id) {
  ZHIAN_ASSIGN(const auto known, context.Ask("operator.grade", {{"operator_id", id}}));
  const bool on_file = known.is_object();
  const std::string on_record(on_file ? base::TextAt(known.get_object(), "grade") : std::string_view());
  const std::string grade = on_record.empty() ? "none" : on_record;
  const auto& pack = context.services.policy;
  auto weight = policy::Exact(pack, "draw.weight." + grade, context.today);
  const auto cap = policy::Exact(pack, "draw.weight.cap", context.today);
  if (!weight || !cap) return MakeError(ErrorCode::kNotFound, Say("没有等级 {} 的抽取权重规则", grade));
  if (!on_file) return base::Decimal(1);
  return *cap < *weight ? *cap : *weight;
}

}  // namespace

GuardResult weights_follow_the_rule(const GuardContext& context) {
  GuardResult result;
  const auto fail = [&](Message item) {
    result.holds = false;
    result.open_items.push_back(std::move(item));
  };
  ZHIAN_ASSIGN(const auto draw, Draw::Read(context.matter));
  std::set<std::string> seen;
  for (const auto& row : draw.population) {
    if (!seen.insert(row.id).second) fail(Say("{} 在名单中有两次", row.id));
    const auto ruled = RuledWeight(context, row.id);
    if (!ruled.ok()) return ruled.error();
    if (!row.weight || *row.weight != *ruled)
      fail(Say("{} 的权重按规则是 {}", row.name.empty() ? row.id : row.name, ruled->Short()));
  }
  std::set<std::string> out;
  for (const auto& row : draw.excluded)
    if (seen.contains(row.id)) out.insert(row.id);
  const std::int64_t count = draw.draw_count.value_or(0);
  if (count < 1 || count > std::ssize(seen) - std::ssize(out)) fail("抽取数量须在 1 与名单减剔除之间");
  return result;
}

GuardResult public_value_is_later_than_commitment(const GuardContext& context) {
  const TransitionRow* commit = LastMove(context, "commit");
  ZHIAN_ASSIGN(const auto draw, Draw::Read(context.matter));
  const auto& due = draw.public_value_due_on;
  if (commit == nullptr || !due) return GuardResult::Fails("承诺尚未入账，或没有公布日期");
  // The value is known by its day at the latest; the least time lies between the entry in the ledger and that day.
  std::int64_t least = 1;
  const base::Date committed = base::LocalDate(base::Instant{commit->recorded_at});
  if (const auto* rule = context.services.policy.Find("draw.reveal.min", committed); rule != nullptr) {
    ZHIAN_ASSIGN(const auto earliest, policy::ComputeDeadline(*rule, base::Instant{commit->recorded_at},
                                                              context.services.policy.calendar()));
    least = std::max<std::int64_t>(least, earliest.limit_at.ms - commit->recorded_at);
  }
  if (base::StartOfDay(*due).ms < commit->recorded_at + least)
    return GuardResult::Fails("随机值的公布日期须晚于承诺入账");
  return GuardResult::From(*due <= context.today, Say("随机值到 {} 才公布", base::FormatDate(*due)));
}

GuardResult replacement_is_next_in_order(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto draw, Draw::Read(context.matter));
  ZHIAN_ASSIGN(const auto made, Replacements(context));
  if (!Standing(draw, made).contains(draw.replaced_id))
    return GuardResult::Fails(Say("{} 不是抽中的对象，或已被替补", draw.replaced_id));
  for (const std::string& next : draw.reserve) {
    if (std::any_of(made.begin(), made.end(), [&](const auto& pair) { return pair.second == next; })) continue;
    return GuardResult::From(next == draw.replacement_id, Say("按序应替补 {}", next));
  }
  return GuardResult::Fails("没有可替补的对象");
}

GuardResult every_selected_subject_has_a_task_or_replacement(const GuardContext& context) {
  const TransitionRow* drawn = LastMove(context, "draw_now");
  ZHIAN_ASSIGN(const auto draw, Draw::Read(context.matter));
  if (drawn == nullptr || draw.selected.empty()) return GuardResult::Fails("尚未抽取");
  ZHIAN_ASSIGN(const auto made, Replacements(context));
  // Samples are found by themselves. Other tasks are named, and must be on file: of the one who was drawn, or with the
  // officer who was drawn taking part in it.
  std::map<std::string, std::string> named;
  for (const auto& row : draw.drawn_tasks) named[row.id] = row.task;
  GuardResult result;
  for (const std::string& id : Standing(draw, made)) {
    bool tasked = false;
    if (draw.drawn_for == Draw::DrawnFor::kAbsent || draw.drawn_for == Draw::DrawnFor::kSamples)
      tasked = !MattersOf(context, id, "sample", {.opened_since = drawn->at}).empty();
    if (const auto task = named.find(id); !tasked && task != named.end()) {
      ZHIAN_ASSIGN(
          const auto rows,
          context.db.Query("SELECT id FROM matter WHERE district=$d AND (number=$1 OR id=$1) AND opened_at>=$2 LIMIT 1",
                           {task->second, drawn->at}));
      if (!rows.empty()) {
        ZHIAN_ASSIGN(const Matter matter, LoadMatter(context.db, rows[0].text(0)));
        tasked = matter.id != context.matter.id && !matter.Has("training");
        if (draw.drawn_for == Draw::DrawnFor::kOfficers) {
          const auto people = ParticipantsOf(context, matter, {});
          tasked = tasked && std::any_of(people.begin(), people.end(),
                                         [&](const Participant& each) { return each.who.account == id; });
        } else {
          tasked = tasked && matter.operator_id == id;
        }
      }
    }
    if (tasked) continue;
    result.holds = false;
    result.open_items.push_back(Say("抽中的 {} 没有任务，也没有替补", id));
  }
  return result;
}

GuardResult successor_plan_is_approved(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto own, records::SamplingPlan::Read(context.matter));
  const auto plan = MatterOf(context, own.successor_plan);
  return GuardResult::From(
      plan && plan->kind == "sampling_plan" && (plan->state == "approved" || plan->state == "running"),
      "接续计划尚未批准");
}

// High risk by the files: an industry in which an active operator bears a grade that the rule names.
GuardResult high_risk_strata_are_covered(const GuardContext& context) {
  GuardResult result;
  ZHIAN_ASSIGN(const auto plan, records::SamplingPlan::Read(context.matter));
  const auto* rule = context.services.policy.Find("sampling.plan.highrisk", context.today);
  if (rule == nullptr) return GuardResult::Fails("没有高风险等级的规则");
  ZHIAN_ASSIGN(const auto industries, context.Ask("operator.industries", {{"grade", rule->raw}}));
  if (!industries.is_array()) return GuardResult::Fails("高风险的行业未能查清，请稍后再试");
  std::map<std::string, std::int64_t> batches;
  for (const auto& row : plan.strata) batches[base::Fold(row.category)] += row.batches.value_or(0);
  for (const auto& each : industries.get_array()) {
    const std::string industry = ScalarText(&each);
    if (batches[base::Fold(industry)] >= 1) continue;
    result.holds = false;
    result.open_items.push_back(Say("{} 至少安排一批次", industry));
  }
  return result;
}

}  // namespace zhian::guards
