// Master data that came with documents: every version of an element is kept with the time it was recorded, the newest
// one answers queries (attributes of places and goods, places within places). Functions run on the caller's connection;
// no state of their own.
#pragma once

#include <span>

#include "base/time.hpp"
#include "engines/epcis/event.hpp"
#include "engines/epcis/query.hpp"
#include "rooms/traceability/store/capture.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

std::span<const storage::Migration> MasterDataMigrations();
// Stores the elements of the document that say something new, if who captures is of the staff (an operator would
// describe the places of others as well); what is wrong with one is told in the report, and counts as rejected.
Status TakeMasterData(storage::Connection& db, const epcis::Document& document, base::Instant now, const Recorder& by,
                      CaptureReport& report);
// Fills in what the query asks of master data. Errors: kTooLarge (QueryTooComplexException) where too many elements
// fit.
Status AnswerLookUps(storage::Connection& db, epcis::Query& query);

}  // namespace zhian::traceability
