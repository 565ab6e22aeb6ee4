// What the files of the demonstration's operators hold: premises, people, products, special equipment, their changes.
// Deterministic; every record passes the door of the registry, by the clock of the folder.
#pragma once

#include <string>

#include "desk/app.hpp"

namespace zhian::demo {

struct Filed {
  int n;  // running number of the operator
  std::string name, type, industry, place, operator_id, gln;
};
// When the operator is entered: where it works and who is in charge.
Status FileFirst(desk::App& app, storage::Connection& db, const procedure::Actor& actor, const Filed& op);
// On the day on which the demonstration opens: the rest of the file.
Status FileRest(desk::App& app, storage::Connection& db, const procedure::Actor& actor, const Filed& op);

}  // namespace zhian::demo
