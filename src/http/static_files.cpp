#include "http/static_files.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace zhian::http {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool SameCoding(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char lower = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] - 'A' + 'a') : a[i];
    if (lower != b[i]) return false;
  }
  return true;
}

// "q=0", "q=0.0", "q=0.000" refuse; all other weights accept.
bool IsRefused(std::string_view parameters) {
  const auto q = std::min(parameters.find("q="), parameters.find("Q="));
  if (q == std::string_view::npos) return false;
  const auto weight = Trim(parameters.substr(q + 2));
  return !weight.empty() && weight.find_first_of("123456789") == std::string_view::npos;
}

}  // namespace

bool AcceptsEncoding(std::string_view accept_encoding, std::string_view coding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    const auto comma = accept_encoding.find(',');
    const auto item = accept_encoding.substr(0, comma);
    accept_encoding = comma == std::string_view::npos ? std::string_view{} : accept_encoding.substr(comma + 1);
    const auto semicolon = item.find(';');
    const auto name = Trim(item.substr(0, semicolon));
    const bool refused = semicolon != std::string_view::npos && IsRefused(item.substr(semicolon + 1));
    if (SameCoding(name, coding)) return !refused;
    if (name == "*") any = !refused;
  }
  return any;
}

StaticFiles::StaticFiles(std::span<const EmbeddedFile> files, StaticFilesOptions options)
    : options_(std::move(options)) {
  for (const auto& file : files) by_name_.emplace(file.name, &file);
}

std::optional<Response> StaticFiles::Serve(const Request& request) const {
  if (request.method != Method::kGet && request.method != Method::kHead) return std::nullopt;
  // A look-up by the whole name: no path can leave the table.
  auto found = by_name_.find(std::string_view(request.path).substr(request.path.empty() ? 0 : 1));
  if (found == by_name_.end() && (request.path == "/" || (options_.is_page && options_.is_page(request.path)))) {
    found = by_name_.find(options_.index);
  }
  if (found == by_name_.end()) return std::nullopt;
  const EmbeddedFile& file = *found->second;
  Response response;
  response.content_type = file.content_type;
  response.compress = false;
  response.body = file.bytes;
  std::string etag(file.etag);
  if (!file.gzip.empty() || !file.brotli.empty()) {
    response.headers.Set("Vary", "Accept-Encoding");
    const auto accepted = request.headers.Joined("accept-encoding");
    std::string_view coding;
    if (!file.brotli.empty() && AcceptsEncoding(accepted, "br")) {
      response.body = file.brotli;
      coding = "br";
    } else if (!file.gzip.empty() && AcceptsEncoding(accepted, "gzip")) {
      response.body = file.gzip;
      coding = "gzip";
    }
    if (!coding.empty()) {
      response.headers.Set("Content-Encoding", std::string(coding));
      // Each form is a representation of its own, and so has a tag of its own (RFC 9110 §8.8.3.3).
      if (etag.size() >= 2) etag.insert(etag.size() - 1, "-" + std::string(coding));
    }
  }
  response.headers.Set("ETag", std::move(etag));
  response.headers.Set("Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  return response;
}

Handler StaticFiles::AsFallback() const {
  return [this](const Request& request) {
    auto response = Serve(request);
    if (response) return *std::move(response);
    return Response::Problem(404, "Not Found", "there is nothing at " + request.path);
  };
}

}  // namespace zhian::http
