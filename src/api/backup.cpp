#include "api/backup.hpp"

#include <zip.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"

namespace zhian::api {
namespace fs = std::filesystem;

namespace {

constexpr std::array<const char*, 2> kKeys{"ledger.key", "identity.key"};

// The names that a backup may hold; anything else in an archive is refused before a byte is written.
bool IsOurs(const std::string& name) {
  if (name == "zhian.db" || name == kKeys[0] || name == kKeys[1]) return true;
  constexpr std::string_view kFolder = "attachments/";
  if (!name.starts_with(kFolder) || name.size() != kFolder.size() + 2 + 1 + 62 || name[kFolder.size() + 2] != '/') return false;
  return name.find_first_not_of("0123456789abcdef/", kFolder.size()) == std::string::npos && name.find("//") == std::string::npos;
}

struct Archive {
  zip_t* zip = nullptr;
  ~Archive() {
    if (zip != nullptr) zip_discard(zip);
  }
};

Status Extract(zip_t* zip, zip_uint64_t index, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  zip_file_t* from = zip_fopen_index(zip, index, 0);
  if (from == nullptr) return MakeError(ErrorCode::kInvalid, "the backup cannot be read: take another copy of it");
  std::ofstream out(to, std::ios::binary);
  std::array<char, 1 << 16> buffer;
  zip_int64_t n = 0;
  while ((n = zip_fread(from, buffer.data(), buffer.size())) > 0) out.write(buffer.data(), n);
  const bool whole = n == 0 && zip_fclose(from) == 0;  // the archive's own checksum is tested at the end of each part
  out.close();
  if (!whole || !out) return MakeError(ErrorCode::kInvalid, "the backup is damaged at " + to.filename().string() + ": take another copy of it");
  return Ok();
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
  Archive archive;
  int code = 0;
  archive.zip = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  const auto add = [&](const std::string& from, const std::string& name) {
    zip_source_t* source = zip_source_file(archive.zip, from.c_str(), 0, -1);
    const zip_int64_t index = source == nullptr ? -1 : zip_file_add(archive.zip, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0 && source != nullptr) zip_source_free(source);
    return index >= 0 && zip_set_file_compression(archive.zip, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) == 0;
  };
  bool good = archive.zip != nullptr && add(copy, "zhian.db");
  for (const char* key : kKeys) good = good && add((fs::path(data) / key).string(), key);
  const fs::path files = fs::path(data) / "attachments";
  if (good && fs::exists(files, error))
    for (const auto& entry : fs::recursive_directory_iterator(files, error)) {
      const std::string name = "attachments/" + fs::relative(entry.path(), files, error).generic_string();
      if (good && entry.is_regular_file() && IsOurs(name)) good = add(entry.path().string(), name);
    }
  good = good && zip_close(archive.zip) == 0;
  if (good) archive.zip = nullptr;
  clean();
  if (!good) return MakeError(ErrorCode::kUnavailable, "cannot write " + file + ": choose another place with more room");
  return Ok();
}

Status RestoreBackup(const std::string& file, const std::string& data) {
  std::error_code error;
  if (fs::exists(data, error) && !fs::is_empty(data, error)) return MakeError(ErrorCode::kConflict, data + " is not empty: choose another folder");
  Archive archive;
  int code = 0;
  archive.zip = zip_open(file.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code);
  if (archive.zip == nullptr) return MakeError(fs::exists(file, error) ? ErrorCode::kInvalid : ErrorCode::kNotFound, file + " is no backup of Zhian: give the file that `zhian backup` wrote");
  const zip_int64_t count = zip_get_num_entries(archive.zip, 0);
  bool has_database = false;
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* name = zip_get_name(archive.zip, static_cast<zip_uint64_t>(i), 0);
    if (name == nullptr || !IsOurs(name)) return MakeError(ErrorCode::kInvalid, file + " holds a part that is not of a backup: nothing was restored");
    has_database = has_database || std::string_view(name) == "zhian.db";
  }
  if (!has_database) return MakeError(ErrorCode::kInvalid, file + " holds no database: nothing was restored");
  Status done = Ok();
  for (zip_int64_t i = 0; i < count && done.ok(); ++i) done = Extract(archive.zip, static_cast<zip_uint64_t>(i), fs::path(data) / zip_get_name(archive.zip, static_cast<zip_uint64_t>(i), 0));
  if (!done.ok())
    for (const char* name : {"zhian.db", kKeys[0], kKeys[1], "attachments"}) fs::remove_all(fs::path(data) / name, error);
  for (const char* key : kKeys) fs::permissions(fs::path(data) / key, fs::perms::owner_read | fs::perms::owner_write, error);
  return done;
}

}  // namespace zhian::api
