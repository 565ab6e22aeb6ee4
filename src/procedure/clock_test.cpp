// The clock goes on for all matters, whatever is wrong with one of them.
#include <doctest/doctest.h>

#include "procedure/world_for_tests.hpp"

using namespace zhian;
using namespace zhian::procedure;

namespace {

constexpr std::int64_t kDay = 86'400'000;

struct Clockwork : World {
  Clockwork() : World(&Fails) {
    for (GuardBinding& binding : guards)
      if (binding.guard == "display_period_is_over") binding.function = &Holds;
  }
  void Write(const std::function<Status(storage::Connection&)>& work) const {
    const Status done = db->Write(work);
    REQUIRE_MESSAGE(done.ok(), (done.ok() ? "" : done.error().message.Text()));
  }
  // Published notices whose display ended yesterday: the system takes each of them down.
  void PutDue(std::initializer_list<const char*> ids) const {
    Write([&](storage::Connection& c) -> Status {
      for (const char* id : ids) {
        ZHIAN_TRY(Put(c, *FindKind("publication"), "published", id));
        DutyRow duty;
        duty.id = std::string("duty-") + id;
        duty.matter_id = id;
        duty.kind = "publication";
        duty.duty = "end_display";
        duty.holder_role = "publicity_officer";
        duty.jurisdiction = "511113";
        duty.limit_at = clock.Now().ms - kDay;
        ZHIAN_TRY(InsertDuty(c, duty));
        ZHIAN_TRY(SetWake(c, id, clock.Now().ms - kDay));
      }
      return Ok();
    });
  }
  [[nodiscard]] std::string StateOf(const char* id) const {
    std::string state;
    Write([&](storage::Connection& c) -> Status {
      ZHIAN_ASSIGN(const auto rows, c.Query("SELECT state FROM matter WHERE district=$d AND id=$1 LIMIT 1", {id}));
      state = rows.front().text(0);
      return Ok();
    });
    return state;
  }
  [[nodiscard]] std::vector<ClockFault> Faults() const {
    std::vector<ClockFault> faults;
    Write([&](storage::Connection& c) -> Status {
      ZHIAN_ASSIGN(auto page, LoadClockFaults(c));
      faults = std::move(page.rows);
      return Ok();
    });
    return faults;
  }
};

}  // namespace

TEST_CASE("a matter that cannot be read does not stop the clock for the others, and is tried again later") {
  Clockwork world;
  world.PutDue({"a", "broken", "c"});
  std::string stored;
  world.Write([&](storage::Connection& c) -> Status {
    ZHIAN_ASSIGN(const auto rows, c.Query("SELECT fields FROM matter WHERE district=$d AND id='broken' LIMIT 1"));
    stored = rows.front().text(0);
    ZHIAN_TRY(c.Execute("UPDATE matter SET fields='{' WHERE district=$d AND id='broken'"));
    return Ok();
  });
  const auto moved = world.engine->RunDue();
  REQUIRE(moved.ok());
  CHECK(world.StateOf("a") == "ended");
  CHECK(world.StateOf("c") == "ended");
  CHECK(world.StateOf("broken") == "published");
  const std::int64_t since = world.clock.Now().ms;
  auto faults = world.Faults();
  REQUIRE_FALSE(faults.empty());
  CHECK(faults.front().matter_id == "broken");
  CHECK(faults.front().fault.find("stored JSON of matter broken") != std::string::npos);
  CHECK(faults.front().since == since);
  CHECK(faults.front().tries == 1);
  CHECK(faults.front().retry_at > since);

  // Not at each tick, but later, and less and less often.
  REQUIRE(world.engine->RunDue().ok());
  CHECK(world.Faults().front().tries == 1);
  const auto next = world.engine->NextDue();
  REQUIRE(next.ok());
  REQUIRE(next->has_value());
  CHECK((*next)->ms == faults.front().retry_at);
  const std::int64_t first_wait = faults.front().retry_at - since;
  world.clock.Set(base::Instant{faults.front().retry_at + 1});
  REQUIRE(world.engine->RunDue().ok());
  faults = world.Faults();
  CHECK(faults.front().tries == 2);
  CHECK(faults.front().since == since);
  CHECK(faults.front().retry_at - world.clock.Now().ms == 2 * first_wait);

  // Once it is mended it moves, and nothing is left of the fault.
  world.Write([&](storage::Connection& c) -> Status {
    ZHIAN_TRY(c.Execute("UPDATE matter SET fields=$1 WHERE district=$d AND id='broken'", {stored}));
    return Ok();
  });
  world.clock.Set(base::Instant{faults.front().retry_at + 1});
  REQUIRE(world.engine->RunDue().ok());
  CHECK(world.StateOf("broken") == "ended");
  CHECK(world.Faults().empty());
}

TEST_CASE("an overdue duty of a matter that cannot be read keeps no other duty from being marked") {
  Clockwork world;
  world.Write([&](storage::Connection& c) -> Status {
    for (const char* id : {"broken", "whole"}) {
      ZHIAN_TRY(Put(c, *FindKind("lead"), "registered", id));
      DutyRow duty;
      duty.id = std::string("duty-") + id;
      duty.matter_id = id;
      duty.kind = "lead";
      duty.duty = "decide_filing";
      duty.holder_role = "bureau_head";
      duty.jurisdiction = "511113";
      duty.limit_at = world.clock.Now().ms - kDay;
      ZHIAN_TRY(InsertDuty(c, duty));
    }
    ZHIAN_TRY(c.Execute("UPDATE matter SET fields='{' WHERE district=$d AND id='broken'"));
    return Ok();
  });
  REQUIRE(world.engine->RunDue().ok());
  world.Write([](storage::Connection& c) -> Status {
    ZHIAN_ASSIGN(const Matter whole, LoadMatter(c, "whole"));
    CHECK(whole.Has("overdue"));
    ZHIAN_ASSIGN(const auto rows,
                 c.Query("SELECT escalation FROM duty WHERE district=$d AND id='duty-broken' LIMIT 1"));
    CHECK(rows.front().integer(0) == 0);  // undone with the rest of its step: it will be tried again
    return Ok();
  });
  REQUIRE(world.Faults().size() == 1);
  CHECK(world.Faults().front().matter_id == "broken");
}

TEST_CASE("a watch that fails or throws stops neither the clock nor the other watches") {
  Clockwork world;
  world.PutDue({"a"});
  int looked = 0;
  world.engine->AddWatch([](Engine&, storage::Connection&) -> Result<int> { throw std::runtime_error("a bug"); });
  world.engine->AddWatch([](Engine&, storage::Connection&) -> Result<int> {
    return MakeError(ErrorCode::kCorrupt, "a row that does not parse");
  });
  world.engine->AddWatch([&](Engine&, storage::Connection&) -> Result<int> { return ++looked; });
  REQUIRE(world.engine->RunDue().ok());
  CHECK(looked == 1);
  CHECK(world.StateOf("a") == "ended");
  const auto faults = world.Faults();
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].fault.find("a bug") != std::string::npos);
  CHECK(faults[1].fault.find("does not parse") != std::string::npos);
}
