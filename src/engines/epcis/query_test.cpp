#include "engines/epcis/query.hpp"

#include <doctest/doctest.h>

#include "engines/epcis/units.hpp"

using namespace zhian::epcis;

namespace {

const std::string kEvent = R"({"@context":{"tea":"https://tea.example/ns/"},"type":"ObjectEvent","eventTime":"2026-09-08T14:00:00+08:00","eventTimeZoneOffset":"+08:00","action":"OBSERVE","bizStep":"urn:epcglobal:cbv:bizstep:shipping",
 "disposition":"in_transit","persistentDisposition":{"set":["recalled"]},"eventID":"urn:uuid:1","readPoint":{"id":"urn:epc:id:sgln:6909912.34567.0"},"epcList":["urn:epc:id:sgtin:6909912.034567.7"],
 "quantityList":[{"epcClass":"urn:epc:class:lgtin:6909912.034567.L1","quantity":60,"uom":"KGM"}],"bizTransactionList":[{"type":"po","bizTransaction":"urn:x:po:1"}],
 "ilmd":{"tea:grade":"A","tea:inner":{"tea:height":1200}},"tea:pickedAt":"2026-09-01T08:00:00Z",
 "sensorElementList":[{"sensorMetadata":{"deviceID":"urn:x:device:1"},"sensorReport":[{"type":"Temperature","value":4,"uom":"CEL"}]}]})";

bool Finds(const QueryParameters& parameters) {
  const auto read = ReadAll(kEvent);
  REQUIRE(read.ok());
  const auto query = ParseQuery(parameters);
  REQUIRE_MESSAGE(query.ok(), parameters.front().first);
  return query->Matches({read->events.front(), 0});
}

}  // namespace

TEST_CASE("a query finds by what, where, why, in any form of an identifier or a word") {
  CHECK(Finds({{"eventType", {"AggregationEvent", "ObjectEvent"}}}));
  CHECK_FALSE(Finds({{"eventType", {"AggregationEvent"}}}));
  CHECK(Finds({{"EQ_bizStep", {"https://ref.gs1.org/cbv/BizStep-shipping"}}}));
  CHECK(Finds({{"EQ_persistentDisposition_set", {"recalled"}}}));
  CHECK(Finds({{"MATCH_epc", {"https://shop.example/01/06909912345671/21/7"}}}));
  CHECK(Finds({{"MATCH_anyEPC", {"urn:epc:idpat:sgtin:6909912.034567.*"}}}));
  CHECK_FALSE(Finds({{"MATCH_epc", {"urn:epc:id:sgtin:6909912.034567.8"}}}));
  CHECK(Finds({{"MATCH_epcClass", {"https://id.gs1.org/01/06909912345671/10/L1"}}}));
  CHECK(Finds({{"EQ_readPoint", {"https://id.gs1.org/414/6909912345671"}}}));
  CHECK(Finds({{"EQ_bizTransaction_urn:epcglobal:cbv:btt:po", {"urn:x:po:1"}}}));
  CHECK_FALSE(Finds({{"EQ_bizTransaction_inv", {"urn:x:po:1"}}}));
  CHECK_FALSE(Finds({{"EQ_bizStep", {"shipping"}}, {"EQ_action", {"ADD"}}}));  // parameters must all hold
  CHECK(Finds({{"EXISTS_errorDeclaration", {"false"}}}));
}

TEST_CASE("a query compares quantities, measurements and extensions, and converts units") {
  CHECK(Finds({{"GE_quantity_GRM", {"60000"}}}));
  CHECK_FALSE(Finds({{"GT_quantity_GRM", {"60000"}}}));
  CHECK_FALSE(Finds({{"GE_quantity_LTR", {"1"}}}));
  CHECK(Finds({{"EQ_value_KEL", {"277.15"}}}));
  CHECK(Finds({{"LT_value_FAH", {"40"}}}));
  CHECK(Finds({{"EQ_type", {"gs1:Temperature"}}}));
  CHECK(Finds({{"EQ_deviceID", {"urn:x:device:1"}}}));
  CHECK(Finds({{"EQ_ILMD_tea:grade", {"B", "A"}}}));
  CHECK(Finds({{"EQ_ILMD_https://tea.example/ns/grade", {"A"}}}));
  CHECK(Finds({{"GE_INNER_ILMD_tea:height", {"1000"}}}));
  CHECK_FALSE(Finds({{"GE_ILMD_tea:height", {"1000"}}}));
  CHECK(Finds({{"LT_tea:pickedAt", {"2026-09-01T17:00:00+08:00"}}}));
  CHECK(Finds({{"EXISTS_tea:pickedAt", {}}}));
  CHECK_FALSE(ConvertUnit(1, "KGM", "LTR").has_value());
  CHECK(*ConvertUnit(-40, "CEL", "FAH") == doctest::Approx(-40));
}

TEST_CASE("what is no query is refused by its name") {
  for (const auto& bad : std::vector<QueryParameters>{{{"EQ_nonsense", {"1"}}}, {{"shoeSize", {"44"}}}, {{"GE_eventTime", {"yesterday"}}}, {{"eventCountLimit", {"5"}}}, {{"orderBy", {"eventTime"}}, {"eventCountLimit", {"5"}}, {"maxEventCount", {"9"}}},
                                                      {{"GE_quantity", {"many"}}}, {{"EQ_action", {}}}, {{"maxEventCount", {"0"}}}}) {
    const auto query = ParseQuery(bad);
    REQUIRE_FALSE(query.ok());
    CHECK(query.error().fields.front().key == "QueryParameterException");
  }
}
