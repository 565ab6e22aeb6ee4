#include "figures/intervals.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace zhian::figures {

namespace {
constexpr double kZ = 1.959963984540054, kTail = 0.025;
}  // namespace

Interval Wilson(double k, double n) {
  const double p = k / n, centre = (p + kZ * kZ / (2 * n)) / (1 + kZ * kZ / n);
  const double half = kZ / (1 + kZ * kZ / n) * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

Interval ClopperPearson(double k, double n) {
  return {k <= 0 ? 0 : boost::math::ibeta_inv(k, n - k + 1, kTail),
          k >= n ? 1 : boost::math::ibeta_inv(k + 1, n - k, 1 - kTail)};
}

Interval Poisson(double k) {
  return {k <= 0 ? 0 : boost::math::gamma_p_inv(k, kTail), boost::math::gamma_p_inv(k + 1, 1 - kTail)};
}

std::optional<Interval> MedianByOrder(const std::vector<double>& sorted) {
  const std::size_t n = sorted.size();
  // The largest r with P(Bin(n, ½) < r) ≤ 2.5 %: the interval runs from the r-th to the (n − r + 1)-th value.
  double below = 0, term = std::pow(0.5, static_cast<double>(n));
  std::size_t r = 0;
  while (r < n && below + term <= kTail) {
    below += term;
    term *= static_cast<double>(n - r) / static_cast<double>(r + 1);
    ++r;
  }
  if (r == 0) return std::nullopt;
  return Interval{sorted[r - 1], sorted[n - r]};
}

}  // namespace zhian::figures
