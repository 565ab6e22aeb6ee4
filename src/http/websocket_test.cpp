#include "http/websocket.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace zhian::http;

namespace {

std::string Masked(std::uint8_t first, const std::string& payload) {
  std::string frame{static_cast<char>(first)};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size() & 0xFF);
  }
  const std::string mask("\x11\x22\x33\x44");
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  return frame;
}
std::string Answer(const std::string& bytes, bool goes_on) {
  FrameReader reader;
  std::string replies;
  CHECK(reader.Feed(bytes, replies) == goes_on);
  return replies;
}

}  // namespace

TEST_CASE("the handshake of RFC 6455, section 1.3") {
  Request request;
  for (const auto& [name, value] : {std::pair{"Upgrade", "websocket"},
                                    {"Connection", "keep-alive, Upgrade"},
                                    {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                    {"Sec-WebSocket-Version", "13"}})
    request.headers.Set(name, value);
  REQUIRE(WantsWebSocket(request));
  const Response response = AnswerWebSocket(request, std::make_shared<WebSocket>());
  CHECK(response.status == 101);
  CHECK(response.headers.Get("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  for (const auto& [name, value] : {std::pair{"Upgrade", "h2c"},
                                    {"Connection", "close"},
                                    {"Sec-WebSocket-Key", "short"},
                                    {"Sec-WebSocket-Version", "8"}}) {
    Request wrong = request;
    wrong.headers.Set(name, value);
    CHECK_FALSE_MESSAGE(WantsWebSocket(wrong), name);
  }
}

TEST_CASE("frames go out unmasked, with the shortest length; a client's ping is answered, its close as well") {
  CHECK(MakeFrame(Opcode::kText, "Hello") == std::string("\x81\x05Hello"));
  CHECK(MakeFrame(Opcode::kText, std::string(126, 'a')).substr(0, 4) == std::string("\x81\x7E\x00\x7E", 4));
  CHECK(MakeFrame(Opcode::kText, std::string(65'536, 'a')).substr(0, 10) ==
        std::string("\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10));
  CHECK(Answer(Masked(0x89, "Hello"), true) == std::string("\x8A\x05Hello"));
  CHECK(Answer(Masked(0x88, "\x03\xE9"), false) == std::string("\x88\x02\x03\xE9"));
  CHECK(Answer(Masked(0x88, ""), false) == std::string("\x88\x02\x03\xE8"));
  CHECK(Answer(Masked(0x01, "a") + Masked(0x89, "p") + Masked(0x80, "b") + Masked(0x8A, "x"), true) ==
        std::string("\x8A\x01p"));  // a ping between two parts of a message
}

TEST_CASE("a breach of the protocol ends the connection") {
  const std::string breach("\x88\x02\x03\xEA"), too_large("\x88\x02\x03\xF1");
  CHECK(Answer(std::string("\x81\x05Hello"), false) == breach);           // not masked
  CHECK(Answer(Masked(0xC1, "a"), false) == breach);                      // an extension
  CHECK(Answer(Masked(0x83, "a"), false) == breach);                      // no such kind
  CHECK(Answer(Masked(0x09, "a"), false) == breach);                      // a control frame in parts
  CHECK(Answer(Masked(0x89, std::string(126, 'a')), false) == breach);    // or too long
  CHECK(Answer(Masked(0x80, "a"), false) == breach);                      // goes on with nothing
  CHECK(Answer(Masked(0x01, "a") + Masked(0x81, "b"), false) == breach);  // begins within another
  CHECK(Answer(std::string("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00", 14), false) == too_large);
  CHECK(Answer(Masked(0x01, std::string(40'000, 'a')) + Masked(0x80, std::string(40'000, 'a')), false) == too_large);
}

TEST_CASE("however the bytes are cut, the answers are the same") {
  const std::string bytes = Masked(0x01, "abc") + Masked(0x89, "ping") + Masked(0x80, std::string(300, 'x')) +
                            Masked(0x89, "") + Masked(0x88, "\x03\xE8z");
  const std::string whole = Answer(bytes, false);
  CHECK(rc::check("cuts", [&] {
    FrameReader reader;
    std::string replies;
    bool on = true;
    for (std::size_t at = 0; at < bytes.size() && on;) {
      const std::size_t size = static_cast<std::size_t>(*rc::gen::inRange(1, 40));
      on = reader.Feed(std::string_view(bytes).substr(at, size), replies);
      at += size;
    }
    RC_ASSERT(!on);
    RC_ASSERT(replies == whole);
  }));
}

TEST_CASE("a queue of one: the next text waits until the one before has left") {
  WebSocket socket;
  int wakes = 0;
  socket.SetWaker([&] { ++wakes; });
  CHECK(socket.TrySend("a"));
  CHECK_FALSE(socket.TrySend("b"));
  std::string wire;
  CHECK(socket.Drain(wire));
  CHECK_FALSE(socket.ready());
  socket.Sent();
  CHECK(socket.ready());
  CHECK(wire == std::string("\x81\x01") + "a");
  socket.Close(1001, "away");
  CHECK_FALSE(socket.TrySend("c"));
  wire.clear();
  CHECK_FALSE(socket.Drain(wire));
  CHECK(wire == std::string("\x88\x06\x03\xE9") + "away");
  CHECK(wakes == 2);
}
