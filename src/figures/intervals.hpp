// Confidence intervals of 95 % for figures. Pure; safe to call concurrently.
#pragma once

#include <optional>
#include <vector>

namespace zhian::figures {

struct Interval {
  double low = 0, high = 0;
};
// Shares, 0 to 1. REQUIRES: 0 ≤ k ≤ n, n > 0.
Interval Wilson(double k, double n);          // Wilson 1927
Interval ClopperPearson(double k, double n);  // Clopper and Pearson 1934: exact
// A count, exact (Garwood 1936). REQUIRES: k ≥ 0.
Interval Poisson(double k);
// Of the median, by order statistics; none under six values: no pair of them reaches 95 %. REQUIRES: sorted.
std::optional<Interval> MedianByOrder(const std::vector<double>& sorted);

}  // namespace zhian::figures
