// What the global search finds beside operators: matters by title and number, documents by number. Rows that are new or
// renamed are noted in the transaction that writes them (search_pending), and entered in the index before the next
// search answers. Functions run on the caller's Connection; CatchUp writes.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>

#include "desk/app.hpp"
#include "storage/database.hpp"

namespace zhian::subjects::face {

std::span<const storage::Migration> SearchMigrations();

// Enters up to `rows` of what is noted; returns how many are left, as far as 1 tells from 0.
Result<int> CatchUp(desk::App& app, int rows);

}  // namespace zhian::subjects::face
