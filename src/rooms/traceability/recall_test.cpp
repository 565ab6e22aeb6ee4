// The worked examples of the recall's balance (docs/gates.md section 6).
#include "rooms/traceability/recall.hpp"

#include <doctest/doctest.h>

using zhian::traceability::Balance;

TEST_CASE("closed: one per cent is within one per cent, the limit included") {
  const auto b = Balance({.P = 1200, .K = 150, .V = 780, .X = 60, .C = 190, .W = 8}, 60, 2, true, {});
  CHECK(b.U == doctest::Approx(12));
  CHECK(b.balanced);
  CHECK(b.effective_rate == doctest::Approx(840.0 / 860));
}
TEST_CASE("open: destruction without witness does not count") {
  const auto b = Balance({.P = 1200, .K = 150, .V = 780, .X = 60, .C = 190, .W = 8}, 0, 2, true, {});
  CHECK(b.U == doctest::Approx(72));
  CHECK_FALSE(b.balanced);
}
TEST_CASE("open: more came back than was made") {
  const auto b = Balance({.P = 500, .K = 40, .V = 480}, 0, 2, true, {});
  CHECK(b.U == doctest::Approx(-20));
  CHECK_FALSE(b.balanced);
}
TEST_CASE("open: level 1 with too much estimated consumption") {
  const auto b = Balance({.P = 1000, .K = 100, .V = 560, .X = 40, .C = 60, .E = 200, .W = 35}, 40, 1, true, {});
  CHECK(b.U == doctest::Approx(5));
  CHECK_FALSE(b.balanced);
  CHECK(Balance({.P = 1000, .K = 100, .V = 580, .X = 40, .C = 60, .E = 180, .W = 35}, 40, 1, true, {}).balanced);
}
