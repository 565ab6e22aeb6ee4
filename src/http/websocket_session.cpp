// WebSocket by Boost.Beast over the connection of a Session. The one file that includes Beast's header: it costs more
// time to compile than all the rest of this folder (docs/decisions/0024-websocket-and-curl.md).
#include <boost/asio/compose.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "http/session.hpp"

namespace zhian::http::detail {
namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

// A client has nothing to say here: a message that is longer than this is a mistake or worse.
constexpr std::size_t kMessageBytesMax = 64 * 1024;
// Rounds of silence, after which nobody is there any more. Beast sends a ping when half of them are over.
constexpr int kSilentRoundsMax = 4;

// What the stream below and the session share. It outlives the last operation, whichever of them ends last.
struct SocketState {
  explicit SocketState(const Executor& executor) : wake(executor) {}
  Timer wake;  // of the loop that tells
  bool reader_done = false;
  int writes_under_way = 0;
  std::array<char, 512> scratch{};
};

// The session's connection as Beast sees it. Each piece that is written has the session's deadline, so that a receiver
// that reads slowly but steadily is served and one that stops is cut, whatever it sends meanwhile. What came behind the
// header of the request is read first.
template <class Stream>
class PacedStream {
 public:
  using executor_type = typename Stream::executor_type;
  using next_layer_type = Stream;

  struct Below {
    Stream& stream;
    SessionBase& session;
    std::shared_ptr<SocketState> state;
    InputBuffer& input;
    std::chrono::milliseconds write_timeout;
    std::uint64_t& sent;
    std::atomic<std::uint64_t>& timeouts;
  };
  explicit PacedStream(Below below) : below_(std::move(below)) {}

  executor_type get_executor() { return below_.stream.get_executor(); }
  Stream& next_layer() { return below_.stream; }
  const Stream& next_layer() const { return below_.stream; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_compose<Token, void(AsioError, std::size_t)>(
        [below = below_, buffers, begun = false](auto& self, AsioError error = {}, std::size_t count = 0) mutable {
          if (begun) return self.complete(error, count);
          begun = true;
          if (below.input.empty()) {
            Stream& stream = below.stream;  // `self` takes `below` and `buffers` along
            const Buffers into = buffers;
            return stream.async_read_some(into, std::move(self));
          }
          const std::string_view waiting = below.input.view();
          const std::size_t copied = asio::buffer_copy(buffers, asio::buffer(waiting.data(), waiting.size()));
          below.input.Consume(copied);
          const executor_type executor = below.stream.get_executor();
          asio::post(executor, [self = std::move(self), copied]() mutable { self.complete(AsioError(), copied); });
        },
        token, below_.stream);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_compose<Token, void(AsioError, std::size_t)>(
        [below = below_, buffers, begun = false](auto& self, AsioError error = {}, std::size_t count = 0) mutable {
          if (!begun) {
            begun = true;
            ++below.state->writes_under_way;
            below.session.timed_out = false;
            below.session.deadline = Steady::now() + below.write_timeout;
            Stream& stream = below.stream;  // `self` takes `below` and `buffers` along
            const Buffers from = buffers;
            return stream.async_write_some(from, std::move(self));
          }
          --below.state->writes_under_way;
          if (below.session.timed_out) below.timeouts.fetch_add(1);
          below.session.deadline = Steady::time_point::max();
          below.sent += count;
          self.complete(error, count);
        },
        token, below_.stream);
  }

 private:
  Below below_;
};

template <class Stream, class Handler>
void async_teardown(beast::role_type role, PacedStream<Stream>& stream, Handler&& handler) {
  using beast::websocket::async_teardown;
  async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

template <class Stream>
using WebSocketStream = websocket::stream<PacedStream<Stream>, false>;  // without compression

// Reads on and on, and lets go what it reads: Beast answers a ping and a close, and ends a breach of the protocol.
template <class Stream>
void ReadOn(WebSocketStream<Stream>& socket, std::shared_ptr<SocketState> state) {
  socket.async_read_some(asio::buffer(state->scratch), [&socket, state](const AsioError& error, std::size_t) {
    if (!error) return ReadOn(socket, state);
    state->reader_done = true;
    state->wake.cancel();
  });
}

// The request, as far as the handshake looks at it.
beast::http::request<beast::http::empty_body> HandshakeOf(const Request& request) {
  beast::http::request<beast::http::empty_body> handshake(beast::http::verb::get, "/", 11);
  for (const char* name : {"Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"})
    handshake.set(name, request.headers.Joined(name));
  return handshake;
}

// The fields of our own head (date, number of the request, what keeps browsers safe) for Beast's answer.
void Decorate(websocket::response_type& answer, std::string_view head) {
  answer.erase(beast::http::field::server);
  for (head.remove_prefix(head.find("\r\n") + 2); !head.empty() && !head.starts_with("\r\n");) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const auto colon = line.find(": ");
    if (colon != std::string_view::npos)
      answer.set(beast::string_view(line.data(), colon),
                 beast::string_view(line.data() + colon + 2, line.size() - colon - 2));
    head.remove_prefix(line.size() + 2);
  }
}

}  // namespace

template <class Stream>
Task<void> Session<Stream>::SendSocket(const Request& request, Response& response) {
  const auto told = response.socket;
  const std::uint64_t sent_before = sent_;
  const auto state = std::make_shared<SocketState>(io_.context.get_executor());
  end_of_stream_ = [state] { state->wake.cancel(); };
  streaming = true;
  {
    WebSocketStream<Stream> socket(PacedStream<Stream>({.stream = stream_,
                                                        .session = *this,
                                                        .state = state,
                                                        .input = input_,
                                                        .write_timeout = server_.options.write_timeout,
                                                        .sent = sent_,
                                                        .timeouts = server_.metrics.timeouts}));
    websocket::stream_base::timeout times{server_.options.write_timeout, websocket::stream_base::none(), false};
    socket.set_option(times);
    socket.set_option(
        websocket::stream_base::decorator([head = MakeHead(request, response, 0, false, false)](
                                              websocket::response_type& answer) { Decorate(answer, head); }));
    socket.read_message_max(kMessageBytesMax);
    socket.auto_fragment(false);
    // Whoever says good-bye has ended: his next connection may be there before our answer has left.
    socket.control_callback([told](websocket::frame_type kind, beast::string_view) {
      if (kind == websocket::frame_type::close) told->Ended();
    });
    AsioError error;
    const auto handshake = HandshakeOf(request);
    co_await socket.async_accept(handshake, asio::redirect_error(kAwait, error));
    // From here: a second for the other side to answer a close, and some rounds of silence.
    times.handshake_timeout = kLinger;
    times.idle_timeout = kSilentRoundsMax * server_.options.stream_keep_alive;
    times.keep_alive_pings = true;
    socket.set_option(times);
    if (error)
      state->reader_done = true;
    else
      ReadOn(socket, state);
    told->SetWaker(
        [state, executor = io_.context.get_executor()] { asio::post(executor, [state] { state->wake.cancel(); }); });
    while (!state->reader_done) {
      if (server_.draining) told->Close(1001, "the server goes away");
      // Armed before the queue is looked at: a wake between the two cancels this very timer.
      state->wake.expires_at(Steady::time_point::max());
      const WebSocket::Next next = told->Take();
      if (next.text) {
        co_await socket.async_write(asio::buffer(*next.text), asio::redirect_error(kAwait, error));
        told->Sent();
        if (error) break;
      } else if (next.close) {
        const websocket::close_reason reason(static_cast<websocket::close_code>(*next.close), next.reason);
        co_await socket.async_close(reason, asio::redirect_error(kAwait, error));
        break;
      } else {
        co_await state->wake.async_wait(asio::redirect_error(kAwait, error));
      }
    }
    told->SetWaker(nullptr);
    told->Ended();
    // What is under way uses this session: it is ended and waited for.
    while (!state->reader_done || state->writes_under_way > 0) {
      Cancel();
      state->wake.expires_after(kSweepInterval);
      co_await state->wake.async_wait(asio::redirect_error(kAwait, error));
    }
  }
  streaming = false;
  deadline = Steady::time_point::max();
  end_of_stream_ = nullptr;
  Account(request, response, sent_ - sent_before);
}

template Task<void> Session<Socket>::SendSocket(const Request&, Response&);
template Task<void> Session<ssl::stream<Socket>>::SendSocket(const Request&, Response&);

}  // namespace zhian::http::detail
