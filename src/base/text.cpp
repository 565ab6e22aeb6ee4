// The one-shot digest of OpenSSL 3 looks its algorithm up at each call, which costs more than digesting a row of the
// database; the older functions are the same code without the look-up.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/text.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sys/random.h>
#include <unicode/brkiter.h>
#include <unicode/normalizer2.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "base/han.hpp"

namespace zhian::base {

bool IsValidUtf8(std::string_view text) {
  std::int32_t i = 0;
  const auto length = static_cast<std::int32_t>(text.size());
  const char* data = text.data();
  while (i < length) {
    UChar32 c = 0;
    U8_NEXT(data, i, length, c);
    if (c < 0) return false;
  }
  return true;
}

std::string Trim(std::string_view text) {
  const auto is_space = [](std::string_view t, std::size_t at) -> std::size_t {
    const char c = t[at];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v') return 1;
    if (t.substr(at, 3) == "\xE3\x80\x80" || t.substr(at, 3) == "\xEF\xBB\xBF") return 3;
    if (t.substr(at, 2) == "\xC2\xA0") return 2;
    return 0;
  };
  while (!text.empty()) {
    const std::size_t n = is_space(text, 0);
    if (n == 0) break;
    text.remove_prefix(n);
  }
  while (!text.empty()) {
    if (text.size() >= 3 && is_space(text, text.size() - 3) == 3)
      text.remove_suffix(3);
    else if (text.size() >= 2 && is_space(text, text.size() - 2) == 2)
      text.remove_suffix(2);
    else if (is_space(text, text.size() - 1) == 1)
      text.remove_suffix(1);
    else
      break;
  }
  return std::string(text);
}

namespace {
bool IsAscii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string Normalise(std::string_view text, bool fold) {
  if (IsAscii(text)) {  // codes, most of all: no other form, and no case but that of the letters
    std::string out(text);
    if (fold)
      for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCInstance(error);
  if (U_FAILURE(error)) return std::string(text);
  icu::UnicodeString source =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  if (fold) source.foldCase();
  icu::UnicodeString result = normalizer->normalize(source, error);
  if (U_FAILURE(error)) return std::string(text);
  std::string out;
  result.toUTF8String(out);
  return out;
}
}  // namespace

std::string ShortNumber(double value, int decimals) {
  char buffer[64];
  const int written = std::snprintf(buffer, sizeof buffer, "%.*f", decimals, value);
  std::string text(buffer, static_cast<std::size_t>(std::clamp(written, 0, static_cast<int>(sizeof buffer) - 1)));
  if (text.find('.') != std::string::npos) {
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string Simplified(std::string_view text) {
  if (IsAscii(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  const auto length = static_cast<std::int32_t>(text.size());
  for (std::int32_t i = 0; i < length;) {
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(text.data(), i, length, c);
    char bytes[U8_MAX_LENGTH];
    std::int32_t n = 0;
    U8_APPEND_UNSAFE(bytes, n, static_cast<UChar32>(SimplifiedOf(static_cast<char32_t>(c))));
    out.append(bytes, static_cast<std::size_t>(n));
  }
  return out;
}
std::string Nfkc(std::string_view text) { return Normalise(text, false); }
std::string_view PrefixOf(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

std::string Cut(std::string_view text, std::size_t characters) {
  if (text.size() <= characters) return std::string(text);
  // A character as it is seen takes seldom more than a few code points: what lies far behind need not be looked at.
  constexpr std::size_t kBytesOfOne = 64;
  const std::string_view head = PrefixOf(text, (characters + 1) * kBytesOfOne);
  const auto wide = icu::UnicodeString::fromUTF8(icu::StringPiece(head.data(), static_cast<std::int32_t>(head.size())));
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> breaks(
      icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), error));
  if (U_FAILURE(error)) return std::string(PrefixOf(text, characters)) + "…";
  breaks->setText(wide);
  std::int32_t last = 0;  // where the last character begins that is still allowed
  std::size_t seen = 0;
  for (std::int32_t at = breaks->first(); (at = breaks->next()) != icu::BreakIterator::DONE;) {
    if (++seen > characters) {
      std::string out;
      wide.tempSubString(0, last).toUTF8String(out);
      return out + "…";
    }
    if (seen == characters - 1) last = at;
  }
  return head.size() == text.size() ? std::string(text) : std::string(head) + "…";
}

std::string Fold(std::string_view text) { return Trim(Normalise(text, true)); }

Result<std::string> FromGb18030(std::string_view bytes) {
  UErrorCode error = U_ZERO_ERROR;
  UConverter* converter = ucnv_open("gb18030", &error);
  if (U_FAILURE(error)) return MakeError(ErrorCode::kInternal, "no GB18030 converter");
  ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
  icu::UnicodeString text(bytes.data(), static_cast<std::int32_t>(bytes.size()), converter, error);
  ucnv_close(converter);
  if (U_FAILURE(error)) return MakeError(ErrorCode::kInvalid, "文件不是 UTF-8，也不是 GB18030，请另存为 UTF-8 后再试");
  std::string out;
  text.toUTF8String(out);
  return out;
}

Sha256Digest Sha256(std::span<const std::uint8_t> bytes) {
  Sha256Digest digest{};
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}
Sha256Digest Sha256(std::string_view bytes) {
  return Sha256(std::span<const std::uint8_t>(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}
Sha256Digest HmacSha256(std::span<const std::uint8_t> key, std::string_view bytes) {
  Sha256Digest digest{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
       bytes.size(), digest.data(), &length);
  return digest;
}

std::string Hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

Result<std::vector<std::uint8_t>> FromHex(std::string_view text) {
  const auto value = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::vector<std::uint8_t> out;
  if (text.size() % 2 != 0) return MakeError(ErrorCode::kInvalid, "十六进制须成对");
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = value(text[i]), low = value(text[i + 1]);
    if (high < 0 || low < 0) return MakeError(ErrorCode::kInvalid, "十六进制只含 0-9 a-f");
    out.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return out;
}

std::string Base64(std::span<const std::uint8_t> bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

Result<std::vector<std::uint8_t>> FromBase64(std::string_view text) {
  const Error bad = MakeError(ErrorCode::kInvalid, "不是 Base64 文本");
  if (text.size() % 4 != 0) return bad;
  std::size_t padding = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (c == '=' && i + 2 >= text.size())
      ++padding;
    else if (!letter || padding > 0)
      return bad;
  }
  std::vector<std::uint8_t> out(text.size() / 4 * 3);
  if (text.empty()) return out;
  const int length =
      EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0) return bad;
  out.resize(static_cast<std::size_t>(length) - padding);
  return out;
}

std::string Base64Url(std::span<const std::uint8_t> bytes) {
  std::string out = Base64(bytes);
  while (!out.empty() && out.back() == '=') out.pop_back();
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

// The system's own source: OpenSSL's generator is seeded from it too, and setting that up was a tenth of the program's
// start.
static void ReadRandom(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got > 0)
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    else if (errno != EINTR)
      std::abort();
  }
}

void FillRandom(std::span<std::uint8_t> bytes) {
  // Identifiers ask for ten bytes at a time: a thread reads many at once, and forgets what it gave away.
  struct Store {
    std::array<std::uint8_t, 512> bytes{};
    std::size_t given = 512;
  };
  thread_local Store store;
  if (bytes.size() > store.bytes.size() / 8) return ReadRandom(bytes);
  if (store.bytes.size() - store.given < bytes.size()) {
    ReadRandom(store.bytes);
    store.given = 0;
  }
  for (std::uint8_t& byte : bytes) byte = std::exchange(store.bytes[store.given++], std::uint8_t{0});
}

std::string RandomCode(std::size_t n) {
  static constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::vector<std::uint8_t> bytes(n);
  FillRandom(bytes);
  std::string code;
  for (const std::uint8_t byte : bytes) code += kAlphabet[byte & 31];
  return code;
}

std::string Uuid7(Instant now, std::span<const std::uint8_t, 10> random) {
  std::array<std::uint8_t, 16> bytes{};
  const auto ms = static_cast<std::uint64_t>(now.ms);
  for (int i = 0; i < 6; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  for (std::size_t i = 0; i < 10; ++i) bytes[6 + i] = random[i];
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x70);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  const std::string hex = Hex(bytes);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20);
}

namespace {
thread_local SeededIdentifiers* seeded = nullptr;

// It begins anywhere in the lower half of its 26 bits: another process that writes the same millisecond hardly ever
// counts alike.
std::uint32_t NextOfProgram() {
  static std::atomic<std::uint32_t> next = [] {
    std::array<std::uint8_t, 4> bytes{};
    FillRandom(bytes);
    return (std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3]) &
           0x1FFFFFF;
  }();
  return next.fetch_add(1, std::memory_order_relaxed);
}
}  // namespace

SeededIdentifiers::SeededIdentifiers(std::string_view seed) : seed_(seed) {
  if (seeded != nullptr) std::abort();
  seeded = this;
}
SeededIdentifiers::~SeededIdentifiers() { seeded = nullptr; }

std::optional<Instant> TimeOfUuid7(std::string_view text) {
  // xxxxxxxx-xxxx-7xxx-…: the first 48 bits are the time.
  if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[14] != '7' || text[18] != '-' || text[23] != '-')
    return std::nullopt;
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 13; ++i) {
    if (i == 8) continue;
    const auto digit = std::string_view("0123456789abcdef").find(static_cast<char>(text[i] | 0x20));
    if (digit == std::string_view::npos) return std::nullopt;
    ms = ms << 4 | static_cast<std::int64_t>(digit);
  }
  return Instant{ms};
}

std::string NewUuid7(Instant now) {
  std::array<std::uint8_t, 10> bytes{};
  const std::uint32_t count = seeded != nullptr ? seeded->made_++ : NextOfProgram();
  if (seeded == nullptr) {
    FillRandom(bytes);
  } else {
    const Sha256Digest drawn = Sha256(seeded->seed_ + std::to_string(count));
    std::copy_n(drawn.begin(), bytes.size(), bytes.begin());
  }
  // 26 bits of the counter where Uuid7 keeps them: 4 beside the version, 8, 6 beside the variant, 8.
  bytes[0] = static_cast<std::uint8_t>(count >> 22 & 0x0F);
  bytes[1] = static_cast<std::uint8_t>(count >> 14);
  bytes[2] = static_cast<std::uint8_t>(count >> 8 & 0x3F);
  bytes[3] = static_cast<std::uint8_t>(count);
  return Uuid7(now, bytes);
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

std::string LikePattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

}  // namespace zhian::base
