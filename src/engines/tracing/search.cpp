#include "engines/tracing/search.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <functional>
#include <utility>

#include "engines/tracing/search_time.hpp"

namespace zhian::tracing {

Searcher::Searcher(GraphView graph) : graph_(graph), n_(graph.holdings()) { Make(n_); }

void Searcher::Make(HoldingIndex room) {
  room_ = room;
  round_ = 0;
  mark_ = Array<Round>(room, 0);
  kills_ = Array<std::uint64_t>(room / 64 + 1, 0);
  order_ = Array<std::uint64_t>(room / 64 + 1, 0);
  list_ = Array<HoldingIndex>(std::size_t{room} + 1);
  amount_ = {};
  count_ = {};
}

void Searcher::Follow(GraphView graph) {
  Clear();
  graph_ = graph;
  n_ = graph.holdings();
  if (n_ > room_) Make(n_ + n_ / 8 + 4096);
}

std::size_t Searcher::bytes() const {
  return (kills_.size() + order_.size() + amount_.size()) * 8 + keys_.bytes() + mark_.size() * sizeof(Round) +
         (list_.size() + count_.size()) * 4;
}

void Searcher::Clear() {
  if (++round_ == 0) {
    std::fill(mark_.begin(), mark_.end(), Round{0});
    round_ = 1;
  }
  for (const HoldingIndex v : kill_list_) kills_[v >> 6] = 0;
  keys_.Clear();
  for (const std::uint32_t p : mixed_list_) mixed_[p] = 0;
  listed_ = 0;
  kill_list_.clear();
  mixed_list_.clear();
}

bool Searcher::Begin(Direction direction, const SearchOptions& options) {
  Clear();
  for (const HoldingIndex v : options.cut_holdings) mark_[v] = round_;
  for (const HoldingIndex v : options.kill_steps) kills_[v >> 6] |= std::uint64_t{1} << (v & 63);
  kill_list_.assign(options.kill_steps.begin(), options.kill_steps.end());
  const bool mixing = options.mix_everywhere || !options.mix_premises.empty();
  const bool in_time = graph_.always_in_time() && !options.at;
  timed_ = mixing || (options.respect_time && !in_time);
  backward_ = direction == Direction::kBackward;
  return mixing;
}

Reached Searcher::Find(Direction direction, HoldingIndex origin, const SearchOptions& options) {
  assert(origin < n_);
  const bool mixing = Begin(direction, options);
  if (IsVisited(origin)) return {};
  bool cut = false;
  list_[0] = origin;
  listed_ = 1;
  if (timed_) {
    if (mixing) mixed_.resize(graph_.premises_count());
    cut = backward_ ? Timed<false>(options) : Timed<true>(options);
  } else {
    mark_[origin] = round_;
    const bool kills = !kill_list_.empty(), delta = graph_.has_delta();
    cut = kills   ? delta ? Plain<true, true>(direction, options) : Plain<true, false>(direction, options)
            : delta ? Plain<false, true>(direction, options)
                  : Plain<false, false>(direction, options);
  }
  return {{list_.data() + 1, listed_ - 1}, cut};
}

template <bool kKills, bool kDelta>
bool Searcher::Plain(Direction direction, const SearchOptions& options) {
  const TraceGraph& g = graph_.base();
  const bool forward = direction == Direction::kForward;
  const EdgeIndex* const offsets = forward ? g.out_offsets() : g.in_offsets();
  const HoldingIndex* const ends = forward ? g.out_targets() : g.in_sources();
  Round* const mark = mark_.data();
  const Round round = round_;
  HoldingIndex* const list = list_.data();
  const std::size_t most = std::size_t{options.holdings_max} + 1;
  const bool far = g.holdings() > (1u << 18);  // a small graph is in the cache: fetching ahead would only cost
  std::size_t listed = 1;
  const auto meet = [=, &listed](HoldingIndex to) {
    if (mark[to] == round) return;
    mark[to] = round;
    list[listed++] = to;
    if (far && (!kDelta || to < g.holdings())) __builtin_prefetch(offsets + to);
  };
  for (std::size_t done = 0; done < listed && listed <= most; ++done) {
    // Two stages ahead of the work: the offsets are fetched as a holding is listed, its edges some holdings before
    // their turn.
    constexpr std::size_t kAhead = 6;
    if (far && done + kAhead < listed && (!kDelta || list[done + kAhead] < g.holdings()))
      __builtin_prefetch(ends + offsets[list[done + kAhead]]);
    const HoldingIndex v = list[done];
    if (kKills && IsKill(v)) continue;
    if constexpr (kDelta) {
      forward ? graph_.EachEdge<true>(v, [&](HoldingIndex to, std::int64_t, auto) { meet(to); })
              : graph_.EachEdge<false>(v, [&](HoldingIndex to, std::int64_t, auto) { meet(to); });
    } else {
      for (EdgeIndex e = offsets[v], end = offsets[v + 1]; e < end; ++e) meet(ends[e]);
    }
  }
  listed_ = listed;
  if (listed <= most) return false;
  for (std::size_t i = most; i < listed; ++i) mark[list[i]] = static_cast<Round>(round - 1);
  listed_ = most;
  return true;
}

void Searcher::Push(HoldingIndex v, std::int64_t key) {
  if (IsVisited(v)) return;  // done already, or cut
  // kLatest stands for a holding that was not met; what can only be there at the end of time is met just before.
  key = std::min(key, kLatest - 1);
  if (!keys_.Lower(v, key)) return;
  heap_.emplace_back(key, v);
  std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
}

// In order of the earliest key (Dijkstra's algorithm): when a holding is taken, nothing can reach it earlier any more.
template <bool kForward>
bool Searcher::Timed(const SearchOptions& options) {
  heap_.clear();
  listed_ = 0;
  const bool mixing = options.mix_everywhere || !options.mix_premises.empty();
  Push(list_[0], options.at ? (kForward ? *options.at : ~*options.at) : kEarliest);
  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
    const auto [key, v] = heap_.back();
    heap_.pop_back();
    if (IsVisited(v)) continue;
    if (listed_ > options.holdings_max) return true;
    mark_[v] = round_;
    list_[listed_++] = v;
    if (IsKill(v)) continue;
    graph_.EachEdge<kForward>(v, [&, key = key](HoldingIndex to, std::int64_t, auto time_of) {
      const EdgeTime time = options.respect_time ? time_of() : EdgeTime{};
      if (Gate<kForward>(time) >= key) Push(to, std::max(key, Release<kForward>(time)));
    });
    if (mixing) Mix<kForward>(v, key, options);
  }
  return false;
}

template <bool kForward>
void Searcher::Mix(HoldingIndex v, std::int64_t key, const SearchOptions& options) {
  const std::uint32_t place = graph_.premises(v);
  if (!Mixes(options, place) || mixed_[place] != 0) return;  // once is enough: the first time is the earliest
  mixed_[place] = 1;
  mixed_list_.push_back(place);
  EachMixed<kForward>(graph_, v, key, options, [&](HoldingIndex w, std::int64_t at) { Push(w, at); });
}

template <class Carry>
void Searcher::EachCarrier(HoldingIndex v, Carry&& carry) const {
  if (!kill_list_.empty() && IsKill(v)) return;
  const std::int64_t key = timed_ ? keys_.Find(v) : kEarliest;
  graph_.EachEdge<true>(v, [&](HoldingIndex to, std::int64_t quantity, auto time) {
    if (IsVisited(to) && (!timed_ || time().departed.latest >= key)) carry(to, quantity);
  });
}

namespace {
// What one unit of a holding carries on: its quantity, or what left it where that is not known.
template <class EachCarrier>
double Divisor(std::int64_t quantity, EachCarrier&& each) {
  if (quantity > 0) return static_cast<double>(quantity);
  double left = 0;
  each([&](HoldingIndex, std::int64_t edge) { left += static_cast<double>(edge); });
  return left;
}
}  // namespace

Content Searcher::FindContent(HoldingIndex source, const SearchOptions& options) {
  SearchOptions along_edges = options;
  along_edges.mix_everywhere = false;
  along_edges.mix_premises = {};
  const Reached reached = Find(Direction::kForward, source, along_edges);
  Content answer{.reached = reached};
  if (amount_.empty()) amount_ = Array<double>(room_);
  // Holdings that were cut bear a mark of the search too; nothing is carried into them.
  for (const HoldingIndex v : options.cut_holdings) mark_[v] = static_cast<Round>(round_ - 1);
  for (std::size_t i = 0; i < listed_; ++i) amount_[list_[i]] = 0;
  if (listed_ == 0) return answer;
  amount_[source] = Divisor(graph_.quantity(source), [&](auto&& carry) { EachCarrier(source, carry); });
  if (graph_.base().indices_are_topological() && !graph_.has_delta()) {
    SpreadInOrder(source);
  } else {
    answer.settled = SpreadWithCycles(source);
  }
  content_.clear();
  for (const HoldingIndex v : reached.holdings) {
    content_.push_back(amount_[v]);
    answer.total += amount_[v];
  }
  answer.content = content_;
  return answer;
}

void Searcher::SpreadInOrder(HoldingIndex source) {
  const TraceGraph& g = graph_.base();
  const auto spread = [&](HoldingIndex v) {
    if (!kill_list_.empty() && IsKill(v)) return;
    const EdgeIndex begin = g.out_begin(v), end = g.out_end(v);
    if (begin == end || amount_[v] == 0) return;
    const double divisor = Divisor(g.quantity(v), [&](auto&& carry) { EachCarrier(v, carry); });
    if (divisor == 0) return;
    const double ratio = amount_[v] / divisor;
    const std::int64_t key = timed_ ? keys_.Find(v) : kEarliest;
    for (EdgeIndex e = begin; e < end; ++e) {
      const HoldingIndex to = g.target(e);
      if (IsVisited(to) && (!timed_ || g.edge_time(e).departed.latest >= key))
        amount_[to] += ratio * static_cast<double>(g.edge_quantity(e));
    }
  };
  HoldingIndex last = source;
  for (std::size_t i = 0; i < listed_; ++i) last = std::max(last, list_[i]);
  if ((last - source) / 64 < listed_ * 8) {
    // A bit each, read in order: cheaper than sorting unless they lie far apart.
    for (std::size_t i = 0; i < listed_; ++i) order_[list_[i] >> 6] |= std::uint64_t{1} << (list_[i] & 63);
    for (std::size_t word = source >> 6; word <= last >> 6; ++word)
      for (std::uint64_t bits = std::exchange(order_[word], 0); bits != 0; bits &= bits - 1)
        spread(static_cast<HoldingIndex>(word * 64 + std::countr_zero(bits)));
    return;
  }
  std::vector<HoldingIndex> sorted(list_.data(), list_.data() + listed_);
  std::sort(sorted.begin(), sorted.end());
  for (const HoldingIndex v : sorted) spread(v);
}

// First all that is not on or behind a cycle, in order; then the strongly connected parts, one after the other, each by
// iteration.
bool Searcher::SpreadWithCycles(HoldingIndex source) {
  struct Edge {
    std::uint32_t to;
    double quantity;
  };
  const auto count = static_cast<std::uint32_t>(listed_);
  if (count_.empty()) count_ = Array<std::uint32_t>(room_, 0);
  for (std::uint32_t i = 0; i < count; ++i) count_[list_[i]] = i;
  std::vector<std::uint32_t> offsets(count + 1), entering(count, 0);
  std::vector<Edge> edges;
  std::vector<double> divisor(count, 0), in(count, 0), out(count, 0);
  for (std::uint32_t i = 0; i < count; ++i) {
    offsets[i] = static_cast<std::uint32_t>(edges.size());
    EachCarrier(list_[i], [&](HoldingIndex to, std::int64_t quantity) {
      out[i] += static_cast<double>(quantity);
      if (to == source || quantity == 0) return;  // what returns to the source adds nothing
      edges.push_back({count_[to], static_cast<double>(quantity)});
      ++entering[count_[to]];
    });
    divisor[i] = Divisor(graph_.quantity(list_[i]), [&](auto&& carry) { EachCarrier(list_[i], carry); });
  }
  offsets[count] = static_cast<std::uint32_t>(edges.size());
  for (std::uint32_t i = 0; i < count; ++i) count_[list_[i]] = 0;

  std::vector<double> amount(count, 0);
  amount[0] = amount_[source];
  const auto carry = [&](std::uint32_t i, auto&& into) {
    if (divisor[i] > 0)
      for (std::uint32_t e = offsets[i]; e < offsets[i + 1]; ++e)
        if (into(edges[e].to)) amount[edges[e].to] += amount[i] / divisor[i] * edges[e].quantity;
  };
  const auto anything = [](std::uint32_t) { return true; };
  std::vector<std::uint32_t> ready;
  std::vector<std::uint32_t> waiting = entering;
  for (std::uint32_t i = 0; i < count; ++i)
    if (waiting[i] == 0) ready.push_back(i);
  std::size_t done = 0;
  for (; done < ready.size(); ++done) {
    carry(ready[done], anything);
    for (std::uint32_t e = offsets[ready[done]]; e < offsets[ready[done] + 1]; ++e)
      if (--waiting[edges[e].to] == 0) ready.push_back(edges[e].to);
  }
  bool settled = true;
  if (done < count) {
    // Tarjan's algorithm on the rest, without recursion. It finds the parts against the direction of the edges: read
    // them from the end.
    constexpr std::uint32_t kNew = 0xffffffff;
    std::vector<std::uint32_t> number(count, kNew), low(count, 0), part(count, kNew), stack, members, part_begin;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> calls;
    std::uint32_t next = 0;
    for (std::uint32_t root = 0; root < count; ++root) {
      if (waiting[root] == 0 || number[root] != kNew) continue;
      calls.emplace_back(root, offsets[root]);
      number[root] = low[root] = next++;
      stack.push_back(root);
      while (!calls.empty()) {
        const std::uint32_t v = calls.back().first;
        if (calls.back().second < offsets[v + 1]) {
          const std::uint32_t to = edges[calls.back().second++].to;
          if (number[to] == kNew) {
            number[to] = low[to] = next++;
            stack.push_back(to);
            calls.emplace_back(to, offsets[to]);
          } else if (part[to] == kNew) {
            low[v] = std::min(low[v], number[to]);
          }
          continue;
        }
        calls.pop_back();
        if (!calls.empty()) low[calls.back().first] = std::min(low[calls.back().first], low[v]);
        if (low[v] != number[v]) continue;
        part_begin.push_back(static_cast<std::uint32_t>(members.size()));
        for (std::uint32_t w = kNew; w != v;) {
          w = stack.back();
          stack.pop_back();
          part[w] = static_cast<std::uint32_t>(part_begin.size() - 1);
          members.push_back(w);
        }
      }
    }
    part_begin.push_back(static_cast<std::uint32_t>(members.size()));
    for (std::uint32_t i = 0; i < count; ++i)
      if (waiting[i] != 0)
        graph_.EachEdge<false>(
            list_[i], [&](HoldingIndex, std::int64_t quantity, auto) { in[i] += static_cast<double>(quantity); });
    std::vector<std::uint32_t> place(count, 0);
    for (std::size_t p = part_begin.size() - 1; p-- > 0;) {
      const std::span<const std::uint32_t> here(members.data() + part_begin[p], part_begin[p + 1] - part_begin[p]);
      const auto inside = [&](std::uint32_t i) { return part[i] == p; };
      const bool self =
          here.size() == 1 && std::any_of(edges.begin() + offsets[here[0]], edges.begin() + offsets[here[0] + 1],
                                          [&](const Edge& e) { return e.to == here[0]; });
      if (here.size() > 1 || self) {
        for (const std::uint32_t i : here) divisor[i] = std::max({divisor[i], in[i], out[i]});
        std::vector<double> from_outside;
        double outside = 0;
        for (const std::uint32_t i : here) {
          from_outside.push_back(amount[i]);
          outside += amount[i];
        }
        // What is still on its way goes one step further each round; the sum of what has gone through is the solution.
        std::vector<double> moving = from_outside, moved(here.size());
        for (std::uint32_t k = 0; k < here.size(); ++k) place[here[k]] = k;
        std::size_t work = 50'000'000;
        for (double left = outside; left > outside * 1e-13;) {
          std::fill(moved.begin(), moved.end(), 0);
          for (std::uint32_t k = 0; k < here.size(); ++k) {
            const std::uint32_t i = here[k];
            if (moving[k] == 0 || divisor[i] == 0) continue;
            for (std::uint32_t e = offsets[i]; e < offsets[i + 1]; ++e)
              if (inside(edges[e].to)) moved[place[edges[e].to]] += moving[k] / divisor[i] * edges[e].quantity;
          }
          std::swap(moving, moved);
          left = 0;
          std::size_t edges_here = here.size();
          for (std::uint32_t k = 0; k < here.size(); ++k) {
            amount[here[k]] += moving[k];
            left += moving[k];
            edges_here += offsets[here[k] + 1] - offsets[here[k]];
          }
          if (work < edges_here) {
            settled = false;
            break;
          }
          work -= edges_here;
        }
      }
      for (const std::uint32_t i : here) carry(i, [&](std::uint32_t to) { return !inside(to); });
    }
  }
  for (std::uint32_t i = 0; i < count; ++i) amount_[list_[i]] = amount[i];
  return settled;
}

}  // namespace zhian::tracing
