// WebSocket (RFC 6455), the server's side of a connection that only tells: texts go out, what a client sends is read as
// far as the protocol asks (ping, close) and otherwise let go. A WebSocket is the queue between who tells and the
// connection: bounded by one text, so that its writer goes at the pace of its reader. The protocol itself is
// Boost.Beast's (websocket_session.cpp). Thread-safety: WebSocket may be used from any thread; the functions are pure.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
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
  // What is due: a text, and only after it the close. Neither: nothing now.
  struct Next {
    std::optional<std::string> text;
    std::optional<std::uint16_t> close;
    std::string reason;
  };
  [[nodiscard]] Next Take();
  void Sent();                                 // the text that was taken has left: there is room for the next
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
// 101, to which the connection adds what the handshake must answer. REQUIRES: WantsWebSocket of the request.
[[nodiscard]] Response AnswerWebSocket(std::shared_ptr<WebSocket> socket);

}  // namespace zhian::http
