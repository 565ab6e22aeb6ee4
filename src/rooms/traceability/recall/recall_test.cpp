// The worked examples of the recall's balance (docs/gates.md section 6).
#include "rooms/traceability/recall/recall.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace zhian;
using zhian::traceability::Balance;
using zhian::traceability::InInputQuantity;
using zhian::traceability::RecallRecords;

namespace {
using base::Decimal;
// Records that stand behind all that is stated.
RecallRecords Backed(Decimal recovered, Decimal elsewhere = {}, Decimal corrected = {}) {
  RecallRecords records;
  records.recovered = records.recovered_destroyed = recovered;
  records.destroyed_elsewhere = elsewhere;
  records.corrected_in_place = corrected;
  return records;
}
}  // namespace

TEST_CASE("recall closed: one per cent is within one per cent, the limit included") {
  const auto b = Balance(
      {.P = Decimal(1200), .K = Decimal(150), .V = Decimal(780), .X = Decimal(60), .C = Decimal(190), .W = Decimal(8)},
      Backed(Decimal(780), Decimal(60)), 2, true, {});
  CHECK(b.U == Decimal(12));
  CHECK(b.balanced);
  CHECK(b.effective_rate == doctest::Approx(840.0 / 860));
}
TEST_CASE("recall open: destruction without witness does not count") {
  const auto b = Balance(
      {.P = Decimal(1200), .K = Decimal(150), .V = Decimal(780), .X = Decimal(60), .C = Decimal(190), .W = Decimal(8)},
      Backed(Decimal(780)), 2, true, {});
  CHECK(b.U == Decimal(72));
  CHECK_FALSE(b.balanced);
  REQUIRE(b.witness_items.size() == 1);
  CHECK(b.witness_items.front().text.Text().find("60") != std::string::npos);
}
TEST_CASE("recall negative: more came back than was made, a trace gap of 20 kg") {
  const auto b = Balance({.P = Decimal(500), .K = Decimal(40), .V = Decimal(480)}, Backed(Decimal(480)), 2, true, {});
  CHECK(b.U == Decimal(-20));
  CHECK_FALSE(b.balanced);
  CHECK(IsOverReturned(b, {}));
  CHECK_FALSE(IsOverReturned(
      Balance({.P = Decimal(500), .K = Decimal(20), .V = Decimal(485)}, Backed(Decimal(485)), 2, true, {}),
      {}));  // five are within one per cent
}
TEST_CASE("recall level 1, estimated consumption: 22.2 per cent are too much, 20 are not") {
  const auto b = Balance({.P = Decimal(1000),
                          .K = Decimal(100),
                          .V = Decimal(560),
                          .X = Decimal(40),
                          .C = Decimal(60),
                          .E = Decimal(200),
                          .W = Decimal(35)},
                         Backed(Decimal(560), Decimal(40)), 1, true, {});
  CHECK(b.U == Decimal(5));
  CHECK_FALSE(b.balanced);
  CHECK(Balance({.P = Decimal(1000),
                 .K = Decimal(100),
                 .V = Decimal(580),
                 .X = Decimal(40),
                 .C = Decimal(60),
                 .E = Decimal(180),
                 .W = Decimal(35)},
                Backed(Decimal(580), Decimal(40)), 1, true, {})
            .balanced);
}
TEST_CASE("transformation: what is recalled counts by its share, in quantity of the input") {
  CHECK(InInputQuantity(120, 1000, 200, 0.4) == doctest::Approx(240));
  CHECK(InInputQuantity(80, 1000, 200, 0.4) == doctest::Approx(160));
  CHECK(InInputQuantity(1, 1, 0, 1) == 0);
}
TEST_CASE("V is destroyed, corrected or held as evidence, and no more than the consignees reported") {
  RecallRecords records = Backed(Decimal(100));
  records.recovered_destroyed = Decimal(60);
  CHECK_FALSE(Balance({.P = Decimal(100), .V = Decimal(100)}, records, 2, true, {}).balanced);
  records.recovered_corrected = Decimal(25);
  records.recovered_evidence = Decimal(15);
  CHECK(Balance({.P = Decimal(100), .V = Decimal(100)}, records, 2, true, {}).balanced);
  records.recovered = Decimal(90);
  const auto b = Balance({.P = Decimal(100), .V = Decimal(100)}, records, 2, true, {});
  CHECK_FALSE(b.balanced);
  CHECK(b.U == Decimal(10));
}
TEST_CASE("a holding that was counted twice keeps the recall open") {
  RecallRecords records = Backed(Decimal(100));
  records.counted_twice.push_back({.key = "reported_twice|甲店", .text = "甲店 报告了两次"});
  CHECK_FALSE(Balance({.P = Decimal(100), .V = Decimal(100)}, records, 2, true, {}).balanced);
}

TEST_CASE(
    "regression: a balance of tenths is exact, and one thousandth beyond "
    "the tolerance is beyond it") {
  const auto d = [](const char* text) { return *Decimal::Parse(text); };
  // As doubles, 0.1 + 0.2 is more than 0.3, and the balance would be short.
  const auto b = Balance({.P = d("0.3"), .V = d("0.1"), .X = d("0.2")}, Backed(d("0.1"), d("0.2")), 2, true, {});
  CHECK(b.U.sign() == 0);
  CHECK(b.balanced);
  CHECK(Balance({.P = d("1200"), .V = d("1188")}, Backed(d("1188")), 2, true, {}).balanced);
  CHECK_FALSE(Balance({.P = d("1200"), .V = d("1187.999")}, Backed(d("1187.999")), 2, true, {}).balanced);
}
TEST_CASE("a balance that does not fit is none") {
  const Decimal most = *Decimal::Parse(std::string(38, '9'));
  const auto b = Balance({.P = most, .K = most, .V = most}, Backed(most), 2, true, {});
  CHECK_FALSE(b.balanced);
}
