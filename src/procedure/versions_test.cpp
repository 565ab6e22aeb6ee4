#include "procedure/versions.hpp"

#include <algorithm>

#include "procedure/world_for_tests.hpp"

using namespace zhian;
using namespace zhian::procedure;

namespace {

constexpr base::Instant kOpening{1'790'000'000'000};

// A folder from before versions: matters without a stamp, and nothing said about any kind.
void MakeOlder(storage::Connection& c) {
  REQUIRE(c.Execute("UPDATE matter SET procedure_version=NULL WHERE district=$d").ok());
  REQUIRE(c.Execute("DELETE FROM procedure_version WHERE district=$d").ok());
}

// A lead with an open duty, in a state of which the present table may know nothing; covered by the ledger as the engine
// does it.
Status PutLead(storage::Connection& c, const std::string& id, const char* state) {
  ZHIAN_TRY(Put(c, *FindKind("lead"), state, id));
  DutyRow duty;
  duty.id = id + "-duty";
  duty.matter_id = id;
  duty.kind = "lead";
  duty.duty = "decide_filing";
  duty.holder_role = "bureau_head";
  duty.jurisdiction = "511113";
  return InsertDuty(c, duty);
}
Status Cover(storage::Connection& c, const std::string& id) {
  boost::json::array rows;
  for (const auto& [table, key] : {std::pair{"matter", id}, std::pair{"duty", id + "-duty"}}) {
    ZHIAN_ASSIGN(auto reference, ledger::RowReference(c, table, {{"district", c.district()}, {"id", key}}));
    rows.push_back(std::move(reference));
  }
  const auto index = ledger::Append(c, "matter.lead", {{"rows", std::move(rows)}}, kOpening);
  return index.ok() ? Ok() : Status(index.error());
}

void PutLeads(World& world, int count, const char* state) {
  REQUIRE(world.db
              ->Write([&](storage::Connection& c) -> Status {
                for (int i = 0; i < count; ++i) ZHIAN_TRY(PutLead(c, "m" + std::to_string(i), state));
                MakeOlder(c);
                for (int i = 0; i < count; ++i) ZHIAN_TRY(Cover(c, "m" + std::to_string(i)));
                return Ok();
              })
              .ok());
}

template <typename T>
T Ask(World& world, const std::function<Result<T>(storage::Connection&)>& question) {
  std::optional<T> answer;
  REQUIRE(world.db
              ->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(answer, question(c));
                return Ok();
              })
              .ok());
  return std::move(*answer);
}
std::int64_t Number(World& world, const char* statement) {
  return Ask<std::int64_t>(world, [&](storage::Connection& c) -> Result<std::int64_t> {
    ZHIAN_ASSIGN(auto rows, c.Query(statement));
    return rows.front().integer(0);
  });
}
ledger::VerifyReport VerifyLedger(World& world) {
  return Ask<ledger::VerifyReport>(world, [](storage::Connection& c) {
    ledger::VerifyOptions options;
    options.tables = LedgeredTables();
    return ledger::Verify(c, options);
  });
}

constexpr VersionStep kSteps[] = {{2, VersionStep::What::kState, "noted", "seen"},
                                  {3, VersionStep::What::kState, "seen", "registered"},
                                  {3, VersionStep::What::kAction, "hand_out", "assign"},
                                  {3, VersionStep::What::kAction, "sleep", ""}};
constexpr KindVersion kThird[] = {{"lead", 3, kSteps}};

}  // namespace

TEST_CASE("the generated versions name every kind, and a matter is stamped when it is made") {
  World world;
  for (const Kind& kind : Kinds()) {
    const auto versions = KindVersions();
    CHECK(std::any_of(versions.begin(), versions.end(), [&](const KindVersion& v) { return v.kind == kind.id; }));
  }
  REQUIRE(world.db->Write([](storage::Connection& c) { return Put(c, *FindKind("lead"), "registered", "m"); }).ok());
  CHECK(Number(world, "SELECT procedure_version FROM matter WHERE district=$d AND id='m'") == VersionOf("lead"));
}

TEST_CASE("matters of an older version are moved in batches, step by step, and the ledger covers each move") {
  World world;
  PutLeads(world, 7, "noted");
  REQUIRE(VerifyLedger(world).ok());
  const auto entries = VerifyLedger(world).entries;
  REQUIRE(FollowVersions(*world.db, kThird, kOpening, {.batch = 3}).ok());
  CHECK(Number(world, "SELECT COUNT(*) FROM matter WHERE district=$d AND state='registered' AND procedure_version=3") ==
        7);
  CHECK(Number(world,
               "SELECT COUNT(*) FROM matter_transition WHERE district=$d AND action='follow_procedure' AND "
               "from_state='noted' AND to_state='registered'") == 7);
  CHECK(Number(world, "SELECT COUNT(*) FROM duty WHERE district=$d AND state='open'") == 7);
  CHECK(Number(world, "SELECT COUNT(*) FROM matter_wake WHERE district=$d") == 7);
  const auto report = VerifyLedger(world);
  CHECK(report.ok());
  CHECK(report.entries == entries + 7 + 1);  // one for each matter, one for the kind
  // A second opening finds nothing to do.
  REQUIRE(FollowVersions(*world.db, kThird, kOpening).ok());
  CHECK(VerifyLedger(world).entries == report.entries);
}

TEST_CASE("a matter that is moved to an end closes its duties as lapsed and sleeps") {
  static constexpr VersionStep kEnds[] = {{2, VersionStep::What::kState, "noted", "not_filed"}};
  static constexpr KindVersion kSecond[] = {{"lead", 2, kEnds}};
  REQUIRE(FindState(*FindKind("lead"), "not_filed")->terminal);
  World world;
  PutLeads(world, 1, "noted");
  REQUIRE(FollowVersions(*world.db, kSecond, kOpening).ok());
  CHECK(Number(world, "SELECT terminal FROM matter WHERE district=$d AND id='m0'") == 1);
  CHECK(Number(world, "SELECT COUNT(*) FROM duty WHERE district=$d AND state='lapsed'") == 1);
  CHECK(Number(world, "SELECT COUNT(*) FROM matter_wake WHERE district=$d") == 0);
  CHECK(VerifyLedger(world).ok());
}

TEST_CASE("approvals that wait under an old name take the new one, or lapse where nothing follows") {
  World world;
  PutLeads(world, 1, "registered");
  REQUIRE(world.db
              ->Write([](storage::Connection& c) -> Status {
                for (const char* action : {"hand_out", "sleep", "close"})
                  ZHIAN_TRY(
                      c.Execute("INSERT INTO approval (district, id, matter_id, action, version, asked_by, asked_name, "
                                "command, at, state, decided_at) VALUES ($d,$1,'m0',$1,1,'a','a',$2,0,'open',0)",
                                {std::string(action), R"({"command":{"action":")" + std::string(action) + R"("}})"}));
                return Ok();
              })
              .ok());
  REQUIRE(FollowVersions(*world.db, kThird, kOpening).ok());
  CHECK(Number(world,
               "SELECT COUNT(*) FROM approval WHERE district=$d AND id='hand_out' AND state='open' AND action='assign' "
               "AND command LIKE '%\"assign\"%'") == 1);
  CHECK(Number(world, "SELECT COUNT(*) FROM approval WHERE district=$d AND id='sleep' AND state='declined'") == 1);
  CHECK(Number(world, "SELECT COUNT(*) FROM approval WHERE district=$d AND id='close' AND state='open'") == 1);
}

TEST_CASE("a folder whose matters cannot follow is refused, names what is lacking, and nothing is moved") {
  World world;
  PutLeads(world, 2, "noted");
  REQUIRE(world.db->Write([](storage::Connection& c) { return Put(c, *FindKind("lead"), "forgotten", "x"); }).ok());
  const auto refused = FollowVersions(*world.db, kThird, kOpening);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(refused.error().message.Text().find("lead version 1: nothing says what became of state forgotten") !=
        std::string::npos);
  CHECK(Number(world, "SELECT COUNT(*) FROM matter WHERE district=$d AND state='noted'") == 2);
}

TEST_CASE("a folder of a newer version, or with a kind that is not known here, is refused") {
  World world;
  REQUIRE(FollowVersions(*world.db, KindVersions(), kOpening).ok());
  REQUIRE(world.db
              ->Write([](storage::Connection& c) -> Status {
                ZHIAN_TRY(c.Execute("UPDATE procedure_version SET version=9 WHERE district=$d AND kind='recall'"));
                ZHIAN_TRY(c.Execute("INSERT INTO procedure_version (district, kind, version) VALUES ($d,'weather',1)"));
                return Ok();
              })
              .ok());
  const auto refused = FollowVersions(*world.db, KindVersions(), kOpening);
  REQUIRE_FALSE(refused.ok());
  const std::string said = refused.error().message.Text();
  CHECK(said.find("kind recall is version 9, this program knows 1") != std::string::npos);
  CHECK(said.find("kind weather is not known here") != std::string::npos);
}
