#include "desk/schema.hpp"

#include <doctest/doctest.h>

namespace zhian::desk {
namespace json = boost::json;

namespace {

json::value Body(const char* text) { return json::parse(text); }

}  // namespace

TEST_CASE("an object lists its members, says which always stand, and takes no others") {
  const Schema schema = Object({{"id", Text()}, {"count", Integer()}, Maybe("note", Text())});
  CHECK(json::value(schema.body()) == Body(R"({"type":"object","properties":{"id":{"type":"string"},
      "count":{"type":"integer"},"note":{"type":"string"}},"required":["id","count"],"additionalProperties":false})"));
  CHECK_FALSE(Object({Maybe("note", Text())}).body().contains("required"));
  CHECK(MapOf(Integer()).body().at("additionalProperties") == Body(R"({"type":"integer"})"));
}

TEST_CASE("a part with a name is referred to, and travels with whatever uses it") {
  const Schema duty = Named("Duty", Object({{"matter", Named("Matter", Object({{"id", Text()}}))}}));
  const Schema page = Page(duty);
  CHECK(page.body().at("properties").at("items").at("items") == Body(R"({"$ref":"#/components/schemas/Duty"})"));
  REQUIRE(page.parts().size() == 2);
  CHECK(page.parts().at("Duty")->at("properties").at("matter") == Body(R"({"$ref":"#/components/schemas/Matter"})"));
  CHECK(duty.definition().contains("properties"));
  CHECK(page.clashes().empty());
}

TEST_CASE("the same name with another body is found") {
  const Schema one = Named("Part", Object({{"a", Text()}})), same = Named("Part", Object({{"a", Text()}})),
               other = Named("Part", Object({{"b", Text()}}));
  CHECK(Object({{"x", one}, {"y", same}}).clashes().empty());
  CHECK(ListOf(Object({{"x", one}, {"y", other}})).clashes() == std::vector<std::string>{"Part"});
}

TEST_CASE("null, and more members") {
  CHECK(json::value(Nullable(Text()).body()) == Body(R"({"type":["string","null"]})"));
  CHECK(json::value(Nullable(OneOf({"a", "b"})).body()) == Body(R"({"type":["string","null"],"enum":["a","b",null]})"));
  CHECK(json::value(Nullable(NamedThing()).body()) ==
        Body(R"({"anyOf":[{"$ref":"#/components/schemas/NamedThing"},{"type":"null"}]})"));
  const Schema wider = With(NamedThing(), {{"name", Nullable(Text())}, Maybe("note", Text())});
  CHECK(json::value(wider.body()) == Body(R"({"type":"object","properties":{"id":{"type":"string"},
      "name":{"type":["string","null"]},"note":{"type":"string"}},"required":["id","name"],"additionalProperties":false})"));
  CHECK(With(NamedThing(), {Maybe("name", Text())}).body().at("required") == Body(R"(["id"])"));
}

}  // namespace zhian::desk
