#include "procedure/persons.hpp"

#include <doctest/doctest.h>

#include "procedure/rounds.hpp"
#include "procedure/world_for_tests.hpp"

using namespace zhian;
using namespace zhian::procedure;
namespace json = boost::json;

namespace {

TransitionRow Row(std::int64_t sequence, const char* action, const char* actor, json::object input = {}) {
  TransitionRow row;
  row.id = std::string(action) + std::to_string(sequence);
  row.action = action;
  row.actor = row.actor_name = actor;
  row.role = "case_officer";
  row.input = std::move(input);
  row.sequence = row.at = row.recorded_at = sequence;
  return row;
}

std::vector<std::string> Accounts(const std::vector<Participant>& participants) {
  std::vector<std::string> accounts;
  for (const Participant& each : participants) accounts.push_back(each.who.account);
  return accounts;
}

const Kind& CaseKind() { return *FindKind("enforcement_case"); }

Status PutAccount(storage::Connection& c, const char* id, const char* person, const char* role = "") {
  ZHIAN_TRY(c.Execute(
      "INSERT INTO accounts (id, username, name, person_digest, status, language) VALUES ($1,$1,$1,$2,'active','zh-Hans')",
      {std::string(id), std::string(person)}));
  if (*role == '\0') return Ok();
  ZHIAN_TRY(c.Execute(
      "INSERT INTO role_assignments (id, account_id, role, jurisdiction, body, operator_id, certificate, valid_from, valid_to) "
      "VALUES ($1,$1,$2,'511113','bureau',NULL,NULL,0,NULL)",
      {std::string(id), std::string(role)}));
  return Ok();
}

}  // namespace

TEST_CASE("one person: the same account, or the same identity number under two accounts") {
  CHECK(IsSamePerson({"a", ""}, {"a", ""}));
  CHECK(IsSamePerson({"a", "digest"}, {"b", "digest"}));
  CHECK_FALSE(IsSamePerson({"a", ""}, {"b", ""}));  // nothing is known of either
  CHECK_FALSE(IsSamePerson({"a", "x"}, {"b", "y"}));
  CHECK_FALSE(IsSamePerson({"", ""}, {"", ""}));
}

TEST_CASE("who is only named in a form took part, and so did the second person") {
  TransitionRow visit = Row(1, "collect_evidence", "li", {{"officers_present", json::array{"li", "wang"}}});
  visit.second_actor = "zhao";
  const std::vector<TransitionRow> history{visit};
  CHECK(Accounts(ParticipantsOf(CaseKind(), history)) == std::vector<std::string>{"li", "zhao", "li", "wang"});
  CHECK(Accounts(ParticipantsOf(CaseKind(), history, {.also_named = false})) == std::vector<std::string>{"li", "zhao"});
}

TEST_CASE("what was kept with the move goes before what its columns say") {
  TransitionRow row = Row(1, "collect_evidence", "li");
  row.persons = {{.part = Part::kActed,
                  .account = "li",
                  .person = "p",
                  .role = "case_officer",
                  .body = "bureau",
                  .operator_id = {},
                  .field = {}}};
  const auto found = ParticipantsOf(CaseKind(), std::vector<TransitionRow>{row});
  REQUIRE(found.size() == 1);
  CHECK(found.front().who.person == "p");
  CHECK(found.front().who.body == "bureau");
}

TEST_CASE("who only sent back, wrote a note or stopped a clock judged nothing; an effect is not his act") {
  std::vector<TransitionRow> history{Row(1, "send_back", "head"),          Row(2, "return_case", "head"),
                                     Row(3, "add_note", "head"),           Row(4, "suspend_clock", "head"),
                                     Row(5, "stop_clock_of_case", "head"), Row(6, "submit_report", "system"),
                                     Row(7, "submit_report", "head")};
  history.back().role = "effect";
  CHECK(ParticipantsOf(CaseKind(), history).empty());
  // Who asks for one of these by its name is told of it.
  CHECK(ParticipantsOf(CaseKind(), history, {.actions = {"return_case"}}).size() == 1);
  history.push_back(Row(8, "approve_review", "head"));
  CHECK(ParticipantsOf(CaseKind(), history).size() == 1);
}

TEST_CASE("a round counts what came after the move that began it") {
  const std::vector<TransitionRow> history{Row(1, "submit_report", "li"), Row(2, "approve_review", "fa"),
                                           Row(3, "state", "firm"), Row(4, "submit_report", "wang")};
  const Round round = RoundSince(history, {"submit_report"});
  REQUIRE(round.begun_by != nullptr);
  CHECK(round.begun_by->sequence == 4);
  CHECK(round.moves.empty());
  CHECK(round.Last("state") == nullptr);
  CHECK(ParticipantsOf(CaseKind(), history, {.after = round.after()}).empty());
  const Round notice = RoundOfDuty(CaseKind(), history, "state_defence");
  REQUIRE(notice.begun_by != nullptr);
  CHECK(notice.begun_by->action == "approve_review");
  CHECK(notice.Last("state") != nullptr);
  const Round none = RoundSince(history, {"serve"});
  CHECK(none.begun_by == nullptr);
  CHECK(none.moves.size() == history.size());
  CHECK(none.after() == 0);
}

TEST_CASE("a move keeps its persons: who acted, in whose place, who confirmed, who is named") {
  World world;
  REQUIRE(world.db
              ->Write([&](storage::Connection& c) -> Status {
                ZHIAN_TRY(PutAccount(c, "chief", "person-chief"));
                ZHIAN_TRY(PutAccount(c, "a", "person-a"));
                return Put(c, *FindKind("lead"), "registered", "m");
              })
              .ok());
  Command command;
  command.kind = "lead";
  command.matter_id = "m";
  command.action = "assign";
  command.expected_version = 1;
  command.fields = {{"officers", json::array{"a", "b"}}};
  Actor deputy = World::Holder("inspection_lead");
  deputy.person_digest = "person-deputy";
  deputy.roles.front().on_behalf_of = "科长";
  deputy.roles.front().on_behalf_of_account = "chief";
  REQUIRE(world.engine->Execute(deputy, command).ok());
  REQUIRE(world.db
              ->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(const auto history, LoadHistory(c, "m"));
                REQUIRE(history.size() == 1);
                const auto& persons = history.front().persons;
                REQUIRE(persons.size() == 4);
                CHECK(persons[0].part == Part::kActed);
                CHECK(persons[0].person == "person-deputy");
                CHECK(persons[0].body == "bureau");
                CHECK(persons[1].part == Part::kStoodFor);
                CHECK(persons[1].person == "person-chief");
                CHECK(persons[2].part == Part::kNamed);
                CHECK(persons[2].field == "officers");
                CHECK(persons[2].person == "person-a");
                CHECK(persons[3].account == "b");
                return Ok();
              })
              .ok());
}

namespace {
// Whether somebody who took part before may decide: the guard as it is, of this world's one case.
GuardResult Another(const GuardContext& context) {
  return GuardResult::From(!ActorTookPart(context).has_value(), "您办理过");
}
// A case that waits for its decision, investigated by the account "li".
Status PutCase(storage::Connection& c) {
  ZHIAN_TRY(Put(c, CaseKind(), "deciding", "m"));
  TransitionRow row = Row(1, "collect_evidence", "li");
  row.matter_id = "m";
  return SaveTransition(c, row);
}
Command Decision() {
  Command command;
  command.kind = "enforcement_case";
  command.matter_id = "m";
  command.action = "decide_no_penalty";
  command.expected_version = 1;
  command.fields = {{"no_penalty_ground", "no_violation"}};
  return command;
}
Actor With(const char* account, const char* person, const char* role) {
  Actor actor = World::Holder(role);
  actor.account_id = account;
  actor.person_digest = person;
  return actor;
}
}  // namespace

TEST_CASE("a second account of the investigator does not decide; the level above does, once all below are barred") {
  World world;
  for (GuardBinding& each : world.guards)
    if (each.guard == "another_person_decides") each.function = &Another;
  REQUIRE(world.db
              ->Write([&](storage::Connection& c) -> Status {
                ZHIAN_TRY(identity::AddJurisdiction(
                    c, {"511113", "", "区", "district", base::Instant{0}, std::nullopt, ""}, world.clock.Now()));
                ZHIAN_TRY(PutAccount(c, "li", "one"));
                ZHIAN_TRY(PutAccount(c, "head", "one", "bureau_head"));
                ZHIAN_TRY(PutAccount(c, "leader", "two", "district_leader"));
                return PutCase(c);
              })
              .ok());
  const auto refused = world.engine->Execute(With("head", "one", "bureau_head"), Decision());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kGuardFailed);
  SUBCASE("nobody is left below: the leader of the district may") {
    const auto done = world.engine->Execute(With("leader", "two", "district_leader"), Decision());
    std::string faults = done.ok() ? "" : done.error().message.Text();
    REQUIRE_MESSAGE(done.ok(), faults);
  }
  SUBCASE("another head is left: the leader may not") {
    REQUIRE(
        world.db->Write([&](storage::Connection& c) { return PutAccount(c, "head2", "three", "bureau_head"); }).ok());
    const auto done = world.engine->Execute(With("leader", "two", "district_leader"), Decision());
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().code == ErrorCode::kForbidden);
  }
  SUBCASE("a role that stands above nobody may not") {
    const auto done = world.engine->Execute(With("auditor", "four", "auditor"), Decision());
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().code == ErrorCode::kForbidden);
  }
}
