// Session: one connection from its first byte to its last. Internal to server.cpp and websocket_session.cpp, the two
// places that include it: Asio's coroutines are what costs time to compile. Invariants: everything of a session happens
// on its I/O thread, but for the handler; each wait has a deadline, which the sweeper of the thread enforces (no timer
// per operation).
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <random>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "http/finish.hpp"
#include "http/request_reader.hpp"
#include "http/server.hpp"
#include "http/sse.hpp"
#include "http/websocket.hpp"
#include "http/worker_pool.hpp"

namespace zhian::http {
namespace detail {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using Executor = asio::io_context::executor_type;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
using AsioError = boost::system::error_code;
using Steady = std::chrono::steady_clock;
template <class T>
using Task = asio::awaitable<T, Executor>;
constexpr asio::use_awaitable_t<Executor> kAwait;

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::size_t kReadBytes = 8 * 1024;
constexpr auto kSweepInterval = std::chrono::milliseconds(100);
constexpr auto kLinger = std::chrono::milliseconds(1000);

class SessionBase;

// One I/O thread with what belongs to it alone: nothing here needs a lock.
struct IoThread {
  asio::io_context context{1};
  std::optional<asio::executor_work_guard<Executor>> guard;
  std::unordered_set<SessionBase*> sessions;
  std::unique_ptr<Timer> sweep;
  std::time_t date_second = -1;
  std::string date;
  std::thread thread;
};

// What the sweeper and Stop need of a connection. A deadline that passes ends the wait that is under way, and only it.
class SessionBase {
 public:
  virtual ~SessionBase() = default;
  virtual void Cancel() = 0;  // ends the operations under way with operation_aborted
  virtual void Cut() = 0;     // closes the socket
  virtual void EndStream() = 0;

  Steady::time_point deadline = Steady::time_point::max();
  bool timed_out = false;
  bool idle = false;       // between two requests
  bool streaming = false;  // holds an event stream
};

}  // namespace detail

struct Server::Impl {
  using IoThread = detail::IoThread;
  using Acceptor = detail::Acceptor;
  using Timer = detail::Timer;
  using Socket = detail::Socket;

  Impl(ServerOptions given, const Router& routes, Metrics& counters)
      : options(std::move(given)), router(routes), metrics(counters) {}

  Status Start();
  void Stop();
  void Sweep(IoThread& io);
  detail::Task<void> Accept();
  void Admit(Socket socket, std::size_t io_index);
  bool TakeAddress(const std::string& address);
  void SessionEnded(const std::string& address);
  std::string MakeRequestId();
  std::chrono::system_clock::time_point Now() const {
    return options.now ? options.now() : std::chrono::system_clock::now();
  }
  void LogError(const std::string& message) const {
    if (options.error_log) options.error_log(message);
  }
  std::string_view Date(IoThread& io) const;
  Response RunHandler(const Request& request, const Route& route) const;

  const ServerOptions options;
  const Router& router;
  Metrics& metrics;
  std::string security_headers;
  std::optional<detail::ssl::context> tls;
  std::vector<std::unique_ptr<IoThread>> io_threads;
  std::unique_ptr<WorkerPool> pool;
  std::unique_ptr<Acceptor> acceptor;
  std::unique_ptr<Timer> accept_pause;
  std::uint16_t bound_port = 0;
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> body_bytes_in_memory{0};
  std::atomic<std::uint64_t> request_count{0};
  std::string instance;
  std::mutex mutex;  // guards the three below
  std::condition_variable ended;
  std::size_t sessions = 0;
  std::unordered_map<std::string, std::size_t> by_address;
  bool started = false;
  bool stopped = false;
};

namespace detail {

// Joins an event stream's publisher, timer and reader; outlives whichever of them ends last.
struct StreamSignal {
  explicit StreamSignal(const Executor& executor) : timer(executor) {}
  Timer timer;
  bool ended = false;
  bool reader_done = false;
  std::array<char, 256> scratch{};
};

template <class Stream>
class Session final : public SessionBase {
 public:
  Session(Server::Impl& server, IoThread& io, Stream stream, std::string peer)
      : server_(server), io_(io), stream_(std::move(stream)), peer_(std::move(peer)) {
    io_.sessions.insert(this);
    server_.metrics.connections_open.fetch_add(1);
  }
  ~Session() override {
    io_.sessions.erase(this);
    server_.metrics.connections_open.fetch_sub(1);
    AsioError ignored;
    socket().close(ignored);
    server_.SessionEnded(peer_);
  }

  void Cancel() override {
    AsioError ignored;
    socket().cancel(ignored);
  }
  void Cut() override {
    AsioError ignored;
    socket().close(ignored);
    EndStream();
  }
  void EndStream() override {
    if (end_of_stream_) end_of_stream_();
  }

  Task<void> Run() {
    AsioError error;
    AsioError ignored;
    socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    if constexpr (kIsTls) {
      SetDeadline(server_.options.header_timeout);
      co_await stream_.async_handshake(ssl::stream_base::server, asio::redirect_error(kAwait, error));
      if (error) {
        if (timed_out) server_.metrics.timeouts.fetch_add(1);
        co_return;
      }
    }
    while (co_await ServeOne()) {
    }
    if constexpr (kIsTls) {
      if (socket().is_open()) {
        SetDeadline(kLinger);
        co_await stream_.async_shutdown(asio::redirect_error(kAwait, error));
      }
    }
    if (linger_) co_await Linger();
  }

 private:
  static constexpr bool kIsTls = !std::is_same_v<Stream, Socket>;
  auto& socket() {
    if constexpr (kIsTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }
  void SetDeadline(std::chrono::milliseconds from_now) { deadline = Steady::now() + from_now; }

  // One request and its answer. False: the connection ends.
  Task<bool> ServeOne() {
    RequestReader reader(server_.options, server_.body_bytes_in_memory);
    bool answer_failure = false;
    if (!co_await ReadHeader(reader, answer_failure)) {
      if (answer_failure) co_await SendFailure(reader);
      co_return false;
    }
    Request& request = reader.request();
    started_ = Steady::now();
    request.received_at = server_.Now();
    request.request_id = server_.MakeRequestId();
    SetRemote(request);
    const auto match = server_.router.Find(request);

    const std::uint64_t body_max =
        match.route != nullptr ? match.route->options.body_max_bytes : server_.options.body_in_memory_max_bytes;
    auto step = reader.BeginBody(body_max);
    if (step == RequestReader::Step::kNeedMore) {
      if (reader.expects_continue() && input_.empty() && !co_await Write("HTTP/1.1 100 Continue\r\n\r\n"))
        co_return false;
      step = co_await ReadBody(reader);
    }
    if (step != RequestReader::Step::kReady) {
      if (reader.failure_status() == 0) co_return false;  // the peer went away
      co_await SendFailure(reader);
      co_return false;
    }
    deadline = Steady::time_point::max();
    Response response;
    if (match.route == nullptr) {
      response = AnswerWithoutRoute(request, match);
      Finish(request, response);
    } else if (match.route->options.run_inline) {
      response = server_.RunHandler(request, *match.route);
      Finish(request, response);
    } else {
      response = co_await RunOnWorker(request, *match.route);
    }
    const bool keep = reader.keep_alive() && !server_.draining.load(std::memory_order_relaxed);
    co_return co_await Send(request, response, {.keep = keep, .http10 = reader.is_http10()});
  }

  Task<bool> ReadHeader(RequestReader& reader, bool& answer_failure) {
    bool begun = !input_.empty();
    SetDeadline(begun ? server_.options.header_timeout : server_.options.idle_timeout);
    while (true) {
      if (!input_.empty()) {
        const auto step = reader.FeedHeader(input_);
        if (step == RequestReader::Step::kReady) co_return true;
        if (step == RequestReader::Step::kFailed) {
          answer_failure = true;
          co_return false;
        }
      }
      if (server_.draining && !begun) co_return false;
      idle = !begun;
      const bool got = co_await ReadSome(kReadBytes);
      idle = false;
      if (!got) {
        if (timed_out && begun) answer_failure = reader.FailSlow();
        co_return false;
      }
      if (!begun) {
        begun = true;  // from here the whole header has one deadline, however slowly its bytes come
        SetDeadline(server_.options.header_timeout);
      }
    }
  }

  Task<RequestReader::Step> ReadBody(RequestReader& reader) {
    const auto& options = server_.options;
    const auto begin = Steady::now();
    while (true) {
      const auto step = reader.FeedBody(input_);
      if (step != RequestReader::Step::kNeedMore) co_return step;
      // Both: some byte now and then, and a rate on average; one alone can be met by a sender that never ends.
      const auto earned = std::chrono::milliseconds(reader.request().body_size * 1000 /
                                                    std::max<std::uint64_t>(options.body_rate_min_bytes_per_second, 1));
      deadline =
          std::min(Steady::now() + options.body_progress_timeout, begin + options.body_progress_timeout + earned);
      if (!co_await ReadSome(kPieceBytes)) {
        if (timed_out) reader.FailSlow();
        co_return RequestReader::Step::kFailed;
      }
    }
  }

  Task<bool> ReadSome(std::size_t least) {
    timed_out = false;
    AsioError error;
    const auto [data, size] = input_.Prepare(least);
    const auto count = co_await stream_.async_read_some(asio::buffer(data, size), asio::redirect_error(kAwait, error));
    if (timed_out) server_.metrics.timeouts.fetch_add(1);
    if (error) co_return false;
    input_.Commit(count);
    co_return true;
  }

  // In pieces, each with its deadline: a receiver that reads slowly but steadily is served, one that stops is not.
  Task<bool> Write(std::string_view bytes) {
    while (!bytes.empty()) {
      timed_out = false;
      SetDeadline(server_.options.write_timeout);
      AsioError error;
      const auto piece = bytes.substr(0, kPieceBytes);
      co_await asio::async_write(stream_, asio::buffer(piece.data(), piece.size()),
                                 asio::redirect_error(kAwait, error));
      if (timed_out) server_.metrics.timeouts.fetch_add(1);
      if (error) co_return false;
      sent_ += piece.size();
      bytes.remove_prefix(piece.size());
    }
    co_return true;
  }

  void SetRemote(Request& request) {
    request.remote_address = peer_;
    request.secure = kIsTls;
    const auto& trusted = server_.options.trusted_proxies;
    const auto is_trusted = [&](std::string_view address) {
      return std::ranges::find(trusted, address) != trusted.end();
    };
    if (trusted.empty() || !is_trusted(peer_)) return;
    request.secure = request.headers.Get("x-forwarded-proto") == "https";
    // From the right: each proxy appended what it saw; the first that is not one of ours is the client.
    std::string chain = request.headers.Joined("x-forwarded-for");
    while (!chain.empty()) {
      const auto comma = chain.rfind(',');
      std::string last = comma == std::string::npos ? chain : chain.substr(comma + 1);
      std::erase(last, ' ');
      AsioError error;
      asio::ip::make_address(last, error);
      if (error) return;  // whatever stands there is not an address
      request.remote_address = last;
      if (!is_trusted(last)) return;
      chain.resize(comma == std::string::npos ? 0 : comma);
    }
  }

  Task<Response> RunOnWorker(const Request& request, const Route& route) {
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(Response)>(
        [this, &request, &route](auto completion) {
          auto done = std::make_shared<decltype(completion)>(std::move(completion));
          // The request lives in the frame of the coroutine that waits here.
          auto executor = io_.context.get_executor();
          auto job = [this, &request, &route, done, executor, work = asio::make_work_guard(io_.context)]() mutable {
            auto response = std::make_shared<Response>(server_.RunHandler(request, route));
            Finish(request, *response);
            asio::post(executor, [done, response] { std::move (*done)(std::move(*response)); });
          };
          if (server_.pool->TryPost(std::move(job))) return;
          server_.metrics.queue_full.fetch_add(1);
          auto busy = std::make_shared<Response>(Response::Problem(503, "Service Unavailable", "busy; try again"));
          busy->headers.Set("Retry-After", "1");
          asio::post(executor, [done, busy] { std::move (*done)(std::move(*busy)); });
        },
        kAwait);
  }

  void Finish(const Request& request, Response& response) {
    std::string complaint;
    try {
      FinishResponse(request, server_.options, response, complaint);
    } catch (const std::exception& error) {
      response = Response::Problem(500, "Internal Server Error", "request " + request.request_id + " failed");
      complaint = error.what();
    }
    if (!complaint.empty()) server_.LogError("request " + request.request_id + ": " + complaint);
  }

  struct SendOptions {
    bool keep = false;
    bool http10 = false;
  };

  // True: the connection goes on.
  Task<bool> Send(const Request& request, Response& response, SendOptions how) {
    int file = -1;
    std::uint64_t size = response.BodyView().size();
    if (const auto* from = std::get_if<FileBody>(&response.body)) {
      file = ::open(from->path.c_str(), O_RDONLY | O_CLOEXEC);
      const auto end = file >= 0 ? ::lseek(file, 0, SEEK_END) : -1;
      if (end < 0) {
        server_.LogError("request " + request.request_id + ": a file to send cannot be read");
        if (file >= 0) ::close(std::exchange(file, -1));
        response = Response::Problem(500, "Internal Server Error", "request " + request.request_id + " failed");
        size = response.BodyView().size();
      } else {
        size = static_cast<std::uint64_t>(end);
      }
    }
    if ((response.stream || response.socket) && request.method != Method::kHead) {
      if (server_.metrics.streams_open.fetch_add(1) < static_cast<std::int64_t>(server_.options.streams_max)) {
        if (response.socket)
          co_await SendSocket(request, response);
        else
          co_await SendStream(request, response);
        server_.metrics.streams_open.fetch_sub(1);
        co_return false;
      }
      server_.metrics.streams_open.fetch_sub(1);
      if (response.socket) response.socket->Ended();
      response = Response::Problem(503, "Service Unavailable", "too many event streams; try again");
      response.headers.Set("Retry-After", "10");
      size = response.BodyView().size();
    }
    std::string head = MakeHead(request, response, size, !how.keep, how.http10);
    const std::uint64_t sent_before = sent_;
    const bool has_body = request.method != Method::kHead && response.status != 204 && response.status != 304;
    bool whole = true;
    if (!has_body || file >= 0) {
      whole = co_await Write(head);
    } else if (const auto body = response.BodyView(); body.size() <= kPieceBytes / 4) {
      head += body;  // one segment, one system call
      whole = co_await Write(head);
    } else {
      whole = co_await Write(head) && co_await Write(body);
    }
    if (file >= 0) {
      if (has_body && whole) whole = co_await WriteFile(file, size);
      ::close(file);
    }
    Account(request, response, sent_ - sent_before);
    co_return whole&& how.keep;
  }

  Task<bool> WriteFile(int file, std::uint64_t size) {
    std::string piece(kPieceBytes, '\0');
    std::uint64_t offset = 0;
    while (offset < size) {
      const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), size - offset));
      const auto got = ::pread(file, piece.data(), want, static_cast<off_t>(offset));
      if (got <= 0) co_return false;  // shorter than announced: only closing tells the client
      offset += static_cast<std::uint64_t>(got);
      if (!co_await Write({piece.data(), static_cast<std::size_t>(got)})) co_return false;
    }
    co_return true;
  }

  Task<void> SendStream(const Request& request, Response& response);
  Task<void> SendSocket(const Request& request, Response& response);  // websocket_session.cpp
  Task<void> AwaitReader(StreamSignal& signal);

  std::string MakeHead(const Request& request, const Response& response, std::uint64_t size, bool close, bool http10) {
    return SerializeHead(response, {.date = server_.Date(io_),
                                    .request_id = request.request_id,
                                    .security_headers = server_.security_headers,
                                    .content_security_policy = server_.options.content_security_policy,
                                    .body_bytes = size,
                                    .close = close,
                                    .is_http10 = http10});
  }

  Task<void> SendFailure(RequestReader& reader) {
    auto& request = reader.request();
    if (request.request_id.empty()) {
      request.request_id = server_.MakeRequestId();
      request.received_at = server_.Now();
      request.remote_address = peer_;
      started_ = Steady::now();
    }
    auto response = Response::Problem(reader.failure_status(), std::string(StatusPhrase(reader.failure_status())),
                                      reader.failure());
    if (response.status == 503) response.headers.Set("Retry-After", "5");
    linger_ = co_await WriteFailure(request, response);
  }
  Task<bool> WriteFailure(const Request& request, Response& response) {
    std::string bytes = MakeHead(request, response, response.BodyView().size(), true, false);
    if (request.method != Method::kHead) bytes += response.BodyView();
    const bool whole = co_await Write(bytes);
    Account(request, response, bytes.size());
    co_return whole;
  }

  // Closing while the peer still sends would make its system throw our answer away: read on for a moment.
  Task<void> Linger() {
    AsioError error;
    socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    SetDeadline(kLinger);
    std::array<char, kReadBytes> scratch;
    std::size_t total = 0;
    while (!error && total < 4 * 1024 * 1024) {
      total += co_await socket().async_read_some(asio::buffer(scratch), asio::redirect_error(kAwait, error));
    }
  }

  void Account(const Request& request, const Response& response, std::uint64_t bytes_out) {
    const auto duration = Steady::now() - started_;
    server_.metrics.Record(request.route != nullptr ? request.route->index : Metrics::kNoRoute, response.status,
                           duration, request.body_size, bytes_out);
    if (!server_.options.access_log) return;
    std::string line = "{\"time\":" + JsonQuote(FormatLogTime(request.received_at)) +
                       ",\"id\":" + JsonQuote(request.request_id) + ",\"remote\":" + JsonQuote(request.remote_address) +
                       ",\"method\":" + JsonQuote(MethodName(request.method)) +
                       ",\"path\":" + JsonQuote(request.path.size() > 512 ? "(long)" : request.path);
    if (request.route != nullptr) line += ",\"route\":" + JsonQuote(request.route->options.id);
    line += ",\"status\":" + std::to_string(response.status) + ",\"in\":" + std::to_string(request.body_size) +
            ",\"out\":" + std::to_string(bytes_out) +
            ",\"us\":" + std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(duration).count()) + '}';
    server_.options.access_log(line);
  }

  Server::Impl& server_;
  IoThread& io_;
  Stream stream_;
  std::string peer_;
  InputBuffer input_;
  std::function<void()> end_of_stream_;  // wakes what stays, so that it sees that the server goes away
  Steady::time_point started_{};
  std::uint64_t sent_ = 0;
  bool linger_ = false;
};

template <class Stream>
Task<void> RunSession(Server::Impl& server, IoThread& io, Stream stream, std::string peer) {
  Session<Stream> session(server, io, std::move(stream), std::move(peer));
  try {
    co_await session.Run();
  } catch (const std::exception& error) {
    server.LogError(std::string("connection: ") + error.what());
  }
}

}  // namespace detail
}  // namespace zhian::http

#include "http/session_streams.hpp"
