#include "http/message.hpp"

#include <array>
#include <cassert>
#include <system_error>

namespace zhian::http {
namespace {

constexpr std::size_t kParametersMax = 64;
constexpr std::size_t kParameterNameMaxBytes = 128;
constexpr std::size_t kParameterValueMaxBytes = 4096;
constexpr std::size_t kSegmentsMax = 64;

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods = {{{Method::kGet, "GET"},
                                                                          {Method::kHead, "HEAD"},
                                                                          {Method::kPost, "POST"},
                                                                          {Method::kPut, "PUT"},
                                                                          {Method::kPatch, "PATCH"},
                                                                          {Method::kDelete, "DELETE"},
                                                                          {Method::kOptions, "OPTIONS"}}};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsControl(unsigned char c) { return c < 0x20 || c == 0x7f; }

// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool IsUtf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const int extra = lead >= 0xc2 && lead <= 0xdf   ? 1
                      : lead >= 0xe0 && lead <= 0xef ? 2
                      : lead >= 0xf0 && lead <= 0xf4 ? 3
                                                     : 0;
    if (extra == 0 || i + static_cast<std::size_t>(extra) >= text.size()) return false;
    for (int k = 1; k <= extra; ++k) {
      const auto c = static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]);
      unsigned char low = 0x80;
      unsigned char high = 0xbf;
      if (k == 1) {
        if (lead == 0xe0) low = 0xa0;
        if (lead == 0xed) high = 0x9f;
        if (lead == 0xf0) low = 0x90;
        if (lead == 0xf4) high = 0x8f;
      }
      if (c < low || c > high) return false;
    }
    i += static_cast<std::size_t>(extra) + 1;
  }
  return true;
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

Error BadTarget(std::string what) { return MakeError(ErrorCode::kInvalid, "request target: " + std::move(what)); }

Status ParseQuery(std::string_view text, Parameters& query) {
  std::size_t count = 0;
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto piece = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (piece.empty()) continue;
    if (++count > kParametersMax) return BadTarget("more than 64 query parameters; send fewer");
    const auto equals = piece.find('=');
    auto name = PercentDecode(piece.substr(0, equals), true);
    auto value = equals == std::string_view::npos ? Result<std::string>(std::string{})
                                                  : PercentDecode(piece.substr(equals + 1), true);
    if (!name.ok() || !value.ok()) {
      return BadTarget("query parameter " + std::to_string(count) +
                       " is badly encoded; percent-encode UTF-8 without control characters");
    }
    if (name->size() > kParameterNameMaxBytes || value->size() > kParameterValueMaxBytes) {
      return BadTarget("query parameter " + std::to_string(count) + " is longer than 128 (name) or 4096 (value) bytes");
    }
    query.Add(*std::move(name), *std::move(value));
  }
  return Ok();
}

}  // namespace

std::string_view MethodName(Method method) { return kMethods[static_cast<std::size_t>(method)].second; }

std::optional<Method> ParseMethod(std::string_view name) {
  for (const auto& [method, text] : kMethods) {
    if (text == name) return method;
  }
  return std::nullopt;
}

std::string_view Headers::Get(std::string_view name) const {
  for (const auto& field : fields_) {
    if (EqualsIgnoringCase(field.first, name)) return field.second;
  }
  return {};
}

bool Headers::Has(std::string_view name) const { return Count(name) > 0; }

std::size_t Headers::Count(std::string_view name) const {
  std::size_t count = 0;
  for (const auto& field : fields_) count += EqualsIgnoringCase(field.first, name) ? 1U : 0U;
  return count;
}

std::string Headers::Joined(std::string_view name) const {
  std::string joined;
  for (const auto& field : fields_) {
    if (!EqualsIgnoringCase(field.first, name)) continue;
    if (!joined.empty()) joined += ", ";
    joined += field.second;
  }
  return joined;
}

void Headers::Set(std::string_view name, std::string value) {
  Remove(name);
  Add(name, std::move(value));
}

void Headers::Add(std::string_view name, std::string value) {
  fields_.emplace_back(std::string(name), std::move(value));
}

void Headers::Remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return EqualsIgnoringCase(field.first, name); });
}

std::optional<std::string_view> Parameters::Get(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Parameters::All(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : pairs_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

TempFile::~TempFile() {
  if (path_.empty()) return;
  std::error_code ignored;  // a file that is gone already is what was wanted
  std::filesystem::remove(path_, ignored);
}

const std::string& Request::PathParameter(std::string_view name) const {
  const auto found = path_parameters.find(name);
  assert(found != path_parameters.end());
  return found->second;
}

std::string_view Request::Cookie(std::string_view name) const {
  for (const auto& [field, value] : headers.fields()) {
    if (!EqualsIgnoringCase(field, "cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = rest.find(';');
      const auto pair = Trim(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
    }
  }
  return {};
}

std::string Request::ContentType() const {
  const auto value = headers.Get("content-type");
  std::string type(Trim(value.substr(0, value.find(';'))));
  for (char& c : type) c = Lower(c);
  return type;
}

Result<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? HexValue(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexValue(text[i + 2]) : -1;
      if (high < 0 || low < 0) return MakeError(ErrorCode::kInvalid, "'%' without two hexadecimal digits");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (IsControl(static_cast<unsigned char>(c))) return MakeError(ErrorCode::kInvalid, "a control character");
    decoded += c;
  }
  if (!IsUtf8(decoded)) return MakeError(ErrorCode::kInvalid, "not UTF-8");
  return decoded;
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (IsUnreserved(c)) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += kDigits[byte >> 4U];
      encoded += kDigits[byte & 15U];
    }
  }
  return encoded;
}

std::string JsonQuote(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string quoted;
  quoted.reserve(text.size() + 2);
  quoted += '"';
  for (const char c : text) {
    switch (c) {
      case '"': quoted += "\\\""; break;
      case '\\': quoted += "\\\\"; break;
      case '\n': quoted += "\\n"; break;
      case '\r': quoted += "\\r"; break;
      case '\t': quoted += "\\t"; break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
          quoted += "\\u00";
          quoted += kDigits[byte >> 4U];
          quoted += kDigits[byte & 15U];
        } else {
          quoted += c;
        }
      }
    }
  }
  quoted += '"';
  return quoted;
}

Status ParseTarget(std::string_view target, Request& request) {
  request.target = target;
  request.path.clear();
  request.segments.clear();
  request.query = {};
  if (target == "*") {  // OPTIONS of the server as a whole (RFC 9112 §3.2.4)
    request.path = "*";
    request.segments = {"*"};
    return Ok();
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() > scheme.size() && EqualsIgnoringCase(target.substr(0, scheme.size()), scheme)) {
      const auto slash = target.find('/', scheme.size());
      target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
      break;
    }
  }
  if (target.empty() || target.front() != '/') return BadTarget("must begin with '/'");
  for (const char c : target) {
    if (IsControl(static_cast<unsigned char>(c)) || c == ' ' || c == '#') {
      return BadTarget("holds a space, '#' or a control character; percent-encode it");
    }
  }
  const auto question = target.find('?');
  std::string_view raw = target.substr(1, question == std::string_view::npos ? question : question - 1);
  if (raw.empty()) {
    request.path = "/";
  } else {
    while (true) {
      const auto slash = raw.find('/');
      auto segment = PercentDecode(raw.substr(0, slash));
      if (!segment.ok()) return BadTarget("path: " + segment.error().message.Text());
      if (*segment == "." || *segment == "..") return BadTarget("path: '.' and '..' are not taken");
      if (request.segments.size() == kSegmentsMax) return BadTarget("path: more than 64 segments");
      request.path += '/';
      request.path += *segment;
      request.segments.push_back(*std::move(segment));
      if (slash == std::string_view::npos) break;
      raw.remove_prefix(slash + 1);
    }
  }
  if (question != std::string_view::npos) ZHIAN_TRY(ParseQuery(target.substr(question + 1), request.query));
  return Ok();
}

Response Response::Text(int status, std::string text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

Response Response::Json(int status, std::string json) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(json);
  return response;
}

Response Response::Html(int status, std::string html) {
  Response response = Text(status, std::move(html));
  response.content_type = "text/html; charset=utf-8";
  return response;
}

Response Response::Bytes(std::string bytes, std::string content_type) {
  Response response;
  response.content_type = std::move(content_type);
  response.body = std::move(bytes);
  return response;
}

Response Response::File(std::filesystem::path path, std::string content_type, std::string_view download_name) {
  Response response;
  response.content_type = std::move(content_type);
  response.body = FileBody{std::move(path), nullptr};
  if (!download_name.empty()) {
    // Encoded as a whole, so that no character of the name can leave the parameter.
    response.headers.Set("Content-Disposition", "attachment; filename*=UTF-8''" + PercentEncode(download_name));
  }
  return response;
}

Response Response::NoContent() {
  Response response;
  response.status = 204;
  return response;
}

Response Response::Redirect(std::string location, int status) {
  Response response;
  response.status = status;
  response.headers.Set("Location", std::move(location));
  return response;
}

Response Response::Problem(const ProblemDetails& problem) {
  std::string json = "{\"type\":" + JsonQuote(problem.type) +
                     ",\"title\":" + JsonQuote(problem.title.empty() ? StatusPhrase(problem.status) : problem.title) +
                     ",\"status\":" + std::to_string(problem.status);
  if (!problem.detail.empty()) json += ",\"detail\":" + JsonQuote(problem.detail);
  json += ",\"errors\":[";
  bool first = true;
  for (const auto& error : problem.errors) {
    if (!first) json += ',';
    first = false;
    json += "{\"pointer\":" + JsonQuote(error.pointer);
    if (!error.key.empty()) json += ",\"key\":" + JsonQuote(error.key);
    json += ",\"message\":" + JsonQuote(error.message.In(problem.language)) + '}';
  }
  json += ']';
  if (!problem.members_json.empty()) json += ',' + problem.members_json;
  json += '}';
  Response response = Json(problem.status, std::move(json));
  response.content_type = "application/problem+json";
  response.headers.Set("Cache-Control", "no-store");
  return response;
}

Response Response::Problem(int status, std::string title, std::string detail) {
  ProblemDetails problem;
  problem.status = status;
  problem.title = std::move(title);
  problem.detail = std::move(detail);
  return Problem(problem);
}

Response Response::Stream(std::shared_ptr<Subscription> subscription) {
  Response response;
  response.content_type = "text/event-stream";
  response.stream = std::move(subscription);
  response.compress = false;
  return response;
}

std::string_view Response::BodyView() const {
  if (const auto* own = std::get_if<std::string>(&body)) return *own;
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body)) {
    return *shared ? std::string_view(**shared) : std::string_view{};
  }
  if (const auto* view = std::get_if<std::string_view>(&body)) return *view;
  return {};
}

std::string_view StatusPhrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 207: return "Multi-Status";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Unknown";
  }
}

std::string FormatCookie(std::string_view name, std::string_view value, const CookieOptions& options) {
  assert(value.find_first_of("\r\n;, \"\\") == std::string_view::npos);
  std::string cookie(name);
  cookie += '=';
  cookie += value;
  if (!options.path.empty()) cookie += "; Path=" + options.path;
  if (options.max_age.count() >= 0) cookie += "; Max-Age=" + std::to_string(options.max_age.count());
  if (options.http_only) cookie += "; HttpOnly";
  if (options.secure) cookie += "; Secure";
  if (!options.same_site.empty()) cookie += "; SameSite=" + options.same_site;
  return cookie;
}

bool EtagListHas(std::string_view list, std::string_view etag) {
  const auto opaque = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  if (Trim(list) == "*") return true;
  while (!list.empty()) {
    list = Trim(list);
    // A comma may stand inside the quotes of a tag: the end is the one after the closing quote.
    const auto open = list.find('"');
    const auto close = open == std::string_view::npos ? open : list.find('"', open + 1);
    if (close == std::string_view::npos) return false;
    if (opaque(Trim(list.substr(0, close + 1))) == opaque(etag)) return true;
    const auto comma = list.find(',', close);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
  return false;
}

}  // namespace zhian::http
