// Router: which handler answers a method and a path. A trie of segments, so a look-up costs the length of the path.
// Patterns: "/api/v1/matters/{id:uuid}/actions/{action}"; a parameter is {name}, {name:uuid}, {name:uint},
// {name:slug} ([a-z0-9._-]) or, at the end only, {name:*} for all that is left (may be empty). A literal goes before a
// typed parameter, that before {name}, that before {name:*}; a way that leads nowhere is left again.
// Thread-safety: built first, by one thread; then const and safe from any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace zhian::http {

struct RouteOptions {
  std::string id;                              // stable name: operationId of OpenAPI, label of metrics
  std::uint64_t body_max_bytes = 1024 * 1024;  // 413 beyond, decided from the header where it tells the length
  bool run_inline = false;                     // on the I/O thread: only for what never waits, e.g. static bytes
  std::shared_ptr<const void> metadata;        // what the caller hangs on the route; not read here
};

struct Route {
  Method method = Method::kGet;
  std::string pattern;
  RouteOptions options;
  Handler handler;
  std::size_t index = 0;  // position in Router::routes()
};

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // kInvalid: the pattern is malformed, or method and pattern are taken (names of parameters do not tell them apart).
  // Without an id, "METHOD pattern" is taken.
  [[nodiscard]] Status Add(Method method, std::string pattern, Handler handler, RouteOptions options = {});
  // Answers GET and HEAD of every path that no pattern matches: the pages of the web interface.
  void SetFallback(Handler handler, RouteOptions options = {});

  struct Match {
    const Route* route = nullptr;  // null: none
    bool path_exists = false;      // route is null and this is true: 405, `allow` says what is
    std::string allow;             // "GET, HEAD, OPTIONS": for 405 and OPTIONS
  };
  // Sets request.route and request.path_parameters where there is a route. HEAD finds GET's route.
  Match Find(Request& request) const;

  // All routes in order of Add; the fallback, if set, is not among them.
  [[nodiscard]] const std::deque<Route>& routes() const { return routes_; }
  [[nodiscard]] const Route* fallback() const { return fallback_.get(); }

  // The whole way of a request without a network: Find, 404/405/OPTIONS answers, handler. For tests and tools.
  Response Dispatch(Request& request) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  std::deque<Route> routes_;
  std::unique_ptr<Route> fallback_;
};

// The answer where Find gave no route: 204 with Allow to OPTIONS of a known path, 405 with Allow, or 404.
[[nodiscard]] Response AnswerWithoutRoute(const Request& request, const Router::Match& match);

}  // namespace zhian::http
