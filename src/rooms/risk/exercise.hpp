// Exercises 應急演練: what is measured in them, and how what they started ends with them.
// docs/decisions/0016-exercises.md. Reads only, but for the effects. A Connection belongs to one thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "procedure/bindings.hpp"

namespace zhian::risk {

// Goods are traced in it: it needs lots, and is judged by the balance of their mock recalls.
bool TracesGoods(const procedure::Matter& exercise);

struct Measured {
  std::optional<double>
      hours;         // from the start until both directions stood with their balance, to the millisecond; none: never
  double share = 0;  // of what was made, accounted for in the last run of each lot (the least of them), 0–100 %
  std::vector<std::string> unrun;  // lots without a run since the start
};
// `runs` are rows of the field mock_runs, oldest first. Hours count until the first moment at which the newest run of
// every lot is balanced to `target_share` (%, as share of what was made).
Measured Measure(std::span<const boost::json::value> runs, std::span<const std::string> lots, base::Instant begun,
                 double target_share);

}  // namespace zhian::risk
