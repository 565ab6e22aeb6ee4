// What kinds say of themselves: numbers, titles, main ways, meanings of states, and what they ask of other kinds.
#include <doctest/doctest.h>

#include <set>

#include "procedure/guard_tools.hpp"
#include "procedure/world_for_tests.hpp"

using namespace zhian;
using namespace zhian::procedure;

namespace {

// A look at the matter `m` of the kind, with what the world holds.
template <class Look>
void With(World& world, const char* kind, const Look& look) {
  REQUIRE(world.db
              ->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(const Matter matter, LoadMatter(c, "m"));
                const Actor actor = Actor::System();
                const Transition none{};
                const boost::json::object nothing;
                look(GuardContext{c,
                                  world.services,
                                  world.clock.Now(),
                                  base::LocalDate(world.clock.Now()),
                                  *FindKind(kind),
                                  matter,
                                  none,
                                  actor,
                                  nothing,
                                  {},
                                  {},
                                  nullptr});
                return Ok();
              })
              .ok());
}

}  // namespace

TEST_CASE("no two kinds begin their numbers alike") {
  std::set<Text> numbers;
  for (const Kind& kind : Kinds()) {
    CAPTURE(kind.id);
    CHECK(!kind.traits.number.empty());
    CHECK(numbers.insert(kind.traits.number).second);
  }
}

TEST_CASE("each open state of a live kind has a natural step, and the line decides before the order of the rows") {
  for (const Kind& kind : Kinds())
    for (const State& state : kind.states) {
      CAPTURE(kind.id);
      CAPTURE(state.id);
      CHECK((MainStepOf(kind, state.id) == nullptr) == state.terminal);
    }
  CHECK(MainStepOf(*FindKind("sample"), "tested")->action == "verify_pass");  // its first row sends it back
  CHECK(MainStepOf(*FindKind("sample"), "taken")->action == "receive");
}

TEST_CASE("states mean what the table of their kind says, and nothing to others") {
  const Kind& of_case = *FindKind("enforcement_case");
  CHECK(Means(of_case, "dropped", Meaning::kUndone));
  CHECK(Means(of_case, "dropped", Meaning::kDecided));
  CHECK_FALSE(Means(of_case, "decided", Meaning::kInForce));  // not served yet
  CHECK(Means(of_case, "executing", Meaning::kInForce));
  CHECK_FALSE(Means(*FindKind("recall"), "dropped", Meaning::kUndone));
  CHECK(Means(*FindKind("recall"), "closed", Meaning::kFulfilled));
}

TEST_CASE("A state is shown as its kind declares; one that says nothing runs while it is open and has ended after") {
  const Kind* sample = FindKind("sample");
  CHECK(ToneOf(sample, "failed") == Tone::kBad);
  CHECK(ToneOf(sample, "contested") == Tone::kCaution);
  CHECK(ToneOf(sample, "closed_pass") == Tone::kGood);
  CHECK(ToneOf(sample, "taken") == Tone::kRunning);
  CHECK(ToneOf(sample, "not_taken") == Tone::kEnded);
  CHECK(ToneOf(FindKind("pledge"), "ended") == Tone::kEnded);
  // A state of an older version, or of no kind at all, is over.
  CHECK(ToneOf(sample, "no_such_state") == Tone::kEnded);
  CHECK(ToneOf(nullptr, "closed") == Tone::kEnded);
}

TEST_CASE("a relation finds the kinds that the asking kind declares, and an undeclared one finds nothing") {
  World world;
  REQUIRE(world.db
              ->Write([&](storage::Connection& c) -> Status {
                ZHIAN_TRY(Put(c, *FindKind("credit_listing"), "proposed", "m"));
                ZHIAN_TRY(Put(c, *FindKind("enforcement_case"), "executing", "case"));
                ZHIAN_TRY(Put(c, *FindKind("lead"), "registered", "lead"));
                ZHIAN_TRY(InsertLink(c, "m", "case", "about", 0));
                return InsertLink(c, "m", "lead", "about", 0);
              })
              .ok());
  With(world, "credit_listing", [](const GuardContext& context) {
    const auto cases = LinkedBy(context, "case");
    REQUIRE(cases.size() == 1);
    CHECK(cases.front().id == "case");
    CHECK(AnyMeans(cases, Meaning::kInForce));
    CHECK_FALSE(AnyMeans(cases, Meaning::kUndone));
    CHECK(LinkedBy(context, "lead").empty());
    CHECK(OfSameOperator(context, "case").size() == 1);
  });
}

TEST_CASE("a field of another room is read only where its kind shows it") {
  Matter matter;
  matter.kind = "recall";
  matter.fields = {{"level", "1"}, {"hazard", "x"}};
  CHECK(Shown(matter, "level") == "1");
  CHECK(Shown(matter, "hazard").empty());
}

TEST_CASE("roles are outside, own or lead as roles.tsv marks them") {
  CHECK(Has("police_liaison", RoleMark::kOutside));
  CHECK(Has("market_organiser", RoleMark::kOwn));
  CHECK(Has("bureau_head", RoleMark::kLeads));
  CHECK_FALSE(Has("inspector", RoleMark::kLeads));
  CHECK_FALSE(Has("nobody", RoleMark::kLeads));
}

TEST_CASE("what a room answers to an overdue duty is opened, once, and nothing where no room answers") {
  for (const bool answered : {true, false}) {
    World world;
    if (answered)
      world.services.questions[std::string(kOverdueDuty)] =
          [](const GuardContext& context, const boost::json::object& late) -> Result<boost::json::value> {
        return boost::json::value(
            boost::json::object{{"kind", "supervision_task"},
                                {"action", "issue_task"},
                                {"title", ScalarText(late.if_contains("duty")) + " of " + context.matter.id}});
      };
    const auto opened = [&] {
      std::vector<std::string> titles;
      REQUIRE(world.db
                  ->Read([&](storage::Connection& c) -> Status {
                    ZHIAN_ASSIGN(
                        const auto rows,
                        c.Query("SELECT title FROM matter WHERE district=$d AND kind='supervision_task' LIMIT 9"));
                    for (const auto& row : rows) titles.push_back(row.text(0));
                    return Ok();
                  })
                  .ok());
      return titles;
    };
    REQUIRE(world.db
                ->Write([&](storage::Connection& c) -> Status {
                  ZHIAN_TRY(Put(c, *FindKind("rectification"), "reported", "m"));
                  DutyRow duty;
                  duty.id = "d";
                  duty.matter_id = "m";
                  duty.kind = "rectification";
                  duty.duty = "recheck";
                  duty.holder_role = "inspector";
                  duty.jurisdiction = "511113";
                  duty.limit_at = world.clock.Now().ms - std::int64_t{30} * 86'400'000;
                  return InsertDuty(c, duty);
                })
                .ok());
    REQUIRE(world.engine->RunDue().ok());
    REQUIRE(world.engine->RunDue().ok());
    CHECK(opened() == (answered ? std::vector<std::string>{"recheck of m"} : std::vector<std::string>{}));
  }
}
