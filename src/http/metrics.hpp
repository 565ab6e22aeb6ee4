// Counters of the transport, rendered in the Prometheus text format (0.0.4).
// Labels are route ids, methods and statuses only: nothing a client writes becomes a label.
// Thread-safety: all methods may be called from any thread; Record is lock-free.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace zhian::http {

class Router;

class Metrics {
 public:
  Metrics();
  ~Metrics();
  // Prepares one row a route. REQUIRES: before the first Record; the router is complete.
  void Prepare(const Router& router);
  // route_index: Route::index; kFallback for the fallback's; kNoRoute where none was found or the request was
  // malformed.
  void Record(std::size_t route_index, int status, std::chrono::nanoseconds duration, std::uint64_t bytes_in,
              std::uint64_t bytes_out);
  static constexpr std::size_t kFallback = static_cast<std::size_t>(-1);
  static constexpr std::size_t kNoRoute = static_cast<std::size_t>(-2);

  // A number of another part, asked for when it is rendered. `type` is "gauge" or "counter".
  void AddCallback(std::string name, std::string help, std::string type, std::function<double()> value);
  [[nodiscard]] std::string Render() const;

  std::atomic<std::int64_t> connections_open{0};
  std::atomic<std::int64_t> streams_open{0};
  std::atomic<std::uint64_t> connections_accepted{0};
  std::atomic<std::uint64_t> connections_refused{0};
  std::atomic<std::uint64_t> timeouts{0};
  std::atomic<std::uint64_t> queue_full{0};

 private:
  struct Counts;
  struct Row;
  struct Callback;
  Row* RowOf(std::size_t route_index);

  std::vector<std::unique_ptr<Row>> rows_;  // the routes, then fallback, then no route
  mutable std::mutex callbacks_mutex_;
  std::vector<Callback> callbacks_;
};

}  // namespace zhian::http
