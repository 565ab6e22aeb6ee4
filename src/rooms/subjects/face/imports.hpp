// Registries that the room of operators takes: operators themselves, and the records on their files. Built once; safe
// from any thread.
#pragma once

#include <vector>

#include "desk/import_columns.hpp"

namespace zhian::subjects::face {

std::vector<desk::ImportKind> Imports();

}  // namespace zhian::subjects::face
