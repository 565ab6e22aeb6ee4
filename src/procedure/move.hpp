// Internal to the engine: one transition under way, and how an actor is kept with a stored command.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "procedure/engine.hpp"

namespace zhian::procedure {

// REQUIRES: all references outlive the move. Lives for one transition, inside its transaction.
struct Engine::Move {
  storage::Connection& db;
  const Actor& actor;
  const Actor* second;
  const Kind& kind;
  const Transition& transition;
  const HeldRole& held;
  Matter& matter;
  boost::json::object input;  // validated
  // `occurred`: when it happened, as who sends it says. `counted`: what limits are judged by, and where clocks start:
  // the moment of recording, unless the capture without a signal is borne out.
  base::Instant now, occurred, counted;
  base::Date today;
  std::vector<DutyRow> duties;  // of this matter, as they stand
  TransitionRow row;
  Outcome& outcome;
  int depth;
  std::vector<std::pair<std::string, std::string>> ledgered;  // (table, id) of every row that this move wrote
  boost::json::array attachments;                             // SHA-256 of the evidence of this step
  boost::json::object computed;                               // by effects, for the ledger leaf
  std::vector<TransitionRow> history;                         // before this move
};

// The row of a common action as it stands for this matter: it keeps the state, and "holder" means whoever holds an open
// duty.
class CommonRow {
 public:
  CommonRow(const CommonAction& action, const Kind& kind, const Matter& matter, std::span<const DutyRow> duties);
  CommonRow(const CommonRow&) = delete;
  CommonRow& operator=(const CommonRow&) = delete;
  [[nodiscard]] const Transition& row() const { return row_; }

 private:
  std::vector<Text> who_;
  Transition row_;
};

// A chain of effects ends here: deeper is a loop in the tables. Source: the longest chain of the catalogue is five.
inline constexpr int kDepthMax = 12;
inline constexpr std::size_t kAttachmentsMax = 50;  // files of one step

// When the clock looks at the matter again, ms; 0: never, because nothing of its state is the clock's.
std::int64_t NextWake(const Kind& kind, const Matter& matter, std::span<const DutyRow> duties, base::Instant now);
// The limit of a stopped clock as if it went on at `at`: moved by what it stood, in the unit of its rule.
void ShiftLimit(DutyRow& row, base::Instant at, const policy::Pack& pack);
// Where the period of the rule ends that runs from the field. Nothing where the field is empty or no row covers its
// day.
std::optional<policy::Deadline> EndOfRule(const policy::Pack& pack, const Matter& matter, Text rule_name, Text field);

boost::json::object ActorJson(const Actor& actor);
Actor ActorFrom(const boost::json::object& object);

}  // namespace zhian::procedure
