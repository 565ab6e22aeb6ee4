#include "procedure/explain.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace zhian;
using namespace zhian::procedure;

TEST_CASE("a step says of each guard its sentence, its law and its cases, in all three languages") {
  const Kind* kind = FindKind("enforcement_case");
  const Transition* step = FindTransition(*kind, "deciding", "decide_penalty");
  REQUIRE(step != nullptr);
  for (const Language language : {Language::kSimplified, Language::kTraditional, Language::kEnglish}) {
    const auto view = ExplainStep(*kind, *step, language);
    const auto& guards = view.at("guards").get_array();
    REQUIRE(guards.size() == step->guards.size());
    for (const auto& guard : guards) {
      CHECK_FALSE(guard.at("sentence").get_string().empty());
      CHECK_FALSE(guard.at("ground").get_string().empty());
      CHECK_FALSE(guard.at("judged").get_string().empty());
    }
  }
  const std::string text = ExplainStepText(*kind, *step, Language::kSimplified);
  CHECK(text.find("换一个账号决定，仍是办案的同一个人") != std::string::npos);
}

TEST_CASE("every case of law names a guard that exists, and both answers are told") {
  CHECK(std::all_of(GuardCases().begin(), GuardCases().end(),
                    [](const GuardCase& one) { return FindGuard(one.guard) != nullptr; }));
  CHECK(std::any_of(GuardCases().begin(), GuardCases().end(), [](const GuardCase& one) { return one.holds; }));
  CHECK(std::any_of(GuardCases().begin(), GuardCases().end(), [](const GuardCase& one) { return !one.holds; }));
}
