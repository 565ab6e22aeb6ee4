#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "procedure/world_for_tests.hpp"

using namespace zhian;
using namespace zhian::procedure;
namespace json = boost::json;

TEST_CASE("every section of the rooms' tables is a kind of the catalogue, which is sorted") {
  const std::filesystem::path source = std::filesystem::path(ZHIAN_SOURCE_DIR) / "src";
  std::vector<std::filesystem::path> files{source / "identity/procedures.md"};
  for (const auto& room : std::filesystem::directory_iterator(source / "rooms"))
    if (std::filesystem::exists(room.path() / "procedures.md")) files.push_back(room.path() / "procedures.md");
  std::ptrdiff_t sections = 0, live = 0;
  for (const auto& file : files) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      sections += line.starts_with("## ");
      live += line.starts_with("**Live.** yes");
    }
  }
  CHECK(sections > 50);
  CHECK(std::ssize(Kinds()) == sections);
  CHECK(std::is_sorted(Kinds().begin(), Kinds().end(), [](const Kind& a, const Kind& b) { return a.id < b.id; }));
  CHECK(std::count_if(Kinds().begin(), Kinds().end(), [](const Kind& k) { return k.live; }) == live);
}

TEST_CASE("a form reports all its errors at once, and refuses what it does not know") {
  const Kind* kind = FindKind("sample");
  const Transition* take = FindTransition(*kind, "assigned", "take");
  REQUIRE(take != nullptr);
  const auto answer = ValidateForm(FormOf(*kind, *take), {{"lot", "A"}, {"price", "x"}, {"nonsense", 1}},
                                   *base::ParseDate("2026-10-12"));
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().fields.size() > 8);
  const auto has = [&](const char* pointer) {
    return std::any_of(answer.error().fields.begin(), answer.error().fields.end(),
                       [&](const FieldError& f) { return f.pointer == pointer; });
  };
  CHECK(has("/fields/price"));
  CHECK(has("/fields/nonsense"));
  CHECK(has("/fields/officers_present"));
}

TEST_CASE("idempotency: the same key and body act once, another body under the key is refused") {
  World world;
  REQUIRE(world.db->Write([&](storage::Connection& c) { return Put(c, *FindKind("lead"), "registered", "m"); }).ok());
  Command command;
  command.kind = "lead";
  command.matter_id = "m";
  command.action = "assign";
  command.expected_version = 1;
  command.fields = {{"officers", json::array{"a", "b"}}};
  command.idempotency_key = "k1";
  const Actor lead = World::Holder("inspection_lead");
  const auto first = world.engine->Execute(lead, command), again = world.engine->Execute(lead, command);
  REQUIRE(first.ok());
  REQUIRE(again.ok());
  CHECK(again->replayed);
  CHECK(again->matter.version == 2);
  command.note = "other";
  CHECK(world.engine->Execute(lead, command).error().code == ErrorCode::kConflict);
  command.idempotency_key = "k2";
  CHECK(world.engine->Execute(lead, command).error().code == ErrorCode::kConflict);  // `assign` is not open any more
}

TEST_CASE("two people at once: the second is told that the version is stale, and that one must be given") {
  World world;
  REQUIRE(world.db->Write([&](storage::Connection& c) { return Put(c, *FindKind("lead"), "verifying", "m"); }).ok());
  Command command;
  command.kind = "lead";
  command.matter_id = "m";
  command.action = "secure";
  command.fields = {{"officers_present", json::array{"a", "b"}}};
  const Actor officer = World::Holder("case_officer");
  CHECK(world.engine->Execute(officer, command).error().code == ErrorCode::kVersionMissing);
  command.expected_version = 1;
  REQUIRE(world.engine->Execute(officer, command).ok());
  CHECK(world.engine->Execute(officer, command).error().code == ErrorCode::kStaleVersion);
}

TEST_CASE("a second person confirms; never the one who asked, nor his other account") {
  World world;
  REQUIRE(world.db->Write([&](storage::Connection& c) { return Put(c, *FindKind("recall"), "running", "m"); }).ok());
  Command command;
  command.kind = "recall";
  command.matter_id = "m";
  command.action = "regrade";
  command.expected_version = 1;
  command.fields = {
      {"level", "3"}, {"level_reason", "新的检验结果显示危害更轻"}, {"reason", "新的检验结果显示危害更轻"}};
  Actor lead = World::Holder("inspection_lead");
  lead.person_digest = "same";
  const auto asked = world.engine->Execute(lead, command);
  REQUIRE(asked.ok());
  REQUIRE_FALSE(asked->approval_id.empty());
  CHECK(world.engine->Decide(lead, asked->approval_id, true, "").error().code == ErrorCode::kForbidden);
  Actor twin = World::Holder("bureau_head");
  twin.person_digest = "same";
  CHECK(world.engine->Decide(twin, asked->approval_id, true, "").error().code == ErrorCode::kForbidden);
  const auto done = world.engine->Decide(World::Holder("bureau_head"), asked->approval_id, true, "");
  REQUIRE(done.ok());
  CHECK(done->matter.version == 2);
}

TEST_CASE("a role outside its jurisdiction is refused") {
  World world;
  REQUIRE(world.db->Write([&](storage::Connection& c) { return Put(c, *FindKind("lead"), "registered", "m"); }).ok());
  Command command;
  command.kind = "lead";
  command.matter_id = "m";
  command.action = "assign";
  command.expected_version = 1;
  command.fields = {{"officers", json::array{"a", "b"}}};
  Actor elsewhere = World::Holder("inspection_lead");
  elsewhere.roles.front().jurisdiction = "511112";
  CHECK(world.engine->Execute(elsewhere, command).error().code == ErrorCode::kForbidden);
}

namespace {
// A matter with one duty that is open; returns the duty's id.
std::string PutWithDuty(World& world, Text kind, Text state, const char* duty, const char* holder,
                        std::optional<std::int64_t> limit) {
  const Kind* found = FindKind(kind);
  DutyRow row;
  row.id = "duty-1";
  row.matter_id = "m";
  row.kind = std::string(kind);
  row.duty = duty;
  row.holder_role = holder;
  row.jurisdiction = "511113";
  row.limit_at = limit;
  REQUIRE(world.db
              ->Write([&](storage::Connection& c) -> Status {
                ZHIAN_TRY(Put(c, *found, state, "m"));
                return InsertDuty(c, row);
              })
              .ok());
  return row.id;
}
DutyRow FirstDuty(World& world) {
  DutyRow row;
  REQUIRE(world.db
              ->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(auto rows, LoadDuties(c, "m"));
                row = rows.front();
                return Ok();
              })
              .ok());
  return row;
}
Result<Outcome> Move(World& world, const Actor& actor, const char* kind, const char* action, json::object fields,
                     std::int64_t version = 1) {
  Command command;
  command.kind = kind;
  command.matter_id = "m";
  command.action = action;
  command.expected_version = version;
  command.fields = std::move(fields);
  return world.engine->Execute(actor, command);
}
}  // namespace

TEST_CASE("regression: a duty that ends by time is not counted as late, one that was missed is") {
  const std::int64_t day = 86'400'000;
  {
    World world;
    PutWithDuty(world, "publication", "published", "end_display", "publicity_officer", world.clock.Now().ms - day);
    REQUIRE(Move(world, Actor::System(), "publication", "end_display", {}).ok());
    CHECK(FirstDuty(world).state == DutyState::kDone);
  }
  {
    World world;
    PutWithDuty(world, "rectification", "ordered", "rectify", "operator_user", world.clock.Now().ms - day);
    REQUIRE(Move(world, Actor::System(), "rectification", "miss_limit", {}).ok());
    CHECK(FirstDuty(world).state == DutyState::kDoneLate);
  }
}

TEST_CASE("regression: a second order asks for its service, so that its clock starts anew") {
  const Transition* again = FindTransition(*FindKind("rectification"), "failed", "order_again");
  REQUIRE(again != nullptr);
  CHECK(std::find(again->guards.begin(), again->guards.end(), Text("order_was_served")) != again->guards.end());
}

TEST_CASE("the clock stands still by its holder and a second person, and the limit moves by the time it stood") {
  World world;
  const std::int64_t limit = world.clock.Now().ms + std::int64_t{10} * 86'400'000;
  const std::string duty = PutWithDuty(world, "enforcement_case", "investigating", "decide_case", "bureau_head", limit);
  const json::object stop{{"duty_id", duty}, {"stop_ground", "police"}, {"stop_evidence", "函"}};
  CHECK(Move(world, World::Holder("inspector"), "enforcement_case", "suspend_clock", stop).error().code ==
        ErrorCode::kForbidden);
  const auto asked = Move(world, World::Holder("bureau_head"), "enforcement_case", "suspend_clock", stop);
  REQUIRE(asked.ok());
  REQUIRE_FALSE(asked->approval_id.empty());
  CHECK(FirstDuty(world).state == DutyState::kOpen);
  REQUIRE(world.engine->Decide(World::Holder("legal_reviewer"), asked->approval_id, true, "").ok());
  CHECK(FirstDuty(world).state == DutyState::kSuspended);
  world.clock.Set(base::Instant{world.clock.Now().ms + std::int64_t{3} * 86'400'000});
  const auto resumed = Move(world, World::Holder("bureau_head"), "enforcement_case", "resume_clock",
                            {{"duty_id", duty}, {"ground_ended", "复函"}}, 2);
  REQUIRE(resumed.ok());
  REQUIRE(world.engine->Decide(World::Holder("legal_reviewer"), resumed->approval_id, true, "").ok());
  CHECK(FirstDuty(world).state == DutyState::kOpen);
  CHECK(base::FormatDate(base::LocalDate(base::Instant{*FirstDuty(world).limit_at})) ==
        "2026-10-26");  // the 25th is a Sunday
}

TEST_CASE("a matter voided by two persons lapses its duties and moves no more") {
  World world;
  PutWithDuty(world, "lead", "registered", "decide_filing", "bureau_head", std::nullopt);
  const auto asked = Move(world, World::Holder("inspection_lead"), "lead", "void_as_error",
                          {{"reason", "重复录入，与另一线索同一事"}});
  REQUIRE(asked.ok());
  const auto done = world.engine->Decide(World::Holder("bureau_head"), asked->approval_id, true, "");
  REQUIRE(done.ok());
  CHECK(done->matter.Has("voided"));
  CHECK(FirstDuty(world).state == DutyState::kLapsed);
  CHECK_FALSE(
      Move(world, World::Holder("inspection_lead"), "lead", "assign", {{"officers", json::array{"a", "b"}}}, 2).ok());
}

TEST_CASE("property: common actions are for the roles of their row and for live states only") {
  for (const CommonAction& common : CommonActions()) {
    if (std::find(common.row.who.begin(), common.row.who.end(), Text("holder")) != common.row.who.end()) continue;
    const Kind& kind = *FindKind(common.kinds.empty() ? Text("lead") : common.kinds.front());
    const auto state = std::find_if(kind.states.begin(), kind.states.end(), [](const State& s) { return !s.terminal; });
    for (const Role& role : Roles()) {
      World world;
      PutWithDuty(world, kind.id, state->id, std::string(kind.duties.front().id).c_str(),
                  std::string(kind.duties.front().holder).c_str(), std::nullopt);
      REQUIRE(world.db
                  ->Read([&](storage::Connection& c) -> Status {
                    ZHIAN_ASSIGN(const auto matter, LoadMatter(c, "m"));
                    ZHIAN_ASSIGN(const auto views, world.engine->Available(c, World::Holder(role.id), matter));
                    const auto offered = std::find_if(views.begin(), views.end(), [&](const ActionView& view) {
                      return view.transition->action == common.row.action;
                    });
                    const bool named =
                        std::find(common.row.who.begin(), common.row.who.end(), role.id) != common.row.who.end();
                    CHECK_MESSAGE((offered != views.end() && offered->allowed) == named,
                                  std::string(common.row.action) << " by " << std::string(role.id));
                    return Ok();
                  })
                  .ok());
    }
  }
}
