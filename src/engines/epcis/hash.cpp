#include "engines/epcis/hash.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "base/time.hpp"
#include "engines/epcis/identifiers.hpp"
#include "engines/epcis/vocabulary.hpp"

namespace zhian::epcis {
namespace json = boost::json;

std::string PlainNumber(double value) {
  if (value == 0) return "0";
  char buffer[400];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr;
  return std::string(buffer, end);
}

namespace {

std::string Scalar(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string: return std::string(value.get_string());
    case json::kind::int64: return std::to_string(value.get_int64());
    case json::kind::uint64: return std::to_string(value.get_uint64());
    case json::kind::double_: return PlainNumber(value.get_double());
    case json::kind::bool_: return value.get_bool() ? "true" : "false";
    default: return {};
  }
}

// A number that stands as text is a number all the same.
std::string Number(const json::value& value) {
  if (!value.is_string()) return Scalar(value);
  const std::string_view text(value.get_string());
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && std::isfinite(number) ? PlainNumber(number)
                                                                                           : std::string(text);
}

std::string Time(const json::value& value) {
  const std::string text = Scalar(value);
  const auto at = base::ParseInstant(text);
  return at.ok() ? base::FormatInstant(*at) : text;
}

// The parts in the order of their texts, at the end of `out`; part(entry, text) adds the text of one. Most lists have
// one entry.
template <class Part>
void AppendSorted(std::string& out, const json::array& list, Part part) {
  if (list.size() == 1) return part(list.front(), out);
  std::vector<std::string> parts(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) part(list[i], parts[i]);
  std::sort(parts.begin(), parts.end());
  for (const std::string& one : parts) out += one;
}

void AppendId(std::string& out, const json::value& value) {
  if (value.is_string())
    AppendCanonicalId(out, std::string_view(value.get_string()));
  else
    AppendCanonicalId(out, Scalar(value));
}

std::string Sorted(std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  std::string out;
  for (const std::string& part : parts) out += part;
  return out;
}

// A value of somebody's own: an identifier, or a number however it is written.
std::string Value(const json::value& value) { return value.is_string() ? CanonicalId(Number(value)) : Scalar(value); }

struct Writer {
  const Namespaces& namespaces;
  const std::vector<std::string>& ignored;

  // An element of somebody's own: its name with the value, or with its parts in the order of their texts.
  void Extension(std::string_view key, const json::value& value, std::vector<std::string>& parts, int depth = 0) const {
    const std::string name = ExpandName(key, namespaces);
    if (depth > 60 || std::find(ignored.begin(), ignored.end(), name) != ignored.end()) return;
    if (value.is_array()) {
      for (const json::value& item : value.get_array()) Extension(key, item, parts, depth + 1);
    } else if (value.is_object()) {
      std::vector<std::string> inner;
      std::string text;
      for (const auto& [k, v] : value.get_object()) {
        const std::string_view inner_key(k.data(), k.size());
        if (inner_key == "#text")
          text = Scalar(v).empty() ? std::string{} : "=" + Value(v);
        else
          Extension(inner_key.starts_with('@') ? inner_key.substr(1) : inner_key, v, inner, depth + 1);
      }
      parts.push_back(name + text + Sorted(std::move(inner)));
    } else {
      parts.push_back(name + "=" + Value(value));
    }
  }
  // Every member of the object that is not the standard's own here.
  template <class Known>
  std::string Extensions(const json::object& object, Known known) const {
    std::vector<std::string> parts;
    for (const auto& [key, value] : object) {
      const std::string_view name(key.data(), key.size());
      if (!known(name) && name != "rdfs:comment" && !name.starts_with('@')) Extension(name, value, parts);
    }
    return Sorted(std::move(parts));
  }

  static void Ids(std::string& out, const json::value& list, std::string_view name) {
    if (!list.is_array()) return;
    AppendSorted(out, list.get_array(), [&](const json::value& id, std::string& text) {
      (text += name) += '=';
      AppendId(text, id);
    });
  }
  static void Quantities(std::string& out, const json::value& list) {
    if (!list.is_array()) return;
    AppendSorted(out, list.get_array(), [](const json::value& entry, std::string& text) {
      if (!entry.is_object()) return;
      const json::object& element = entry.get_object();
      text += "quantityElement";
      if (const auto* item = element.if_contains("epcClass")) AppendId(text += "epcClass=", *item);
      if (const auto* quantity = element.if_contains("quantity")) (text += "quantity=") += Number(*quantity);
      if (const auto* uom = element.if_contains("uom")) (text += "uom=") += Scalar(*uom);
    });
  }
  static void Typed(std::string& out, const json::value& list, const char* name, Vocabulary vocabulary) {
    if (!list.is_array()) return;
    AppendSorted(out, list.get_array(), [&](const json::value& entry, std::string& text) {
      if (!entry.is_object()) return;
      if (const auto* type = entry.get_object().if_contains("type"))
        (text += "type=") += WebUri(vocabulary, Scalar(*type));
      if (const auto* value = entry.get_object().if_contains(name)) AppendId((text += name) += '=', *value);
    });
  }
  void Place(std::string& out, const json::value& place) const {
    if (!place.is_object()) return;
    if (const auto* id = place.get_object().if_contains("id")) AppendId(out += "id=", *id);
    out += Extensions(place.get_object(), [](std::string_view key) { return key == "id"; });
  }
  static std::string Persistent(const json::value& value) {
    if (!value.is_object()) return {};
    std::string text;
    for (const char* name : {"set", "unset"})
      if (const auto* list = value.get_object().if_contains(name); list != nullptr && list->is_array()) {
        std::vector<std::string> parts;
        for (const json::value& word : list->get_array())
          parts.push_back(std::string(name) + "=" + WebUri(Vocabulary::kDisposition, Scalar(word)));
        text += Sorted(std::move(parts));
      }
    return text;
  }

  static std::string SensorField(std::string_view name, const json::value& value) {
    static constexpr std::string_view kTimes[] = {"time", "startTime", "endTime"};
    static constexpr std::string_view kNumbers[] = {"value", "minValue", "maxValue", "meanValue",
                                                    "sDev",  "percRank", "percValue"};
    const auto in = [name](const auto& list) {
      return std::find(std::begin(list), std::end(list), name) != std::end(list);
    };
    if (in(kTimes)) return Time(value);
    if (in(kNumbers) || name == "stringValue") return Number(value);
    if (name == "type") return WebUri(Vocabulary::kMeasurement, Scalar(value));
    if (name == "exception") return WebUri(Vocabulary::kAlert, Scalar(value));
    if (name == "component") return WebUri(Vocabulary::kComponent, Scalar(value));
    if (name == "microorganism" || name == "coordinateReferenceSystem" || name == "hexBinaryValue" || name == "uom" ||
        name == "booleanValue")
      return Scalar(value);
    if (name == "chemicalSubstance") {
      // The InChIKey was named by a URN of the CBV before 2.0.
      const std::string text = Scalar(value);
      constexpr std::string_view kOld = "urn:epcglobal:cbv:inchikey:";
      return text.starts_with(kOld) ? "https://identifiers.org/inchikey:" + text.substr(kOld.size()) : text;
    }
    return CanonicalId(Scalar(value));
  }
  template <std::size_t N>
  std::string SensorPart(const json::object& part, const std::string_view (&order)[N]) const {
    std::string text;
    for (const std::string_view name : order)
      if (const auto* value = part.if_contains(name)) text += std::string(name) + "=" + SensorField(name, *value);
    return text + Extensions(part, [&](std::string_view key) {
             return key == "bizRules" || std::find(std::begin(order), std::end(order), key) != std::end(order);
           });
  }
  std::string Sensors(const json::value& list) const {
    static constexpr std::string_view kMetadata[] = {
        "time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"};
    static constexpr std::string_view kReport[] = {"type",
                                                   "exception",
                                                   "deviceID",
                                                   "deviceMetadata",
                                                   "rawData",
                                                   "dataProcessingMethod",
                                                   "time",
                                                   "microorganism",
                                                   "chemicalSubstance",
                                                   "value",
                                                   "component",
                                                   "stringValue",
                                                   "booleanValue",
                                                   "hexBinaryValue",
                                                   "uriValue",
                                                   "minValue",
                                                   "maxValue",
                                                   "meanValue",
                                                   "sDev",
                                                   "percRank",
                                                   "percValue",
                                                   "uom",
                                                   "coordinateReferenceSystem"};
    std::vector<std::string> elements;
    if (list.is_array())
      for (const json::value& entry : list.get_array()) {
        if (!entry.is_object()) continue;
        const json::object& element = entry.get_object();
        std::string text = "sensorElement";
        if (const auto* metadata = element.if_contains("sensorMetadata"); metadata != nullptr && metadata->is_object())
          text += "sensorMetadata" + SensorPart(metadata->get_object(), kMetadata);
        std::vector<std::string> reports;
        if (const auto* report = element.if_contains("sensorReport"); report != nullptr && report->is_array())
          for (const json::value& one : report->get_array())
            if (one.is_object()) reports.push_back("sensorReport" + SensorPart(one.get_object(), kReport));
        text += Sorted(std::move(reports));
        text +=
            Extensions(element, [](std::string_view key) { return key == "sensorMetadata" || key == "sensorReport"; });
        elements.push_back(std::move(text));
      }
    return Sorted(std::move(elements));
  }

  // The standard's order has no place for the rules of a single report: they follow with their whole path.
  static void RulesOfReports(const json::value& list, std::vector<std::string>& tail) {
    if (!list.is_array()) return;
    for (const json::value& element : list.get_array()) {
      const auto* reports = element.is_object() ? element.get_object().if_contains("sensorReport") : nullptr;
      if (reports == nullptr || !reports->is_array()) continue;
      for (const json::value& report : reports->get_array())
        if (const auto* rules = report.is_object() ? report.get_object().if_contains("bizRules") : nullptr)
          tail.push_back("sensorElementListsensorElementsensorReportbizRules=" + CanonicalId(Scalar(*rules)));
    }
  }

  // A field with its value. The name of a group stands only before what is in it.
  void Field(std::string& out, std::string_view name, const json::value& value) const {
    const std::size_t begin = out.size();
    out += name;
    const auto group = [&] {
      if (out.size() == begin + name.size()) out.resize(begin);
    };
    if (name == "eventTime")
      (out += '=') += Time(value);
    else if (name == "bizStep")
      (out += '=') += WebUri(Vocabulary::kBizStep, Scalar(value));
    else if (name == "disposition")
      (out += '=') += WebUri(Vocabulary::kDisposition, Scalar(value));
    else if (name == "persistentDisposition")
      out += Persistent(value), group();
    else if (name == "readPoint" || name == "bizLocation")
      Place(out, value), group();
    else if (name == "bizTransactionList")
      Typed(out, value, "bizTransaction", Vocabulary::kTransactionType), group();
    else if (name == "sourceList")
      Typed(out, value, "source", Vocabulary::kSourceDestType), group();
    else if (name == "destinationList")
      Typed(out, value, "destination", Vocabulary::kSourceDestType), group();
    else if (name == "sensorElementList")
      out += Sensors(value), group();
    else if (name.ends_with("uantityList"))
      Quantities(out, value), group();
    else if (name == "childEPCs" || name.ends_with("List"))
      Ids(out, value, "epc"), group();
    else if (name == "ilmd") {
      if (value.is_object()) out += Extensions(value.get_object(), [](std::string_view) { return false; });
      group();
    } else if (value.is_array()) {
      out.resize(begin);
      Ids(out, value, name);
    } else {
      AppendId(out += '=', value);
    }
  }
};

}  // namespace

std::string PreHash(const Event& event, const std::vector<std::string>& ignored) {
  static constexpr std::string_view kOrder[] = {"eventTime",
                                                "eventTimeZoneOffset",
                                                "certificationInfo",
                                                "epcList",
                                                "parentID",
                                                "inputEPCList",
                                                "childEPCs",
                                                "quantityList",
                                                "childQuantityList",
                                                "inputQuantityList",
                                                "outputEPCList",
                                                "outputQuantityList",
                                                "action",
                                                "transformationID",
                                                "bizStep",
                                                "disposition",
                                                "persistentDisposition",
                                                "readPoint",
                                                "bizLocation",
                                                "sensorElementList",
                                                "ilmd"};
  const Writer writer{event.namespaces, ignored};
  std::string text;
  text.reserve(1500);
  text += "eventType=";
  if (const auto* type = event.body.if_contains("type")) text += Scalar(*type);
  for (const std::string_view name : kOrder)
    if (const auto* value = event.body.if_contains(name)) writer.Field(text, name, *value);
  // Lists of typed values come after, in the order of their texts.
  std::vector<std::string> tail;
  for (const char* name : {"bizTransactionList", "sourceList", "destinationList"})
    if (const auto* value = event.body.if_contains(name)) writer.Field(tail.emplace_back(), name, *value);
  if (const auto* sensors = event.body.if_contains("sensorElementList")) Writer::RulesOfReports(*sensors, tail);
  text += Sorted(std::move(tail));
  return text + writer.Extensions(event.body, [](std::string_view key) { return IsEventField(key); });
}

std::string EventHash(const Event& event, const std::vector<std::string>& ignored) {
  return "ni:///sha-256;" + base::HexSha256(PreHash(event, ignored)) + "?ver=CBV2.0";
}

}  // namespace zhian::epcis
