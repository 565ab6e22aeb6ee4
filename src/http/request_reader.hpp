// RequestReader: bytes of a connection → one checked Request. The only place that knows Beast's parser. No sockets.
// Invariants: never holds more of a header than header_max_bytes, nor more of a body in memory than
// body_in_memory_max_bytes; a failure carries the status to answer with, and the connection must then be closed.
// Thread-safety: one thread at a time; the counter of held bytes is shared.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "http/server.hpp"

namespace zhian::http {

// Bytes that came and were not used yet: [begin, end) of one block that moves to its front when it is full.
class InputBuffer {
 public:
  [[nodiscard]] std::string_view view() const { return {bytes_.data() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  // Room for at least `least` bytes at the end; as much as there is.
  std::pair<char*, std::size_t> Prepare(std::size_t least);
  void Commit(std::size_t count) { end_ += count; }
  void Consume(std::size_t count);

 private:
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

class RequestReader {
 public:
  enum class Step { kNeedMore, kReady, kFailed };

  RequestReader(const ServerOptions& options, std::atomic<std::uint64_t>& body_bytes_in_memory);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // kReady: request() has method, target, headers. Nothing of the body was read.
  [[nodiscard]] Step FeedHeader(InputBuffer& buffer);
  // The limit of the route. kFailed: Content-Length is beyond it. kReady: there is no body. REQUIRES: header ready.
  [[nodiscard]] Step BeginBody(std::uint64_t body_max_bytes);
  // kReady: the body is complete. REQUIRES: BeginBody gave kNeedMore.
  [[nodiscard]] Step FeedBody(InputBuffer& buffer);

  // The peer was too slow: 408. Always true.
  bool FailSlow();

  [[nodiscard]] Request& request() { return request_; }
  [[nodiscard]] int failure_status() const { return failure_status_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] bool is_http10() const;
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }

 private:
  struct Parser;
  Step Fail(int status, std::string why);
  Step CheckHeader();
  bool Store(std::string_view piece);

  const ServerOptions& options_;
  std::atomic<std::uint64_t>& body_bytes_in_memory_;
  std::unique_ptr<Parser> parser_;
  Request request_;
  std::size_t scanned_ = 0;
  std::uint64_t body_max_bytes_ = 0;
  std::uint64_t held_ = 0;
  int file_ = -1;
  bool expects_continue_ = false;
  int failure_status_ = 0;
  std::string failure_;
};

}  // namespace zhian::http
