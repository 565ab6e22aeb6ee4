// What a guard may conclude from what it reads: all of a long history, nothing from a list that was cut, and nothing
// from a record that cannot be read.
#include <doctest/doctest.h>

#include "procedure/guard_tools.hpp"
#include "procedure/world_for_tests.hpp"

using namespace zhian;
using namespace zhian::procedure;
namespace json = boost::json;

namespace {

constexpr int kMany = 640;  // more than one page

// A published notice "m", whose display the system ends when the guard holds that stands here.
struct Display : World {
  explicit Display(GuardFunction guard) {
    for (GuardBinding& binding : guards)
      if (binding.guard == "display_period_is_over") binding.function = guard;
    Write([](storage::Connection& c) { return Put(c, *FindKind("publication"), "published", "m"); });
  }
  void Write(const std::function<Status(storage::Connection&)>& work) const {
    const Status done = db->Write(work);
    REQUIRE_MESSAGE(done.ok(), (done.ok() ? "" : done.error().message.Text()));
  }
  Result<Outcome> End() const {
    Command command;
    command.kind = "publication";
    command.matter_id = "m";
    command.action = "end_display";
    return engine->Execute(Actor::System(), command);
  }
};

TransitionRow Row(int sequence, const char* action, const char* actor = "somebody") {
  TransitionRow row;
  row.id = "t" + std::to_string(sequence);
  row.matter_id = "m";
  row.sequence = sequence;
  row.action = action;
  row.from = row.to = "published";
  row.actor = row.actor_name = actor;
  row.role = "publicity_officer";
  row.at = row.recorded_at = sequence;
  return row;
}

void PutLinked(storage::Connection& c, const char* kind, const std::string& id, const char* to = "m") {
  REQUIRE(Put(c, *FindKind(kind), FindKind(kind)->states.front().id, id).ok());
  REQUIRE(InsertLink(c, id, to, "about", 1).ok());
}

std::string Faults(const Result<Outcome>& done, Language language) {
  std::string text;
  for (const FieldError& field : done.error().fields) text += field.message.In(language);
  return text;
}

}  // namespace

TEST_CASE(
    "a history of more than one page is read whole where it decides, and says that it was cut where it is shown") {
  // The last move, the one act of a person and the number of rounds all stand behind the first page.
  Display world([](const GuardContext& context) {
    const TransitionRow* last = LastMove(context, "round");
    const auto rounds = std::count_if(context.history.begin(), context.history.end(),
                                      [](const TransitionRow& row) { return row.action == "round"; });
    return GuardResult::From(last != nullptr && last->sequence == kMany && rounds == 2 && ActorDid(context, {"acted"}),
                             "x");
  });
  world.Write([](storage::Connection& c) -> Status {
    for (int i = 1; i <= kMany; ++i)
      ZHIAN_TRY(SaveTransition(c, Row(i,
                                      i == kMany || i == 1 ? "round"
                                      : i == 600           ? "acted"
                                                           : "add_note",
                                      i == 600 ? "system" : "somebody")));
    return Ok();
  });
  REQUIRE(world.db
              ->Read([](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(const auto shown, LoadTransitions(c, "m"));
                CHECK(shown.size() == static_cast<std::size_t>(kRowsMax));
                CHECK(shown.cut);
                ZHIAN_ASSIGN(const auto all, LoadTransitions(c, "m", kMany));
                CHECK(all.size() == static_cast<std::size_t>(kMany));
                CHECK_FALSE(all.cut);
                ZHIAN_ASSIGN(const auto history, LoadHistory(c, "m"));
                CHECK(history.back().sequence == kMany);
                return Ok();
              })
              .ok());
  const auto done = world.End();
  REQUIRE(done.ok());
  world.Write([](storage::Connection& c) -> Status {
    ZHIAN_ASSIGN(const auto next, NextSequence(c, "m"));
    CHECK(next == kMany + 2);  // the move that was just made stands behind all of them
    return Ok();
  });
}

TEST_CASE("duties of more than one page are all there for the moves that close them") {
  Display world(&Holds);
  world.Write([](storage::Connection& c) -> Status {
    for (int i = 1; i <= kMany; ++i) {
      DutyRow duty;
      duty.id = "duty" + std::to_string(i);
      duty.matter_id = "m";
      duty.kind = "publication";
      duty.duty = i == kMany ? "end_display" : "another";
      duty.holder_role = "publicity_officer";
      duty.jurisdiction = "511113";
      duty.opened_at = i;
      ZHIAN_TRY(InsertDuty(c, duty));
    }
    ZHIAN_ASSIGN(const auto shown, LoadDuties(c, "m"));
    CHECK(shown.cut);
    return Ok();
  });
  REQUIRE(world.End().ok());
  world.Write([](storage::Connection& c) -> Status {
    ZHIAN_ASSIGN(const auto all, LoadAllDuties(c, "m"));
    REQUIRE(all.size() == static_cast<std::size_t>(kMany));
    CHECK(all.back().state == DutyState::kDone);
    return Ok();
  });
}

TEST_CASE("a guard that sees a cut list does not hold, and says why in each language") {
  // Asked for what must not be there: on a cut list, not finding it proves nothing.
  Display world([](const GuardContext& context) {
    const auto leads = Linked(context, "lead");
    return GuardResult::From(
        std::none_of(leads.begin(), leads.end(), [](const Matter& lead) { return lead.state == "filed"; }), "x");
  });
  world.Write([](storage::Connection& c) -> Status {
    for (int i = 0; i < kMany; ++i) PutLinked(c, "lead", "lead" + std::to_string(i));
    return Ok();
  });
  const auto done = world.End();
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().code == ErrorCode::kGuardFailed);
  CHECK(Faults(done, Language::kSimplified).find("没有读全") != std::string::npos);
  CHECK(Faults(done, Language::kTraditional).find("沒有讀全") != std::string::npos);
  CHECK(Faults(done, Language::kEnglish).find("not read in full") != std::string::npos);
}

TEST_CASE("many matters of one kind do not hide one of another kind, near or far") {
  Display world([](const GuardContext& context) {
    return GuardResult::From(Linked(context, "recall").size() == 1 && Related(context, "disposal", 2).size() == 1, "x");
  });
  world.Write([](storage::Connection& c) -> Status {
    for (int i = 0; i < kMany; ++i) PutLinked(c, "lead", "lead" + std::to_string(i));
    PutLinked(c, "recall", "recall");
    PutLinked(c, "disposal", "disposal", "lead639");
    return Ok();
  });
  CHECK(world.End().ok());
}

TEST_CASE("a record that does not parse is an error with its name, and no guard holds beside it") {
  Display world([](const GuardContext& context) { return GuardResult::From(Linked(context, "lead").empty(), "x"); });
  world.Write([](storage::Connection& c) -> Status {
    PutLinked(c, "lead", "broken-lead");
    ZHIAN_TRY(c.Execute("UPDATE matter SET fields='{\"a\":' WHERE district=$d AND id='broken-lead'"));
    const auto broken = LoadMatter(c, "broken-lead");
    REQUIRE_FALSE(broken.ok());
    CHECK(broken.error().code == ErrorCode::kCorrupt);
    CHECK(broken.error().message.Text().find("matter broken-lead") != std::string::npos);
    ZHIAN_TRY(SaveTransition(c, Row(1, "add_note")));
    ZHIAN_TRY(c.Execute("UPDATE matter_transition SET input='[1]' WHERE district=$d AND id='t1'"));
    CHECK(LoadHistory(c, "m").error().code == ErrorCode::kCorrupt);
    ZHIAN_TRY(c.Execute("DELETE FROM matter_transition WHERE district=$d AND id='t1'"));
    return Ok();
  });
  const auto done = world.End();
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().code == ErrorCode::kGuardFailed);
  CHECK(Faults(done, Language::kSimplified).find("未能读取") != std::string::npos);
  CHECK(Faults(done, Language::kEnglish).find("could not be read") != std::string::npos);
}

TEST_CASE("what another room could not read whole is no answer, and the guard that asked does not hold") {
  Display world([](const GuardContext& context) {
    const auto answer = context.Ask("test.leads", {});
    return GuardResult::From(!answer.ok() || answer->is_null(), "x");
  });
  world.services.questions["test.leads"] = [](const GuardContext& context, const json::object&) -> Result<json::value> {
    const auto leads = Linked(context, "lead");
    return json::value(nullptr);
  };
  CHECK(world.End().ok());
  Display again([](const GuardContext& context) {
    const auto answer = context.Ask("test.leads", {});
    CHECK(answer.error().code == ErrorCode::kUnavailable);
    return GuardResult::Holds();
  });
  again.services.questions = world.services.questions;
  again.Write([](storage::Connection& c) -> Status {
    PutLinked(c, "lead", "broken-lead");
    ZHIAN_TRY(c.Execute("UPDATE matter SET fields='' WHERE district=$d AND id='broken-lead'"));
    return Ok();
  });
  CHECK(again.End().error().code == ErrorCode::kGuardFailed);
}
