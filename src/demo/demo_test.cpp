// The demonstration district: the counts of the issue, its mark and its clock.
#include "demo/demo.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "api/house.hpp"
#include "base/text.hpp"

using namespace zhian;

namespace {

struct Loaded {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("zhian-demo-" + base::RandomCode(10));
  std::unique_ptr<api::House> house;

  explicit Loaded(bool demo) {
    auto opened = api::House::Open({.data = folder.string(), .policy = std::string(ZHIAN_SOURCE_DIR) + "/policy", .make = true, .demo = demo});
    REQUIRE(opened.ok());
    house = std::move(*opened);
    if (!demo) return;
    const Status loaded = demo::LoadDistrict(house->app());
    REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? std::string() : loaded.error().message.Text()));
  }
  ~Loaded() {
    house.reset();
    std::filesystem::remove_all(folder);
  }
  std::vector<std::string> Lines(const std::string& sql) {
    std::vector<std::string> lines;
    REQUIRE(house->app().database.Read([&](storage::Connection& c) -> Status {
      ZHIAN_ASSIGN(const auto rows, c.Query(sql));
      for (const auto& row : rows) lines.push_back(row.text(0));
      return Ok();
    }).ok());
    return lines;
  }
  std::int64_t Count(const std::string& sql) { return std::stoll(Lines("SELECT CAST((" + sql + ") AS TEXT) LIMIT 1").front()); }
};

Loaded& District() {
  static Loaded loaded(true);
  return loaded;
}

}  // namespace

TEST_CASE("the counts of the speech: 86 industrial enterprises, 20 food producers, 69 households with 229 people") {
  Loaded& d = District();
  CHECK(d.Count("SELECT COUNT(*) FROM operator WHERE type='industrial'") == 86);
  CHECK(d.Count("SELECT COUNT(*) FROM operator WHERE type='industrial' AND above_size=1") == 9);
  CHECK(d.Count("SELECT COUNT(*) FROM operator WHERE type IN ('food_producer','workshop')") == 20);
  CHECK(d.Count("SELECT COUNT(*) FROM operator WHERE type IN ('food_producer','workshop') AND staff>=10") == 2);
  CHECK(d.Count("SELECT COUNT(DISTINCT operator_id) FROM permit WHERE state='valid' AND operator_id IN (SELECT id FROM operator WHERE type IN ('food_producer','workshop'))") == 1);
  CHECK(d.Count("SELECT COUNT(*) FROM operator WHERE type='farm_household' AND jurisdiction='511113203201'") == 69);
  CHECK(d.Count("SELECT SUM(staff) FROM operator WHERE type='farm_household'") == 229);
}

TEST_CASE("a demonstration is marked and its clock is set forward only; elsewhere the clock is the system's") {
  api::App& demo = District().house->app();
  CHECK(demo.demo);
  REQUIRE(demo.clock.CanAdvance());
  const base::Instant now = demo.clock.Now();
  CHECK_FALSE(demo.clock.AdvanceTo(base::Instant{now.ms - 1}).ok());
  REQUIRE(demo.clock.AdvanceTo(base::Instant{now.ms + 1000}).ok());
  CHECK(demo.clock.Now().ms == now.ms + 1000);
  Loaded real(false);
  CHECK_FALSE(real.house->app().demo);
  CHECK_FALSE(real.house->app().clock.CanAdvance());
  CHECK_FALSE(real.house->app().clock.AdvanceTo(base::Instant{now.ms + 2000}).ok());
  CHECK(real.Count("SELECT COUNT(*) FROM operator") == 0);
}

TEST_CASE("the first administrator of an empty folder has a password for one time, and no demonstration is loaded") {
  Loaded real(false);
  const auto password = demo::MakeFirstAdministrator(real.house->app());
  REQUIRE(password.ok());
  CHECK(password->size() >= 12);
  CHECK(real.Count("SELECT COUNT(*) FROM accounts WHERE username='admin'") == 1);
}
