#include "http/router.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <utility>

#include "http/metrics.hpp"

namespace zhian::http {
namespace {

enum class Kind : std::size_t { kUuid, kUint, kSlug, kAny };  // narrowest first: the order in which they are tried
constexpr std::size_t kKinds = 4;
constexpr std::size_t kMethodCount = 7;

bool IsHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool Fits(Kind kind, std::string_view segment) {
  switch (kind) {
    case Kind::kUuid:
      if (segment.size() != 36) return false;
      for (std::size_t i = 0; i < segment.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? segment[i] != '-' : !IsHex(segment[i])) return false;
      }
      return true;
    case Kind::kUint:
      return !segment.empty() && segment.size() <= 19 &&
             std::ranges::all_of(segment, [](char c) { return c >= '0' && c <= '9'; });
    case Kind::kSlug:
      return !segment.empty() && segment.size() <= 128 && std::ranges::all_of(segment, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
      });
    case Kind::kAny: return !segment.empty();
  }
  return false;
}

// What a leaf of the tree of paths holds: the route, and the names of the parameters on the way to it.
struct Target {
  const Route* route = nullptr;
  std::vector<std::string> names;
};
using Targets = std::array<Target, kMethodCount>;

struct Piece {
  bool literal = true;
  bool rest = false;
  Kind kind = Kind::kAny;
  std::string text;  // the literal, or the parameter's name
};

Result<std::vector<Piece>> ParsePattern(std::string_view pattern) {
  const auto bad = [&](std::string_view why) {
    return MakeError(ErrorCode::kInvalid, "route " + std::string(pattern) + ": " + std::string(why));
  };
  if (pattern.empty() || pattern.front() != '/') return bad("must begin with '/'");
  std::vector<Piece> pieces;
  std::string_view rest = pattern.substr(1);
  if (rest.empty()) return pieces;
  while (true) {
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    Piece piece;
    if (segment.starts_with('{')) {
      if (!segment.ends_with('}') || segment.size() < 3) return bad("a parameter is a whole segment: {name}");
      const auto inside = segment.substr(1, segment.size() - 2);
      const auto colon = inside.find(':');
      const auto type = colon == std::string_view::npos ? std::string_view{} : inside.substr(colon + 1);
      piece.literal = false;
      piece.text = inside.substr(0, colon);
      if (piece.text.empty()) return bad("a parameter has no name");
      if (type == "uuid") {
        piece.kind = Kind::kUuid;
      } else if (type == "uint") {
        piece.kind = Kind::kUint;
      } else if (type == "slug") {
        piece.kind = Kind::kSlug;
      } else if (type == "*") {
        piece.rest = true;
      } else if (!type.empty()) {
        return bad("types are uuid, uint, slug and *");
      }
      if (piece.rest && slash != std::string_view::npos) return bad("{name:*} stands at the end only");
      for (const auto& other : pieces) {
        if (!other.literal && other.text == piece.text) return bad("a parameter's name occurs twice");
      }
    } else {
      if (segment.find_first_of("{}") != std::string_view::npos) return bad("a parameter is a whole segment: {name}");
      piece.text = segment;
    }
    pieces.push_back(std::move(piece));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  return pieces;
}

}  // namespace

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::array<std::unique_ptr<Node>, kKinds> parameters;
  Targets here;
  Targets rest;

  struct Search {
    std::size_t method = 0;
    std::span<const std::string> segments;
    std::vector<std::string> values;
    std::array<bool, kMethodCount> allowed{};
    const Target* found = nullptr;
  };

  // True where the search is over. Goes on past a path that is known for other methods only, and notes those.
  static bool Take(const Targets& targets, Search& search) {
    for (std::size_t i = 0; i < kMethodCount; ++i) {
      if (targets[i].route != nullptr) search.allowed[i] = true;
    }
    if (targets[search.method].route == nullptr) return false;
    search.found = &targets[search.method];
    return true;
  }

  bool Find(std::size_t depth, Search& search) const {
    if (depth == search.segments.size()) {
      if (Take(here, search)) return true;
    } else {
      const std::string& segment = search.segments[depth];
      if (const auto next = literals.find(segment); next != literals.end()) {
        if (next->second->Find(depth + 1, search)) return true;
      }
      for (std::size_t kind = 0; kind < kKinds; ++kind) {
        if (!parameters[kind] || !Fits(static_cast<Kind>(kind), segment)) continue;
        search.values.push_back(segment);
        if (parameters[kind]->Find(depth + 1, search)) return true;
        search.values.pop_back();
      }
    }
    std::string left;
    for (std::size_t i = depth; i < search.segments.size(); ++i) left += (i > depth ? "/" : "") + search.segments[i];
    search.values.push_back(std::move(left));
    if (Take(rest, search)) return true;
    search.values.pop_back();
    return false;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

Status Router::Add(Method method, std::string pattern, Handler handler, RouteOptions options) {
  ZHIAN_ASSIGN(const auto pieces, ParsePattern(pattern));
  Node* node = root_.get();
  bool at_rest = false;
  std::vector<std::string> names;
  for (const auto& piece : pieces) {
    if (!piece.literal) names.push_back(piece.text);
    if (piece.rest) {
      at_rest = true;
      break;
    }
    auto& next = piece.literal ? node->literals[piece.text] : node->parameters[static_cast<std::size_t>(piece.kind)];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  auto& target = (at_rest ? node->rest : node->here)[static_cast<std::size_t>(method)];
  if (target.route != nullptr) {
    return MakeError(ErrorCode::kInvalid, std::string(MethodName(method)) + " " + pattern + " collides with " +
                                              target.route->pattern + "; one of the two must go");
  }
  if (options.id.empty()) options.id = std::string(MethodName(method)) + " " + pattern;
  routes_.push_back({method, std::move(pattern), std::move(options), std::move(handler), routes_.size()});
  target = {&routes_.back(), std::move(names)};
  return Ok();
}

void Router::SetFallback(Handler handler, RouteOptions options) {
  if (options.id.empty()) options.id = "fallback";
  fallback_ =
      std::make_unique<Route>(Route{Method::kGet, "", std::move(options), std::move(handler), Metrics::kFallback});
}

Router::Match Router::Find(Request& request) const {
  request.route = nullptr;
  request.path_parameters.clear();
  Node::Search search;
  // HEAD is GET without the body, except where a route was made for HEAD itself.
  search.method = static_cast<std::size_t>(request.method);
  search.segments = request.segments;
  bool found = root_->Find(0, search);
  if (!found && request.method == Method::kHead) {
    search.method = static_cast<std::size_t>(Method::kGet);
    search.values.clear();
    found = root_->Find(0, search);
  }
  Match match;
  if (found) {
    for (std::size_t i = 0; i < search.found->names.size(); ++i) {
      request.path_parameters.emplace(search.found->names[i], std::move(search.values[i]));
    }
    match.route = search.found->route;
    request.route = match.route;
    return match;
  }
  auto& allowed = search.allowed;
  match.path_exists = std::ranges::any_of(allowed, [](bool one) { return one; });
  if (match.path_exists) {
    if (allowed[static_cast<std::size_t>(Method::kGet)]) allowed[static_cast<std::size_t>(Method::kHead)] = true;
    allowed[static_cast<std::size_t>(Method::kOptions)] = true;
    for (std::size_t i = 0; i < kMethodCount; ++i) {
      if (!allowed[i]) continue;
      if (!match.allow.empty()) match.allow += ", ";
      match.allow += MethodName(static_cast<Method>(i));
    }
  } else if (fallback_ && (request.method == Method::kGet || request.method == Method::kHead)) {
    match.route = fallback_.get();
    request.route = match.route;
  }
  return match;
}

Response AnswerWithoutRoute(const Request& request, const Router::Match& match) {
  if (!match.path_exists) {
    return Response::Problem(404, "Not Found", "there is nothing at " + request.path);
  }
  if (request.method == Method::kOptions) {
    auto response = Response::NoContent();
    response.headers.Set("Allow", match.allow);
    return response;
  }
  auto response =
      Response::Problem(405, "Method Not Allowed",
                        std::string(MethodName(request.method)) + " is not taken here; allowed: " + match.allow);
  response.headers.Set("Allow", match.allow);
  return response;
}

Response Router::Dispatch(Request& request) const {
  const auto match = Find(request);
  return match.route != nullptr ? match.route->handler(request) : AnswerWithoutRoute(request, match);
}

}  // namespace zhian::http
