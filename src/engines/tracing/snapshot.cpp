#include "engines/tracing/snapshot.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace zhian::tracing {
namespace {

constexpr std::uint64_t kMagic = 0x31'47'4e'41'49'48'5a'00;  // reads otherwise in the other byte order
constexpr std::uint32_t kVersion = 3;
constexpr std::size_t kSections = 19;

struct Header {
  std::uint64_t magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t flags = 0;  // 1 always in time, 2 indices are topological
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

// Eight lanes of multiply and shift, which do not wait for one another: as fast as the memory.
std::uint64_t Checksum(std::span<const std::byte> bytes, std::uint64_t seed) {
  constexpr std::size_t kLanes = 8;
  std::uint64_t lanes[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = (seed + bytes.size()) ^ (i + 1) * 0x9e3779b97f4a7c15u;
  const auto mix = [](std::uint64_t lane, std::uint64_t word) {
    lane = (lane ^ word) * 0xff51afd7ed558ccdu;
    return lane ^ lane >> 32;
  };
  std::size_t at = 0;
  for (; at + kLanes * 8 <= bytes.size(); at += kLanes * 8)
    for (std::size_t i = 0; i < kLanes; ++i) {
      std::uint64_t word;
      std::memcpy(&word, bytes.data() + at + i * 8, 8);
      lanes[i] = mix(lanes[i], word);
    }
  for (; at < bytes.size(); ++at) lanes[at % kLanes] = mix(lanes[at % kLanes], static_cast<std::uint64_t>(bytes[at]));
  std::uint64_t sum = seed;
  for (const std::uint64_t lane : lanes) sum = mix(sum, lane);
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
    header.flags = (g.always_in_time_ ? 1 : 0) | (g.indices_are_topological_ ? 2 : 0);
    header.first_id = g.first_id_;
    header.time_base = g.time_base_;
    header.time_unit = g.time_unit_;
    header.contradictory_edges = g.contradictory_edges_;
    std::size_t section = 0;
    EachArray(g, [&](auto array) { header.counts[section++] = array.size(); });
    std::uint64_t checksum = Checksum(std::as_bytes(std::span(&header, 1)), 0);
    EachArray(g, [&](auto array) { checksum = Checksum(std::as_bytes(array), checksum); });
    header.checksum = checksum;
    static constexpr std::array<std::byte, 64> kZeros{};
    const auto section_out = [&](std::span<const std::byte> bytes) {
      put(bytes);
      put(std::span(kZeros).first(Padded(bytes.size()) - bytes.size()));
    };
    section_out(std::as_bytes(std::span(&header, 1)));
    EachArray(g, [&](auto array) { section_out(std::as_bytes(array)); });
  }

  // Shows the arrays in the graph and returns their checksum; none where they do not fill the bytes.
  static std::optional<std::uint64_t> Lay(std::span<const std::byte> bytes, Header header, TraceGraph& g) {
    std::size_t at = Padded(sizeof header), section = 0;
    bool fits = true;
    header.checksum = 0;
    std::uint64_t checksum = Checksum(std::as_bytes(std::span(&header, 1)), 0);
    EachArray(g, [&]<class T>(std::span<T>& array) {
      const std::uint64_t count = header.counts[section++];
      if (!fits || count > (bytes.size() - at) / sizeof(T) || Padded(count * sizeof(T)) > bytes.size() - at) {
        fits = false;
        return;
      }
      array = {reinterpret_cast<T*>(bytes.data() + at), count};
      checksum = Checksum(std::as_bytes(array), checksum);
      at += Padded(count * sizeof(T));
    });
    if (!fits || at != bytes.size()) return std::nullopt;
    return checksum;
  }

  static bool Seal(std::span<std::byte> bytes) {
    Header header;
    if (bytes.size() < Padded(sizeof header)) return false;
    std::memcpy(&header, bytes.data(), sizeof header);
    TraceGraph g;
    const auto checksum = Lay(bytes, header, g);
    if (!checksum) return false;
    header.checksum = *checksum;
    std::memcpy(bytes.data(), &header, sizeof header);
    return true;
  }

  static Result<TraceGraph> Open(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
    Header header;
    if (bytes.size() < Padded(sizeof header) || reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) return Corrupt();
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.magic != kMagic || header.version != kVersion)
      return MakeError(ErrorCode::kUnsupported, "追溯图的快照是别的版本；请删去该文件，由事件重建");
    TraceGraph g;
    const auto checksum = Lay(bytes, header, g);
    if (!checksum || *checksum != header.checksum) return Corrupt();
    g.always_in_time_ = (header.flags & 1) != 0;
    g.indices_are_topological_ = (header.flags & 2) != 0;
    g.first_id_ = header.first_id;
    g.time_base_ = header.time_base;
    g.time_unit_ = header.time_unit;
    g.contradictory_edges_ = header.contradictory_edges;
    if (!IsWhole(g)) return Corrupt();
    g.owner_ = std::move(owner);
    return g;
  }

 private:
  // The largest of f(value) over an array, 0 where it is empty. Side by side, so that the compiler takes several at once.
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
    const std::uint32_t instant = Most(codes, [](std::uint32_t code) { return code >= TraceGraph::kCodeMax ? 0u : code; });
    const std::uint32_t interval = Most(codes, [](std::uint32_t code) { return (code & TraceGraph::kInterval) != 0 ? code : 0u; });
    return IsInstant(g, instant) && (interval == 0 || std::size_t{interval & TraceGraph::kCodeMax} * 2 < g.intervals_.size());
  }
  static bool IsInstant(const TraceGraph& g, std::uint32_t code) {
    if (code == 0 || code == TraceGraph::kCodeMax) return true;
    if (!g.instants_.empty()) return code <= g.instants_.size();
    std::int64_t product = 0;
    return code < TraceGraph::kCodeMax && !__builtin_mul_overflow(g.time_unit_, static_cast<std::int64_t>(code), &product) && !__builtin_add_overflow(g.time_base_, product, &product);
  }
  static bool IsWhole(const TraceGraph& g) {
    if (g.out_offsets_.empty()) return false;
    const std::size_t n = g.out_offsets_.size() - 1, m = g.out_to_.size(), places = g.operators_.size();
    const auto none_or = [](const auto& array, std::size_t size) { return array.empty() || array.size() == size; };
    if (n >= std::size_t{1} << 31 || m >= std::size_t{1} << 31 || places >= kNoPremises) return false;
    if (!none_or(g.ids_, n) || !none_or(g.id_order_, n) || !none_or(g.quantity_, n) || (!g.id_order_.empty() && g.ids_.empty()) || !none_or(g.premises_, n)) return false;
    if (g.out_quantity_.size() != m || g.in_from_.size() != m || g.in_edge_.size() != m) return false;
    if (!none_or(g.out_label_, m) || !none_or(g.out_mark_, m)) return false;
    if (!none_or(g.departed_, m) || g.arrived_.size() != g.departed_.size() || g.intervals_.size() % 2 != 0) return false;
    if (!AreOffsets(g.out_offsets_, n, m) || !AreOffsets(g.in_offsets_, n, m) || !AreOffsets(g.member_offsets_, places, g.members_.size())) return false;
    if (!AllBelow(g.out_to_, n) || !AllBelow(g.in_from_, n) || !AllBelow(g.in_edge_, m) || !AllBelow(g.members_, n) || !AllBelow(g.id_order_, n)) return false;
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
    if (g.indices_are_topological_)
      for (HoldingIndex v = 0; v < n; ++v)
        for (EdgeIndex e = g.out_begin(v); e < g.out_end(v); ++e)
          if (g.target(e) <= v) return false;
    return true;
  }
};

void WriteSnapshot(const TraceGraph& graph, const std::function<void(std::span<const std::byte>)>& put) { SnapshotCodec::Write(graph, put); }
bool SealSnapshot(std::span<std::byte> bytes) { return SnapshotCodec::Seal(bytes); }
Result<TraceGraph> OpenSnapshot(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) { return SnapshotCodec::Open(bytes, std::move(owner)); }

}  // namespace zhian::tracing
