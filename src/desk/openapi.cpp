#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "desk/form_schema.hpp"
#include "desk/route.hpp"

namespace zhian::desk {
namespace json = boost::json;

namespace {

Schema ProblemSchema() {
  const Schema error = Object({{"pointer", Text().Says("JSON pointer of the place, or the name of a guard")},
                               Maybe("key", Text().Says("what sort of fault it is, for programs")),
                               {"message", Text().Says("for people, in their language")}});
  return Named("Problem", Object({{"type", Text()},
                                  {"title", Text()},
                                  {"status", Integer()},
                                  Maybe("detail", Text()),
                                  {"errors", ListOf(error).Says("every place that must be mended, all at once")},
                                  Maybe("code", Text())}));
}

json::object JsonContent(const char* media, const Schema& schema) {
  return {{media, json::object{{"schema", schema.body()}}}};
}

// An answer that is a file: its media types, without a schema of what is inside.
json::object FileContent(const std::vector<std::string>& media) {
  json::object content;
  for (const std::string& type : media) content[type] = json::object{};
  return content;
}

json::array Parameters(const RouteSpec& route) {
  json::array parameters;
  for (auto open = route.pattern.find('{'); open != std::string::npos; open = route.pattern.find('{', open + 1)) {
    const auto close = route.pattern.find('}', open);
    parameters.push_back(json::object{{"name", route.pattern.substr(open + 1, close - open - 1)},
                                      {"in", "path"},
                                      {"required", true},
                                      {"schema", Text().body()}});
  }
  for (const QuerySpec& query : route.query)
    parameters.push_back(json::object{{"name", query.name},
                                      {"in", "query"},
                                      {"required", query.needed},
                                      {"description", query.description},
                                      {"explode", true},
                                      {"schema", query.schema.body()}});
  if (route.writes)
    for (const auto& [name, text] : {std::pair{"Idempotency-Key", "the same key and body give the same answer"},
                                     {"If-Match", "the version that was read; needed for an existing matter"},
                                     {"X-CSRF-Token", "with a session cookie"}})
      parameters.push_back(json::object{
          {"name", name}, {"in", "header"}, {"required", false}, {"description", text}, {"schema", Text().body()}});
  return parameters;
}

json::object Responses(const RouteSpec& route, const Schema& problem) {
  json::object responses;
  for (const AnswerSpec& answer : route.answers) {
    json::object response{{"description", answer.status == 202   ? "waits for a second person"
                                          : answer.status == 201 ? "entered"
                                          : answer.status >= 400 ? "refused"
                                                                 : "done"}};
    if (answer.schema.declared())
      response["content"] = JsonContent("application/json", answer.schema);
    else if (!answer.media.empty())
      response["content"] = FileContent(answer.media);
    responses[std::to_string(answer.status)] = std::move(response);
  }
  responses["default"] =
      json::object{{"description", "problem"}, {"content", JsonContent("application/problem+json", problem)}};
  return responses;
}

json::object Operation(const RouteSpec& route, const Schema& problem) {
  json::object operation{{"operationId", route.id},
                         {"summary", route.summary},
                         {"parameters", Parameters(route)},
                         {"responses", Responses(route, problem)}};
  if (route.access == Access::kPublic) operation["security"] = json::array{};
  if (route.takes.declared())
    operation["requestBody"] = json::object{{"required", route.takes.definition().contains("required")},
                                            {"content", JsonContent("application/json", route.takes)}};
  else if (!route.takes_media.empty())
    operation["requestBody"] = json::object{{"required", true}, {"content", FileContent(route.takes_media)}};
  return operation;
}

const char* MethodKey(http::Method method) {
  switch (method) {
    case http::Method::kGet: return "get";
    case http::Method::kHead: return "head";
    case http::Method::kPost: return "post";
    case http::Method::kPut: return "put";
    case http::Method::kPatch: return "patch";
    case http::Method::kDelete: return "delete";
    case http::Method::kOptions: return "options";
  }
  return "get";
}

bool IsDescribed(const RouteSpec& route) { return route.pattern.starts_with("/api/"); }

// Everything that the routes use, as one schema whose parts are the parts of the document.
Schema AllParts(const std::vector<RouteSpec>& routes) {
  Schema all;
  all.Adopt(ProblemSchema());
  for (const RouteSpec& route : routes) {
    if (!IsDescribed(route)) continue;
    for (const AnswerSpec& answer : route.answers) all.Adopt(answer.schema);
    for (const QuerySpec& query : route.query) all.Adopt(query.schema);
    all.Adopt(route.takes);
  }
  for (const auto& kind : procedure::Kinds())
    if (kind.live)
      for (const auto& transition : kind.transitions) all.Adopt(FormSchema(kind, transition.action));
  return all;
}

}  // namespace

std::vector<AnswerSpec> Answers(const Schema& schema, int status) { return {{.schema = schema, .status = status}}; }
std::vector<AnswerSpec> AnswersFile(std::vector<std::string> media) {
  return {{.schema = {}, .status = 200, .media = std::move(media)}};
}
std::vector<AnswerSpec> AnswersNothing() { return {{.schema = {}, .status = 204}}; }

std::vector<QuerySpec> Joined(std::vector<QuerySpec> first, std::vector<QuerySpec> second) {
  first.insert(first.end(), std::make_move_iterator(second.begin()), std::make_move_iterator(second.end()));
  return first;
}
std::vector<QuerySpec> PageQuery(std::vector<QuerySpec> more) {
  return Joined({{"limit", "at most so many items", Integer()}, {"cursor", "`next` of the page before"}},
                std::move(more));
}

std::string OpenApi(const std::vector<RouteSpec>& routes) {
  const Schema problem = ProblemSchema();
  json::object paths, schemas;
  for (const RouteSpec& route : routes) {
    if (!IsDescribed(route)) continue;
    auto& path = paths[route.pattern];
    if (!path.is_object()) path = json::object{};
    path.get_object()[MethodKey(route.method)] = Operation(route, problem);
  }
  const Schema all = AllParts(routes);
  for (const auto& [name, part] : all.parts()) schemas[name] = *part;
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

std::vector<std::string> OpenApiFaults(const std::vector<RouteSpec>& routes) {
  std::vector<std::string> faults;
  std::set<std::string> ids;
  for (const RouteSpec& route : routes) {
    if (!IsDescribed(route)) continue;
    if (!ids.insert(route.id).second) faults.push_back(route.id + ": stands twice");
    if (route.answers.empty()) faults.push_back(route.id + ": says nothing of its answer");
    for (const AnswerSpec& answer : route.answers)
      if (!answer.schema.declared() && answer.media.empty() && answer.status != 204)
        faults.push_back(route.id + ": an answer has neither a schema nor a media type");
    if (route.method == http::Method::kPost && !route.takes.declared() && route.takes_media.empty())
      faults.push_back(route.id + ": does not say what it takes");
  }
  const Schema all = AllParts(routes);
  for (const std::string& name : all.clashes()) faults.push_back(name + ": two shapes of one name");
  return faults;
}

}  // namespace zhian::desk
