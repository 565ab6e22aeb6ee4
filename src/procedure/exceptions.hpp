// Exceptions 例外放行 (docs/gates.md, section 4), of whatever a room computes item by item: asked with ground and risk,
// an opinion, a decision, three natural persons, reviewed by a date. An exception covers the open items that it names
// and no others; what it does not cover, or no longer after its review date, is stale. The records are an array field
// of the matter, written by the one door only. Reads and writes plain values; thread-compatible.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "procedure/bindings.hpp"
#include "procedure/engine.hpp"

namespace zhian::procedure {

inline constexpr const char* kExceptions = "gate_exceptions";

enum class Standing { kNone, kValid, kStale };  // kStale: one was approved, and does not cover what is open now
// How far the approved exceptions of the gate reach over `open` items on the day.
Standing StandingOf(const Matter& matter, std::string_view gate, const std::vector<Message>& open, base::Date today);
// The items that no approved exception in force covers.
std::vector<Message> Uncovered(const Matter& matter, std::string_view gate, const std::vector<Message>& open,
                               base::Date today);
// The exception of the gate that is under way ("asked" or "opined"); nullptr where there is none.
const boost::json::value* ExceptionUnderWay(const Matter& matter, std::string_view gate);
// Two accounts of one natural person are one person.
bool IsPerson(const Actor& actor, const boost::json::value& record, const char* account, const char* digest);

// The review date that was asked for lies after today and within `gate.exception.review`; "" where it does.
Message ReviewDateFault(const GuardContext& context);
// Whether this actor may decide: an opinion is there, its review date has not passed, and he neither asked nor gave it.
GuardResult MayDecide(const GuardContext& context, std::string_view gate);
// How many were approved by the day whose review date lies before it.
int StaleOn(const Matter& matter, base::Date day);
// Whether one with an opinion waits for its decision.
GuardResult WaitsForDecision(const Matter& matter, std::string_view gate);
GuardResult MayGiveOpinion(const GuardContext& context, std::string_view gate);

Status WriteAsked(EffectContext& context, const std::string& gate, const std::vector<Message>& items);
Status WriteOpinion(EffectContext& context, const std::string& gate);
Status WriteDecision(EffectContext& context, const std::string& gate, bool approved);

struct OpenGate {
  std::string gate;
  std::vector<Message> open;
};
// Looks at every matter of the kind with an approved exception (table exception_watch). Where one does not cover any
// more what is open, a lead is registered, the matter is flagged "gate_reopened" (its decision stays), and it is
// watched no longer.
Result<int> ReviewExceptions(Engine& engine, storage::Connection& db, std::string_view kind,
                             const std::function<std::vector<OpenGate>(const GuardContext&)>& gates_of);

// The exceptions of a gate for the page: ground and state as keys of the labels, and who did what.
boost::json::array ExceptionsOf(const Matter& matter, std::string_view gate);

}  // namespace zhian::procedure
