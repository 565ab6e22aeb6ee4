// The generated record of a sample: every sort of field, and guards that meet what does not read.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "procedure/guard_tools.hpp"
#include "procedure/world_for_tests.hpp"
#include "records/sampling.hpp"

using namespace zhian;
using records::Sample;
namespace json = boost::json;

namespace zhian::guards {
procedure::GuardResult all_items_are_within_limits(const procedure::GuardContext& context);
procedure::GuardResult an_item_is_outside_limits(const procedure::GuardContext& context);
}  // namespace zhian::guards

namespace {

procedure::GuardResult Judge(procedure::GuardFunction guard, json::object fields) {
  procedure::World world;
  const procedure::Kind& kind = *procedure::FindKind(Sample::kKind);
  procedure::Matter matter;
  matter.id = "m";
  matter.kind = Sample::kKind;
  matter.state = "tested";
  matter.fields = std::move(fields);
  procedure::GuardResult result;
  REQUIRE(world.db
              ->Read([&](storage::Connection& c) -> Status {
                const procedure::Actor actor = procedure::World::Holder("lab_verifier");
                const json::object input;
                const base::Instant now = world.clock.Now();
                result = guard({c,
                                world.services,
                                now,
                                base::LocalDate(now),
                                kind,
                                matter,
                                kind.transitions.front(),
                                actor,
                                input,
                                {},
                                {},
                                nullptr});
                return Ok();
              })
              .ok());
  return result;
}
json::object WithResult(const char* value, const char* limit) {
  return {
      {"results", json::array{json::object{{"item", "铅"}, {"value", value}, {"limit", limit}, {"unit", "mg/kg"}}}}};
}

}  // namespace

TEST_CASE("a sample's record is read with its state, and only from a sample") {
  procedure::Matter matter;
  matter.kind = "sample";
  matter.state = "closed_fail";
  matter.fields = {
      {"regime", "food"}, {"concluded_on", "2026-11-24"}, {"severe", true}, {"samplers", json::array{"a"}}};
  const auto sample = Sample::Read(matter);
  REQUIRE(sample.ok());
  CHECK(sample->state == Sample::State::kClosedFail);
  CHECK(sample->regime == Sample::Regime::kFood);
  CHECK(sample->severe);
  CHECK(base::FormatDate(*sample->concluded_on) == "2026-11-24");
  matter.state = "lost";
  CHECK(Sample::Read(matter).error().code == ErrorCode::kCorrupt);
  matter.state = "";  // a guard of the step that makes it
  CHECK(Sample::Read(matter)->state == Sample::State::kAbsent);
  matter.kind = "recall";
  CHECK(Sample::Read(matter).error().code == ErrorCode::kInternal);
}

TEST_CASE("regression: 0.1 + 0.2 against a limit of 0.3 is within it, and 0.30000000000000004 is not") {
  CHECK(Judge(&guards::all_items_are_within_limits, WithResult("0.3", "≤0.30")).holds);
  CHECK_FALSE(Judge(&guards::an_item_is_outside_limits, WithResult("0.3", "≤0.30")).holds);
  CHECK(Judge(&guards::an_item_is_outside_limits, WithResult("0.30000000000000004", "≤0.3")).holds);
  CHECK_FALSE(Judge(&guards::all_items_are_within_limits, WithResult("5000.005", "≤5000")).holds);
}

TEST_CASE("regression: a result that does not read, or a limit without a sense, is no pass and no fail") {
  for (const auto guard : {&guards::all_items_are_within_limits, &guards::an_item_is_outside_limits})
    for (const auto& [value, limit] : {std::pair{"合格", "≤0.3"}, std::pair{"0.3", "0.3"}, std::pair{"<0.5", "≤0.3"}})
      CHECK_FALSE(Judge(guard, WithResult(value, limit)).holds);
}

TEST_CASE("property: a sample's record that is laid over an empty one is read again as the same") {
  CHECK(rc::check([] {
    const auto text = rc::gen::container<std::string>(rc::gen::inRange('a', 'z'));
    Sample sample{.regime = *rc::gen::element(Sample::Regime::kAbsent, Sample::Regime::kAgri, Sample::Regime::kProduct),
                  .task = *text,
                  .severe = *rc::gen::arbitrary<bool>(),
                  .samplers = *rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty(text))};
    if (*rc::gen::arbitrary<bool>()) sample.sampled_on = base::Date{*rc::gen::inRange(0, 40'000)};
    const auto rows = *rc::gen::inRange(0, 3);
    for (int i = 0; i < rows; ++i)
      sample.results.push_back(
          {.item = *text, .value = base::Decimal::FromUnits(*rc::gen::arbitrary<int>(), 3).Text()});
    procedure::Matter matter;
    matter.kind = Sample::kKind;
    procedure::Merge(matter, sample);
    const auto again = Sample::Read(matter);
    RC_ASSERT(again.ok() && *again == sample);
  }));
}
