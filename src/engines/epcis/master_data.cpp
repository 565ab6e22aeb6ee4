#include "engines/epcis/master_data.hpp"

#include "engines/epcis/hash.hpp"
#include "engines/epcis/identifiers.hpp"

namespace zhian::epcis {
namespace json = boost::json;

namespace {

std::string Text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}
const json::array* List(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_array() ? &value->get_array() : nullptr;
}

}  // namespace

std::string AttributeName(std::string_view name, const Namespaces& namespaces) {
  constexpr std::string_view kOld = "urn:epcglobal:cbv:mda#", kMda = "urn:epcglobal:cbv:mda:";
  if (name.starts_with(kOld)) return std::string(kMda) + std::string(name.substr(kOld.size()));
  if (name.find(':') == std::string_view::npos) return std::string(kMda) + std::string(name);
  if (name.find("://") != std::string_view::npos) return std::string(name);
  std::string full = ExpandName(name, namespaces);
  if (full.empty() || full.front() != '{') return full;
  const auto close = full.find('}');
  std::string space = full.substr(1, close - 1);
  // XML names the namespace without the sign that parts it from its words.
  if (space == "urn:epcglobal:cbv:mda") space += ':';
  return space + full.substr(close + 1);
}

std::string AttributeValue(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string: return CanonicalId(std::string_view(value.get_string()));
    case json::kind::bool_: return value.get_bool() ? "true" : "false";
    case json::kind::int64: return std::to_string(value.get_int64());
    case json::kind::uint64: return std::to_string(value.get_uint64());
    case json::kind::double_: return PlainNumber(value.get_double());
    default: return {};
  }
}

std::vector<MasterElement> MasterElements(const Document& document) {
  std::vector<MasterElement> out;
  for (const json::value& vocabulary : document.vocabularies) {
    if (!vocabulary.is_object()) continue;
    const std::string type = Text(vocabulary.get_object(), "type");
    const json::array* elements = List(vocabulary.get_object(), "vocabularyElementList");
    if (type.empty() || elements == nullptr) continue;
    for (const json::value& value : *elements) {
      if (!value.is_object()) continue;
      MasterElement element{type, CanonicalId(Text(value.get_object(), "id")), value.get_object(), {}, {}};
      if (element.id.empty()) continue;
      if (const json::array* attributes = List(element.body, "attributes"))
        for (const json::value& attribute : *attributes) {
          if (!attribute.is_object()) continue;
          const std::string name = AttributeName(Text(attribute.get_object(), "id"), document.namespaces);
          const auto* given = attribute.get_object().if_contains("attribute");
          if (given != nullptr && given->is_array())
            for (const json::value& one : given->get_array())
              element.attributes.emplace_back(name, AttributeValue(one));
          else
            element.attributes.emplace_back(name, given == nullptr ? std::string{} : AttributeValue(*given));
        }
      if (const json::array* children = List(element.body, "children"))
        for (const json::value& child : *children)
          if (child.is_string()) element.children.push_back(CanonicalId(std::string_view(child.get_string())));
      out.push_back(std::move(element));
    }
  }
  return out;
}

}  // namespace zhian::epcis
