// Duties 待辦: opening, closing, suspending, and the deadline that the dated rule gives.
#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "procedure/move.hpp"

namespace zhian::procedure {
namespace {

// Expands the first {…} of a pattern into `out`, the fitting alternative first.
void Expand(const std::string& pattern, const Matter& matter, std::vector<std::string>& out) {
  const auto open = pattern.find('{');
  if (open == std::string::npos) {
    out.push_back(pattern);
    return;
  }
  const auto close = pattern.find('}', open);
  const std::string head = pattern.substr(0, open), tail = pattern.substr(close + 1);
  const std::string inside = pattern.substr(open + 1, close - open - 1);
  if (inside.find('/') == std::string::npos) {
    const std::string value = matter.Field(inside);
    if (!value.empty()) Expand(head + value + tail, matter, out);
    Expand(head + "general" + tail, matter, out);
    if (inside == "level" || inside == "class") Expand(head + "1" + tail, matter, out);  // strictest until graded
    return;
  }
  std::vector<std::string> alternatives = SplitArguments(inside, '/');
  // A word of the alternative that the matter's fields name decides: regime, verdict, urgency, subject of publication.
  const std::string regime = matter.Field("regime");
  const auto has_word = [](const std::string& text, const std::string& word) {
    if (word.empty()) return false;
    const std::string dotted = "." + text + ".";
    return dotted.find("." + word + ".") != std::string::npos;
  };
  const auto truth = [&](const char* field) { return matter.Field(field) == "true"; };
  const auto score = [&](const std::string& alternative) {
    int points = 0;
    if (has_word(alternative, regime)) points += 2;
    if (regime == "food_sale" && has_word(alternative, "food")) points += 1;
    if (has_word(alternative, matter.Field("verdict"))) points += 2;
    if (has_word(alternative, matter.Field("source_room"))) points += 4;
    if (has_word(alternative, matter.Field("purpose"))) points += 1;
    if (has_word(alternative, "severe")) points += truth("severe") ? 3 : -3;
    if (has_word(alternative, "urgent")) points += truth("urgent") ? 3 : -3;
    if (has_word(alternative, "quicktest")) points += matter.Field("purpose") == "quick_test" ? 3 : -3;
    if (has_word(alternative, "forward")) points += -3;
    if (has_word(alternative, "small")) points += truth("small") ? 3 : -3;
    if (has_word(alternative, "equip")) points += matter.kind.starts_with("equip") ? 3 : -2;
    return points;
  };
  std::stable_sort(alternatives.begin(), alternatives.end(),
                   [&](const std::string& a, const std::string& b) { return score(a) > score(b); });
  for (const std::string& alternative : alternatives) Expand(head + alternative + tail, matter, out);
}

}  // namespace

std::vector<std::string> RuleCandidates(Text pattern, const Matter& matter) {
  std::vector<std::string> candidates;
  Expand(std::string(pattern), matter, candidates);
  return candidates;
}

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
  for (const std::string& id : RuleCandidates(duty.rule, move.matter)) {
    const policy::Rule* rule = services_.policy.Find(id, on);
    if (rule == nullptr) continue;
    row.rule_id = rule->id;
    const auto deadline = policy::ComputeDeadline(*rule, *start, services_.policy.calendar(), {.before = duty.before});
    if (deadline.ok()) row.limit_at = deadline->limit_at.ms;
    break;
  }
  // No row for the date: the duty stands without a limit and says so (procedures.md, "No row for a date").
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
    const Window* window = WindowOf(move.kind, row.duty);
    const bool is_right = window != nullptr && window->sort != WindowSort::kTerm;
    row.state = lapsed || (by_time && (is_right || Has(row.holder_role, RoleMark::kOwn))) ? DutyState::kLapsed
                : late && !by_time                                                        ? DutyState::kDoneLate
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
