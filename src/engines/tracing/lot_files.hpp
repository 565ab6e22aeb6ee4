// The plain files of `zhian trace-graph`: lots (id, layer, operator, minute, grams), edges (parent, child, grams),
// queries. Outside input: every fault names file, line and column. A loader belongs to one thread.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "engines/tracing/graph.hpp"

namespace zhian::tracing {

class LotGraphLoader {
 public:
  // The sizes of the files, from which room is reserved; 0 where they are not known.
  LotGraphLoader(std::size_t lots_bytes, std::size_t edges_bytes);
  ~LotGraphLoader();
  // In order: pieces of the one file, then of the other, as they come.
  Status FeedLots(std::string_view piece);
  Status EndLots();
  Status FeedEdges(std::string_view piece);
  Status EndEdges();
  // REQUIRES: both ended. An operator is one premises; an edge left and arrived when its child was made.
  GraphColumns Take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct LotQuery {
  char kind = 'F';  // F descendants, B ancestors, C common ancestors
  std::vector<HoldingIndex> lots;
};
Result<std::vector<LotQuery>> ReadLotQueries(std::string_view text, const TraceGraph& graph);

}  // namespace zhian::tracing
