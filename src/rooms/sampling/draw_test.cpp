#include "rooms/sampling/draw.hpp"

#include <doctest/doctest.h>

#include "base/json.hpp"

using namespace zhian;
namespace json = boost::json;

namespace {
json::object File(const char* text) { return base::ParseJson(text)->as_object(); }
const char* const kDraw = R"({"draw_id":"D-1","stratum":"tea","public_source":"lottery","public_due":"2026-10-01",
  "population":[{"id":"a","weight":1},{"id":"b","weight":2.5},{"id":"c","weight":1},{"id":"乙","weight":3}],
  "excluded":[{"id":"c","reason":"closed"}],"count":2})";
}  // namespace

TEST_CASE("a completed draw verifies, and any change of it does not") {
  auto file = File(kDraw);
  file["public_value"] = "20261001-17";
  const auto made = sampling::MakeDraw(file);
  REQUIRE(made.ok());
  CHECK(made->at("selected").as_array().size() == 2);
  CHECK(sampling::VerifyDraw(*made).ok());
  auto other = *made;
  other["public_value"] = "20261001-18";
  other["population"].as_array()[0].as_object()["weight"] = 9;
  CHECK_FALSE(sampling::VerifyDraw(other).ok());
  other = *made;
  std::swap(other["selected"].as_array()[0], other["selected"].as_array()[1]);
  CHECK_FALSE(sampling::VerifyDraw(other).ok());
}

TEST_CASE("the commitment and the order are those that an independent program computes") {
  // python3: hashlib.sha256(json.dumps(fixed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)), hmac as the
  // contract says.
  auto file = File(kDraw);
  file["public_value"] = "42";
  const auto made = sampling::MakeDraw(file);
  REQUIRE(made.ok());
  CHECK(std::string(made->at("commitment").as_string()) ==
        "10dfe5cc74f41f51d304381955ae544a5f6d7d6e56047e0948a6d5e325dd6436");
  CHECK(json::serialize(made->at("selected")) == R"(["b","乙"])");
}

TEST_CASE("what is wrong is named") {
  for (const auto& [field, change] : std::initializer_list<std::pair<const char*, void (*)(json::object&)>>{
           {"/count", [](json::object& f) { f["count"] = 4; }},
           {"/population", [](json::object& f) { f["population"].as_array()[1].as_object()["weight"] = 0; }},
           {"/population",
            [](json::object& f) { std::swap(f["population"].as_array()[0], f["population"].as_array()[1]); }},
           {"/excluded", [](json::object& f) { f["excluded"].as_array()[0].as_object()["id"] = "z"; }},
           {"/public_due", [](json::object& f) { f.erase("public_due"); }}}) {
    auto file = File(kDraw);
    change(file);
    const auto made = sampling::MakeDraw(file);
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().fields.front().pointer == field);
  }
}
