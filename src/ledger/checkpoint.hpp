// Checkpoints (C2SP tlog-checkpoint) as signed notes (C2SP signed-note) with Ed25519, and the log's key file.
// The first line is the origin, "zhian/<district>"; the same name stands in the key, so one key belongs to one log.
// Signer and Verifier are immutable after construction: safe to share between threads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ledger/merkle.hpp"

namespace zhian::ledger {

struct TreeHead {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
};

// Checks notes of one log. `Key()` is the verifier key of signed-note: name+hash+base64(0x01 ‖ public key).
class Verifier {
 public:
  // Errors: kInvalid for a text that is no Ed25519 verifier key.
  static Result<Verifier> FromKey(std::string_view verifier_key);
  Verifier(std::string name, const std::array<std::uint8_t, 32>& public_key);

  // The head that the note states. Errors: kInvalid for a malformed note, another origin, or without a valid signature
  // of this key.
  [[nodiscard]] Result<TreeHead> Open(std::string_view note) const;
  [[nodiscard]] std::string Key() const;
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint32_t key_id() const { return key_id_; }

 private:
  std::string name_;
  std::array<std::uint8_t, 32> public_key_;
  std::uint32_t key_id_;
};

class Signer {
 public:
  // The public key is derived when it is first asked for: a start does not wait for it.
  Signer(std::string name, const std::array<std::uint8_t, 32>& seed);
  [[nodiscard]] Result<std::string> Sign(std::uint64_t size, const Hash& root) const;  // the whole note
  [[nodiscard]] const Verifier& verifier() const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  struct Derived {
    std::once_flag once;
    std::optional<Verifier> verifier;
  };
  std::string name_;
  std::array<std::uint8_t, 32> seed_;
  std::shared_ptr<Derived> derived_;  // of a signer and its copies
};

// The log's key from DIR/ledger.key (mode 0600); makes it where it is missing and `origin` is given.
// Errors: kNotFound (no file and no origin), kCorrupt (no such key, another origin, or readable by others).
Result<Signer> EnsureKey(const std::string& directory, std::string_view origin = {});

// Reads the three lines without looking at signatures. Errors: kInvalid.
Result<TreeHead> ParseCheckpoint(std::string_view note);

}  // namespace zhian::ledger
