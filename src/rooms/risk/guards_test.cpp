// Exercises 應急演練: what is measured, each guard with what lets it pass and with what it must refuse, and how they
// end.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "procedure/training.hpp"
#include "procedure/world_for_tests.hpp"
#include "rooms/risk/exercise.hpp"

using namespace zhian;
using namespace zhian::procedure;
namespace json = boost::json;

namespace zhian::guards {
GuardResult scenario_and_measures_are_stated(const GuardContext& context);
GuardResult participants_are_told_it_is_an_exercise(const GuardContext& context);
GuardResult times_and_balance_are_measured(const GuardContext& context);
GuardResult lessons_have_tasks(const GuardContext& context);
}  // namespace zhian::guards
namespace zhian::effects {
Status set_exercise_measured(EffectContext& context);
Status set_exercise_ended(EffectContext& context);
}  // namespace zhian::effects

namespace {

const base::Instant kBegun = *base::ParseInstant("2026-10-12T09:00:00+08:00");

records::Exercise::MockRunsRow Run(const char* lot, int minutes, const char* share) {
  return {.lot = lot,
          .run_at = base::Instant{kBegun.ms + minutes * 60'000},
          .accounted_share = *base::Decimal::Parse(share)};
}
json::value Runs(std::vector<records::Exercise::MockRunsRow> runs) {
  return records::Exercise{.mock_runs = std::move(runs)}.Fields().at("mock_runs");
}

struct Exercise {
  World world;
  Matter matter;
  std::vector<TransitionRow> history;
  Exercise() {
    REQUIRE(world.db
                ->Write([&](storage::Connection& c) -> Status {
                  ZHIAN_TRY(Put(c, *FindKind("exercise"), "running", "m"));
                  ZHIAN_ASSIGN(matter, LoadMatter(c, "m"));
                  matter.flags = {std::string(kTraining)};
                  return SaveMatter(c, matter, false);
                })
                .ok());
    matter.fields = {{"exercise_kind", "mock_recall"},
                     {"scenario", "豆腐检出大肠菌群超标，模拟召回"},
                     {"target_hours", "4"},
                     {"target_share", "99"},
                     {"lots", json::array{json::object{{"lot", "A"}}, json::object{{"lot", "B"}}}},
                     {"begun_at", base::FormatInstant(kBegun)}};
  }
  GuardResult operator()(GuardFunction guard) {
    GuardResult result;
    const Kind& kind = *FindKind("exercise");
    REQUIRE(world.db
                ->Read([&](storage::Connection& c) -> Status {
                  const Actor actor = World::Holder("risk_officer");
                  const json::object input;
                  result = guard(GuardContext{c,
                                              world.services,
                                              world.clock.Now(),
                                              base::LocalDate(world.clock.Now()),
                                              kind,
                                              matter,
                                              kind.transitions.front(),
                                              actor,
                                              input,
                                              history,
                                              {},
                                              nullptr});
                  return Ok();
                })
                .ok());
    return result;
  }
  void Effect(EffectFunction effect) {
    const Kind& kind = *FindKind("exercise");
    REQUIRE(world.db
                ->Write([&](storage::Connection& c) -> Status {
                  const Actor actor = World::Holder("district_office");
                  const json::object input;
                  std::vector<std::pair<std::string, std::string>> written;
                  json::object computed;
                  EffectContext context{c,
                                        world.services,
                                        world.clock.Now(),
                                        base::LocalDate(world.clock.Now()),
                                        kind,
                                        matter,
                                        kind.transitions.front(),
                                        actor,
                                        input,
                                        "",
                                        written,
                                        computed,
                                        history,
                                        {}};
                  return effect(context);
                })
                .ok());
  }
};

}  // namespace

TEST_CASE("an exercise needs a scenario, a time, and where goods are traced its lots and a share") {
  Exercise exercise;
  CHECK(exercise(guards::scenario_and_measures_are_stated).holds);
  exercise.matter.fields["target_share"] = "120";
  CHECK(!exercise(guards::scenario_and_measures_are_stated).holds);
  exercise.matter.fields["exercise_kind"] = "table_top";
  CHECK(exercise(guards::scenario_and_measures_are_stated).holds);
  exercise.matter.fields["target_hours"] = "0";
  CHECK(!exercise(guards::scenario_and_measures_are_stated).holds);
  exercise.matter.fields["target_hours"] = "4";
  exercise.matter.fields["exercise_kind"] = "trace_back";
  exercise.matter.fields["target_share"] = "99";
  exercise.matter.fields.erase("lots");
  CHECK(!exercise(guards::scenario_and_measures_are_stated).holds);
}

TEST_CASE("who takes part is told in words that it is an exercise") {
  Exercise exercise;
  exercise.matter.fields["told_text"] = "十月十二日上午九时演练，请各单位按方案响应";
  CHECK(!exercise(guards::participants_are_told_it_is_an_exercise).holds);  // told whom?
  exercise.matter.fields["participants"] = json::array{json::object{{"participant", "永胜乡政府"}}};
  CHECK(exercise(guards::participants_are_told_it_is_an_exercise).holds);
  exercise.matter.fields["told_text"] = "本次為演練";
  CHECK(exercise(guards::participants_are_told_it_is_an_exercise).holds);
  exercise.matter.fields["told_text"] = "请立即召回下列批次";
  CHECK(!exercise(guards::participants_are_told_it_is_an_exercise).holds);
}

TEST_CASE("a review needs a mock recall of every lot, run since the start; without goods a milestone") {
  Exercise exercise;
  CHECK(exercise(guards::times_and_balance_are_measured).open_items.size() == 2);
  exercise.matter.fields["mock_runs"] =
      Runs({Run("A", -10, "100"), Run("B", 5, "100")});  // that of A lies before the start
  CHECK(exercise(guards::times_and_balance_are_measured).open_items.size() == 1);
  exercise.matter.fields["mock_runs"] = Runs({Run("A", 5, "50"), Run("B", 5, "100")});
  CHECK(exercise(guards::times_and_balance_are_measured).holds);  // measured, though not met
  exercise.matter.fields["exercise_kind"] = "field";
  CHECK(!exercise(guards::times_and_balance_are_measured).holds);
  TransitionRow row;
  row.action = "note_milestone";
  exercise.history.push_back(row);
  CHECK(exercise(guards::times_and_balance_are_measured).holds);
}

TEST_CASE("each lesson is given to somebody, or says why not") {
  Exercise exercise;
  CHECK(!exercise(guards::lessons_have_tasks).holds);
  exercise.matter.fields["lessons"] =
      json::array{json::object{{"lesson", "两家小卖部没有电话"}, {"owner", "永胜乡"}},
                  json::object{{"lesson", "无"}, {"none_reason", "各环节均在目标之内，没有教训"}}};
  CHECK(exercise(guards::lessons_have_tasks).holds);
  exercise.matter.fields["lessons"].as_array().push_back(json::object{{"lesson", "秤未校准"}, {"none_reason", "不必"}});
  CHECK(exercise(guards::lessons_have_tasks).open_items.size() == 1);
}

TEST_CASE("the time is that of the first moment at which every lot's newest run meets the target") {
  const std::vector<std::string> lots{"A", "B"};
  const std::vector runs{Run("A", 30, "100"), Run("B", 30, "80"), Run("A", 60, "90"), Run("B", 60, "100"),
                         Run("A", 90, "100"), Run("B", 90, "50"), Run("C", 95, "100")};
  const auto measured = risk::Measure(runs, lots, kBegun, base::Decimal(99));
  REQUIRE(measured.elapsed_ms.has_value());
  CHECK(risk::Hours(*measured.elapsed_ms).Short() ==
        "1.5");                          // at 90 min A is whole again, and B's newest is still that of 60
  CHECK(measured.share.Text() == "50");  // how it stood in the end
  CHECK(measured.unrun.empty());
  CHECK(!risk::Measure(runs, lots, kBegun, base::Decimal(101)).elapsed_ms.has_value());
}

TEST_CASE("property: a stricter target is never met earlier") {
  rc::check([] {
    std::vector<records::Exercise::MockRunsRow> runs;
    const auto count = *rc::gen::inRange(1, 20);
    for (int i = 0; i < count; ++i)
      runs.push_back(Run(*rc::gen::element("A", "B"), i * 7, std::to_string(*rc::gen::inRange(0, 101)).c_str()));
    const std::vector<std::string> lots{"A", "B"};
    const int target = *rc::gen::inRange(1, 100);
    const auto loose = risk::Measure(runs, lots, kBegun, base::Decimal(target)),
               strict = risk::Measure(runs, lots, kBegun, base::Decimal(target + 1));
    RC_ASSERT(!strict.elapsed_ms || (loose.elapsed_ms && *loose.elapsed_ms <= *strict.elapsed_ms));
    RC_ASSERT(loose.unrun == strict.unrun);
    RC_ASSERT(!loose.elapsed_ms || loose.unrun.empty());
  });
}

TEST_CASE("a review writes what was measured; never balanced counts until the review") {
  Exercise exercise;
  exercise.world.clock.Set(base::Instant{kBegun.ms + 2 * 3'600'000});
  exercise.matter.fields["mock_runs"] = Runs({Run("A", 30, "100"), Run("B", 45, "99.5")});
  exercise.Effect(&effects::set_exercise_measured);
  CHECK(exercise.matter.Field("met_hours") == "0.75");
  CHECK(exercise.matter.Field("met_share") == "99.5");
  exercise.matter.fields["mock_runs"] = Runs({Run("A", 30, "100"), Run("B", 45, "60")});
  exercise.Effect(&effects::set_exercise_measured);
  CHECK(exercise.matter.Field("met_hours") == "2");
  CHECK(exercise.matter.Field("met_share") == "60");
}

TEST_CASE("what an exercise started ends with it, and nothing else does") {
  Exercise exercise;
  REQUIRE(exercise.world.db
              ->Write([&](storage::Connection& c) -> Status {
                const Kind& recall = *FindKind("recall");
                for (const char* id : {"drill", "deeper", "ended", "real"})
                  ZHIAN_TRY(Put(c, recall, id == std::string("ended") ? "closed" : "running", id));
                for (const char* id : {"drill", "deeper", "ended"}) {
                  ZHIAN_ASSIGN(Matter matter, LoadMatter(c, id));
                  matter.flags = {std::string(kTraining)};
                  matter.terminal = id == std::string("ended");
                  ZHIAN_TRY(SaveMatter(c, matter, false));
                }
                for (const char* id : {"drill", "real"}) {
                  DutyRow duty;
                  duty.id = std::string("duty-") + id;
                  duty.matter_id = id;
                  duty.kind = "recall";
                  duty.duty = "report_progress";
                  duty.holder_role = "operator_user";
                  duty.jurisdiction = "511113";
                  duty.opened_at = 1;
                  ZHIAN_TRY(InsertDuty(c, duty));
                }
                ZHIAN_TRY(InsertLink(c, "m", "drill", "started", 0));
                ZHIAN_TRY(InsertLink(c, "drill", "deeper", "started", 0));
                ZHIAN_TRY(InsertLink(c, "m", "ended", "started", 0));
                return InsertLink(c, "m", "real", "started", 0);  // as if by a fault: it is not touched
              })
              .ok());
  exercise.Effect(&effects::set_exercise_ended);
  REQUIRE(exercise.world.db
              ->Read([&](storage::Connection& c) -> Status {
                for (const char* id : {"drill", "deeper"}) {
                  ZHIAN_ASSIGN(const Matter matter, LoadMatter(c, id));
                  CHECK(EndedWithExercise(matter, *FindKind("recall")));
                  CHECK(matter.state == "running");
                  ZHIAN_ASSIGN(const auto history, LoadTransitions(c, id));
                  REQUIRE(history.size() == 1);
                  CHECK(history.front().action == "end_with_exercise");
                }
                ZHIAN_ASSIGN(const Matter real, LoadMatter(c, "real"));
                CHECK(!real.terminal);
                ZHIAN_ASSIGN(const auto kept, LoadDuties(c, "real"));
                CHECK(kept.front().state == DutyState::kOpen);
                ZHIAN_ASSIGN(const auto lapsed, LoadDuties(c, "drill"));
                CHECK(lapsed.front().state == DutyState::kLapsed);
                ZHIAN_ASSIGN(const auto untouched, LoadTransitions(c, "ended"));
                CHECK(untouched.empty());
                return Ok();
              })
              .ok());
}
