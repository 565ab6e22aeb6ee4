#include "engines/tracing/balance.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace zhian::tracing {

Result<Balance> BalanceOf(GraphView graph, std::span<const HoldingIndex> holdings) {
  std::vector<HoldingIndex> inside(holdings.begin(), holdings.end());
  std::sort(inside.begin(), inside.end());
  const auto is_inside = [&](HoldingIndex v) { return std::binary_search(inside.begin(), inside.end(), v); };
  __extension__ using Wide = __int128;
  Wide made = 0, received = 0, sent = 0, lost = 0;
  for (const HoldingIndex v : inside) {
    Wide in = 0;
    graph.EachEdge<false>(v, [&](HoldingIndex from, std::int64_t quantity, auto) {
      in += quantity;
      if (!is_inside(from)) received += quantity;
    });
    graph.EachEdge<true>(v, [&](HoldingIndex to, std::int64_t quantity, auto) {
      if (!is_inside(to)) sent += quantity;
    });
    const std::int64_t quantity = graph.quantity(v);
    if (in == 0)
      made += quantity;
    else if (quantity > 0)
      lost += in - quantity;
  }
  Balance balance;
  for (const auto& [wide, narrow] :
       {std::pair{made, &balance.made}, {received, &balance.received}, {sent, &balance.sent}, {lost, &balance.lost}}) {
    constexpr Wide kMost = std::numeric_limits<std::int64_t>::max() / 4;  // so that their remainder fits too
    if (wide > kMost || wide < -kMost) return MakeError(ErrorCode::kTooLarge, "数量之和超出可计范围；请检查数量的单位");
    *narrow = static_cast<std::int64_t>(wide);
  }
  return balance;
}

std::vector<HoldingIndex> HoldingsAtPremises(GraphView graph, std::uint32_t premises) {
  std::vector<HoldingIndex> holdings;
  graph.EachHoldingAt(premises, [&](HoldingIndex v) { holdings.push_back(v); });
  return holdings;
}

std::vector<HoldingIndex> HoldingsOfOperator(GraphView graph, std::uint32_t of_operator) {
  std::vector<HoldingIndex> holdings;
  for (std::uint32_t p = 0; p < graph.premises_count(); ++p)
    if (graph.operator_of(p) == of_operator) graph.EachHoldingAt(p, [&](HoldingIndex v) { holdings.push_back(v); });
  return holdings;
}

}  // namespace zhian::tracing
