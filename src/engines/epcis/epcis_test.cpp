#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "engines/epcis/digital_link.hpp"
#include "engines/epcis/hash.hpp"
#include "engines/epcis/identifiers.hpp"
#include "engines/epcis/validate.hpp"

using namespace zhian;
using namespace zhian::epcis;

namespace {

const std::string kJson =
    R"({"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-24T09:00:00+08:00","epcisBody":{"eventList":[
 {"type":"ObjectEvent","eventTime":"2026-09-08T14:00:00.0004+08:00","eventTimeZoneOffset":"+08:00","action":"OBSERVE","bizStep":"receiving",
  "readPoint":{"id":"urn:epc:id:sgln:6909912.34567.0"},"epcList":["urn:epc:id:sgtin:6909912.034567.2","urn:epc:id:sgtin:6909912.034567.1"],
  "quantityList":[{"epcClass":"urn:epc:class:lgtin:6909912.034567.JKH20260905","quantity":60.0,"uom":"KGM"}],
  "sourceList":[{"type":"location","source":"urn:epc:id:sgln:6909912.34568.0"}],"tea:grade":"A"}]},
 "@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"tea":"https://tea.example/ns/"}]})";

const std::string kXml =
    R"(<?xml version="1.0"?><e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" xmlns:t="https://tea.example/ns/" schemaVersion="2.0" creationDate="2026-11-24T09:00:00+08:00">
<EPCISBody><EventList><ObjectEvent><eventTime>2026-09-08T06:00:00Z</eventTime><recordTime>2026-09-08T06:00:01Z</recordTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
<epcList><epc>https://shop.example/01/06909912345671/21/1</epc><epc>https://id.gs1.org/gtin/6909912345671/ser/2</epc></epcList><action>OBSERVE</action>
<bizStep>urn:epcglobal:cbv:bizstep:receiving</bizStep><readPoint><id>https://id.gs1.org/414/6909912345671</id></readPoint>
<quantityList><quantityElement><epcClass>https://id.gs1.org/01/06909912345671/10/JKH20260905</epcClass><quantity>60</quantity><uom>KGM</uom></quantityElement></quantityList>
<sourceList><source type="urn:epcglobal:cbv:sdt:location">https://id.gs1.org/414/6909912345688</source></sourceList><t:grade>A</t:grade></ObjectEvent></EventList></EPCISBody></e:EPCISDocument>)";

std::vector<Fault> FaultsOf(const std::string& event) {
  const auto read = ReadAll(event);
  REQUIRE(read.ok());
  REQUIRE(read->events.size() == 1);
  return Validate(read->events.front(), {.now = *base::ParseInstant("2026-11-24T00:00:00Z")});
}
bool Has(const std::vector<Fault>& faults, std::string_view path) {
  return std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) { return fault.path == path; });
}

}  // namespace

TEST_CASE("one event in JSON-LD with URNs and in XML with Digital Links of a shop has one hash") {
  const auto from_json = ReadAll(kJson), from_xml = ReadAll(kXml);
  REQUIRE(from_json.ok());
  REQUIRE_MESSAGE(from_xml.ok(), from_xml.error().message.Text());
  CHECK(PreHash(from_json->events.at(0)) == PreHash(from_xml->events.at(0)));
  CHECK(PreHash(from_json->events.at(0)).find("{https://tea.example/ns/}grade=A") != std::string::npos);
  CHECK(PreHash(from_json->events.at(0)).find("eventTime=2026-09-08T06:00:00.000Z") != std::string::npos);
  CHECK(EventHash(from_json->events.at(0)).size() == std::string("ni:///sha-256;?ver=CBV2.0").size() + 64);
  CHECK(Validate(from_json->events.at(0)).empty());
  CHECK(Validate(from_xml->events.at(0)).empty());
}

TEST_CASE("identity: URN, Digital Link and a custom domain are one name") {
  CHECK(CanonicalId("urn:epc:id:sscc:6909912.0000000001") ==
        CanonicalId("https://any.example/x/00/069099120000000013"));
  CHECK(CanonicalId("https://shop.example/01/6909912345671/22/A/10/L1/21/9?17=261231") ==
        "https://id.gs1.org/01/06909912345671/21/9");
  CHECK(CanonicalId("https://shop.example/about/us") == "https://shop.example/about/us");
  for (const char* urn :
       {"urn:epc:id:sgtin:6909912.034567.a%2Fb", "urn:epc:class:lgtin:6909912.034567.L1",
        "urn:epc:id:sscc:6909912.0000000001", "urn:epc:id:sgln:6909912.34567.0", "urn:epc:id:pgln:6909912.34567",
        "urn:epc:id:grai:6909912.12345.9", "urn:epc:id:giai:6909912.AB9", "urn:epc:id:gsrn:6909912.0000000001",
        "urn:epc:id:gdti:6909912.12345.9", "urn:epc:id:sgcn:6909912.12345.9", "urn:epc:id:cpi:6909912.PART.12",
        "urn:epc:id:ginc:6909912.xyz", "urn:epc:id:gsin:6909912.123456789", "urn:epc:id:itip:6909912.034567.01.02.7",
        "urn:epc:idpat:sgtin:6909912.034567.*"})
    CHECK(UrnOf(CanonicalId(urn), 7) == std::string(urn));
  CHECK_FALSE(UrnOf("https://id.gs1.org/01/06909912345671/21/9", 13).has_value());
}

TEST_CASE("the public page reads the keys of a path") {
  const auto keys = ReadKeys("/01/06909912345670/10/JKH20260905");
  REQUIRE(keys.has_value());
  CHECK(keys->at(0) == std::pair<std::string, std::string>("01", "06909912345670"));
  CHECK(keys->at(1) == std::pair<std::string, std::string>("10", "JKH20260905"));
  CHECK_FALSE(ReadKeys("/01/06909912345670/10").has_value());
  CHECK_FALSE(ReadKeys("/01/06909912345670/21/9/10/L").has_value());  // the batch goes before the serial
}

TEST_CASE("what the schemas cannot say") {
  const std::string head =
      R"({"type":"AggregationEvent","eventTime":"2026-09-08T14:00:00+08:00","eventTimeZoneOffset":"+08:00",)";
  CHECK(Has(FaultsOf(head + R"("action":"ADD","childEPCs":["urn:x:1"]})"), "/parentID"));
  CHECK(FaultsOf(head + R"("action":"OBSERVE","childEPCs":["urn:x:1"]})").empty());
  CHECK(Has(FaultsOf(head + R"("action":"ADD","parentID":"urn:x:1","childEPCs":["urn:x:1"]})"), "/childEPCs"));
  const std::string object =
      R"({"type":"ObjectEvent","eventTime":"2026-09-08T14:00:00+08:00","eventTimeZoneOffset":"+08:00","action":"OBSERVE",)";
  CHECK(Has(
      FaultsOf(
          object +
          R"("sensorElementList":[{"sensorMetadata":{"time":"2026-09-08T14:00:00Z"},"sensorReport":[{"type":"Temperature","value":4,"time":"2026-09-08T15:00:00Z"}]}]})"),
      "/sensorElementList/0/sensorReport/0/time"));
  CHECK(Has(FaultsOf(object + R"("epcList":["urn:x:1"],"bizStep":"shiping"})"), "/bizStep"));
  CHECK(FaultsOf(object + R"("epcList":["urn:x:1"],"bizStep":"https://our.example/step"})").empty());
  CHECK(Has(FaultsOf(object + R"("epcList":["urn:x:1"],"bizStep":"urn:epcglobal:cbv:bizstep:shiping"})"), "/bizStep"));
  CHECK(Has(FaultsOf(object + R"("epcList":["urn:x:1"],"ilmd":{"lotNumber":"1"}})"), "/ilmd/lotNumber"));
  CHECK(Has(FaultsOf(object + R"("epcList":["urn:x:1"],"tea:grade":"A"})"), "/tea:grade"));
  CHECK(Has(FaultsOf(object + R"("quantityList":[{"epcClass":"urn:x:1","quantity":-3,"uom":"kg"}]})"),
            "/quantityList/0/quantity"));
  CHECK(Has(FaultsOf(object + R"("quantityList":[{"epcClass":"urn:x:1","quantity":3,"uom":"kg"}]})"),
            "/quantityList/0/uom"));
  CHECK(Has(FaultsOf(object + R"("quantityList":[{"epcClass":"urn:x:1","quantity":1e300}]})"),
            "/quantityList/0/quantity"));
  CHECK(Has(
      FaultsOf(
          R"({"type":"ObjectEvent","eventTime":"1850-09-08T14:00:00+08:00","eventTimeZoneOffset":"+25:00","action":"ADD","epcList":["urn:x:1"]})"),
      "/eventTimeZoneOffset"));
  CHECK(Has(
      FaultsOf(
          R"({"type":"ObjectEvent","eventTime":"2126-09-08T14:00:00+08:00","eventTimeZoneOffset":"+08:00","action":"ADD","epcList":["urn:x:1"]})"),
      "/eventTime"));
}

TEST_CASE("bad input is refused with a reason: duplicate keys, infinities, nesting, declarations, endless entities") {
  const auto one = [](const std::string& inside) {
    return ReadAll(R"({"@context":{},"epcisBody":{"eventList":[)" + inside + "]}}");
  };
  CHECK_FALSE(one(R"({"type":"ObjectEvent","type":"ObjectEvent"})").ok());
  CHECK_FALSE(one(R"({"type":"ObjectEvent","x":1e400})").ok());
  CHECK_FALSE(one(std::string(100'000, '[')).ok());
  CHECK_FALSE(one("{}],\"eventList\":[{}").ok());
  CHECK_FALSE(ReadAll("{\"epcisBody\":").ok());
  CHECK_FALSE(ReadAll("  \n ").ok());
  const auto with = [](const std::string& doctype, const std::string& text) {
    return ReadAll(
        "<!DOCTYPE d " + doctype +
        "><e:EPCISDocument xmlns:e=\"urn:epcglobal:epcis:xsd:2\"><EPCISBody><EventList><ObjectEvent><action>" + text +
        "</action></ObjectEvent></EventList></EPCISBody></e:EPCISDocument>");
  };
  CHECK(with("", "ADD").ok());
  CHECK_FALSE(with("[<!ENTITY a \"b\">]", "&a;").ok());
  CHECK_FALSE(with("SYSTEM \"file:///etc/passwd\"", "ADD").ok());
  std::string bomb = "[<!ENTITY a0 \"ha\">";
  for (int i = 1; i < 30; ++i)
    bomb += "<!ENTITY a" + std::to_string(i) + " \"&a" + std::to_string(i - 1) + ";&a" + std::to_string(i - 1) + ";\">";
  CHECK_FALSE(with(bomb + "]", "&a29;").ok());
  std::string deep = "<e:EPCISDocument xmlns:e=\"urn:epcglobal:epcis:xsd:2\"><EPCISBody><EventList><ObjectEvent>";
  for (int i = 0; i < 5000; ++i) deep += "<a>";
  CHECK_FALSE(ReadAll(deep).ok());
}

TEST_CASE("an event that cannot be read does not end the document") {
  TextSource source(R"({"@context":{},"epcisBody":{"eventList":[{"a":1},{"a":1,"a":2},{"a":3}]}})");
  const auto reader = DocumentReader::Open(source);
  REQUIRE(reader.ok());
  std::string steps;
  for (Event event;;) {
    const auto step = (*reader)->Next(event);
    REQUIRE(step.ok());
    if (*step == DocumentReader::Step::kEnd) break;
    steps += *step == DocumentReader::Step::kEvent ? 'e' : 'b';
  }
  CHECK(steps == "ebe");
}

TEST_CASE("a context after the events, bare events and lists of them are read alike") {
  const std::string event =
      R"({"type":"ObjectEvent","eventTime":"2026-09-08T14:00:00+08:00","eventTimeZoneOffset":"+08:00","action":"ADD","epcList":["urn:x:1"]})";
  for (const std::string& document :
       {event, "[" + event + "]", R"({"epcisBody":{"eventList":[)" + event + R"(]},"@context":[]})",
        R"({"type":"EPCISQueryDocument","epcisBody":{"queryResults":{"resultsBody":{"eventList":[)" + event +
            "]}}}}"}) {
    const auto read = ReadAll(document);
    REQUIRE_MESSAGE(read.ok(), document);
    REQUIRE(read->events.size() == 1);
    CHECK(Validate(read->events.front()).empty());
  }
}

TEST_CASE("Digital Link and element string are two ways to write one list") {
  const auto parse = [](const char* uri, LinkOptions options = {}) {
    const auto elements = ParseLink(uri, options);
    return elements.ok() ? ElementString(*elements) : "refused";
  };
  CHECK(parse("https://tea.example/x/01/06909912345671/10/L1/21/7?17=261231&note=a") ==
        "^010690991234567110L1^217^17261231");
  CHECK(parse("https://tea.example/01/06909912345672") == "refused");             // check digit
  CHECK(parse("https://tea.example/01/06909912345671/21/7/10/L1") == "refused");  // order
  CHECK(parse("https://tea.example/01/06909912345671?10=L1") == "refused");       // belongs in the path
  CHECK(parse("https://tea.example/01/06909912345671?17=261331") == "refused");   // no such month
  CHECK(parse("https://tea.example/01/6909912345671") == "refused");
  CHECK(parse("https://tea.example/01/6909912345671", {.zero_suppressed_gtin = true}) == "^0106909912345671");
  CHECK(parse("https://tea.example/gtin/06909912345671/lot/L1", {.short_names = true}) == "^010690991234567110L1");
  const auto elements = ParseBracketed("(01)06909912345671(99)in house(17)261231(10)L\\(1");
  REQUIRE_FALSE(elements.ok());  // a space is none of the 82 characters
  const auto good = ParseBracketed("(01)06909912345671(99)x+y(17)261231(10)L\\(1");
  REQUIRE(good.ok());
  CHECK(*BuildLink(*good, "https://tea.example/") ==
        "https://tea.example/01/06909912345671/10/L%281?17=261231&99=x%2By");
  CHECK(*ParseElementString(ElementString(*good)) == *good);
  CHECK(*ParseBracketed(Bracketed(*good)) == *good);
  CHECK_FALSE(BuildLink({{"10", "L1"}}).ok());
  CHECK_FALSE(ParseElementString("^0106909912345672").ok());
}
