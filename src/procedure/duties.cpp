// Duties 待辦: opening, closing, stopping, and the deadline that the dated rule gives.
#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "procedure/choose_rule.hpp"
#include "procedure/move.hpp"

namespace zhian::procedure {
namespace {

// The moment in a field: of a day its beginning, of a plan's year the first of January; nothing where it is empty.
std::optional<base::Instant> MomentIn(const Matter& matter, Text field) {
  const std::string value = matter.Field(field);
  if (const auto instant = base::ParseInstant(value); instant.ok()) return *instant;
  if (const auto date = base::ParseDate(value); date.ok()) return base::StartOfDay(*date);
  if (value.size() == 4 && value.find_first_not_of("0123456789") == std::string::npos)
    return base::StartOfDay(base::Date::FromYmd(std::stoi(value), 1, 1));
  return std::nullopt;
}

bool IsOpen(const DutyRow& row) { return row.state == DutyState::kOpen || row.state == DutyState::kSuspended; }

// The day in the field, where this very step states it (`now`): what an earlier round stated binds no longer.
// A matter that another one started takes it over with its first step.
std::optional<base::Date> Stated(const Matter& matter, bool now, Text field) {
  if (field.empty() || !now) return std::nullopt;
  const auto date = base::ParseDate(matter.Field(field).substr(0, 10));
  return date.ok() ? std::optional<base::Date>(*date) : std::nullopt;
}

}  // namespace

void Stop(DutyRow& row, base::Instant at, std::string_view ground) {
  if (row.state == DutyState::kOpen) row.suspended_at = at.ms;
  row.state = DutyState::kSuspended;
  row.stopped_by.emplace_back(ground);
}

bool Resume(DutyRow& row, base::Instant at, std::string_view ground, const policy::Pack& pack) {
  if (row.state != DutyState::kSuspended) return false;
  const auto found = std::find(row.stopped_by.begin(), row.stopped_by.end(), ground);
  // What was stopped before grounds were kept names none: any end ends it.
  if (found == row.stopped_by.end() && !row.stopped_by.empty()) return false;
  if (found != row.stopped_by.end()) row.stopped_by.erase(found);
  if (!row.stopped_by.empty()) return true;
  ShiftLimit(row, at, pack);
  row.suspended_ms += at.ms - row.suspended_at;
  row.suspended_at = 0;
  row.state = DutyState::kOpen;
  return true;
}

void ShiftLimit(DutyRow& row, base::Instant at, const policy::Pack& pack) {
  if (!row.limit_at) return;
  const base::Date stopped = base::LocalDate(base::Instant{row.suspended_at}), resumed = base::LocalDate(at);
  const policy::Rule* rule =
      row.rule_id.empty() ? nullptr : pack.Find(row.rule_id, base::LocalDate(base::Instant{row.start_at}));
  const std::int64_t unmoved_at = row.unmoved_at.value_or(*row.limit_at);
  const base::Date unmoved = base::LocalDate(base::Instant{unmoved_at});
  const base::Calendar& calendar = pack.calendar();
  if (rule != nullptr && rule->unit == "h") {
    row.limit_at = *row.limit_at + at.ms - row.suspended_at;
    return;
  }
  base::Date end = unmoved, limit = unmoved;
  bool asks_calendar = true;
  if (rule != nullptr && rule->unit == "wd") {
    limit = end = calendar.AddWorkingDays(unmoved, calendar.WorkingDaysBetween(stopped, resumed));
  } else {
    end = base::Date{unmoved.days + resumed.days - stopped.days};
    asks_calendar = rule == nullptr || !rule->strict;
    limit = asks_calendar ? calendar.NextWorkingDay(end) : end;
  }
  row.limit_at = base::EndOfDay(limit).ms;
  row.unmoved_at = end == limit ? std::nullopt : std::optional<std::int64_t>(base::EndOfDay(end).ms);
  row.uncertain |= asks_calendar && !calendar.Knows(stopped, std::max(limit, resumed));
}

std::optional<policy::Deadline> EndOfRule(const policy::Pack& pack, const Matter& matter, Text rule_name, Text field) {
  const auto from = MomentIn(matter, field);
  const policy::Rule* rule = from ? pack.Find(rule_name, base::LocalDate(*from)) : nullptr;
  if (rule == nullptr) return std::nullopt;
  const auto end = policy::ComputeDeadline(*rule, *from, pack.calendar(), {});
  return end.ok() ? std::optional<policy::Deadline>(*end) : std::nullopt;
}

// Start, rule and limit of a duty whose event has come, or is this very step (`anew`).
Status Engine::StartClock(Move& move, const Duty& duty, DutyRow& row, bool anew) {
  const ClockStart start = ChooseStart(duty.clock, move.matter);
  std::optional<base::Instant> from;
  bool waits = false, uncertain = false;
  using Sort = ClockStart::Sort;
  if (start.sort == Sort::kEndOfDuty) {
    for (auto before = move.duties.rbegin(); before != move.duties.rend() && !from; ++before)
      if (before->duty == start.of && before->id != row.id && before->limit_at) {
        DutyRow ended = *before;
        // Its clock stood when it was closed: what it stood so far is added, and the rest stops the new one.
        if (!ended.stopped_by.empty() && ended.suspended_at > 0) {
          ShiftLimit(ended, move.counted, services_.policy);
          row.stopped_by = ended.stopped_by;
          row.suspended_at = move.counted.ms;
          row.state = DutyState::kSuspended;
        }
        from = base::Instant{*ended.limit_at};
        uncertain = ended.uncertain;
      }
  } else if (start.sort == Sort::kEndOfRule) {
    if (const auto end = EndOfRule(services_.policy, move.matter, start.rule, start.of)) {
      from = end->limit_at;
      uncertain = end->uncertain;
    }
  } else if (start.sort != Sort::kOpening && !anew) {
    from = MomentIn(move.matter, start.of);
    waits = start.sort == Sort::kWhen && !from;
  }
  row.start_at = from.value_or(move.counted).ms;
  const base::Instant begin{row.start_at};
  // No rule for these values, or no row of it for this date: the duty stands without a limit and says which of the two.
  // Nothing is borrowed from another regime or another period.
  const Text chosen = ChooseRule(duty.rule, move.matter);
  const policy::Rule* rule = chosen.empty() ? nullptr : services_.policy.Find(chosen, base::LocalDate(begin));
  row.rule_id = rule == nullptr ? std::string(chosen) : rule->id;
  row.limit_at = row.unmoved_at = std::nullopt;
  row.uncertain = false;
  if (waits) return Ok();
  if (rule != nullptr) {
    const auto deadline =
        policy::ComputeDeadline(*rule, begin, services_.policy.calendar(), {.before = start.sort == Sort::kBefore});
    if (deadline.ok()) {
      row.limit_at = deadline->limit_at.ms;
      if (deadline->unmoved != deadline->limit_at) row.unmoved_at = deadline->unmoved.ms;
      row.uncertain = uncertain || deadline->uncertain;
    }
  }
  const auto states_now = [&](Text field) { return move.history.empty() || Brings(move, field); };
  const auto set_on = Stated(move.matter, states_now(duty.clock.set_on), duty.clock.set_on);
  const auto stated = Stated(move.matter, states_now(duty.clock.stated_by), duty.clock.stated_by);
  if (set_on || (stated && (!row.limit_at || base::EndOfDay(*stated).ms < *row.limit_at))) {
    row.limit_at = base::EndOfDay(set_on ? *set_on : *stated).ms;
    row.unmoved_at = std::nullopt;
    row.uncertain = false;
  }
  return Ok();
}

Status Engine::OpenDuty(Move& move, const Duty& duty, bool anew) {
  // Reopening while it is still open keeps the first one: the limit of the law does not move by pressing twice.
  for (const DutyRow& row : move.duties)
    if (row.duty == duty.id && IsOpen(row)) return Ok();
  DutyRow row;
  row.id = base::NewUuid7(move.now);
  row.matter_id = move.matter.id;
  row.kind = move.matter.kind;
  row.duty = std::string(duty.id);
  row.holder_role = std::string(duty.holder);
  row.jurisdiction = move.matter.jurisdiction;
  row.operator_id = move.matter.operator_id;
  row.opened_at = move.now.ms;
  ZHIAN_TRY(StartClock(move, duty, row, anew));
  ZHIAN_TRY(InsertDuty(move.db, row));
  move.duties.push_back(std::move(row));
  return Ok();
}

Status Engine::RunDuties(Move& move) {
  const bool judges_lateness =
      std::any_of(move.transition.guards.begin(), move.transition.guards.end(),
                  [](Text guard) { return guard.starts_with("limit_of_open_duty_has_passed"); });
  const auto close = [&](DutyRow& row, bool lapsed) -> Status {
    const bool late = row.limit_at && row.state == DutyState::kOpen && move.counted.ms > *row.limit_at;
    // A minimum or a window ends by time, on the clock's own row: nobody was late. A right that was not used lapses.
    const bool by_time = late && ((move.actor.system && !judges_lateness) || IsWindow(row.duty));
    const Window* window = WindowOf(move.kind, row.duty);
    const bool is_right = window != nullptr && window->sort != WindowSort::kTerm;
    row.state = lapsed || (by_time && (is_right || Has(row.holder_role, RoleMark::kOwn))) ? DutyState::kLapsed
                : late && !by_time                                                        ? DutyState::kDoneLate
                                                                                          : DutyState::kDone;
    row.closed_at = move.counted.ms;
    return UpdateDuty(move.db, row);
  };
  for (const DutyOp& op : move.transition.duties) {
    if (Opens(op)) continue;
    for (DutyRow& row : move.duties) {
      if (row.duty != op.duty || !IsOpen(row)) continue;
      if (op.kind == DutyOp::Kind::kClose) {
        ZHIAN_TRY(close(row, false));
      } else if (op.kind == DutyOp::Kind::kSuspend) {
        Stop(row, move.counted, op.ground);
        ZHIAN_TRY(UpdateDuty(move.db, row));
      } else if (Resume(row, move.counted, op.ground, services_.policy)) {
        ZHIAN_TRY(UpdateDuty(move.db, row));
      }
    }
  }
  if (move.matter.terminal) {
    for (DutyRow& row : move.duties)
      if (IsOpen(row)) ZHIAN_TRY(close(row, true));
  }
  // What waited for its event, and this step brings it. A later one of the same sort (a further instalment) starts the
  // clock anew.
  for (DutyRow& row : move.duties) {
    const Duty* duty = FindDuty(move.kind, row.duty);
    if (duty == nullptr || row.state != DutyState::kOpen) continue;
    const ClockStart start = ChooseStart(duty->clock, move.matter);
    if (start.sort != ClockStart::Sort::kWhen || !Brings(move, start.of)) continue;
    ZHIAN_TRY(StartClock(move, *duty, row, false));
    ZHIAN_TRY(UpdateDuty(move.db, row));
  }
  for (const DutyOp& op : move.transition.duties) {
    if (!Opens(op)) continue;
    const Duty* duty = FindDuty(move.kind, op.duty);
    if (duty == nullptr) return MakeError(ErrorCode::kInternal, "unknown duty " + std::string(op.duty));
    ZHIAN_TRY(OpenDuty(move, *duty, op.kind == DutyOp::Kind::kOpenAnew));
  }
  return Ok();
}

bool Engine::Brings(const Move& move, Text field) {
  if (move.input.contains(field)) return true;
  return std::any_of(move.kind.fields.begin(), move.kind.fields.end(), [&](const Field& each) {
    return each.name == field && !each.automatic.empty() && each.automatic != "auto:engine" &&
           std::find(each.actions.begin(), each.actions.end(), move.transition.action) != each.actions.end();
  });
}

}  // namespace zhian::procedure
