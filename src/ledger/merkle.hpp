// Merkle tree of the log (RFC 6962 section 2.1, RFC 9162): hashes, roots, proofs and their verification.
// Pure: storage comes in as a function that gives the hash of a complete subtree. Safe to call concurrently.
// Trees are written as (size); leaf i of size n has 0 <= i < n. The root of the empty tree is SHA-256 of nothing.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace zhian::ledger {

using Hash = std::array<std::uint8_t, 32>;

Hash Sha256(std::span<const std::uint8_t> bytes);
Hash Sha256(std::string_view bytes);
Hash LeafHash(std::string_view entry);               // SHA-256(0x00 ‖ entry)
Hash NodeHash(const Hash& left, const Hash& right);  // SHA-256(0x01 ‖ left ‖ right)
Hash EmptyRoot();                                    // SHA-256("")
Hash RootOfLeaves(std::span<const Hash> leaves);     // O(n), for tiles and tests
std::string HexOf(const Hash& hash);                 // lower case
Result<Hash> HashFromHex(std::string_view hex);

// Gives the hash of the complete subtree of 2^level leaves that begins at leaf index·2^level.
// It is only asked for subtrees that lie within the size in hand.
using NodeReader = std::function<Result<Hash>(unsigned level, std::uint64_t index)>;

Result<Hash> RootAt(std::uint64_t size, const NodeReader& reader);
// Errors: kInvalid where index >= size.
Result<std::vector<Hash>> InclusionProof(std::uint64_t index, std::uint64_t size, const NodeReader& reader);
// Errors: kInvalid where old_size > new_size. Empty for old_size 0 and for equal sizes.
Result<std::vector<Hash>> ConsistencyProof(std::uint64_t old_size, std::uint64_t new_size, const NodeReader& reader);

// RFC 9162 sections 2.1.3.2 and 2.1.4.2. False for any proof that is too long, too short or wrong.
[[nodiscard]] bool VerifyInclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                                   std::span<const Hash> proof, const Hash& root);
[[nodiscard]] bool VerifyConsistency(std::uint64_t old_size, std::uint64_t new_size, const Hash& old_root,
                                     const Hash& new_root, std::span<const Hash> proof);

// Adds leaves one after another in O(log n) memory; for the full check.
class RootBuilder {
 public:
  void Add(const Hash& leaf);
  [[nodiscard]] Hash Root() const;
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  std::vector<Hash> peaks_;  // complete subtrees, largest first
  std::uint64_t size_ = 0;
};

}  // namespace zhian::ledger
