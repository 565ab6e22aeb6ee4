// For tests of the engine: a store of its own with every guard and effect of the tables bound, so that what is left is
// the table. One world a test; not for use by several threads.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "identity/identity.hpp"
#include "procedure/engine.hpp"

namespace zhian::procedure {

inline GuardResult Holds(const GuardContext&) { return GuardResult::Holds(); }
inline GuardResult Fails(const GuardContext&) { return GuardResult::Fails("x"); }
inline Status Nothing(EffectContext&) { return Ok(); }

struct World {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("zhian-procedure-" + base::RandomCode(10));
  std::unique_ptr<storage::Database> db;
  policy::Pack pack = std::move(*policy::Pack::Load(std::string(ZHIAN_SOURCE_DIR) + "/policy"));
  Services services{pack, {}};
  base::FixedClock clock{*base::ParseInstant("2026-10-12T10:00:00+08:00")};
  std::vector<GuardBinding> guards;
  std::vector<std::string> names;  // of effects
  std::vector<EffectBinding> effects;
  Bindings bindings;
  std::unique_ptr<Engine> engine;

  // Every guard that a function decides answers by `answer`.
  explicit World(GuardFunction answer = &Holds) {
    std::filesystem::create_directories(folder);
    db = std::move(*storage::Database::Open("sqlite:" + (folder / "t.db").string(), {.synchronous_full = false}));
    REQUIRE(db->Migrate(ledger::Migrations()).ok());
    REQUIRE(db->Migrate(identity::Migrations()).ok());
    REQUIRE(db->Migrate(Migrations()).ok());
    for (const Guard& guard : Guards())
      if (guard.how == Guard::How::kCode || guard.how == Guard::How::kCodeForm) guards.push_back({guard.id, answer});
    for (const Kind& kind : Kinds())
      for (const auto& t : kind.transitions)
        for (const Effect& e : t.effects) {
          const char* prefix = e.kind == Effect::Kind::kSet    ? "set:"
                               : e.kind == Effect::Kind::kHold ? "hold:"
                               : e.kind == Effect::Kind::kFree ? "free:"
                               : e.kind == Effect::Kind::kStop ? "stop:"
                                                               : nullptr;
          if (prefix != nullptr) names.push_back(prefix + std::string(e.target));
        }
    names.emplace_back("credit");
    for (const std::string& name : names) effects.push_back({name, &Nothing});
    bindings = {guards, effects, {}};
    engine = std::make_unique<Engine>(*db, services, bindings, clock);
  }
  ~World() { std::filesystem::remove_all(folder); }

  static Actor Holder(Text role) {
    Actor actor;
    actor.account_id = "account-" + std::string(role);
    actor.name = std::string(role);
    actor.roles = {
        {std::string(role), "511113", "bureau", role == "operator_user" || role == "market_organiser" ? "op" : "", ""}};
    return actor;
  }
};

// A matter put into a state without its history: the table must judge by the state alone.
inline Status Put(storage::Connection& c, const Kind& kind, Text state, const std::string& id) {
  Matter matter;
  matter.id = id;
  matter.kind = std::string(kind.id);
  matter.number = id;
  matter.title = "t";
  matter.state = std::string(state);
  matter.version = 1;
  matter.operator_id = "op";
  matter.jurisdiction = "511113";
  return SaveMatter(c, matter, true);
}

// The last day of a duty that an action opens on a day, at ten in the morning, on a matter that stands in the state (""
// for none): by the real table, rules and calendar. "" where the duty has no limit.
inline std::string LastDayOf(const char* duty, const char* kind, const char* state, const char* action, const char* day,
                             boost::json::object fields, boost::json::object known = {}) {
  World world;
  world.clock.Set(*base::ParseInstant(std::string(day) + "T10:00:00+08:00"));
  const Kind& declared = *FindKind(kind);
  const Transition* row = FindTransition(declared, state, action);
  REQUIRE(row != nullptr);
  Command command;
  command.kind = kind;
  command.action = action;
  command.jurisdiction = "511113";
  command.operator_id = "op";
  command.title = "t";
  command.fields = std::move(fields);
  if (*state != '\0') {
    command.matter_id = "m";
    command.expected_version = 1;
    REQUIRE(world.db
                ->Write([&](storage::Connection& c) -> Status {
                  ZHIAN_TRY(Put(c, declared, state, "m"));
                  ZHIAN_ASSIGN(Matter matter, LoadMatter(c, "m"));
                  matter.fields = std::move(known);
                  return SaveMatter(c, matter, false);
                })
                .ok());
  }
  const auto done =
      world.engine->Execute(row->who.front() == "system" ? Actor::System() : World::Holder(row->who.front()), command);
  std::string faults = done.ok() ? "" : done.error().message.Text();
  if (!done.ok())
    for (const FieldError& field : done.error().fields) faults += " " + field.pointer + ": " + field.message.Text();
  REQUIRE_MESSAGE(done.ok(), faults);
  std::string last = "not opened";
  REQUIRE(world.db
              ->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(const auto duties, LoadDuties(c, done->matter.id));
                for (const DutyRow& opened : duties)
                  if (opened.duty == duty)
                    last = opened.limit_at ? base::FormatDate(base::LocalDate(base::Instant{*opened.limit_at})) : "";
                return Ok();
              })
              .ok());
  return last;
}

}  // namespace zhian::procedure
