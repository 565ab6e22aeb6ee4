// One exchange with a receiver over the network, by libcurl, in a shared object of its own (zhian_transport.so): with
// the thirty libraries that it brings it is loaded with the first notice that leaves, so that no start waits for it and
// a server that sends nothing does not hold it. Only standard types cross the edge. Blocking; safe from several threads
// at once.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <string>
#include <vector>

namespace zhian::jobs {

struct Exchange {
  std::string scheme;                // "http", "https" or "smtp"; nothing else is spoken
  std::string host, port;            // an IPv6 address stands in brackets
  std::string path;                  // of a POST; of a mail the name that EHLO says
  std::string content;               // the body, or the whole message
  std::vector<std::string> headers;  // of a POST, "Name: value"
  // Of a mail. The password leaves under TLS alone.
  std::string from, user, password;
  std::vector<std::string> to;
  bool start_tls = false;
  std::chrono::milliseconds timeout{};  // for everything, from the name's resolution to the answer
  // Judges each address before it is connected to: what a name was resolved to, and not what it is resolved to the next
  // time.
  bool (*allows)(const sockaddr& address) = nullptr;  // nullptr: all
};

// Empty where the receiver accepted (2xx), else what failed, for whoever runs the server. A redirect is not followed,
// no proxy is asked, and the body of an answer is not read.
using Transport = std::string (*)(const Exchange&);

}  // namespace zhian::jobs

// The name of the shared object and of its one function.
#define ZHIAN_TRANSPORT_LIBRARY "zhian_transport.so"
#define ZHIAN_TRANSPORT_FUNCTION "zhian_transport"
extern "C" zhian::jobs::Transport zhian_transport();
