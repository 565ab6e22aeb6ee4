#include "rooms/traceability/face/file_source.hpp"

namespace zhian::traceability::face {

Result<std::unique_ptr<FileSource>> FileSource::Open(const std::string& path) {
  auto source = std::make_unique<FileSource>();
  source->in_.open(path, std::ios::binary);
  if (!source->in_ || source->in_.peek() == std::ifstream::traits_type::eof())
    return MakeError(ErrorCode::kNotFound, path + ": cannot be read, or is empty");
  return source;
}

std::size_t FileSource::Read(char* to, std::size_t size) {
  in_.read(to, static_cast<std::streamsize>(size));
  return static_cast<std::size_t>(in_.gcount());
}

bool FileSource::Rewind() {
  in_.clear();
  in_.seekg(0);
  return in_.good();
}

}  // namespace zhian::traceability::face
