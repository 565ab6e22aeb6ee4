// The plain files of trace-graph: lots, a line "#", edges, a line "#", queries. Fed in pieces of several lengths, they
// give the same; what loads is built and searched.
#include <cstdlib>

#include "engines/tracing/lot_files.hpp"
#include "engines/tracing/search.hpp"
#include "fuzz.hpp"

namespace {

using namespace zhian;

Result<tracing::TraceGraph> Load(std::string_view lots, std::string_view edges, std::size_t piece) {
  tracing::LotGraphLoader loader(0, 0);
  for (std::size_t at = 0; at < lots.size(); at += piece) ZHIAN_TRY(loader.FeedLots(lots.substr(at, piece)));
  ZHIAN_TRY(loader.EndLots());
  for (std::size_t at = 0; at < edges.size(); at += piece) ZHIAN_TRY(loader.FeedEdges(edges.substr(at, piece)));
  ZHIAN_TRY(loader.EndEdges());
  return tracing::TraceGraph::Build(loader.Take());
}

}  // namespace

void Fuzz(std::string_view bytes) {
  const std::size_t first = bytes.find('#'),
                    second = bytes.find('#', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return;
  const std::string_view lots = bytes.substr(0, first), edges = bytes.substr(first + 1, second - first - 1);
  const auto graph = Load(lots, edges, 1 << 20);
  const auto again = Load(lots, edges, 7);
  if (graph.ok() != again.ok()) std::abort();
  if (!graph.ok()) return;
  if (graph->edges() != again->edges()) std::abort();
  tracing::Searcher searcher(*graph);
  const auto queries = tracing::ReadLotQueries(bytes.substr(second + 1), *graph);
  if (!queries.ok()) return;
  for (const auto& query : *queries) {
    const auto plain =
        searcher.Find(tracing::Direction::kForward, query.lots[0], {.respect_time = false}).holdings.size();
    if (searcher.Find(tracing::Direction::kForward, query.lots[0]).holdings.size() > plain) std::abort();
    if (!(searcher.FindContent(query.lots[0]).total >= 0)) std::abort();
  }
}
