// Who keeps the goods book of an operator, and how a row of a spreadsheet becomes an entry. Safe from any thread.
#pragma once

#include "desk/app.hpp"
#include "desk/import.hpp"
#include "desk/operators.hpp"
#include "rooms/traceability/goods/goods.hpp"

namespace zhian::traceability::face {

// Its own people, the inspectors and the village officials of its place; an administrator for imports.
Result<bool> MayKeepBook(desk::App& app, storage::Connection& db, const procedure::Actor& actor,
                         const desk::OperatorCard& op);
// The row's entry. The same row of the same account is the same entry (its key). kInvalid: a time that is none.
Result<GoodsEntry> GoodsEntryOf(const desk::ImportRow& row, const std::string& operator_id, base::Instant now);
std::vector<desk::ImportKind> Imports();

}  // namespace zhian::traceability::face
