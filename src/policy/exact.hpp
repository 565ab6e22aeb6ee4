// The numbers of a rule as exact decimals: for money, bands, and whatever is compared with a measured value. Read from
// the text of the row itself ("10-20", ">=90", "5000"). Pure; safe from any thread.
#pragma once

#include <optional>

#include "base/decimal.hpp"
#include "policy/pack.hpp"

namespace zhian::policy {

struct Band {
  std::optional<base::Decimal> low, high;  // both included; none: no bound on this side, or no number
};
Band BandOf(const Rule& rule);

// The lower bound of the rule in force on the day ("5000": the number itself); none where there is no rule or no bound.
std::optional<base::Decimal> Exact(const Pack& pack, std::string_view name, base::Date on);

}  // namespace zhian::policy
