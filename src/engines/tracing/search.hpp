// Searcher: where goods went and what they came from, on a graph with its delta. Time is respected: what arrived at a
// holding can have left with an edge only where the earliest arrival is no later than the latest departure; an unknown
// date may be any. Every search ends on cycles, is bounded, and says when it was cut. A searcher keeps its working
// arrays between searches (no search allocates once they have grown): one searcher a thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engines/tracing/array.hpp"
#include "engines/tracing/delta.hpp"
#include "engines/tracing/key_table.hpp"

namespace zhian::tracing {

enum class Direction { kForward, kBackward };

struct SearchOptions {
  HoldingIndex holdings_max = kNoHolding - 1;
  bool respect_time = true;
  // Forward: only what was at the origin from this time on; backward: only until this time.
  std::optional<std::int64_t> at;
  // Goods mix within premises, everywhere or at these: what has arrived can be in whatever leaves the premises later
  // (equipment keeps residues). A holding is there from its first possible arrival to its last possible departure, for
  // ever where some of it is left.
  bool mix_everywhere = false;
  std::span<const std::uint32_t> mix_premises;
  std::span<const HoldingIndex> kill_steps;    // reached and counted, but nothing goes on from them
  std::span<const HoldingIndex> cut_holdings;  // not there at all
};

struct Reached {
  std::span<const HoldingIndex>
      holdings;                // nearest first, or in order of time; origin excluded; valid until the next search
  bool reached_limit = false;  // true: a prefix, not the whole answer
};

// What of a source is in the holdings downstream. The share of a holding that comes from the source is what came in
// with each edge: content(v) = Σ content(u) · edge ÷ quantity(u), where the source contains itself and nothing is added
// by what returns to it (where no quantity is known, what left counts). Without cycles the sum is finite and exact. On
// a cycle content is the least solution of the same equations, with the quantity of a holding on it no less than what
// came in or left: then no share is above one, what flows round is counted once, and nothing is lost. Where time
// forbids an edge it carries nothing; mixing does not move quantities.
struct Content {
  Reached reached;
  std::span<const double> content;  // aligned with reached.holdings
  double total = 0;
  bool settled = true;  // false: a cycle was cut short at the limit of work; contents are too small by a little
};

struct CommonAncestor {
  HoldingIndex holding;
  std::uint32_t lots;  // how many of the lots it reaches
};
struct CommonAncestors {
  std::vector<CommonAncestor> ancestors;  // most lots first, then by id
  bool reached_limit = false;
};

class Searcher {
 public:
  explicit Searcher(GraphView graph);
  // Goes over to another view, of the same graph as it has grown or of another; the working arrays are kept where they
  // are large enough.
  void Follow(GraphView graph);

  // REQUIRES: origin, kill steps and cut holdings are in the graph. O(holdings + edges reached), times a logarithm
  // where time or mixing has to be looked at.
  Reached Find(Direction direction, HoldingIndex origin, const SearchOptions& options = {});
  Content FindContent(HoldingIndex source, const SearchOptions& options = {});
  // The first `most` ancestors of one or more lots, the lots themselves left out. options.holdings_max is for each lot.
  // Sixty-four lots are one search, a bit for each; lots that meet the limit are searched again one by one.
  CommonAncestors FindCommonAncestors(std::span<const HoldingIndex> lots, std::size_t most,
                                      const SearchOptions& options = {});

  // When the last search can first have reached a holding (backward: when it can last have been there), where it looked
  // at time. REQUIRES: the holding was reached by it.
  [[nodiscard]] std::int64_t TimeOf(HoldingIndex v) const {
    return timed_ ? (backward_ ? ~keys_.Find(v) : keys_.Find(v)) : kEarliest;
  }
  [[nodiscard]] bool IsTimed() const { return timed_; }
  [[nodiscard]] const GraphView& graph() const { return graph_; }
  [[nodiscard]] std::size_t bytes() const;  // of the working arrays

 private:
  // Takes the options up; whether goods mix anywhere.
  bool Begin(Direction direction, const SearchOptions& options);
  template <bool kKills, bool kDelta>
  bool Plain(Direction direction, const SearchOptions& options);
  template <bool kForward>
  bool Timed(const SearchOptions& options);
  template <bool kForward>
  void Mix(HoldingIndex v, std::int64_t key, const SearchOptions& options);
  void Push(HoldingIndex v, std::int64_t key);
  void Clear();
  void Make(HoldingIndex room);
  [[nodiscard]] bool IsVisited(HoldingIndex v) const { return mark_[v] == round_; }
  [[nodiscard]] bool IsKill(HoldingIndex v) const { return (kills_[v >> 6] >> (v & 63) & 1) != 0; }

  // The edges along which content may go out of v in the last search: carry(to, quantity).
  template <class Carry>
  void EachCarrier(HoldingIndex v, Carry&& carry) const;
  void SpreadInOrder(HoldingIndex source);
  bool SpreadWithCycles(HoldingIndex source);

  // search_common.cpp: which lots of a batch reach a holding backward, as bits.
  struct Met {
    HoldingIndex v;
    std::uint32_t lots = 0;               // of the batches before
    std::uint64_t bits = 0, pending = 0;  // of this batch; what has not been passed on yet
  };
  Met& MeetCommon(HoldingIndex v);
  bool Together(std::span<const HoldingIndex> lots, const SearchOptions& options);
  bool TogetherInOrder(const SearchOptions& options);
  bool TogetherInTurn(const SearchOptions& options);
  bool TogetherInTime(std::span<const HoldingIndex> lots, const SearchOptions& options);
  [[nodiscard]] bool IsWithin(std::size_t lots, const SearchOptions& options) const;

  GraphView graph_;
  HoldingIndex n_, room_ = 0;  // the arrays have room for a few more
  using Round =
      std::uint16_t;   // cleared once in so many searches; half the bytes of a wider one, and as many more in the cache
  Array<Round> mark_;  // the round in which a holding was last met: nothing has to be cleared
  Round round_ = 0;
  Array<std::uint64_t> kills_, order_;  // a bit a holding, all 0 between searches
  Array<HoldingIndex> list_;            // origin, then what was reached
  std::size_t listed_ = 0;
  std::vector<HoldingIndex> kill_list_;
  KeyTable keys_;  // of what a search that looks at time has met
  std::vector<std::pair<std::int64_t, HoldingIndex>> heap_;
  std::vector<std::uint8_t> mixed_;  // a premises
  std::vector<std::uint32_t> mixed_list_;
  Array<double> amount_;  // made at the first search for content
  std::vector<double> content_;
  Array<std::uint32_t> count_;  // made at the first search for common ancestors, or on cycles
  std::vector<Met> met_;        // count_ holds the place of a holding, from 1
  bool timed_ = false, backward_ = false;
};

}  // namespace zhian::tracing
