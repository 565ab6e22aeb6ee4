// Attachments 附件: evidence as files named by their SHA-256, in the data folder. A file is never changed; the same
// bytes are stored once. What a file is, is read from its bytes, not from its name. Thread-safe: files appear whole, by
// renaming.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zhian::attachments {

constexpr std::size_t kBytesMax = std::size_t{32} << 20;

struct Stored {
  std::string sha256, media_type;
  std::size_t size = 0;
};

// Media type by the first bytes: JPEG, PNG, WebP, PDF, MP4, ZIP-based office files, UTF-8 text; "" for all else.
std::string Sniff(std::string_view bytes);

class Store {
 public:
  explicit Store(std::string folder) : folder_(std::move(folder)) {}
  // Errors: kInvalid (empty, or a type that is not accepted, with the mend), kTooLarge, kUnavailable (disk).
  Result<Stored> Put(std::string_view bytes) const;
  // Errors: kNotFound; kCorrupt where the bytes are not those that were stored.
  Result<std::string> Get(std::string_view sha256) const;
  Status Check(std::string_view sha256) const;

 private:
  [[nodiscard]] std::string PathOf(std::string_view sha256) const;
  std::string folder_;
};

}  // namespace zhian::attachments
