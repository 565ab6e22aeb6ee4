// SQLite behind the storage interface: WAL, one writer, a pool of readers, cached statements. See database.hpp.
#pragma once

#include <memory>
#include <string>

#include "storage/database.hpp"

namespace zhian::storage {

Result<std::unique_ptr<Database>> OpenSqlite(const std::string& file, const OpenOptions& options);

}  // namespace zhian::storage
