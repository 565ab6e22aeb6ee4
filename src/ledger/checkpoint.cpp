#include "ledger/checkpoint.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>
#include <vector>

#include "base/text.hpp"

namespace zhian::ledger {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

std::array<std::uint8_t, 32> PublicKeyOf(const std::array<std::uint8_t, 32>& seed) {
  const Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()), &EVP_PKEY_free);
  std::array<std::uint8_t, 32> bytes{};
  std::size_t length = bytes.size();
  EVP_PKEY_get_raw_public_key(key.get(), bytes.data(), &length);
  return bytes;
}

// C2SP signed-note: the first four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key), big-endian.
std::uint32_t KeyId(const std::string& name, const std::array<std::uint8_t, 32>& public_key) {
  std::string text = name + "\n\x01";
  text.append(public_key.begin(), public_key.end());
  const Hash hash = Sha256(text);
  return (std::uint32_t{hash[0]} << 24) | (std::uint32_t{hash[1]} << 16) | (std::uint32_t{hash[2]} << 8) | hash[3];
}

std::vector<std::uint8_t> BigEndian(std::uint32_t id) {
  return {static_cast<std::uint8_t>(id >> 24), static_cast<std::uint8_t>(id >> 16), static_cast<std::uint8_t>(id >> 8),
          static_cast<std::uint8_t>(id)};
}

bool GoodName(std::string_view name) {
  return !name.empty() && name.size() <= 200 &&
         std::none_of(name.begin(), name.end(), [](unsigned char c) { return c <= ' ' || c == '+' || c == 0x7F; });
}

}  // namespace

Verifier::Verifier(std::string name, const std::array<std::uint8_t, 32>& public_key)
    : name_(std::move(name)), public_key_(public_key), key_id_(KeyId(name_, public_key)) {}

Result<Verifier> Verifier::FromKey(std::string_view key) {
  const Error bad = MakeError(ErrorCode::kInvalid, "not an Ed25519 verifier key (name+hash+base64)");
  const auto first = key.find('+'), second = first == std::string_view::npos ? first : key.find('+', first + 1);
  if (second == std::string_view::npos || !GoodName(key.substr(0, first))) return bad;
  const auto bytes = base::FromBase64(key.substr(second + 1));
  if (!bytes.ok() || bytes->size() != 33 || bytes->front() != 1) return bad;
  std::array<std::uint8_t, 32> public_key{};
  std::copy(bytes->begin() + 1, bytes->end(), public_key.begin());
  Verifier verifier(std::string(key.substr(0, first)), public_key);
  if (base::Hex(BigEndian(verifier.key_id_)) != key.substr(first + 1, second - first - 1)) return bad;
  return verifier;
}

std::string Verifier::Key() const {
  std::vector<std::uint8_t> bytes{1};
  bytes.insert(bytes.end(), public_key_.begin(), public_key_.end());
  return name_ + "+" + base::Hex(BigEndian(key_id_)) + "+" + base::Base64(bytes);
}

Result<TreeHead> Verifier::Open(std::string_view note) const {
  ZHIAN_ASSIGN(TreeHead head, ParseCheckpoint(note));
  if (head.origin != name_) return MakeError(ErrorCode::kInvalid, "checkpoint of another log: " + head.origin);
  const auto blank = note.find("\n\n");
  const std::string_view text = note.substr(0, blank + 1);
  const std::string prefix = "\u2014 " + name_ + " ";
  std::string_view rest = note.substr(blank + 2);
  const ::zhian::Error none = MakeError(ErrorCode::kInvalid, "checkpoint without a valid signature of " + name_);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.starts_with(prefix)) continue;
    const auto bytes = base::FromBase64(line.substr(prefix.size()));
    if (!bytes.ok() || bytes->size() != 68 ||
        !std::equal(bytes->begin(), bytes->begin() + 4, BigEndian(key_id_).begin()))
      continue;
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, public_key_.data(), public_key_.size()), &EVP_PKEY_free);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
        EVP_DigestVerify(context.get(), bytes->data() + 4, 64, reinterpret_cast<const unsigned char*>(text.data()),
                         text.size()) == 1)
      return head;
  }
  return none;
}

Signer::Signer(std::string name, const std::array<std::uint8_t, 32>& seed)
    : name_(std::move(name)), seed_(seed), derived_(std::make_shared<Derived>()) {}

const Verifier& Signer::verifier() const {
  std::call_once(derived_->once, [this] { derived_->verifier.emplace(name_, PublicKeyOf(seed_)); });
  return *derived_->verifier;
}

Result<std::string> Signer::Sign(std::uint64_t size, const Hash& root) const {
  const std::string text = name() + "\n" + std::to_string(size) + "\n" + base::Base64(root) + "\n";
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed_.data(), seed_.size()), &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::vector<std::uint8_t> signature = BigEndian(verifier().key_id());
  signature.resize(68);
  std::size_t length = 64;
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data() + 4, &length, reinterpret_cast<const unsigned char*>(text.data()),
                     text.size()) != 1)
    return MakeError(ErrorCode::kInternal, "Ed25519 signing failed");
  return text + "\n\u2014 " + name() + " " + base::Base64(signature) + "\n";
}

Result<TreeHead> ParseCheckpoint(std::string_view note) {
  const Error bad =
      MakeError(ErrorCode::kInvalid, "not a checkpoint: three lines (origin, size, root), a blank line, signatures");
  if (note.size() > 100'000) return bad;
  const auto first = note.find('\n'), second = first == std::string_view::npos ? first : note.find('\n', first + 1),
             third = second == std::string_view::npos ? second : note.find('\n', second + 1);
  if (third == std::string_view::npos || note.substr(third, 2) != "\n\n" || !GoodName(note.substr(0, first)))
    return bad;
  TreeHead head;
  head.origin = std::string(note.substr(0, first));
  const std::string_view size = note.substr(first + 1, second - first - 1);
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), head.size);
  if (error != std::errc{} || end != size.data() + size.size() || (size.size() > 1 && size.front() == '0')) return bad;
  const auto root = base::FromBase64(note.substr(second + 1, third - second - 1));
  if (!root.ok() || root->size() != 32) return bad;
  std::copy(root->begin(), root->end(), head.root.begin());
  return head;
}

Result<Signer> EnsureKey(const std::string& directory, std::string_view origin) {
  const std::string file = directory + "/ledger.key";
  if (std::ifstream in(file); in) {
    struct stat info {};
    if (stat(file.c_str(), &info) == 0 && (info.st_mode & 077) != 0)
      return MakeError(ErrorCode::kCorrupt,
                       file + " can be read by others: chmod 600 it, and think about making a new key");
    std::string name, seed_text;
    std::getline(in, name);
    std::getline(in, seed_text);
    const auto seed = base::FromHex(seed_text);
    if (!GoodName(name) || !seed.ok() || seed->size() != 32)
      return MakeError(ErrorCode::kCorrupt, file + " is no ledger key");
    if (!origin.empty() && name != origin) return MakeError(ErrorCode::kCorrupt, file + " belongs to the log " + name);
    std::array<std::uint8_t, 32> bytes{};
    std::copy(seed->begin(), seed->end(), bytes.begin());
    return Signer(name, bytes);
  }
  if (origin.empty()) return MakeError(ErrorCode::kNotFound, file + " is missing");
  std::array<std::uint8_t, 32> seed{};
  base::FillRandom(seed);
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return MakeError(ErrorCode::kUnavailable, "cannot write " + file);
  const std::string text = std::string(origin) + "\n" + base::Hex(seed) + "\n";
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  close(fd);
  if (!written) return MakeError(ErrorCode::kUnavailable, "cannot write " + file);
  return Signer(std::string(origin), seed);
}

}  // namespace zhian::ledger
