// The demonstration district (Jinkouhe, labelled as demonstration on every page), deterministic; and the first administrator of
// an empty folder. Everything enters by the one door, as people's work would.
#pragma once

#include <string>

#include "api/app.hpp"

namespace zhian::demo {

// Returns the one-time password of the account "admin".
Result<std::string> MakeFirstAdministrator(api::App& app);
// REQUIRES: an empty folder opened as a demonstration.
Status LoadDistrict(api::App& app);

}  // namespace zhian::demo
