// Rounds 輪次: a second notice, a second order, a report that was returned begin anew, and nothing of the round before
// satisfies a guard of this one. A round is what happened since the last move that began it. Pure.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

#include "procedure/bindings.hpp"

namespace zhian::procedure {

struct Round {
  const TransitionRow* begun_by = nullptr;    // nullptr: no such move; then the round is the whole history
  std::span<const TransitionRow> moves = {};  // after that move, oldest first

  // When it began (ms UTC, the day of the event), 0 where no move began it.
  [[nodiscard]] std::int64_t since() const { return begun_by == nullptr ? 0 : begun_by->at; }
  // For PartsAsked::after.
  [[nodiscard]] std::int64_t after() const { return begun_by == nullptr ? 0 : begun_by->sequence; }
  // The last move of this action within the round; nullptr where there is none.
  [[nodiscard]] const TransitionRow* Last(std::string_view action) const;
};

// Since the last move of one of these actions.
Round RoundSince(std::span<const TransitionRow> history, std::initializer_list<std::string_view> actions);
// Since the last move that opened this duty, by the tables of the kind.
Round RoundOfDuty(const Kind& kind, std::span<const TransitionRow> history, std::string_view duty);

}  // namespace zhian::procedure
