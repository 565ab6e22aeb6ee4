// Common ancestors: one search for many lots.
#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <unordered_map>
#include <utility>

#include "engines/tracing/search.hpp"
#include "engines/tracing/search_time.hpp"

namespace zhian::tracing {
namespace {
constexpr std::size_t kBatch = 64;  // bits of a word
}  // namespace

Searcher::Met& Searcher::MeetCommon(HoldingIndex v) {
  if (count_[v] == 0) {
    met_.push_back({.v = v});
    count_[v] = static_cast<std::uint32_t>(met_.size());
  }
  return met_[count_[v] - 1];
}

// Each lot's own search would have ended before its limit.
bool Searcher::IsWithin(std::size_t lots, const SearchOptions& options) const {
  if (met_.size() <= options.holdings_max) return true;  // the lots themselves are among them
  std::array<std::uint32_t, kBatch> reached{};
  for (const Met& met : met_)
    for (std::uint64_t bits = met.bits; bits != 0; bits &= bits - 1)
      ++reached[static_cast<std::size_t>(std::countr_zero(bits))];
  return std::all_of(reached.begin(), reached.begin() + static_cast<std::ptrdiff_t>(lots),
                     [&](std::uint32_t count) { return count <= options.holdings_max + std::size_t{1}; });
}

// Indices are an order of working: from the highest down, each holding once, with all its lots.
bool Searcher::TogetherInOrder(const SearchOptions& options) {
  const TraceGraph& g = graph_.base();
  HoldingIndex first = 0;
  for (const Met& met : met_)
    if (met.pending != 0) {
      order_[met.v >> 6] |= std::uint64_t{1} << (met.v & 63);
      first = std::max(first, met.v);
    }
  const std::size_t most = std::size_t{options.holdings_max} * kBatch;
  std::size_t begin = met_.size(), left = 0;
  for (const Met& met : met_) left += met.pending != 0;
  for (std::size_t word = (first >> 6) + 1; word-- > 0 && left > 0;) {
    while (order_[word] != 0) {
      const auto bit = static_cast<unsigned>(std::bit_width(order_[word]) - 1);
      order_[word] &= ~(std::uint64_t{1} << bit);
      --left;
      const auto v = static_cast<HoldingIndex>(word * 64 + bit);
      Met& here = met_[count_[v] - 1];
      const std::uint64_t bits = std::exchange(here.pending, 0);
      if (!kill_list_.empty() && IsKill(v)) continue;
      for (EdgeIndex at = g.in_begin(v); at < g.in_end(v); ++at) {
        const HoldingIndex from = g.source(at);
        if (IsVisited(from)) continue;  // cut
        Met& met = MeetCommon(from);
        if ((bits & ~met.bits) == 0) continue;
        if (met.pending == 0) {
          order_[from >> 6] |= std::uint64_t{1} << (from & 63);
          ++left;
        }
        met.pending |= bits & ~met.bits;
        met.bits |= bits;
      }
      if (met_.size() - begin > most) {  // far beyond any limit: leave the working bits as they were
        for (std::size_t w = 0; w <= word; ++w) order_[w] = 0;
        return false;
      }
    }
  }
  return true;
}

// On any graph: what is new at a holding is passed on in turn, until nothing is.
bool Searcher::TogetherInTurn(const SearchOptions& options) {
  std::vector<HoldingIndex> turn;
  for (const Met& met : met_)
    if (met.pending != 0) turn.push_back(met.v);
  const std::size_t most = std::size_t{options.holdings_max} * kBatch, begin = met_.size();
  for (std::size_t done = 0; done < turn.size(); ++done) {
    const HoldingIndex v = turn[done];
    const std::uint64_t bits = std::exchange(met_[count_[v] - 1].pending, 0);
    if (!kill_list_.empty() && IsKill(v)) continue;
    graph_.EachEdge<false>(v, [&](HoldingIndex from, std::int64_t, auto) {
      if (IsVisited(from)) return;  // cut
      Met& met = MeetCommon(from);
      if ((bits & ~met.bits) == 0) return;
      if (met.pending == 0) turn.push_back(from);
      met.pending |= bits & ~met.bits;
      met.bits |= bits;
    });
    if (met_.size() - begin > most) return false;
    if (done > 4096 && done * 2 > turn.size()) {
      turn.erase(turn.begin(), turn.begin() + static_cast<std::ptrdiff_t>(done) + 1);
      done = static_cast<std::size_t>(-1);
    }
  }
  return true;
}

// In order of the key: when a lot's bit is first taken at a holding, it cannot be there earlier. Lots that come at one
// key go on as one.
bool Searcher::TogetherInTime(std::span<const HoldingIndex> lots, const SearchOptions& options) {
  struct Label {
    std::int64_t key;
    HoldingIndex v;
    std::uint64_t bits;
  };
  const auto later = [](const Label& a, const Label& b) { return a.key != b.key ? a.key > b.key : a.v > b.v; };
  std::vector<Label> heap;
  const auto push = [&](HoldingIndex v, std::int64_t key, std::uint64_t bits) {
    if (IsVisited(v)) return;  // cut
    if (count_[v] != 0) bits &= ~met_[count_[v] - 1].bits;
    if (bits == 0) return;
    heap.push_back({std::min(key, kLatest - 1), v, bits});
    std::push_heap(heap.begin(), heap.end(), later);
  };
  const bool mixing = options.mix_everywhere || !options.mix_premises.empty();
  std::unordered_map<std::uint32_t, std::uint64_t> mixed;  // by premises
  const std::size_t most = std::size_t{options.holdings_max} * kBatch, begin = met_.size();
  for (std::size_t i = 0; i < lots.size(); ++i)
    push(lots[i], options.at ? ~*options.at : kEarliest, std::uint64_t{1} << i);
  while (!heap.empty()) {
    Label next = heap.front();
    while (!heap.empty() && heap.front().key == next.key && heap.front().v == next.v) {
      next.bits |= heap.front().bits;
      std::pop_heap(heap.begin(), heap.end(), later);
      heap.pop_back();
    }
    const HoldingIndex v = next.v;
    Met& met = MeetCommon(v);
    const std::uint64_t bits = next.bits & ~met.bits;
    if (bits == 0) continue;
    met.bits |= bits;
    if (met_.size() - begin > most) return false;
    if (!kill_list_.empty() && IsKill(v)) continue;
    graph_.EachEdge<false>(v, [&](HoldingIndex from, std::int64_t, auto time_of) {
      const EdgeTime time = options.respect_time ? time_of() : EdgeTime{};
      if (Gate<false>(time) >= next.key) push(from, std::max(next.key, Release<false>(time)), bits);
    });
    const std::uint32_t place = mixing ? graph_.premises(v) : kNoPremises;
    if (!mixing || !Mixes(options, place)) continue;
    std::uint64_t& done = mixed[place];
    const std::uint64_t fresh = bits & ~done;
    done |= bits;
    if (fresh != 0)
      EachMixed<false>(graph_, v, next.key, options, [&](HoldingIndex w, std::int64_t key) { push(w, key, fresh); });
  }
  return true;
}

bool Searcher::Together(std::span<const HoldingIndex> lots, const SearchOptions& options) {
  Begin(Direction::kBackward, options);
  if (timed_) return TogetherInTime(lots, options) && IsWithin(lots.size(), options);
  for (std::size_t i = 0; i < lots.size(); ++i)
    if (!IsVisited(lots[i])) {
      Met& met = MeetCommon(lots[i]);
      met.bits = met.pending = std::uint64_t{1} << i;
    }
  const bool in_order = graph_.base().indices_are_topological() && !graph_.has_delta();
  return (in_order ? TogetherInOrder(options) : TogetherInTurn(options)) && IsWithin(lots.size(), options);
}

CommonAncestors Searcher::FindCommonAncestors(std::span<const HoldingIndex> lots, std::size_t most,
                                              const SearchOptions& options) {
  CommonAncestors answer;
  if (count_.empty()) count_ = Array<std::uint32_t>(room_, 0);
  std::vector<HoldingIndex> different(lots.begin(), lots.end());
  std::sort(different.begin(), different.end());
  different.erase(std::unique(different.begin(), different.end()), different.end());
  for (std::size_t at = 0; at < different.size(); at += kBatch) {
    const std::span<const HoldingIndex> batch(different.data() + at, std::min(kBatch, different.size() - at));
    if (Together(batch, options)) {
      for (Met& met : met_) met.lots += static_cast<std::uint32_t>(std::popcount(std::exchange(met.bits, 0)));
      continue;
    }
    for (Met& met : met_) met.bits = met.pending = 0;
    for (const HoldingIndex lot : batch) {
      const Reached reached = Find(Direction::kBackward, lot, options);
      answer.reached_limit = answer.reached_limit || reached.reached_limit;
      for (const HoldingIndex v : reached.holdings) ++MeetCommon(v).lots;
    }
  }
  for (const HoldingIndex lot : different) MeetCommon(lot).lots = 0;
  for (const Met& met : met_) {
    if (met.lots != 0) answer.ancestors.push_back({met.v, met.lots});
    count_[met.v] = 0;
  }
  met_.clear();
  const auto better = [&](const CommonAncestor& a, const CommonAncestor& b) {
    return a.lots != b.lots ? a.lots > b.lots : graph_.id(a.holding) < graph_.id(b.holding);
  };
  const std::size_t kept = std::min(most, answer.ancestors.size());
  std::partial_sort(answer.ancestors.begin(), answer.ancestors.begin() + static_cast<std::ptrdiff_t>(kept),
                    answer.ancestors.end(), better);
  answer.ancestors.resize(kept);
  return answer;
}

}  // namespace zhian::tracing
