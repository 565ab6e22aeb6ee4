#include "http/metrics.hpp"

#include <charconv>
#include <cmath>
#include <utility>

#include "http/router.hpp"

namespace zhian::http {
namespace {

constexpr std::array<double, 12> kBucketSeconds = {.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5};
constexpr int kStatusMin = 100;
constexpr std::size_t kStatuses = 500;

std::string LabelValue(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped += '\\';
    if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string Number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? std::string(text.data(), end) : "NaN";
}

void Head(std::string& out, std::string_view name, std::string_view help, std::string_view type) {
  out.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ");
  out.append(type).append("\n");
}

}  // namespace

struct Metrics::Counts {
  std::array<std::atomic<std::uint64_t>, kStatuses> by_status{};
  std::array<std::atomic<std::uint64_t>, kBucketSeconds.size() + 1> buckets{};  // not cumulative
  std::atomic<std::uint64_t> nanoseconds{0};
  std::atomic<std::uint64_t> bytes_in{0};
  std::atomic<std::uint64_t> bytes_out{0};
};

// The counts are a page of memory each and most routes are never asked: they are made by the first answer of a route.
struct Metrics::Row {
  std::string labels;  // route="…",method="…"
  std::atomic<Counts*> counts{nullptr};

  Row() = default;
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;
  ~Row() { delete counts.load(); }
  Counts& Made() {
    Counts* known = counts.load(std::memory_order_acquire);
    if (known != nullptr) return *known;
    auto made = std::make_unique<Counts>();
    if (counts.compare_exchange_strong(known, made.get(), std::memory_order_acq_rel)) known = made.release();
    return *known;
  }
};

struct Metrics::Callback {
  std::string name;
  std::string help;
  std::string type;
  std::function<double()> value;
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

void Metrics::Prepare(const Router& router) {
  rows_.clear();
  for (const auto& route : router.routes()) {
    auto row = std::make_unique<Row>();
    row->labels =
        "route=\"" + LabelValue(route.options.id) + "\",method=\"" + std::string(MethodName(route.method)) + '"';
    rows_.push_back(std::move(row));
  }
  for (const std::string_view name : {"fallback", "none"}) {
    auto row = std::make_unique<Row>();
    row->labels = "route=\"" + std::string(name) + "\",method=\"\"";
    rows_.push_back(std::move(row));
  }
}

Metrics::Row* Metrics::RowOf(std::size_t route_index) {
  if (rows_.size() < 2) return nullptr;
  if (route_index == kFallback) return rows_[rows_.size() - 2].get();
  if (route_index >= rows_.size() - 2) return rows_.back().get();
  return rows_[route_index].get();
}

void Metrics::Record(std::size_t route_index, int status, std::chrono::nanoseconds duration, std::uint64_t bytes_in,
                     std::uint64_t bytes_out) {
  Row* row = RowOf(route_index);
  if (row == nullptr) return;
  Counts& counts = row->Made();
  constexpr auto kRelaxed = std::memory_order_relaxed;
  const auto slot = static_cast<std::size_t>(status - kStatusMin);
  if (status >= kStatusMin && slot < kStatuses) counts.by_status[slot].fetch_add(1, kRelaxed);
  const double seconds = std::chrono::duration<double>(duration).count();
  std::size_t bucket = 0;
  while (bucket < kBucketSeconds.size() && seconds > kBucketSeconds[bucket]) ++bucket;
  counts.buckets[bucket].fetch_add(1, kRelaxed);
  counts.nanoseconds.fetch_add(static_cast<std::uint64_t>(duration.count()), kRelaxed);
  counts.bytes_in.fetch_add(bytes_in, kRelaxed);
  counts.bytes_out.fetch_add(bytes_out, kRelaxed);
}

void Metrics::AddCallback(std::string name, std::string help, std::string type, std::function<double()> value) {
  const std::lock_guard lock(callbacks_mutex_);
  callbacks_.push_back({std::move(name), std::move(help), std::move(type), std::move(value)});
}

std::string Metrics::Render() const {
  std::string out;
  const auto single = [&](std::string_view name, std::string_view help, std::string_view type, double value) {
    Head(out, name, help, type);
    out.append(name).append(" ").append(Number(value)).append("\n");
  };
  single("zhian_http_connections_open", "Open connections.", "gauge", static_cast<double>(connections_open.load()));
  single("zhian_http_streams_open", "Open event streams.", "gauge", static_cast<double>(streams_open.load()));
  single("zhian_http_connections_accepted_total", "Connections accepted.", "counter",
         static_cast<double>(connections_accepted.load()));
  single("zhian_http_connections_refused_total", "Connections refused at a limit.", "counter",
         static_cast<double>(connections_refused.load()));
  single("zhian_http_timeouts_total", "Connections closed because the peer was too slow.", "counter",
         static_cast<double>(timeouts.load()));
  single("zhian_http_queue_full_total", "Requests answered 503 because all workers were busy.", "counter",
         static_cast<double>(queue_full.load()));

  std::vector<std::pair<const std::string*, const Counts*>> counted;
  for (const auto& row : rows_)
    if (const Counts* counts = row->counts.load(std::memory_order_acquire); counts != nullptr)
      counted.emplace_back(&row->labels, counts);
  Head(out, "zhian_http_requests_total", "Requests answered.", "counter");
  for (const auto& [labels, counts] : counted) {
    for (std::size_t slot = 0; slot < kStatuses; ++slot) {
      const auto count = counts->by_status[slot].load(std::memory_order_relaxed);
      if (count == 0) continue;
      out += "zhian_http_requests_total{" + *labels + ",status=\"" +
             std::to_string(slot + static_cast<std::size_t>(kStatusMin)) + "\"} " + std::to_string(count) + '\n';
    }
  }
  Head(out, "zhian_http_request_seconds", "From the complete header to the last byte sent.", "histogram");
  for (const auto& [labels, counts] : counted) {
    std::uint64_t cumulative = 0;
    std::string lines;
    for (std::size_t i = 0; i <= kBucketSeconds.size(); ++i) {
      cumulative += counts->buckets[i].load(std::memory_order_relaxed);
      lines += "zhian_http_request_seconds_bucket{" + *labels + ",le=\"" +
               (i < kBucketSeconds.size() ? Number(kBucketSeconds[i]) : "+Inf") + "\"} " + std::to_string(cumulative) +
               '\n';
    }
    if (cumulative == 0) continue;
    out += lines;
    out += "zhian_http_request_seconds_sum{" + *labels + "} " +
           Number(static_cast<double>(counts->nanoseconds.load(std::memory_order_relaxed)) / 1e9) + '\n';
    out += "zhian_http_request_seconds_count{" + *labels + "} " + std::to_string(cumulative) + '\n';
  }
  Head(out, "zhian_http_received_bytes_total", "Bytes of request bodies.", "counter");
  for (const auto& [labels, counts] : counted) {
    if (const auto bytes = counts->bytes_in.load(std::memory_order_relaxed); bytes > 0) {
      out += "zhian_http_received_bytes_total{" + *labels + "} " + std::to_string(bytes) + '\n';
    }
  }
  Head(out, "zhian_http_sent_bytes_total", "Bytes of answers.", "counter");
  for (const auto& [labels, counts] : counted) {
    if (const auto bytes = counts->bytes_out.load(std::memory_order_relaxed); bytes > 0) {
      out += "zhian_http_sent_bytes_total{" + *labels + "} " + std::to_string(bytes) + '\n';
    }
  }
  const std::lock_guard lock(callbacks_mutex_);
  for (const auto& callback : callbacks_) single(callback.name, callback.help, callback.type, callback.value());
  return out;
}

}  // namespace zhian::http
