// The demonstration district (Jinkouhe, labelled as demonstration on every page), deterministic; and the first
// administrator of an empty folder. Everything enters by the one door, as people's work would.
#pragma once

#include <string>

#include "desk/app.hpp"

namespace zhian::demo {

// Returns the one-time password of the account "admin".
Result<std::string> MakeFirstAdministrator(desk::App& app);
// REQUIRES: an empty folder opened as a demonstration. Each loading makes the same district, whatever the day: matters,
// moves, texts and identifiers; only accounts (their age is counted in real time), codes of documents, salts and keys
// are new.
Status LoadDistrict(desk::App& app);

}  // namespace zhian::demo
