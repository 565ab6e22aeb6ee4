// What every route shares: the parts of the house, who asks, in which language. Routes are thin: they read a request,
// call a room or the engine, and shape the answer. Thread-safe as its parts are; a Caller lives for one request.
#pragma once

#include <boost/json.hpp>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attachments/store.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "desk/import_columns.hpp"
#include "desk/route.hpp"
#include "figures/figures.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/sse.hpp"
#include "identity/identity.hpp"
#include "ledger/checkpoint.hpp"
#include "papers/value_text.hpp"
#include "policy/pack.hpp"
#include "procedure/engine.hpp"
#include "storage/database.hpp"

namespace zhian::desk {

struct RoomFace;
struct OperatorDirectory;
using Rooms = std::span<const RoomFace* const>;

// What a room keeps in memory for as long as the house is open (RoomFace::state).
class RoomState {
 public:
  virtual ~RoomState() = default;
};

// The business clock. In a demonstration folder it can be set forward, and is kept in the database; elsewhere it is the
// system's.
class BusinessClock : public base::Clock {
 public:
  virtual bool CanAdvance() const = 0;
  virtual Status AdvanceTo(base::Instant to) = 0;
};

struct App {
  storage::Database& database;
  procedure::Engine& engine;
  identity::Service& identity;
  procedure::Services& services;
  BusinessClock& clock;
  const base::Clock& real_clock;  // sessions, tokens and TLS use real time
  http::EventHub& hub;
  const ledger::Signer& signer;
  std::string district_name, district_root;  // 金口河区 and the id of its jurisdiction
  bool demo = false;
  std::string public_origin;  // "http://127.0.0.1:8080": in codes on documents
  std::string data_folder;
  attachments::Store attachments;
  std::string statements_folder;  // statements with quoted figures (JSON)
  std::string version;
  std::vector<const RoomFace*> rooms;
  std::vector<ImportKind> imports;  // of all rooms
  const OperatorDirectory* operators = nullptr;
  const figures::Book* figures = nullptr;
  std::vector<std::unique_ptr<RoomState>> states;

  // REQUIRES: a room of the house keeps a State.
  template <class State>
  [[nodiscard]] State& StateOf() const {
    for (const auto& state : states)
      if (auto* found = dynamic_cast<State*>(state.get())) return *found;
    std::abort();
  }
};

// Who asks. `actor` is empty for the public.
struct Caller {
  const http::Request& request;
  Language language = Language::kSimplified;
  std::optional<identity::Principal> principal;
  procedure::Actor actor;
};

// Every route of the desk and of the rooms; the single declaration that the router and /api/openapi.json are made of.
std::vector<RouteSpec> Routes(Rooms rooms);
Status AddRoutes(App& app, http::Router& router);

// error -> problem+json; exhaustive over ErrorCode.
http::Response ToProblem(const Error& error, Language language);
int HttpStatus(ErrorCode code);

using papers::LabelIn;
http::Response Json(const boost::json::value& value, int status = 200);
Result<boost::json::object> BodyObject(const http::Request& request);
// The integer of a query parameter, clamped; the default where it is missing; kInvalid where it is no number.
Result<int> IntParameter(const http::Request& request, std::string_view name, int otherwise, int least, int most);
std::string TextParameter(const http::Request& request, std::string_view name);

// Roots of what the caller may read: jurisdictions of his roles, and own operators.
struct ReadScope {
  std::vector<std::string> jurisdictions, operator_ids;
  // " AND (m.jurisdiction IN (…) OR m.operator_id IN (…))" with parameters appended.
  std::string Where(std::string_view alias, std::vector<storage::Value>& parameters) const;
  // Whether the whole of the territory lies within.
  Result<bool> Covers(storage::Connection& db, const std::string& territory) const;
};
ReadScope ScopeOf(const procedure::Actor& actor);

}  // namespace zhian::desk
