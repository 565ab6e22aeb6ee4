#include "http/request_reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace zhian::http {
namespace {

namespace bhttp = boost::beast::http;
using BeastView = boost::beast::string_view;
using BeastError = boost::beast::error_code;

std::string_view View(BeastView text) { return {text.data(), text.size()}; }

}  // namespace

std::pair<char*, std::size_t> InputBuffer::Prepare(std::size_t least) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (bytes_.size() - end_ < least && begin_ > 0) {
    std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (bytes_.size() - end_ < least) bytes_.resize(end_ + least);
  return {bytes_.data() + end_, bytes_.size() - end_};
}

void InputBuffer::Consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

struct RequestReader::Parser final : bhttp::basic_parser<true> {
  explicit Parser(RequestReader& owner) : reader(owner) {
    // Our own limits are narrower and tell 413, 414 and 431 apart.
    header_limit(static_cast<std::uint32_t>(owner.options_.header_max_bytes + 4));
    body_limit(boost::none);
  }

  void on_request_impl(bhttp::verb, BeastView name, BeastView target, int version, BeastError& error) override {
    method_name = View(name);
    reader.request_.target = View(target);
    http10 = version == 10;
    if (version != 10 && version != 11) error = bhttp::error::bad_version;
  }
  void on_field_impl(bhttp::field, BeastView name, BeastView value, BeastError&) override {
    // What comes after the last chunk (a trailer) must not change a header that was judged already.
    if (!in_header) return;
    reader.request_.headers.Add(View(name), std::string(View(value)));
  }
  void on_header_impl(BeastError&) override { in_header = false; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
  std::size_t on_body_impl(BeastView body, BeastError& error) override { return Take(body, error); }
  void on_chunk_header_impl(std::uint64_t, BeastView, BeastError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView body, BeastError& error) override {
    return Take(body, error);
  }
  void on_finish_impl(BeastError&) override {}
  void on_response_impl(int, BeastView, int, BeastError&) override {}

  std::size_t Take(BeastView body, BeastError& error) {
    if (!reader.Store(View(body))) error = bhttp::error::body_limit;
    return body.size();
  }

  RequestReader& reader;
  std::string method_name;
  bool http10 = false;
  bool in_header = true;
};

RequestReader::RequestReader(const ServerOptions& options, std::atomic<std::uint64_t>& body_bytes_in_memory)
    : options_(options), body_bytes_in_memory_(body_bytes_in_memory), parser_(std::make_unique<Parser>(*this)) {}

RequestReader::~RequestReader() {
  if (file_ >= 0) ::close(file_);
  body_bytes_in_memory_.fetch_sub(held_, std::memory_order_relaxed);
}

bool RequestReader::keep_alive() const { return parser_->keep_alive(); }
bool RequestReader::is_http10() const { return parser_->http10; }

RequestReader::Step RequestReader::Fail(int status, std::string why) {
  failure_status_ = status;
  failure_ = std::move(why);
  return Step::kFailed;
}

bool RequestReader::FailSlow() {
  static_cast<void>(Fail(408, "the request came too slowly"));
  return true;
}

RequestReader::Step RequestReader::FeedHeader(InputBuffer& buffer) {
  if (scanned_ == 0) {
    // An empty line before the request is skipped (RFC 9112 §2.2).
    while (buffer.view().starts_with("\r\n")) buffer.Consume(2);
    if (buffer.view() == "\r") return Step::kNeedMore;
  }
  const auto bytes = buffer.view().substr(0, options_.header_max_bytes);
  std::size_t header_size = 0;
  // The parser is given the whole header at once, so that its size is bounded as a whole.
  while (scanned_ < bytes.size()) {
    const auto line_end = bytes.find('\n', scanned_);
    if (line_end == std::string_view::npos) {
      scanned_ = bytes.size();
      break;
    }
    if (line_end == 0 || bytes[line_end - 1] != '\r') return Fail(400, "a line of the header does not end with CR LF");
    // A folded line (RFC 9112 §5.2) is read differently by different readers.
    const auto before = bytes.substr(0, line_end).rfind('\n');
    if (before != std::string_view::npos && (bytes[before + 1] == ' ' || bytes[before + 1] == '\t'))
      return Fail(400, "a line of the header is folded");
    scanned_ = line_end + 1;
    if (line_end >= 3 && bytes[line_end - 2] == '\n') {
      header_size = line_end + 1;
      break;
    }
  }
  if (header_size == 0) {
    const auto first_line = bytes.find('\n');
    const auto line_size = first_line == std::string_view::npos ? bytes.size() : first_line;
    if (line_size > options_.target_max_bytes + 32) return Fail(414, "the request target is too long");
    if (bytes.size() >= options_.header_max_bytes) return Fail(431, "the header is too large");
    return Step::kNeedMore;
  }
  BeastError error;
  parser_->put(boost::asio::const_buffer(bytes.data(), header_size), error);
  buffer.Consume(header_size);
  if (error == bhttp::error::bad_version) return Fail(505, "HTTP/1.1 is spoken here");
  if (error || !parser_->is_header_done()) return Fail(400, "malformed request: " + error.message());
  return CheckHeader();
}

RequestReader::Step RequestReader::CheckHeader() {
  if (request_.target.size() > options_.target_max_bytes) return Fail(414, "the request target is too long");
  if (request_.headers.fields().size() > options_.header_fields_max) return Fail(431, "too many header fields");
  const auto method = ParseMethod(parser_->method_name);
  if (!method) return Fail(501, "this method is not known");
  request_.method = *method;
  const std::string target = request_.target;
  if (auto status = ParseTarget(target, request_); !status.ok()) return Fail(400, status.error().message.Text());
  const auto hosts = request_.headers.Count("host");
  if (hosts > 1 || (hosts == 0 && !parser_->http10)) {
    return Fail(400, "there must be one Host field");
  }
  const auto transfer = request_.headers.Joined("transfer-encoding");
  if (!transfer.empty() && !parser_->chunked()) return Fail(501, "of transfer codings, only chunked is taken");
  if (parser_->chunked() && transfer.size() != 7) return Fail(501, "of transfer codings, only chunked is taken");
  if (request_.headers.Count("content-length") > 1) return Fail(400, "there must be one Content-Length field");
  if (request_.headers.Get("content-length").find_first_not_of("0123456789") != std::string_view::npos)
    return Fail(400, "Content-Length must be one number");
  const auto coding = request_.headers.Get("content-encoding");
  if (!coding.empty() && coding != "identity") return Fail(415, "bodies are taken without Content-Encoding");
  const auto expect = request_.headers.Get("expect");
  if (!expect.empty()) {
    constexpr std::string_view kContinue = "100-continue";
    const bool known = std::ranges::equal(expect, kContinue, [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
    if (!known) return Fail(417, "of expectations, only 100-continue is met");
    expects_continue_ = true;
  }
  return Step::kReady;
}

RequestReader::Step RequestReader::BeginBody(std::uint64_t body_max_bytes) {
  body_max_bytes_ = body_max_bytes;
  if (parser_->is_done()) return Step::kReady;
  if (const auto length = parser_->content_length(); length && *length > body_max_bytes) {
    return Fail(413, "the body may have " + std::to_string(body_max_bytes) + " bytes here");
  }
  parser_->eager(true);
  return Step::kNeedMore;
}

RequestReader::Step RequestReader::FeedBody(InputBuffer& buffer) {
  while (!buffer.empty() && !parser_->is_done()) {
    const auto bytes = buffer.view();
    BeastError error;
    const auto used = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    buffer.Consume(used);
    if (failure_status_ != 0) return Step::kFailed;
    if (error == bhttp::error::need_more) {
      // A chunk header or trailer that does not fit is an attack or a mistake.
      if (buffer.view().size() >= options_.header_max_bytes) return Fail(400, "a chunk's header is too large");
      if (used == 0) return Step::kNeedMore;
      continue;
    }
    if (error) return Fail(400, "malformed body: " + error.message());
    if (used == 0) break;
  }
  if (!parser_->is_done()) return Step::kNeedMore;
  if (file_ >= 0) {
    const int closed = ::close(file_);
    file_ = -1;
    if (closed != 0) return Fail(507, "the upload could not be stored");
  }
  return Step::kReady;
}

bool RequestReader::Store(std::string_view piece) {
  const auto fail = [this](int status, std::string why) {
    static_cast<void>(Fail(status, std::move(why)));
    return false;
  };
  if (request_.body_size + piece.size() > body_max_bytes_) {
    return fail(413, "the body may have " + std::to_string(body_max_bytes_) + " bytes here");
  }
  request_.body_size += piece.size();
  const bool spills = file_ >= 0 || request_.body_size > options_.body_in_memory_max_bytes ||
                      parser_->content_length().value_or(0) > options_.body_in_memory_max_bytes;
  if (!spills) {
    if (body_bytes_in_memory_.fetch_add(piece.size(), std::memory_order_relaxed) + piece.size() >
        options_.bodies_in_memory_max_bytes) {
      body_bytes_in_memory_.fetch_sub(piece.size(), std::memory_order_relaxed);
      return fail(503, "too many uploads at once; try again");
    }
    held_ += piece.size();
    request_.body.append(piece);
    return true;
  }
  if (file_ < 0) {
    std::error_code error;
    const auto folder =
        options_.temp_folder.empty() ? std::filesystem::temp_directory_path(error) : options_.temp_folder;
    std::string name = (folder / "zhian-upload-XXXXXX").string();
    file_ = ::mkostemp(name.data(), O_CLOEXEC);  // mode 0600
    if (file_ < 0) return fail(507, "the upload could not be stored");
    request_.body_file = std::make_shared<TempFile>(name);
    const std::string before = std::exchange(request_.body, {});
    body_bytes_in_memory_.fetch_sub(std::exchange(held_, 0), std::memory_order_relaxed);
    request_.body_size -= piece.size();
    if (!before.empty()) {
      request_.body_size -= before.size();
      if (!Store(before)) return false;
    }
    return Store(piece);
  }
  while (!piece.empty()) {
    const auto written = ::write(file_, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail(507, "the upload could not be stored");
    piece.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace zhian::http
