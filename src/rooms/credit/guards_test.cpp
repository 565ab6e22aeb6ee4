// Guards and effects of the room, each asked with what lets it pass and with what it must refuse.
#include <doctest/doctest.h>

#include "procedure/world_for_tests.hpp"

using namespace zhian;
using namespace zhian::procedure;

namespace zhian::guards {
GuardResult penalty_decision_is_in_force(const GuardContext& context);
GuardResult heavy_penalty_precondition_is_met(const GuardContext& context);
GuardResult basis_decision_was_overturned(const GuardContext& context);
GuardResult listing_term_is_over(const GuardContext& context);
GuardResult linked_repair_is_granted(const GuardContext& context);
}  // namespace zhian::guards
namespace zhian::effects {
Status credit(EffectContext& context);
}  // namespace zhian::effects

namespace {

// A listing that hangs on one case.
struct Listing {
  World world;
  Matter listing, found;
  std::vector<DutyRow> duties;
  std::vector<TransitionRow> history;

  // `decision` is what the room of cases would say of the case.
  explicit Listing(const char* kind = "enforcement_case", const char* state = "executing",
                   boost::json::object fields = {}, boost::json::object decision = {}) {
    world.services.questions["case.decision"] = [decision](const GuardContext&, const boost::json::object&) {
      return Result<boost::json::value>(boost::json::value(decision));
    };
    REQUIRE(world.db
                ->Write([&](storage::Connection& c) -> Status {
                  ZHIAN_TRY(Put(c, *FindKind("credit_listing"), "proposed", "listing"));
                  ZHIAN_TRY(Put(c, *FindKind(kind), state, "found"));
                  ZHIAN_TRY(InsertLink(c, "found", "listing", "started", 0));
                  ZHIAN_ASSIGN(listing, LoadMatter(c, "listing"));
                  ZHIAN_ASSIGN(found, LoadMatter(c, "found"));
                  found.fields = std::move(fields);
                  found.version = 2;
                  return SaveMatter(c, found, false);
                })
                .ok());
  }
  bool Holds(GuardFunction guard) {
    GuardResult result;
    const Kind& kind = *FindKind("credit_listing");
    REQUIRE(world.db
                ->Read([&](storage::Connection& c) -> Status {
                  const Actor actor = World::Holder("bureau_head");
                  const boost::json::object input;
                  result =
                      guard(GuardContext{c, world.services, world.clock.Now(), base::LocalDate(world.clock.Now()), kind,
                                         listing, kind.transitions.front(), actor, input, history, duties, nullptr});
                  return Ok();
                })
                .ok());
    CHECK(result.holds == result.open_items.empty());  // what is refused says why
    return result.holds;
  }
};

}  // namespace

TEST_CASE("a listing rests on a penalty decision that was served: one that is being executed or closed, and no other") {
  for (const State& state : FindKind("enforcement_case")->states) {
    const bool in_force = state.id == "executing" || state.id == "closed";
    CHECK_MESSAGE(
        Listing("enforcement_case", std::string(state.id).c_str()).Holds(&guards::penalty_decision_is_in_force) ==
            in_force,
        std::string(state.id));
  }
  CHECK_FALSE(Listing("lead", "registered").Holds(&guards::penalty_decision_is_in_force));
}

TEST_CASE("a heavy penalty is one that the decision imposes; a fine is heavy at the heavier grade") {
  for (const auto& [discretion, imposed, ground, holds] :
       {std::tuple{"heavier", "fine", "heavy_fine", true}, std::tuple{"general", "fine", "heavy_fine", false},
        std::tuple{"lighter", "fine", "heavy_fine", false}, std::tuple{"general", "fine", "revocation", false},
        std::tuple{"general", "revocation", "revocation", true}, std::tuple{"heavier", "revocation", "ban", false}}) {
    Listing asked("enforcement_case", "closed", {{"discretion", discretion}},
                  {{"penalties", boost::json::array{boost::json::object{{"kind", imposed}}}}});
    asked.listing.fields["heavy_ground"] = ground;
    CHECK(asked.Holds(&guards::heavy_penalty_precondition_is_met) == holds);
  }
  CHECK_FALSE(Listing("enforcement_case", "closed", {{"discretion", "heavier"}})
                  .Holds(&guards::heavy_penalty_precondition_is_met));  // no ground is named
}

TEST_CASE("a listing is annulled where its decision was taken back, by annulment or to be made anew") {
  CHECK(
      Listing("enforcement_case", "dropped", {}, {{"taken_back", true}}).Holds(&guards::basis_decision_was_overturned));
  CHECK(Listing("enforcement_case", "investigating", {}, {{"taken_back", true}})
            .Holds(&guards::basis_decision_was_overturned));
  CHECK_FALSE(
      Listing("enforcement_case", "closed", {}, {{"taken_back", false}}).Holds(&guards::basis_decision_was_overturned));
  CHECK_FALSE(Listing("lead", "registered").Holds(&guards::basis_decision_was_overturned));
}

TEST_CASE(
    "the term of a listing is that of the policy pack, ends after its last day, and nobody is removed without a term") {
  Listing asked;
  const policy::Rule* rule = asked.world.pack.Find("blacklist.term", *base::ParseDate("2026-10-12"));
  REQUIRE(rule != nullptr);
  CHECK_FALSE(asked.Holds(&guards::listing_term_is_over));
  DutyRow term;
  term.duty = "end_listing";
  asked.duties = {term};
  CHECK_FALSE(asked.Holds(&guards::listing_term_is_over));  // no rule gave it a limit
  const std::int64_t now = asked.world.clock.Now().ms;
  for (const auto& [limit, over] : {std::pair{now - 1, true}, std::pair{now, false}, std::pair{now + 1, false}}) {
    asked.duties.front().limit_at = limit;
    CHECK(asked.Holds(&guards::listing_term_is_over) == over);
  }
}

TEST_CASE("early removal needs a repair that was granted, and the least time on the list") {
  const auto asked = [](std::string_view state, const char* listed) {
    Listing one("credit_repair", std::string(state).c_str());
    TransitionRow row;
    row.action = "list";
    row.at = base::ParseInstant(listed)->ms;
    one.history = {row};
    return one.Holds(&guards::linked_repair_is_granted);
  };
  for (const State& state : FindKind("credit_repair")->states)
    CHECK(asked(state.id, "2025-01-10T10:00:00+08:00") == (state.id == "granted" || state.id == "repaired"));
  CHECK_FALSE(asked("granted", "2026-01-12T10:00:00+08:00"));
  CHECK_FALSE(Listing("credit_repair", "granted").Holds(&guards::linked_repair_is_granted));  // never listed
  CHECK_FALSE(Listing().Holds(&guards::linked_repair_is_granted));
}

TEST_CASE(
    "a credit record is one row of the operator with its matter, and is covered by the ledger; without an operator there is none") {
  for (const bool has_operator : {true, false}) {
    Listing asked;
    if (!has_operator) asked.listing.operator_id.clear();
    const Kind& kind = *FindKind("credit_listing");
    REQUIRE(asked.world.db
                ->Write([&](storage::Connection& c) -> Status {
                  const Actor actor = World::Holder("bureau_head");
                  const boost::json::object input;
                  boost::json::object computed;
                  std::vector<std::pair<std::string, std::string>> written;
                  EffectContext context{c,
                                        asked.world.services,
                                        asked.world.clock.Now(),
                                        base::LocalDate(asked.world.clock.Now()),
                                        kind,
                                        asked.listing,
                                        kind.transitions.front(),
                                        actor,
                                        input,
                                        "blacklist",
                                        written,
                                        computed};
                  ZHIAN_TRY(effects::credit(context));
                  ZHIAN_ASSIGN(const auto rows,
                               c.Query("SELECT operator_id, matter_id, kind, id FROM credit_record LIMIT 5"));
                  REQUIRE(rows.size() == (has_operator ? 1 : 0));
                  REQUIRE(written.size() == rows.size());
                  if (!has_operator) return Ok();
                  CHECK(rows.front().text(0) == "op");
                  CHECK(rows.front().text(1) == "listing");
                  CHECK(rows.front().text(2) == "blacklist");
                  CHECK(written.front() == std::pair<std::string, std::string>{"credit_record", rows.front().text(3)});
                  return Ok();
                })
                .ok());
  }
}

// The calendar of 2026: at work on Sunday 20 September and Saturday 10 October, at rest 25 to 27 September and 1 to 7
// October; at work on Saturday 14 February, at rest from the 15th to the 23rd.
TEST_CASE(
    "the limits of a listing are counted in the working days of the calendar: over holidays, and on Saturdays that were moved") {
  const auto decide = [](const char* day) {
    return LastDayOf("decide_listing", "credit_listing", "", "propose_listing", day, {{"conduct", "food_safety"}});
  };
  CHECK(decide("2026-09-18") == "2026-11-05");  // thirty
  CHECK(decide("2026-03-02") == "2026-04-14");  // Qingming lies between
  const auto defence = [](const char* served) {
    return LastDayOf(
        "state_defence", "credit_listing", "proposed", "notify", served,
        {{"conduct", "food_safety"}, {"heavy_ground", "heavy_fine"}, {"served_on", served}, {"service_way", "direct"}});
  };
  CHECK(defence("2026-09-29") == "2026-10-12");  // five: 30 September, then 8, 9, 10 and 12 October
  CHECK(defence("2026-02-13") == "2026-02-27");
  CHECK(defence("2026-05-11") == "2026-05-18");  // an ordinary week
}

TEST_CASE(
    "a listing is published within twenty working days and ends three years later, also where it began on 29 February") {
  const auto listed = [](const char* duty, const char* day) {
    return LastDayOf(duty, "credit_listing", "notified", "list", day,
                     {{"upper_consent", "无需"}, {"legal_opinion", "符合列入条件"}});
  };
  CHECK(listed("publish_listing", "2026-09-18") == "2026-10-22");
  CHECK(listed("end_listing", "2026-10-12") == "2029-10-12");
  CHECK(listed("end_listing", "2024-02-29") == "2027-03-01");  // 28 February 2027 is a Sunday
}
