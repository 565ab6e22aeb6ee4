// The worked examples of the recall's balance (docs/gates.md section 6).
#include "rooms/traceability/recall/recall.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace zhian;
using zhian::traceability::Balance;
using zhian::traceability::InInputQuantity;
using zhian::traceability::RecallRecords;

namespace {
// Records that stand behind all that is stated.
RecallRecords Backed(double recovered, double elsewhere = 0, double corrected = 0) {
  RecallRecords records;
  records.recovered = records.recovered_destroyed = recovered;
  records.destroyed_elsewhere = elsewhere;
  records.corrected_in_place = corrected;
  return records;
}
}  // namespace

TEST_CASE("recall closed: one per cent is within one per cent, the limit included") {
  const auto b = Balance({.P = 1200, .K = 150, .V = 780, .X = 60, .C = 190, .W = 8}, Backed(780, 60), 2, true, {});
  CHECK(b.U == doctest::Approx(12));
  CHECK(b.balanced);
  CHECK(b.effective_rate == doctest::Approx(840.0 / 860));
}
TEST_CASE("recall open: destruction without witness does not count") {
  const auto b = Balance({.P = 1200, .K = 150, .V = 780, .X = 60, .C = 190, .W = 8}, Backed(780), 2, true, {});
  CHECK(b.U == doctest::Approx(72));
  CHECK_FALSE(b.balanced);
  REQUIRE(b.witness_items.size() == 1);
  CHECK(b.witness_items.front().Text().find("60") != std::string::npos);
}
TEST_CASE("recall negative: more came back than was made, a trace gap of 20 kg") {
  const auto b = Balance({.P = 500, .K = 40, .V = 480}, Backed(480), 2, true, {});
  CHECK(b.U == doctest::Approx(-20));
  CHECK_FALSE(b.balanced);
  CHECK(IsOverReturned(b, {}));
  CHECK_FALSE(IsOverReturned(Balance({.P = 500, .K = 20, .V = 485}, Backed(485), 2, true, {}),
                             {}));  // five are within one per cent
}
TEST_CASE("recall level 1, estimated consumption: 22.2 per cent are too much, 20 are not") {
  const auto b =
      Balance({.P = 1000, .K = 100, .V = 560, .X = 40, .C = 60, .E = 200, .W = 35}, Backed(560, 40), 1, true, {});
  CHECK(b.U == doctest::Approx(5));
  CHECK_FALSE(b.balanced);
  CHECK(Balance({.P = 1000, .K = 100, .V = 580, .X = 40, .C = 60, .E = 180, .W = 35}, Backed(580, 40), 1, true, {})
            .balanced);
}
TEST_CASE("transformation: what is recalled counts by its share, in quantity of the input") {
  CHECK(InInputQuantity(120, 1000, 200, 0.4) == doctest::Approx(240));
  CHECK(InInputQuantity(80, 1000, 200, 0.4) == doctest::Approx(160));
  CHECK(InInputQuantity(1, 1, 0, 1) == 0);
}
TEST_CASE("V is destroyed, corrected or held as evidence, and no more than the consignees reported") {
  RecallRecords records = Backed(100);
  records.recovered_destroyed = 60;
  CHECK_FALSE(Balance({.P = 100, .V = 100}, records, 2, true, {}).balanced);
  records.recovered_corrected = 25;
  records.recovered_evidence = 15;
  CHECK(Balance({.P = 100, .V = 100}, records, 2, true, {}).balanced);
  records.recovered = 90;
  const auto b = Balance({.P = 100, .V = 100}, records, 2, true, {});
  CHECK_FALSE(b.balanced);
  CHECK(b.U == doctest::Approx(10));
}
TEST_CASE("a holding that was counted twice keeps the recall open") {
  RecallRecords records = Backed(100);
  records.counted_twice.emplace_back("甲店 报告了两次");
  CHECK_FALSE(Balance({.P = 100, .V = 100}, records, 2, true, {}).balanced);
}
