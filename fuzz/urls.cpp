// Targets of requests: path and query, as they come from outside.
#include <cstdlib>

#include "fuzz.hpp"
#include "http/message.hpp"

void Fuzz(std::string_view bytes) {
  zhian::http::Request request;
  if (!zhian::http::ParseTarget(bytes, request).ok()) return;
  if (request.path == "*") return;  // OPTIONS of the server as a whole
  if (request.path.empty() || request.path.front() != '/') std::abort();
  for (const auto& segment : request.segments)
    if (segment == ".." || segment == ".") std::abort();
}
