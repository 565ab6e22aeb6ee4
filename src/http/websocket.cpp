#include "http/websocket.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"

namespace zhian::http {
namespace {

// A client has nothing to say here: a message that is longer than this is a mistake or worse.
constexpr std::uint64_t kMessageBytesMax = 64 * 1024;
constexpr std::size_t kControlBytesMax = 125, kRepliesBytesMax = 64 * 1024;

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

bool WebSocket::Drain(std::string& wire) {
  const std::lock_guard lock(mutex_);
  if (waiting_) {
    wire += MakeFrame(Opcode::kText, text_);
    text_.clear();
    waiting_ = false;
    under_way_ = true;
  }
  if (ended_) return false;
  if (closing_) {
    wire += MakeClose(code_, reason_);
    ended_ = true;
    return false;
  }
  return true;
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

Response AnswerWebSocket(const Request& request, std::shared_ptr<WebSocket> socket) {
  const std::string text =
      std::string(request.headers.Get("sec-websocket-key")) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(),
             nullptr);  // as the protocol has it; no secret hangs on it
  Response response;
  response.status = 101;
  response.socket = std::move(socket);
  response.With("Upgrade", "websocket").With("Sec-WebSocket-Accept", base::Base64(digest));
  return response;
}

std::string MakeFrame(Opcode opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode)));
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else {
    const int bytes = payload.size() < 65'536 ? 2 : 8;
    frame += static_cast<char>(bytes == 2 ? 126 : 127);
    for (int i = bytes - 1; i >= 0; --i)
      frame += static_cast<char>((static_cast<std::uint64_t>(payload.size()) >> (8 * i)) & 0xFF);
  }
  return frame.append(payload);
}

std::string MakeClose(std::uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
  payload += std::string(base::PrefixOf(reason, kControlBytesMax - 2));
  return MakeFrame(Opcode::kClose, payload);
}

bool FrameReader::Fail(std::uint16_t code, std::string& replies) {
  replies += MakeClose(code, "");
  return false;
}

// A whole frame was read. A close is answered with its own code.
bool FrameReader::Finish(std::string& replies) {
  in_payload_ = false;
  head_.clear();
  if (opcode_ == Opcode::kPing) {
    replies += MakeFrame(Opcode::kPong, control_);
    return replies.size() <= kRepliesBytesMax;
  }
  if (opcode_ == Opcode::kClose) {
    const bool has_code = control_.size() >= 2;
    replies += MakeClose(has_code ? static_cast<std::uint16_t>(static_cast<unsigned char>(control_[0]) << 8 |
                                                               static_cast<unsigned char>(control_[1]))
                                  : std::uint16_t{1000},
                         "");
    return false;
  }
  if (opcode_ == Opcode::kPong) return true;
  in_message_ = !final_;
  if (final_) message_bytes_ = 0;
  return true;
}

bool FrameReader::Feed(std::string_view bytes, std::string& replies) {
  while (!bytes.empty()) {
    if (in_payload_) {
      const std::size_t take = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      if (static_cast<std::uint8_t>(opcode_) >= 8)
        for (std::size_t i = 0; i < take; ++i)
          control_ += static_cast<char>(static_cast<std::uint8_t>(bytes[i]) ^ mask_[(at_ + i) % 4]);
      at_ += take;
      left_ -= take;
      bytes.remove_prefix(take);
      if (left_ == 0 && !Finish(replies)) return false;
      continue;
    }
    head_ += bytes.front();
    bytes.remove_prefix(1);
    if (head_.size() < 2) continue;
    const auto byte = [this](std::size_t i) { return static_cast<std::uint8_t>(head_[i]); };
    const std::uint8_t code = byte(0) & 0x0F;
    if ((byte(0) & 0x70) != 0 || (byte(1) & 0x80) == 0 || (code > 2 && code < 8) || code > 10)
      return Fail(1002, replies);  // no extensions; a client masks
    const std::size_t length_bytes = (byte(1) & 0x7F) == 126 ? 2 : (byte(1) & 0x7F) == 127 ? 8 : 0;
    if (head_.size() < 2 + length_bytes + 4) continue;
    left_ = length_bytes == 0 ? byte(1) & 0x7F : 0;
    for (std::size_t i = 0; i < length_bytes; ++i) left_ = left_ << 8 | byte(2 + i);
    for (std::size_t i = 0; i < 4; ++i) mask_[i] = byte(2 + length_bytes + i);
    opcode_ = static_cast<Opcode>(code);
    final_ = (byte(0) & 0x80) != 0;
    at_ = 0;
    control_.clear();
    if (code >= 8) {
      if (!final_ || left_ > kControlBytesMax) return Fail(1002, replies);
    } else {
      if ((code == 0) != in_message_) return Fail(1002, replies);
      message_bytes_ += left_;
      if (left_ > kMessageBytesMax || message_bytes_ > kMessageBytesMax) return Fail(1009, replies);
    }
    in_payload_ = true;
    if (left_ == 0 && !Finish(replies)) return false;
  }
  return true;
}

}  // namespace zhian::http
