// One file that holds everything of a data folder: database, keys, attachments. Made while the folder is in use; a ZIP
// archive (stored, so that its parts can be read with any tool).
#pragma once

#include <string>

#include "base/result.hpp"
#include "storage/database.hpp"

namespace zhian::house {

// Errors: kUnavailable (the file cannot be written); nothing is left behind then.
Status WriteBackup(storage::Database& database, const std::string& data, const std::string& file);
// Into an empty folder. Errors: kConflict (not empty), kInvalid (no backup of ours, or one that was changed); nothing
// is left behind.
Status RestoreBackup(const std::string& file, const std::string& data);

}  // namespace zhian::house
