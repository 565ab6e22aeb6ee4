// A file as the source of an EPCIS document: read in chunks, never held whole. One use, one thread.
#pragma once

#include <fstream>
#include <memory>
#include <string>

#include "engines/epcis/event.hpp"

namespace zhian::traceability::face {

class FileSource final : public epcis::Source {
 public:
  static Result<std::unique_ptr<FileSource>> Open(const std::string& path);
  std::size_t Read(char* to, std::size_t size) override;
  bool Rewind() override;

 private:
  std::ifstream in_;
};

}  // namespace zhian::traceability::face
