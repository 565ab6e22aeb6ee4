// The last steps between a handler's Response and the wire: conditional answers, compression, checked header bytes.
// Internal to http/. Pure but for the clock value passed in. Safe to call concurrently.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/server.hpp"

namespace zhian::http {

// gzip of the bytes (RFC 1952), or empty where zlib fails or nothing is saved.
[[nodiscard]] std::string Gzip(std::string_view bytes, int level);

// GET/HEAD with an ETag that the client has → 304; text of compress_min_bytes and more → gzip where it is accepted;
// a header that would break the message → 500, and `complaint` says which.
void FinishResponse(const Request& request, const ServerOptions& options, Response& response, std::string& complaint);

struct HeadOptions {
  std::string_view date;  // IMF-fixdate
  std::string_view request_id;
  std::string_view security_headers;  // ready lines, without those that a response may replace
  std::string_view content_security_policy;
  std::uint64_t body_bytes = 0;
  bool close = false;
  bool is_http10 = false;
};
// Status line and header, to the empty line. REQUIRES: FinishResponse was called.
[[nodiscard]] std::string SerializeHead(const Response& response, const HeadOptions& options);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7)
[[nodiscard]] std::string FormatHttpDate(std::chrono::system_clock::time_point at);
// "2026-03-01T08:00:00.123Z"
[[nodiscard]] std::string FormatLogTime(std::chrono::system_clock::time_point at);

}  // namespace zhian::http
