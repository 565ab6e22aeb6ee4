#include "identity/secrets.hpp"

#include <argon2.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <memory>
#include <vector>

#include "base/text.hpp"
#include "identity/identity.hpp"

namespace zhian::identity {

Result<std::string> HashPassword(std::string_view password, const PasswordCost& cost) {
  std::array<std::uint8_t, 16> salt{};
  base::FillRandom(salt);
  std::string phc(argon2_encodedlen(cost.iterations, cost.memory_kib, cost.lanes, salt.size(), 32, Argon2_id), '\0');
  const int code = argon2id_hash_encoded(cost.iterations, cost.memory_kib, cost.lanes, password.data(), password.size(),
                                         salt.data(), salt.size(), 32, phc.data(), phc.size());
  if (code != ARGON2_OK) return MakeError(ErrorCode::kInternal, std::string("argon2: ") + argon2_error_message(code));
  phc.resize(phc.find('\0'));
  return phc;
}

std::string NobodysHash(const PasswordCost& cost) {
  const auto random = [](std::size_t n) {
    std::vector<std::uint8_t> bytes(n);
    base::FillRandom(bytes);
    std::string text = base::Base64(bytes);
    std::erase(text, '=');
    return text;
  };
  return "$argon2id$v=19$m=" + std::to_string(cost.memory_kib) + ",t=" + std::to_string(cost.iterations) +
         ",p=" + std::to_string(cost.lanes) + "$" + random(16) + "$" + random(32);
}

bool PasswordMatches(std::string_view password, const std::string& phc) {
  return argon2id_verify(phc.c_str(), password.data(), password.size()) == ARGON2_OK;
}

std::uint32_t TotpAt(const std::vector<std::uint8_t>& secret, std::int64_t step) {
  std::array<std::uint8_t, 8> counter{};
  for (int i = 0; i < 8; ++i)
    counter[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  std::array<std::uint8_t, 20> mac{};
  unsigned int length = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(), &length);
  const std::size_t at = mac[19] & 15;
  const std::uint32_t value = (std::uint32_t{mac[at]} & 0x7F) << 24 | std::uint32_t{mac[at + 1]} << 16 |
                              std::uint32_t{mac[at + 2]} << 8 | mac[at + 3];
  return value % 1'000'000;
}

std::string Base32(const std::vector<std::uint8_t>& bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const std::uint8_t byte : bytes) {
    buffer = buffer << 8 | byte;
    bits += 8;
    while (bits >= 5) {
      out += kAlphabet[buffer >> (bits - 5) & 31];
      bits -= 5;
    }
  }
  if (bits > 0) out += kAlphabet[buffer << (5 - bits) & 31];
  return out;
}

namespace {
using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
}

Result<std::string> Seal(std::string_view secret, std::string_view plain) {
  const auto key = base::Sha256("zhian second factor\n" + std::string(secret));
  std::vector<std::uint8_t> out(12 + plain.size() + 16);
  base::FillRandom(std::span(out).first(12));
  const Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int length = 0;
  if (EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), out.data()) != 1 ||
      EVP_EncryptUpdate(context.get(), out.data() + 12, &length, reinterpret_cast<const unsigned char*>(plain.data()),
                        static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), out.data() + 12 + length, &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, 16, out.data() + 12 + plain.size()) != 1)
    return MakeError(ErrorCode::kInternal, "sealing failed");
  return base::Hex(out);
}

Result<std::string> Unseal(std::string_view secret, std::string_view sealed) {
  ZHIAN_ASSIGN(auto bytes, base::FromHex(sealed));
  if (bytes.size() < 28) return MakeError(ErrorCode::kCorrupt, "sealed value is too short");
  const auto key = base::Sha256("zhian second factor\n" + std::string(secret));
  std::string plain(bytes.size() - 28, '\0');
  const Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int length = 0;
  if (EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes.data()) != 1 ||
      EVP_DecryptUpdate(context.get(), reinterpret_cast<unsigned char*>(plain.data()), &length, bytes.data() + 12,
                        static_cast<int>(plain.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, 16, bytes.data() + bytes.size() - 16) != 1 ||
      EVP_DecryptFinal_ex(context.get(), reinterpret_cast<unsigned char*>(plain.data()) + length, &length) != 1)
    return MakeError(ErrorCode::kCorrupt, "sealed value was changed, or the key is another");
  return plain;
}

}  // namespace zhian::identity
