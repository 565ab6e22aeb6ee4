// Stops 停止生產經營: what an operator may not do now, and by which matter. One row is one reason; what a permit
// allowed stops by itself where another permit still allows the operator something else. `operator.stopped` only
// repeats for lists that nothing is left to the operator; the rows decide. Works in the caller's transaction.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "procedure/bindings.hpp"
#include "storage/database.hpp"

namespace zhian::subjects {

struct Stop {
  std::string matter_id, activity;  // activity: as the permit names it; "": all that the operator does
  std::int64_t stopped_at = 0;
};
// Those that stand now, oldest first.
Result<std::vector<Stop>> StopsOf(storage::Connection& db, std::string_view operator_id);

// The step's matter stops its operator, or the activity that its record shows as `category`.
Status StopActivity(procedure::EffectContext& context);
// Takes back what this matter stopped; and where it is a permit that is valid now, what the end of another permit for
// the same activity stopped.
Status LiftStops(procedure::EffectContext& context);

std::span<const storage::Migration> StopMigrations();
std::span<const procedure::EffectBinding> StopRecords();  // a voided matter stops nothing
// Gives the stopped operators of a folder of before their reasons: the matters whose steps stopped them, else their own
// file. What is stopped stays stopped until one of them moves.
Status FollowStops(storage::Database& database, base::Instant now);

}  // namespace zhian::subjects
