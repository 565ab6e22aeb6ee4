// How searches look at time, and how goods mix: for the searcher's own files.
// A time is a key that grows in the direction of the search, so that one search serves both: backward it is the
// complement.
#pragma once

#include <algorithm>

#include "engines/tracing/search.hpp"

namespace zhian::tracing {

template <bool kForward>
inline std::int64_t Gate(const EdgeTime& time) {  // the last key at which something can still go along this edge
  return kForward ? time.departed.latest : ~time.arrived.earliest;
}
template <bool kForward>
inline std::int64_t Release(const EdgeTime& time) {  // the first key at which it can be at the other end
  return kForward ? time.arrived.earliest : ~time.departed.latest;
}

inline std::int64_t SumOf(std::int64_t a, std::int64_t b) {  // at the end of the numbers it stays there
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? kLatest : sum;
}

inline bool Mixes(const SearchOptions& options, std::uint32_t place) {
  return place != kNoPremises &&
         (options.mix_everywhere ||
          std::find(options.mix_premises.begin(), options.mix_premises.end(), place) != options.mix_premises.end());
}

// meet(w, key) for each holding at the premises of v in which what is at v from `key` on can be. REQUIRES: goods mix
// there.
template <bool kForward, class Meet>
void EachMixed(const GraphView& graph, HoldingIndex v, std::int64_t key, const SearchOptions& options, Meet&& meet) {
  graph.EachHoldingAt(graph.premises(v), [&](HoldingIndex w) {
    if (w == v) return;
    TimeRange presence{kLatest, kEarliest};
    std::int64_t in = 0, out = 0;
    graph.EachEdge<false>(w, [&](HoldingIndex, std::int64_t quantity, auto time) {
      presence.earliest = std::min(presence.earliest, time().arrived.earliest);
      in = SumOf(in, quantity);
    });
    graph.EachEdge<true>(w, [&](HoldingIndex other, std::int64_t quantity, auto time) {
      if (other == w) return;  // what was made here has not left by it
      presence.latest = std::max(presence.latest, time().departed.latest);
      out = SumOf(out, quantity);
    });
    if (presence.earliest == kLatest || !options.respect_time)
      presence.earliest = kEarliest;  // made here, nobody knows when
    if (out == 0 || out < std::max(in, graph.quantity(w)) || !options.respect_time) presence.latest = kLatest;
    const EdgeTime time{.departed = presence, .arrived = presence};
    if (Gate<kForward>(time) >= key) meet(w, std::max(key, Release<kForward>(time)));
  });
}

}  // namespace zhian::tracing
