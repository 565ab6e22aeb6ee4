#include "engines/tracing/delta.hpp"

#include <algorithm>

namespace zhian::tracing {
namespace {

// Hangs element `index` on the end of a chain; next(i) is the link of element i.
template <class Chain, class Next>
void Hang(Chain& chain, std::uint32_t index, Next&& next) {
  const std::uint32_t last = chain.last.load(std::memory_order_relaxed);
  (last == kNoHolding ? chain.first : next(last)).store(index, std::memory_order_release);
  chain.last.store(index, std::memory_order_relaxed);
}

}  // namespace

Result<HoldingIndex> Delta::AddHolding(std::uint64_t id, std::int64_t quantity, std::uint32_t premises) {
  if (base_->Find(id) != kNoHolding || FindId(id) != kNoHolding)
    return MakeError(ErrorCode::kConflict, Say("货项 {} 列了两次；每个货项只列一行", id));
  if (quantity < 0) return MakeError(ErrorCode::kInvalid, Say("货项 {} 的数量是负数；请更正", id));
  if (premises != kNoPremises && premises >= premises_count())
    return MakeError(ErrorCode::kInvalid, "货项所在的场所不存在；请先列出该场所");
  const std::uint32_t i = holding_count_.load(std::memory_order_relaxed);
  Holding& holding = holdings_.Make(i);
  holding.id = id;
  holding.quantity = quantity;
  holding.premises = premises;
  if (InOrder(id) != i) by_id_.At(id).value.store(i, std::memory_order_release);
  holding_count_.store(i + 1, std::memory_order_release);
  if (premises != kNoPremises)
    Hang(
        at_premises_.At(premises), i, [&](std::uint32_t k) -> auto& { return holdings_[k].next_at_premises; });
  return base_->holdings() + i;
}

HoldingIndex Delta::FindId(std::uint64_t id) const {
  if (const std::uint64_t i = InOrder(id); i < holding_count_.load(std::memory_order_acquire) && holdings_[i].id == id)
    return static_cast<HoldingIndex>(i);
  const auto* at = by_id_.Find(id);
  const std::uint32_t i = at == nullptr ? kNoLabel : at->value.load(std::memory_order_acquire);
  return i == kNoLabel ? kNoHolding : i;
}

std::uint32_t Delta::AddPremises(std::uint32_t of_operator) {
  const std::uint32_t i = operator_count_.load(std::memory_order_relaxed);
  operators_.Make(i) = of_operator;
  operator_count_.store(i + 1, std::memory_order_release);
  return base_->premises_count() + i;
}

Delta::Ends& Delta::EndsAt(HoldingIndex v) {
  if (v < base_->holdings()) {
    const HoldingIndex bit = v / kTouchedTogether;
    touched_[bit / 64].fetch_or(std::uint64_t{1} << (bit % 64), std::memory_order_release);
  }
  return ends_.At(v);
}

// Whether searches may still leave time aside: nothing that comes may come after something that has certainly left.
void Delta::SeeTime(HoldingIndex from, HoldingIndex to, const EdgeTime& time) {
  if (from == to || !base_->always_in_time() || !always_in_time_.load(std::memory_order_relaxed)) return;
  const GraphView view(*base_, this);
  bool in_time = time.arrived.earliest >= time.departed.earliest;
  view.EachEdge<false>(from, [&](HoldingIndex other, std::int64_t, auto ref) {
    if (other == from) return;
    const EdgeTime before = ref();
    in_time = in_time && before.arrived.earliest <= std::min(time.departed.latest, time.arrived.earliest) &&
              before.departed.latest <= time.departed.latest;
  });
  view.EachEdge<true>(to, [&](HoldingIndex other, std::int64_t, auto ref) {
    if (other == to) return;
    const EdgeTime after = ref();
    in_time = in_time && time.arrived.earliest <= std::min(after.departed.latest, after.arrived.earliest) &&
              time.departed.latest <= after.departed.latest;
  });
  if (!in_time) always_in_time_.store(false, std::memory_order_release);
}

Status Delta::AddEdge(HoldingIndex from, HoldingIndex to, std::int64_t quantity, EdgeTime time, EdgeNote note) {
  const std::uint32_t e = edge_count_.load(std::memory_order_relaxed);
  if (from >= holdings() || to >= holdings())
    return MakeError(ErrorCode::kInvalid, Say("第 {} 条流向的一端不存在；请先列出该货项", std::size_t{e} + 1));
  if (quantity < 0) return MakeError(ErrorCode::kInvalid, Say("第 {} 条流向的数量是负数；请更正", std::size_t{e} + 1));
  if (time.departed.earliest > time.departed.latest || time.arrived.earliest > time.arrived.latest)
    return MakeError(ErrorCode::kInvalid, Say("第 {} 条流向的时间止于开始之前；请更正", std::size_t{e} + 1));
  time = Settled(time).value_or(EdgeTime{});
  SeeTime(from, to, time);
  Edge& edge = edges_.Make(e);
  edge.from = from;
  edge.to = to;
  edge.quantity = quantity;
  edge.time = time;
  edge.note = note;
  edge_count_.store(e + 1, std::memory_order_release);
  Hang(
      EndsAt(from).out, e, [&](std::uint32_t k) -> auto& { return edges_[k].next_out; });
  Hang(
      EndsAt(to).in, e, [&](std::uint32_t k) -> auto& { return edges_[k].next_in; });
  return Ok();
}

bool Delta::Remove(HoldingIndex from, std::uint32_t label, std::uint32_t at) {
  if (from < base_->holdings())
    for (EdgeIndex e = base_->out_begin(from); e < base_->out_end(from); ++e)
      if (base_->label(e) == label) {
        removed_.At(e).value.store(at, std::memory_order_release);
        EndsAt(from).has_removed.store(true, std::memory_order_release);
        EndsAt(base_->target(e)).has_removed.store(true, std::memory_order_release);
        return true;
      }
  const Ends* const ends = ends_.Find(from);
  if (ends == nullptr) return false;
  for (std::uint32_t i = ends->out.first.load(std::memory_order_relaxed); i != kNoHolding;
       i = edges_[i].next_out.load(std::memory_order_relaxed))
    if (edges_[i].note.label == label) {
      edges_[i].removed_at.store(at, std::memory_order_release);
      return true;
    }
  return false;
}

// The view does not change while it is read: it ends at its label, and at the holdings that it had.
Result<TraceGraph> Merge(GraphView both) {
  const HoldingIndex n = both.holdings();
  GraphColumns columns;
  columns.ids.reserve(n);
  columns.quantities.reserve(n);
  columns.premises.reserve(n);
  const std::uint32_t places = both.premises_count();
  for (std::uint32_t p = 0; p < places; ++p) columns.operators.push_back(both.operator_of(p));
  for (HoldingIndex v = 0; v < n; ++v) {
    columns.ids.push_back(both.id(v));
    columns.quantities.push_back(both.quantity(v));
    columns.premises.push_back(both.premises(v));
  }
  return TraceGraph::Build(std::move(columns), [&](const std::function<void(const ToldEdge&)>& see) {
    for (HoldingIndex v = 0; v < n; ++v)
      both.EachEdge<true>(v, [&](HoldingIndex to, std::int64_t quantity, auto ref) {
        see({v, to, quantity, ref(), ref.label(), ref.mark()});
      });
  });
}

HoldingIndex GraphView::Find(std::uint64_t id) const {
  const HoldingIndex v = base_->Find(id);
  if (v != kNoHolding || delta_ == nullptr) return v;
  const HoldingIndex i = delta_->FindId(id);
  return i == kNoHolding ? kNoHolding : base_->holdings() + i;
}

}  // namespace zhian::tracing
