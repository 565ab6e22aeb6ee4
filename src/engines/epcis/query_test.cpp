#include "engines/epcis/query.hpp"

#include <doctest/doctest.h>

#include "engines/epcis/master_data.hpp"
#include "engines/epcis/units.hpp"

using namespace zhian::epcis;

namespace {

const std::string kEvent =
    R"({"@context":{"tea":"https://tea.example/ns/"},"type":"ObjectEvent","eventTime":"2026-09-08T14:00:00+08:00","eventTimeZoneOffset":"+08:00","action":"OBSERVE","bizStep":"urn:epcglobal:cbv:bizstep:shipping",
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

TEST_CASE(
    "what hangs on master data finds nothing until a store has answered it, and then by any form of an identifier") {
  const auto read = ReadAll(kEvent);
  REQUIRE(read.ok());
  const auto finds = [&](const QueryParameters& parameters, const std::vector<std::string>& ids) {
    auto query = ParseQuery(parameters);
    REQUIRE_MESSAGE(query.ok(), parameters.front().first);
    REQUIRE(query->look_ups.size() == 1);
    CHECK_FALSE(query->Matches({read->events.front(), 0}));
    const auto look_ups = std::move(query->look_ups);
    query->look_ups.clear();
    query->Answer(look_ups.front(), ids);
    return query->Matches({read->events.front(), 0});
  };
  const std::string place = "https://id.gs1.org/414/6909912345671", lot = "https://id.gs1.org/01/06909912345671/10/L1";
  CHECK(finds({{"WD_readPoint", {"urn:x:site"}}}, {"urn:x:site", place}));
  CHECK_FALSE(finds({{"WD_bizLocation", {"urn:x:site"}}}, {"urn:x:site", place}));
  CHECK(finds({{"HASATTR_epcClass", {"cbvmda:countryOfOrigin"}}}, {lot}));
  CHECK_FALSE(finds({{"HASATTR_epcClass", {"cbvmda:countryOfOrigin"}}}, {}));
  CHECK(finds({{"EQATTR_bizTransaction_urn:x:kind", {"a"}}}, {"urn:x:po:1"}));
  CHECK(finds({{"EQ_ATTR_bizStep_cbvmda:department", {"a"}}}, {"urn:epcglobal:cbv:bizstep:shipping"}));
  const auto query =
      ParseQuery({{"EQATTR_readPoint_urn:epcglobal:cbv:mda#site_no", {"urn:epc:id:sgln:6909912.34567.0"}}});
  REQUIRE(query.ok());
  CHECK(query->look_ups.front().field == "readPoint");
  CHECK(query->look_ups.front().attribute == "urn:epcglobal:cbv:mda:site_no");
  CHECK(query->look_ups.front().values.front() == place);
  for (const char* bad : {"HASATTR_shoe", "EQATTR_readPoint", "EQATTR__a", "EQATTR_readPoint_", "HASATTR_"})
    CHECK_MESSAGE(!ParseQuery({{bad, {"1"}}}).ok(), bad);
}

TEST_CASE("master data is read in one form, from JSON-LD with its header behind the events and from XML") {
  const auto json = ReadAll(
      R"({"@context":{"m":"https://m.example/"},"type":"EPCISDocument","epcisBody":{"eventList":[]},"epcisHeader":{"epcisMasterData":{"vocabularyList":[{"type":"urn:epcglobal:epcis:vtype:BusinessLocation","vocabularyElementList":[
    {"id":"urn:epc:id:sgln:6909912.34567.0","attributes":[{"id":"cbvmda:site","attribute":"01"},{"id":"m:plan","attribute":{"m:halls":3}},{"id":"m:area","attribute":[62.50,true]}],"children":["https://tea.example/414/6909912345688"]}]}]}}})");
  const auto xml = ReadAll(
      R"(<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" xmlns:m="https://m.example/" xmlns:cbvmda="urn:epcglobal:cbv:mda" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><EPCISHeader><extension><EPCISMasterData><VocabularyList>
    <Vocabulary type="urn:epcglobal:epcis:vtype:BusinessLocation"><VocabularyElementList><VocabularyElement id="https://id.gs1.org/414/6909912345671"><attribute id="urn:epcglobal:cbv:mda#site">01</attribute><attribute id="https://m.example/plan"><m:halls>3</m:halls></attribute>
    <attribute id="m:area" xsi:type="xsd:double">62.5</attribute><attribute id="m:area" xsi:type="xsd:boolean">true</attribute><children><id>urn:epc:id:sgln:6909912.34568.0</id></children></VocabularyElement></VocabularyElementList></Vocabulary>
    </VocabularyList></EPCISMasterData></extension></EPCISHeader><EPCISBody><EventList/></EPCISBody></e:EPCISDocument>)");
  for (const auto* read : {&json, &xml}) {
    REQUIRE((*read).ok());
    const auto elements = MasterElements((*read)->document);
    REQUIRE(elements.size() == 1);
    CHECK(elements[0].id == "https://id.gs1.org/414/6909912345671");
    CHECK(elements[0].children == std::vector<std::string>{"https://id.gs1.org/414/6909912345688"});
    CHECK(elements[0].attributes ==
          std::vector<std::pair<std::string, std::string>>{{"urn:epcglobal:cbv:mda:site", "01"},
                                                           {"https://m.example/plan", ""},
                                                           {"https://m.example/area", "62.5"},
                                                           {"https://m.example/area", "true"}});
  }
}

TEST_CASE("what is no query is refused by its name") {
  for (const auto& bad :
       std::vector<QueryParameters>{{{"EQ_nonsense", {"1"}}},
                                    {{"shoeSize", {"44"}}},
                                    {{"GE_eventTime", {"yesterday"}}},
                                    {{"eventCountLimit", {"5"}}},
                                    {{"orderBy", {"eventTime"}}, {"eventCountLimit", {"5"}}, {"maxEventCount", {"9"}}},
                                    {{"GE_quantity", {"many"}}},
                                    {{"EQ_action", {}}},
                                    {{"maxEventCount", {"0"}}}}) {
    const auto query = ParseQuery(bad);
    REQUIRE_FALSE(query.ok());
    CHECK(query.error().fields.front().key == "QueryParameterException");
  }
}
