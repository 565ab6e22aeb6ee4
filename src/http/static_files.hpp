// Static files out of the program itself: a table of bytes, each with its gzip and brotli forms and its ETag.
// The web interface's table is made by tools/embed-web.py (cmake: zhian_embed_web); an absent build is an empty table.
// Thread-safety: immutable after construction; safe from any thread, and quick enough for an I/O thread.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/message.hpp"

namespace zhian::http {

struct EmbeddedFile {
  std::string_view name;          // "index.html", "assets/app-3f2a.js": no slash in front
  std::string_view bytes;         // static storage, as are the next two
  std::string_view gzip;          // empty: none
  std::string_view brotli;        // empty: none
  std::string_view content_type;  // "text/javascript; charset=utf-8"
  std::string_view etag;          // with quotes
  bool immutable = false;         // the name holds a digest of the content: may be kept for a year
};

// Defined by the generated file of zhian_embed_web; link that target where it is called.
std::span<const EmbeddedFile> EmbeddedWebFiles();

struct StaticFilesOptions {
  std::string index = "index.html";  // answers "/" and whatever is_page accepts
  // Paths of pages that the single-page interface draws itself: they get the index. Null: "/" alone.
  std::function<bool(std::string_view path)> is_page;
};

class StaticFiles {
 public:
  explicit StaticFiles(std::span<const EmbeddedFile> files, StaticFilesOptions options = {});
  // GET or HEAD of a file or page; nullopt: not mine. Chooses br, then gzip, by Accept-Encoding; sets ETag, Vary and
  // Cache-Control. If-None-Match is answered by the server, from the ETag.
  [[nodiscard]] std::optional<Response> Serve(const Request& request) const;
  // For Router::SetFallback: Serve, or 404 as problem+json.
  [[nodiscard]] Handler AsFallback() const;
  [[nodiscard]] bool empty() const { return by_name_.empty(); }

 private:
  std::unordered_map<std::string_view, const EmbeddedFile*> by_name_;
  StaticFilesOptions options_;
};

// Quality of a coding in an Accept-Encoding list: true where it is acceptable (q > 0).
[[nodiscard]] bool AcceptsEncoding(std::string_view accept_encoding, std::string_view coding);

}  // namespace zhian::http
