#include "http/websocket.hpp"

#include <doctest/doctest.h>

using namespace zhian::http;

TEST_CASE("who asks for a WebSocket, as in RFC 6455, section 1.3") {
  Request request;
  for (const auto& [name, value] : {std::pair{"Upgrade", "websocket"},
                                    {"Connection", "keep-alive, Upgrade"},
                                    {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                    {"Sec-WebSocket-Version", "13"}})
    request.headers.Set(name, value);
  REQUIRE(WantsWebSocket(request));
  CHECK(AnswerWebSocket(std::make_shared<WebSocket>()).status == 101);
  for (const auto& [name, value] : {std::pair{"Upgrade", "h2c"},
                                    {"Connection", "close"},
                                    {"Sec-WebSocket-Key", "short"},
                                    {"Sec-WebSocket-Version", "8"}}) {
    Request wrong = request;
    wrong.headers.Set(name, value);
    CHECK_FALSE_MESSAGE(WantsWebSocket(wrong), name);
  }
}

TEST_CASE("a queue of one: the next text waits until the one before has left") {
  WebSocket socket;
  int wakes = 0;
  socket.SetWaker([&] { ++wakes; });
  CHECK(socket.TrySend("a"));
  CHECK_FALSE(socket.TrySend("b"));
  CHECK_FALSE(socket.ready());
  CHECK(socket.Take().text == "a");
  CHECK_FALSE(socket.ready());  // it is under way
  CHECK_FALSE(socket.Take().text);
  socket.Sent();
  CHECK(socket.ready());
  CHECK(socket.TrySend("b"));
  socket.Close(1001, "away");
  CHECK_FALSE(socket.TrySend("c"));
  CHECK(socket.Take().text == "b");  // before the close
  const WebSocket::Next last = socket.Take();
  CHECK(last.close == 1001);
  CHECK(last.reason == "away");
  CHECK_FALSE(socket.Take().close);
  CHECK(socket.closed());
  CHECK(wakes == 3);
}
