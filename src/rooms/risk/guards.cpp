// Guards and effects of exercises.
#include <algorithm>
#include <map>

#include "base/shown.hpp"
#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/training.hpp"
#include "rooms/risk/exercise.hpp"

namespace zhian::risk {
using namespace procedure;
namespace json = boost::json;

bool TracesGoods(const Matter& exercise) {
  const std::string kind = exercise.Field("exercise_kind");
  return kind == "mock_recall" || kind == "trace_back";
}

Measured Measure(std::span<const json::value> runs, std::span<const std::string> lots, base::Instant begun,
                 double target_share) {
  Measured measured;
  std::map<std::string, double, std::less<>> newest;  // share by lot; −1: no run yet
  for (const std::string& lot : lots) newest[lot] = -1;
  const auto is_met = [&] {
    return std::all_of(newest.begin(), newest.end(),
                       [&](const auto& lot) { return lot.second >= 0 && lot.second >= target_share; });
  };
  for (const json::value& run : runs) {
    const auto at = base::ParseInstant(Cell(run, "run_at"));
    const auto lot = newest.find(Cell(run, "lot"));
    if (!at.ok() || at->ms < begun.ms || lot == newest.end()) continue;
    lot->second = NumberOf(run, "accounted_share");
    if (!measured.hours && is_met()) measured.hours = static_cast<double>(at->ms - begun.ms) / 3'600'000;
  }
  measured.share = newest.empty() ? 0 : 100;
  for (const auto& [lot, share] : newest) {
    if (share < 0) measured.unrun.push_back(lot);
    measured.share = std::min(measured.share, std::max(0.0, share));
  }
  return measured;
}

namespace {

std::vector<std::string> LotsOf(const Matter& exercise) {
  std::vector<std::string> lots;
  for (const auto& row : Items(exercise, "lots"))
    if (std::string lot = Cell(row, "lot"); !lot.empty()) lots.push_back(std::move(lot));
  return lots;
}

Measured MeasuredIn(const Matter& exercise) {
  const auto begun = base::ParseInstant(exercise.Field("begun_at"));
  const auto& runs = Items(exercise, "mock_runs");
  return Measure(runs, LotsOf(exercise), begun.ok() ? *begun : base::Instant{0}, exercise.Number("target_share"));
}

// The message says that it is an exercise, in either script.
bool SaysSo(const std::string& text) {
  return text.find("演练") != std::string::npos || text.find("演練") != std::string::npos;
}

}  // namespace
}  // namespace zhian::risk

namespace zhian::guards {
using namespace procedure;

GuardResult scenario_and_measures_are_stated(const GuardContext& context) {
  const double hours = context.matter.Number("target_hours"), share = context.matter.Number("target_share");
  GuardResult result;
  const auto add = [&](Message item) { result.holds = false, result.open_items.push_back(std::move(item)); };
  if (context.matter.Field("scenario").empty()) add("写明演练的情景");
  if (hours <= 0) add("写明用时目标，大于零");
  if (!risk::TracesGoods(context.matter)) return result;
  if (Items(context.matter, "lots").empty()) add("模拟召回和追溯演练须指明批次");
  if (share <= 0 || share > 100) add("写明查清比例目标，大于零，不超过 100");
  return result;
}

GuardResult participants_are_told_it_is_an_exercise(const GuardContext& context) {
  if (Items(context.matter, "participants").empty()) return GuardResult::Fails("写明参演单位");
  return GuardResult::From(risk::SaysSo(context.matter.Field("told_text")), "告知须写明“演练”二字");
}

GuardResult times_and_balance_are_measured(const GuardContext& context) {
  if (!risk::TracesGoods(context.matter))
    return GuardResult::From(LastMove(context, "note_milestone") != nullptr, "至少记录一个节点的时间");
  GuardResult result;
  for (const std::string& lot : risk::MeasuredIn(context.matter).unrun) {
    result.holds = false;
    result.open_items.push_back(Say("批次 {} 还没有模拟召回的结果", base::LotNumber(lot)));
  }
  return result;
}

GuardResult lessons_have_tasks(const GuardContext& context) {
  if (Items(context.matter, "lessons").empty()) return GuardResult::Fails("写明教训；没有教训的，写“无”和理由");
  GuardResult result;
  for (const auto& row : Items(context.matter, "lessons")) {
    constexpr std::size_t kReasonMin = 10 * 3;  // ten characters, as reason_is_given asks for
    if (!Cell(row, "owner").empty() || Cell(row, "none_reason").size() >= kReasonMin) continue;
    result.holds = false;
    result.open_items.push_back(Say("“{}”没有交办给谁，也没有不另交办的理由（至少十个字）", Cut(Cell(row, "lesson"))));
  }
  return result;
}

}  // namespace zhian::guards

namespace zhian::effects {
using namespace procedure;
namespace json = boost::json;

Status set_exercise_measured(EffectContext& context) {
  json::array milestones;
  for (const TransitionRow& row : context.history)
    if (row.action == "note_milestone")
      milestones.push_back(json::object{{"milestone", ScalarText(row.input.if_contains("milestone"))},
                                        {"run_at", base::FormatInstant(base::Instant{row.at})}});
  context.matter.fields["milestone_times"] = std::move(milestones);
  const auto begun = base::ParseInstant(context.matter.Field("begun_at"));
  const double until_now = begun.ok() ? static_cast<double>(context.now.ms - begun->ms) / 3'600'000 : 0;
  const auto hours = [](double value) { return base::ShortNumber(value, 3); };
  if (!risk::TracesGoods(context.matter)) {
    context.matter.fields["met_hours"] = hours(until_now);
    return Ok();
  }
  const risk::Measured measured = risk::MeasuredIn(context.matter);
  // Never balanced: it took at least until now.
  context.matter.fields["met_hours"] = hours(measured.hours.value_or(until_now));
  context.matter.fields["met_share"] = base::ShortNumber(measured.share, 2);
  return Ok();
}

// What the exercise started ends where it stands: its open duties lapse, each with a row of its own in its history.
Status set_exercise_ended(EffectContext& context) {
  ZHIAN_ASSIGN(auto started, LoadRelated(context.db, context.matter.id, "", 6, true));
  if (started.cut) NoteCut(ViewOf(context));
  for (Matter& matter : started) {
    if (matter.terminal || !matter.Has(kTraining) || matter.kind == "exercise") continue;
    ZHIAN_ASSIGN(auto duties, LoadAllDuties(context.db, matter.id));
    for (DutyRow& duty : duties) {
      if (duty.state != DutyState::kOpen && duty.state != DutyState::kSuspended) continue;
      duty.state = DutyState::kLapsed;
      duty.closed_at = context.now.ms;
      ZHIAN_TRY(UpdateDuty(context.db, duty));
      context.written.emplace_back("duty", duty.id);
    }
    matter.terminal = true;
    matter.version += 1;
    matter.updated_at = context.now.ms;
    ZHIAN_TRY(SaveMatter(context.db, matter, false));
    ZHIAN_TRY(SetWake(context.db, matter.id, 0));
    TransitionRow row;
    row.id = base::NewUuid7(context.now);
    row.matter_id = matter.id;
    ZHIAN_ASSIGN(row.sequence, NextSequence(context.db, matter.id));
    row.action = "end_with_exercise";
    row.from = row.to = matter.state;
    row.actor = context.actor.account_id;
    row.actor_name = context.actor.name;
    row.role = "effect";
    row.note = context.matter.number;
    row.at = row.recorded_at = context.now.ms;
    ZHIAN_ASSIGN(row.ledger_index, ledger::NextIndex(context.db));
    ZHIAN_TRY(SaveTransition(context.db, row));
    context.written.emplace_back("matter", matter.id);
    context.written.emplace_back("matter_transition", row.id);
  }
  return Ok();
}

}  // namespace zhian::effects
