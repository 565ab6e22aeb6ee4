// Versions of procedures: the number of each kind's table, and what became of the states and actions that went away.
// A folder knows the version of each kind that its matters follow; a program that knows a newer one moves them when it
// opens the folder, or says why it does not. A matter bears the version under which it was made or last moved
// (matter.procedure_version; none: from before versions, which is 1).
#pragma once

#include <cstdint>
#include <span>

#include "base/result.hpp"
#include "base/time.hpp"
#include "procedure/model.hpp"
#include "storage/database.hpp"

namespace zhian::procedure {

// What became of one state or action. `now` is empty where nothing follows an action: what was asked for by it lapses.
struct VersionStep {
  enum class What { kState, kAction };
  std::int64_t since = 0;  // the version in which it went away
  What what = What::kState;
  Text was, now;
};

struct KindVersion {
  Text kind;
  std::int64_t version = 1;
  std::span<const VersionStep> steps;
};

// Defined in the generated kinds.generated.cpp, sorted by kind.
std::span<const KindVersion> KindVersions();

// The number of the table as this program has it; 1 for a kind that no table has.
std::int64_t VersionOf(Text kind);

struct FollowOptions {
  int batch = 200;  // matters moved in one transaction
};

// Brings every matter of the folder to `versions`: those whose state went away are moved to what follows it, each with
// a transition "follow_procedure" and a ledger entry; approvals that wait under an action's old name take its new one,
// or lapse. Kinds that the folder already follows cost one look. Safe to repeat after it was interrupted. Errors:
// kConflict where a kind of the folder is newer than here, is not known here, or where matters stand in a state that
// neither the table nor the steps know: the message names every such kind and state, and nothing was moved.
// REQUIRES: called before anything else writes to the folder.
Status FollowVersions(storage::Database& database, std::span<const KindVersion> versions, base::Instant now,
                      FollowOptions options = {});

}  // namespace zhian::procedure
