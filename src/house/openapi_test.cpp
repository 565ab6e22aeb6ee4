#include <doctest/doctest.h>

#include "base/json.hpp"
#include "desk/route.hpp"
#include "desk/routes.hpp"
#include "house/rooms.hpp"

namespace zhian::house {

TEST_CASE("every route of the house says what it takes and answers, and a name has one shape") {
  const auto routes = desk::Routes(Rooms());
  for (const std::string& fault : desk::OpenApiFaults(routes)) FAIL_CHECK(fault);
  const auto document = base::ParseJson(desk::OpenApi(routes));
  REQUIRE(document.ok());
  CHECK(document->at("paths").as_object().size() > 50);
  CHECK(document->at("components").at("schemas").as_object().contains("MatterPage"));
}

TEST_CASE("a route without an answer, and two shapes of one name, are found") {
  using desk::Named, desk::Object, desk::Text, desk::Answers;
  std::vector<desk::RouteSpec> routes(3);
  routes[0] = {.pattern = "/api/v1/a", .id = "a", .answers = Answers(Named("Part", Object({{"x", Text()}})))};
  routes[1] = {.pattern = "/api/v1/b", .id = "b", .answers = Answers(Named("Part", Object({{"y", Text()}})))};
  routes[2] = {.method = http::Method::kPost, .pattern = "/api/v1/c", .id = "a"};
  std::string found;
  for (const std::string& fault : desk::OpenApiFaults(routes)) found += fault + "\n";
  CHECK(
      found ==
      "a: stands twice\na: says nothing of its answer\na: does not say what it takes\nPart: two shapes of one name\n");
}

}  // namespace zhian::house
