#include "engines/tracing/snapshot.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <future>
#include <iterator>
#include <utility>

namespace zhian::tracing {
namespace {

constexpr std::uint64_t kMagic = 0x31'47'4e'41'49'48'5a'00;  // reads otherwise in the other byte order
constexpr std::uint32_t kVersion = 3;
constexpr std::size_t kSections = 19;

struct Header {
  std::uint64_t magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t flags = 0;  // 1 always in time
  std::uint64_t first_id = 0;
  std::int64_t time_base = 0, time_unit = 1;
  std::uint32_t contradictory_edges = 0, reserved = 0;
  std::array<std::uint64_t, kSections> counts{};
  std::uint64_t checksum = 0;  // of the header with 0 here, then of each section
};
static_assert(sizeof(Header) % 8 == 0);

std::size_t Padded(std::size_t size) { return (size + 63) / 64 * 64; }

Error Corrupt() { return MakeError(ErrorCode::kCorrupt, "追溯图的快照已损坏；请删去该文件，由事件重建"); }

}  // namespace

namespace {
constexpr std::uint64_t kKeys[4] = {0xa0761d6478bd642fu, 0xe7037ed1a0b428dbu, 0x8ebc6af09c88c6e3u, 0x589965cc75374cc3u};
std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
}  // namespace

// Four lanes that do not wait for one another, sixteen bytes of each at once: a product of both halves with all of its
// 128 bits.
std::uint64_t Checksum(std::span<const std::byte> bytes, std::uint64_t seed) {
  constexpr std::size_t kBlock = 64;
  std::uint64_t one = seed + kKeys[3], two = seed ^ kKeys[2], three = seed + kKeys[1], four = seed ^ kKeys[0];
  const auto take = [&](const std::byte* at) {
    std::uint64_t words[8];
    std::memcpy(words, at, sizeof words);
    one = Mix(words[0] ^ one, words[1] ^ kKeys[0]);
    two = Mix(words[2] ^ two, words[3] ^ kKeys[1]);
    three = Mix(words[4] ^ three, words[5] ^ kKeys[2]);
    four = Mix(words[6] ^ four, words[7] ^ kKeys[3]);
  };
  std::size_t at = 0;
  for (; at + kBlock <= bytes.size(); at += kBlock) take(bytes.data() + at);
  if (at < bytes.size()) {
    std::array<std::byte, kBlock> rest{};
    std::memcpy(rest.data(), bytes.data() + at, bytes.size() - at);
    take(rest.data());
  }
  std::uint64_t sum = Mix(seed ^ kKeys[0], bytes.size() ^ kKeys[1]);
  for (const std::uint64_t lane : {one, two, three, four}) sum = Mix(sum ^ lane, kKeys[2]) ^ lane;
  return sum;
}

class SnapshotCodec {
 public:
  // see(span) for every array, always in the same order.
  template <class Graph, class See>
  static void EachArray(Graph& g, See&& see) {
    see(g.ids_);
    see(g.id_order_);
    see(g.quantity_);
    see(g.premises_);
    see(g.operators_);
    see(g.member_offsets_);
    see(g.members_);
    see(g.out_offsets_);
    see(g.out_to_);
    see(g.out_quantity_);
    see(g.departed_);
    see(g.arrived_);
    see(g.out_label_);
    see(g.out_mark_);
    see(g.in_offsets_);
    see(g.in_from_);
    see(g.in_edge_);
    see(g.instants_);
    see(g.intervals_);
  }

  static void Write(const TraceGraph& g, const std::function<void(std::span<const std::byte>)>& put) {
    Header header;
    header.flags = g.always_in_time_ ? 1 : 0;
    header.first_id = g.first_id_;
    header.time_base = g.time_base_;
    header.time_unit = g.time_unit_;
    header.contradictory_edges = g.contradictory_edges_;
    std::size_t section = 0;
    EachArray(g, [&](auto array) { header.counts[section++] = array.size(); });
    header.checksum = ChecksumOf(header, g);
    static constexpr std::array<std::byte, 64> kZeros{};
    const auto section_out = [&](std::span<const std::byte> bytes) {
      put(bytes);
      put(std::span(kZeros).first(Padded(bytes.size()) - bytes.size()));
    };
    section_out(std::as_bytes(std::span(&header, 1)));
    EachArray(g, [&](auto array) { section_out(std::as_bytes(array)); });
  }

  // Shows the arrays in the graph. False: they do not fill the bytes.
  static bool Lay(std::span<const std::byte> bytes, const Header& header, TraceGraph& g) {
    std::size_t at = Padded(sizeof header), section = 0;
    bool fits = true;
    EachArray(g, [&]<class T>(std::span<T>& array) {
      const std::uint64_t count = header.counts[section++];
      if (!fits || count > (bytes.size() - at) / sizeof(T) || Padded(count * sizeof(T)) > bytes.size() - at) {
        fits = false;
        return;
      }
      array = {reinterpret_cast<T*>(bytes.data() + at), count};
      at += Padded(count * sizeof(T));
    });
    return fits && at == bytes.size();
  }
  static std::uint64_t ChecksumOf(Header header, const TraceGraph& g) {
    header.checksum = 0;
    std::uint64_t checksum = Checksum(std::as_bytes(std::span(&header, 1)), 0);
    EachArray(g, [&](auto array) { checksum = Checksum(std::as_bytes(array), checksum); });
    return checksum;
  }

  static bool Seal(std::span<std::byte> bytes) {
    Header header;
    if (bytes.size() < Padded(sizeof header)) return false;
    std::memcpy(&header, bytes.data(), sizeof header);
    TraceGraph g;
    if (!Lay(bytes, header, g)) return false;
    header.checksum = ChecksumOf(header, g);
    std::memcpy(bytes.data(), &header, sizeof header);
    return true;
  }

  static Result<TraceGraph> Open(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
    Header header;
    if (bytes.size() < Padded(sizeof header) || reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0)
      return Corrupt();
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.magic != kMagic || header.version != kVersion)
      return MakeError(ErrorCode::kUnsupported, "追溯图的快照是别的版本；请删去该文件，由事件重建");
    TraceGraph g;
    if (!Lay(bytes, header, g)) return Corrupt();
    g.always_in_time_ = (header.flags & 1) != 0;
    // Not believed: to be sure of it takes as long as all else, and searches that make use of it end as well without.
    g.indices_are_topological_ = false;
    g.first_id_ = header.first_id;
    g.time_base_ = header.time_base;
    g.time_unit_ = header.time_unit;
    g.contradictory_edges_ = header.contradictory_edges;
    // Two readings of all that is there: beside each other, for a start waits for both.
    constexpr std::size_t kWorthAThread = std::size_t{16} << 20;
    auto whole = std::async(bytes.size() < kWorthAThread ? std::launch::deferred : std::launch::async,
                            [&g] { return IsWhole(g); });
    const bool undamaged = ChecksumOf(header, g) == header.checksum;
    if (!whole.get() || !undamaged) return Corrupt();
    g.owner_ = std::move(owner);
    return g;
  }

 private:
  // The largest of f(value) over an array, 0 where it is empty. Side by side, so that the compiler takes several at
  // once.
  template <class T, class F>
  static T Most(std::span<const T> array, F&& f) {
    constexpr std::size_t kAtOnce = 16;
    T most[kAtOnce]{};
    std::size_t i = 0;
    for (; i + kAtOnce <= array.size(); i += kAtOnce)
      for (std::size_t k = 0; k < kAtOnce; ++k) {
        const T value = f(array[i + k]);
        most[k] = most[k] < value ? value : most[k];
      }
    for (; i < array.size(); ++i) most[0] = std::max<T>(most[0], f(array[i]));
    return *std::max_element(std::begin(most), std::end(most));
  }
  static bool AllBelow(std::span<const std::uint32_t> array, std::uint64_t bound) {
    return array.empty() || Most(array, [](std::uint32_t value) { return value; }) < bound;
  }
  static bool AreOffsets(std::span<const std::uint32_t> offsets, std::size_t groups, std::size_t count) {
    if (offsets.size() != groups + 1 || offsets[0] != 0 || offsets[groups] != count) return false;
    constexpr std::size_t kAtOnce = 16;
    std::uint32_t falls[kAtOnce]{};
    std::size_t i = 0;
    for (; i + kAtOnce <= groups; i += kAtOnce)
      for (std::size_t k = 0; k < kAtOnce; ++k) falls[k] |= offsets[i + k] > offsets[i + k + 1] ? 1u : 0u;
    for (; i < groups; ++i) falls[0] |= offsets[i] > offsets[i + 1] ? 1u : 0u;
    return std::all_of(std::begin(falls), std::end(falls), [](std::uint32_t fell) { return fell == 0; });
  }
  // An instant grows or falls with its code: where the largest is one, all below it are.
  static bool AreTimes(const TraceGraph& g, std::span<const std::uint32_t> codes) {
    constexpr std::size_t kAtOnce = 16;
    std::uint32_t instants[kAtOnce]{}, intervals[kAtOnce]{};
    const auto look = [&](std::uint32_t code, std::size_t k) {
      const std::uint32_t instant = code < TraceGraph::kCodeMax ? code : 0,
                          interval = code > TraceGraph::kCodeMax ? code : 0;
      instants[k] = instants[k] < instant ? instant : instants[k];
      intervals[k] = intervals[k] < interval ? interval : intervals[k];
    };
    std::size_t i = 0;
    for (; i + kAtOnce <= codes.size(); i += kAtOnce)
      for (std::size_t k = 0; k < kAtOnce; ++k) look(codes[i + k], k);
    for (; i < codes.size(); ++i) look(codes[i], 0);
    const std::uint32_t instant = *std::max_element(std::begin(instants), std::end(instants)),
                        interval = *std::max_element(std::begin(intervals), std::end(intervals));
    static_assert(TraceGraph::kInterval == TraceGraph::kCodeMax + 1);
    return IsInstant(g, instant) &&
           (interval == 0 || std::size_t{interval & TraceGraph::kCodeMax} * 2 < g.intervals_.size());
  }
  static bool IsInstant(const TraceGraph& g, std::uint32_t code) {
    if (code == 0 || code == TraceGraph::kCodeMax) return true;
    if (!g.instants_.empty()) return code <= g.instants_.size();
    std::int64_t product = 0;
    return code < TraceGraph::kCodeMax &&
           !__builtin_mul_overflow(g.time_unit_, static_cast<std::int64_t>(code), &product) &&
           !__builtin_add_overflow(g.time_base_, product, &product);
  }
  static bool IsWhole(const TraceGraph& g) {
    if (g.out_offsets_.empty()) return false;
    const std::size_t n = g.out_offsets_.size() - 1, m = g.out_to_.size(), places = g.operators_.size();
    const auto none_or = [](const auto& array, std::size_t size) { return array.empty() || array.size() == size; };
    if (n >= std::size_t{1} << 31 || m >= std::size_t{1} << 31 || places >= kNoPremises) return false;
    if (!none_or(g.ids_, n) || !none_or(g.id_order_, n) || !none_or(g.quantity_, n) ||
        (!g.id_order_.empty() && g.ids_.empty()) || !none_or(g.premises_, n))
      return false;
    if (g.out_quantity_.size() != m || g.in_from_.size() != m || g.in_edge_.size() != m) return false;
    if (!none_or(g.out_label_, m) || !none_or(g.out_mark_, m)) return false;
    if (!none_or(g.departed_, m) || g.arrived_.size() != g.departed_.size() || g.intervals_.size() % 2 != 0)
      return false;
    if (!AreOffsets(g.out_offsets_, n, m) || !AreOffsets(g.in_offsets_, n, m) ||
        !AreOffsets(g.member_offsets_, places, g.members_.size()))
      return false;
    if (!AllBelow(g.out_to_, n) || !AllBelow(g.in_from_, n) || !AllBelow(g.in_edge_, m) || !AllBelow(g.members_, n) ||
        !AllBelow(g.id_order_, n))
      return false;
    static_assert(kNoPremises + std::uint32_t{1} == 0);
    if (Most(g.premises_, [](std::uint32_t p) { return p + 1; }) > places) return false;
    for (const auto& quantities : {g.quantity_, g.out_quantity_}) {
      std::uint64_t signs = 0;
      for (const std::int64_t quantity : quantities) signs |= static_cast<std::uint64_t>(quantity);
      if (signs >> 63 != 0) return false;
    }
    for (const std::uint32_t code : g.intervals_)
      if (!IsInstant(g, code)) return false;
    if (!AreTimes(g, g.departed_) || !AreTimes(g, g.arrived_)) return false;
    return true;
  }
};

void WriteSnapshot(const TraceGraph& graph, const std::function<void(std::span<const std::byte>)>& put) {
  SnapshotCodec::Write(graph, put);
}
bool SealSnapshot(std::span<std::byte> bytes) { return SnapshotCodec::Seal(bytes); }
Result<TraceGraph> OpenSnapshot(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
  return SnapshotCodec::Open(bytes, std::move(owner));
}

}  // namespace zhian::tracing
