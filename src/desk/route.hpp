// What a route is: its address, who may ask, what it reads from the query, what it takes and what it answers. The one
// declaration of which the router and /api/openapi.json are made. Pure values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "desk/schema.hpp"
#include "http/message.hpp"

namespace zhian::desk {

struct App;
struct Caller;
using Action = std::function<Result<http::Response>(App&, Caller&)>;

enum class Access { kPublic, kSignedIn };
// A parameter of the query string. A list may be given many times.
struct QuerySpec {
  std::string name, description;
  Schema schema = Text();
  bool needed = false;
};
// One way in which a route answers once it has done its work. What it refuses is a problem (application/problem+json)
// and is not declared again.
struct AnswerSpec {
  Schema schema;                   // of JSON; not declared where `media` alone says what is sent
  int status = 200;                // 204: nothing is sent
  std::vector<std::string> media;  // of what is no JSON
};
struct RouteSpec {
  http::Method method = http::Method::kGet;
  std::string pattern;
  std::string id;       // operationId
  std::string summary;  // for OpenAPI
  Access access = Access::kSignedIn;
  Action action;
  std::uint64_t body_max_bytes = 1024 * 1024;
  bool writes = false;  // asks for the CSRF token and takes Idempotency-Key
  std::vector<QuerySpec> query = {};
  Schema takes = {};                          // the JSON that is sent to it
  std::vector<std::string> takes_media = {};  // what is sent to it otherwise
  std::vector<AnswerSpec> answers = {};       // none only outside of /api/, which the document does not describe
};

std::vector<AnswerSpec> Answers(const Schema& schema, int status = 200);
std::vector<AnswerSpec> AnswersFile(std::vector<std::string> media);
std::vector<AnswerSpec> AnswersNothing();
// `limit` and `cursor` of a list, and what else narrows it.
std::vector<QuerySpec> PageQuery(std::vector<QuerySpec> more = {});
std::vector<QuerySpec> Joined(std::vector<QuerySpec> first, std::vector<QuerySpec> second);

// The document of OpenAPI 3.1, with the form of each step of a live kind as the part "kind.action".
std::string OpenApi(const std::vector<RouteSpec>& routes);
// What the declarations lack or contradict: routes without an answer, parts of one name with two shapes. Empty where
// all is well.
std::vector<std::string> OpenApiFaults(const std::vector<RouteSpec>& routes);

}  // namespace zhian::desk
