// What leaves over a real network, here loopback: who is trusted, what is said, and what ends an exchange.
#include "jobs/wire.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <thread>

#include "base/text.hpp"

using namespace zhian;
using namespace zhian::jobs;
using namespace std::chrono_literals;

namespace {

// A certificate for `localhost` that signs itself, and the file that makes whoever reads SSL_CERT_FILE trust it.
struct Authority {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  std::filesystem::path file = std::filesystem::temp_directory_path() / ("zhian-trust-" + base::RandomCode(8));

  Authority() {
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate, key, EVP_sha256());
    FILE* out = std::fopen(file.c_str(), "w");
    PEM_write_X509(out, certificate);
    std::fclose(out);
  }
  ~Authority() {
    X509_free(certificate);
    EVP_PKEY_free(key);
    std::filesystem::remove(file);
  }
};

// One connection of a receiver.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {}
  ~Peer() {
    SSL_free(tls_);
    SSL_CTX_free(context_);
    ::close(socket_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  bool StartTls(const Authority& authority) {
    ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to who has hung up
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context_, authority.certificate);
    SSL_CTX_use_PrivateKey(context_, authority.key);
    tls_ = SSL_new(context_);
    SSL_set_fd(tls_, socket_);
    return SSL_accept(tls_) == 1;
  }
  bool Say(const std::string& text) {
    const auto sent = tls_ != nullptr ? SSL_write(tls_, text.data(), static_cast<int>(text.size()))
                                      : ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    return sent > 0;
  }
  // Up to and with `end`; empty at the end of the connection.
  std::string Hear(const std::string& end) {
    while (heard_.find(end) == std::string::npos) {
      char bytes[4096];
      const auto got = tls_ != nullptr ? SSL_read(tls_, bytes, sizeof bytes) : ::recv(socket_, bytes, sizeof bytes, 0);
      if (got <= 0) return {};
      heard_.append(bytes, static_cast<std::size_t>(got));
    }
    const auto at = heard_.find(end) + end.size();
    std::string said = heard_.substr(0, at);
    heard_.erase(0, at);
    return said;
  }

 private:
  int socket_;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
  std::string heard_;
};

// Listens on loopback; each connection is served by `serve`, one after the other, until the end of the test.
class Receiver {
 public:
  explicit Receiver(std::function<void(Peer&)> serve) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(socket_, 8) == 0);
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port = std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this, serve = std::move(serve)] {
      for (int client = -1; (client = ::accept(socket_, nullptr, nullptr)) >= 0;) {
        Peer peer(client);
        serve(peer);
      }
    });
  }
  ~Receiver() { End(); }
  // What it was told may be looked at after this.
  void End() {
    if (!thread_.joinable()) return;
    ::shutdown(socket_, SHUT_RDWR);  // wakes accept
    thread_.join();
    ::close(socket_);
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;
  std::string port;

 private:
  int socket_;
  std::thread thread_;
};

struct MailServer {
  const Authority* authority = nullptr;  // nullptr: STARTTLS is not offered
  std::string refuses;                   // the beginning of the command that is answered with 550
  std::vector<std::string> plain, secret;
  std::string message;

  void Serve(Peer& peer) {
    bool secure = false;
    peer.Say("220 mail.example ready\r\n");
    for (std::string line; !(line = peer.Hear("\r\n")).empty();) {
      line.resize(line.size() - 2);
      (secure ? secret : plain).push_back(line);
      if (!refuses.empty() && line.starts_with(refuses)) {
        peer.Say("550 nobody of that name\r\n");
      } else if (line.starts_with("EHLO")) {
        peer.Say(authority != nullptr && !secure ? "250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"
                                                 : "250-mail.example\r\n250 AUTH PLAIN\r\n");
      } else if (line == "STARTTLS") {
        peer.Say("220 go on\r\n");
        if (!peer.StartTls(*authority)) return;
        secure = true;
      } else if (line.starts_with("AUTH")) {
        peer.Say("235 welcome\r\n");
      } else if (line == "DATA") {
        peer.Say("354 go on\r\n");
        message = peer.Hear("\r\n.\r\n");
        peer.Say("250 taken\r\n");
      } else if (line == "QUIT") {
        peer.Say("221 bye\r\n");
        return;
      } else {
        peer.Say("250 fine\r\n");
      }
    }
  }
};

Mail Letter(const std::string& port) {
  return {.host = "localhost",
          .port = port,
          .from = "zhian@example.cn",
          .delivery_id = "d-1",
          .subject = "督办",
          .text = std::string(200, 'x'),
          .to = {"a@example.cn", "b@example.cn"},
          .at = base::Instant{0}};
}

std::string FaultOf(const Status& status) { return status.ok() ? "" : status.error().message.Text(); }
bool Has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("https: only who is trusted, under its own name, and the answer decides by its status alone") {
  const Authority authority;
  std::string request;
  Receiver receiver([&](Peer& peer) {
    if (!peer.StartTls(authority)) return;
    request = peer.Hear("{}");
    peer.Say("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");  // and never says it
    peer.Hear("the end");
  });
  const std::string url = "https://localhost:" + receiver.port + "/hook?a=1";
  ::unsetenv("SSL_CERT_FILE");
  CHECK(Has(FaultOf(SendPost({.url = url, .body = "{}"}, 5000ms)), "TLS with localhost failed"));
  ::setenv("SSL_CERT_FILE", authority.file.c_str(), 1);
  const std::string by_address = "https://127.0.0.1:" + receiver.port + "/";
  CHECK(Has(FaultOf(SendPost({.url = by_address, .body = "{}"}, 5000ms)), "TLS with 127.0.0.1 failed"));
  CHECK(FaultOf(SendPost({.url = url, .body = "{}", .delivery_id = "d-1"}, 5000ms)).empty());
  ::unsetenv("SSL_CERT_FILE");
  receiver.End();
  CHECK(request.starts_with("POST /hook?a=1 HTTP/1.1\r\n"));
  CHECK(Has(request, ("Host: localhost:" + receiver.port + "\r\n").c_str()));
  CHECK(Has(request, "X-Zhian-Delivery: d-1\r\n"));
}

TEST_CASE("a redirect is not followed, a proxy of the environment not asked, and an answer has an end") {
  int elsewhere_called = 0;
  Receiver elsewhere([&](Peer&) { ++elsewhere_called; });
  Receiver redirects([&](Peer& peer) {
    peer.Hear("{}");
    peer.Say("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + elsewhere.port + "/\r\nContent-Length: 0\r\n\r\n");
  });
  Receiver talks([](Peer& peer) {
    peer.Hear("{}");
    peer.Say("HTTP/1.1 200 OK\r\n");
    while (peer.Say("X-More: " + std::string(1000, 'x') + "\r\n")) continue;
  });
  Receiver drips([](Peer& peer) {
    peer.Hear("{}");
    peer.Say("HTTP/1.1 200 OK\r\nX-More: ");
    while (peer.Say("x")) std::this_thread::sleep_for(20ms);
  });
  ::setenv("http_proxy", ("http://127.0.0.1:" + elsewhere.port).c_str(), 1);
  const auto post = [](const Receiver& to, std::chrono::milliseconds timeout) {
    return FaultOf(SendPost({.url = "http://127.0.0.1:" + to.port + "/", .body = "{}"}, timeout));
  };
  CHECK(post(redirects, 5000ms) == "answered HTTP/1.1 302 Found");
  CHECK(post(talks, 5000ms) == "the answer is too long");
  CHECK(post(drips, 300ms) == "the receiver did not answer in time");
  ::unsetenv("http_proxy");
  elsewhere.End();
  CHECK(elsewhere_called == 0);
}

TEST_CASE("the address that is connected to must be public, not only the name") {
  int called = 0;
  Receiver receiver([&](Peer&) { ++called; });
  const std::string url = "http://localhost:" + receiver.port + "/";
  CHECK(Has(FaultOf(SendPost({.url = url, .body = "{}", .public_only = true}, 5000ms)), "not a public address"));
  receiver.End();
  CHECK(called == 0);
}

TEST_CASE("mail: each receiver is named, the message is what MailText makes") {
  MailServer server;
  Receiver receiver([&](Peer& peer) { server.Serve(peer); });
  const Mail mail = Letter(receiver.port);
  CHECK(FaultOf(SendMail(mail, 5000ms)).empty());
  receiver.End();
  CHECK(server.message == MailText(mail) + ".\r\n");
  REQUIRE(server.plain.size() >= 5);
  CHECK(server.plain[0] == "EHLO zhian");
  CHECK(server.plain[1].starts_with("MAIL FROM:<zhian@example.cn>"));
  CHECK(server.plain[2] == "RCPT TO:<a@example.cn>");
  CHECK(server.plain[3] == "RCPT TO:<b@example.cn>");
}

TEST_CASE("mail: what a server refuses is told in its own words, and nothing more is sent to it") {
  MailServer server;
  server.refuses = "RCPT TO:<b@";
  Receiver receiver([&](Peer& peer) { server.Serve(peer); });
  const std::string fault = FaultOf(SendMail(Letter(receiver.port), 5000ms));
  CHECK_MESSAGE(Has(fault, "550 nobody of that name"), fault);
  receiver.End();
  CHECK(server.message.empty());
}

TEST_CASE("mail: a password leaves under TLS alone, and where TLS is asked for nothing leaves without it") {
  const Authority authority;
  Mail mail = Letter("0");
  mail.user = "zhian";
  mail.password = "open sesame";
  CHECK(SendMail(mail, 5000ms).error().code == ErrorCode::kInvalid);
  mail.start_tls = true;
  const auto send = [&mail](MailServer& server) {
    Receiver receiver([&server](Peer& peer) { server.Serve(peer); });
    mail.port = receiver.port;
    std::string fault = FaultOf(SendMail(mail, 5000ms));
    receiver.End();
    return fault;
  };
  MailServer not_offered, not_trusted, good;
  not_trusted.authority = good.authority = &authority;
  CHECK(Has(send(not_offered), "TLS with localhost failed"));
  CHECK(Has(send(not_trusted), "TLS with localhost failed"));
  ::setenv("SSL_CERT_FILE", authority.file.c_str(), 1);
  CHECK(send(good) == "");
  ::unsetenv("SSL_CERT_FILE");
  for (const MailServer* each : {&not_offered, &not_trusted, &good})
    for (const std::string& line : each->plain)
      CHECK_MESSAGE((line == "STARTTLS" || line == "EHLO zhian" || line == "QUIT"), line);
  CHECK(not_trusted.secret.empty());
  std::string said;
  for (const std::string& line : good.secret) said += line + "\n";
  CHECK(Has(said, "AUTH PLAIN"));
  INFO(said);
  CHECK(Has(said, "AHpoaWFuAG9wZW4gc2VzYW1l"));  // the user and the password
  CHECK_FALSE(good.message.empty());
}
