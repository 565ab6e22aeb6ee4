#include "rooms/governance/quotes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "base/json.hpp"

using namespace zhian;
using governance::Verdict;

TEST_CASE("the speech of 2007: which of its figures cannot be right, and why") {
  std::ifstream in(std::string(ZHIAN_SOURCE_DIR) + "/policy/statements/speech-2007.json");
  std::stringstream text;
  text << in.rdbuf();
  const auto file = base::ParseJson(text.str());
  REQUIRE(file.ok());
  const auto statement = governance::CheckStatement(file->as_object());
  REQUIRE(statement.ok());
  const auto of = [&](const char* rule, const char* quote) {
    const auto at = std::find_if(statement->checks.begin(), statement->checks.end(), [&](const governance::Check& c) {
      return c.rule == rule && c.quotes.front() == quote;
    });
    REQUIRE(at != statement->checks.end());
    return *at;
  };
  CHECK(of("share_is_count_over_total", "food10").verdict == Verdict::kConsistent);
  CHECK(of("share_is_count_over_total", "qs").verdict == Verdict::kConsistent);
  CHECK(of("share_is_count_over_total", "brands").verdict == Verdict::kConsistent);
  const auto iso = of("share_has_an_integer_total", "iso");
  CHECK(iso.verdict == Verdict::kContradiction);
  CHECK(iso.text.find("66.7%") != std::string::npos);
  CHECK(iso.text.find("75%") != std::string::npos);
  const auto growth = of("growth_is_delta_over_base", "increase");
  CHECK(growth.verdict == Verdict::kContradiction);
  for (const char* number : {"147.5", "42.4%", "53.3", "156.7", "183.8", "246.3"})
    CHECK(growth.text.find(number) != std::string::npos);
  CHECK(of("hundred_percent_has_denominator", "pass_size").verdict == Verdict::kCannotBeChecked);
  CHECK(of("count_is_whole", "households").verdict == Verdict::kConsistent);
  CHECK(of("amount_is_inside_band", "reward_high").verdict == Verdict::kConsistent);
}

TEST_CASE("property: a share that was rounded from whole numbers always has an integer total") {
  for (int n = 1; n <= 300; ++n)
    for (int a = 1; a <= n; ++a) {
      boost::json::object file{
          {"quotes", boost::json::array{boost::json::object{{"id", "a"}, {"value", a}},
                                        boost::json::object{{"id", "p"}, {"value", std::floor(100.0 * a / n + 0.5)}}}},
          {"relations", boost::json::array{boost::json::object{
                            {"rule", "share_has_an_integer_total"}, {"part", "a"}, {"share", "p"}}}}};
      const auto statement = governance::CheckStatement(file);
      REQUIRE(statement.ok());
      REQUIRE(statement->checks.front().verdict != Verdict::kContradiction);
    }
}

TEST_CASE("what is wrong in a statement is named") {
  for (const char* text :
       {R"({"quotes":1})", R"({"quotes":[{"id":"a"}]})", R"({"quotes":[{"id":"a","value":1},{"id":"a","value":2}]})",
        R"({"quotes":[{"id":"a","value":1}],"relations":[{"rule":"no_such"}]})",
        R"({"quotes":[{"id":"a","value":1}],"relations":[{"rule":"count_is_whole","count":"b"}]})"})
    CHECK_FALSE(governance::CheckStatement(base::ParseJson(text)->as_object()).ok());
}
