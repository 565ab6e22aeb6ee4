#include "attachments/store.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>

using namespace zhian;
namespace fs = std::filesystem;

namespace {
struct Folder {
  fs::path path = fs::temp_directory_path() / ("zhian-files-" + std::to_string(std::random_device{}()));
  attachments::Store store{path.string()};
  ~Folder() { fs::remove_all(path); }
  std::size_t Files() const {
    std::size_t n = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path)) n += entry.is_regular_file();
    return n;
  }
};
}  // namespace

TEST_CASE("the same bytes are one file, named by their digest; what is stored comes back") {
  Folder f;
  const auto a = f.store.Put("%PDF-1.5 evidence");
  REQUIRE(a.ok());
  CHECK(a->media_type == "application/pdf");
  CHECK(f.store.Put("%PDF-1.5 evidence")->sha256 == a->sha256);
  CHECK(f.Files() == 1);
  CHECK(*f.store.Get(a->sha256) == "%PDF-1.5 evidence");
  CHECK(f.store.Check(a->sha256).ok());
}

TEST_CASE("a changed or missing file is found") {
  Folder f;
  const std::string digest = f.store.Put("hello")->sha256;
  { std::ofstream(f.path / digest.substr(0, 2) / digest.substr(2), std::ios::app) << "!"; }
  CHECK(f.store.Check(digest).error().code == ErrorCode::kCorrupt);
  fs::remove(f.path / digest.substr(0, 2) / digest.substr(2));
  CHECK(f.store.Check(digest).error().code == ErrorCode::kCorrupt);
  CHECK(f.store.Get(digest).error().code == ErrorCode::kNotFound);
}

TEST_CASE("names that are no digests reach no file; what is no evidence is refused with its mend") {
  Folder f;
  for (const char* name : {"", "..", "../../../etc/passwd", "ABCDEF"})
    CHECK(f.store.Get(name).error().code == ErrorCode::kNotFound);
  CHECK(f.store.Put("").error().code == ErrorCode::kInvalid);
  CHECK(f.store
            .Put(std::string("\x7f"
                             "ELF\0\0",
                             6))
            .error()
            .code == ErrorCode::kInvalid);
  CHECK(f.store.Put(std::string(attachments::kBytesMax + 1, 'a')).error().code == ErrorCode::kTooLarge);
  CHECK(attachments::Sniff("\xFF\xD8\xFF\xE0") == "image/jpeg");
  CHECK(attachments::Sniff("<html>") == "text/plain");  // never served as a page
}
