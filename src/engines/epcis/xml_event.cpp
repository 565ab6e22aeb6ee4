// Elements of XML to the JSON object of an event.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "engines/epcis/xml_reader.hpp"

namespace zhian::epcis {
namespace json = boost::json;

namespace {

bool IsWrapper(const XmlNode& node) {
  return node.prefix.empty() && (node.name == "extension" || node.name == "baseExtension");
}
bool IsSchemaSpace(std::string_view space) {
  return space == "http://www.w3.org/2001/XMLSchema-instance" || space.starts_with("urn:epcglobal:epcis");
}

// The prefix under which a namespace is known here; a prefix that means something else already is not used twice.
std::string PrefixFor(const std::string& prefix, const std::string& space, Namespaces& namespaces) {
  if (!prefix.empty()) {
    const auto it = namespaces.find(prefix);
    if (it != namespaces.end() && it->second == space) return prefix;
    const auto standard = StandardNamespaces().find(prefix);
    if (it == namespaces.end() && standard != StandardNamespaces().end() && standard->second == space) return prefix;
    if (it == namespaces.end() && prefix != "id" && prefix != "type" && namespaces.size() < 400)
      return namespaces[prefix] = space, prefix;
  }
  for (const auto& [known, uri] : namespaces)
    if (uri == space) return known;
  for (int i = 1;; ++i)
    if (const std::string made = "ns" + std::to_string(i); !namespaces.contains(made))
      return namespaces[made] = space, made;
}

std::string KeyOf(const std::string& name, const std::string& prefix, const std::string& space,
                  Namespaces& namespaces) {
  return space.empty() || IsSchemaSpace(space) ? name : PrefixFor(prefix, space, namespaces) + ":" + name;
}

json::value NumberOf(const std::string& text) {
  std::int64_t whole = 0;
  const char* end = text.data() + text.size();
  if (const auto [at, error] = std::from_chars(text.data(), end, whole); error == std::errc{} && at == end)
    return whole;
  std::uint64_t large = 0;
  if (const auto [at, error] = std::from_chars(text.data(), end, large); error == std::errc{} && at == end)
    return large;
  double real = 0;
  if (const auto [at, error] = std::from_chars(text.data(), end, real);
      error == std::errc{} && at == end && std::isfinite(real))
    return real;
  return json::value(text);
}

bool IsNil(const XmlNode& node) {
  return std::any_of(node.attributes.begin(), node.attributes.end(), [](const auto& attribute) {
    return attribute.name == "nil" && attribute.value == "true" && IsSchemaSpace(attribute.space);
  });
}

json::value Typed(const XmlNode& node) {
  if (IsNil(node)) return nullptr;
  for (const auto& attribute : node.attributes) {
    if (attribute.name != "type" || attribute.space != "http://www.w3.org/2001/XMLSchema-instance") continue;
    const std::string_view type(attribute.value);
    if (type.ends_with(":integer") || type.ends_with(":int") || type.ends_with(":long") || type.ends_with(":double") ||
        type.ends_with(":float") || type.ends_with(":decimal"))
      return NumberOf(node.text);
    if (type.ends_with(":anyType") && node.text.empty()) return json::object{};
    if (type.ends_with(":boolean") && (node.text == "true" || node.text == "false")) return node.text == "true";
  }
  return json::value(node.text);
}

void AddTo(json::object& object, const std::string& key, json::value value) {
  auto* known = object.if_contains(key);
  if (known == nullptr)
    object[key] = std::move(value);
  else if (known->is_array())
    known->get_array().push_back(std::move(value));
  else {
    json::array both;
    both.push_back(std::move(*known));
    both.push_back(std::move(value));
    *known = std::move(both);
  }
}

json::value ExtensionValue(const XmlNode& node, Namespaces& namespaces) {
  json::object object;
  for (const auto& attribute : node.attributes)
    if (!IsSchemaSpace(attribute.space))
      object["@" + KeyOf(attribute.name, attribute.prefix, attribute.space, namespaces)] = attribute.value;
  if (object.empty() && node.children.empty()) return Typed(node);
  if (node.children.empty() || !node.text.empty()) object["#text"] = Typed(node);
  for (const XmlNode& child : node.children)
    AddTo(object, KeyOf(child.name, child.prefix, child.space, namespaces), ExtensionValue(child, namespaces));
  return object;
}

void AddExtension(json::object& object, const XmlNode& node, Namespaces& namespaces) {
  AddTo(object, KeyOf(node.name, node.prefix, node.space, namespaces), ExtensionValue(node, namespaces));
}

json::array Texts(const XmlNode& list) {
  json::array out;
  for (const XmlNode& child : list.children) out.push_back(json::value(child.text));
  return out;
}

json::array Quantities(const XmlNode& list) {
  json::array out;
  for (const XmlNode& element : list.children) {
    json::object entry;
    for (const XmlNode& field : element.children)
      if (!IsNil(field)) entry[field.name] = field.name == "quantity" ? NumberOf(field.text) : json::value(field.text);
    out.push_back(std::move(entry));
  }
  return out;
}

json::array TypedList(const XmlNode& list, const char* name) {
  json::array out;
  for (const XmlNode& element : list.children) {
    json::object entry;
    for (const auto& attribute : element.attributes)
      if (attribute.name == "type" && attribute.space.empty()) entry["type"] = attribute.value;
    entry[name] = element.text;
    out.push_back(std::move(entry));
  }
  return out;
}

json::object SensorPart(const XmlNode& node, Namespaces& namespaces) {
  static constexpr std::string_view kNumbers[] = {"value", "minValue", "maxValue", "meanValue",
                                                  "sDev",  "percRank", "percValue"};
  json::object part;
  for (const auto& attribute : node.attributes) {
    if (IsSchemaSpace(attribute.space)) continue;
    const std::string key = KeyOf(attribute.name, attribute.prefix, attribute.space, namespaces);
    if (std::find(std::begin(kNumbers), std::end(kNumbers), key) != std::end(kNumbers))
      part[key] = NumberOf(attribute.value);
    else if (key == "booleanValue" && (attribute.value == "true" || attribute.value == "false"))
      part[key] = attribute.value == "true";
    else
      part[key] = attribute.value;
  }
  for (const XmlNode& child : node.children) AddExtension(part, child, namespaces);
  return part;
}

json::array Sensors(const XmlNode& list, Namespaces& namespaces) {
  json::array out;
  for (const XmlNode& element : list.children) {
    json::object entry;
    json::array reports;
    for (const XmlNode& child : element.children) {
      if (child.name == "sensorMetadata" && child.space.empty())
        entry["sensorMetadata"] = SensorPart(child, namespaces);
      else if (child.name == "sensorReport" && child.space.empty())
        reports.push_back(SensorPart(child, namespaces));
      else if (IsWrapper(child))
        for (const XmlNode& inner : child.children) AddExtension(entry, inner, namespaces);
      else
        AddExtension(entry, child, namespaces);
    }
    entry["sensorReport"] = std::move(reports);
    out.push_back(std::move(entry));
  }
  return out;
}

json::object ErrorDeclaration(const XmlNode& node, Namespaces& namespaces) {
  json::object out;
  for (const XmlNode& child : node.children) {
    if (child.name == "correctiveEventIDs")
      out[child.name] = Texts(child);
    else if (IsWrapper(child))
      for (const XmlNode& inner : child.children) AddExtension(out, inner, namespaces);
    else
      AddExtension(out, child, namespaces);
  }
  return out;
}

json::object Place(const XmlNode& node, Namespaces& namespaces) {
  json::object out;
  for (const XmlNode& child : node.children) {
    if (IsWrapper(child))
      for (const XmlNode& inner : child.children) AddExtension(out, inner, namespaces);
    else
      AddExtension(out, child, namespaces);
  }
  return out;
}

void AddFields(json::object& event, const XmlNode& node, Namespaces& namespaces) {
  for (const XmlNode& child : node.children) {
    const std::string& name = child.name;
    if (!child.space.empty() && !IsSchemaSpace(child.space)) {
      AddExtension(event, child, namespaces);
    } else if (IsWrapper(child)) {
      AddFields(event, child, namespaces);
    } else if (name == "epcList" || name == "childEPCs" || name == "inputEPCList" || name == "outputEPCList") {
      if (!child.children.empty()) event[name] = Texts(child);
    } else if (name.ends_with("uantityList")) {
      if (!child.children.empty()) event[name] = Quantities(child);
    } else if (name == "bizTransactionList" || name == "sourceList" || name == "destinationList") {
      event[name] = TypedList(child, name == "bizTransactionList" ? "bizTransaction"
                                     : name == "sourceList"       ? "source"
                                                                  : "destination");
    } else if (name == "readPoint" || name == "bizLocation") {
      event[name] = Place(child, namespaces);
    } else if (name == "persistentDisposition") {
      json::object sets;
      for (const XmlNode& word : child.children) {
        if (!sets.contains(word.name)) sets[word.name] = json::array{};
        sets[word.name].get_array().push_back(json::value(word.text));
      }
      event[name] = std::move(sets);
    } else if (name == "sensorElementList") {
      event[name] = Sensors(child, namespaces);
    } else if (name == "errorDeclaration") {
      event[name] = ErrorDeclaration(child, namespaces);
    } else if (name == "ilmd") {
      event[name] = Place(child, namespaces);
    } else if (!IsEventField(name)) {
      AddExtension(event, child, namespaces);  // a term of the sender's own
    } else {
      AddTo(event, name, child.children.empty() ? json::value(child.text) : ExtensionValue(child, namespaces));
    }
  }
}

}  // namespace

json::object EventOfXml(const XmlNode& node, Namespaces& namespaces) {
  json::object event{{"type", node.name}};
  AddFields(event, node, namespaces);
  return event;
}

json::array VocabulariesOfXml(const XmlNode& list, Namespaces& namespaces) {
  json::array out;
  for (const XmlNode& vocabulary : list.children) {
    json::object entry;
    json::array elements;
    for (const auto& attribute : vocabulary.attributes)
      if (attribute.name == "type") entry["type"] = attribute.value;
    if (const XmlNode* inside = vocabulary.Child("VocabularyElementList"))
      for (const XmlNode& element : inside->children) {
        json::object made;
        json::array attributes;
        for (const auto& attribute : element.attributes)
          if (attribute.name == "id") made["id"] = attribute.value;
        for (const XmlNode& child : element.children) {
          if (child.name == "attribute") {
            json::object one;
            for (const auto& attribute : child.attributes)
              if (attribute.name == "id") one["id"] = attribute.value;
            if (child.children.empty()) {
              one["attribute"] = Typed(child);
            } else {
              json::object value;
              for (const XmlNode& inner : child.children) AddExtension(value, inner, namespaces);
              one["attribute"] = std::move(value);
            }
            attributes.push_back(std::move(one));
          } else if (child.name == "children") {
            made["children"] = Texts(child);
          } else {
            AddExtension(made, child, namespaces);
          }
        }
        if (!attributes.empty()) made["attributes"] = std::move(attributes);
        elements.push_back(std::move(made));
      }
    entry["vocabularyElementList"] = std::move(elements);
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace zhian::epcis
