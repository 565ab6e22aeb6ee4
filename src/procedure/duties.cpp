// Duties 待辦: opening, closing, suspending, and the deadline that the dated rule gives.
#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "procedure/choose_rule.hpp"
#include "procedure/move.hpp"

namespace zhian::procedure {
Status Engine::OpenDuty(Move& move, const Duty& duty) {
  // Reopening while it is still open keeps the first one: the limit of the law does not move by pressing twice.
  for (const DutyRow& row : move.duties)
    if (row.duty == duty.id && (row.state == DutyState::kOpen || row.state == DutyState::kSuspended)) return Ok();
  DutyRow row;
  row.id = base::NewUuid7(move.now);
  row.matter_id = move.matter.id;
  row.kind = move.matter.kind;
  row.duty = std::string(duty.id);
  row.holder_role = std::string(duty.holder);
  row.jurisdiction = move.matter.jurisdiction;
  row.operator_id = move.matter.operator_id;
  row.opened_at = move.now.ms;

  std::optional<base::Instant> start = move.occurred;
  if (!duty.clock_field.empty()) {
    const std::string value = move.matter.Field(duty.clock_field);
    if (value.empty()) {
      start = move.occurred;
    } else if (const auto instant = base::ParseInstant(value); instant.ok()) {
      start = *instant;
    } else if (const auto date = base::ParseDate(value); date.ok()) {
      start = base::StartOfDay(*date);
    } else if (value.size() == 4 && value.find_first_not_of("0123456789") == std::string::npos) {
      start = base::StartOfDay(base::Date::FromYmd(std::stoi(value), 1, 1));  // a plan's year
    }
  }
  row.start_at = start->ms;
  const base::Date on = base::LocalDate(*start);
  // No rule for these values, or no row of it for this date: the duty stands without a limit and says so. Nothing is
  // borrowed from another regime or another period.
  const Text chosen = ChooseRule(duty.rule, move.matter);
  if (const policy::Rule* rule = chosen.empty() ? nullptr : services_.policy.Find(chosen, on); rule != nullptr) {
    row.rule_id = rule->id;
    const auto deadline = policy::ComputeDeadline(*rule, *start, services_.policy.calendar(), {.before = duty.before});
    if (deadline.ok()) row.limit_at = deadline->limit_at.ms;
  }
  ZHIAN_TRY(InsertDuty(move.db, row));
  move.duties.push_back(std::move(row));
  return Ok();
}

Status Engine::RunDuties(Move& move) {
  const bool judges_lateness =
      std::any_of(move.transition.guards.begin(), move.transition.guards.end(),
                  [](Text guard) { return guard.starts_with("limit_of_open_duty_has_passed"); });
  const auto close = [&](DutyRow& row, bool lapsed) -> Status {
    const bool late = row.limit_at && move.occurred.ms > *row.limit_at;
    // A minimum or a window ends by time, on the clock's own row: nobody was late. A right that was not used lapses.
    const bool by_time = late && ((move.actor.system && !judges_lateness) || IsWindow(row.duty));
    row.state = lapsed ||
                        (by_time && IsWindow(row.duty) && row.duty != "keep_backup" && !row.duty.starts_with("end_")) ||
                        (by_time && row.holder_role == "operator_user")
                    ? DutyState::kLapsed
                : late && !by_time ? DutyState::kDoneLate
                                   : DutyState::kDone;
    row.closed_at = move.occurred.ms;
    return UpdateDuty(move.db, row);
  };
  for (const DutyOp& op : move.transition.duties) {
    if (op.kind == DutyOp::Kind::kOpen) continue;
    for (DutyRow& row : move.duties) {
      if (row.duty != op.duty) continue;
      if (op.kind == DutyOp::Kind::kClose && (row.state == DutyState::kOpen || row.state == DutyState::kSuspended)) {
        ZHIAN_TRY(close(row, false));
      } else if (op.kind == DutyOp::Kind::kSuspend && row.state == DutyState::kOpen) {
        row.state = DutyState::kSuspended;
        row.suspended_at = move.occurred.ms;
        ZHIAN_TRY(UpdateDuty(move.db, row));
      } else if (op.kind == DutyOp::Kind::kResume && row.state == DutyState::kSuspended) {
        Resume(row, move.occurred, services_.policy);
        ZHIAN_TRY(UpdateDuty(move.db, row));
      }
    }
  }
  if (move.matter.terminal) {
    for (DutyRow& row : move.duties)
      if (row.state == DutyState::kOpen || row.state == DutyState::kSuspended) ZHIAN_TRY(close(row, true));
  }
  for (const DutyOp& op : move.transition.duties) {
    if (op.kind != DutyOp::Kind::kOpen) continue;
    const Duty* duty = FindDuty(move.kind, op.duty);
    if (duty == nullptr) return MakeError(ErrorCode::kInternal, "unknown duty " + std::string(op.duty));
    ZHIAN_TRY(OpenDuty(move, *duty));
  }
  return Ok();
}

}  // namespace zhian::procedure
