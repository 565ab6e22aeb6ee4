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
  base::Instant now, occurred;
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

boost::json::object ActorJson(const Actor& actor);
Actor ActorFrom(const boost::json::object& object);

}  // namespace zhian::procedure
