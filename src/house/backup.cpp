#include "house/backup.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "tables/office.hpp"

namespace zhian::house {
namespace fs = std::filesystem;

namespace {

constexpr std::array<const char*, 2> kKeys{"ledger.key", "identity.key"};

// The names that a backup may hold; anything else in an archive is refused before a byte is written.
bool IsOurs(const std::string& name) {
  if (name == "zhian.db" || name == kKeys[0] || name == kKeys[1]) return true;
  constexpr std::string_view kFolder = "attachments/";
  if (!name.starts_with(kFolder) || name.size() != kFolder.size() + 2 + 1 + 62 || name[kFolder.size() + 2] != '/')
    return false;
  return name.find_first_not_of("0123456789abcdef/", kFolder.size()) == std::string::npos &&
         name.find("//") == std::string::npos;
}

}  // namespace

Status WriteBackup(storage::Database& database, const std::string& data, const std::string& file) {
  const std::string copy = file + "." + base::RandomCode(8) + ".part";
  std::error_code error;
  const auto clean = [&] { fs::remove(copy, error); };
  if (const Status copied = database.Backup(copy); !copied.ok()) {
    clean();
    return copied;
  }
  std::vector<std::pair<std::string, std::string>> parts{{"zhian.db", copy}};
  for (const char* key : kKeys) parts.emplace_back(key, (fs::path(data) / key).string());
  const fs::path files = fs::path(data) / "attachments";
  if (fs::exists(files, error))
    for (const auto& entry : fs::recursive_directory_iterator(files, error)) {
      const std::string name = "attachments/" + fs::relative(entry.path(), files, error).generic_string();
      if (entry.is_regular_file() && IsOurs(name)) parts.emplace_back(name, entry.path().string());
    }
  const auto office = tables::LoadOffice();
  const bool good = office.ok() && (*office)->Store(file, parts);
  clean();
  if (!office.ok()) return office.error();
  if (!good)
    return MakeError(ErrorCode::kUnavailable, "cannot write " + file + ": choose another place with more room");
  return Ok();
}

Status RestoreBackup(const std::string& file, const std::string& data) {
  std::error_code error;
  if (fs::exists(data, error) && !fs::is_empty(data, error))
    return MakeError(ErrorCode::kConflict, data + " is not empty: choose another folder");
  ZHIAN_ASSIGN(tables::Office* const office, tables::LoadOffice());
  const auto archive = office->OpenFile(file);
  if (archive == nullptr)
    return MakeError(fs::exists(file, error) ? ErrorCode::kInvalid : ErrorCode::kNotFound,
                     file + " is no backup of Zhian: give the file that `zhian backup` wrote");
  const auto names = archive->Names();
  if (!std::all_of(names.begin(), names.end(), IsOurs))
    return MakeError(ErrorCode::kInvalid, file + " holds a part that is not of a backup: nothing was restored");
  if (std::find(names.begin(), names.end(), "zhian.db") == names.end())
    return MakeError(ErrorCode::kInvalid, file + " holds no database: nothing was restored");
  Status done = Ok();
  for (const auto& name : names) {
    const fs::path to = fs::path(data) / name;
    fs::create_directories(to.parent_path(), error);
    if (done.ok() && archive->Extract(name, to.string()) != tables::Archive::Read::kWhole)
      done = MakeError(ErrorCode::kInvalid,
                       "the backup is damaged at " + to.filename().string() + ": take another copy of it");
  }
  if (!done.ok())
    for (const char* name : {"zhian.db", kKeys[0], kKeys[1], "attachments"})
      fs::remove_all(fs::path(data) / name, error);
  for (const char* key : kKeys)
    fs::permissions(fs::path(data) / key, fs::perms::owner_read | fs::perms::owner_write, error);
  return done;
}

}  // namespace zhian::house
