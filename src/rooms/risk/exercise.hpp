// Exercises 應急演練: what is measured in them, and how what they started ends with them.
// docs/decisions/0016-exercises.md. Reads only, but for the effects. A Connection belongs to one thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/decimal.hpp"
#include "procedure/bindings.hpp"
#include "records/risk.hpp"

namespace zhian::risk {

// Goods are traced in it: it needs lots, and is judged by the balance of their mock recalls.
bool TracesGoods(const records::Exercise& exercise);

struct Measured {
  // From the start until both directions stood with their balance; none: never.
  std::optional<std::int64_t> elapsed_ms;
  base::Decimal share;  // of what was made, accounted for in the last run of each lot (the least of them), 0–100 %
  std::vector<std::string> unrun;  // lots without a run since the start
};
// `runs` are oldest first. The time counts until the first moment at which the newest run of every lot is balanced to
// `target_share` (%, as share of what was made).
Measured Measure(std::span<const records::Exercise::MockRunsRow> runs, std::span<const std::string> lots,
                 base::Instant begun, const base::Decimal& target_share);
// Hours with at most three digits after the point, rounded.
base::Decimal Hours(std::int64_t ms);

}  // namespace zhian::risk
