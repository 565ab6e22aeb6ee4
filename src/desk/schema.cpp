#include "desk/schema.hpp"

#include <algorithm>
#include <cassert>

namespace zhian::desk {
namespace json = boost::json;

namespace {

constexpr std::string_view kParts = "#/components/schemas/";

Schema OfType(const char* type) { return Schema(json::object{{"type", type}}); }
Schema Formatted(const char* format) { return Schema(json::object{{"type", "string"}, {"format", format}}); }

}  // namespace

const json::object& Schema::definition() const {
  const auto* reference = body_.if_contains("$ref");
  if (reference == nullptr) return body_;
  const auto part = parts_.find(std::string_view(reference->get_string()).substr(kParts.size()));
  return part == parts_.end() ? body_ : *part->second;
}

Schema Schema::Says(std::string_view description) const {
  Schema said = *this;
  said.body_["description"] = description;
  return said;
}

void Schema::Adopt(const std::string& name, const std::shared_ptr<const json::object>& part) {
  const auto [known, added] = parts_.try_emplace(name, part);
  if (!added && known->second != part && *known->second != *part &&
      std::find(clashes_.begin(), clashes_.end(), name) == clashes_.end())
    clashes_.push_back(name);
}

void Schema::Adopt(const Schema& used) {
  for (const auto& [name, part] : used.parts_) Adopt(name, part);
  for (const std::string& name : used.clashes_)
    if (std::find(clashes_.begin(), clashes_.end(), name) == clashes_.end()) clashes_.push_back(name);
}

Member Maybe(std::string name, Schema schema) { return {std::move(name), std::move(schema), false}; }

Schema Text() { return OfType("string"); }
Schema Day() { return Formatted("date"); }
Schema Instant() { return Formatted("date-time"); }
Schema Digest() { return Schema(json::object{{"type", "string"}, {"pattern", "^[0-9a-f]{64}$"}}); }
Schema Decimal() { return Schema(json::object{{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]+)?$"}}); }
Schema Integer() { return OfType("integer"); }
Schema Number() { return OfType("number"); }
Schema Truth() { return OfType("boolean"); }
Schema Always(const json::value& value) { return Schema(json::object{{"const", value}}); }
Schema AnyJson() { return Schema(json::object{{"description", "any JSON"}}); }

Schema OneOf(const std::vector<std::string>& words) {
  json::array list;
  for (const std::string& word : words) list.push_back(json::value(word));
  return Schema(json::object{{"type", "string"}, {"enum", std::move(list)}});
}
Schema OneOf(std::initializer_list<std::string_view> words) {
  return OneOf(std::vector<std::string>(words.begin(), words.end()));
}

Schema ListOf(const Schema& item) {
  Schema list(json::object{{"type", "array"}, {"items", item.body()}});
  list.Adopt(item);
  return list;
}

Schema MapOf(const Schema& value) {
  Schema map(json::object{{"type", "object"}, {"additionalProperties", value.body()}});
  map.Adopt(value);
  return map;
}

Schema Object(const std::vector<Member>& members) {
  json::object properties;
  json::array required;
  for (const Member& member : members) {
    assert(!properties.contains(member.name));
    properties[member.name] = member.schema.body();
    if (member.always) required.push_back(json::value(member.name));
  }
  json::object body{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) body["required"] = std::move(required);
  body["additionalProperties"] = false;
  Schema object(std::move(body));
  for (const Member& member : members) object.Adopt(member.schema);
  return object;
}
Schema Object(std::initializer_list<Member> members) { return Object(std::vector<Member>(members)); }

Schema With(const Schema& object, std::initializer_list<Member> more) {
  return With(object, std::vector<Member>(more));
}
Schema With(const Schema& object, const std::vector<Member>& more) {
  json::object body = object.definition();
  assert(body.contains("properties"));
  json::object& properties = body["properties"].get_object();
  json::array required;
  if (const auto* before = body.if_contains("required")) required = before->get_array();
  for (const Member& member : more) {
    properties[member.name] = member.schema.body();
    required.erase(std::remove(required.begin(), required.end(), json::value(member.name)), required.end());
    if (member.always) required.push_back(json::value(member.name));
  }
  body.erase("required");
  body.erase("description");
  if (!required.empty()) body["required"] = std::move(required);
  Schema wider(std::move(body));
  wider.Adopt(object);
  for (const Member& member : more) wider.Adopt(member.schema);
  return wider;
}

Schema Nullable(const Schema& schema) {
  json::object body = schema.body();
  if (auto* type = body.if_contains("type"); type != nullptr && type->is_string()) {
    *type = json::array{*type, "null"};
    if (auto* words = body.if_contains("enum")) words->get_array().push_back(nullptr);
  } else {
    body = json::object{{"anyOf", json::array{std::move(body), json::object{{"type", "null"}}}}};
  }
  Schema either(std::move(body));
  either.Adopt(schema);
  return either;
}

Schema AnyOf(std::initializer_list<Schema> shapes) {
  json::array list;
  for (const Schema& shape : shapes) list.push_back(shape.body());
  Schema either(json::object{{"anyOf", std::move(list)}});
  for (const Schema& shape : shapes) either.Adopt(shape);
  return either;
}

Schema Named(std::string_view name, const Schema& schema) {
  Schema reference = Refer(name);
  reference.Adopt(schema);
  reference.Adopt(std::string(name), std::make_shared<const json::object>(schema.body()));
  return reference;
}

Schema Refer(std::string_view name) { return Schema(json::object{{"$ref", std::string(kParts) + std::string(name)}}); }

Schema NamedThing() { return Named("NamedThing", Object({{"id", Text()}, {"name", Text()}})); }
Schema LabelledChoice() { return Named("Choice", Object({{"value", Text()}, {"label", Text()}})); }
Schema Page(const Schema& item) {
  return Object({{"items", ListOf(item)},
                 {"next", Nullable(Text()).Says("cursor of the next page; null on the last")},
                 {"total", Nullable(Integer()).Says("where it was asked for with count=1; 10001 means or more")}});
}
Schema ItemsOf(const Schema& item) { return Object({{"items", ListOf(item)}}); }
Schema NextPage(const Schema& item) {
  return Object(
      {{"items", ListOf(item)}, {"next", Nullable(Text()).Says("cursor of the next page; null on the last")}});
}
Schema DoneSchema() { return Object({{"done", Always(true)}}); }

}  // namespace zhian::desk
