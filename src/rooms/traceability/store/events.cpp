#include "rooms/traceability/store/events.hpp"

#include "base/time.hpp"
#include "engines/epcis/hash.hpp"
#include "engines/epcis/identifiers.hpp"
#include "rooms/traceability/store/movements.hpp"

namespace zhian::traceability {
namespace json = boost::json;

namespace {

std::string_view Text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
}

const json::array* List(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_array() ? &value->get_array() : nullptr;
}

std::string PlaceId(const json::object& event, std::string_view name) {
  const auto* value = event.if_contains(name);
  return value != nullptr && value->is_object() ? epcis::CanonicalId(Text(value->get_object(), "id")) : std::string{};
}

// The place of the other side: its location before its possessing or owning party.
std::string PartyOf(const json::object& event, std::string_view list, std::string_view key) {
  const auto* entries = List(event, list);
  if (entries == nullptr) return {};
  std::string_view found;
  for (const auto& entry : *entries) {
    if (!entry.is_object()) continue;
    const std::string_view id = Text(entry.get_object(), key);
    if (found.empty()) found = id;
    if (Text(entry.get_object(), "type") == "location" && !id.empty()) {
      found = id;
      break;
    }
  }
  return epcis::CanonicalId(found);
}

void AddIds(const json::object& event, std::string_view list, std::vector<Quantity>& out) {
  if (const auto* ids = List(event, list))
    for (const auto& id : *ids) out.push_back({epcis::CanonicalId(std::string_view(id.get_string())), "piece", 1});
}

void AddQuantities(const json::object& event, std::string_view list, std::vector<Quantity>& out) {
  const auto* entries = List(event, list);
  if (entries == nullptr) return;
  for (const auto& entry : *entries) {
    const json::object& element = entry.get_object();
    Quantity q{epcis::CanonicalId(Text(element, "epcClass")), std::string(Text(element, "uom")), 0};
    if (const auto* number = element.if_contains("quantity"); number != nullptr && number->is_number())
      q.value = number->to_number<double>();
    if (q.unit.empty()) q.unit = "piece";
    out.push_back(std::move(q));
  }
}

void AddGoods(const json::object& body, PreparedEvent& event) {
  if (event.type == "TransformationEvent") {
    AddIds(body, "inputEPCList", event.inputs);
    AddQuantities(body, "inputQuantityList", event.inputs);
    AddIds(body, "outputEPCList", event.outputs);
    AddQuantities(body, "outputQuantityList", event.outputs);
  } else if (event.type == "AggregationEvent" || event.type == "AssociationEvent") {
    AddIds(body, "childEPCs", event.inputs);
    AddQuantities(body, "childQuantityList", event.inputs);
    event.parent = epcis::CanonicalId(Text(body, "parentID"));
  } else {
    AddIds(body, "epcList", event.inputs);
    AddQuantities(body, "quantityList", event.inputs);
  }
  if (const auto* ilmd = body.if_contains("ilmd"); ilmd != nullptr && ilmd->is_object())
    for (const auto& [key, value] : ilmd->get_object()) {
      const std::string_view name(key.data(), key.size());
      if (!value.is_string()) continue;
      if (name.ends_with(":productName") || name.ends_with(":descriptionShort"))
        event.product = std::string(value.get_string());
      if (name.ends_with(":lotNumber")) event.lot_no = std::string(value.get_string());
    }
}

// The stored form as text; the body is as before afterwards.
std::string StoredText(epcis::Event& event) {
  if (event.namespaces.empty()) return json::serialize(event.body);
  json::object context(event.body.storage());
  for (const auto& [prefix, space] : event.namespaces) context[prefix] = space;
  event.body["@context"] = std::move(context);
  std::string text = json::serialize(event.body);
  event.body.erase("@context");
  return text;
}

}  // namespace

json::object StoredForm(const epcis::Event& event) {
  json::object stored = event.body;
  json::object context;
  for (const auto& [prefix, space] : event.namespaces) context[prefix] = space;
  if (!context.empty()) stored["@context"] = std::move(context);
  return stored;
}

std::vector<IndexedValue> IndexedValues(const epcis::Event& event) {
  std::vector<IndexedValue> out;
  out.reserve(16);
  const json::object& body = event.body;
  const auto add = [&](std::string_view field, std::string value) {
    if (!value.empty() && value.size() <= 2000) out.emplace_back(field, std::move(value));
  };
  for (const char* name : {"type", "action", "bizStep", "disposition"}) add(name, std::string(Text(body, name)));
  for (const char* name : {"readPoint", "bizLocation"}) add(name, PlaceId(body, name));
  for (const char* name : {"parentID", "transformationID"}) add(name, epcis::CanonicalId(Text(body, name)));
  for (const char* name : {"epcList", "childEPCs", "inputEPCList", "outputEPCList"})
    if (const auto* list = List(body, name))
      for (const auto& id : *list)
        if (id.is_string()) add(name, epcis::CanonicalId(std::string_view(id.get_string())));
  for (const char* name : {"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"})
    if (const auto* list = List(body, name))
      for (const auto& entry : *list)
        if (entry.is_object()) add(name, epcis::CanonicalId(Text(entry.get_object(), "epcClass")));
  for (const auto& [name, key] : {std::pair{"bizTransactionList", "bizTransaction"},
                                  {"sourceList", "source"},
                                  {"destinationList", "destination"}})
    if (const auto* list = List(body, name))
      for (const auto& entry : *list)
        if (entry.is_object())
          add(name,
              std::string(Text(entry.get_object(), "type")) + " " + epcis::CanonicalId(Text(entry.get_object(), key)));
  return out;
}

PreparedEvent Prepare(epcis::Event event, const std::vector<std::string>& ignored, base::Instant now) {
  PreparedEvent out;
  out.faults = epcis::Validate(event, {.now = now});
  if (!out.faults.empty()) return out;
  out.hash = epcis::EventHash(event, ignored);
  out.id = Text(event.body, "eventID");
  if (out.id.empty()) event.body["eventID"] = out.id = out.hash;
  out.raw = StoredText(event);
  const json::object& body = event.body;
  out.values = IndexedValues(event);
  out.type = Text(body, "type");
  out.zone = Text(body, "eventTimeZoneOffset");
  out.action = Text(body, "action");
  out.step = LastWord(Text(body, "bizStep"));
  out.event_time = base::ParseInstant(Text(body, "eventTime"))->ms;
  if (const auto* error = body.if_contains("errorDeclaration"))
    out.declared_at = base::ParseInstant(Text(error->get_object(), "declarationTime"))->ms;
  // The read point is where the goods were seen: on arrival they are at the business location as well.
  out.place = PlaceId(body, "readPoint");
  if (out.place.empty()) out.place = PlaceId(body, "bizLocation");
  out.from = PartyOf(body, "sourceList", "source");
  out.to = PartyOf(body, "destinationList", "destination");
  AddGoods(body, out);
  return out;
}

}  // namespace zhian::traceability
