#include "figures/intervals.hpp"

#include <doctest/doctest.h>

using namespace zhian::figures;

TEST_CASE("Clopper-Pearson against published values") {
  const Interval none = ClopperPearson(0, 10), all = ClopperPearson(10, 10), some = ClopperPearson(4, 20);
  CHECK(none.low == 0);
  CHECK(none.high == doctest::Approx(0.3085).epsilon(0.001));  // 1 − 0.025^(1/10)
  CHECK(all.low == doctest::Approx(0.6915).epsilon(0.001));
  CHECK(all.high == 1);
  CHECK(some.low == doctest::Approx(0.0573).epsilon(0.005));
  CHECK(some.high == doctest::Approx(0.4366).epsilon(0.001));
}
TEST_CASE("Wilson and Poisson against published values") {
  CHECK(Wilson(4, 20).low == doctest::Approx(0.0807).epsilon(0.005));
  CHECK(Wilson(4, 20).high == doctest::Approx(0.4160).epsilon(0.002));
  CHECK(Poisson(0).low == 0);
  CHECK(Poisson(0).high == doctest::Approx(3.689).epsilon(0.001));
  CHECK(Poisson(10).low == doctest::Approx(4.795).epsilon(0.001));
  CHECK(Poisson(10).high == doctest::Approx(18.390).epsilon(0.001));
}
TEST_CASE("the median's interval by order: six values give first and last, five give none") {
  CHECK_FALSE(MedianByOrder({1, 2, 3, 4, 5}));
  REQUIRE(MedianByOrder({1, 2, 3, 4, 5, 6}));
  CHECK(MedianByOrder({1, 2, 3, 4, 5, 6})->low == 1);
  CHECK(MedianByOrder({1, 2, 3, 4, 5, 6})->high == 6);
  CHECK_FALSE(MedianByOrder({}));
}
TEST_CASE("property: every interval holds its share and stays within nothing and all") {
  for (int n = 1; n <= 120; ++n)
    for (int k = 0; k <= n; ++k)
      for (const Interval i : {Wilson(k, n), ClopperPearson(k, n)}) {
        const double share = static_cast<double>(k) / n;
        CHECK((i.low <= share + 1e-12 && i.high >= share - 1e-12 && i.low >= 0 && i.high <= 1));
      }
}
