// XML and JSON-LD say one thing: what is written as XML is read back as the same event, with the same hash.
#include "engines/epcis/xml_writer.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "engines/epcis/hash.hpp"
#include "engines/epcis/validate.hpp"

using namespace zhian;
using namespace zhian::epcis;
namespace json = boost::json;

namespace {

// What both forms can say: names in full, a list of one as its value, no empty lists, no attributes with parts.
json::value Plain(const json::value& value, const Namespaces& namespaces, bool own) {
  if (value.is_array()) {
    json::array list;
    for (const json::value& item : value.get_array()) {
      json::value plain = Plain(item, namespaces, own);
      if (own && plain.is_array())
        list.insert(list.end(), plain.get_array().begin(), plain.get_array().end());
      else
        list.push_back(std::move(plain));
    }
    if (own && list.size() == 1) return list.front();
    return list;
  }
  if (!value.is_object()) return value;
  json::object out;
  for (const auto& [key, inner] : value.get_object()) {
    std::string_view name(key);
    if (name == "@context") continue;
    const bool standard = !own && name.find(':') == std::string_view::npos && !namespaces.contains(name);
    json::value plain = Plain(inner, namespaces, !standard || name == "certificationInfo");
    if (plain.is_array() && plain.get_array().empty()) continue;
    if (name == "#text" && (plain.is_null() || plain == "")) continue;
    if (name.starts_with('@') && (plain.is_array() || plain.is_object())) name.remove_prefix(1);
    if (name.starts_with('@') && plain.is_int64()) plain = std::to_string(plain.get_int64());  // attributes are text
    out[name.starts_with('@') ? "@" + ExpandName(name.substr(1), namespaces) : ExpandName(name, namespaces)] =
        std::move(plain);
  }
  if (own && out.size() == 1 && out.contains("#text")) return out["#text"];
  return out;
}

std::string Whole(const Event& event, CbvForm form) {
  const XmlEnvelope envelope{.creation_date = "2026-11-24T09:00:00Z"};
  return XmlHead(envelope) + EventXml(event, form) + XmlTail(envelope);
}

void ComesBack(const Event& event) {
  for (const CbvForm form : {CbvForm::kUrn, CbvForm::kWebUri}) {
    const std::string xml = Whole(event, form);
    const auto read = ReadAll(xml);
    RC_ASSERT(read.ok());
    RC_ASSERT(read->events.size() == 1u);
    const Event& back = read->events.front();
    RC_ASSERT(PreHash(back) == PreHash(event));
    RC_ASSERT(Plain(back.body, back.namespaces, false) == Plain(event.body, event.namespaces, false));
    RC_ASSERT(Validate(back).empty());
  }
}

Event ReadOne(const std::string& text) {
  const auto read = ReadAll(text);
  REQUIRE_MESSAGE(read.ok(), text);
  REQUIRE(read->events.size() == 1);
  return read->events.front();
}

using rc::gen::element;
using rc::gen::inRange;
int Pick(int to) { return *inRange(0, to); }

std::string SomeText() {
  static const std::vector<std::string> kPieces{"a",
                                                "茶",
                                                " ",
                                                "\n",
                                                "\t",
                                                "\r",
                                                "<",
                                                ">",
                                                "&",
                                                "\"",
                                                "'",
                                                "]]>",
                                                "&amp;",
                                                "12.50",
                                                "\xF0\x9F\x8D\xB5",
                                                "urn:epc:id:sgtin:6909912.034567.7",
                                                "　",
                                                "%41",
                                                "1e3"};
  std::string text;
  for (int n = Pick(4); n > 0; --n) text += *rc::gen::elementOf(kPieces);
  return text;
}
std::string SomeName() {
  return *element<std::string>("tea:grade", "tea:等级", "shop:note", "https://other.example/ns#deep",
                               "https://other.example/ns/last", "gs1:comment", "rdfs:seeAlso", "term");
}

json::value SomeValue(int depth) {
  switch (Pick(depth > 0 ? 10 : 7)) {
    case 0:
    case 1: return json::value(SomeText());
    case 2: return *rc::gen::arbitrary<std::int64_t>();
    case 3: return *rc::gen::map(rc::gen::arbitrary<std::int32_t>(), [](std::int32_t n) { return n / 64.0; });
    case 4: return *element(1e300, -2.5e-300, 20.0, 0.1, 1.0e21);
    case 5: return Pick(2) == 0;
    case 6:
      return Pick(3) == 0   ? json::value(nullptr)
             : Pick(2) == 0 ? json::value(json::object{})
                            : json::value(std::uint64_t{18'446'744'073'709'551'615U});
    case 7: {
      json::array list;
      for (int n = Pick(4); n > 0; --n) list.push_back(SomeValue(depth - 1));
      return list;
    }
    default: {
      json::object object;
      for (int n = Pick(4); n > 0; --n) object[SomeName()] = SomeValue(depth - 1);
      if (Pick(3) == 0) object["plain"] = SomeValue(depth - 1);
      if (Pick(3) == 0) object["@lang"] = SomeText();
      if (Pick(4) == 0) object["@tea:unit"] = Pick(1000);
      if (Pick(3) == 0) object["#text"] = SomeText();
      return object;
    }
  }
}
void AddOwn(json::object& to, int most = 3) {
  for (int n = Pick(most); n > 0; --n) to[SomeName()] = SomeValue(3);
}

json::value SomeThing(int n) {
  return json::value(*element<std::string>("urn:epc:id:sgtin:6909912.034567." + std::to_string(n),
                                           "https://id.gs1.org/01/06909912345671/21/" + std::to_string(n),
                                           "urn:our:box:" + std::to_string(n)));
}
json::array Things() {
  json::array list;
  for (int n = 1 + Pick(3); n > 0; --n) list.push_back(SomeThing(n));
  return list;
}
json::array Amounts() {
  json::array list;
  for (int n = 1 + Pick(3); n > 0; --n) {
    json::object entry{{"epcClass", "urn:epc:class:lgtin:6909912.034567.L" + std::to_string(n)}};
    if (Pick(4) > 0)
      entry["quantity"] = Pick(2) == 0 ? json::value(1 + Pick(1000)) : json::value((1 + Pick(100'000)) / 16.0);
    if (entry.contains("quantity") && Pick(2) == 0) entry["uom"] = "KGM";
    list.push_back(std::move(entry));
  }
  return list;
}
json::object Place() {
  json::object place{{"id", *element<std::string>("urn:epc:id:sgln:6909912.34567.0",
                                                  "https://tea.example/414/6909912345671?x=1&y=2")}};
  AddOwn(place, 2);
  return place;
}
json::array Parties(const char* key) {
  json::array list;
  for (int n = 1 + Pick(2); n > 0; --n)
    list.push_back(json::object{{"type", *element<std::string>("location", "owning_party", "https://our.example/type")},
                                {key, "urn:epc:id:sgln:6909912.3456" + std::to_string(n) + ".0"}});
  return list;
}
json::object Report() {
  json::object report{{"type", *element<std::string>("Temperature", "RelativeHumidity", "gs1:SomethingNew",
                                                     "https://our.example/type")}};
  if (Pick(2) == 0)
    report["value"] = Pick(2) == 0 ? json::value(Pick(80) - 40) : json::value(Pick(1000) / 8.0), report["uom"] = "CEL";
  if (Pick(3) == 0) report["stringValue"] = SomeText();
  if (Pick(3) == 0) report["booleanValue"] = Pick(2) == 0;
  if (Pick(3) == 0) report["exception"] = "ALARM_CONDITION";
  if (Pick(3) == 0) report["component"] = "latitude";
  if (Pick(3) == 0) report["percRank"] = Pick(101);
  if (Pick(3) == 0) report["tea:note"] = SomeText();
  if (Pick(4) == 0) report["tea:parts"] = json::object{{"tea:a", Pick(9)}};
  return report;
}
json::array Sensors() {
  json::array list;
  for (int n = 1 + Pick(2); n > 0; --n) {
    json::object element;
    if (Pick(2) == 0)
      element["sensorMetadata"] = json::object{
          {"time", "2026-09-08T14:00:00+08:00"}, {"deviceID", "urn:our:device:1"}, {"shop:note", SomeText()}};
    json::array reports;
    for (int k = 1 + Pick(3); k > 0; --k) reports.push_back(Report());
    element["sensorReport"] = std::move(reports);
    AddOwn(element, 2);
    list.push_back(std::move(element));
  }
  return list;
}

Event SomeEvent() {
  const std::string type = *element<std::string>("ObjectEvent", "AggregationEvent", "TransactionEvent",
                                                 "TransformationEvent", "AssociationEvent");
  json::object body{{"type", type}, {"eventTime", "2026-09-08T14:00:00.123+08:00"}, {"eventTimeZoneOffset", "+08:00"}};
  if (Pick(2) == 0) body["eventID"] = "urn:uuid:10000000-0000-4000-8000-000000000001";
  if (Pick(2) == 0) body["recordTime"] = "2026-09-08T14:00:01Z";
  if (Pick(3) == 0)
    body["certificationInfo"] = Pick(2) == 0
                                    ? json::value("https://cert.example/1")
                                    : json::value(json::array{"https://cert.example/1", "https://cert.example/2"});
  if (Pick(3) == 0) body["bizStep"] = *element<std::string>("shipping", "receiving", "https://our.example/step");
  if (Pick(3) == 0) body["disposition"] = "in_transit";
  if (Pick(3) == 0)
    body["persistentDisposition"] =
        json::object{{"set", json::array{"recalled", "damaged"}}, {"unset", json::array{"active"}}};
  if (Pick(2) == 0) body["readPoint"] = Place();
  if (Pick(2) == 0) body["bizLocation"] = Place();
  if (Pick(2) == 0 || type == "TransactionEvent")
    body["bizTransactionList"] = json::array{json::object{{"type", "po"}, {"bizTransaction", "urn:x:po:1&2"}},
                                             json::object{{"bizTransaction", "urn:x:any:2"}}};
  if (Pick(3) == 0) body["sourceList"] = Parties("source");
  if (Pick(3) == 0) body["destinationList"] = Parties("destination");
  if (Pick(3) == 0) body["sensorElementList"] = Sensors();
  if (Pick(4) == 0) {
    json::object error{{"declarationTime", "2026-09-09T00:00:00Z"},
                       {"reason", "incorrect_data"},
                       {"correctiveEventIDs", json::array{"urn:uuid:2"}}};
    AddOwn(error, 2);
    body["errorDeclaration"] = std::move(error);
  }
  if (type != "TransformationEvent") body["action"] = "OBSERVE";
  if (type == "ObjectEvent" || type == "TransactionEvent") body["epcList"] = Things(), body["quantityList"] = Amounts();
  if (type == "AggregationEvent" || type == "AssociationEvent")
    body["parentID"] = "urn:epc:id:sscc:6909912.0000000001", body["childEPCs"] = Things(),
    body["childQuantityList"] = Amounts();
  if (type == "TransformationEvent")
    body["inputEPCList"] = Things(), body["inputQuantityList"] = Amounts(), body["outputEPCList"] = Things(),
    body["outputQuantityList"] = Amounts(), body["transformationID"] = "urn:our:run:1";
  if ((type == "ObjectEvent" || type == "TransformationEvent") && Pick(2) == 0) {
    json::object ilmd;
    AddOwn(ilmd);
    if (!ilmd.empty()) body["ilmd"] = std::move(ilmd);
  }
  AddOwn(body);
  Event event{std::move(body),
              {{"tea", "https://tea.example/ns/"},
               {"shop", "http://shop.example/no-separator"},
               {"term", "https://tea.example/ns/term"},
               {"xsi", "urn:x:taken"}}};
  Normalise(event.body);
  return event;
}

}  // namespace

TEST_CASE("every event comes back from XML with its hash and all that both forms can say") {
  CHECK(rc::check("JSON-LD to XML and back", [] {
    const Event event = SomeEvent();
    RC_ASSERT(Validate(event).empty());
    ComesBack(event);
  }));
}

TEST_CASE("types, white space and what is nothing survive the way through XML") {
  const Event event = ReadOne(
      R"({"@context":{"t":"https://tea.example/ns/"},"type":"ObjectEvent","eventTime":"2026-09-08T14:00:00+08:00","eventTimeZoneOffset":"+08:00","action":"ADD","epcList":["urn:x:1"],
    "t:whole":20,"t:broken":20.0,"t:yes":true,"t:spaced":"  a  ","t:blank":" ","t:none":null,"t:empty":{},"t:text":"","t:list":[1,"1"],"t:big":18446744073709551615,"t:object":{"@lang":"zh","#text":" 茶 ","t:inner":1}})");
  const Event back = ReadOne(Whole(event, CbvForm::kUrn));
  CHECK(back.body == event.body);
  CHECK(back.namespaces == event.namespaces);
  CHECK(EventHash(back) == EventHash(event));
}

TEST_CASE("words of the CBV are written as the reader asks, and no text can leave its element") {
  Event event = ReadOne(
      R"({"@context":{"t":"https://tea.example/\"><evil/>"},"type":"ObjectEvent","eventTime":"2026-09-08T14:00:00+08:00","eventTimeZoneOffset":"+08:00","action":"ADD","bizStep":"shipping","epcList":["urn:x:1"],
    "t:a b<c":"</t>\u0001]]><!--","sensorElementList":[{"sensorReport":[{"type":"Temperature","value":4,"uom":"CEL"}]}]})");
  const std::string urn = EventXml(event), web = EventXml(event, CbvForm::kWebUri);
  CHECK(urn.find("<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>") != std::string::npos);
  CHECK(web.find("<bizStep>https://ref.gs1.org/cbv/BizStep-shipping</bizStep>") != std::string::npos);
  CHECK(urn.find("type=\"gs1:Temperature\"") != std::string::npos);
  CHECK(web.find("type=\"https://gs1.org/voc/Temperature\"") != std::string::npos);
  CHECK(urn.find("<evil/>") == std::string::npos);
  const Event back = ReadOne(Whole(event, CbvForm::kUrn));
  CHECK(back.body.at("t:a_b_c") == "</t>\xEF\xBF\xBD]]><!--");
}

TEST_CASE("prefixes that mean different things in two events stay apart in one document") {
  const auto with = [](const char* space) {
    return ReadOne(
        std::string(R"({"@context":{"t":")") + space +
        R"("},"type":"ObjectEvent","eventTime":"2026-09-08T14:00:00+08:00","eventTimeZoneOffset":"+08:00","action":"ADD","epcList":["urn:x:1"],"t:grade":"A"})");
  };
  const Event first = with("https://one.example/"), second = with("https://two.example/");
  const XmlEnvelope envelope{.creation_date = "2026-11-24T09:00:00Z",
                             .is_answer = true,
                             .query_name = "SimpleEventQuery",
                             .subscription_id = "s<1>"};
  const auto read = ReadAll(XmlHead(envelope) + EventXml(first) + EventXml(second) + XmlTail(envelope));
  REQUIRE(read.ok());
  REQUIRE(read->events.size() == 2);
  CHECK(read->document.type == "EPCISQueryDocument");
  CHECK(EventHash(read->events[0]) == EventHash(first));
  CHECK(EventHash(read->events[1]) == EventHash(second));
  CHECK(EventHash(first) != EventHash(second));
}

TEST_CASE("master data and the names to ignore come back as well") {
  const auto read = ReadAll(
      R"({"@context":{"t":"https://tea.example/ns/","r":"https://r.example/"},"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-24T09:00:00Z","r:ignoreFields":["t:seen"],
    "epcisHeader":{"epcisMasterData":{"vocabularyList":[{"type":"urn:epcglobal:epcis:vtype:BusinessLocation","vocabularyElementList":[{"id":"urn:epc:id:sgln:6909912.34567.0",
      "attributes":[{"id":"cbvmda:site","attribute":"01"},{"id":"https://tea.example/ns/plan","attribute":{"t:halls":3}}],"children":["urn:epc:id:sgln:6909912.34567.1"]}]}]}},
    "epcisBody":{"eventList":[{"type":"ObjectEvent","eventTime":"2026-09-08T14:00:00+08:00","eventTimeZoneOffset":"+08:00","action":"ADD","epcList":["urn:x:1"],"t:seen":"yes"}]}})");
  REQUIRE(read.ok());
  const XmlEnvelope envelope{.creation_date = "2026-11-24T09:00:00Z",
                             .vocabularies = &read->document.vocabularies,
                             .namespaces = read->document.namespaces,
                             .ignored = read->document.ignored};
  const auto back = ReadAll(XmlHead(envelope) + EventXml(read->events.front()) + XmlTail(envelope));
  REQUIRE(back.ok());
  CHECK(back->document.vocabularies == read->document.vocabularies);
  CHECK(back->document.ignored == read->document.ignored);
  CHECK(EventHash(back->events.front(), back->document.ignored) ==
        EventHash(read->events.front(), read->document.ignored));
}

TEST_CASE("a field named by its whole IRI is the field of that namespace") {
  const std::string head =
      R"("type":"ObjectEvent","eventTime":"2026-09-08T14:00:00+08:00","eventTimeZoneOffset":"+08:00","action":"ADD","epcList":["urn:x:1"],)";
  CHECK(EventHash(ReadOne("{" + head + R"("https://tea.example/ns/grade":"A"})")) ==
        EventHash(ReadOne(R"({"@context":{"t":"https://tea.example/ns/"},)" + head + R"("t:grade":"A"})")));
}
