#include "ledger/merkle.hpp"

#include <bit>

#include "base/text.hpp"

namespace zhian::ledger {
namespace {

// The largest power of two smaller than n. REQUIRES: n > 1.
std::uint64_t Split(std::uint64_t n) { return std::bit_floor(n - 1); }

// Root of leaves [begin, begin + size). Complete aligned subtrees are read, others are split as RFC 6962 does.
Result<Hash> SubtreeRoot(std::uint64_t begin, std::uint64_t size, const NodeReader& reader) {
  if (std::has_single_bit(size) && begin % size == 0)
    return reader(static_cast<unsigned>(std::countr_zero(size)), begin / size);
  const std::uint64_t k = Split(size);
  ZHIAN_ASSIGN(const Hash left, SubtreeRoot(begin, k, reader));
  ZHIAN_ASSIGN(const Hash right, SubtreeRoot(begin + k, size - k, reader));
  return NodeHash(left, right);
}

Status Path(std::uint64_t index, std::uint64_t begin, std::uint64_t size, const NodeReader& reader,
            std::vector<Hash>& proof) {
  if (size == 1) return Ok();
  const std::uint64_t k = Split(size);
  if (index < k) {
    ZHIAN_TRY(Path(index, begin, k, reader, proof));
    ZHIAN_ASSIGN(const Hash right, SubtreeRoot(begin + k, size - k, reader));
    proof.push_back(right);
  } else {
    ZHIAN_TRY(Path(index - k, begin + k, size - k, reader, proof));
    ZHIAN_ASSIGN(const Hash left, SubtreeRoot(begin, k, reader));
    proof.push_back(left);
  }
  return Ok();
}

// RFC 6962 section 2.1.2, SUBPROOF(m, D[n], whole).
Status SubProof(std::uint64_t m, std::uint64_t begin, std::uint64_t n, bool whole, const NodeReader& reader,
                std::vector<Hash>& proof) {
  if (m == n) {
    if (!whole) {
      ZHIAN_ASSIGN(const Hash root, SubtreeRoot(begin, n, reader));
      proof.push_back(root);
    }
    return Ok();
  }
  const std::uint64_t k = Split(n);
  if (m <= k) {
    ZHIAN_TRY(SubProof(m, begin, k, whole, reader, proof));
    ZHIAN_ASSIGN(const Hash right, SubtreeRoot(begin + k, n - k, reader));
    proof.push_back(right);
  } else {
    ZHIAN_TRY(SubProof(m - k, begin + k, n - k, false, reader, proof));
    ZHIAN_ASSIGN(const Hash left, SubtreeRoot(begin, k, reader));
    proof.push_back(left);
  }
  return Ok();
}

}  // namespace

Hash Sha256(std::span<const std::uint8_t> bytes) { return base::Sha256(bytes); }
Hash Sha256(std::string_view bytes) { return base::Sha256(bytes); }
Hash LeafHash(std::string_view entry) { return base::Sha256(std::string(1, '\0').append(entry)); }
Hash NodeHash(const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 65> bytes{1};
  std::copy(left.begin(), left.end(), bytes.begin() + 1);
  std::copy(right.begin(), right.end(), bytes.begin() + 33);
  return base::Sha256(std::span<const std::uint8_t>(bytes));
}
Hash EmptyRoot() { return base::Sha256(std::string_view{}); }

Hash RootOfLeaves(std::span<const Hash> leaves) {
  if (leaves.empty()) return EmptyRoot();
  if (leaves.size() == 1) return leaves.front();
  const auto k = static_cast<std::size_t>(Split(leaves.size()));
  return NodeHash(RootOfLeaves(leaves.first(k)), RootOfLeaves(leaves.subspan(k)));
}

std::string HexOf(const Hash& hash) { return base::Hex(hash); }
Result<Hash> HashFromHex(std::string_view hex) {
  ZHIAN_ASSIGN(const auto bytes, base::FromHex(hex));
  if (bytes.size() != 32) return MakeError(ErrorCode::kInvalid, "a hash has 64 hexadecimal digits");
  Hash hash{};
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

Result<Hash> RootAt(std::uint64_t size, const NodeReader& reader) {
  return size == 0 ? Result<Hash>(EmptyRoot()) : SubtreeRoot(0, size, reader);
}

Result<std::vector<Hash>> InclusionProof(std::uint64_t index, std::uint64_t size, const NodeReader& reader) {
  if (index >= size)
    return MakeError(ErrorCode::kInvalid,
                     "entry " + std::to_string(index) + " is not in a log of " + std::to_string(size));
  std::vector<Hash> proof;
  ZHIAN_TRY(Path(index, 0, size, reader, proof));
  return proof;
}

Result<std::vector<Hash>> ConsistencyProof(std::uint64_t old_size, std::uint64_t new_size, const NodeReader& reader) {
  if (old_size > new_size) return MakeError(ErrorCode::kInvalid, "the earlier log is longer than the later one");
  std::vector<Hash> proof;
  if (old_size == 0 || old_size == new_size) return proof;
  ZHIAN_TRY(SubProof(old_size, 0, new_size, true, reader, proof));
  return proof;
}

bool VerifyInclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, std::span<const Hash> proof,
                     const Hash& root) {
  if (index >= size) return false;
  std::uint64_t fn = index, sn = size - 1;
  Hash r = leaf;
  for (const Hash& p : proof) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      r = NodeHash(p, r);
      if ((fn & 1) == 0) do {
          fn >>= 1;
          sn >>= 1;
        } while ((fn & 1) == 0 && fn != 0);
    } else {
      r = NodeHash(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && r == root;
}

bool VerifyConsistency(std::uint64_t old_size, std::uint64_t new_size, const Hash& old_root, const Hash& new_root,
                       std::span<const Hash> proof) {
  if (old_size > new_size) return false;
  if (old_size == new_size) return proof.empty() && old_root == new_root;
  if (old_size == 0) return proof.empty() && old_root == EmptyRoot();
  std::vector<Hash> path;
  if (std::has_single_bit(old_size)) path.push_back(old_root);
  path.insert(path.end(), proof.begin(), proof.end());
  if (path.empty()) return false;
  std::uint64_t fn = old_size - 1, sn = new_size - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  Hash fr = path.front(), sr = path.front();
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return false;
    const Hash& c = path[i];
    if ((fn & 1) != 0 || fn == sn) {
      fr = NodeHash(c, fr);
      sr = NodeHash(c, sr);
      if ((fn & 1) == 0) do {
          fn >>= 1;
          sn >>= 1;
        } while ((fn & 1) == 0 && fn != 0);
    } else {
      sr = NodeHash(sr, c);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == old_root && sr == new_root;
}

void RootBuilder::Add(const Hash& leaf) {
  peaks_.push_back(leaf);
  ++size_;
  for (std::uint64_t n = size_; (n & 1) == 0; n >>= 1) {
    const Hash right = peaks_.back();
    peaks_.pop_back();
    peaks_.back() = NodeHash(peaks_.back(), right);
  }
}

Hash RootBuilder::Root() const {
  if (peaks_.empty()) return EmptyRoot();
  Hash root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = NodeHash(peaks_[i], root);
  return root;
}

}  // namespace zhian::ledger
