#include "jobs/wire.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/socket.h>

#include <algorithm>
#include <initializer_list>
#include <memory>

#include "base/late.hpp"
#include "base/text.hpp"
#include "jobs/transport.hpp"

namespace zhian::jobs {
namespace {

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

Status Carry(const Exchange& exchange) {
  static base::Late late(ZHIAN_TRANSPORT_LIBRARY, ZHIAN_TRANSPORT_FUNCTION);
  ZHIAN_ASSIGN(void* const function, late.Get());
  const Transport transport = reinterpret_cast<decltype(&zhian_transport)>(function)();
  if (transport == nullptr) return Broken("libcurl cannot be started");
  const std::string fault = transport(exchange);
  return fault.empty() ? Ok() : Status(Broken(fault));
}

}  // namespace

Result<Endpoint> ParseEndpoint(const std::string& url) {
  Endpoint endpoint;
  const auto bad = [&] { return MakeError(ErrorCode::kInvalid, "no http or https address: " + base::Cut(url, 200)); };
  const auto colon = url.find("://");
  if (colon == std::string::npos || url.size() > 2000) return bad();
  if (std::any_of(url.begin(), url.end(), [](unsigned char c) { return c <= ' ' || c >= 127 || c == '@'; }))
    return bad();
  endpoint.scheme = url.substr(0, colon);
  if (endpoint.scheme != "http" && endpoint.scheme != "https") return bad();
  const std::string rest = url.substr(colon + 3);
  const auto slash = rest.find('/');
  std::string host = rest.substr(0, slash);
  endpoint.path = slash == std::string::npos ? "/" : rest.substr(slash);
  endpoint.port = endpoint.scheme == "https" ? "443" : "80";
  const auto bracket = host.find(']');
  if (const auto mark = host.find(':', bracket == std::string::npos ? 0 : bracket); mark != std::string::npos) {
    endpoint.port = host.substr(mark + 1);
    host.resize(mark);
    if (endpoint.port.empty() || endpoint.port.size() > 5 ||
        endpoint.port.find_first_not_of("0123456789") != std::string::npos)
      return bad();
  }
  // Nothing that two readers of an address could understand in two ways.
  const bool name = !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  });
  const bool address = host.size() > 2 && host.front() == '[' && host.back() == ']' &&
                       host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
  if (!name && !address) return bad();
  endpoint.host = std::move(host);
  return endpoint;
}

bool IsPublicAddress(const std::string& address) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const bool in_brackets = address.size() > 2 && address.front() == '[' && address.back() == ']';
  const std::string bare = in_brackets ? address.substr(1, address.size() - 2) : address;
  if (getaddrinfo(bare.c_str(), nullptr, &hints, &found) != 0) return false;
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
  Exchange exchange{.scheme = endpoint.scheme,
                    .host = endpoint.host,
                    .port = endpoint.port,
                    .path = endpoint.path,
                    .content = post.body,
                    .headers = {"Content-Type: " + post.content_type, "X-Zhian-Delivery: " + post.delivery_id},
                    .timeout = timeout,
                    .allows = post.public_only ? &IsPublic : nullptr};
  if (!post.signature.empty()) exchange.headers.push_back(post.signature_header + ": " + post.signature);
  return Carry(exchange);
}

std::string MailText(const Mail& mail) {
  std::string to;
  for (const std::string& each : mail.to) to += (to.empty() ? "" : ", ") + each;
  const std::string day = base::FormatInstant(mail.at);
  std::string text =
      "From: " + mail.from + "\r\nTo: " + to + "\r\nMessage-ID: <" + mail.delivery_id +
      "@zhian>\r\nX-Zhian-At: " + day + "\r\nSubject: =?UTF-8?B?" +
      Base64(std::string(base::PrefixOf(mail.subject, 180))) +
      "?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  const std::string body = Base64(mail.text);
  for (std::size_t at = 0; at < body.size(); at += 76) text += body.substr(at, 76) + "\r\n";
  return text;
}

Status SendMail(const Mail& mail, std::chrono::milliseconds timeout) {
  if (!mail.user.empty() && !mail.start_tls)
    return MakeError(ErrorCode::kInvalid, "a password is sent under TLS only: set start_tls");
  const bool bare_ipv6 = mail.host.find(':') != std::string::npos && !mail.host.starts_with('[');
  return Carry({.scheme = "smtp",
                .host = bare_ipv6 ? "[" + mail.host + "]" : mail.host,
                .port = mail.port,
                .path = "/zhian",
                .content = MailText(mail),
                .from = mail.from,
                .user = mail.user,
                .password = mail.password,
                .to = mail.to,
                .start_tls = mail.start_tls,
                .timeout = timeout});
}

}  // namespace zhian::jobs
