#include "jobs/outbox.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/text.hpp"
#include "jobs/wire.hpp"
#include "ledger/ledger.hpp"
#include "procedure/matter.hpp"

using namespace zhian;
using namespace zhian::jobs;

namespace {

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("zhian-jobs-" + base::RandomCode(8));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

struct World {
  Folder folder;
  std::unique_ptr<storage::Database> db;
  base::FixedClock clock{base::Instant{1'800'000'000'000}};
  OutboxOptions options;
  World() {
    db = std::move(*storage::Database::Open("sqlite:" + (folder.path / "t.db").string(), {.synchronous_full = false}));
    REQUIRE(db->Migrate(procedure::Migrations()).ok());
    REQUIRE(db->Migrate(Migrations()).ok());
    Channel channel;
    channel.name = "a";
    channel.kind = "webhook";
    options.channels = {channel};
  }
  void Write(const char* id, const char* role, std::int64_t before_ms = 0) {
    REQUIRE(
        db->Write([&](storage::Connection& c) -> Status {
            ZHIAN_TRY(c.Execute(
                "INSERT INTO outbox (district, id, role, jurisdiction, operator_id, matter_id, topic, payload, at, sent_at) VALUES ($d,$1,$2,'511113',NULL,'m','notice','{\"title\":\"甲\"}',$3,0)",
                {std::string(id), std::string(role), clock.Now().ms - before_ms}));
            return Ok();
          }).ok());
  }
  void Forward(std::chrono::seconds by) {
    clock.Set(base::Instant{clock.Now().ms + std::chrono::milliseconds(by).count()});
  }
};

// A receiver on loopback that answers each connection with the next of its answers.
class Receiver {
 public:
  explicit Receiver(std::vector<std::string> answers) : answers_(std::move(answers)) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(socket_, 8) == 0);
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~Receiver() {
    if (thread_.joinable()) thread_.join();
    ::close(socket_);
  }
  void Join() { thread_.join(); }
  [[nodiscard]] int port() const { return port_; }
  std::vector<std::string> received;

 private:
  void Run() {
    for (const std::string& answer : answers_) {
      const int client = ::accept(socket_, nullptr, nullptr);
      std::string text;
      char bytes[4096];
      // A request with its body; enough for these tests.
      while (text.find("\r\n\r\n") == std::string::npos || text.back() != '}') {
        const auto got = ::recv(client, bytes, sizeof bytes, 0);
        if (got <= 0) break;
        text.append(bytes, static_cast<std::size_t>(got));
      }
      received.push_back(text);
      if (!answer.empty()) ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      ::close(client);
    }
  }
  std::vector<std::string> answers_;
  std::thread thread_;
  int socket_ = -1, port_ = 0;
};

}  // namespace

TEST_CASE("a notice is sent once, and a second round sends nothing") {
  World world;
  world.Write("n1", "inspection_lead");
  int calls = 0;
  Outbox outbox(*world.db, world.clock, world.options, [&](const Channel&, const Notice& notice) {
    ++calls;
    CHECK(notice.role == "inspection_lead");
    return Ok();
  });
  CHECK(outbox.Deliver()->sent == 1);
  world.Forward(std::chrono::hours(48));
  CHECK(outbox.Deliver()->sent == 0);
  CHECK(calls == 1);
}

TEST_CASE(
    "a failing receiver is tried again after a growing pause, under the same delivery id, and given up in the end") {
  World world;
  world.options.attempts_max = 4;
  world.Write("n1", "case_officer");
  std::vector<std::string> ids;
  Outbox outbox(*world.db, world.clock, world.options, [&](const Channel&, const Notice& notice) -> Status {
    ids.push_back(notice.delivery_id);
    return MakeError(ErrorCode::kUnavailable, "down");
  });
  CHECK(outbox.Deliver()->failed == 1);
  CHECK(outbox.Deliver()->failed == 0);  // the pause is not over
  for (const int seconds : {30, 60, 120}) {
    world.Forward(std::chrono::seconds(seconds - 1));
    CHECK(outbox.Deliver()->failed + outbox.Deliver()->given_up == 0);
    world.Forward(std::chrono::seconds(1));
    const auto round = outbox.Deliver();
    CHECK(round->failed + round->given_up == 1);
  }
  world.Forward(std::chrono::hours(100));
  CHECK(outbox.Deliver()->failed == 0);
  REQUIRE(ids.size() == 4);
  for (const std::string& id : ids) CHECK(id == ids.front());
  CHECK(PauseAfter(world.options, 100) == world.options.longest_pause);
}

TEST_CASE("a lease keeps a second worker away until it ends") {
  World world;
  world.Write("n1", "case_officer");
  int inner = -1;
  Outbox second(*world.db, world.clock, world.options, [](const Channel&, const Notice&) { return Ok(); });
  Outbox first(*world.db, world.clock, world.options, [&](const Channel&, const Notice&) {
    inner = second.Deliver()->sent;  // while the first one is sending
    return Ok();
  });
  CHECK(first.Deliver()->sent == 1);
  CHECK(inner == 0);
}

TEST_CASE("a worker that died is replaced once its lease is over, and cannot mark what is not its own any more") {
  World world;
  world.Write("n1", "case_officer");
  Outbox second(*world.db, world.clock, world.options, [](const Channel&, const Notice&) { return Ok(); });
  int replaced = 0;
  Outbox first(*world.db, world.clock, world.options, [&](const Channel&, const Notice&) -> Status {
    world.Forward(std::chrono::seconds(121));
    replaced = second.Deliver()->sent;
    return MakeError(ErrorCode::kUnavailable, "too late");
  });
  CHECK(first.Deliver()->failed == 1);
  CHECK(replaced == 1);
  world.Forward(std::chrono::hours(24));
  CHECK(second.Deliver()->sent == 0);  // the failure of the old worker did not open it again
}

TEST_CASE("channels choose by role and topic; what is old when a channel is set up is not sent late") {
  World world;
  world.options.channels.front().roles = {"bureau_head"};
  world.Write("n1", "case_officer");
  world.Write("n2", "bureau_head");
  world.Write("n3", "bureau_head", std::int64_t{8} * 86'400'000);
  int calls = 0;
  Outbox outbox(*world.db, world.clock, world.options, [&](const Channel&, const Notice&) {
    ++calls;
    return Ok();
  });
  CHECK(outbox.Deliver()->sent == 1);
  CHECK(calls == 1);
}

TEST_CASE("over loopback: a receiver that fails, hangs up, and then accepts; the signature can be computed anew") {
  World world;
  Receiver receiver(
      {"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", "", "HTTP/1.1 204 No Content\r\n\r\n"});
  Channel& channel = world.options.channels.front();
  channel.url = "http://127.0.0.1:" + std::to_string(receiver.port()) + "/hook";
  channel.secret = "0123456789abcdef";
  world.Write("n1", "case_officer");
  Outbox outbox(*world.db, world.clock, world.options, NetworkSender(world.clock, std::chrono::milliseconds(3000)));
  CHECK(outbox.Deliver()->failed == 1);
  world.Forward(std::chrono::seconds(30));
  CHECK(outbox.Deliver()->failed == 1);
  world.Forward(std::chrono::seconds(60));
  CHECK(outbox.Deliver()->sent == 1);
  receiver.Join();
  REQUIRE(receiver.received.size() == 3);
  const std::string& request = receiver.received.back();
  const std::string body = request.substr(request.find("\r\n\r\n") + 4);
  CHECK(body.find("甲") != std::string::npos);
  CHECK(request.find("X-Zhian-Signature: " + Sign("0123456789abcdef", world.clock.Now().ms / 1000, body)) !=
        std::string::npos);
  CHECK(Sign("another secret!!", world.clock.Now().ms / 1000, body) !=
        Sign("0123456789abcdef", world.clock.Now().ms / 1000, body));
}

TEST_CASE("a receiver that never answers does not hold the worker longer than its time") {
  Receiver receiver({""});
  const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(silent, 1) == 0);
  socklen_t size = sizeof address;
  ::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size);
  const auto started = std::chrono::steady_clock::now();
  CHECK_FALSE(SendPost({"http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/", "{}", "d", "s"},
                       std::chrono::milliseconds(200))
                  .ok());
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(5));
  ::close(silent);
  CHECK_FALSE(SendPost({"http://127.0.0.1:" + std::to_string(receiver.port()) + "/", "{}", "d", "s"},
                       std::chrono::milliseconds(3000))
                  .ok());
}

TEST_CASE("SMTP: subject and text are base64, so that no line of a title becomes a header") {
  Mail mail{"h", "25", "zhian@example.cn", "d-1", "甲\r\nBcc: x@example.cn", "正文", {"a@example.cn"}, false,
            "",  "",   base::Instant{0}};
  const std::string text = MailText(mail);
  CHECK(text.find("Bcc") == std::string::npos);
  CHECK(text.find("Message-ID: <d-1@zhian>\r\n") != std::string::npos);
}

TEST_CASE("outbox.toml: faults name the channel and the mend") {
  Folder folder;
  const auto write = [&](const char* text) { std::ofstream(folder.path / "outbox.toml") << text; };
  CHECK(LoadOutboxOptions(folder.path.string())->channels.empty());
  write(
      "[[channel]]\nname='a'\nkind='webhook'\nurl='https://example.cn/hook'\nsecret='0123456789abcdef'\nroles=['bureau_head']\n[[channel]]\nname='b'\nkind='smtp'\nhost='127.0.0.1'\nport=2525\nfrom='z@example.cn'\nto=['a@example.cn']\n");
  const auto good = LoadOutboxOptions(folder.path.string());
  REQUIRE(good.ok());
  CHECK(good->channels.size() == 2);
  CHECK(good->channels[1].port == "2525");
  for (const char* bad :
       {"[[channel]]\nkind='webhook'\n",
        "[[channel]]\nname='a'\nkind='webhook'\nurl='ftp://x'\nsecret='0123456789abcdef'\n",
        "[[channel]]\nname='a'\nkind='webhook'\nurl='http://x'\nsecret='short'\n",
        "[[channel]]\nname='a'\nkind='smtp'\nhost='h'\nfrom='z@example.cn\\r\\nX: y'\nto=['a@example.cn']\n",
        "[[channel]]\nname='a'\nkind='pigeon'\n", "not toml ["}) {
    write(bad);
    const auto loaded = LoadOutboxOptions(folder.path.string());
    REQUIRE_FALSE(loaded.ok());
    CHECK(loaded.error().message.Text().find("outbox.toml") != std::string::npos);
  }
}

TEST_CASE("what a stranger names must have a public address, however it is written") {
  for (const char* good : {"8.8.8.8", "223.5.5.5", "2400:3200::1", "::ffff:8.8.8.8"})
    CHECK_MESSAGE(IsPublicAddress(good), good);
  for (const char* bad : {"127.0.0.1",
                          "127.1",
                          "0.0.0.0",
                          "10.1.2.3",
                          "172.16.0.1",
                          "172.31.255.255",
                          "192.168.1.1",
                          "169.254.169.254",
                          "100.64.0.1",
                          "198.18.0.1",
                          "224.0.0.1",
                          "255.255.255.255",
                          "::1",
                          "::",
                          "fe80::1",
                          "fd00::1",
                          "::ffff:127.0.0.1",
                          "::ffff:10.0.0.1",
                          "64:ff9b::7f00:1",
                          "2002:7f00:1::",
                          "2001:db8::1",
                          "0x7f000001",
                          "2130706433",
                          "localhost",
                          ""})
    CHECK_MESSAGE(!IsPublicAddress(bad), bad);
  Receiver receiver({"HTTP/1.1 200 OK\r\n\r\n"});
  const std::string url = "http://127.0.0.1:" + std::to_string(receiver.port()) + "/";
  CHECK_FALSE(SendPost({.url = url, .body = "{}", .public_only = true}, std::chrono::milliseconds(2000)).ok());
  CHECK_FALSE(
      SendPost({.url = "http://localhost:" + std::to_string(receiver.port()) + "/", .body = "{}", .public_only = true},
               std::chrono::milliseconds(2000))
          .ok());
  CHECK(SendPost({.url = url,
                  .body = "{}",
                  .signature = "t=1",
                  .content_type = "application/ld+json",
                  .signature_header = "GS1-Signature"},
                 std::chrono::milliseconds(2000))
            .ok());
  receiver.Join();
  REQUIRE(receiver.received.size() == 1);  // the first two never came
  CHECK(receiver.received.front().find("Content-Type: application/ld+json\r\n") != std::string::npos);
  CHECK(receiver.received.front().find("GS1-Signature: t=1\r\n") != std::string::npos);
}

TEST_CASE("addresses of webhooks: only http and https, no user, no control characters") {
  CHECK(ParseEndpoint("https://example.cn")->path == "/");
  CHECK(ParseEndpoint("http://example.cn:8080/a?b")->port == "8080");
  for (const char* bad : {"", "example.cn", "file:///etc/passwd", "http://", "http://a b/", "http://user@host/",
                          "http://host:99999999/", "http://h/\r\nX: y"})
    CHECK_FALSE(ParseEndpoint(bad).ok());
}
