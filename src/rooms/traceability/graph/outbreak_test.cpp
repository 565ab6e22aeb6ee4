// The supply network of what was captured: whose goods end where, what is added up, what is left out.
#include "rooms/traceability/graph/outbreak.hpp"

#include <map>

#include "rooms/traceability/graph/trace_fixture.hpp"

using namespace zhian;
using namespace zhian::traceability;
using namespace zhian::traceability::tests;

namespace {

Supply Read(Folder& folder, SupplyQuestion question) {
  if (question.to.ms == 0) question.to = *base::ParseInstant("2027-01-01T00:00:00+08:00");
  Supply supply;
  REQUIRE(folder.db
              ->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(supply, ReadSupply(c, question));
                return Ok();
              })
              .ok());
  return supply;
}
std::map<std::pair<std::string, std::string>, double> Edges(const Supply& supply) {
  std::map<std::pair<std::string, std::string>, double> edges;
  for (const auto& edge : supply.network.edges)
    edges[{supply.network.places[edge.from], supply.network.places[edge.to]}] += edge.amount;
  return edges;
}

}  // namespace

TEST_CASE("what a shop took in and did not pass on ends there; a processor's goods go on") {
  Folder folder;
  REQUIRE(
      folder.db
          ->Write([](storage::Connection& c) -> Status {
            ZHIAN_TRY(c.Execute(
                "INSERT INTO operator (district, id, name, jurisdiction, type) VALUES ($d,'shop','河畔店','x','shop'), ($d,'mill','磨坊','x','workshop')"));
            ZHIAN_TRY(c.Execute(
                "INSERT INTO premises (district, id, operator_id, gln) VALUES ($d,'a','shop','P2'), ($d,'b','shop','P4'), ($d,'c','mill','P1')"));
            return Ok();
          })
          .ok());
  int n = 0;
  const auto deliver = [&](int from, int to, int item, double quantity, int hour) {
    folder.Must(
        {Moved(n + 1, hour, true, from, to, item, quantity), Moved(n + 2, hour + 1, false, from, to, item, quantity)});
    n += 2;
  };
  folder.Must({Made(++n, 0, 0, 1, 50)});
  deliver(0, 1, 1, 20, 2);  // farm → mill
  deliver(1, 2, 1, 15, 5);  // mill → shop
  deliver(0, 2, 1, 5, 6);   // farm → shop
  deliver(2, 3, 1, 4, 9);   // shop → stall
  deliver(2, 4, 1, 3, 9);   // between two premises of the shop
  const Supply supply = Read(folder, {});
  const auto edges = Edges(supply);
  CHECK(edges.at({"P0", "mill"}) == doctest::Approx(20));
  CHECK(edges.at({"mill", "shop"}) == doctest::Approx(15));
  CHECK(edges.at({"shop", "P3"}) == doctest::Approx(4));
  CHECK(edges.at({"shop", "shop#end"}) == doctest::Approx(16));
  CHECK(edges.size() == 5);  // none of the mill's own, none within the shop
  CHECK(supply.movements == 4);
  for (const SupplyPlace& place : supply.places) {
    CHECK(supply.network.places[place.end] == (place.id == "shop" ? "shop#end" : place.id));
    CHECK(supply.of(place.end).id == place.id);
    CHECK(place.on_file == (place.id == "shop" || place.id == "mill"));
  }
  // Where people fell ill goods end too, whatever it is.
  CHECK(Edges(Read(folder, {.retail = {"mill"}})).at({"mill", "mill#end"}) == doctest::Approx(5));
  // By time.
  SupplyQuestion early;
  early.to = *base::ParseInstant("2026-01-10T04:00:00+08:00");
  CHECK(Edges(Read(folder, early)).size() == 1);
}

TEST_CASE("a product is asked for by a part of its name, and the signs of a pattern are letters") {
  Folder folder;
  int n = 0;
  for (int i = 0; i < 2; ++i) {
    folder.Must({Made(++n, 0, 0, i, 10)});
    folder.Must({Moved(n + 1, 2, true, 0, 1, i, 10), Moved(n + 2, 3, false, 0, 1, i, 10)});
    n += 2;
  }
  REQUIRE(folder.db
              ->Write([](storage::Connection& c) -> Status {
                ZHIAN_TRY(c.Execute("UPDATE lot SET product='100%豆腐' WHERE item LIKE '%L0'"));
                ZHIAN_TRY(c.Execute("UPDATE lot SET product='1000豆干' WHERE item LIKE '%L1'"));
                return Ok();
              })
              .ok());
  CHECK(Read(folder, {}).movements == 2);
  CHECK(Read(folder, {.product = "豆腐"}).movements == 1);
  CHECK(Read(folder, {.product = "100%豆"}).movements == 1);
  CHECK(Read(folder, {.product = "%"}).movements == 1);
  CHECK(Read(folder, {.product = "_"}).movements == 0);
}
