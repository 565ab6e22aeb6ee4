// WebSocket (RFC 6455), the server's side of a connection that only tells: texts go out, what a client sends is read as
// far as the protocol asks (ping, close) and otherwise let go. A WebSocket is the queue between who tells and the
// connection: bounded by one text, so that its writer goes at the pace of its reader. Thread-safety: WebSocket may be
// used from any thread; FrameReader by one; the functions are pure.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace zhian::http {

class WebSocket {
 public:
  // False: the one before is still under way, or the connection has ended.
  [[nodiscard]] bool TrySend(std::string text);
  // Whether TrySend would take a text now.
  [[nodiscard]] bool ready() const;
  [[nodiscard]] bool closed() const;
  // The connection is told so (1000 done, 1001 going away, 1008 not allowed any more), and ended. Later calls change
  // nothing.
  void Close(std::uint16_t code, std::string reason = {});

  // ---- the connection's side ----
  // Appends frames that are due; false: the last one was the close.
  [[nodiscard]] bool Drain(std::string& wire);
  void Sent();                                 // what was drained has left: there is room for the next text
  void Ended();                                // the connection is gone
  void SetWaker(std::function<void()> waker);  // runs under the lock: it only posts

 private:
  mutable std::mutex mutex_;
  std::string text_;
  bool waiting_ = false, under_way_ = false, closing_ = false, ended_ = false;
  std::uint16_t code_ = 1000;
  std::string reason_;
  std::function<void()> waker_;
};

// Whether the request asks for the protocol, in the version that is spoken here.
[[nodiscard]] bool WantsWebSocket(const Request& request);
// 101 with what the handshake must answer. REQUIRES: WantsWebSocket(request).
[[nodiscard]] Response AnswerWebSocket(const Request& request, std::shared_ptr<WebSocket> socket);

enum class Opcode : std::uint8_t { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };
[[nodiscard]] std::string MakeFrame(Opcode opcode, std::string_view payload);
[[nodiscard]] std::string MakeClose(std::uint16_t code, std::string_view reason);

// What a client sends: keeps nothing of it but a control frame that is not whole yet.
class FrameReader {
 public:
  // Appends what must be answered. False: the connection ends after that (a close, or a breach of the protocol).
  [[nodiscard]] bool Feed(std::string_view bytes, std::string& replies);

 private:
  bool Fail(std::uint16_t code, std::string& replies);
  bool Finish(std::string& replies);

  std::string head_, control_;
  std::uint64_t left_ = 0;  // of the payload of the frame that is read
  std::uint64_t at_ = 0;
  std::uint64_t message_bytes_ = 0;
  std::uint8_t mask_[4] = {};
  Opcode opcode_ = Opcode::kText;
  bool in_payload_ = false, final_ = true, in_message_ = false;
};

}  // namespace zhian::http
