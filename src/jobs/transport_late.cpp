#include <curl/curl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "jobs/transport.hpp"

namespace zhian::jobs {
namespace {

constexpr std::size_t kAnswerBytesMax = 64 * 1024;

struct Free {
  void operator()(CURL* p) const { curl_easy_cleanup(p); }
  void operator()(CURLU* p) const { curl_url_cleanup(p); }
  void operator()(curl_slist* p) const { curl_slist_free_all(p); }
  void operator()(char* p) const { curl_free(p); }
};

// OpenSSL writes to a receiver that has hung up, and the signal for that would end the program: this thread does
// without it.
class NoBrokenPipe {
 public:
  NoBrokenPipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoBrokenPipe() {
    const timespec at_once{};
    if (sigismember(&before_, SIGPIPE) == 0)
      while (sigtimedwait(&pipe_, nullptr, &at_once) == SIGPIPE) continue;
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoBrokenPipe(const NoBrokenPipe&) = delete;
  NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;

 private:
  sigset_t pipe_{}, before_{};
};

// What the callbacks of one exchange see.
struct Progress {
  const Exchange& exchange;
  bool mail = false;
  std::size_t sent = 0, answered = 0;  // bytes
  std::string status;                  // the first line of an HTTP answer, of a mail the first that refuses
  bool accepted_or_refused = false;    // the head of an HTTP answer is complete: nothing more is read
  bool too_long = false, not_allowed = false;
};

curl_socket_t OpenSocket(void* data, curlsocktype, curl_sockaddr* address) {
  auto& progress = *static_cast<Progress*>(data);
  if (progress.exchange.allows != nullptr && !progress.exchange.allows(address->addr)) {
    progress.not_allowed = true;
    return CURL_SOCKET_BAD;  // the next address of the name is tried
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t Read(char* buffer, std::size_t size, std::size_t count, void* data) {
  auto& progress = *static_cast<Progress*>(data);
  const std::size_t length = std::min(size * count, progress.exchange.content.size() - progress.sent);
  std::memcpy(buffer, progress.exchange.content.data() + progress.sent, length);
  progress.sent += length;
  return length;
}

// One line of the answer. Returning less than its length ends the exchange.
std::size_t Line(char* bytes, std::size_t size, std::size_t count, void* data) {
  auto& progress = *static_cast<Progress*>(data);
  const std::size_t length = size * count;
  progress.answered += length;
  if (progress.answered > kAnswerBytesMax) {
    progress.too_long = true;
    return 0;
  }
  std::string_view line(bytes, length);
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (progress.mail) {
    const bool refused = line.starts_with('4') || line.starts_with('5');
    if (refused && progress.status.empty()) progress.status = line.substr(0, 200);
  } else if (line.starts_with("HTTP/")) {
    progress.status = line.substr(0, 200);
  } else if (line.empty() && !progress.status.starts_with("HTTP/1.1 1")) {  // 100 Continue is no answer yet
    progress.accepted_or_refused = true;
    return 0;
  }
  return length;
}

std::size_t Body(char*, std::size_t size, std::size_t count, void* data) {
  auto& progress = *static_cast<Progress*>(data);
  progress.answered += size * count;
  progress.too_long = progress.answered > kAnswerBytesMax;
  return progress.too_long ? 0 : size * count;
}

std::string Fault(CURLcode code, const Progress& progress, const char* detail) {
  const std::string host = progress.exchange.host, place = host + ":" + progress.exchange.port;
  const std::string said = *detail != '\0' ? detail : curl_easy_strerror(code);
  if (progress.too_long) return "the answer is too long";
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return "the receiver did not answer in time";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE: return "the receiver hung up";
    case CURLE_COULDNT_RESOLVE_HOST: return host + ": " + said;
    case CURLE_COULDNT_CONNECT: return place + ": " + (progress.not_allowed ? "not a public address" : said);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED: return "TLS with " + host + " failed: " + said;
    default: return progress.mail && !progress.status.empty() ? said + ": " + progress.status : said;
  }
}

std::string Perform(const Exchange& exchange) {
  const NoBrokenPipe guard;
  const std::unique_ptr<CURL, Free> owner(curl_easy_init());
  const std::unique_ptr<CURLU, Free> url(curl_url());
  CURL* const curl = owner.get();
  if (curl == nullptr || url == nullptr) return "libcurl cannot be started";
  Progress progress{.exchange = exchange, .mail = exchange.scheme == "smtp"};

  // The address is put together of its parts, so that nobody reads it otherwise than the caller did.
  if (curl_url_set(url.get(), CURLUPART_SCHEME, exchange.scheme.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_HOST, exchange.host.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_PORT, exchange.port.c_str(), 0) != CURLUE_OK)
    return exchange.host + ":" + exchange.port + ": no address";
  const auto query = exchange.path.find('?');
  curl_url_set(url.get(), CURLUPART_PATH, exchange.path.substr(0, query).c_str(), 0);
  if (query != std::string::npos) curl_url_set(url.get(), CURLUPART_QUERY, exchange.path.substr(query + 1).c_str(), 0);
  curl_easy_setopt(curl, CURLOPT_CURLU, url.get());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,smtp");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // whatever the environment says: a proxy would hide the address from us
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(exchange.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // Certificates and the name in them are checked by default. The places of OpenSSL's own variables hold here too.
  if (const char* file = std::getenv("SSL_CERT_FILE")) curl_easy_setopt(curl, CURLOPT_CAINFO, file);
  if (const char* folder = std::getenv("SSL_CERT_DIR")) curl_easy_setopt(curl, CURLOPT_CAPATH, folder);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &progress);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Line);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &progress);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &progress);
  char detail[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);

  std::unique_ptr<curl_slist, Free> list;
  const auto add = [&list](const std::string& line) {
    if (curl_slist* longer = curl_slist_append(list.get(), line.c_str()); longer != nullptr) {
      static_cast<void>(list.release());
      list.reset(longer);
    }
  };
  if (progress.mail) {
    for (const std::string& each : exchange.to) add("<" + each + ">");
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + exchange.from + ">").c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, list.get());
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(exchange.start_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (!exchange.user.empty()) {
      curl_easy_setopt(curl, CURLOPT_USERNAME, exchange.user.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, exchange.password.c_str());
      curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN");
      curl_easy_setopt(curl, CURLOPT_SASL_IR, 1L);  // in the command itself: some servers do not ask for it
    }
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &Read);
    curl_easy_setopt(curl, CURLOPT_READDATA, &progress);
  } else {
    for (const std::string& each : exchange.headers) add(each);
    for (const char* each : {"Accept:", "Expect:", "Connection: close"}) add(each);  // the first two are not sent
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(exchange.content.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, exchange.content.c_str());
  }

  const CURLcode code = curl_easy_perform(curl);
  if (progress.mail) return code == CURLE_OK ? "" : Fault(code, progress, detail);
  if (!progress.accepted_or_refused) return Fault(code, progress, detail);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status >= 200 && status < 300 ? "" : "answered " + progress.status.substr(0, 60);
}

}  // namespace
}  // namespace zhian::jobs

extern "C" __attribute__((visibility("default"))) zhian::jobs::Transport zhian_transport() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  return started == CURLE_OK ? &zhian::jobs::Perform : nullptr;
}
