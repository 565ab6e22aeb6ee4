// Messages of the transport: Request as it was received and checked, Response as it will be sent.
// Invariants: a Request that reaches a handler has a decoded, valid UTF-8 path without NUL, control characters, "." or
// ".." segments; its query, headers and body are within the limits of the server and the route.
// Thread-safety: plain values; one thread at a time. A Response may share immutable bytes with others.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace zhian::http {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };

// "GET" …; the standard spelling.
[[nodiscard]] std::string_view MethodName(Method method);
// nullopt where the name is none of the seven (names are case-sensitive, RFC 9110 §9.1).
[[nodiscard]] std::optional<Method> ParseMethod(std::string_view name);

// Header fields in order of arrival. Names compare without case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  // The first value of the name, or empty.
  [[nodiscard]] std::string_view Get(std::string_view name) const;
  [[nodiscard]] bool Has(std::string_view name) const;
  [[nodiscard]] std::size_t Count(std::string_view name) const;
  // All values of a list field joined with ", ", as RFC 9110 §5.3 allows.
  [[nodiscard]] std::string Joined(std::string_view name) const;
  // Replaces every field of the name.
  void Set(std::string_view name, std::string value);
  void Add(std::string_view name, std::string value);
  void Remove(std::string_view name);
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

// Decoded name/value pairs of a query, in order; a name may occur many times.
class Parameters {
 public:
  [[nodiscard]] std::optional<std::string_view> Get(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> All(std::string_view name) const;
  [[nodiscard]] bool Has(std::string_view name) const { return Get(name).has_value(); }
  void Add(std::string name, std::string value) { pairs_.emplace_back(std::move(name), std::move(value)); }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }
  [[nodiscard]] bool empty() const { return pairs_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

// A file that is removed with its last owner, unless it was released (moved into its final place).
class TempFile {
 public:
  explicit TempFile(std::filesystem::path path) : path_(std::move(path)) {}
  ~TempFile();
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // From now on the caller owns the file.
  std::filesystem::path Release() { return std::exchange(path_, {}); }

 private:
  std::filesystem::path path_;
};

struct Route;

struct Request {
  Method method = Method::kGet;
  std::string target;                 // as it was sent: path, and query after '?'
  std::string path;                   // decoded; for logs and comparison with literals
  std::vector<std::string> segments;  // decoded one by one: a "%2F" stays inside its segment
  Parameters query;
  Headers headers;
  std::string body;                                     // empty where body_file is set
  std::shared_ptr<TempFile> body_file;                  // bodies above ServerOptions::body_in_memory_max_bytes
  std::uint64_t body_size = 0;                          // bytes, wherever they are
  std::string remote_address;                           // of the client; behind a trusted proxy, as that proxy says
  std::string request_id;                               // made here, never taken from the client
  std::chrono::system_clock::time_point received_at{};  // when the header was complete
  bool secure = false;                                  // came by TLS, or a trusted proxy says so

  const Route* route = nullptr;                                     // what the router chose
  std::map<std::string, std::string, std::less<>> path_parameters;  // decoded, typed as the pattern says

  // REQUIRES: the pattern of the route has {name}.
  [[nodiscard]] const std::string& PathParameter(std::string_view name) const;
  // The value of a cookie, or empty. Of several of one name, the first.
  [[nodiscard]] std::string_view Cookie(std::string_view name) const;
  // The media type of Content-Type in lower case, without parameters.
  [[nodiscard]] std::string ContentType() const;
};

// Fills target, path, segments and query. Errors (kInvalid): bad percent-encoding, NUL or control characters, invalid
// UTF-8, "." or ".." segments, more than 64 parameters, a name over 128 bytes or a value over 4096.
// Takes origin-form and, for proxies, absolute-form ("http://host/path").
[[nodiscard]] Status ParseTarget(std::string_view target, Request& request);

// Percent-decodes; '+' becomes a space only where asked (query). kInvalid on a bad escape, NUL or control character,
// or on invalid UTF-8.
[[nodiscard]] Result<std::string> PercentDecode(std::string_view text, bool plus_is_space = false);
// Encodes everything but RFC 3986's unreserved characters.
[[nodiscard]] std::string PercentEncode(std::string_view text);
// A JSON string with its quotes.
[[nodiscard]] std::string JsonQuote(std::string_view text);

class Subscription;  // sse.hpp
class WebSocket;     // websocket.hpp

// A file to send, of which nothing is held in memory. `owner` keeps a temporary file until it was sent.
struct FileBody {
  std::filesystem::path path;
  std::shared_ptr<TempFile> owner;
};

// RFC 9457. `errors` are given as [{pointer, key, message}], all at once.
struct ProblemDetails {
  int status = 500;
  std::string type = "about:blank";
  std::string title;
  std::string detail;
  std::vector<FieldError> errors;
  Language language = Language::kSimplified;  // of the errors' messages
  std::string members_json;  // further members of the object without braces: "\"current\":7,\"x\":[]"; may be empty
};

struct Response {
  // string: own bytes. shared: immutable bytes that others hold too. view: bytes of static storage. FileBody: a file.
  using Body = std::variant<std::string, std::shared_ptr<const std::string>, std::string_view, FileBody>;

  int status = 200;
  Headers headers;           // a value with CR, LF, NUL or another control character is not sent: the answer is 500
  std::string content_type;  // empty: no Content-Type
  Body body;
  std::shared_ptr<Subscription> stream;  // set: text/event-stream until either side ends it; body is not sent
  std::shared_ptr<WebSocket>
      socket;            // set, with status 101: the connection becomes a WebSocket (AnswerWebSocket makes it)
  bool compress = true;  // false where a secret stands beside text that the client chose (BREACH), or it is useless

  static Response Text(int status, std::string text);
  static Response Json(int status, std::string json);
  static Response Json(std::string json) { return Json(200, std::move(json)); }
  static Response Html(int status, std::string html);
  static Response Bytes(std::string bytes, std::string content_type);
  // The name is what a browser stores the file under; it may be Chinese (RFC 6266/8187).
  static Response File(std::filesystem::path path, std::string content_type, std::string_view download_name = {});
  static Response NoContent();
  static Response Redirect(std::string location, int status = 303);
  static Response Problem(const ProblemDetails& problem);
  static Response Problem(int status, std::string title, std::string detail = {});
  static Response Stream(std::shared_ptr<Subscription> subscription);

  Response& With(std::string_view name, std::string value) {
    headers.Set(name, std::move(value));
    return *this;
  }
  // The bytes of a body in memory; empty for a file or a stream.
  [[nodiscard]] std::string_view BodyView() const;
};

// Runs on a worker thread (or on an I/O thread where the route says run_inline). An exception that leaves it is logged
// and answered with 500.
using Handler = std::function<Response(const Request&)>;

// The standard phrase of a status code; "Unknown" for others.
[[nodiscard]] std::string_view StatusPhrase(int status);

struct CookieOptions {
  std::string path = "/";
  std::chrono::seconds max_age{-1};  // negative: ends with the browser; zero: delete it
  bool http_only = true;
  bool secure = false;
  std::string same_site = "Lax";
};
// The value of a Set-Cookie header. REQUIRES: name and value are cookie-safe (no controls, space, quote, comma, ';',
// '\').
[[nodiscard]] std::string FormatCookie(std::string_view name, std::string_view value, const CookieOptions& options);

// True where an If-None-Match or If-Match list holds the tag ("*" matches all; weak comparison, RFC 9110 §8.8.3.2).
[[nodiscard]] bool EtagListHas(std::string_view list, std::string_view etag);

}  // namespace zhian::http
