#include "attachments/store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"

namespace zhian::attachments {
namespace fs = std::filesystem;

namespace {

bool IsDigest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Written beside its place, made durable, then renamed: a file that is there is whole.
Status WriteWhole(const fs::path& path, std::string_view bytes) {
  const std::string part = path.string() + "." + base::RandomCode(10) + ".part";
  const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return MakeError(ErrorCode::kUnavailable, "附件不能写入磁盘，请稍后再试");
  bool good = true;
  while (good && !bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    good = n > 0;
    if (good) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  good = ::fsync(file) == 0 && good;
  ::close(file);
  good = good && ::rename(part.c_str(), path.c_str()) == 0;
  if (good) return Ok();
  ::unlink(part.c_str());
  return MakeError(ErrorCode::kUnavailable, "附件不能写入磁盘，请稍后再试");
}

}  // namespace

std::string Sniff(std::string_view b) {
  const auto at = [&](std::size_t n, std::string_view magic) {
    return b.size() >= n + magic.size() && b.substr(n, magic.size()) == magic;
  };
  if (at(0, "\xFF\xD8\xFF")) return "image/jpeg";
  if (at(0, "\x89PNG\r\n\x1A\n")) return "image/png";
  if (at(0, "RIFF") && at(8, "WEBP")) return "image/webp";
  if (at(0, "%PDF-")) return "application/pdf";
  if (at(4, "ftyp")) return "video/mp4";
  if (at(0, "PK\x03\x04")) return "application/zip";
  const bool text = !b.empty() && base::IsValidUtf8(b) && std::none_of(b.begin(), b.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
  });
  return text ? "text/plain" : "";
}

std::string Store::PathOf(std::string_view sha256) const {
  return (fs::path(folder_) / sha256.substr(0, 2) / sha256.substr(2)).string();
}

Result<Stored> Store::Put(std::string_view bytes) const {
  if (bytes.empty()) return NeedsMending({{"/file", "error.fill", "文件是空的，请重新选择"}});
  if (bytes.size() > kBytesMax) return MakeError(ErrorCode::kTooLarge, "单个附件不超过 32 MB，请压缩或分开上传");
  Stored stored{base::HexSha256(bytes), Sniff(bytes), bytes.size()};
  if (stored.media_type.empty())
    return NeedsMending({{"/file", "error.value", "只收照片（JPEG、PNG、WebP）、PDF、MP4、办公文档和文本"}});
  const fs::path path = PathOf(stored.sha256);
  std::error_code error;
  if (fs::exists(path, error)) return stored;
  fs::create_directories(path.parent_path(), error);
  if (error) return MakeError(ErrorCode::kUnavailable, "附件不能写入磁盘，请稍后再试");
  ZHIAN_TRY(WriteWhole(path, bytes));
  return stored;
}

Result<std::string> Store::Get(std::string_view sha256) const {
  if (!IsDigest(sha256)) return MakeError(ErrorCode::kNotFound, "没有这个附件");
  std::ifstream in(PathOf(sha256), std::ios::binary | std::ios::ate);
  if (!in) return MakeError(ErrorCode::kNotFound, "没有这个附件");
  std::string bytes(std::min(static_cast<std::size_t>(in.tellg()), kBytesMax + 1), '\0');
  in.seekg(0);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (base::HexSha256(bytes) != sha256)
    return MakeError(ErrorCode::kCorrupt, "attachment " + std::string(sha256) + " is not what was stored");
  return bytes;
}

Status Store::Check(std::string_view sha256) const {
  const auto bytes = Get(sha256);
  if (bytes.ok()) return Ok();
  return bytes.error().code == ErrorCode::kNotFound
             ? Status(MakeError(ErrorCode::kCorrupt, "attachment " + base::Cut(sha256, 64) + " is missing"))
             : Status(bytes.error());
}

}  // namespace zhian::attachments
