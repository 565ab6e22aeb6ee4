#include "procedure/record_table.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>

#include "base/text.hpp"

namespace zhian::procedure {
namespace json = boost::json;

namespace {

struct Stall {
  std::string id, name, code;
  std::int64_t staff = 0;
  std::int32_t since = 0;
  bool open = false;
  std::string colour;  // the field that is new: this line, and one in the declaration
  std::string roof;    // the same without a column of its own
  json::object more;
};
constexpr unsigned kShort = 1, kLong = 2;
using Column = RecordColumn<Stall>;
constexpr std::array kColumns{
    Column{.name = "id", .member = &Stall::id, .told_in = kShort | kLong},
    Column{.name = "name", .member = &Stall::name, .told_in = kShort | kLong, .said_as = "stall_name"},
    Column{.name = "code", .member = &Stall::code, .empty_is_null = true},
    Column{.name = "staff", .member = &Stall::staff, .told_as = "people", .told_in = kLong, .said_as = "staff"},
    Column{.name = "since", .member = &Stall::since},
    Column{.name = "open", .member = &Stall::open, .told_in = kLong, .said_as = "open"},
    Column{.name = "colour", .member = &Stall::colour, .told_in = kLong, .said_as = "colour"},
    Column{.name = "roof",
           .member = &Stall::roof,
           .within_json = true,
           .told_in = kLong,
           .told_if_any = true,
           .said_as = "roof"},
    Column{.name = "more", .member = &Stall::more},
};
constexpr std::span<const Column> kStall = kColumns;

struct World {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("zhian-record-table-" + base::NewUuid7(base::Instant{1}));
  std::unique_ptr<storage::Database> db;
  World() {
    std::filesystem::create_directories(folder);
    db = std::move(*storage::Database::Open("sqlite:" + (folder / "x.db").string()));
    static constexpr storage::Migration kMigrations[] = {
        {"stall/001",
         "CREATE TABLE stall (district TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, code TEXT, staff BIGINT NOT NULL, since BIGINT NOT NULL, open BIGINT NOT NULL, more TEXT NOT NULL, name_key TEXT NOT NULL, PRIMARY KEY (district, id))"},
        {"stall/002", "ALTER TABLE stall ADD COLUMN colour TEXT NOT NULL DEFAULT ''"}};
    REQUIRE(db->Migrate(kMigrations).ok());
  }
  ~World() { std::filesystem::remove_all(folder); }
};

}  // namespace

TEST_CASE("what is declared is written, read again and changed; a new field needs no other line") {
  World world;
  Stall stall{.id = "a",
              .name = "河边豆腐摊",
              .code = {},
              .staff = 3,
              .since = 20'000,
              .open = true,
              .colour = "青",
              .roof = "瓦",
              .more = {{"x", 1}}};
  REQUIRE(world.db
              ->Write([&](storage::Connection& c) -> Status {
                ZHIAN_TRY(InsertRecord(c, "stall", kStall, stall, {{"name_key", "k"}}));
                stall.colour = "红";
                stall.staff = 4;
                return UpdateRecord(c, "stall", kStall, stall, {{"name_key", "k2"}});
              })
              .ok());
  REQUIRE(world.db
              ->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(const auto rows, c.Query("SELECT name_key, " + ColumnList(kStall, "s.") +
                                                      ", s.code IS NULL FROM stall s WHERE s.district=$d LIMIT 2"));
                REQUIRE(rows.size() == 1);
                Stall back;
                ZHIAN_TRY(ReadColumns(kStall, rows.front(), back, 1));
                CHECK(rows.front().text(0) == "k2");
                CHECK(rows.front().integer(kStall.size()) == 1);
                CHECK(back.name == stall.name);
                CHECK(back.staff == 4);
                CHECK(back.since == 20'000);
                CHECK(back.open);
                CHECK(back.colour == "红");
                CHECK(back.roof == "瓦");
                CHECK(back.more.at("x") == stall.more.at("x"));
                ZHIAN_ASSIGN(const auto columns, c.Columns("stall"));
                CHECK(Disagreements(kStall, {{"name_key", {}}}, columns).empty());
                CHECK(Disagreements(kStall, {{"hue", {}}}, columns) ==
                      std::vector<std::string>{"not in the table: hue", "not declared: name_key"});
                return Ok();
              })
              .ok());
}

TEST_CASE("a row is put anew or over the one of its key") {
  World world;
  REQUIRE(
      world.db
          ->Write([&](storage::Connection& c) -> Status {
            ZHIAN_TRY(c.Script(
                "CREATE TABLE bench (district TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (district, id))"));
            constexpr std::span<const Column> kBench = kStall.subspan(0, 2);
            Stall bench;
            bench.id = "a";
            for (const char* name : {"一", "二"}) {
              bench.name = name;
              ZHIAN_TRY(PutRecord(c, "bench", kBench, bench));
            }
            ZHIAN_ASSIGN(const auto rows, c.Query("SELECT name FROM bench LIMIT 2"));
            REQUIRE(rows.size() == 1);
            CHECK(rows.front().text(0) == "二");
            return Ok();
          })
          .ok());
}

TEST_CASE("each answer tells its members under their names") {
  Stall stall;
  stall.id = "a";
  stall.staff = 2;
  CHECK(json::value(Told(kStall, stall, kShort)) == json::parse(R"({"id":"a","name":""})"));
  CHECK(json::value(Told(kStall, stall, kLong)) ==
        json::parse(R"({"id":"a","name":"","people":2,"open":false,"colour":""})"));
  stall.roof = "瓦";
  CHECK(Told(kStall, stall, kLong).at("roof") == "瓦");
}

TEST_CASE("what is said goes over what was known; what is left out stays") {
  Stall stall;
  stall.name = "旧名";
  stall.staff = 2;
  stall.open = true;
  const json::object said{{"staff", "7"}, {"open", "false"}, {"colour", "青"}, {"code", "not said by anybody"}};
  TakeSaid(kStall, stall, [&](Text name) {
    const auto* value = said.if_contains(name);
    return value == nullptr ? std::string{} : std::string(value->as_string());
  });
  CHECK(stall.name == "旧名");
  CHECK(stall.staff == 7);
  CHECK_FALSE(stall.open);
  CHECK(stall.colour == "青");
  CHECK(stall.code.empty());
  CHECK(SaidText(kColumns[3], stall) == "7");
  CHECK(SaidText(kColumns[5], stall).empty());
}

TEST_CASE("stored JSON that is no object is an error, not an empty one") {
  World world;
  REQUIRE(
      world.db
          ->Write([](storage::Connection& c) -> Status {
            return c.Script(
                "INSERT INTO stall (district, id, name, staff, since, open, more, name_key) VALUES ('d','a','n',0,0,0,'{\"x\":','k')");
          })
          .ok());
  REQUIRE(world.db
              ->Read([](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(const auto rows, c.Query("SELECT " + ColumnList(kStall) + " FROM stall LIMIT 1"));
                Stall back;
                const Status read = ReadColumns(kStall, rows.front(), back);
                REQUIRE_FALSE(read.ok());
                CHECK(read.error().code == ErrorCode::kCorrupt);
                return Ok();
              })
              .ok());
}

}  // namespace zhian::procedure
