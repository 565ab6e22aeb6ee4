#include "jobs/wire.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <memory>

namespace zhian::jobs {
namespace {

constexpr std::size_t kAnswerBytesMax = 64 * 1024;

Error Broken(const std::string& what) { return MakeError(ErrorCode::kUnavailable, what); }

std::string Base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return text;
}

bool IsPublicV4(std::uint32_t address) {
  struct Block {
    std::uint32_t network;
    int bits;
  };
  static constexpr Block kNotPublic[] = {{0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},
                                         {0xA9FE0000, 16}, {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24},
                                         {0xC0586300, 24}, {0xC0A80000, 16}, {0xC6120000, 15}, {0xC6336400, 24},
                                         {0xCB007100, 24}, {0xE0000000, 4},  {0xF0000000, 4}};
  return std::none_of(std::begin(kNotPublic), std::end(kNotPublic), [address](const Block& block) {
    return (address >> (32 - block.bits)) == (block.network >> (32 - block.bits));
  });
}

bool IsPublic(const sockaddr& address) {
  if (address.sa_family == AF_INET)
    return IsPublicV4(ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr));
  if (address.sa_family != AF_INET6) return false;
  const unsigned char* byte = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr.s6_addr;
  const auto begins = [byte](std::initializer_list<unsigned char> prefix) {
    return std::equal(prefix.begin(), prefix.end(), byte);
  };
  if (begins({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}))
    return IsPublicV4(static_cast<std::uint32_t>(byte[12]) << 24 | static_cast<std::uint32_t>(byte[13]) << 16 |
                      static_cast<std::uint32_t>(byte[14]) << 8 | byte[15]);
  // Global unicast is 2000::/3; without documentation and what carries an IPv4 address in it (Teredo, 6to4).
  return (byte[0] & 0xE0) == 0x20 && !begins({0x20, 0x01, 0x0D, 0xB8}) && !begins({0x20, 0x01, 0x00, 0x00}) &&
         !begins({0x20, 0x02});
}

// A connection of one exchange. The deadline holds for all of it, so that a slow receiver cannot hold the worker.
class Wire {
 public:
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  explicit Wire(std::chrono::milliseconds timeout) : deadline_(std::chrono::steady_clock::now() + timeout) {}
  ~Wire() {
    if (tls_ != nullptr) SSL_free(tls_);
    if (context_ != nullptr) SSL_CTX_free(context_);
    if (socket_ >= 0) ::close(socket_);
  }

  Status Connect(const std::string& host, const std::string& port, bool public_only = false) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int fault = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); fault != 0)
      return Broken(host + ": " + gai_strerror(fault));
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
    std::string last = "no address";
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
      if (public_only && !IsPublic(*each->ai_addr)) {
        last = "not a public address";
        continue;
      }
      socket_ = ::socket(each->ai_family, each->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, each->ai_protocol);
      if (socket_ < 0) continue;
      if (::connect(socket_, each->ai_addr, each->ai_addrlen) == 0 || (errno == EINPROGRESS && Wait(POLLOUT).ok())) {
        int fault = 0;
        socklen_t size = sizeof fault;
        if (getsockopt(socket_, SOL_SOCKET, SO_ERROR, &fault, &size) == 0 && fault == 0) return Ok();
        last = std::strerror(fault);
      } else {
        last = std::strerror(errno);
      }
      ::close(socket_);
      socket_ = -1;
    }
    return Broken(host + ":" + port + ": " + last);
  }

  Status StartTls(const std::string& host) {
    context_ = SSL_CTX_new(TLS_client_method());
    if (context_ == nullptr) return Broken("TLS cannot be started");
    SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
    SSL_CTX_set_default_verify_paths(context_);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    tls_ = SSL_new(context_);
    SSL_set_tlsext_host_name(tls_, host.c_str());
    SSL_set1_host(tls_, host.c_str());
    SSL_set_fd(tls_, socket_);
    for (;;) {
      const int done = SSL_connect(tls_);
      if (done == 1) return Ok();
      ZHIAN_TRY(WaitForTls(done, "TLS with " + host + " failed"));
    }
  }
  [[nodiscard]] bool secure() const { return tls_ != nullptr; }

  Status Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                        : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0)
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      else if (tls_ != nullptr)
        ZHIAN_TRY(WaitForTls(static_cast<int>(sent), "sending failed"));
      else if (errno == EAGAIN)
        ZHIAN_TRY(Wait(POLLOUT));
      else
        return Broken(std::strerror(errno));
    }
    return Ok();
  }

  // Up to and with the end of a line.
  Result<std::string> ReadLine() {
    for (;;) {
      if (const auto end = buffer_.find('\n'); end != std::string::npos) {
        std::string line = buffer_.substr(0, end + 1);
        buffer_.erase(0, end + 1);
        return line;
      }
      if (buffer_.size() > kAnswerBytesMax) return Broken("the answer is too long");
      char bytes[4096];
      const auto got = tls_ != nullptr ? SSL_read(tls_, bytes, sizeof bytes) : ::recv(socket_, bytes, sizeof bytes, 0);
      if (got > 0)
        buffer_.append(bytes, static_cast<std::size_t>(got));
      else if (tls_ != nullptr)
        ZHIAN_TRY(WaitForTls(static_cast<int>(got), "the receiver hung up"));
      else if (got == 0)
        return Broken("the receiver hung up");
      else if (errno == EAGAIN)
        ZHIAN_TRY(Wait(POLLIN));
      else
        return Broken(std::strerror(errno));
    }
  }

 private:
  Status Wait(short events) const {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now()).count();
    pollfd poller{socket_, events, 0};
    if (left <= 0 || ::poll(&poller, 1, static_cast<int>(left)) <= 0)
      return Broken("the receiver did not answer in time");
    return Ok();
  }
  Status WaitForTls(int result, const std::string& what) {
    switch (SSL_get_error(tls_, result)) {
      case SSL_ERROR_WANT_READ: return Wait(POLLIN);
      case SSL_ERROR_WANT_WRITE: return Wait(POLLOUT);
      default: return Broken(what);
    }
  }

  std::chrono::steady_clock::time_point deadline_;
  int socket_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
  std::string buffer_;
};

// The lines of an SMTP answer up to its last; kUnavailable where its code does not begin with `wanted`.
Status Expect(Wire& wire, char wanted, const char* step) {
  for (int lines = 0; lines < 100; ++lines) {
    ZHIAN_ASSIGN(const std::string line, wire.ReadLine());
    if (line.size() < 4) return Broken(std::string(step) + ": no SMTP answer");
    if (line[3] == '-') continue;
    if (line.front() != wanted) return Broken(std::string(step) + ": " + line.substr(0, 200));
    return Ok();
  }
  return Broken(std::string(step) + ": the answer has no end");
}
Status Command(Wire& wire, const std::string& line, char wanted, const char* step) {
  ZHIAN_TRY(wire.Write(line + "\r\n"));
  return Expect(wire, wanted, step);
}

}  // namespace

Result<Endpoint> ParseEndpoint(const std::string& url) {
  Endpoint endpoint;
  const auto bad = [&] { return MakeError(ErrorCode::kInvalid, "no http or https address: " + url.substr(0, 200)); };
  const auto colon = url.find("://");
  if (colon == std::string::npos || url.size() > 2000) return bad();
  if (std::any_of(url.begin(), url.end(), [](unsigned char c) { return c <= ' ' || c >= 127 || c == '@'; }))
    return bad();
  endpoint.scheme = url.substr(0, colon);
  if (endpoint.scheme != "http" && endpoint.scheme != "https") return bad();
  const std::string rest = url.substr(colon + 3);
  const auto slash = rest.find('/');
  std::string authority = rest.substr(0, slash);
  endpoint.path = slash == std::string::npos ? "/" : rest.substr(slash);
  if (const auto mark = authority.rfind(':'); mark != std::string::npos && authority.find(']') == std::string::npos) {
    endpoint.port = authority.substr(mark + 1);
    authority.resize(mark);
    if (endpoint.port.empty() || endpoint.port.size() > 5 ||
        endpoint.port.find_first_not_of("0123456789") != std::string::npos)
      return bad();
  } else {
    endpoint.port = endpoint.scheme == "https" ? "443" : "80";
  }
  endpoint.host = authority;
  if (endpoint.host.empty()) return bad();
  return endpoint;
}

bool IsPublicAddress(const std::string& address) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(address.c_str(), nullptr, &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  return IsPublic(*found->ai_addr);
}

std::string Sign(const std::string& secret, std::int64_t seconds, const std::string& body) {
  const std::string text = std::to_string(seconds) + "." + body;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += kHex[digest[i] >> 4];
    hex += kHex[digest[i] & 15];
  }
  return "t=" + std::to_string(seconds) + ",v1=" + hex;
}

Status SendPost(const Post& post, std::chrono::milliseconds timeout) {
  ZHIAN_ASSIGN(const Endpoint endpoint, ParseEndpoint(post.url));
  Wire wire(timeout);
  ZHIAN_TRY(wire.Connect(endpoint.host, endpoint.port, post.public_only));
  if (endpoint.scheme == "https") ZHIAN_TRY(wire.StartTls(endpoint.host));
  ZHIAN_TRY(
      wire.Write("POST " + endpoint.path + " HTTP/1.1\r\nHost: " + endpoint.host + ":" + endpoint.port +
                 "\r\nContent-Type: " + post.content_type + "\r\nContent-Length: " + std::to_string(post.body.size()) +
                 "\r\nX-Zhian-Delivery: " + post.delivery_id +
                 (post.signature.empty() ? std::string() : "\r\n" + post.signature_header + ": " + post.signature) +
                 "\r\nConnection: close\r\n\r\n" + post.body));
  ZHIAN_ASSIGN(const std::string line, wire.ReadLine());
  if (line.size() > 12 && line.starts_with("HTTP/1.") && line[9] == '2') return Ok();
  return Broken("answered " + line.substr(0, std::min<std::size_t>(line.size(), 60)));
}

std::string MailText(const Mail& mail) {
  std::string to;
  for (const std::string& each : mail.to) to += (to.empty() ? "" : ", ") + each;
  const std::string day = base::FormatInstant(mail.at);
  std::string text =
      "From: " + mail.from + "\r\nTo: " + to + "\r\nMessage-ID: <" + mail.delivery_id +
      "@zhian>\r\nX-Zhian-At: " + day + "\r\nSubject: =?UTF-8?B?" + Base64(mail.subject.substr(0, 180)) +
      "?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  const std::string body = Base64(mail.text);
  for (std::size_t at = 0; at < body.size(); at += 76) text += body.substr(at, 76) + "\r\n";
  return text;
}

Status SendMail(const Mail& mail, std::chrono::milliseconds timeout) {
  Wire wire(timeout);
  ZHIAN_TRY(wire.Connect(mail.host, mail.port));
  ZHIAN_TRY(Expect(wire, '2', "greeting"));
  ZHIAN_TRY(Command(wire, "EHLO zhian", '2', "EHLO"));
  if (mail.start_tls) {
    ZHIAN_TRY(Command(wire, "STARTTLS", '2', "STARTTLS"));
    ZHIAN_TRY(wire.StartTls(mail.host));
    ZHIAN_TRY(Command(wire, "EHLO zhian", '2', "EHLO"));
  }
  if (!mail.user.empty()) {
    if (!wire.secure()) return MakeError(ErrorCode::kInvalid, "a password is sent under TLS only: set start_tls");
    ZHIAN_TRY(Command(wire,
                      "AUTH PLAIN " + Base64(std::string(1, '\0') + mail.user + std::string(1, '\0') + mail.password),
                      '2', "AUTH"));
  }
  ZHIAN_TRY(Command(wire, "MAIL FROM:<" + mail.from + ">", '2', "MAIL FROM"));
  for (const std::string& to : mail.to) ZHIAN_TRY(Command(wire, "RCPT TO:<" + to + ">", '2', "RCPT TO"));
  ZHIAN_TRY(Command(wire, "DATA", '3', "DATA"));
  ZHIAN_TRY(wire.Write(MailText(mail) + ".\r\n"));
  ZHIAN_TRY(Expect(wire, '2', "message"));
  return wire.Write("QUIT\r\n");
}

}  // namespace zhian::jobs
