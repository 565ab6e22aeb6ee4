// Holds 控制: who keeps a lot from being sold, and by which matter. One row is one hold by one matter on one lot of one
// producer, from the step that made it to the step that gave it back; rows are never deleted. A lot is free when nobody
// holds it. `lot.held` only repeats for lists whether somebody holds the lot everywhere; the rows decide.
// Works in the caller's transaction; a Connection belongs to one thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ledger/ledger.hpp"
#include "procedure/bindings.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

inline constexpr std::string_view kHoldTable = "lot_hold";

// What a lot that a matter names is in the trace.
struct NamedLot {
  std::string lot;   // as it is named
  std::string item;  // "": no lot of which is known that it is meant
  std::string producer_id;
  Message why;  // why there is none; empty where there is one
};
// The lot that is meant: the identifier itself, or of the lots with this number the one that the matter's operator, or
// the producer or supplier whom the matter names, made or was sent. A number alone means a lot only where the matter
// names neither an operator nor a producer and nobody else uses the number.
Result<NamedLot> LotMeant(storage::Connection& db, const procedure::Matter& matter, std::string_view lot);

// An open hold.
struct Hold {
  std::string matter_id, matter_number, ground;  // ground: kept, sale
  std::string at_operator;                       // only what this operator has of it; "": wherever it is
};
// Who holds what `operator_id` has of the lot, but for the matter `except`; oldest first. `operator_id` "": anybody.
Result<std::vector<Hold>> HoldsOn(storage::Connection& db, std::string_view item, std::string_view operator_id,
                                  std::string_view except);
// Lots that the matter holds now.
Result<std::vector<std::string>> HeldBy(storage::Connection& db, std::string_view matter_id);

struct HoldEntry {
  std::string item, producer_id, matter_id, ground, step;  // step: the action that holds
  std::string at_operator;
  base::Instant at;
};
// The id of the row that was written; "" where this matter holds the lot so already.
Result<std::string> PutHold(storage::Connection& db, const HoldEntry& entry);
// Gives back what the matter holds; the ids of the rows that ended.
Result<std::vector<std::string>> EndHolds(storage::Connection& db, std::string_view matter_id, std::string_view step,
                                          base::Instant at);

// Projections of every kind that holds goods: whose matter has ended, or was voided, holds nothing any more.
std::span<const procedure::EffectBinding> HoldRecords();
std::span<const storage::Migration> HoldMigrations();
inline std::vector<ledger::LedgeredTable> HoldLedgered() { return {{kHoldTable, {"district", "id"}}}; }
// Gives the holds of a folder of before their holders: the open matters whose steps held. What nobody holds any more
// becomes free. One ledger entry; nothing is done where there is nothing left to do.
Status FollowHolds(storage::Database& database, base::Instant now);

}  // namespace zhian::traceability
