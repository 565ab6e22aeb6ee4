// From what a search reached to an answer for people: layers, movements, what stands where, what share of it comes from
// the origin, and what does not add up. Reads the graph and the descriptions of what is listed; bounded by what was
// reached.
#pragma once

#include <vector>

#include "rooms/traceability/graph/number_map.hpp"
#include "rooms/traceability/graph/trace.hpp"
#include "rooms/traceability/graph/trace_index.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::traceability {

// The options by the numbers of the graph.
struct GraphOptions {
  tracing::SearchOptions
      search;  // its spans show the vectors below, also when they are moved: so it is moved, never copied
  std::vector<std::uint32_t> mix_premises;
  std::vector<tracing::HoldingIndex> kill_steps, cut_holdings;
  GraphOptions() = default;
  GraphOptions(GraphOptions&&) = default;
  GraphOptions& operator=(GraphOptions&&) = default;
};
Result<GraphOptions> InGraph(storage::Connection& db, const tracing::GraphView& graph, const TraceOptions& options);

class AnswerBuilder {
 public:
  AnswerBuilder(const TraceIndex::View& view, const GraphOptions& options, Answer& answer);
  // What the searcher's last search reached. REQUIRES: the same options, forward before backward.
  void Add(tracing::Direction direction, tracing::HoldingIndex origin, const tracing::Reached& reached,
           const tracing::Searcher& searcher);
  Status Finish(storage::Connection& db);

 private:
  struct Node {
    tracing::HoldingIndex v;
    int layer;
    double share = 0;
    std::int64_t arrived_at = 0;
    bool share_is_bound = false;  // its inputs do not add up in one unit: at most this
    Dimension dimension = Dimension::kOther;
    Wide available = 0, gone = 0;  // base units
    double into = 0;               // of all units alike; what was made of something counts by that
    bool into_one_dimension = true;
  };
  struct Link {
    std::uint32_t from, to;  // nodes
    std::int64_t quantity;
    tracing::EdgeTime time;
    std::uint8_t mark;
    bool mixed;
  };
  template <bool kForward>
  void Walk(const std::vector<tracing::HoldingIndex>& list, const std::vector<std::int64_t>& keys);
  void Measure(Node& node) const;
  bool Share();
  Status NameUnits(storage::Connection& db, const std::vector<Description>& descriptions,
                   std::vector<std::string_view>& units);
  void Balance(const std::vector<Description>& descriptions, const std::vector<std::string_view>& units);
  void FindGaps();
  [[nodiscard]] bool Mixes(tracing::HoldingIndex v) const;
  [[nodiscard]] base::Decimal Amount(Wide base, Dimension dimension) const;

  const TraceIndex::View& view_;
  const tracing::GraphView& graph_;
  const GraphOptions& options_;
  Answer& answer_;
  Unit unit_;
  std::vector<Node> nodes_;
  std::vector<Link> links_;
  NumberMap place_;   // of holdings in nodes_
  NumberMap labels_;  // of the movements in links_
  std::size_t links_max_;
};

}  // namespace zhian::traceability
