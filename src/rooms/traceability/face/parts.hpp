// What this room adds to pages of others: parts of the page of a matter, lots in an operator's file, on its time line
// and in the search box. Reads only; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "desk/room_face.hpp"

namespace zhian::traceability::face {

desk::Schema BalanceSchema();
desk::Schema LotsOfMatterSchema();
desk::Schema LotOnFileSchema();
Result<boost::json::array> LotsOnFile(storage::Connection& db, const desk::FileAsOf& file);
Result<std::vector<desk::FileEntry>> LotEntries(storage::Connection& db, const desk::FileAsOf& file, int limit);
Result<std::vector<desk::Finding>> FindLots(storage::Connection& db, const std::string& text, int limit);
// Registers "lot.told" {item}: {item, lot_no, product, unit, place, quantity, operator_id}, or null where it is not on
// file.
void AddLotQuestion(procedure::Services& services);

}  // namespace zhian::traceability::face
