// Argon2id, TOTP and sealing of small secrets, for identity only. Stateless; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace zhian::identity {

struct PasswordCost;
Result<std::string> HashPassword(std::string_view password, const PasswordCost& cost);  // PHC string
// A hash that no password has, checked as slowly as any other; made without hashing, so that a start does not wait for
// it.
std::string NobodysHash(const PasswordCost& cost);
[[nodiscard]] bool PasswordMatches(std::string_view password, const std::string& phc);

// RFC 6238 with SHA-1, 6 digits, 30 s. `step` is the counter of 30 s since 1970.
std::uint32_t TotpAt(const std::vector<std::uint8_t>& secret, std::int64_t step);
std::string Base32(const std::vector<std::uint8_t>& bytes);

// AES-256-GCM with a fresh nonce; the key is derived from the service's secret.
Result<std::string> Seal(std::string_view secret, std::string_view plain);
Result<std::string> Unseal(std::string_view secret, std::string_view sealed);

}  // namespace zhian::identity
