// Server: HTTP/1.1 over TCP or TLS. I/O threads read, check and write; handlers run on a bounded pool of workers, so no
// I/O thread ever waits for a database. Knows no room and no database.
// Invariants: every wait has a deadline; every buffer a bound; a request beyond a bound is answered (400, 408, 413,
// 414, 431, 503) and its connection closed. Headers, cookies and query strings are never logged. Thread-safety: Start,
// Stop and the destructor from one thread; handlers are called from many.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/metrics.hpp"
#include "http/router.hpp"

namespace zhian::http {

struct TlsOptions {
  std::filesystem::path certificate_chain_file;  // PEM
  std::filesystem::path private_key_file;        // PEM
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one; Server::port() tells
  std::optional<TlsOptions> tls;

  std::size_t io_threads = 0;          // 0: one for 4 processors, at least 1, at most 4
  std::size_t worker_threads = 0;      // 0: twice the processors, at least 4
  std::size_t worker_queue_max = 512;  // waiting requests; beyond: 503 with Retry-After

  std::size_t connections_max = 4096;
  std::size_t connections_per_address_max = 1024;  // trusted proxies excepted
  std::size_t streams_max = 2000;                  // connections that hold an event stream

  std::size_t header_max_bytes = 16 * 1024;
  std::size_t header_fields_max = 100;
  std::size_t target_max_bytes = 8 * 1024;
  std::uint64_t body_in_memory_max_bytes = 1024 * 1024;             // larger bodies go to a file in temp_folder
  std::uint64_t bodies_in_memory_max_bytes = 256ULL * 1024 * 1024;  // of all connections together; beyond: 503
  std::filesystem::path temp_folder;                                // empty: the system's

  std::chrono::milliseconds header_timeout{10'000};         // from the first byte to the end of the header
  std::chrono::milliseconds idle_timeout{60'000};           // between requests
  std::chrono::milliseconds body_progress_timeout{10'000};  // without a byte
  std::uint64_t body_rate_min_bytes_per_second = 1024;      // on average, after one body_progress_timeout
  std::chrono::milliseconds write_timeout{30'000};          // without progress of a 64 KiB piece
  std::chrono::milliseconds stream_keep_alive{15'000};
  std::chrono::milliseconds drain_timeout{20'000};  // Stop: then what is left is cut

  std::size_t compress_min_bytes = 1024;
  int compress_level = 5;
  // From here on the reader would wait longer for the packing than the line for what it saves (2 MB of JSON: 5 ms and
  // 155 KB, not 9 and 126).
  std::size_t compress_large_bytes = 256 * 1024;
  int compress_large_level = 1;

  // Peers whose X-Forwarded-For and X-Forwarded-Proto are believed; exact addresses.
  std::vector<std::string> trusted_proxies;
  std::string content_security_policy =
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
      "base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

  // One JSON object without line end for each request: time, id, remote, method, path (no query), route, status,
  // bytes, duration. Called on I/O threads. Null: none.
  std::function<void(std::string_view line)> access_log;
  // What went wrong inside (an exception of a handler, a refused response header). Null: none.
  std::function<void(std::string_view message)> error_log;
  // The clock of received_at and of the log. Null: the system's.
  std::function<std::chrono::system_clock::time_point()> now;
};

class Server {
 public:
  // REQUIRES: router and metrics are complete and outlive the server.
  Server(ServerOptions options, const Router& router, Metrics& metrics);
  ~Server();  // Stop()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds and starts the threads. kUnavailable: the address is taken; kInvalid: address, certificate or key is bad.
  [[nodiscard]] Status Start();
  // The port that is listened at. REQUIRES: Start was ok.
  [[nodiscard]] std::uint16_t port() const;
  // Accepts no more, answers what was begun, ends event streams, cuts what is left after drain_timeout. Idempotent.
  void Stop();
  // Blocks until SIGINT or SIGTERM, then Stop(). REQUIRES: Start was ok.
  void RunUntilSignal();

  struct Impl;  // session.hpp

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace zhian::http
