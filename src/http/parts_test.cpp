// The parts of the transport without a network: request reader, router, static files, events, workers, finish.
#include <doctest/doctest.h>
#include <zlib.h>

#include <array>
#include <atomic>
#include <future>

#include "http/finish.hpp"
#include "http/request_reader.hpp"
#include "http/router.hpp"
#include "http/sse.hpp"
#include "http/static_files.hpp"
#include "http/worker_pool.hpp"

using namespace zhian;
using namespace zhian::http;

namespace {

struct Reading {
  int status = 0;  // 0: read; -1: it waits for more
  Method method{};
  std::string path, body, left;
};

// The first request of the bytes, which come in pieces of this size (0: at once).
Reading Read(const std::string& bytes, std::size_t piece = 0, const ServerOptions& options = {},
             std::uint64_t body_max = 1000) {
  std::atomic<std::uint64_t> held{0};
  Reading reading;
  {
    RequestReader reader(options, held);
    InputBuffer buffer;
    std::size_t at = 0;
    bool in_body = false;
    using Step = RequestReader::Step;
    Step step = Step::kNeedMore;
    const auto take = [&] {
      if (!in_body) {
        step = reader.FeedHeader(buffer);
        if (step != Step::kReady) return;
        in_body = true;
        step = reader.BeginBody(body_max);
      }
      if (step == Step::kNeedMore) step = reader.FeedBody(buffer);
    };
    while (at < bytes.size() && step == Step::kNeedMore) {
      const std::string_view part = std::string_view(bytes).substr(at, piece == 0 ? bytes.size() : piece);
      at += part.size();
      std::copy(part.begin(), part.end(), buffer.Prepare(part.size()).first);
      buffer.Commit(part.size());
      take();
    }
    reading.status = step == Step::kReady ? 0 : step == Step::kFailed ? reader.failure_status() : -1;
    reading.method = reader.request().method;
    reading.path = reader.request().path;
    reading.body = reader.request().body;
    reading.left = std::string(buffer.view()) + bytes.substr(at);
  }
  CHECK(held == 0);  // what was held of the body is given back
  return reading;
}
const std::string kPost = "POST /a/b?x=1 HTTP/1.1\r\nHost: h\r\n";
std::string Chunked(const std::string& body) { return kPost + "Transfer-Encoding: chunked\r\n\r\n" + body; }
std::string Get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n"; }

Request Asked(Method method, const std::string& target, Headers headers = {}) {
  Request request;
  request.method = method;
  REQUIRE(ParseTarget(target, request).ok());
  request.headers = std::move(headers);
  return request;
}
Headers With(const char* name, const char* value) {
  Headers headers;
  headers.Add(name, value);
  return headers;
}

}  // namespace

TEST_CASE("a request is read the same, wherever its bytes are split, and what follows it is left for the next") {
  for (const std::string& bytes : {kPost + "Content-Length: 11\r\n\r\nhello world",
                                   Chunked("5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nTrailer: x\r\n\r\n")}) {
    const auto whole = Read(bytes + Get("/next"));
    CHECK(whole.status == 0);
    CHECK(whole.body == "hello world");
    CHECK(whole.left == Get("/next"));
    for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
      const auto split = Read(bytes, piece);
      CHECK(split.status == 0);
      CHECK(split.method == Method::kPost);
      CHECK(split.path == "/a/b");
      CHECK(split.body == "hello world");
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(Read(bytes.substr(0, size)).status == -1);
  }
  CHECK(Read("\r\n\r\n" + Get("/x")).path == "/x");  // empty lines before a request (RFC 9112 2.2)
}

TEST_CASE("limits of line, header, fields and body are told apart") {
  const ServerOptions narrow{
      .header_max_bytes = 1024, .header_fields_max = 5, .target_max_bytes = 100, .body_in_memory_max_bytes = 1000};
  CHECK(Read(Get("/" + std::string(90, 'a')), 0, narrow).status == 0);
  CHECK(Read(Get("/" + std::string(200, 'a')), 0, narrow).status == 414);
  CHECK(Read("GET /" + std::string(5000, 'a'), 7, narrow).status == 414);  // it never ends
  CHECK(Read("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(2000, 'a') + "\r\n\r\n", 0, narrow).status == 431);
  CHECK(Read("GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n\r\n", 0, narrow).status == 431);
  CHECK(Read(kPost + "Content-Length: 1001\r\n\r\n").status == 413);  // before a byte of it was read
  CHECK(Read(Chunked("3E8\r\n" + std::string(1000, 'x') + "\r\n0\r\n\r\n")).status == 0);
  CHECK(Read(Chunked("3E9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n")).status == 413);
}

TEST_CASE("a body beyond the memory limit is kept in a file, which goes with its last owner") {
  const ServerOptions options{.body_in_memory_max_bytes = 10};
  std::atomic<std::uint64_t> held{0};
  std::filesystem::path path;
  {
    RequestReader reader(options, held);
    InputBuffer buffer;
    const std::string bytes = Chunked("8\r\n12345678\r\n8\r\nabcdefgh\r\n0\r\n\r\n");
    std::copy(bytes.begin(), bytes.end(), buffer.Prepare(bytes.size()).first);
    buffer.Commit(bytes.size());
    REQUIRE(reader.FeedHeader(buffer) == RequestReader::Step::kReady);
    REQUIRE(reader.BeginBody(100) == RequestReader::Step::kNeedMore);
    REQUIRE(reader.FeedBody(buffer) == RequestReader::Step::kReady);
    REQUIRE(reader.request().body_file != nullptr);
    path = reader.request().body_file->path();
    CHECK(std::filesystem::file_size(path) == 16);
    CHECK(reader.request().body_size == 16);
    CHECK(reader.request().body.empty());
  }
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(held == 0);
}

TEST_CASE("requests that two readers could understand differently are refused") {
  for (const auto& [name, bytes] : std::initializer_list<std::pair<const char*, std::string>>{
           {"two lengths", kPost + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"},
           {"two equal lengths", kPost + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
           {"length list", kPost + "Content-Length: 5, 5\r\n\r\nhello"},
           {"length and chunks", kPost + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
           {"chunks and length", kPost + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
           {"negative length", kPost + "Content-Length: -1\r\n\r\n"},
           {"signed length", kPost + "Content-Length: +5\r\n\r\nhello"},
           {"hex length", kPost + "Content-Length: 0x5\r\n\r\nhello"},
           {"length beyond 64 bits", kPost + "Content-Length: 99999999999999999999999\r\n\r\n"},
           {"bare LF", "GET / HTTP/1.1\nHost: h\n\n"},
           {"bare LF in a field", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n"},
           {"bare CR in a field", "GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n"},
           {"folded line", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n"},
           {"space before the colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n"},
           {"NUL in a field", std::string("GET / HTTP/1.1\r\nHost: h\r\nX: a") + '\0' + "b\r\n\r\n"},
           {"chunk size is no number", Chunked("xyz\r\nhello\r\n0\r\n\r\n")},
           {"chunk shorter than told", Chunked("6\r\nhello\r\n0\r\n\r\n")},
           {"chunk longer than told", Chunked("4\r\nhello\r\n0\r\n\r\n")},
           {"chunk beyond 64 bits", Chunked("fffffffffffffffff\r\nx")},
           {"bare LF in chunks", Chunked("5\nhello\r\n0\r\n\r\n")},
           {"no Host", "GET / HTTP/1.1\r\n\r\n"},
           {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
           {"no method", " / HTTP/1.1\r\nHost: h\r\n\r\n"}})
    for (const std::size_t piece : {std::size_t{0}, std::size_t{1}}) {
      const int status = Read(bytes, piece).status;
      CHECK_MESSAGE((status == 400 || status == 413), std::string(name) << ": " << status);
    }
  for (const char* coding : {"gzip, chunked", "chunked, chunked", "identity", "xchunked"}) {
    const int status = Read(kPost + "Transfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n").status;
    CHECK_MESSAGE((status == 501 || status == 400), std::string(coding) << ": " << status);
  }
  CHECK(Read("GET / HTTP/2.0\r\nHost: h\r\n\r\n").status == 505);
  CHECK(Read("BREW / HTTP/1.1\r\nHost: h\r\n\r\n").status == 501);
  CHECK(Read("get / HTTP/1.1\r\nHost: h\r\n\r\n").status == 501);
  CHECK(Read(kPost + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx").status == 415);
  CHECK(Read(kPost + "Expect: tea\r\nContent-Length: 1\r\n\r\nx").status == 417);
}

TEST_CASE("regression: a length that is a list, and a folded line, were taken") {
  CHECK(Read(kPost + "Content-Length: 5, 5\r\n\r\nhello").status == 400);
  CHECK(Read("GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n", 1).status == 400);
  CHECK(Read("GET / HTTP/1.1\r\n Host: h\r\n\r\n").status == 400);
}

TEST_CASE(
    "targets: bad escapes, NUL, controls, dots and bytes that are no UTF-8 are refused; a slash in a segment stays in it") {
  for (const char* target : {"/%", "/%4", "/%zz", "/%00", "/a%0Ab", "/%7f", "/%ff", "/%c0%af", "/../x", "/a/./b",
                             "/%2e%2e/x", "/a/%2E%2E", "a", "/?a=%zz", "/?a=%00"})
    CHECK_MESSAGE(Read(Get(target)).status == 400, target);
  CHECK(Read(Get("/%E8%8C%B6")).path == "/茶");
  CHECK(Asked(Method::kGet, "/a%2Fb/c").segments == std::vector<std::string>{"a/b", "c"});
  CHECK(Asked(Method::kGet, "/?q=a+b%2B&q=2").query.All("q") == std::vector<std::string_view>{"a b+", "2"});
  CHECK(Asked(Method::kGet, "http://host/x?y=1").path == "/x");
  Request request;
  std::string many = "/?";
  for (int i = 0; i < 65; ++i) many += "a=1&";
  CHECK_FALSE(ParseTarget(many, request).ok());
}

TEST_CASE("router: a literal before a type before a name before the rest; 404, 405 with Allow, HEAD and OPTIONS") {
  Router router;
  const auto says = [](const char* text) {
    return [text](const Request& request) {
      std::string all = text;
      for (const auto& [name, value] : request.path_parameters) all += " " + name + "=" + value;
      return Response::Text(200, all);
    };
  };
  REQUIRE(router.Add(Method::kGet, "/m/new", says("literal")).ok());
  REQUIRE(router.Add(Method::kGet, "/m/{n:uint}", says("number")).ok());
  REQUIRE(router.Add(Method::kGet, "/m/{id:uuid}", says("uuid")).ok());
  REQUIRE(router.Add(Method::kGet, "/m/{name}", says("name")).ok());
  REQUIRE(router.Add(Method::kPost, "/m/{name}", says("post")).ok());
  REQUIRE(router.Add(Method::kGet, "/m/{name}/end", says("end")).ok());
  REQUIRE(router.Add(Method::kGet, "/f/{rest:*}", says("rest")).ok());
  CHECK_FALSE(router.Add(Method::kGet, "/m/{other}", says("twice")).ok());
  CHECK_FALSE(router.Add(Method::kGet, "/{rest:*}/x", says("rest in the middle")).ok());
  CHECK_FALSE(router.Add(Method::kGet, "no-slash", says("x")).ok());
  const auto answer = [&](Method method, const char* target) {
    Request request = Asked(method, target);
    return router.Dispatch(request);
  };
  const auto body = [&](const char* target) { return std::string(answer(Method::kGet, target).BodyView()); };
  CHECK(body("/m/new") == "literal");
  CHECK(body("/m/42") == "number n=42");
  CHECK(body("/m/0190d5a2-7b1c-7e00-8000-0123456789ab") == "uuid id=0190d5a2-7b1c-7e00-8000-0123456789ab");
  CHECK(body("/m/%E8%8C%B6") == "name name=茶");
  CHECK(body("/m/new/end") == "end name=new");  // a way that leads nowhere is left again
  CHECK(body("/f/a/b") == "rest rest=a/b");
  CHECK(body("/f/") == "rest rest=");
  CHECK(answer(Method::kGet, "/none").status == 404);
  CHECK(answer(Method::kGet, "/m/new/none").status == 404);
  const auto refused = answer(Method::kDelete, "/m/x");
  CHECK(refused.status == 405);
  for (const char* name : {"GET", "HEAD", "POST", "OPTIONS"})
    CHECK(refused.headers.Get("allow").find(name) != std::string_view::npos);
  CHECK(refused.headers.Get("allow").find("PUT") == std::string_view::npos);
  CHECK(answer(Method::kHead, "/m/new").status == 200);
  CHECK(answer(Method::kOptions, "/m/x").status == 204);
}

TEST_CASE(
    "static files: the best form by Accept-Encoding with a tag of its own, pages get the index, no path leaves the table") {
  static constexpr EmbeddedFile kFiles[] = {
      {"index.html", "<p>", "", "", "text/html; charset=utf-8", "\"i\"", false},
      {"assets/a.js", "plain", "zipped", "brotli", "text/javascript", "\"a\"", true}};
  const StaticFiles files(kFiles,
                          {.index = "index.html", .is_page = [](std::string_view path) { return path == "/duties"; }});
  const auto served = [&](const char* target, Headers headers = {}, Method method = Method::kGet) {
    return files.Serve(Asked(method, target, std::move(headers)));
  };
  CHECK(served("/assets/a.js")->BodyView() == "plain");
  CHECK(served("/assets/a.js", With("Accept-Encoding", "gzip, br;q=0.5"))->BodyView() == "brotli");
  CHECK(served("/assets/a.js", With("Accept-Encoding", "gzip;q=1.0, br;q=0"))->BodyView() == "zipped");
  CHECK(served("/assets/a.js", With("Accept-Encoding", "*"))->BodyView() == "brotli");
  CHECK(served("/assets/a.js", With("Accept-Encoding", "identity"))->BodyView() == "plain");
  const auto zipped = served("/assets/a.js", With("Accept-Encoding", "gzip"));
  CHECK(zipped->headers.Get("content-encoding") == "gzip");
  CHECK(zipped->headers.Get("etag") == "\"a-gzip\"");
  CHECK(zipped->headers.Get("vary") == "Accept-Encoding");
  CHECK(zipped->headers.Get("cache-control").find("immutable") != std::string_view::npos);
  CHECK(served("/duties")->BodyView() == "<p>");
  CHECK(served("/")->headers.Get("cache-control") == "no-cache");
  CHECK_FALSE(served("/", {}, Method::kPost).has_value());
  for (const char* target :
       {"/none", "/assets", "/assets/", "//index.html", "/assets/a.js/", "/assets%2Fa.js%2F", "/etc/passwd"})
    CHECK_FALSE_MESSAGE(served(target).has_value(), target);
  CHECK(files.AsFallback()(Asked(Method::kGet, "/none")).status == 404);
}

TEST_CASE("regression: a weight of nothing refuses a coding in capitals too") {
  CHECK_FALSE(AcceptsEncoding("gzip;Q=0", "gzip"));
  CHECK_FALSE(AcceptsEncoding("gzip; q=0.000", "gzip"));
  CHECK(AcceptsEncoding("GZIP;q=0.001", "gzip"));
  CHECK_FALSE(AcceptsEncoding("*;q=0", "gzip"));
  CHECK(AcceptsEncoding("*;q=0, gzip", "gzip"));
  CHECK_FALSE(AcceptsEncoding("", "gzip"));
}

TEST_CASE(
    "events: lines of data, safe names, replay after a break, resync where too much was missed, a slow client is dropped") {
  EventHub hub({.ring_events = 3, .queue_events_max = 4, .subscriptions_max = 2, .epoch = "e"});
  auto all = hub.Subscribe({});
  const auto only_b = hub.Subscribe([](const Event& event) { return event.topic == "b"; });
  CHECK(hub.Subscribe({}) == nullptr);  // one too many
  hub.Publish("a\nid: 9", "1\r\n2\r3\n4");
  hub.Publish("b", "{}");
  std::string wire;
  CHECK(all->Drain(wire));
  CHECK(wire == "id: e-1\nevent: a_id__9\ndata: 1\ndata: 2\ndata: 3\ndata: 4\n\nid: e-2\nevent: b\ndata: {}\n\n");
  wire.clear();
  CHECK(only_b->Drain(wire));
  CHECK(wire == "id: e-2\nevent: b\ndata: {}\n\n");
  all.reset();
  hub.Publish("a", "3");
  for (const auto& [last, expected] :
       std::initializer_list<std::pair<const char*, const char*>>{{"e-2", "id: e-3\nevent: a\ndata: 3\n\n"},
                                                                  {"e-3", ""},
                                                                  {"other-2", "id: e-3\nevent: resync\ndata: {}\n\n"},
                                                                  {"e-99", "id: e-3\nevent: resync\ndata: {}\n\n"},
                                                                  {"e-2x", "id: e-3\nevent: resync\ndata: {}\n\n"}}) {
    auto back = hub.Subscribe({}, last);
    REQUIRE(back != nullptr);
    wire.clear();
    CHECK(back->Drain(wire));
    CHECK(wire == expected);
  }
  const auto slow = hub.Subscribe({});
  int wakes = 0;
  slow->SetWaker([&] { ++wakes; });
  for (int i = 0; i < 6; ++i) hub.Publish("a", "x");
  CHECK(slow->dropped());
  CHECK(wakes == 2);  // something to drain, and the end
  wire.clear();
  CHECK_FALSE(slow->Drain(wire));
  hub.Close();
  CHECK(hub.Subscribe({}) == nullptr);
  CHECK(hub.subscriptions() == 0);
}

TEST_CASE("workers: a full queue refuses at once, and Stop runs what was taken") {
  WorkerPool pool(1, 2);
  std::promise<void> begun, go;
  std::atomic<int> ran{0};
  REQUIRE(pool.TryPost([&] {
    begun.set_value();
    go.get_future().wait();
    ++ran;
  }));
  begun.get_future().wait();
  CHECK(pool.TryPost([&] { ++ran; }));
  CHECK(pool.TryPost([&] { ++ran; }));
  CHECK_FALSE(pool.TryPost([&] { ++ran; }));
  CHECK(pool.queued() == 2);
  go.set_value();
  pool.Stop();
  pool.Stop();
  CHECK(ran == 3);
  CHECK_FALSE(pool.TryPost([&] { ++ran; }));
}

TEST_CASE("answers that are packed at one level and another, small and large, are read back whole") {
  const ServerOptions options;
  std::string complaint, large;
  for (int i = 0; large.size() < 2 * options.compress_large_bytes; ++i)
    large += "{\"item\":\"urn:zhian:lot:" + std::to_string(i * 7919) + "\"},";
  const std::string small = large.substr(0, 5000);
  for (const std::string& text : {small, large, small, large, large, small}) {
    Response response = Response::Json(text);
    FinishResponse(Asked(Method::kGet, "/", With("Accept-Encoding", "gzip")), options, response, complaint);
    REQUIRE(response.headers.Get("content-encoding") == "gzip");
    const std::string packed(response.BodyView());
    CHECK(packed.size() < text.size() / 3);
    std::string back(text.size() + 1, 0);
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(back.data());
    stream.avail_out = static_cast<uInt>(back.size());
    CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    back.resize(stream.total_out);
    inflateEnd(&stream);
    CHECK(back == text);
  }
}

TEST_CASE("finish: 304 by the tag, gzip where it is taken, and no header that would break the message") {
  const ServerOptions options;
  std::string complaint;
  const auto finished = [&](Response response, Headers headers = {}) {
    complaint.clear();
    FinishResponse(Asked(Method::kGet, "/", std::move(headers)), options, response, complaint);
    return response;
  };
  const std::string text(5000, 'x');
  CHECK(finished(Response::Text(200, text)).BodyView() == text);
  const auto packed = finished(Response::Text(200, text), With("Accept-Encoding", "gzip"));
  CHECK(packed.headers.Get("content-encoding") == "gzip");
  CHECK(packed.BodyView().size() < 200);
  CHECK(packed.headers.Get("vary") == "Accept-Encoding");
  CHECK_FALSE(finished(Response::Text(200, "short"), With("Accept-Encoding", "gzip")).headers.Has("content-encoding"));
  Response secret = Response::Text(200, text);
  secret.compress = false;
  CHECK_FALSE(finished(std::move(secret), With("Accept-Encoding", "gzip")).headers.Has("content-encoding"));
  for (const char* list : {"\"t\"", "W/\"t\"", "\"other\", \"t\"", "*"}) {
    const auto same = finished(Response::Text(200, text).With("ETag", "\"t\""), With("If-None-Match", list));
    CHECK(same.status == 304);
    CHECK(same.BodyView().empty());
  }
  CHECK(finished(Response::Text(200, text).With("ETag", "\"t\""), With("If-None-Match", "\"u\"")).status == 200);
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, std::string>>{{"X", "a\r\nSet-Cookie: b"},
                                                                  {"X", std::string("a\0b", 3)},
                                                                  {"X Y", "a"},
                                                                  {"", "a"},
                                                                  {"Content-Length", "5"},
                                                                  {"Transfer-Encoding", "chunked"},
                                                                  {"Connection", "close"}}) {
    CHECK(finished(Response::Text(200, "x").With(name, value)).status == 500);
    CHECK_FALSE(complaint.empty());
  }
  CHECK(finished(Response::Text(99, "x")).status == 500);
}
