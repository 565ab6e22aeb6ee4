// Delta: what was captured since a graph was built, added and taken back. A search reads graph and delta as one; Merge
// makes one graph of both, away from the readers. One writer at a time, any number of readers beside it, without locks:
// a reader's view (GraphView) ends at a label, and shows what had been added and taken back up to it, however much is
// added meanwhile.
#pragma once

#include "engines/tracing/chunks.hpp"
#include "engines/tracing/graph.hpp"

namespace zhian::tracing {

inline constexpr std::uint32_t kNoLabel = std::numeric_limits<std::uint32_t>::max();
// The caller's own marks of an edge. Labels ascend in the order in which edges are added and taken back.
struct EdgeNote {
  std::uint32_t label = 0;
  std::uint8_t mark = 0;
};

class Delta {
 public:
  // REQUIRES: base outlives the delta.
  explicit Delta(const TraceGraph& base) : base_(&base), touched_(base.holdings() / kTouchedTogether / 64 + 1) {}

  // The index of the new holding. kConflict: the id is there already; kInvalid: a negative quantity, an unknown
  // premises.
  Result<HoldingIndex> AddHolding(std::uint64_t id, std::int64_t quantity, std::uint32_t premises = kNoPremises);
  std::uint32_t AddPremises(std::uint32_t of_operator);
  // kInvalid: an end that is not there, a negative quantity, an interval that ends before it begins.
  Status AddEdge(HoldingIndex from, HoldingIndex to, std::int64_t quantity, EdgeTime time = {}, EdgeNote note = {});
  // Takes back the edge out of `from` that bears the label, for views that reach to `at`. False: there is none. O(edges
  // of `from`).
  bool Remove(HoldingIndex from, std::uint32_t label, std::uint32_t at);

  [[nodiscard]] bool empty() const {
    return holding_count_.load(std::memory_order_acquire) == 0 && edges() == 0 && removed_.empty();
  }
  [[nodiscard]] std::size_t edges() const { return edge_count_.load(std::memory_order_acquire); }
  [[nodiscard]] HoldingIndex holdings() const {
    return base_->holdings() + holding_count_.load(std::memory_order_acquire);
  }
  [[nodiscard]] std::uint32_t premises_count() const {
    return base_->premises_count() + operator_count_.load(std::memory_order_acquire);
  }

 private:
  friend class GraphView;
  struct Holding {
    std::uint64_t id = 0;
    std::int64_t quantity = 0;
    std::uint32_t premises = kNoPremises;
    std::atomic<std::uint32_t> next_at_premises{kNoHolding};
  };
  struct Edge {
    HoldingIndex from = 0, to = 0;
    std::int64_t quantity = 0;
    EdgeTime time;
    EdgeNote note;
    std::atomic<std::uint32_t> next_out{kNoHolding}, next_in{kNoHolding}, removed_at{kNoLabel};
  };
  // A chain: the first for readers, the last for the writer.
  struct Chain {
    std::atomic<std::uint32_t> first{kNoHolding}, last{kNoHolding};
    void CopyFrom(const Chain& other) {
      first.store(other.first.load(std::memory_order_relaxed), std::memory_order_relaxed);
      last.store(other.last.load(std::memory_order_relaxed), std::memory_order_relaxed);
    }
  };
  struct Ends {
    Chain out, in;
    std::atomic<bool> has_removed{false};  // of the base's edges at this holding
    void CopyFrom(const Ends& other) {
      out.CopyFrom(other.out);
      in.CopyFrom(other.in);
      has_removed.store(other.has_removed.load(std::memory_order_relaxed), std::memory_order_relaxed);
    }
  };
  struct Number {
    std::atomic<std::uint32_t> value{kNoLabel};
    void CopyFrom(const Number& other) {
      value.store(other.value.load(std::memory_order_relaxed), std::memory_order_relaxed);
    }
  };
  // The ends of an edge that is added or taken back.
  Ends& EndsAt(HoldingIndex v);
  // What a search asks of every holding that it meets: nearly all are as the base has them, and a bit for a few of them
  // at once lies in the cache where the table of ends does not.
  [[nodiscard]] const Ends* FindEnds(HoldingIndex v) const {
    if (v < base_->holdings()) {
      const HoldingIndex bit = v / kTouchedTogether;
      if ((touched_[bit / 64].load(std::memory_order_acquire) >> (bit % 64) & 1) == 0) return nullptr;
    }
    return ends_.Find(v);
  }
  // The place among the delta's holdings; kNoHolding where there is none.
  [[nodiscard]] HoldingIndex FindId(std::uint64_t id) const;
  // Where the id would be if all ids followed one another.
  [[nodiscard]] std::uint64_t InOrder(std::uint64_t id) const { return id - base_->first_id() - base_->holdings(); }
  void SeeTime(HoldingIndex from, HoldingIndex to, const EdgeTime& time);

  static constexpr HoldingIndex kTouchedTogether = 16;
  const TraceGraph* base_;
  std::vector<std::atomic<std::uint64_t>> touched_;  // of the base's holdings, set before their ends are hung
  Chunks<Holding> holdings_;
  Chunks<std::uint32_t> operators_;
  Chunks<Edge> edges_;
  std::atomic<std::uint32_t> holding_count_{0}, operator_count_{0}, edge_count_{0};
  std::atomic<bool> always_in_time_{true};
  GrowingTable<Number> by_id_;  // of those whose ids do not just follow one another
  GrowingTable<Ends> ends_;
  GrowingTable<Chain> at_premises_;
  GrowingTable<Number> removed_;  // edges of the base: at which label
};

// A graph and its delta as one, up to a label. A value of two pointers; both must outlive it. `delta` may be null.
class GraphView {
 public:
  GraphView(const TraceGraph& base, const Delta* delta = nullptr, std::uint32_t until = kNoLabel - 1)
      : base_(&base), delta_(delta), until_(until) {}  // NOLINT: implicit by design

  [[nodiscard]] const TraceGraph& base() const { return *base_; }
  [[nodiscard]] bool has_delta() const { return delta_ != nullptr && !delta_->empty(); }
  [[nodiscard]] HoldingIndex holdings() const { return delta_ == nullptr ? base_->holdings() : delta_->holdings(); }
  [[nodiscard]] std::uint32_t premises_count() const {
    return delta_ == nullptr ? base_->premises_count() : delta_->premises_count();
  }
  [[nodiscard]] bool always_in_time() const {
    return base_->always_in_time() && (delta_ == nullptr || delta_->always_in_time_.load(std::memory_order_acquire));
  }
  [[nodiscard]] HoldingIndex Find(std::uint64_t id) const;
  [[nodiscard]] std::uint64_t id(HoldingIndex v) const {
    return InBase(v) ? base_->id(v) : delta_->holdings_[v - base_->holdings()].id;
  }
  [[nodiscard]] std::int64_t quantity(HoldingIndex v) const {
    return InBase(v) ? base_->quantity(v) : delta_->holdings_[v - base_->holdings()].quantity;
  }
  [[nodiscard]] std::uint32_t premises(HoldingIndex v) const {
    return InBase(v) ? base_->premises(v) : delta_->holdings_[v - base_->holdings()].premises;
  }
  [[nodiscard]] std::uint32_t operator_of(std::uint32_t premises) const {
    return premises < base_->premises_count() ? base_->operator_of(premises)
                                              : delta_->operators_[premises - base_->premises_count()];
  }
  template <class See>
  void EachHoldingAt(std::uint32_t premises, See&& see) const {
    if (premises < base_->premises_count())
      for (const HoldingIndex v : base_->holdings_at(premises)) see(v);
    if (!has_delta()) return;
    const auto* chain = delta_->at_premises_.Find(premises);
    if (chain == nullptr) return;
    const HoldingIndex end = holdings();
    for (std::uint32_t i = chain->first.load(std::memory_order_acquire); i != kNoHolding && base_->holdings() + i < end;
         i = delta_->holdings_[i].next_at_premises.load(std::memory_order_acquire))
      see(base_->holdings() + i);
  }

  // What is told of an edge where it is asked for: ref() its time, and the caller's own marks.
  class EdgeRef {
   public:
    EdgeTime operator()() const { return edge_ == nullptr ? base_->edge_time(e_) : edge_->time; }
    [[nodiscard]] std::uint32_t label() const { return edge_ == nullptr ? base_->label(e_) : edge_->note.label; }
    [[nodiscard]] std::uint8_t mark() const { return edge_ == nullptr ? base_->mark(e_) : edge_->note.mark; }

   private:
    friend class GraphView;
    EdgeRef(const TraceGraph* base, EdgeIndex e, const Delta::Edge* edge) : base_(base), edge_(edge), e_(e) {}
    const TraceGraph* base_;
    const Delta::Edge* edge_;
    EdgeIndex e_;
  };
  // see(other end, quantity, EdgeRef).
  template <bool kForward, class See>
  void EachEdge(HoldingIndex v, See&& see) const {
    const TraceGraph& g = *base_;
    const Delta::Ends* const ends = delta_ == nullptr ? nullptr : delta_->FindEnds(v);
    const bool has_removed = ends != nullptr && ends->has_removed.load(std::memory_order_acquire);
    if (InBase(v)) {
      if constexpr (kForward) {
        for (EdgeIndex e = g.out_begin(v); e < g.out_end(v); ++e)
          if (!has_removed || !IsRemoved(e)) see(g.target(e), g.edge_quantity(e), EdgeRef(base_, e, nullptr));
      } else {
        for (EdgeIndex at = g.in_begin(v); at < g.in_end(v); ++at)
          if (const EdgeIndex e = g.in_edge(at); !has_removed || !IsRemoved(e))
            see(g.source(at), g.edge_quantity(e), EdgeRef(base_, e, nullptr));
      }
    }
    if (ends == nullptr) return;
    std::uint32_t i = (kForward ? ends->out : ends->in).first.load(std::memory_order_acquire);
    while (i != kNoHolding) {
      const Delta::Edge& edge = delta_->edges_[i];
      if (edge.note.label > until_) return;
      if (edge.removed_at.load(std::memory_order_acquire) > until_)
        see(kForward ? edge.to : edge.from, edge.quantity, EdgeRef(base_, 0, &edge));
      i = (kForward ? edge.next_out : edge.next_in).load(std::memory_order_acquire);
    }
  }

 private:
  friend Result<TraceGraph> Merge(GraphView view);
  [[nodiscard]] bool InBase(HoldingIndex v) const { return v < base_->holdings(); }
  [[nodiscard]] bool IsRemoved(EdgeIndex e) const {
    const auto* at = delta_->removed_.Find(e);
    return at != nullptr && at->value.load(std::memory_order_acquire) <= until_;
  }
  const TraceGraph* base_;
  const Delta* delta_;
  std::uint32_t until_;
};

// One graph of both; holdings keep their indices. May run beside a writer of the delta: the view is what counts.
Result<TraceGraph> Merge(GraphView view);
inline Result<TraceGraph> Merge(const TraceGraph& base, const Delta& delta) { return Merge(GraphView(base, &delta)); }

}  // namespace zhian::tracing
