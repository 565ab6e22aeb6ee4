// What the rooms give to the engine: the code of guards and effects, and questions that one room may ask another.
// Rooms never include each other; they meet here, by name. Functions are stateless and safe to call from any thread.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "policy/pack.hpp"
#include "procedure/matter.hpp"
#include "procedure/model.hpp"
#include "storage/database.hpp"

namespace zhian::procedure {

// One role as a person holds it. `operator_id` is set for users of an operator, market or laboratory.
struct HeldRole {
  std::string role, jurisdiction, body, operator_id;
  std::string on_behalf_of;               // the name of the person that is stood in for, "" otherwise
  std::string on_behalf_of_account = {};  // his account
};

// Who acts. The system (clock, engine) has `system` set and holds no role.
struct Actor {
  std::string account_id, name;
  std::string person_digest;  // digest of the identity number: two accounts of one person are one person
  std::vector<HeldRole> roles;
  bool system = false;
  static Actor System();
};

struct GuardContext;
// A question to another room, asked by name ("trace.holdings"); answers are JSON so that rooms stay apart.
using Question = std::function<Result<boost::json::value>(const GuardContext&, const boost::json::object&)>;

// Causes for which the kernel has something opened. Each is a question that one room answers with {kind, action, title,
// fields}, or null where this matter calls for nothing.
//   a duty stayed undone past its limit and the time after which it is escalated: {duty_id, duty, holder (a role)}
inline constexpr std::string_view kOverdueDuty = "opens.overdue_duty";
//   an approved exception covers no more what is open: {gates}
inline constexpr std::string_view kStaleException = "opens.stale_exception";

struct Services {
  const policy::Pack& policy;
  std::map<std::string, Question, std::less<>> questions;
};

// Everything that a guard may look at. Guards read; they never write.
struct GuardContext {
  storage::Connection& db;
  const Services& services;
  base::Instant now;  // business clock
  base::Date today;   // legal day in the district's zone
  const Kind& kind;
  const Matter& matter;  // as it will be after the fields of this action are merged; state is still `from`
  const Transition& transition;
  const Actor& actor;
  const boost::json::object& input;
  std::span<const TransitionRow> history;
  std::span<const DutyRow> duties;
  const Matter* origin = nullptr;  // creation by an effect: the matter that starts this one
  // What was asked for and could not be read, or not be read whole, in words for people; copies share the list. Where
  // there is anything here, what was computed from the rest is not known to be true: no guard holds by it.
  std::shared_ptr<std::vector<Message>> unread = std::make_shared<std::vector<Message>>();
  const HeldRole* held = nullptr;  // in which role the actor acts; nullptr where he holds none that may, or the system

  // The moves after the last one of this action: the round that it began. All of them where it was never done.
  [[nodiscard]] std::span<const TransitionRow> Since(std::string_view action) const;
  // Errors: those of the room that answers; kUnavailable where it could not read whole what it answers from.
  [[nodiscard]] Result<boost::json::value> Ask(std::string_view question, const boost::json::object& arguments) const;
};

// Whether the sentence is true, and if not what is still open: each item says what is missing and, if known, who can
// supply it.
struct GuardResult {
  bool holds = true;
  std::vector<Message> open_items;
  GuardResult() = default;
  GuardResult(bool answer, std::vector<Message> open) : holds(answer), open_items(std::move(open)) {}
  // What could not be read does not hold: ZHIAN_ASSIGN in a guard ends it with the reason.
  GuardResult(Error error) : holds(false), open_items{std::move(error.message)} {}  // NOLINT: implicit by design
  static GuardResult Holds() { return {}; }
  static GuardResult Fails(Message item) { return {false, {std::move(item)}}; }
  static GuardResult From(bool holds, Message item) { return holds ? Holds() : Fails(std::move(item)); }
};

struct EffectContext;
// The same moment as a guard sees it: for effects that ask what guards ask.
GuardContext ViewOf(const EffectContext& context);

// Everything that an effect may use. It writes in the transaction of the transition.
struct EffectContext {
  storage::Connection& db;
  const Services& services;
  base::Instant now;
  base::Date today;
  const Kind& kind;
  Matter& matter;
  const Transition& transition;
  const Actor& actor;
  const boost::json::object& input;
  std::string argument;                                       // the word after the colon
  std::vector<std::pair<std::string, std::string>>& written;  // (table, id) of each ledgered row that the effect wrote
  boost::json::object&
      computed;  // what was computed for this move and must stand in its ledger leaf (digests of inputs)
  std::span<const TransitionRow> history = {};  // of this matter, before this move
  std::span<const DutyRow> duties = {};
  std::shared_ptr<std::vector<Message>> unread = std::make_shared<std::vector<Message>>();  // as in GuardContext
};

using GuardFunction = GuardResult (*)(const GuardContext&);
using EffectFunction = Status (*)(EffectContext&);
struct GuardBinding {
  Text guard;
  GuardFunction function;
};
struct EffectBinding {
  Text effect;  // "set:operator.permits"; "credit" takes every credit:x
  EffectFunction function;
};
struct Bindings {
  std::span<const GuardBinding> guards;
  std::span<const EffectBinding> effects;
  // A room's own projection of its matters ("operator_file" keeps the operator's row); runs after each move of the
  // kind.
  std::span<const EffectBinding> records = {};
};
// Generated: every code guard and every set/hold/free/stop/credit effect of a live kind. One without code does not
// link.
const Bindings& LiveBindings();

}  // namespace zhian::procedure
