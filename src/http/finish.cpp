#include "http/finish.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

#include "http/static_files.hpp"

namespace zhian::http {
namespace {

bool IsCompressible(std::string_view content_type) {
  const auto type = content_type.substr(0, content_type.find(';'));
  return type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml") || type == "application/json" ||
         type == "application/javascript" || type == "application/xml" || type == "application/x-ndjson";
}

bool IsToken(std::string_view name) {
  constexpr std::string_view kSymbols = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kSymbols.find(c) != std::string_view::npos;
  });
}

bool IsFieldValue(std::string_view value) {
  return std::ranges::all_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

// The transport writes these itself: a second one would let the two ends disagree on where a message stops.
bool IsFramingField(std::string_view name) {
  Headers probe;
  probe.Add(name, "");
  return probe.Has("content-length") || probe.Has("transfer-encoding") || probe.Has("connection");
}

struct Deflater {
  z_stream stream{};
  int level = std::numeric_limits<int>::min();
  ~Deflater() {
    if (level != std::numeric_limits<int>::min()) deflateEnd(&stream);
  }
};

void AppendField(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string Gzip(std::string_view bytes, int level) {
  if (bytes.size() > std::numeric_limits<uInt>::max() / 2) return {};
  // A deflate state is 256 KB: kept for the next answer of this thread.
  thread_local Deflater deflater;
  if (deflater.level == std::numeric_limits<int>::min()) {
    deflater.stream = {};
    constexpr int kGzipWindowBits = 15 + 16;
    if (deflateInit2(&deflater.stream, level, Z_DEFLATED, kGzipWindowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  } else if (deflateReset(&deflater.stream) != Z_OK ||
             (deflater.level != level && deflateParams(&deflater.stream, level, Z_DEFAULT_STRATEGY) != Z_OK)) {
    return {};
  }
  deflater.level = level;
  std::string packed(bytes.size(), '\0');  // what does not become smaller is sent as it is
  deflater.stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
  deflater.stream.avail_in = static_cast<uInt>(bytes.size());
  deflater.stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  deflater.stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&deflater.stream, Z_FINISH) != Z_STREAM_END) return {};
  packed.resize(packed.size() - deflater.stream.avail_out);
  return packed;
}

void FinishResponse(const Request& request, const ServerOptions& options, Response& response, std::string& complaint) {
  std::string bad;
  if ((response.status < 200 && !(response.status == 101 && response.socket)) || response.status > 599)
    bad = "status " + std::to_string(response.status);
  if (!IsFieldValue(response.content_type)) bad = "content type";
  for (const auto& [name, value] : response.headers.fields()) {
    if (!IsToken(name) || !IsFieldValue(value) || IsFramingField(name)) bad = "header " + JsonQuote(name);
  }
  if (!bad.empty()) {
    complaint = "a handler set a " + bad + " that cannot be sent";
    response = Response::Problem(500, "Internal Server Error", "request " + request.request_id + " failed");
    return;
  }
  if (response.stream || response.socket) return;
  const bool is_read = request.method == Method::kGet || request.method == Method::kHead;
  const auto etag = response.headers.Get("etag");
  if (is_read && response.status == 200 && !etag.empty() &&
      EtagListHas(request.headers.Joined("if-none-match"), etag)) {
    response.status = 304;
    response.body = std::string{};
    response.content_type.clear();
    response.headers.Remove("content-encoding");
    return;
  }
  if (!response.compress || response.headers.Has("content-encoding") || !IsCompressible(response.content_type)) return;
  const auto bytes = response.BodyView();
  if (bytes.size() < options.compress_min_bytes) return;
  response.headers.Add("Vary", "Accept-Encoding");
  if (!AcceptsEncoding(request.headers.Joined("accept-encoding"), "gzip")) return;
  auto packed =
      Gzip(bytes, bytes.size() < options.compress_large_bytes ? options.compress_level : options.compress_large_level);
  if (packed.empty()) return;
  response.body = std::move(packed);
  response.headers.Set("Content-Encoding", "gzip");
}

std::string SerializeHead(const Response& response, const HeadOptions& options) {
  std::string head;
  head.reserve(1024);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head.append(StatusPhrase(response.status)).append("\r\n");
  AppendField(head, "Date", options.date);
  if (!response.content_type.empty()) AppendField(head, "Content-Type", response.content_type);
  const bool has_no_length =
      response.status == 204 || response.status == 304 || response.stream != nullptr || response.socket != nullptr;
  if (!has_no_length) AppendField(head, "Content-Length", std::to_string(options.body_bytes));
  for (const auto& [name, value] : response.headers.fields()) AppendField(head, name, value);
  if (!options.request_id.empty()) AppendField(head, "X-Request-Id", options.request_id);
  if (!response.headers.Has("cache-control")) {
    // Answers about people and firms stay out of shared caches; what has a tag may be asked for again with it.
    AppendField(head, "Cache-Control",
                response.headers.Has("etag") || response.status == 304 ? "private, no-cache" : "no-store");
  }
  head.append(options.security_headers);
  if (!response.headers.Has("content-security-policy") && !options.content_security_policy.empty()) {
    AppendField(head, "Content-Security-Policy", options.content_security_policy);
  }
  if (response.socket) {
    head.append("Connection: Upgrade\r\n");
  } else if (options.close) {
    head.append("Connection: close\r\n");
  } else if (options.is_http10) {
    head.append("Connection: keep-alive\r\n");
  }
  head.append("\r\n");
  return head;
}

std::string FormatHttpDate(std::chrono::system_clock::time_point at) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  std::array<char, 64> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                    kDays[std::chrono::weekday(day).c_encoding()].data(), static_cast<unsigned>(date.day()),
                    kMonths[static_cast<unsigned>(date.month()) - 1].data(), static_cast<int>(date.year()),
                    static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                    static_cast<int>(time.seconds().count()));
  return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

std::string FormatLogTime(std::chrono::system_clock::time_point at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::milliseconds>(at - day));
  std::array<char, 64> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                    static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

}  // namespace zhian::http
