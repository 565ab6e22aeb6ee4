#include "base/file.hpp"

#include <fstream>

namespace zhian::base {

Result<std::string> ReadFile(const std::string& path, std::size_t bytes_max) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return MakeError(ErrorCode::kNotFound, "cannot read " + path);
  const auto size = static_cast<std::size_t>(in.tellg());
  if (size > bytes_max)
    return MakeError(ErrorCode::kTooLarge, path + " is over " + std::to_string(bytes_max >> 20) + " MB: split it");
  std::string bytes(size, '\0');
  in.seekg(0);
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  return bytes;
}

}  // namespace zhian::base
