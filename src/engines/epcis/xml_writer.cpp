#include "engines/epcis/xml_writer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/text.hpp"
#include "engines/epcis/hash.hpp"
#include "engines/epcis/vocabulary.hpp"

namespace zhian::epcis {
namespace json = boost::json;

namespace {

// One character of UTF-8 and its bytes; 0xFFFD where the bytes are none.
char32_t NextCharacter(std::string_view text, std::size_t at, std::size_t& size) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (first < 0x80) return first;
  if (first < 0xC2 || first > 0xF4 || at + size > text.size()) return size = 1, 0xFFFD;
  char32_t c = first & (0x3F >> (size - 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return size = 1, 0xFFFD;
    c = (c << 6) | (byte(i) & 0x3F);
  }
  return c;
}

// Name characters of XML 1.0 without the colon (Namespaces in XML: NCName).
bool IsNameStart(char32_t c) {
  static constexpr std::array<std::pair<char32_t, char32_t>, 15> kRanges{{{'A', 'Z'},
                                                                          {'_', '_'},
                                                                          {'a', 'z'},
                                                                          {0xC0, 0xD6},
                                                                          {0xD8, 0xF6},
                                                                          {0xF8, 0x2FF},
                                                                          {0x370, 0x37D},
                                                                          {0x37F, 0x1FFF},
                                                                          {0x200C, 0x200D},
                                                                          {0x2070, 0x218F},
                                                                          {0x2C00, 0x2FEF},
                                                                          {0x3001, 0xD7FF},
                                                                          {0xF900, 0xFDCF},
                                                                          {0xFDF0, 0xFFFC},
                                                                          {0x10000, 0xEFFFF}}};
  return std::any_of(kRanges.begin(), kRanges.end(),
                     [c](const auto& range) { return c >= range.first && c <= range.second; });
}
bool IsNamePart(char32_t c) {
  return IsNameStart(c) || c == '-' || c == '.' || (c >= '0' && c <= '9') || c == 0xB7 || (c >= 0x300 && c <= 0x36F) ||
         c == 0x203F || c == 0x2040;
}

// The name, with '_' for what a name cannot hold.
std::string SafeName(std::string_view text) {
  std::string out;
  for (std::size_t at = 0, size = 0; at < text.size(); at += size) {
    const char32_t c = NextCharacter(text, at, size);
    if (c != 0xFFFD && (out.empty() ? IsNameStart(c) : IsNamePart(c)))
      out += text.substr(at, size);
    else if (out.empty() && IsNamePart(c))
      out += "_" + std::string(text.substr(at, size));
    else
      out += '_';
  }
  return out.empty() ? "_" : out;
}

void AppendText(std::string& out, std::string_view text, bool attribute) {
  for (std::size_t at = 0, size = 0; at < text.size(); at += size) {
    const char32_t c = NextCharacter(text, at, size);
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"' && attribute)
      out += "&quot;";
    else if (c == '\r' || (attribute && (c == '\n' || c == '\t')))
      out += "&#" + std::to_string(static_cast<unsigned>(c)) + ";";
    else if ((c < 0x20 && c != '\n' && c != '\t') || (c >= 0xFFFD && c <= 0xFFFF))
      out += "\xEF\xBF\xBD";
    else
      out += text.substr(at, size);
  }
}
void AppendAttribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=\"");
  AppendText(out, value, true);
  out += '"';
}

// A broken number keeps its point, so that it is read as one again; never an exponent, which xsd:decimal does not have.
std::string DoubleText(double value) {
  std::string text = value == 0 && std::signbit(value) ? "-0" : PlainNumber(value);
  if (text.find('.') == std::string::npos) text += ".0";
  return text;
}
std::string ScalarText(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string: return std::string(value.get_string());
    case json::kind::int64: return std::to_string(value.get_int64());
    case json::kind::uint64: return std::to_string(value.get_uint64());
    case json::kind::double_: return DoubleText(value.get_double());
    case json::kind::bool_: return value.get_bool() ? "true" : "false";
    default: return {};
  }
}
const char* TypeOf(const json::value& value) {
  switch (value.kind()) {
    case json::kind::int64:
    case json::kind::uint64: return "xsd:integer";
    case json::kind::double_: return "xsd:double";
    case json::kind::bool_: return "xsd:boolean";
    default: return nullptr;
  }
}

constexpr std::string_view kXml = "http://www.w3.org/XML/1998/namespace",
                           kXsi = "http://www.w3.org/2001/XMLSchema-instance",
                           kXsd = "http://www.w3.org/2001/XMLSchema";

struct Writer {
  const Namespaces& namespaces;
  CbvForm form = CbvForm::kUrn;
  Namespaces declared = {};  // prefix -> namespace: of the element that is written
  std::string out = {};

  static bool CanDeclare(std::string_view prefix, std::string_view space) {
    return !space.empty() && SafeName(prefix) == prefix && prefix != "xsi" && prefix != "xsd" &&
           !prefix.starts_with("xml") && !prefix.starts_with("XML") && space != "http://www.w3.org/2000/xmlns/" &&
           space != kXml;
  }
  std::string PrefixOf(std::string_view wanted, std::string_view space) {
    if (const auto known = declared.find(wanted);
        known != declared.end() ? known->second == space : CanDeclare(wanted, space)) {
      declared.emplace(wanted, space);
      return std::string(wanted);
    }
    for (const auto& [prefix, uri] : declared)
      if (uri == space) return prefix;
    for (int i = 1;; ++i)
      if (const std::string made = "ns" + std::to_string(i); !declared.contains(made) && !namespaces.contains(made))
        return declared.emplace(made, space), made;
  }
  // "tea:grade" as an element or attribute; a word without a namespace stays without one.
  std::string NameOf(std::string_view key) {
    const std::string full = ExpandName(key, namespaces);
    const auto close = full.find('}');
    if (full.empty() || full.front() != '{' || close == std::string::npos || close == 1) return SafeName(key);
    if (std::string_view(full).substr(1, close - 1) == kXml)
      return "xml:" + SafeName(std::string_view(full).substr(close + 1));
    const auto colon = key.find(':');
    return PrefixOf(key.substr(0, colon), full.substr(1, close - 1)) + ":" + SafeName(full.substr(close + 1));
  }

  void Leaf(std::string_view name, std::string_view text) {
    out.append("<").append(name).append(">");
    AppendText(out, text, false);
    out.append("</").append(name).append(">");
  }
  // Text whose white space at the ends belongs to it.
  void Text(std::string_view text) {
    if (base::Trim(std::string(text)) != text) out += " xml:space=\"preserve\"";
    out += '>';
    AppendText(out, text, false);
  }

  // A member of somebody's own, as deep as it goes.
  void Extension(std::string_view key, const json::value& value, int depth = 0) {
    if (depth > 60) return;
    if (value.is_array()) {
      for (const json::value& item : value.get_array()) Extension(key, item, depth + 1);
      return;
    }
    const std::string name = NameOf(key);
    out.append("<").append(name);
    if (value.is_null()) {
      out += " xsi:nil=\"true\"/>";
      return;
    }
    if (!value.is_object()) {
      if (const char* type = TypeOf(value)) AppendAttribute(out, "xsi:type", type);
      Text(ScalarText(value));
      out.append("</").append(name).append(">");
      return;
    }
    const json::object& object = value.get_object();
    const std::size_t before = out.size();
    const auto is_attribute = [](std::string_view member, const json::value& inner) {
      return member.size() > 1 && member.front() == '@' && !inner.is_array() && !inner.is_object();
    };
    const json::value* text = object.if_contains("#text");
    for (const auto& [member, inner] : object)
      if (is_attribute(member, inner))
        AppendAttribute(out, NameOf(std::string_view(member).substr(1)), ScalarText(inner));
    if (text != nullptr && TypeOf(*text) != nullptr) AppendAttribute(out, "xsi:type", TypeOf(*text));
    Text(text == nullptr ? std::string{} : ScalarText(*text));
    for (const auto& [member, inner] : object) {
      std::string_view inner_key(member);
      if (inner_key == "#text" || is_attribute(inner_key, inner)) continue;
      if (inner_key.size() > 1 && inner_key.front() == '@')
        inner_key.remove_prefix(1);  // XML has no attributes with parts
      Extension(inner_key, inner, depth + 1);
    }
    if (out.size() == before + 1)
      out.insert(before, " xsi:type=\"xsd:anyType\"");  // an object without parts is no empty text
    out.append("</").append(name).append(">");
  }
  template <class Known>
  void Extensions(const json::object& object, Known known) {
    for (const auto& [key, value] : object)
      if (!known(std::string_view(key)) && !std::string_view(key).starts_with('@')) Extension(key, value);
  }

  std::string Word(Vocabulary vocabulary, const json::value& value) const {
    const std::string text = ScalarText(value);
    if (form == CbvForm::kWebUri || !IsWord(vocabulary, text))
      return IsWord(vocabulary, text) ? WebUri(vocabulary, text) : text;
    // Words of the web vocabulary have no URN; XML names them by their CURIE.
    return vocabulary == Vocabulary::kMeasurement || vocabulary == Vocabulary::kAlert ? "gs1:" + text
                                                                                      : Urn(vocabulary, text);
  }

  void Ids(std::string_view name, const char* each, const json::array& list) {
    if (list.empty()) return;
    out.append("<").append(name).append(">");
    for (const json::value& id : list) Leaf(each, ScalarText(id));
    out.append("</").append(name).append(">");
  }
  void Quantities(std::string_view name, const json::array& list) {
    if (list.empty()) return;
    out.append("<").append(name).append(">");
    for (const json::value& entry : list) {
      if (!entry.is_object()) continue;
      out += "<quantityElement>";
      for (const char* field : {"epcClass", "quantity", "uom"})
        if (const auto* value = entry.get_object().if_contains(field)) Leaf(field, ScalarText(*value));
      out += "</quantityElement>";
    }
    out.append("</").append(name).append(">");
  }
  void Typed(std::string_view name, const char* each, Vocabulary vocabulary, const json::array& list) {
    if (list.empty()) return;
    out.append("<").append(name).append(">");
    for (const json::value& entry : list) {
      if (!entry.is_object()) continue;
      out.append("<").append(each);
      if (const auto* type = entry.get_object().if_contains("type"))
        AppendAttribute(out, "type", Word(vocabulary, *type));
      out += '>';
      if (const auto* value = entry.get_object().if_contains(each)) AppendText(out, ScalarText(*value), false);
      out.append("</").append(each).append(">");
    }
    out.append("</").append(name).append(">");
  }
  void Place(std::string_view name, const json::object& place) {
    out.append("<").append(name).append(">");
    if (const auto* id = place.if_contains("id")) Leaf("id", ScalarText(*id));
    Extensions(place, [](std::string_view key) { return key == "id"; });
    out.append("</").append(name).append(">");
  }
  void Persistent(const json::object& sets) {
    out += "<persistentDisposition>";
    for (const char* name : {"unset", "set"})
      if (const auto* list = sets.if_contains(name); list != nullptr && list->is_array())
        for (const json::value& word : list->get_array()) Leaf(name, Word(Vocabulary::kDisposition, word));
    out += "</persistentDisposition>";
  }
  // Fields of a measurement are attributes; what is none (a list, an object) follows as an element.
  void SensorPart(const char* name, const json::object& part) {
    out.append("<").append(name);
    for (const auto& [member, value] : part) {
      const std::string_view key(member);
      if (value.is_array() || value.is_object() || key.starts_with('@')) continue;
      AppendAttribute(out, key.find(':') == std::string_view::npos ? SafeName(key) : NameOf(key),
                      key == "type"        ? Word(Vocabulary::kMeasurement, value)
                      : key == "exception" ? Word(Vocabulary::kAlert, value)
                      : key == "component" ? Word(Vocabulary::kComponent, value)
                                           : ScalarText(value));
    }
    out += '>';
    for (const auto& [key, value] : part)
      if (value.is_array() || value.is_object()) Extension(key, value);
    out.append("</").append(name).append(">");
  }
  void Sensors(const json::array& list) {
    if (list.empty()) return;
    out += "<sensorElementList>";
    for (const json::value& entry : list) {
      if (!entry.is_object()) continue;
      const json::object& element = entry.get_object();
      out += "<sensorElement>";
      if (const auto* metadata = element.if_contains("sensorMetadata"); metadata != nullptr && metadata->is_object())
        SensorPart("sensorMetadata", metadata->get_object());
      if (const auto* reports = element.if_contains("sensorReport"); reports != nullptr && reports->is_array())
        for (const json::value& report : reports->get_array())
          if (report.is_object()) SensorPart("sensorReport", report.get_object());
      Extensions(element, [](std::string_view key) { return key == "sensorMetadata" || key == "sensorReport"; });
      out += "</sensorElement>";
    }
    out += "</sensorElementList>";
  }
  void ErrorDeclaration(const json::object& error) {
    out += "<errorDeclaration>";
    if (const auto* at = error.if_contains("declarationTime")) Leaf("declarationTime", ScalarText(*at));
    if (const auto* reason = error.if_contains("reason")) Leaf("reason", Word(Vocabulary::kErrorReason, *reason));
    if (const auto* ids = error.if_contains("correctiveEventIDs"); ids != nullptr && ids->is_array())
      Ids("correctiveEventIDs", "correctiveEventID", ids->get_array());
    Extensions(error, [](std::string_view key) {
      return key == "declarationTime" || key == "reason" || key == "correctiveEventIDs";
    });
    out += "</errorDeclaration>";
  }

  void Field(std::string_view name, const json::value& value) {
    if (value.is_object()) {
      if (name == "readPoint" || name == "bizLocation") return Place(name, value.get_object());
      if (name == "ilmd") return Place(name, value.get_object());
      if (name == "persistentDisposition") return Persistent(value.get_object());
      if (name == "errorDeclaration") return ErrorDeclaration(value.get_object());
    } else if (value.is_array()) {
      const json::array& list = value.get_array();
      if (name == "bizTransactionList") return Typed(name, "bizTransaction", Vocabulary::kTransactionType, list);
      if (name == "sourceList") return Typed(name, "source", Vocabulary::kSourceDestType, list);
      if (name == "destinationList") return Typed(name, "destination", Vocabulary::kSourceDestType, list);
      if (name == "sensorElementList") return Sensors(list);
      if (name.ends_with("uantityList")) return Quantities(name, list);
      if (name == "childEPCs" || name.ends_with("List")) return Ids(name, "epc", list);
    } else {
      if (name == "bizStep") return Leaf(name, Word(Vocabulary::kBizStep, value));
      if (name == "disposition") return Leaf(name, Word(Vocabulary::kDisposition, value));
      return Leaf(name, ScalarText(value));
    }
    Extension(name, value);
  }
};

// The order of the published schema, one kind after another; a kind that is none of these has its fields in the first
// order.
std::span<const std::string_view> OrderOf(std::string_view type) {
  static constexpr std::string_view kObject[] = {"eventTime",
                                                 "recordTime",
                                                 "eventTimeZoneOffset",
                                                 "eventID",
                                                 "errorDeclaration",
                                                 "certificationInfo",
                                                 "epcList",
                                                 "action",
                                                 "bizStep",
                                                 "disposition",
                                                 "readPoint",
                                                 "bizLocation",
                                                 "bizTransactionList",
                                                 "quantityList",
                                                 "sourceList",
                                                 "destinationList",
                                                 "sensorElementList",
                                                 "persistentDisposition",
                                                 "ilmd"};
  static constexpr std::string_view kAggregation[] = {"eventTime",
                                                      "recordTime",
                                                      "eventTimeZoneOffset",
                                                      "eventID",
                                                      "errorDeclaration",
                                                      "certificationInfo",
                                                      "parentID",
                                                      "childEPCs",
                                                      "action",
                                                      "bizStep",
                                                      "disposition",
                                                      "readPoint",
                                                      "bizLocation",
                                                      "bizTransactionList",
                                                      "childQuantityList",
                                                      "sourceList",
                                                      "destinationList",
                                                      "sensorElementList",
                                                      "persistentDisposition"};
  static constexpr std::string_view kTransaction[] = {"eventTime",
                                                      "recordTime",
                                                      "eventTimeZoneOffset",
                                                      "eventID",
                                                      "errorDeclaration",
                                                      "certificationInfo",
                                                      "bizTransactionList",
                                                      "parentID",
                                                      "epcList",
                                                      "action",
                                                      "bizStep",
                                                      "disposition",
                                                      "readPoint",
                                                      "bizLocation",
                                                      "quantityList",
                                                      "sourceList",
                                                      "destinationList",
                                                      "sensorElementList",
                                                      "persistentDisposition"};
  static constexpr std::string_view kTransformation[] = {"eventTime",
                                                         "recordTime",
                                                         "eventTimeZoneOffset",
                                                         "eventID",
                                                         "errorDeclaration",
                                                         "certificationInfo",
                                                         "inputEPCList",
                                                         "inputQuantityList",
                                                         "outputEPCList",
                                                         "outputQuantityList",
                                                         "transformationID",
                                                         "bizStep",
                                                         "disposition",
                                                         "readPoint",
                                                         "bizLocation",
                                                         "bizTransactionList",
                                                         "sourceList",
                                                         "destinationList",
                                                         "sensorElementList",
                                                         "persistentDisposition",
                                                         "ilmd"};
  static constexpr std::string_view kAssociation[] = {"eventTime",
                                                      "recordTime",
                                                      "eventTimeZoneOffset",
                                                      "eventID",
                                                      "errorDeclaration",
                                                      "certificationInfo",
                                                      "parentID",
                                                      "childEPCs",
                                                      "childQuantityList",
                                                      "action",
                                                      "bizStep",
                                                      "disposition",
                                                      "readPoint",
                                                      "bizLocation",
                                                      "bizTransactionList",
                                                      "sourceList",
                                                      "destinationList",
                                                      "sensorElementList",
                                                      "persistentDisposition"};
  if (type == "AggregationEvent") return kAggregation;
  if (type == "TransactionEvent") return kTransaction;
  if (type == "TransformationEvent") return kTransformation;
  if (type == "AssociationEvent") return kAssociation;
  return kObject;
}

void AppendDeclarations(std::string& to, const Namespaces& declared) {
  for (const auto& [prefix, space] : declared) AppendAttribute(to, "xmlns:" + prefix, space);
}

std::string VocabulariesXml(const json::array& vocabularies, const Namespaces& namespaces) {
  Writer writer{namespaces};
  const auto text = [](const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? std::string{} : ScalarText(*value);
  };
  for (const json::value& vocabulary : vocabularies) {
    if (!vocabulary.is_object()) continue;
    writer.out += "<Vocabulary";
    AppendAttribute(writer.out, "type", text(vocabulary.get_object(), "type"));
    writer.out += '>';
    const auto* elements = vocabulary.get_object().if_contains("vocabularyElementList");
    if (elements != nullptr && elements->is_array() && !elements->get_array().empty()) {
      writer.out += "<VocabularyElementList>";
      for (const json::value& element : elements->get_array()) {
        if (!element.is_object()) continue;
        const json::object& one = element.get_object();
        writer.out += "<VocabularyElement";
        AppendAttribute(writer.out, "id", text(one, "id"));
        writer.out += '>';
        if (const auto* attributes = one.if_contains("attributes"); attributes != nullptr && attributes->is_array())
          for (const json::value& attribute : attributes->get_array()) {
            if (!attribute.is_object()) continue;
            const auto* value = attribute.get_object().if_contains("attribute");
            const json::array single = value == nullptr    ? json::array{nullptr}
                                       : value->is_array() ? value->get_array()
                                                           : json::array{*value};
            for (const json::value& each : single) {
              writer.out += "<attribute";
              AppendAttribute(writer.out, "id", text(attribute.get_object(), "id"));
              if (const char* type = TypeOf(each)) AppendAttribute(writer.out, "xsi:type", type);
              if (each.is_object()) {
                writer.out += '>';
                writer.Extensions(each.get_object(), [](std::string_view) { return false; });
              } else {
                writer.Text(ScalarText(each));
              }
              writer.out += "</attribute>";
            }
          }
        if (const auto* children = one.if_contains("children"); children != nullptr && children->is_array())
          writer.Ids("children", "id", children->get_array());
        writer.Extensions(one, [](std::string_view key) {
          return key == "id" || key == "attributes" || key == "children" || key == "type";
        });
        writer.out += "</VocabularyElement>";
      }
      writer.out += "</VocabularyElementList>";
    }
    writer.out += "</Vocabulary>";
  }
  std::string out = "<VocabularyList";
  AppendDeclarations(out, writer.declared);
  return out + ">" + writer.out + "</VocabularyList>";
}

}  // namespace

std::string XmlHead(const XmlEnvelope& envelope) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += envelope.is_answer ? "<epcisq:EPCISQueryDocument xmlns:epcisq=\"urn:epcglobal:epcis-query:xsd:2\""
                            : "<epcis:EPCISDocument xmlns:epcis=\"urn:epcglobal:epcis:xsd:2\"";
  AppendAttribute(out, "xmlns:xsi", kXsi);
  AppendAttribute(out, "xmlns:xsd", kXsd);
  out += " schemaVersion=\"2.0\"";
  AppendAttribute(out, "creationDate", envelope.creation_date);
  out += ">\n";
  if (!envelope.is_answer && envelope.vocabularies != nullptr && !envelope.vocabularies->empty())
    out += "<EPCISHeader><extension><EPCISMasterData>" + VocabulariesXml(*envelope.vocabularies, envelope.namespaces) +
           "</EPCISMasterData></extension></EPCISHeader>\n";
  if (!envelope.ignored.empty()) {
    // Before the events, although the schema has its place after them: who reads needs it to name them.
    out += "<zhian:ignoreFields xmlns:zhian=\"urn:zhian:epcis\">";
    for (const std::string& name : envelope.ignored) {
      const auto close = name.find('}');
      if (close == std::string::npos || close < 2) continue;
      out += "<f:" + SafeName(std::string_view(name).substr(close + 1));
      AppendAttribute(out, "xmlns:f", std::string_view(name).substr(1, close - 1));
      out += "/>";
    }
    out += "</zhian:ignoreFields>\n";
  }
  out += "<EPCISBody>";
  if (envelope.is_answer) {
    out += "<epcisq:QueryResults><queryName>";
    AppendText(out, envelope.query_name, false);
    out += "</queryName>";
    if (!envelope.subscription_id.empty()) {
      out += "<subscriptionID>";
      AppendText(out, envelope.subscription_id, false);
      out += "</subscriptionID>";
    }
    out += "<resultsBody>";
  }
  return out + "<EventList>\n";
}

std::string EventXml(const Event& event, CbvForm form) {
  Writer writer{event.namespaces, form};
  for (const auto& [prefix, space] : event.namespaces)
    if (Writer::CanDeclare(prefix, space)) writer.declared.emplace(prefix, space);
  const auto* type = event.body.if_contains("type");
  const std::string name =
      SafeName(type != nullptr && type->is_string() ? std::string_view(type->get_string()) : std::string_view{});
  const auto order = OrderOf(name);
  for (const std::string_view field : order)
    if (const auto* value = event.body.if_contains(field)) writer.Field(field, *value);
  for (const auto& [key, value] : event.body)
    if (const std::string_view field(key);
        IsEventField(field) && field != "type" && std::find(order.begin(), order.end(), field) == order.end())
      writer.Field(field, value);
  writer.Extensions(event.body, [](std::string_view key) { return IsEventField(key); });
  std::string out = "<" + name;
  AppendDeclarations(out, writer.declared);
  return out + ">" + writer.out + "</" + name + ">\n";
}

std::string XmlTail(const XmlEnvelope& envelope) {
  return envelope.is_answer
             ? "</EventList></resultsBody></epcisq:QueryResults></EPCISBody>\n</epcisq:EPCISQueryDocument>\n"
             : "</EventList></EPCISBody>\n</epcis:EPCISDocument>\n";
}

}  // namespace zhian::epcis
