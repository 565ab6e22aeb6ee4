// One short exchange with a receiver of notices: a POST or a mail, with a deadline, TLS with the certificate checked.
// What goes over the network is libcurl's (transport.hpp). Blocking; never call it on an I/O thread or in a
// transaction. Each function is safe to call from several threads at once.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace zhian::jobs {

struct Endpoint {
  std::string scheme, host, path;  // scheme "http" or "https"; an IPv6 address in its brackets
  std::string port;
};
// kInvalid for anything but http(s)://host[:port]/path without user, spaces or control characters.
Result<Endpoint> ParseEndpoint(const std::string& url);

// Whether the text is an IP address that lies in the public internet: not this machine, not a private, shared, local,
// documentary or reserved network, nor a way of writing one of these (IPv4 in IPv6). Brackets around it are left out.
// False for names.
bool IsPublicAddress(const std::string& address);

struct Post {
  std::string url, body, delivery_id, signature;
  std::string content_type = "application/json", signature_header = "X-Zhian-Signature";
  bool public_only =
      false;  // refuses addresses that are not public, after the name was resolved: a name may point anywhere
};
// Ok only for a 2xx answer; a redirect is not followed.
Status SendPost(const Post& post, std::chrono::milliseconds timeout);

struct Mail {
  std::string host, port = "25", from, delivery_id, subject, text;
  std::vector<std::string> to;
  bool start_tls = false;
  std::string user, password;  // AUTH PLAIN, only under TLS
  base::Instant at;
};
Status SendMail(const Mail& mail, std::chrono::milliseconds timeout);
// The message as it is sent: headers in ASCII, subject and text in base64. Pure.
std::string MailText(const Mail& mail);

// "t=<seconds>,v1=<hex HMAC-SHA256 of seconds.body>": the receiver computes it anew and refuses old times.
std::string Sign(const std::string& secret, std::int64_t seconds, const std::string& body);

}  // namespace zhian::jobs
