#include "engines/tracing/delta.hpp"

namespace zhian::tracing {

Result<HoldingIndex> Delta::AddHolding(std::uint64_t id, std::int64_t quantity, std::uint32_t premises) {
  if (base_->Find(id) != kNoHolding || by_id_.contains(id))
    return MakeError(ErrorCode::kConflict, Say("货项 {} 列了两次；每个货项只列一行", id));
  if (quantity < 0) return MakeError(ErrorCode::kInvalid, Say("货项 {} 的数量是负数；请更正", id));
  if (premises != kNoPremises && premises >= base_->premises_count() + operators_.size())
    return MakeError(ErrorCode::kInvalid, "货项所在的场所不存在；请先列出该场所");
  const HoldingIndex v = holdings();
  by_id_[id] = v;
  ids_.push_back(id);
  quantities_.push_back(quantity);
  premises_.push_back(premises);
  if (premises != kNoPremises) at_premises_[premises].push_back(v);
  return v;
}

std::uint32_t Delta::AddPremises(std::uint32_t of_operator) {
  operators_.push_back(of_operator);
  return base_->premises_count() + static_cast<std::uint32_t>(operators_.size()) - 1;
}

Status Delta::AddEdge(HoldingIndex from, HoldingIndex to, std::int64_t quantity, EdgeTime time) {
  const std::size_t number = edges_.size() + 1;
  if (from >= holdings() || to >= holdings()) return MakeError(ErrorCode::kInvalid, Say("第 {} 条流向的一端不存在；请先列出该货项", number));
  if (quantity < 0) return MakeError(ErrorCode::kInvalid, Say("第 {} 条流向的数量是负数；请更正", number));
  if (time.departed.earliest > time.departed.latest || time.arrived.earliest > time.arrived.latest)
    return MakeError(ErrorCode::kInvalid, Say("第 {} 条流向的时间止于开始之前；请更正", number));
  time = Settled(time).value_or(EdgeTime{});
  const auto e = static_cast<std::uint32_t>(edges_.size());
  edges_.push_back({from, to, quantity, time, kNoHolding, kNoHolding});
  Ends& out = ends_[from];
  (out.last_out == kNoHolding ? out.first_out : edges_[out.last_out].next_out) = e;
  out.last_out = e;
  Ends& in = ends_[to];
  (in.last_in == kNoHolding ? in.first_in : edges_[in.last_in].next_in) = e;
  in.last_in = e;
  return Ok();
}

Result<TraceGraph> Merge(const TraceGraph& base, const Delta& delta) {
  const GraphView both(base, &delta);
  const std::size_t n = both.holdings(), m = base.edges() + delta.edges_.size();
  GraphColumns columns;
  columns.ids.reserve(n);
  columns.quantities.reserve(n);
  columns.premises.reserve(n);
  columns.from.reserve(m);
  columns.to.reserve(m);
  columns.edge_quantities.reserve(m);
  columns.edge_times.reserve(m);
  for (std::uint32_t p = 0; p < both.premises_count(); ++p) columns.operators.push_back(both.operator_of(p));
  for (HoldingIndex v = 0; v < n; ++v) {
    columns.ids.push_back(both.id(v));
    columns.quantities.push_back(both.quantity(v));
    columns.premises.push_back(both.premises(v));
    both.EachEdge<true>(v, [&](HoldingIndex to, std::int64_t quantity, auto time) {
      columns.from.push_back(v);
      columns.to.push_back(to);
      columns.edge_quantities.push_back(quantity);
      columns.edge_times.push_back(time());
    });
  }
  return TraceGraph::Build(std::move(columns));
}

HoldingIndex GraphView::Find(std::uint64_t id) const {
  const HoldingIndex v = base_->Find(id);
  if (v != kNoHolding || delta_ == nullptr) return v;
  const auto at = delta_->by_id_.find(id);
  return at == delta_->by_id_.end() ? kNoHolding : at->second;
}

}  // namespace zhian::tracing
