#include "storage/sqlite.hpp"

namespace zhian::storage {

Result<std::unique_ptr<Database>> Database::Open(const std::string& url, const OpenOptions& options) {
  if (url.starts_with("sqlite:")) return OpenSqlite(url.substr(7), options);
  if (url.starts_with("postgresql://"))
    return MakeError(ErrorCode::kUnsupported,
                     "PostgreSQL is not supported by this version yet; use sqlite:FILE (see docs/gaps.md)");
  return MakeError(ErrorCode::kInvalid, "database URL must be sqlite:FILE, not " + url.substr(0, url.find(':')));
}

}  // namespace zhian::storage
