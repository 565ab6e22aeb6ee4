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
using records::Exercise;

bool TracesGoods(const Exercise& exercise) {
  return exercise.exercise_kind == Exercise::ExerciseKind::kMockRecall ||
         exercise.exercise_kind == Exercise::ExerciseKind::kTraceBack;
}

Measured Measure(std::span<const Exercise::MockRunsRow> runs, std::span<const std::string> lots, base::Instant begun,
                 const base::Decimal& target_share) {
  Measured measured;
  std::map<std::string, std::optional<base::Decimal>, std::less<>> newest;  // share by lot; none: no run yet
  for (const std::string& lot : lots) newest[lot] = std::nullopt;
  const auto is_met = [&] {
    return std::all_of(newest.begin(), newest.end(),
                       [&](const auto& lot) { return lot.second && *lot.second >= target_share; });
  };
  for (const auto& run : runs) {
    const auto lot = newest.find(run.lot);
    if (!run.run_at || *run.run_at < begun || lot == newest.end()) continue;
    lot->second = run.accounted_share.value_or(base::Decimal());
    if (!measured.elapsed_ms && is_met()) measured.elapsed_ms = run.run_at->ms - begun.ms;
  }
  measured.share = base::Decimal(newest.empty() ? 0 : 100);
  for (const auto& [lot, share] : newest) {
    if (!share) measured.unrun.push_back(lot);
    measured.share = std::min(measured.share, share.value_or(base::Decimal()));
  }
  return measured;
}

base::Decimal Hours(std::int64_t ms) { return base::Decimal::FromUnits((ms + 1'800) / 3'600, 3).Trimmed(); }

namespace {

std::vector<std::string> LotsOf(const Exercise& exercise) {
  std::vector<std::string> lots;
  for (const auto& row : exercise.lots)
    if (!row.lot.empty()) lots.push_back(row.lot);
  return lots;
}

Measured MeasuredIn(const Exercise& exercise) {
  return Measure(exercise.mock_runs, LotsOf(exercise), exercise.begun_at.value_or(base::Instant{0}),
                 exercise.target_share.value_or(base::Decimal()));
}

// The message says that it is an exercise, in either script.
bool SaysSo(const std::string& text) {
  return text.find("演练") != std::string::npos || text.find("演練") != std::string::npos;
}

}  // namespace
}  // namespace zhian::risk

namespace zhian::guards {
using namespace procedure;
using records::Exercise;

GuardResult scenario_and_measures_are_stated(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto exercise, Exercise::Read(context.matter));
  const base::Decimal none;
  const base::Decimal hours = exercise.target_hours.value_or(none), share = exercise.target_share.value_or(none);
  GuardResult result;
  const auto add = [&](Message item) { result.holds = false, result.open_items.push_back(std::move(item)); };
  if (exercise.scenario.empty()) add("写明演练的情景");
  if (hours <= none) add("写明用时目标，大于零");
  if (!risk::TracesGoods(exercise)) return result;
  if (exercise.lots.empty()) add("模拟召回和追溯演练须指明批次");
  if (share <= none || share > base::Decimal(100)) add("写明查清比例目标，大于零，不超过 100");
  return result;
}

GuardResult participants_are_told_it_is_an_exercise(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto exercise, Exercise::Read(context.matter));
  if (exercise.participants.empty()) return GuardResult::Fails("写明参演单位");
  return GuardResult::From(risk::SaysSo(exercise.told_text), "告知须写明“演练”二字");
}

GuardResult times_and_balance_are_measured(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto exercise, Exercise::Read(context.matter));
  if (!risk::TracesGoods(exercise))
    return GuardResult::From(LastMove(context, "note_milestone") != nullptr, "至少记录一个节点的时间");
  GuardResult result;
  for (const std::string& lot : risk::MeasuredIn(exercise).unrun) {
    result.holds = false;
    result.open_items.push_back(Say("批次 {} 还没有模拟召回的结果", base::LotNumber(lot)));
  }
  return result;
}

GuardResult lessons_have_tasks(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto exercise, Exercise::Read(context.matter));
  if (exercise.lessons.empty()) return GuardResult::Fails("写明教训；没有教训的，写“无”和理由");
  GuardResult result;
  for (const auto& row : exercise.lessons) {
    constexpr std::size_t kReasonMin = 10 * 3;  // ten characters, as reason_is_given asks for
    if (!row.owner.empty() || row.none_reason.size() >= kReasonMin) continue;
    result.holds = false;
    result.open_items.push_back(Say("“{}”没有交办给谁，也没有不另交办的理由（至少十个字）", Cut(row.lesson)));
  }
  return result;
}

}  // namespace zhian::guards

namespace zhian::effects {
using namespace procedure;
using records::Exercise;

Status set_exercise_measured(EffectContext& context) {
  ZHIAN_ASSIGN(const auto exercise, Exercise::Read(context.matter));
  Exercise measured;
  for (const TransitionRow& row : context.history)
    if (row.action == "note_milestone") {
      ZHIAN_ASSIGN(const auto form, Exercise::ReadFields(row.input));
      measured.milestone_times.push_back({.milestone = form.milestone, .run_at = base::Instant{row.at}});
    }
  const std::int64_t until_now = exercise.begun_at ? context.now.ms - exercise.begun_at->ms : 0;
  if (!risk::TracesGoods(exercise)) {
    measured.met_hours = risk::Hours(until_now);
  } else {
    const risk::Measured found = risk::MeasuredIn(exercise);
    // Never balanced: it took at least until now.
    measured.met_hours = risk::Hours(found.elapsed_ms.value_or(until_now));
    measured.met_share = found.share.Rounded(2).Trimmed();
  }
  Merge(context.matter, measured);
  return Ok();
}

// What the exercise started ends where it stands: its open duties lapse, each with a row of its own in its history.
Status set_exercise_ended(EffectContext& context) {
  ZHIAN_ASSIGN(auto started, LoadRelated(context.db, context.matter.id, "", 6));
  for (Matter& matter : started) {
    if (matter.terminal || !matter.Has(kTraining) || matter.kind == "exercise") continue;
    ZHIAN_ASSIGN(auto duties, LoadDuties(context.db, matter.id));
    ZHIAN_ASSIGN(const auto history, LoadTransitions(context.db, matter.id));
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
    row.sequence = history.empty() ? 1 : history.back().sequence + 1;
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
