// TraceGraph: holdings (a lot, item or logistic unit at a place) and the edges along which goods went from one to the
// next, as compact arrays in both directions; the edges of a holding stand in order of their time. Quantities are whole
// numbers of one unit (the caller converts). Immutable once built, whether from columns or from a mapped snapshot: safe
// to read from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace zhian::tracing {

using HoldingIndex = std::uint32_t;  // 0 … holdings() − 1, in the order in which the holdings were given
using EdgeIndex = std::uint32_t;
inline constexpr HoldingIndex kNoHolding = std::numeric_limits<HoldingIndex>::max();
inline constexpr std::uint32_t kNoPremises = std::numeric_limits<std::uint32_t>::max();

// When something happened: an instant (earliest = latest), an interval, or unknown on either side. Milliseconds, or any
// other unit that the caller keeps to.
inline constexpr std::int64_t kEarliest = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();
struct TimeRange {
  std::int64_t earliest = kEarliest, latest = kLatest;
  static TimeRange At(std::int64_t instant) { return {instant, instant}; }
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};
struct EdgeTime {
  TimeRange departed, arrived;
  friend bool operator==(const EdgeTime&, const EdgeTime&) = default;
};

// What the two times of one edge tell of each other: it left before it arrived. None where they contradict this.
std::optional<EdgeTime> Settled(EdgeTime time);

// What a graph is built from. The vectors are given away: building frees each as soon as it has been read.
struct GraphColumns {
  std::vector<std::uint64_t> ids;        // of the holdings: any 64-bit numbers, each once
  std::vector<std::int64_t> quantities;  // of the holdings: what was made, or what arrived; empty: all 0 (unknown)
  std::vector<std::uint32_t> premises;   // of the holdings: 0 … operators.size() − 1 or kNoPremises; empty: none
  std::vector<std::uint32_t> operators;  // of the premises
  std::vector<HoldingIndex> from, to;    // of the edges
  std::vector<std::int64_t> edge_quantities;  // of the edges
  // Of the edges, for the caller's own use, each column empty or whole: a number by which to find an edge again, and a
  // few bits.
  std::vector<std::uint32_t> edge_labels;
  std::vector<std::uint8_t> edge_marks;
  // Either the times of the edges, or, where all that is known is when each holding came to be, that (an edge then left
  // and arrived when its target came to be), or neither: all unknown.
  std::vector<EdgeTime> edge_times;
  std::vector<std::int64_t> made_at;
};

// The edges one by one, in order of `from`: see(edge) for each.
struct ToldEdge {
  HoldingIndex from = 0, to = 0;
  std::int64_t quantity = 0;
  EdgeTime time;
  std::uint32_t label = 0;
  std::uint8_t mark = 0;
};
using EdgeTeller = std::function<void(const std::function<void(const ToldEdge&)>& see)>;

class TraceGraph {
 public:
  TraceGraph() = default;
  // kInvalid: an id twice, an edge to nowhere, a negative quantity, an interval that ends before it begins; kTooLarge:
  // more than 2³¹ holdings or edges. O(holdings + edges), plus sorting where ids or times are not regular.
  static Result<TraceGraph> Build(GraphColumns columns);
  // The same of edges that are told two or three times, each time alike, so that nobody holds them a second time. The
  // columns are those of holdings and premises. kInternal: not in order, or not alike.
  static Result<TraceGraph> Build(GraphColumns columns, const EdgeTeller& tell);

  [[nodiscard]] HoldingIndex holdings() const {
    return out_offsets_.empty() ? 0 : static_cast<HoldingIndex>(out_offsets_.size() - 1);
  }
  [[nodiscard]] EdgeIndex edges() const { return static_cast<EdgeIndex>(out_to_.size()); }
  [[nodiscard]] std::uint32_t premises_count() const { return static_cast<std::uint32_t>(operators_.size()); }
  [[nodiscard]] std::uint64_t first_id() const { return first_id_; }  // 0 where there are no holdings
  [[nodiscard]] HoldingIndex Find(std::uint64_t id) const;            // kNoHolding where there is none
  // REQUIRES of all that follows: the index exists.
  [[nodiscard]] std::uint64_t id(HoldingIndex v) const { return ids_.empty() ? first_id_ + v : ids_[v]; }
  [[nodiscard]] std::int64_t quantity(HoldingIndex v) const { return quantity_.empty() ? 0 : quantity_[v]; }
  [[nodiscard]] std::uint32_t premises(HoldingIndex v) const { return premises_.empty() ? kNoPremises : premises_[v]; }
  [[nodiscard]] std::uint32_t operator_of(std::uint32_t premises) const { return operators_[premises]; }
  [[nodiscard]] std::span<const HoldingIndex> holdings_at(std::uint32_t premises) const {
    return members_.subspan(member_offsets_[premises], member_offsets_[premises + 1] - member_offsets_[premises]);
  }
  // Edges are numbered by their source; those of one source by the latest time they can have left, then as given.
  [[nodiscard]] EdgeIndex out_begin(HoldingIndex v) const { return out_offsets_[v]; }
  [[nodiscard]] EdgeIndex out_end(HoldingIndex v) const { return out_offsets_[v + 1]; }
  [[nodiscard]] HoldingIndex target(EdgeIndex e) const { return out_to_[e]; }
  [[nodiscard]] std::int64_t edge_quantity(EdgeIndex e) const { return out_quantity_[e]; }
  [[nodiscard]] EdgeTime edge_time(EdgeIndex e) const { return {Decode(departed_, e), Decode(arrived_, e)}; }
  [[nodiscard]] std::uint32_t label(EdgeIndex e) const { return out_label_.empty() ? 0 : out_label_[e]; }
  [[nodiscard]] std::uint8_t mark(EdgeIndex e) const { return out_mark_.empty() ? 0 : out_mark_[e]; }
  // Positions of the edges into a holding, by the earliest time they can have arrived.
  [[nodiscard]] EdgeIndex in_begin(HoldingIndex v) const { return in_offsets_[v]; }
  [[nodiscard]] EdgeIndex in_end(HoldingIndex v) const { return in_offsets_[v + 1]; }
  [[nodiscard]] HoldingIndex source(EdgeIndex position) const { return in_from_[position]; }
  [[nodiscard]] EdgeIndex in_edge(EdgeIndex position) const { return in_edge_[position]; }

  // No path of the whole graph breaks the order of time: a search need not look at it. (An edge from a holding to
  // itself leads nowhere: it says what was made there.)
  [[nodiscard]] bool always_in_time() const { return always_in_time_; }
  // Every edge goes from a lower index to a higher one: no cycle, and the indices are an order of working.
  [[nodiscard]] bool indices_are_topological() const { return indices_are_topological_; }
  // Edges that arrived before they left: their times count as unknown.
  [[nodiscard]] std::uint32_t contradictory_edges() const { return contradictory_edges_; }
  [[nodiscard]] std::size_t bytes() const;  // of all arrays

  // The raw arrays, for a search that must be as fast as the memory.
  [[nodiscard]] const EdgeIndex* out_offsets() const { return out_offsets_.data(); }
  [[nodiscard]] const HoldingIndex* out_targets() const { return out_to_.data(); }
  [[nodiscard]] const EdgeIndex* in_offsets() const { return in_offsets_.data(); }
  [[nodiscard]] const HoldingIndex* in_sources() const { return in_from_.data(); }

 private:
  friend class SnapshotCodec;
  friend class GraphBuilder;
  [[nodiscard]] TimeRange Decode(std::span<const std::uint32_t> codes, EdgeIndex e) const;
  [[nodiscard]] std::int64_t Instant(std::uint32_t code) const;

  // A time as 32 bits: 0 unknown; up to kCodeMax an instant (base + unit · code, or a row of instants_, which is
  // sorted); with the highest bit a row of intervals_ (code of the earliest, code of the latest; 0 and kCodeMax where
  // that side is open).
  static constexpr std::uint32_t kCodeMax = 0x7fffffff, kInterval = 0x80000000;

  std::shared_ptr<const void> owner_;  // of the memory that the spans below show
  std::uint64_t first_id_ = 0;         // where ids_ is empty: the ids follow one another
  std::span<const std::uint64_t> ids_;
  std::span<const HoldingIndex> id_order_;  // empty: ids ascend
  std::span<const std::int64_t> quantity_;  // empty: all 0
  std::span<const std::uint32_t> premises_, operators_, member_offsets_;
  std::span<const HoldingIndex> members_;
  std::span<const EdgeIndex> out_offsets_;
  std::span<const HoldingIndex> out_to_;
  std::span<const std::int64_t> out_quantity_;
  std::span<const std::uint32_t> departed_, arrived_;  // empty: all unknown
  std::span<const std::uint32_t> out_label_;
  std::span<const std::uint8_t> out_mark_;
  std::span<const EdgeIndex> in_offsets_;
  std::span<const HoldingIndex> in_from_;
  std::span<const EdgeIndex> in_edge_;
  std::int64_t time_base_ = 0, time_unit_ = 1;
  std::span<const std::int64_t> instants_;
  std::span<const std::uint32_t> intervals_;
  bool always_in_time_ = true, indices_are_topological_ = true;
  std::uint32_t contradictory_edges_ = 0;
};

inline std::int64_t TraceGraph::Instant(std::uint32_t code) const {
  if (code == 0) return kEarliest;
  if (code == kCodeMax) return kLatest;
  return instants_.empty() ? time_base_ + time_unit_ * static_cast<std::int64_t>(code) : instants_[code - 1];
}
inline TimeRange TraceGraph::Decode(std::span<const std::uint32_t> codes, EdgeIndex e) const {
  const std::uint32_t code = codes.empty() ? 0 : codes[e];
  if (code == 0) return {};
  if ((code & kInterval) == 0) return TimeRange::At(Instant(code));
  const std::size_t row = std::size_t{code & kCodeMax} * 2;
  return {Instant(intervals_[row]), Instant(intervals_[row + 1])};
}

}  // namespace zhian::tracing
