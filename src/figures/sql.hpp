// Builders of the statements by which figures are counted (figures.hpp, Query). Aliases that they set: `m` the matter,
// `t` its move, `x` its duty, `o` the operator. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/decimal.hpp"

namespace zhian::figures {

// The column lies in the territory that is counted.
std::string InTerritory(const std::string& column);
// Exercises and what was entered in error count in nothing (docs/decisions/0016-exercises.md) …
std::string Usual();
// … but in the figures of exercises themselves.
std::string OfExercises();

// One kind's move: (kind, action).
std::string Is(const std::string& kind, const std::string& action);
// 1 where the condition holds, else 0.
std::string When(const std::string& condition);
// Matters that made one of the moves in the period; `numerator` says what each adds above the line.
std::string Moves(const std::string& moves, const std::string& numerator, const std::string& usual = Usual());
// Duties whose limit fell in the period: met in time, late, or open past their limit (docs of figures, "Timeliness").
std::string Timeliness(const std::string& filter, const std::string& usual = Usual());
// Operators as known on the day. A file counts from when it was entered until its end was recorded.
std::string Operators(const std::string& population, const std::string& numerator);
// The list of duties that ask nobody to act, for NOT IN: windows and shortest times are in no timeliness.
std::string Windows();
// A day's figure does not look at its period: the parameters are bound all the same.
std::string UseAll();
// An exact number as a figure counts it, 0 where there is none: a figure is a statistic, and nothing is owed by it.
double Estimate(const std::optional<base::Decimal>& number);

}  // namespace zhian::figures
