// Delta: what was captured since a graph was built. A search reads graph and delta as one; Merge makes one graph of both, away
// from the readers. The owner keeps writers of a delta apart from its readers; the graph below it never changes.
#pragma once

#include <unordered_map>

#include "engines/tracing/graph.hpp"

namespace zhian::tracing {

class Delta {
 public:
  // REQUIRES: base outlives the delta.
  explicit Delta(const TraceGraph& base) : base_(&base) {}

  // The index of the new holding. kConflict: the id is there already; kInvalid: a negative quantity, an unknown premises.
  Result<HoldingIndex> AddHolding(std::uint64_t id, std::int64_t quantity, std::uint32_t premises = kNoPremises);
  std::uint32_t AddPremises(std::uint32_t of_operator);
  // kInvalid: an end that is not there, a negative quantity, an interval that ends before it begins.
  Status AddEdge(HoldingIndex from, HoldingIndex to, std::int64_t quantity, EdgeTime time = {});

  [[nodiscard]] bool empty() const { return ids_.empty() && edges_.empty(); }
  [[nodiscard]] std::size_t edges() const { return edges_.size(); }

 private:
  friend class GraphView;
  friend Result<TraceGraph> Merge(const TraceGraph& base, const Delta& delta);
  struct Edge {
    HoldingIndex from, to;
    std::int64_t quantity;
    EdgeTime time;
    std::uint32_t next_out, next_in;  // kNoHolding: the last one
  };
  struct Ends {
    std::uint32_t first_out = kNoHolding, last_out = kNoHolding, first_in = kNoHolding, last_in = kNoHolding;
  };
  [[nodiscard]] HoldingIndex holdings() const { return base_->holdings() + static_cast<HoldingIndex>(ids_.size()); }

  const TraceGraph* base_;
  std::vector<std::uint64_t> ids_;
  std::vector<std::int64_t> quantities_;
  std::vector<std::uint32_t> premises_, operators_;
  std::vector<Edge> edges_;
  std::unordered_map<std::uint64_t, HoldingIndex> by_id_;
  std::unordered_map<HoldingIndex, Ends> ends_;
  std::unordered_map<std::uint32_t, std::vector<HoldingIndex>> at_premises_;
};

// One graph of both; holdings keep their indices.
Result<TraceGraph> Merge(const TraceGraph& base, const Delta& delta);

// A graph and its delta as one. A value of two pointers; both must outlive it. `delta` may be null.
class GraphView {
 public:
  GraphView(const TraceGraph& base, const Delta* delta = nullptr) : base_(&base), delta_(delta) {}  // NOLINT: implicit by design

  [[nodiscard]] const TraceGraph& base() const { return *base_; }
  [[nodiscard]] bool has_delta() const { return delta_ != nullptr && !delta_->empty(); }
  [[nodiscard]] HoldingIndex holdings() const { return delta_ == nullptr ? base_->holdings() : delta_->holdings(); }
  [[nodiscard]] std::uint32_t premises_count() const {
    return base_->premises_count() + (delta_ == nullptr ? 0 : static_cast<std::uint32_t>(delta_->operators_.size()));
  }
  [[nodiscard]] HoldingIndex Find(std::uint64_t id) const;
  [[nodiscard]] std::uint64_t id(HoldingIndex v) const { return InBase(v) ? base_->id(v) : delta_->ids_[v - base_->holdings()]; }
  [[nodiscard]] std::int64_t quantity(HoldingIndex v) const {
    return InBase(v) ? base_->quantity(v) : delta_->quantities_[v - base_->holdings()];
  }
  [[nodiscard]] std::uint32_t premises(HoldingIndex v) const {
    return InBase(v) ? base_->premises(v) : delta_->premises_[v - base_->holdings()];
  }
  [[nodiscard]] std::uint32_t operator_of(std::uint32_t premises) const {
    return premises < base_->premises_count() ? base_->operator_of(premises) : delta_->operators_[premises - base_->premises_count()];
  }
  template <class See>
  void EachHoldingAt(std::uint32_t premises, See&& see) const {
    if (premises < base_->premises_count())
      for (const HoldingIndex v : base_->holdings_at(premises)) see(v);
    if (!has_delta()) return;
    if (const auto at = delta_->at_premises_.find(premises); at != delta_->at_premises_.end())
      for (const HoldingIndex v : at->second) see(v);
  }
  // see(other end, quantity, time): the time is called only where it is asked for.
  template <bool kForward, class See>
  void EachEdge(HoldingIndex v, See&& see) const {
    const TraceGraph& g = *base_;
    if (InBase(v)) {
      if constexpr (kForward) {
        for (EdgeIndex e = g.out_begin(v); e < g.out_end(v); ++e) see(g.target(e), g.edge_quantity(e), [&, e] { return g.edge_time(e); });
      } else {
        for (EdgeIndex at = g.in_begin(v); at < g.in_end(v); ++at)
          see(g.source(at), g.edge_quantity(g.in_edge(at)), [&, at] { return g.edge_time(g.in_edge(at)); });
      }
    }
    if (!has_delta()) return;
    const auto ends = delta_->ends_.find(v);
    if (ends == delta_->ends_.end()) return;
    for (std::uint32_t e = kForward ? ends->second.first_out : ends->second.first_in; e != kNoHolding;
         e = kForward ? delta_->edges_[e].next_out : delta_->edges_[e].next_in)
      see(kForward ? delta_->edges_[e].to : delta_->edges_[e].from, delta_->edges_[e].quantity, [&, e] { return delta_->edges_[e].time; });
  }

 private:
  [[nodiscard]] bool InBase(HoldingIndex v) const { return v < base_->holdings(); }
  const TraceGraph* base_;
  const Delta* delta_;
};

}  // namespace zhian::tracing
