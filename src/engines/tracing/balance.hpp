// Mass balance: what came in, what left, what should be left over; exact, in the whole numbers of the graph's unit. A
// remainder below zero says that more left than was there: a gap in the records, or goods that came from nowhere. Pure;
// safe from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engines/tracing/delta.hpp"

namespace zhian::tracing {

struct Balance {
  std::int64_t made = 0;      // quantity of the holdings into which nothing came: made or first seen there
  std::int64_t received = 0;  // from outside of what is balanced
  std::int64_t sent = 0;      // to outside of it
  std::int64_t lost = 0;  // came into a holding inside beyond the quantity it has (loss, waste); below zero: it grew
  [[nodiscard]] std::int64_t remainder() const { return made + received - sent - lost; }
  friend bool operator==(const Balance&, const Balance&) = default;
};

// Of one holding; of several as one (edges between them cancel out: a premises, an operator, a traced scope).
// kTooLarge: a sum beyond 64 bits. REQUIRES: the holdings are in the graph, each once.
Result<Balance> BalanceOf(GraphView graph, std::span<const HoldingIndex> holdings);
std::vector<HoldingIndex> HoldingsAtPremises(GraphView graph, std::uint32_t premises);
std::vector<HoldingIndex> HoldingsOfOperator(GraphView graph, std::uint32_t of_operator);

}  // namespace zhian::tracing
