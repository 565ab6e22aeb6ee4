#include "desk/routes.hpp"

#include <boost/json.hpp>
#include <map>

#include "desk/room_face.hpp"

namespace zhian::desk {
namespace json = boost::json;

std::vector<RouteSpec> Routes(std::span<const RoomFace* const> rooms) {
  std::vector<RouteSpec> routes;
  for (const auto add : {&AddSessionRoutes, &AddDutyRoutes, &AddMatterRoutes, &AddAttachmentRoutes, &AddDocumentRoutes,
                         &AddImportRoutes, &AddLedgerRoutes, &AddServiceRoutes, &AddNoticeRoutes, &AddStartRoutes})
    add(routes);
  for (const RoomFace* room : rooms)
    if (room->add_routes != nullptr) room->add_routes(routes);
  return routes;
}

std::string OpenApi(const std::vector<RouteSpec>& routes) {
  json::object paths;
  for (const RouteSpec& route : routes) {
    if (!route.pattern.starts_with("/api/")) continue;
    json::array parameters;
    std::string pattern = route.pattern;
    for (auto open = pattern.find('{'); open != std::string::npos; open = pattern.find('{', open + 1)) {
      const auto close = pattern.find('}', open);
      parameters.push_back(json::object{{"name", pattern.substr(open + 1, close - open - 1)},
                                        {"in", "path"},
                                        {"required", true},
                                        {"schema", json::object{{"type", "string"}}}});
    }
    for (const QuerySpec& query : route.query) {
      json::object schema{{"type", query.type}};
      if (query.type == "array") schema["items"] = json::object{{"type", "string"}};
      parameters.push_back(json::object{{"name", query.name},
                                        {"in", "query"},
                                        {"required", false},
                                        {"description", query.description},
                                        {"explode", true},
                                        {"schema", std::move(schema)}});
    }
    if (route.writes) {
      for (const auto& [name, text] : {std::pair{"Idempotency-Key", "the same key and body give the same answer"},
                                       {"If-Match", "the version that was read; needed for an existing matter"},
                                       {"X-CSRF-Token", "with a session cookie"}})
        parameters.push_back(json::object{{"name", name},
                                          {"in", "header"},
                                          {"required", false},
                                          {"description", text},
                                          {"schema", json::object{{"type", "string"}}}});
    }
    json::object responses{
        {"200",
         json::object{
             {"description", "done"},
             {"content",
              json::object{{"application/json",
                            json::object{{"schema", json::object{{"type", json::array{"object", "array"}}}}}}}}}},
        {"default",
         json::object{
             {"description", "problem"},
             {"content",
              json::object{{"application/problem+json",
                            json::object{{"schema", json::object{{"$ref", "#/components/schemas/Problem"}}}}}}}}}};
    json::object operation{{"operationId", route.id},
                           {"summary", route.summary},
                           {"parameters", std::move(parameters)},
                           {"responses", std::move(responses)}};
    if (route.access == Access::kPublic) operation["security"] = json::array{};
    if (route.method == http::Method::kPost)
      operation["requestBody"] = json::object{
          {"content", json::object{{"application/json", json::object{{"schema", json::object{{"type", "object"}}}}}}}};
    const std::string method = route.method == http::Method::kGet    ? "get"
                               : route.method == http::Method::kPost ? "post"
                                                                     : "delete";
    auto& path = paths[route.pattern];
    if (!path.is_object()) path = json::object{};
    path.as_object()[method] = std::move(operation);
  }
  // One schema a live kind: the fields of its record, from the same declaration as the forms.
  json::object schemas{
      {"Problem",
       json::object{
           {"type", "object"},
           {"properties",
            json::object{
                {"type", json::object{{"type", "string"}}},
                {"title", json::object{{"type", "string"}}},
                {"status", json::object{{"type", "integer"}}},
                {"detail", json::object{{"type", "string"}}},
                {"code", json::object{{"type", "string"}}},
                {"errors",
                 json::object{
                     {"type", "array"},
                     {"items",
                      json::object{{"type", "object"},
                                   {"properties", json::object{{"pointer", json::object{{"type", "string"}}},
                                                               {"key", json::object{{"type", "string"}}},
                                                               {"message", json::object{{"type", "string"}}}}}}}}}}}}}};
  for (const auto& kind : procedure::Kinds()) {
    if (!kind.live) continue;
    for (const auto& transition : kind.transitions) {
      json::object properties;
      json::array required;
      for (const auto& form : procedure::FormOf(kind, transition)) {
        static const std::map<std::string_view, std::string_view> kTypes{
            {"integer", "string"}, {"decimal", "string"}, {"money", "string"}, {"bool", "boolean"},
            {"officers", "array"}, {"files", "array"},    {"items", "array"},  {"quantity", "object"}};
        const auto type = kTypes.find(form.field->type);
        json::object schema{{"type", type == kTypes.end() ? "string" : type->second},
                            {"description", form.field->label.en}};
        if (form.field->type == "choice") {
          json::array options;
          for (const std::string& option : procedure::SplitArguments(form.field->args, '|'))
            options.push_back(json::value(option));
          schema["enum"] = std::move(options);
        }
        properties[form.field->name] = std::move(schema);
        if (!form.field->optional) required.push_back(json::value(form.field->name));
      }
      schemas[std::string(kind.id) + "." + std::string(transition.action)] =
          json::object{{"type", "object"},
                       {"properties", std::move(properties)},
                       {"required", std::move(required)},
                       {"additionalProperties", false}};
    }
  }
  return json::serialize(json::object{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", "Zhian 质安"}, {"version", "1"}}},
      {"paths", std::move(paths)},
      {"components",
       json::object{
           {"schemas", std::move(schemas)},
           {"securitySchemes",
            json::object{{"session", json::object{{"type", "apiKey"}, {"in", "cookie"}, {"name", "zhian_session"}}},
                         {"token", json::object{{"type", "http"}, {"scheme", "bearer"}}}}}}},
      {"security", json::array{json::object{{"session", json::array{}}}, json::object{{"token", json::array{}}}}}});
}

Result<std::optional<std::int64_t>> ReadVersion(const http::Request& request) {
  std::string text(request.headers.Get("If-Match"));
  std::erase(text, '"');
  if (text.starts_with("W/")) text = text.substr(2);
  if (text.empty()) return std::optional<std::int64_t>{};
  if (text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
    return MakeError(ErrorCode::kInvalid, "If-Match 须是所读版本的数字，例如 \"3\"");
  return std::optional<std::int64_t>(std::stoll(text));
}

}  // namespace zhian::desk
