#include "procedure/rounds.hpp"

#include <algorithm>

namespace zhian::procedure {

namespace {

Round After(std::span<const TransitionRow> history, std::size_t place) {
  return {.begun_by = &history[place], .moves = history.subspan(place + 1)};
}

bool Opens(const Transition& step, std::string_view duty) {
  return std::any_of(step.duties.begin(), step.duties.end(),
                     [&](const DutyOp& op) { return op.kind == DutyOp::Kind::kOpen && op.duty == duty; });
}

}  // namespace

const TransitionRow* Round::Last(std::string_view action) const {
  const TransitionRow* last = nullptr;
  for (const TransitionRow& row : moves)
    if (row.action == action) last = &row;
  return last;
}

Round RoundSince(std::span<const TransitionRow> history, std::initializer_list<std::string_view> actions) {
  for (std::size_t i = history.size(); i-- > 0;)
    if (std::find(actions.begin(), actions.end(), history[i].action) != actions.end()) return After(history, i);
  return {.begun_by = nullptr, .moves = history};
}

Round RoundOfDuty(const Kind& kind, std::span<const TransitionRow> history, std::string_view duty) {
  for (std::size_t i = history.size(); i-- > 0;) {
    // By the action alone: a row of the history may be of a version in which the step stood in another state.
    const bool opens = std::any_of(kind.transitions.begin(), kind.transitions.end(), [&](const Transition& step) {
      return step.action == history[i].action && Opens(step, duty);
    });
    if (opens) return After(history, i);
  }
  return {.begun_by = nullptr, .moves = history};
}

std::span<const TransitionRow> GuardContext::Since(std::string_view action) const {
  return RoundSince(history, {action}).moves;
}

}  // namespace zhian::procedure
