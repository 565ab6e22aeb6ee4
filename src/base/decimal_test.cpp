#include "base/decimal.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

using namespace zhian;
using zhian::base::Decimal;

namespace {
Decimal D(const char* text) {
  const auto parsed = Decimal::Parse(text);
  REQUIRE_MESSAGE(parsed.ok(), text);
  return *parsed;
}
// Sums and products of these stay far inside of what a Decimal holds.
rc::Gen<Decimal> AnyDecimal() {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange<std::int64_t>(-999'999'999'999'999'999, 999'999'999'999'999'999),
                                    rc::gen::inRange(0, 7)),
                      [](const auto& part) { return Decimal::FromUnits(part.first, part.second); });
}
}  // namespace

TEST_CASE("decimals: what is written is what is read, and what is no number is refused") {
  for (const char* good : {"0", "-0.5", "12.50", "00012", "999999999999.999999", "0.000001"})
    CHECK(D(good).Text() != "");
  CHECK(D("12.50").Text() == "12.50");
  CHECK(D("-0.05").Text() == "-0.05");
  CHECK(D("12.50") == D("12.5"));
  CHECK(D("-0") == D("0"));
  for (const char* bad : {"", "-", ".", "1.", ".5", "1..2", "1e3", "+1", " 1", "1 ", "1,000", "0x10", "NaN", "１"})
    CHECK_MESSAGE(Decimal::Parse(bad).error().code == ErrorCode::kInvalid, bad);
  CHECK(Decimal::Parse(std::string(38, '9')).ok());
  CHECK(Decimal::Parse(std::string(39, '9')).error().code == ErrorCode::kTooLarge);
  CHECK(Decimal::Parse("0." + std::string(37, '0')).error().code == ErrorCode::kTooLarge);
}

TEST_CASE("regression: 0.1 + 0.2 is 0.3, and half a cent is half a cent") {
  CHECK(*D("0.1").Plus(D("0.2")) == D("0.3"));
  CHECK(D("5000.005").Rounded(2).Text() == "5000.01");
  CHECK(D("-5000.005").Rounded(2).Text() == "-5000.01");
  CHECK(D("5000.0049999").Rounded(2).Text() == "5000.00");
  CHECK(D("5000.005").Minus(D("5000")).value() == D("0.005"));
  CHECK(D("0.07").Times(D("3")).value() == D("0.21"));
}

TEST_CASE("regression: a goods value of 5000 is not read as 5000.000000") {
  CHECK(D("5000.000000").Short() == "5000");
  CHECK(D("5000.500000").Short(2) == "5000.5");
  CHECK(D("0.000").Short() == "0");
  CHECK(D("100").Short() == "100");
  CHECK(D("62.449").Short(1) == "62.4");
}

TEST_CASE("what does not fit is an error, never a wrapped or rounded number") {
  const Decimal most = D(std::string(38, '9').c_str());
  CHECK(most.Plus(Decimal(1)).error().code == ErrorCode::kTooLarge);
  CHECK(most.Times(Decimal(10)).error().code == ErrorCode::kTooLarge);
  CHECK(most.Plus(D("0.1")).error().code == ErrorCode::kTooLarge);
  CHECK(most.Whole().error().code == ErrorCode::kTooLarge);
  CHECK(most.Plus(most.Negated()).value() == Decimal());
  // Trailing zeros do not make a number too large.
  CHECK(most.Plus(D("0.000")).value() == most);
  CHECK(D("10000000000000000000.000000000000000000").Times(D("10.000000000000000000")).value() ==
        D("100000000000000000000"));
  CHECK(most > D("0.000000000000000000000000000000000001"));
  CHECK(most.Negated() < D("-0.000000000000000000000000000000000001"));
  CHECK(D("-0.000000000000000000000000000000000001") > most.Negated());
  CHECK(most.Rounded(0) == most);
}

TEST_CASE("whole numbers and estimates") {
  CHECK(D("12.000").IsWhole());
  CHECK_FALSE(D("12.001").IsWhole());
  CHECK(D("-12.9").Whole().value() == -12);
  CHECK(D("62.5").Estimate() == 62.5);
  CHECK(Decimal(INT64_MIN).Text() == "-9223372036854775808");
  CHECK(D("-3").Magnitude() == D("3"));
}

TEST_CASE("property: decimals come back from their text, digit for digit") {
  CHECK(rc::check([] {
    const Decimal a = *AnyDecimal();
    RC_ASSERT(D(a.Text().c_str()).Text() == a.Text());
    RC_ASSERT(D(a.Short().c_str()) == a);
  }));
}

TEST_CASE("property: decimals add, multiply and compare as numbers do") {
  CHECK(rc::check([] {
    const Decimal a = *AnyDecimal(), b = *AnyDecimal(), c = *AnyDecimal();
    RC_ASSERT(*a.Plus(b) == *b.Plus(a));
    RC_ASSERT(*a.Times(b) == *b.Times(a));
    RC_ASSERT(*(*a.Plus(b)).Plus(c) == *a.Plus(*b.Plus(c)));
    RC_ASSERT(*(*a.Plus(b)).Minus(b) == a);
    const auto difference = a.Minus(b);
    RC_ASSERT((a < b) == (difference->sign() < 0));
    RC_ASSERT((a == b) == (difference->sign() == 0));
    const double sum = a.Estimate() + b.Estimate();
    RC_ASSERT(std::abs((*a.Plus(b)).Estimate() - sum) <= 1e-9 * (1 + std::abs(a.Estimate()) + std::abs(b.Estimate())));
    const Decimal k = Decimal(*rc::gen::inRange<std::int64_t>(-1000, 1000));
    const auto left = (*a.Plus(b)).Times(k);
    const auto right = (*a.Times(k)).Plus(*b.Times(k));
    RC_ASSERT(left.ok() && right.ok() && *left == *right);
  }));
}

TEST_CASE("property: rounding moves by at most half a unit") {
  CHECK(rc::check([] {
    const Decimal a = *AnyDecimal();
    const int decimals = *rc::gen::inRange(0, 6);
    const Decimal moved = (*a.Rounded(decimals).Minus(a)).Magnitude();
    const Decimal unit = Decimal::FromUnits(1, decimals);
    RC_ASSERT(*moved.Plus(moved) <= unit);
  }));
}
