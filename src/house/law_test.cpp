#include "house/law.hpp"

#include <doctest/doctest.h>

using namespace zhian;
using namespace zhian::house;

namespace {

CaseRunner& Runner() {
  static const std::unique_ptr<CaseRunner> runner =
      std::move(*CaseRunner::Open(std::string(ZHIAN_SOURCE_DIR) + "/policy"));
  return *runner;
}
// What comes out of one case, written without its day and its sentence.
CaseOutcome OutcomeOf(const std::string& text) {
  const auto cases = procedure::ReadCases("day = 2026-10-12\n[[case]]\nsays = \"x\"\n" + text, "x.toml");
  std::string faults;
  if (!cases.ok())
    for (const FieldError& field : cases.error().fields) faults += field.pointer + " " + field.message.Text() + "; ";
  REQUIRE_MESSAGE(cases.ok(), faults);
  const auto outcome = Runner().Run(cases->front());
  REQUIRE_MESSAGE(outcome.ok(), outcome.error().message.Text());
  return *outcome;
}

}  // namespace

TEST_CASE("the cases of law of every room come out as they say; those known to be false still are") {
  const auto cases = ReadCaseFiles({std::string(ZHIAN_SOURCE_DIR) + "/src/rooms"});
  std::string faults;
  if (!cases.ok())
    for (const FieldError& field : cases.error().fields) faults += field.pointer + " " + field.message.Text() + "\n";
  REQUIRE_MESSAGE(cases.ok(), faults);
  const LawReport report = CheckLaw(Runner(), *cases);
  for (const std::string& fault : report.faults) CHECK_MESSAGE(false, fault);
  CHECK(report.guards > 400);
  CHECK(report.duties > 100);
}

TEST_CASE("a guard is asked for real: the other outcome, or another open item, is seen") {
  const std::string seal = "guard = \"seal_is_intact\"\nstep = \"sample.receive\"\nmatter.seal_number = \"A-1\"\n";
  CHECK(OutcomeOf(seal + "form.seal_seen = \"A-1\"\nholds = true\n").is_met);
  CHECK_FALSE(OutcomeOf(seal + "form.seal_seen = \"A-2\"\nholds = true\n").is_met);
  CHECK(OutcomeOf(seal + "form.seal_seen = \"A-2\"\nopen = [\"与抽样单不一致\"]\n").is_met);
  CHECK_FALSE(OutcomeOf(seal + "form.seal_seen = \"A-2\"\nopen = [\"没有封条\"]\n").is_met);
  CHECK_FALSE(OutcomeOf(seal + "form.seal_seen = \"A-2\"\nopen = [\"与抽样单不一致\", \"另一项\"]\n").is_met);
}

TEST_CASE("a deadline is computed for real: another day, another rule, or none is seen") {
  const std::string serve = "duty = \"sample.serve_fail\"\nmatter.regime = \"food\"\n";
  CHECK(OutcomeOf(serve + "limit = 2026-10-19\nrule = \"sampling.food.serve\"\n").is_met);
  CHECK_FALSE(OutcomeOf(serve + "limit = 2026-10-20\nrule = \"sampling.food.serve\"\n").is_met);
  CHECK_FALSE(OutcomeOf(serve + "limit = 2026-10-19\nrule = \"sampling.product.serve\"\n").is_met);
  CHECK_FALSE(OutcomeOf(serve + "limit = \"none\"\n").is_met);
}

TEST_CASE("a mark of falsehood that is not needed any more is a fault, and so is one that is missing") {
  const auto cases = procedure::ReadCases(R"(
day = 2026-10-12
[[case]]
says = "标了而已合法律"
guard = "seal_is_intact"
step = "sample.receive"
matter.seal_number = "A-1"
form.seal_seen = "A-1"
holds = true
known_false = "从前不对"
[[case]]
says = "没有标而不合"
guard = "seal_is_intact"
step = "sample.receive"
matter.seal_number = "A-1"
form.seal_seen = "A-2"
holds = true
)",
                                          "x.toml");
  REQUIRE(cases.ok());
  const LawReport report = CheckLaw(Runner(), *cases);
  REQUIRE(report.faults.size() == 2);
  CHECK(report.faults[0].find("x.toml:3: 标了而已合法律") == 0);
  CHECK(report.faults[1].find("应为：成立｜实为：不成立：所见封条编号与抽样单不一致") != std::string::npos);
  CHECK(report.known_false == 1);
}

TEST_CASE("cases do not see each other, and what does not fit the store names its line") {
  CHECK(
      OutcomeOf(
          "guard = \"operator_is_unlicensed_or_counterfeiting\"\npermits = [{ operator_id = \"op\" }]\nholds = false\n")
          .is_met);
  CHECK(
      OutcomeOf(
          "guard = \"operator_is_unlicensed_or_counterfeiting\"\nform.closure_ground = \"unlicensed\"\nholds = true\n")
          .is_met);
  const auto cases = procedure::ReadCases(
      "day = 2026-10-12\n[[case]]\nsays = \"x\"\nguard = \"operator_is_unlicensed_or_counterfeiting\"\n"
      "permits = [{ colour = \"red\" }]\nholds = true\n",
      "x.toml");
  REQUIRE(cases.ok());
  const auto outcome = Runner().Run(cases->front());
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().fields.front().pointer == "x.toml:5");
}
