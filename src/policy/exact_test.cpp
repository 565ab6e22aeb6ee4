#include "policy/exact.hpp"

#include <doctest/doctest.h>

using namespace zhian;
using policy::BandOf;

namespace {
policy::Band Of(const char* raw, bool has_number = true) {
  policy::Rule rule;
  rule.raw = raw;
  rule.has_number = has_number;
  return BandOf(rule);
}
std::string Text(const std::optional<base::Decimal>& number) { return number ? number->Text() : "none"; }
}  // namespace

TEST_CASE("a rule's numbers are the digits of its row") {
  CHECK(Text(Of("0.1").low) == "0.1");
  CHECK(Text(Of("0.1").high) == "0.1");
  CHECK(Text(Of("10-20").low) == "10");
  CHECK(Text(Of("10-20").high) == "20");
  CHECK(Text(Of("0.05-0.10").high) == "0.10");
  CHECK(Text(Of(">=90").low) == "90");
  CHECK(Text(Of(">=90").high) == "none");
  CHECK(Text(Of("<60").low) == "none");
  CHECK(Text(Of("<60").high) == "60");
  CHECK(Text(Of("<=60").high) == "60");
  CHECK(Text(Of("-5").low) == "-5");
  CHECK(Text(Of("quarter", false).low) == "none");
}
