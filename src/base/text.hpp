// Text and bytes: UTF-8, folding, encodings, digests, random bytes. Stateless; safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace zhian::base {

using Sha256Digest = std::array<std::uint8_t, 32>;

bool IsValidUtf8(std::string_view text);
std::string Trim(std::string_view text);  // ASCII and ideographic spaces
// At most `decimals` digits after the point, without trailing zeros: "60", "62.5".
std::string ShortNumber(double value, int decimals);
// The pattern of `… LIKE $1 ESCAPE '\'` that finds the text anywhere: its own signs of a pattern are letters.
std::string LikePattern(std::string_view text);
// For people: at most so many characters as they are seen (a letter with its marks, a joined sign is one), the last of
// them "…" where something was left out. REQUIRES: characters > 0.
std::string Cut(std::string_view text, std::size_t characters);
// For machines that take so many bytes: the longest beginning of whole code points.
std::string_view PrefixOf(std::string_view text, std::size_t bytes);
std::string Fold(std::string_view text);        // NFKC, lower case, trimmed: for comparing names
std::string Simplified(std::string_view text);  // Traditional characters one by one, for comparing and for search
std::string Nfkc(std::string_view text);
// GB18030 (and so GBK, GB2312) to UTF-8. kInvalid where bytes are no character.
Result<std::string> FromGb18030(std::string_view bytes);

Sha256Digest Sha256(std::string_view bytes);
Sha256Digest Sha256(std::span<const std::uint8_t> bytes);
Sha256Digest HmacSha256(std::span<const std::uint8_t> key, std::string_view bytes);
std::string Hex(std::span<const std::uint8_t> bytes);
Result<std::vector<std::uint8_t>> FromHex(std::string_view text);
inline std::string HexSha256(std::string_view bytes) { return Hex(Sha256(bytes)); }
std::string Base64(std::span<const std::uint8_t> bytes);
Result<std::vector<std::uint8_t>> FromBase64(std::string_view text);
std::string Base64Url(std::span<const std::uint8_t> bytes);  // without padding

// Cryptographically secure. The process ends where the system has no randomness: nothing can be safe then.
void FillRandom(std::span<std::uint8_t> bytes);
// n characters of 0-9 A-Z without I L O U: to be read aloud and typed.
std::string RandomCode(std::size_t n);
// UUIDv7 (RFC 9562): time of `now`, then a counter of the program, so that what is made in one millisecond (a
// demonstration's clock stands still for a day) sorts in the order in which it was made; the rest random.
std::string NewUuid7(Instant now);
// The time in a UUID of version 7, ms; nothing where the text is none.
std::optional<Instant> TimeOfUuid7(std::string_view text);
// While it lives, the identifiers of its thread come from the seed: what is made twice by the same clock has the same
// ones (the demonstration: its draws choose by them). Tokens, salts and codes are secrets and never come from it.
// REQUIRES: one at a time a thread.
class SeededIdentifiers {
 public:
  explicit SeededIdentifiers(std::string_view seed);
  ~SeededIdentifiers();
  SeededIdentifiers(const SeededIdentifiers&) = delete;
  SeededIdentifiers& operator=(const SeededIdentifiers&) = delete;

 private:
  friend std::string NewUuid7(Instant now);
  std::string seed_;
  std::uint32_t made_ = 0;
};
// The same from given random bits: for tests and replays.
std::string Uuid7(Instant now, std::span<const std::uint8_t, 10> random);
bool IsUuid(std::string_view text);

}  // namespace zhian::base
