#include "rooms/subjects/registry.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <filesystem>
#include <map>

#include "base/identifiers.hpp"
#include "base/text.hpp"
#include "identity/identity.hpp"
#include "rooms/subjects/operators.hpp"
#include "search/search.hpp"

using namespace zhian;
using namespace zhian::subjects;
namespace json = boost::json;

namespace {

struct World {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("zhian-subjects-" + base::RandomCode(10));
  std::unique_ptr<storage::Database> db;
  policy::Pack pack;
  procedure::Services services{pack, {}};
  base::FixedClock clock{*base::ParseInstant("2026-10-12T10:00:00+08:00")};
  procedure::Bindings bindings{};
  std::unique_ptr<procedure::Engine> engine;

  World() {
    std::filesystem::create_directories(folder);
    db = std::move(*storage::Database::Open("sqlite:" + (folder / "t.db").string(), {.synchronous_full = false}));
    for (const auto& migrations :
         {ledger::Migrations(), identity::Migrations(), procedure::Migrations(), search::Migrations(), Migrations()})
      REQUIRE(db->Migrate(migrations).ok());
    engine = std::make_unique<procedure::Engine>(*db, services, bindings, clock);
    REQUIRE(db->Write([&](storage::Connection& c) -> Status {
                ZHIAN_TRY(identity::AddJurisdiction(c, {"d", "", "区", "district", base::Instant{0}, std::nullopt, ""},
                                                    clock.Now()));
                for (const char* town : {"t1", "t2"})
                  ZHIAN_TRY(identity::AddJurisdiction(
                      c, {town, "d", town, "township", base::Instant{0}, std::nullopt, ""}, clock.Now()));
                for (const auto& [id, place] : {std::pair{"a", "t1"}, std::pair{"b", "t2"}})
                  ZHIAN_TRY(SaveOperator(c, Named(id, "茶厂" + std::string(id), place), true));
                return Ok();
              }).ok());
  }
  ~World() { std::filesystem::remove_all(folder); }

  static Operator Named(const std::string& id, const std::string& name, const std::string& place) {
    Operator op;
    op.id = id;
    op.name = name;
    op.type = "food_producer";
    op.jurisdiction = place;
    op.state = "active";
    return op;
  }
  static procedure::Actor Holder(const char* role, const char* place, const char* op = "") {
    procedure::Actor actor;
    actor.account_id = actor.name = role;
    actor.roles = {{role, place, "", op, ""}};
    return actor;
  }
  Result<FileRecord> Do(const RecordCommand& command, const procedure::Actor& actor = Holder("inspector", "d")) {
    FileRecord written;
    const Status done = db->Write([&](storage::Connection& c) -> Status {
      const RecordDoor door{*engine, clock.Now(), [](std::string_view number) {
                              return "digest-of-" + std::to_string(number.size()) + std::string(number.substr(17));
                            }};
      ZHIAN_ASSIGN(written, WriteRecord(c, door, actor, command));
      return Ok();
    });
    if (!done.ok()) return done.error();
    return written;
  }
  std::vector<FileRecord> On(const char* kind, const std::string& day, base::Instant known_at, const char* op = "a") {
    std::vector<FileRecord> records;
    REQUIRE(db->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(records, LoadRecords(c, op, kind, *base::ParseDate(day), known_at));
                return Ok();
              }).ok());
    return records;
  }
  ledger::VerifyReport Verify() {
    ledger::VerifyReport report;
    REQUIRE(db->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(report, ledger::Verify(c, {.tables = {{"file_record", {"district", "id"}}},
                                                        .check_attachment = {},
                                                        .verifier = nullptr,
                                                        .earlier_checkpoints = {}}));
                return Ok();
              }).ok());
    return report;
  }
};

RecordCommand Enter(const char* kind, json::object fields, const char* op = "a", const char* since = "") {
  RecordCommand command;
  command.kind = kind;
  command.operator_id = op;
  command.fields = std::move(fields);
  command.since = since;
  return command;
}
RecordCommand Of(RecordCommand::Action action, const FileRecord& record, json::object fields,
                 const std::string& since) {
  RecordCommand command;
  command.action = action;
  command.record_id = record.record_id;
  command.fields = std::move(fields);
  command.since = since;
  command.note = "说明";
  command.expected_version = record.version;
  return command;
}
json::object Officer(const std::string& name) { return {{"name", name}, {"person_duty", "food_safety_officer"}}; }
std::string Faults(const Error& error) {
  std::string text;
  for (const auto& field : error.fields) text += field.pointer + " ";
  return text;
}

}  // namespace

TEST_CASE("a record is entered once, changed with its history, and ended") {
  World world;
  const auto entered = world.Do(Enter("person", Officer("甲"), "a", "2024-01-10"));
  REQUIRE(entered.ok());
  CHECK(world.Do(Enter("person", Officer("甲"))).error().code == ErrorCode::kConflict);
  const base::Instant first = world.clock.Now();
  world.clock.Set(base::Instant{first.ms + 86'400'000});
  const auto changed = world.Do(Of(RecordCommand::Action::kChange, *entered, Officer("乙"), "2025-06-01"));
  REQUIRE(changed.ok());
  CHECK(changed->version == 2);
  const auto now = world.clock.Now();
  REQUIRE(world.On("person", "2025-05-31", now).size() == 1);
  CHECK(world.On("person", "2025-05-31", now)[0].name == "甲");
  CHECK(world.On("person", "2025-06-01", now)[0].name == "乙");
  CHECK(world.On("person", "2025-06-01", first)[0].name == "甲");  // as it was known then
  CHECK(world.On("person", "2023-12-31", now).empty());
  CHECK(world.Do(Of(RecordCommand::Action::kChange, *entered, Officer("丙"), "2025-07-01")).error().code ==
        ErrorCode::kStaleVersion);
  CHECK(world.Do(Of(RecordCommand::Action::kChange, *changed, Officer("丙"), "2025-05-01")).error().code ==
        ErrorCode::kInvalid);
  REQUIRE(world.Do(Of(RecordCommand::Action::kEnd, *changed, {}, "2026-01-01")).ok());
  CHECK(world.On("person", "2025-12-31", now).size() == 1);
  CHECK(world.On("person", "2026-01-01", now).empty());
  CHECK(world.Do(Enter("person", Officer("乙"))).ok());  // what ended may begin again
  const auto report = world.Verify();
  CHECK(report.ok());
  CHECK(report.rows == 5);
}

TEST_CASE("a row that was changed behind the door is found") {
  World world;
  REQUIRE(world.Do(Enter("product", {{"name", "绿茶"}, {"category", "茶叶"}})).ok());
  CHECK(world.Verify().ok());
  REQUIRE(world.db
              ->Write([](storage::Connection& c) -> Status {
                ZHIAN_TRY(c.Execute("UPDATE file_record SET name='红茶'", {}));
                return Ok();
              })
              .ok());
  CHECK_FALSE(world.Verify().ok());
}

TEST_CASE("who may write: the declared roles, in their territory or on their own file") {
  World world;
  const auto product = [](const char* name, const char* op) {
    return Enter("product", {{"name", name}, {"category", "茶叶"}}, op);
  };
  CHECK(world.Do(product("一", "a"), World::Holder("inspector", "t1")).ok());
  CHECK(world.Do(product("二", "a"), World::Holder("inspector", "t2")).error().code == ErrorCode::kForbidden);
  CHECK(world.Do(product("三", "a"), World::Holder("operator_user", "t1", "a")).ok());
  CHECK(world.Do(product("四", "b"), World::Holder("operator_user", "t2", "a")).error().code == ErrorCode::kForbidden);
  CHECK(world.Do(product("五", "a"), World::Holder("case_officer", "d")).error().code == ErrorCode::kForbidden);
  CHECK(world.Do(Enter("test_result", {}), World::Holder("operator_user", "t1", "a")).error().code ==
        ErrorCode::kForbidden);
}

TEST_CASE("identifiers are checked, kept in one form, and stand on one file only") {
  World world;
  std::string gtin = "690991234567";
  gtin += base::Gs1Check("0" + gtin);
  const auto with = [&](const std::string& code) {
    return json::object{{"name", "绿茶"}, {"category", "茶叶"}, {"gtin", code}};
  };
  const auto entered = world.Do(Enter("product", with(gtin)));
  REQUIRE(entered.ok());
  CHECK(entered->code.size() == 14);
  CHECK(world.Do(Enter("product", with(entered->code))).error().code == ErrorCode::kConflict);
  CHECK(Faults(world.Do(Enter("product", with(gtin), "b")).error()) == "/fields/gtin ");
  std::string wrong = gtin;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  CHECK(Faults(world.Do(Enter("product", with(wrong))).error()) == "/fields/gtin ");
  CHECK(Faults(world.Do(Enter("premises", {{"name", "x"}, {"premises_type", "moon"}, {"gln", "1"}, {"rent", "1"}}))
                   .error()) == "/fields/rent /fields/premises_type /fields/address /fields/gln ");
}

TEST_CASE("an identity number never reaches a row or the ledger") {
  World world;
  const std::string number = "11010519491231002X";
  json::object fields = Officer("甲");
  fields["id_number"] = number;
  const auto entered = world.Do(Enter("person", fields));
  REQUIRE(entered.ok());
  CHECK(entered->fields.at("id_digest") == "digest-of-18X");
  REQUIRE(world.Do(Of(RecordCommand::Action::kChange, *entered, Officer("乙"), ""))
              .ok());  // the digest stays where the number is not typed again
  CHECK(world.On("person", "2026-10-12", world.clock.Now())[0].fields.contains("id_digest"));
  REQUIRE(world.db
              ->Read([&](storage::Connection& c) -> Status {
                for (const char* sql : {"SELECT fields FROM file_record", "SELECT change FROM ledger_change"}) {
                  ZHIAN_ASSIGN(auto rows, c.Query(sql));
                  for (const auto& row : rows) CHECK(row.text(0).find(number) == std::string::npos);
                }
                return Ok();
              })
              .ok());
}

TEST_CASE("property: the versions known at any time never overlap and leave no hole") {
  CHECK(rc::check([] {
    World world;
    const base::Date begin = *base::ParseDate("2020-01-01");
    auto record = *world.Do(Enter("person", Officer("0"), "a", "2020-01-01"));
    std::map<int, std::string> truth{{begin.days, "0"}};  // from which day which name
    int last = begin.days;
    const int changes = *rc::gen::inRange(0, 8);
    for (int i = 1; i <= changes; ++i) {
      world.clock.Set(base::Instant{world.clock.Now().ms + *rc::gen::inRange(0, 3) * 3'600'000});
      const int day = last + *rc::gen::inRange(0, 200);
      const std::string name = std::to_string(i);
      record = *world.Do(Of(RecordCommand::Action::kChange, record, Officer(name), base::FormatDate(base::Date{day})));
      for (auto it = truth.lower_bound(day); it != truth.end();) it = truth.erase(it);
      truth[day] = name;
      last = day;
    }
    for (int probe = 0; probe < 20; ++probe) {
      const int day = begin.days + *rc::gen::inRange(-50, 2000);
      const auto found = world.On("person", base::FormatDate(base::Date{day}), world.clock.Now());
      const auto expected = truth.upper_bound(day);
      RC_ASSERT(found.size() == (expected == truth.begin() ? 0u : 1u));
      if (!found.empty()) RC_ASSERT(found[0].name == std::prev(expected)->second);
    }
    RC_ASSERT(world.Verify().ok());
  }));
}

TEST_CASE("property: the same name in another writing is the same operator") {
  CHECK(rc::check([] {
    const std::string core = *rc::gen::element<std::string>("金口河茶业", "永和豆制品", "峡谷示例", "建设村农户一号");
    const std::string form =
        *rc::gen::element<std::string>("", "有限公司", "有限责任公司", "（個體工商戶）", "股份有限公司");
    const std::string gap = *rc::gen::element<std::string>("", " ", "　");
    RC_ASSERT(NameKey(core + gap + form) == NameKey(core));
    RC_ASSERT(NameKey(core + "分店") != NameKey(core));
  }));
}
