#include "http/server.hpp"

#include "http/session.hpp"

namespace zhian::http {

namespace {

namespace asio = boost::asio;
using detail::AsioError;
using detail::kAwait;

std::string MakeInstance() {
  std::random_device device;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string instance;
  for (int i = 0; i < 8; ++i) instance += kDigits[device() % kDigits.size()];
  return instance;
}

std::string AddressText(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

std::string Server::Impl::MakeRequestId() {
  return instance + '-' + std::to_string(request_count.fetch_add(1, std::memory_order_relaxed) + 1);
}

std::string_view Server::Impl::Date(IoThread& io) const {
  const auto now = std::chrono::system_clock::now();
  const auto second = std::chrono::system_clock::to_time_t(now);
  if (second != io.date_second) {
    io.date_second = second;
    io.date = FormatHttpDate(now);
  }
  return io.date;
}

Response Server::Impl::RunHandler(const Request& request, const Route& route) const {
  try {
    return route.handler(request);
  } catch (const std::exception& error) {
    LogError("request " + request.request_id + ": " + route.options.id + ": " + error.what());
  } catch (...) {
    LogError("request " + request.request_id + ": " + route.options.id + ": an unknown exception");
  }
  return Response::Problem(500, "Internal Server Error", "request " + request.request_id + " failed");
}

bool Server::Impl::TakeAddress(const std::string& address) {
  const bool trusted = std::ranges::find(options.trusted_proxies, address) != options.trusted_proxies.end();
  const std::lock_guard lock(mutex);
  if (draining || sessions >= options.connections_max) return false;
  auto& count = by_address[address];
  if (!trusted && count >= options.connections_per_address_max) return false;
  ++count;
  ++sessions;
  return true;
}

void Server::Impl::SessionEnded(const std::string& address) {
  const std::lock_guard lock(mutex);
  if (const auto found = by_address.find(address); found != by_address.end() && --found->second == 0) {
    by_address.erase(found);
  }
  if (--sessions == 0) ended.notify_all();
}

void Server::Impl::Admit(Socket socket, std::size_t io_index) {
  AsioError error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return;  // gone already
  auto peer = AddressText(remote.address());
  if (!TakeAddress(peer)) {
    metrics.connections_refused.fetch_add(1);
    if (!tls) {
      // Best effort: what does not fit into the socket's buffer at once is not worth a wait.
      constexpr std::string_view kBusy =
          "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      socket.non_blocking(true, error);
      socket.write_some(asio::buffer(kBusy.data(), kBusy.size()), error);
    }
    return;
  }
  metrics.connections_accepted.fetch_add(1);
  auto& io = *io_threads[io_index];
  const auto executor = io.context.get_executor();
  if (tls) {
    asio::ssl::stream<Socket> stream(std::move(socket), *tls);
    asio::co_spawn(executor, detail::RunSession(*this, io, std::move(stream), std::move(peer)), asio::detached);
  } else {
    asio::co_spawn(executor, detail::RunSession(*this, io, std::move(socket), std::move(peer)), asio::detached);
  }
}

detail::Task<void> Server::Impl::Accept() {
  std::size_t next = 0;
  while (!draining) {
    AsioError error;
    auto socket =
        co_await acceptor->async_accept(io_threads[next]->context.get_executor(), asio::redirect_error(kAwait, error));
    if (draining || error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
    if (error) {
      // Out of descriptors, mostly: let some connections end before the next try.
      LogError("accept: " + error.message());
      accept_pause->expires_after(std::chrono::milliseconds(100));
      co_await accept_pause->async_wait(asio::redirect_error(kAwait, error));
      continue;
    }
    Admit(std::move(socket), next);
    next = (next + 1) % io_threads.size();
  }
}

void Server::Impl::Sweep(IoThread& io) {
  const auto now = detail::Steady::now();
  for (auto* session : io.sessions) {
    if (session->deadline > now) continue;
    session->deadline = detail::Steady::time_point::max();
    session->timed_out = true;
    session->Cancel();
  }
  io.sweep->expires_after(detail::kSweepInterval);
  io.sweep->async_wait([this, &io](const AsioError& error) {
    if (!error && io.sweep) Sweep(io);  // Stop takes the timer away, also when it has just gone off
  });
}

Status Server::Impl::Start() {
  AsioError error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) return MakeError(ErrorCode::kInvalid, "listen address " + options.address + ": not an IP address");
  security_headers =
      "X-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\n"
      "X-Frame-Options: DENY\r\nCross-Origin-Opener-Policy: same-origin\r\n";
  if (options.tls) {
    tls.emplace(asio::ssl::context::tls_server);
    tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                         asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1,
                     error);
    tls->use_certificate_chain_file(options.tls->certificate_chain_file.string(), error);
    if (error) return MakeError(ErrorCode::kInvalid, "TLS certificate: " + error.message());
    tls->use_private_key_file(options.tls->private_key_file.string(), asio::ssl::context::pem, error);
    if (error) return MakeError(ErrorCode::kInvalid, "TLS private key: " + error.message());
    security_headers += "Strict-Transport-Security: max-age=31536000\r\n";
  }
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  const auto io_count = options.io_threads != 0 ? options.io_threads : std::clamp<std::size_t>(processors / 4, 1, 4);
  for (std::size_t i = 0; i < io_count; ++i) {
    auto io = std::make_unique<IoThread>();
    io->guard.emplace(io->context.get_executor());
    io->sweep = std::make_unique<Timer>(io->context.get_executor());
    io_threads.push_back(std::move(io));
  }
  auto& first = io_threads.front()->context;
  const asio::ip::tcp::endpoint endpoint(address, options.port);
  acceptor = std::make_unique<Acceptor>(first.get_executor());
  accept_pause = std::make_unique<Timer>(first.get_executor());
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(asio::ip::tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(1024, error);
  if (error) {
    return MakeError(ErrorCode::kUnavailable,
                     "listen " + options.address + ":" + std::to_string(options.port) + ": " + error.message());
  }
  bound_port = acceptor->local_endpoint(error).port();
  metrics.Prepare(router);
  instance = MakeInstance();
  pool = std::make_unique<WorkerPool>(
      options.worker_threads != 0 ? options.worker_threads : std::max<std::size_t>(4, 2 * processors),
      options.worker_queue_max);
  asio::co_spawn(first.get_executor(), Accept(), asio::detached);
  for (auto& io : io_threads) {
    Sweep(*io);
    io->thread = std::thread([this, raw = io.get()] {
      while (true) {
        try {
          raw->context.run();
          return;
        } catch (const std::exception& failure) {
          LogError(std::string("I/O thread: ") + failure.what());  // of one connection: the others go on
        }
      }
    });
  }
  started = true;
  return Ok();
}

void Server::Impl::Stop() {
  if (!started || std::exchange(stopped, true)) return;
  {
    const std::lock_guard lock(mutex);
    draining = true;
  }
  asio::post(io_threads.front()->context, [this] {
    AsioError ignored;
    acceptor->close(ignored);
    accept_pause->cancel();
  });
  for (auto& io : io_threads) {
    asio::post(io->context, [raw = io.get()] {
      for (auto* session : raw->sessions) {
        if (session->idle) session->Cancel();
        if (session->streaming) session->EndStream();
      }
    });
  }
  {
    std::unique_lock lock(mutex);
    ended.wait_for(lock, options.drain_timeout, [this] { return sessions == 0; });
  }
  for (auto& io : io_threads) {
    asio::post(io->context, [raw = io.get()] {
      for (auto* session : raw->sessions) session->Cut();
    });
  }
  pool->Stop();  // a handler that still runs is waited for: its transaction must end one way or the other
  {
    std::unique_lock lock(mutex);
    ended.wait_for(lock, std::chrono::seconds(5), [this] { return sessions == 0; });
  }
  for (auto& io : io_threads) {
    asio::post(io->context, [raw = io.get()] {
      raw->sweep.reset();
      raw->guard.reset();
    });
  }
  for (auto& io : io_threads) {
    if (io->thread.joinable()) io->thread.join();
  }
}

Server::Server(ServerOptions options, const Router& router, Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), router, metrics)) {}

Server::~Server() { Stop(); }

Status Server::Start() {
  try {
    return impl_->Start();
  } catch (const std::exception& error) {
    return MakeError(ErrorCode::kUnavailable, std::string("server: ") + error.what());
  }
}

std::uint16_t Server::port() const { return impl_->bound_port; }

void Server::Stop() { impl_->Stop(); }

void Server::RunUntilSignal() {
  asio::io_context waiting(1);
  asio::signal_set signals(waiting, SIGINT, SIGTERM);
  signals.async_wait([](const AsioError&, int) {});
  waiting.run();
  Stop();
}

}  // namespace zhian::http
