// Who keeps the goods book of an operator, and how a row of a spreadsheet becomes an entry.
#pragma once

#include "api/app.hpp"
#include "api/import_columns.hpp"
#include "rooms/subjects/operators.hpp"
#include "rooms/traceability/goods.hpp"

namespace zhian::api {

// Its own people, the inspectors and the village officials of its place; an administrator for imports.
Result<bool> MayKeepBook(App& app, storage::Connection& db, const procedure::Actor& actor,
                         const subjects::Operator& op);
// The row's entry. The same row of the same account is the same entry (its key). kInvalid: a time that is none.
Result<traceability::GoodsEntry> GoodsEntryOf(const ImportRow& row, const std::string& operator_id, base::Instant now);

}  // namespace zhian::api
