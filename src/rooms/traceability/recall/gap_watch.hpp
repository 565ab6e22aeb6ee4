// Who watches for gaps 追溯缺口: a shipment that nobody received, or a receipt that nobody shipped, waits for its other
// half for the time of the policy pack (trace.gap.wait), and is then asked for: the engine opens a trace_gap for
// whoever owes the record, once. Incremental: each movement is looked at when it is new and when its time has come,
// never in between.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "procedure/engine.hpp"

namespace zhian::traceability {

// Open questions about this gap, whoever opened them; exercises are none.
Result<std::vector<procedure::Matter>> FindGapMatters(storage::Connection& db, std::string_view item,
                                                      std::string_view place, std::string_view kind);
void WatchGaps(procedure::Engine& engine, const policy::Pack& pack);
std::span<const storage::Migration> GapWatchMigrations();

}  // namespace zhian::traceability
