// Lots and holdings by name: which item a lot number means, what became of a holding, and which lots a matter
// names. Works in the caller's transaction; a Connection belongs to one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "procedure/matter.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

// The identifier of a lot number; the text itself where it is one already. kNotFound.
Result<std::string> FindItem(storage::Connection& db, std::string_view lot);

bool IsResolved(std::string_view status);
// Writes what became of a holding; part of a move of a matter (recall, rectification, seizure).
Status SetHolding(storage::Connection& db, std::string_view item, std::string_view place, std::string_view status,
                  std::string_view evidence, double quantity);
// Lots that a matter names: its `lots` rows and its `lot`.
std::vector<std::string> LotsOf(const procedure::Matter& matter);

}  // namespace zhian::traceability
