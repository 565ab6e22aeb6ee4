// A real server on a loopback port: what needs sockets, time or threads.
#include "http/server.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

#include "http/sse.hpp"
#include "http/websocket.hpp"

using namespace zhian;
using namespace zhian::http;
using namespace std::chrono_literals;

namespace {

class Wire {
 public:
  explicit Wire(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~Wire() { ::close(socket_); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  void Send(const std::string& bytes) {
    REQUIRE(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }
  // As much as goes at once, or after a moment; for a server that stops to read.
  void Push(const std::string& bytes) {
    pollfd waiting{socket_, POLLOUT, 0};
    if (::poll(&waiting, 1, 50) > 0) (void)!::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  // Until `text` has come, or the end; both within ten seconds.
  std::string Until(const std::string& text = "\xff") {
    while (got_.find(text) == std::string::npos) {
      pollfd waiting{socket_, POLLIN, 0};
      if (::poll(&waiting, 1, 10'000) <= 0) return got_ + " <no end>";
      char piece[4096];
      const auto size = ::recv(socket_, piece, sizeof piece, 0);
      if (size <= 0) return std::exchange(got_, {});
      got_.append(piece, static_cast<std::size_t>(size));
    }
    const auto end = got_.find(text) + text.size();
    const std::string found = got_.substr(0, end);
    got_.erase(0, end);
    return found;
  }

 private:
  int socket_;
  std::string got_;
};

struct Running {
  Router router;
  Metrics metrics;
  EventHub hub;
  std::shared_ptr<WebSocket> socket = std::make_shared<WebSocket>();
  std::promise<void> go;
  std::atomic<int> waiting{0};
  std::unique_ptr<Server> server;

  explicit Running(ServerOptions options = {}) {
    const std::shared_future<void> gate = go.get_future();
    REQUIRE(router.Add(Method::kGet, "/hello", [](const Request&) { return Response::Text(200, "hello"); }).ok());
    REQUIRE(router
                .Add(Method::kPost, "/echo",
                     [](const Request& request) { return Response::Text(200, "[" + request.body + "]"); },
                     {.body_max_bytes = 100})
                .ok());
    REQUIRE(
        router
            .Add(Method::kGet, "/throws", [](const Request&) -> Response { throw std::runtime_error("secret detail"); })
            .ok());
    REQUIRE(router.Add(Method::kGet, "/events", [this](const Request&) { return Response::Stream(hub.Subscribe({})); })
                .ok());
    REQUIRE(router
                .Add(Method::kGet, "/socket",
                     [this](const Request& request) {
                       return WantsWebSocket(request) ? AnswerWebSocket(socket) : Response::Text(426, "");
                     })
                .ok());
    REQUIRE(router
                .Add(Method::kGet, "/wait",
                     [this, gate](const Request&) {
                       ++waiting;
                       gate.wait();
                       return Response::Text(200, "waited");
                     })
                .ok());
    server = std::make_unique<Server>(std::move(options), router, metrics);
    REQUIRE(server->Start().ok());
  }
  [[nodiscard]] std::uint16_t port() const { return server->port(); }
};

std::string Get(const std::string& path, const std::string& more = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + more + "\r\n";
}
bool Has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE(
    "one connection takes many requests, also sent at once, and answers them in order; Connection: close ends it") {
  Running running;
  Wire wire(running.port());
  for (int i = 0; i < 3; ++i) {
    wire.Send(Get("/hello"));
    CHECK(Has(wire.Until("\r\n\r\nhello"), "HTTP/1.1 200 OK"));
  }
  wire.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none" + Get("/none") +
            "HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n" + Get("/hello", "Connection: close\r\n"));
  const std::string all = wire.Until();
  CHECK(all.find("[one]") < all.find("404 Not Found"));
  CHECK(all.find("404 Not Found") < all.rfind("200 OK"));
  CHECK(all.find("hello") == all.rfind("hello"));  // HEAD has no body
  CHECK(all.ends_with("hello"));
  Wire old(running.port());
  old.Send("GET /hello HTTP/1.0\r\n\r\n");
  CHECK(old.Until().ends_with("\r\n\r\nhello"));
}

TEST_CASE("every answer has the security headers; a handler that throws is a 500 without its reason") {
  Running running;
  Wire wire(running.port());
  wire.Send(Get("/throws", "Connection: close\r\n"));
  const std::string answer = wire.Until();
  CHECK(Has(answer, "500 Internal Server Error"));
  CHECK(Has(answer, "application/problem+json"));
  CHECK_FALSE(Has(answer, "secret detail"));
  std::string lower = answer;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* name : {"content-security-policy:", "x-content-type-options: nosniff", "referrer-policy:"})
    CHECK_MESSAGE(Has(lower, name), std::string(name));
}

TEST_CASE(
    "what is refused is answered as problem+json and its connection closed, so that nothing after it is taken for a request") {
  Running running;
  for (const auto& [bytes, status] : std::initializer_list<std::pair<std::string, const char*>>{
           {"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "400"},
           {"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n", "413"},
           {Get("/" + std::string(9000, 'a')), "414"},
           {Get("/hello", "X: " + std::string(20'000, 'a') + "\r\n"), "431"},
           {"\x16\x03\x01 no HTTP\r\n\r\n", "400"}}) {
    Wire wire(running.port());
    wire.Send(bytes);
    const std::string answer = wire.Until();
    CHECK_MESSAGE(answer.starts_with(std::string("HTTP/1.1 ") + status), answer.substr(0, 60));
    CHECK(Has(answer, "application/problem+json"));
    CHECK(answer.rfind("HTTP/1.1 ") == 0);
  }
}

TEST_CASE("Expect: 100-continue is met before the body, and not where the body would be refused") {
  Running running;
  Wire wire(running.port());
  wire.Send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  CHECK(wire.Until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  wire.Send("body");
  CHECK(Has(wire.Until("[body]"), "200 OK"));
  Wire large(running.port());
  large.Send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4000\r\n\r\n");
  CHECK(large.Until().starts_with("HTTP/1.1 413"));
}

TEST_CASE("slow clients are cut: a header that drips, a body that stops, and silence between requests") {
  Running running({.header_timeout = 300ms, .idle_timeout = 300ms, .body_progress_timeout = 300ms});
  Wire header(running.port());
  const auto begun = std::chrono::steady_clock::now();
  header.Send("GET /hello HTTP/1.1\r\n");
  for (int i = 0; i < 4; ++i) {  // each byte must not buy more time
    std::this_thread::sleep_for(50ms);
    header.Send("X");
  }
  CHECK(header.Until().starts_with("HTTP/1.1 408"));
  CHECK(std::chrono::steady_clock::now() - begun < 5s);
  Wire body(running.port());
  body.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\nhalf");
  CHECK(body.Until().starts_with("HTTP/1.1 408"));
  Wire idle(running.port());
  idle.Send(Get("/hello"));
  CHECK(idle.Until().ends_with("hello"));  // closed without a word
}

TEST_CASE(
    "all workers busy and the queue full: 503 with Retry-After at once, and those that wait are answered in the end, also by Stop") {
  Running running({.worker_threads = 1, .worker_queue_max = 1});
  Wire first(running.port()), second(running.port()), third(running.port());
  first.Send(Get("/wait"));
  while (running.waiting == 0) std::this_thread::sleep_for(1ms);
  second.Send(Get("/hello"));
  std::this_thread::sleep_for(200ms);  // the second one stands in the queue
  third.Send(Get("/hello"));
  const std::string answer = third.Until("try again");
  CHECK(answer.starts_with("HTTP/1.1 503"));
  CHECK(Has(answer, "Retry-After: 1"));
  std::jthread stopping([&] { running.server->Stop(); });
  std::this_thread::sleep_for(50ms);
  running.go.set_value();
  CHECK(Has(first.Until(), "waited"));
}

TEST_CASE("an event stream tells what is published, and ends with the server") {
  Running running;
  Wire wire(running.port());
  wire.Send(Get("/events"));
  CHECK(Has(wire.Until("\r\n\r\n"), "text/event-stream"));
  while (running.hub.subscriptions() == 0) std::this_thread::sleep_for(1ms);
  running.hub.Publish("matter", "{\"id\":1}");
  CHECK(Has(wire.Until("{\"id\":1}"), "event: matter"));
  running.server->Stop();
  CHECK_FALSE(Has(wire.Until(), "<no end>"));
}

// A frame of a client, masked with zeros.
std::string Frame(int first, const std::string& payload) {
  std::string frame{static_cast<char>(first)};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += {static_cast<char>(0x80 | 126), static_cast<char>(payload.size() >> 8),
              static_cast<char>(payload.size() & 0xFF)};
  }
  return frame + std::string(4, '\0') + payload;
}

const char* const kHandshake =
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

TEST_CASE("a WebSocket tells, answers a ping, and its close ends the connection") {
  Running running;
  CHECK(running.socket->TrySend(std::string(70'000, 'a') + "!"));  // waits for the connection
  Wire wire(running.port());
  wire.Send(Get("/socket", kHandshake) +
            std::string("\x89\x81\x00\x00\x00\x00p", 7));  // a ping right behind the header
  const std::string head = wire.Until("\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 101"));
  CHECK(Has(head, "Connection: Upgrade\r\n"));
  CHECK(Has(head, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  CHECK_FALSE(Has(head, "Content-Length"));
  CHECK(wire.Until("!").size() == 70'001 + 10);  // one frame
  CHECK(wire.Until("\x8A\x01p") == "\x8A\x01p");
  while (!running.socket->ready()) std::this_thread::sleep_for(1ms);
  CHECK(running.socket->TrySend("more"));
  CHECK(wire.Until("more") == "\x81\x04more");
  wire.Send(std::string("\x88\x82\x00\x00\x00\x00\x03\xE8", 8));
  CHECK(wire.Until() == "\x88\x02\x03\xE8");  // and closed
  while (!running.socket->closed()) std::this_thread::sleep_for(1ms);
  CHECK_FALSE(running.socket->TrySend("nobody hears it"));
}

TEST_CASE("a WebSocket ends with its client, with who tells, and with the server, which says so") {
  {
    Running running;
    {
      Wire wire(running.port());
      wire.Send(Get("/socket", kHandshake));
      wire.Until("\r\n\r\n");
    }
    while (!running.socket->closed()) std::this_thread::sleep_for(1ms);
  }
  {
    Running running;
    Wire wire(running.port());
    wire.Send(Get("/socket", kHandshake));
    wire.Until("\r\n\r\n");
    running.socket->Close(1008, "no");
    CHECK(wire.Until() == "\x88\x04\x03\xF0no");
  }
  Running running;
  Wire wire(running.port());
  wire.Send(Get("/socket", kHandshake));
  wire.Until("\r\n\r\n");
  running.server->Stop();
  CHECK(wire.Until().starts_with("\x88\x16\x03\xE9"));  // 1001 and 20 letters
}

TEST_CASE("a WebSocket whose client says nothing for four rounds is cut; one that answers stays") {
  Running running({.stream_keep_alive = 50ms});
  Wire wire(running.port());
  const auto begun = std::chrono::steady_clock::now();
  wire.Send(Get("/socket", kHandshake));
  wire.Until("\r\n\r\n");
  while (!running.socket->closed() && std::chrono::steady_clock::now() - begun < 10s) std::this_thread::sleep_for(5ms);
  CHECK(running.socket->closed());
  CHECK(std::chrono::steady_clock::now() - begun >= 200ms);
}

TEST_CASE("a breach of the WebSocket protocol ends the connection with its code; what a client may say is let go") {
  const std::string breach("\x88\x02\x03\xEA"), too_large("\x88\x02\x03\xF1"), goes_on("\x8A\x01p");
  for (const auto& [bytes, answer] : std::initializer_list<std::pair<std::string, std::string>>{
           {std::string("\x81\x05Hello"), breach},         // not masked
           {Frame(0xC1, "a"), breach},                     // an extension
           {Frame(0x83, "a"), breach},                     // no such kind
           {Frame(0x09, "a"), breach},                     // a control frame in parts
           {Frame(0x89, std::string(126, 'a')), breach},   // or too long
           {Frame(0x80, "a"), breach},                     // goes on with nothing
           {Frame(0x01, "a") + Frame(0x81, "b"), breach},  // begins within another
           {std::string("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00", 14), too_large},
           {Frame(0x01, std::string(40'000, 'a')) + Frame(0x80, std::string(40'000, 'a')), too_large},
           {Frame(0x01, "a") + Frame(0x80, "b") + Frame(0x82, std::string(60'000, '\xFF')) + Frame(0x89, "p"), goes_on},
           {Frame(0x01, "a") + Frame(0x89, "p") + Frame(0x80, "b"), goes_on}}) {  // a ping within a message
    Running running;
    Wire wire(running.port());
    wire.Send(Get("/socket", kHandshake));
    wire.Until("\r\n\r\n");
    wire.Send(bytes);
    CHECK_MESSAGE(wire.Until(answer) == answer, bytes.substr(0, 20));
  }
}

TEST_CASE("however the bytes of a client are cut, the answers are the same") {
  const std::string bytes = Frame(0x01, "abc") + Frame(0x89, "ping") + Frame(0x80, std::string(300, 'x')) +
                            Frame(0x89, "") + Frame(0x88, "\x03\xE8z");
  for (const std::size_t piece : {1, 2, 3, 7, 39, 1000}) {
    Running running;
    Wire wire(running.port());
    wire.Send(Get("/socket", kHandshake));
    wire.Until("\r\n\r\n");
    for (std::size_t at = 0; at < bytes.size(); at += piece) wire.Send(bytes.substr(at, piece));
    CHECK(wire.Until() == std::string("\x8A\x04ping\x8A\x00\x88\x02\x03\xE8", 12));
  }
}

TEST_CASE("a client that asks and asks and never reads is not answered without end: it is cut") {
  Running running({.write_timeout = 300ms});
  Wire wire(running.port());
  wire.Send(Get("/socket", kHandshake));
  wire.Until("\r\n\r\n");
  std::string pings;
  for (int i = 0; i < 1000; ++i) pings += Frame(0x89, std::string(125, 'p'));
  const auto begun = std::chrono::steady_clock::now();
  while (!running.socket->closed() && std::chrono::steady_clock::now() - begun < 10s) wire.Push(pings);
  CHECK(running.socket->closed());
}
