#include "http/websocket.hpp"

#include <utility>

#include "base/text.hpp"

namespace zhian::http {
namespace {

bool HasToken(const std::string& list, std::string_view token) {
  std::string_view rest = list;
  while (!rest.empty()) {
    const auto part = base::Fold(rest.substr(0, rest.find(',')));
    if (part == token) return true;
    const auto comma = rest.find(',');
    if (comma == std::string_view::npos) return false;
    rest.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

bool WebSocket::TrySend(std::string text) {
  const std::lock_guard lock(mutex_);
  if (waiting_ || under_way_ || closing_ || ended_) return false;
  text_ = std::move(text);
  waiting_ = true;
  if (waker_) waker_();
  return true;
}

bool WebSocket::ready() const {
  const std::lock_guard lock(mutex_);
  return !waiting_ && !under_way_ && !closing_ && !ended_;
}

bool WebSocket::closed() const {
  const std::lock_guard lock(mutex_);
  return closing_ || ended_;
}

void WebSocket::Close(std::uint16_t code, std::string reason) {
  const std::lock_guard lock(mutex_);
  if (closing_ || ended_) return;
  closing_ = true;
  code_ = code;
  reason_ = std::move(reason);
  if (waker_) waker_();
}

WebSocket::Next WebSocket::Take() {
  const std::lock_guard lock(mutex_);
  Next next;
  if (ended_) return next;
  if (waiting_) {
    next.text = std::exchange(text_, {});
    waiting_ = false;
    under_way_ = true;
  } else if (closing_) {
    next.close = code_;
    next.reason = reason_;
    ended_ = true;
  }
  return next;
}

void WebSocket::Sent() {
  const std::lock_guard lock(mutex_);
  under_way_ = false;
}

void WebSocket::Ended() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  text_.clear();
}

void WebSocket::SetWaker(std::function<void()> waker) {
  const std::lock_guard lock(mutex_);
  waker_ = std::move(waker);
  if (waker_ && (waiting_ || closing_)) waker_();
}

bool WantsWebSocket(const Request& request) {
  if (request.method != Method::kGet || !HasToken(request.headers.Joined("upgrade"), "websocket") ||
      !HasToken(request.headers.Joined("connection"), "upgrade") ||
      request.headers.Get("sec-websocket-version") != "13")
    return false;
  const auto key = request.headers.Get("sec-websocket-key");
  const auto bytes = base::FromBase64(key);
  return bytes.ok() && bytes->size() == 16;
}

Response AnswerWebSocket(std::shared_ptr<WebSocket> socket) {
  Response response;
  response.status = 101;
  response.socket = std::move(socket);
  return response;
}

}  // namespace zhian::http
