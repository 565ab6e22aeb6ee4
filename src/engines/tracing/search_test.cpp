#include "engines/tracing/search.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <set>

#include "engines/tracing/balance.hpp"
#include "engines/tracing/drawn.hpp"

using namespace zhian;
using namespace zhian::tracing;

namespace {

std::string Search(std::string_view text, const char* origin, Direction direction, SearchOptions options = {}) {
  const Drawn drawn = Draw(text);
  Searcher searcher(drawn.graph);
  const Reached reached = searcher.Find(direction, drawn.index.at(origin), options);
  return drawn.Names(reached.holdings) + (reached.reached_limit ? " …" : "");
}
std::string Downstream(std::string_view text, const char* origin, SearchOptions options = {}) {
  return Search(text, origin, Direction::kForward, options);
}
std::string Upstream(std::string_view text, const char* origin, SearchOptions options = {}) {
  return Search(text, origin, Direction::kBackward, options);
}
double ContentOf(std::string_view text, const char* source, const char* holding) {
  const Drawn drawn = Draw(text);
  Searcher searcher(drawn.graph);
  const Content content = searcher.FindContent(drawn.index.at(source));
  for (std::size_t i = 0; i < content.content.size(); ++i)
    if (content.reached.holdings[i] == drawn.index.at(holding)) return content.content[i];
  return -1;
}

}  // namespace

TEST_CASE("downstream and upstream, in time order, on cycles") {
  CHECK(Downstream("leaf -> tea -> gift-box; honey -> tea", "leaf") == "tea gift-box");
  CHECK(Upstream("leaf -> tea -> gift-box; honey -> tea", "gift-box") == "tea leaf honey");
  CHECK(Downstream("a -> b@t5 -> c@t3", "a") == "b");  // c was served before a arrived at b
  CHECK(Downstream("a -> b@t5 -> c@t3", "b") == "c");
  CHECK(Upstream("a -> b@t5 -> c@t3", "c") == "b");
  CHECK(Downstream("a -> b@t3 -> c@t5", "a") == "b c");
  CHECK(Downstream("a -> b@t3 -> c", "a") == "b c");          // unknown: it may have been
  CHECK(Downstream("a -> b@t5 -> c -> d@t3", "a") == "b c");  // an unknown date in between does not loosen the order
  CHECK(Upstream("a -> b@t5 -> c -> d@t3", "d") == "c b");
  CHECK(Downstream("a -> b@t5 -> c -> d@t3", "a", {.respect_time = false}) == "b c d");
  CHECK(Downstream("rework -> mix -> rework", "mix") == "rework");
  CHECK(Downstream("a -> a", "a").empty());
  CHECK(Downstream("a -> b -> c -> b; c -> a", "a") == "b c");
  CHECK(Downstream("a -> b@t1 -> c@t2; a -> d@t9 -> e@t10", "a", {.at = 5}) ==
        "d e");  // only what was there from then on
  CHECK(Upstream("a@t1 -> c@t2; b -> d@t8 -> e@t9; c -> e@t9", "e", {.at = 8}).empty());
}

TEST_CASE("kill steps stop what goes on, cut holdings are not there, the limit is said") {
  const char* text = "a -> b -> c -> d; a -> e -> d";
  const Drawn drawn = Draw(text);
  const HoldingIndex b[] = {drawn.index.at("b")}, e[] = {drawn.index.at("e")};
  CHECK(Downstream(text, "a", {.kill_steps = b}) == "b e d");
  CHECK(Downstream(text, "a", {.kill_steps = b, .cut_holdings = e}) == "b");
  CHECK(Downstream(text, "a", {.cut_holdings = b}) == "e d");
  CHECK(Downstream(text, "a", {.holdings_max = 2}) == "b e …");
  CHECK(Downstream(text, "a", {.holdings_max = 4}) == "b e c d");
  Searcher searcher(drawn.graph);
  CHECK(searcher.Find(Direction::kForward, 0, {.kill_steps = b, .cut_holdings = e}).holdings.size() == 1);
  CHECK(searcher.Find(Direction::kForward, 0).holdings.size() == 4);  // nothing of the search before is left
}

TEST_CASE("mixing within premises reaches what was there at the same time") {
  const char* text =
      "a -> b@t5/mill=1 -> c@t6; x -> y@t3/mill=1 -> z@t7; p -> q@t1/mill=1 -> r@t2; u -> v@t1/shop -> w@t9";
  CHECK(Downstream(text, "a") == "b c");
  CHECK(Downstream(text, "a", {.mix_everywhere = true}) == "b y c z");  // y was still there, q had left
  const std::uint32_t shop[] = {1};
  CHECK(Downstream(text, "a", {.mix_premises = shop}) == "b c");
  CHECK(Upstream(text, "z", {.mix_everywhere = true}) == "y b a x q p");  // what came to the mill before z left
  CHECK(Upstream(text, "r", {.mix_everywhere = true}) == "q p");          // nothing else had come before it left
}

TEST_CASE("content: shares of what came in; cycles count once and lose nothing") {
  CHECK(ContentOf("leaf=100 -60-> tea=90 -30-> box=30; honey=50 -30-> tea", "leaf", "tea") == doctest::Approx(60));
  CHECK(ContentOf("leaf=100 -60-> tea=90 -30-> box=30; honey=50 -30-> tea", "leaf", "box") == doctest::Approx(20));
  // mix takes 100 of a and 20 of rework; half of 120 leaves as rework. Fixed point: mix 100/(1−20/120), of which
  // 100/120 goes out.
  const char* cycle = "a=100 -100-> mix=120 -100-> out=100; mix -20-> rework=20 -20-> mix";
  CHECK(ContentOf(cycle, "a", "mix") == doctest::Approx(120));
  CHECK(ContentOf(cycle, "a", "rework") == doctest::Approx(20));
  CHECK(ContentOf(cycle, "a", "out") == doctest::Approx(100));
  CHECK(ContentOf(cycle, "mix", "rework") == doctest::Approx(20));  // what returns to the source adds nothing
  // Records that claim more than there was: it ends, and no share is above one.
  CHECK(ContentOf("a=1 -1-> b=1 -5-> c=1 -5-> b", "a", "c") <= 5.0);
  CHECK(ContentOf("a -1-> b -1-> c -1-> b", "a", "c") == doctest::Approx(1));
}

TEST_CASE("mass balance of a holding and of a premises") {
  const Drawn drawn =
      Draw("leaf=100/farm -60-> tea=85/mill -30-> box=30/mill -25-> shop=25/town; honey=30/mill -30-> tea");
  const HoldingIndex tea[] = {drawn.index.at("tea")};
  CHECK(*BalanceOf(drawn.graph, tea) == Balance{.made = 0, .received = 90, .sent = 30, .lost = 5});
  CHECK(BalanceOf(drawn.graph, tea)->remainder() == 55);
  const auto mill = HoldingsAtPremises(drawn.graph, 1);
  REQUIRE(mill.size() == 3);
  CHECK(*BalanceOf(drawn.graph, mill) == Balance{.made = 30, .received = 60, .sent = 25, .lost = 5});
  CHECK(HoldingsOfOperator(drawn.graph, 1) == mill);
}

namespace {

// A random graph with unknown and interval dates, cycles, parallel edges and loops.
GraphColumns RandomColumns(std::mt19937& random, bool forward_only = false, std::uint32_t most = 14) {
  const auto below = [&](std::uint32_t n) { return random() % n; };
  GraphColumns c;
  const std::uint32_t n = 1 + below(most), m = below(2 * most + 2), places = 1 + below(4);
  std::uint64_t id = 5;
  for (std::uint32_t v = 0; v < n; ++v) {
    c.ids.push_back(id += 1 + below(3));
    c.quantities.push_back(below(50));
    c.premises.push_back(below(3) == 0 ? kNoPremises : below(places));
  }
  if (below(2) == 0) std::shuffle(c.ids.begin(), c.ids.end(), random);
  for (std::uint32_t p = 0; p < places; ++p) c.operators.push_back(p / 2);
  const std::int64_t step = below(3) == 0 ? 1'000'000'007'000 : 60'000;
  const auto range = [&]() -> TimeRange {
    const std::int64_t from = static_cast<std::int64_t>(below(12)) * step - 3 * step;
    switch (below(5)) {
      case 0: return {};
      case 1: return {from, kLatest};
      case 2: return {kEarliest, from};
      case 3: return {from, from + static_cast<std::int64_t>(below(4)) * step};
      default: return TimeRange::At(from);
    }
  };
  for (std::uint32_t e = 0; e < m; ++e) {
    std::uint32_t a = below(n), b = below(n);
    if (forward_only) {
      if (a == b) continue;
      if (a > b) std::swap(a, b);
    }
    c.from.push_back(a);
    c.to.push_back(b);
    c.edge_quantities.push_back(below(20));
    c.edge_times.push_back({range(), range()});
  }
  return c;
}

// The plain implementation: states (holding, time), every edge tried from every state until nothing is new.
std::map<HoldingIndex, std::int64_t> PlainSearch(const GraphColumns& c, Direction direction, HoldingIndex origin,
                                                 const SearchOptions& o) {
  const bool forward = direction == Direction::kForward;
  const auto in = [](std::span<const HoldingIndex> list, HoldingIndex v) {
    return std::find(list.begin(), list.end(), v) != list.end();
  };
  const auto mixes = [&](HoldingIndex v) {
    return c.premises[v] != kNoPremises && (o.mix_everywhere || std::find(o.mix_premises.begin(), o.mix_premises.end(),
                                                                          c.premises[v]) != o.mix_premises.end());
  };
  std::map<HoldingIndex, std::int64_t> best;  // forward: earliest; backward: latest
  if (in(o.cut_holdings, origin)) return best;
  best[origin] = o.at.value_or(forward ? kEarliest : kLatest);
  const auto improve = [&](HoldingIndex v, std::int64_t t) {
    if (in(o.cut_holdings, v)) return false;
    const auto at = best.find(v);
    if (at != best.end() && (forward ? at->second <= t : at->second >= t)) return false;
    best[v] = t;
    return true;
  };
  for (bool changed = true; changed;) {
    changed = false;
    const auto now = best;
    for (const auto& [v, t] : now) {
      if (in(o.kill_steps, v)) continue;
      for (std::size_t e = 0; e < c.from.size(); ++e) {
        if ((forward ? c.from[e] : c.to[e]) != v) continue;
        TimeRange d = c.edge_times[e].departed, a = c.edge_times[e].arrived;
        const bool contradicts = d.earliest > a.latest;
        if (!o.respect_time || contradicts) d = a = {};
        d.latest = std::min(d.latest, a.latest);
        a.earliest = std::max(a.earliest, d.earliest);
        if (forward && d.latest >= t) changed |= improve(c.to[e], std::max(t, a.earliest));
        if (!forward && a.earliest <= t) changed |= improve(c.from[e], std::min(t, d.latest));
      }
      if (!mixes(v)) continue;
      for (HoldingIndex w = 0; w < c.ids.size(); ++w) {
        if (w == v || c.premises[w] != c.premises[v]) continue;
        std::int64_t first = kLatest, last = kEarliest, into = 0, out = 0;
        for (std::size_t e = 0; e < c.from.size(); ++e) {
          TimeRange d = c.edge_times[e].departed, a = c.edge_times[e].arrived;
          if (d.earliest > a.latest) d = a = {};
          if (c.to[e] == w) first = std::min(first, std::max(a.earliest, d.earliest)), into += c.edge_quantities[e];
          if (c.from[e] == w && c.to[e] != w)
            last = std::max(last, std::min(d.latest, a.latest)), out += c.edge_quantities[e];
        }
        if (first == kLatest) first = kEarliest;
        if (out == 0 || out < std::max(into, c.quantities[w])) last = kLatest;
        if (!o.respect_time) first = kEarliest, last = kLatest;
        if (forward && last >= t) changed |= improve(w, std::max(t, first));
        if (!forward && first <= t) changed |= improve(w, std::min(t, last));
      }
    }
  }
  return best;
}

}  // namespace

TEST_CASE("property: every search agrees with trying every edge from every state, with and without a delta") {
  std::mt19937 random(20071101);
  for (int trial = 0; trial < 6000; ++trial) {
    const GraphColumns columns = RandomColumns(random);
    const auto n = static_cast<HoldingIndex>(columns.ids.size());
    const auto graph = TraceGraph::Build(columns);
    REQUIRE(graph.ok());
    // The same graph, of which the last edges and holdings came later.
    GraphColumns early = columns;
    const std::size_t late_edges = random() % (columns.from.size() + 1), late_holdings = random() % n;
    early.ids.resize(n - late_holdings);
    early.quantities.resize(early.ids.size());
    early.premises.resize(early.ids.size());
    early.from.clear(), early.to.clear(), early.edge_quantities.clear(), early.edge_times.clear();
    std::vector<std::size_t> later;
    for (std::size_t e = 0; e < columns.from.size(); ++e) {
      if (e + late_edges >= columns.from.size() || columns.from[e] >= early.ids.size() ||
          columns.to[e] >= early.ids.size()) {
        later.push_back(e);
        continue;
      }
      early.from.push_back(columns.from[e]);
      early.to.push_back(columns.to[e]);
      early.edge_quantities.push_back(columns.edge_quantities[e]);
      early.edge_times.push_back(columns.edge_times[e]);
    }
    const auto base = TraceGraph::Build(early);
    REQUIRE(base.ok());
    Delta delta(*base);
    for (HoldingIndex v = n - static_cast<HoldingIndex>(late_holdings); v < n; ++v)
      REQUIRE(*delta.AddHolding(columns.ids[v], columns.quantities[v], columns.premises[v]) == v);
    for (const std::size_t e : later)
      REQUIRE(delta.AddEdge(columns.from[e], columns.to[e], columns.edge_quantities[e], columns.edge_times[e]).ok());
    const auto merged = Merge(*base, delta);
    REQUIRE(merged.ok());

    Searcher whole(*graph), split(GraphView(*base, &delta)), again(*merged);
    for (int query = 0; query < 4; ++query) {
      std::vector<HoldingIndex> kills, cuts;
      std::vector<std::uint32_t> places;
      SearchOptions o;
      if (random() % 2 == 0) kills = {static_cast<HoldingIndex>(random() % n)};
      if (random() % 3 == 0) cuts = {static_cast<HoldingIndex>(random() % n), static_cast<HoldingIndex>(random() % n)};
      if (random() % 3 == 0) places = {static_cast<std::uint32_t>(random() % columns.operators.size())};
      o.kill_steps = kills;
      o.cut_holdings = cuts;
      o.mix_premises = places;
      o.mix_everywhere = random() % 4 == 0;
      o.respect_time = random() % 4 != 0;
      if (random() % 4 == 0) o.at = static_cast<std::int64_t>(random() % 12) * 60'000 - 180'000;
      const HoldingIndex origin = static_cast<HoldingIndex>(random() % n);
      const Direction direction = random() % 2 == 0 ? Direction::kForward : Direction::kBackward;
      auto expected = PlainSearch(columns, direction, origin, o);
      const bool there = expected.erase(origin) > 0 || !cuts.empty();
      REQUIRE(there);
      for (Searcher* searcher : {&whole, &split, &again}) {
        const Reached reached = searcher->Find(direction, origin, o);
        std::set<HoldingIndex> got(reached.holdings.begin(), reached.holdings.end());
        REQUIRE(got.size() == reached.holdings.size());
        REQUIRE(got.size() == expected.size());
        for (const auto& [v, t] : expected) {
          REQUIRE(got.contains(v));
          if (o.respect_time && (searcher != &whole || !graph->always_in_time())) {
            const std::int64_t time = searcher->TimeOf(v);
            // The very ends of time are kept one step inside.
            if (t != kEarliest && t != kLatest && time != kEarliest) REQUIRE(time == t);
          }
        }
        const Reached few = searcher->Find(direction, origin, [&] {
          auto p = o;
          p.holdings_max = 2;
          return p;
        }());
        REQUIRE(few.holdings.size() == std::min<std::size_t>(2, expected.size()));
        REQUIRE(few.reached_limit == (expected.size() > 2));
      }
    }
  }
}

TEST_CASE("property: content agrees with the sum over all paths, and on cycles with solving the equations") {
  std::mt19937 random(7);
  for (int trial = 0; trial < 3000; ++trial) {
    const bool acyclic = trial % 2 == 0;
    GraphColumns c = RandomColumns(random, acyclic);
    for (std::size_t v = 0; v < c.quantities.size(); ++v) {
      std::int64_t in = 0, out = 0;
      for (std::size_t e = 0; e < c.from.size(); ++e)
        (c.from[e] == v ? out : in) += c.from[e] == v || c.to[e] == v ? c.edge_quantities[e] : 0;
      for (std::size_t e = 0; e < c.from.size(); ++e) in += c.from[e] == v && c.to[e] == v ? c.edge_quantities[e] : 0;
      if (!acyclic) c.quantities[v] = std::max({in, out, c.quantities[v]});
    }
    const auto n = c.ids.size();
    const auto graph = TraceGraph::Build(c);
    REQUIRE(graph.ok());
    Searcher searcher(*graph);
    const auto source = static_cast<HoldingIndex>(random() % n);
    const Content content = searcher.FindContent(source, {.respect_time = false});
    REQUIRE(content.settled);
    std::vector<double> got(n, 0), x(n, 0);
    for (std::size_t i = 0; i < content.content.size(); ++i) got[content.reached.holdings[i]] = content.content[i];
    std::vector<double> divisor(n, 0);
    for (std::size_t v = 0; v < n; ++v) {
      divisor[v] = static_cast<double>(c.quantities[v]);
      if (c.quantities[v] == 0)
        for (std::size_t e = 0; e < c.from.size(); ++e)
          divisor[v] += c.from[e] == v ? static_cast<double>(c.edge_quantities[e]) : 0;
    }
    for (int round = 0; round < 20'000; ++round) {
      std::vector<double> next(n, 0);
      next[source] = divisor[source];
      for (std::size_t e = 0; e < c.from.size(); ++e)
        if (c.to[e] != source && divisor[c.from[e]] > 0)
          next[c.to[e]] += x[c.from[e]] / divisor[c.from[e]] * static_cast<double>(c.edge_quantities[e]);
      double change = 0;
      for (std::size_t v = 0; v < n; ++v) change += std::abs(next[v] - x[v]);
      x = std::move(next);
      if (change == 0) break;
    }
    double total = 0;
    for (std::size_t v = 0; v < n; ++v) {
      if (v == source) continue;
      REQUIRE(got[v] == doctest::Approx(x[v]).epsilon(1e-6));
      total += x[v];
      if (!acyclic) REQUIRE(got[v] <= static_cast<double>(c.quantities[v]) * (1 + 1e-9));
    }
    REQUIRE(content.total == doctest::Approx(total).epsilon(1e-6));
  }
}

TEST_CASE(
    "property: common ancestors are counted as each lot's own search counts them, with every option, in one batch or several") {
  std::mt19937 random(11);
  int cut = 0, many = 0;
  for (int trial = 0; trial < 1500; ++trial) {
    const bool large = trial % 5 == 0;
    const GraphColumns c = RandomColumns(random, trial % 3 == 0, large ? 160 : 14);
    const auto n = static_cast<HoldingIndex>(c.ids.size());
    // Some of the edges come later.
    GraphColumns early = c;
    const std::size_t kept = trial % 2 == 0 ? c.from.size() : random() % (c.from.size() + 1);
    early.from.resize(kept), early.to.resize(kept), early.edge_quantities.resize(kept), early.edge_times.resize(kept);
    const auto graph = TraceGraph::Build(early);
    REQUIRE(graph.ok());
    Delta delta(*graph);
    for (std::size_t e = kept; e < c.from.size(); ++e)
      REQUIRE(delta.AddEdge(c.from[e], c.to[e], c.edge_quantities[e], c.edge_times[e]).ok());
    const GraphView view(*graph, &delta);
    Searcher searcher(view), other(view);
    for (int query = 0; query < 3; ++query) {
      std::vector<HoldingIndex> kills, cuts, lots;
      std::vector<std::uint32_t> places;
      SearchOptions o;
      if (random() % 3 == 0) kills = {static_cast<HoldingIndex>(random() % n), static_cast<HoldingIndex>(random() % n)};
      if (random() % 3 == 0) cuts = {static_cast<HoldingIndex>(random() % n)};
      if (random() % 4 == 0) places = {static_cast<std::uint32_t>(random() % c.operators.size())};
      o.kill_steps = kills;
      o.cut_holdings = cuts;
      o.mix_premises = places;
      o.mix_everywhere = random() % 5 == 0;
      o.respect_time = random() % 3 != 0;
      if (random() % 5 == 0) o.at = static_cast<std::int64_t>(random() % 12) * 60'000 - 180'000;
      if (random() % 4 == 0) o.holdings_max = random() % 6;
      for (unsigned i = 0, count = 1 + random() % (large ? 150 : 4); i < count; ++i)
        lots.push_back(static_cast<HoldingIndex>(random() % n));
      std::map<HoldingIndex, std::uint32_t> counts;
      bool limit = false;
      const std::set<HoldingIndex> different(lots.begin(), lots.end());
      many += different.size() > 64;
      for (const HoldingIndex lot : different) {
        const Reached reached = other.Find(Direction::kBackward, lot, o);
        limit = limit || reached.reached_limit;
        for (const HoldingIndex v : reached.holdings) ++counts[v];
      }
      cut += limit;
      for (const HoldingIndex lot : lots) counts.erase(lot);
      std::vector<std::pair<std::int64_t, std::uint64_t>> expected;
      for (const auto& [v, count] : counts) expected.emplace_back(-static_cast<std::int64_t>(count), c.ids[v]);
      std::sort(expected.begin(), expected.end());
      expected.resize(std::min<std::size_t>(expected.size(), 20));
      const auto got = searcher.FindCommonAncestors(lots, 20, o);
      REQUIRE(got.reached_limit == limit);
      REQUIRE(got.ancestors.size() == expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        REQUIRE(graph->id(got.ancestors[i].holding) == expected[i].second);
        REQUIRE(-static_cast<std::int64_t>(got.ancestors[i].lots) == expected[i].first);
      }
      // What it leaves behind disturbs no other search.
      const auto first = searcher.Find(Direction::kForward, lots.front(), o);
      const auto again = other.Find(Direction::kForward, lots.front(), o);
      REQUIRE(std::equal(first.holdings.begin(), first.holdings.end(), again.holdings.begin(), again.holdings.end()));
    }
  }
  CHECK(cut > 100);
  CHECK(many > 20);
}

TEST_CASE("building: ids are found, times come back, and what cannot be is refused with its place") {
  std::mt19937 random(3);
  for (int trial = 0; trial < 500; ++trial) {
    const GraphColumns c = RandomColumns(random);
    const auto graph = TraceGraph::Build(c);
    std::multiset<
        std::tuple<HoldingIndex, HoldingIndex, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>>
        given, kept;
    std::uint32_t contradictory = 0;
    for (std::size_t e = 0; e < c.from.size(); ++e) {
      const auto settled = Settled(c.edge_times[e]);
      contradictory += settled ? 0 : 1;
      const EdgeTime t = settled.value_or(EdgeTime{});
      given.emplace(c.from[e], c.to[e], c.edge_quantities[e], t.departed.earliest, t.departed.latest,
                    t.arrived.earliest, t.arrived.latest);
    }
    for (HoldingIndex v = 0; v < graph->holdings(); ++v) {
      REQUIRE(graph->Find(graph->id(v)) == v);
      REQUIRE(graph->id(v) == c.ids[v]);
      std::int64_t before = kEarliest;
      for (EdgeIndex e = graph->out_begin(v); e < graph->out_end(v); ++e) {
        const EdgeTime t = graph->edge_time(e);
        REQUIRE(t.departed.latest >= before);
        before = t.departed.latest;
        kept.emplace(v, graph->target(e), graph->edge_quantity(e), t.departed.earliest, t.departed.latest,
                     t.arrived.earliest, t.arrived.latest);
      }
    }
    REQUIRE(given == kept);
    REQUIRE(graph->contradictory_edges() == contradictory);
    REQUIRE(graph->Find(4) == kNoHolding);
    REQUIRE(graph->Find(std::numeric_limits<std::uint64_t>::max()) == kNoHolding);
  }
  const auto broken = [](auto&& breaking) {
    GraphColumns c;
    c.ids = {1, 2, 9};
    c.from = {0, 1};
    c.to = {1, 2};
    c.edge_quantities = {1, 1};
    breaking(c);
    const auto graph = TraceGraph::Build(c);
    return graph.ok() ? std::string("built") : graph.error().message.In(Language::kEnglish);
  };
  CHECK(broken([](GraphColumns&) {}) == "built");
  CHECK(broken([](GraphColumns& c) { c.ids[2] = 1; }) == "Holding 1 is listed twice; list each holding once");
  CHECK(broken([](GraphColumns& c) { c.to[1] = 3; }) == "One end of edge 2 does not exist; list that holding first");
  CHECK(broken([](GraphColumns& c) { c.edge_quantities[0] = -1; }) == "The quantity of edge 1 is negative; correct it");
  CHECK(broken([](GraphColumns& c) {
          c.edge_times = {EdgeTime{}, EdgeTime{{5, 3}, {}}};
        }) == "The time of edge 2 ends before it begins; correct it");
  CHECK(broken([](GraphColumns& c) { c.to.pop_back(); }) ==
        "The columns of the trace graph differ in length; complete them and try again");
}

TEST_CASE("property: a table of keys is a map of the least key, cleared between searches") {
  std::mt19937 random(4);
  KeyTable table;
  for (int round = 0; round < 40; ++round) {
    std::map<HoldingIndex, std::int64_t> map;
    const std::uint32_t many = random() % (round % 10 == 0 ? 20'000 : 300);
    for (std::uint32_t i = 0; i < many; ++i) {
      const HoldingIndex v = random() % (many + 1) * 4096;
      const auto key = static_cast<std::int64_t>(random() % 1000) - 500;
      const auto known = map.find(v);
      REQUIRE(table.Lower(v, key) == (known == map.end() || key < known->second));
      if (known == map.end())
        map[v] = key;
      else
        known->second = std::min(known->second, key);
    }
    for (const auto& [v, key] : map) REQUIRE(table.Find(v) == key);
    REQUIRE(table.Find(kNoHolding - 1) == kLatest);
    table.Clear();
    for (const auto& [v, key] : map) REQUIRE(table.Find(v) == kLatest);
  }
}

TEST_CASE("a searcher that has gone through all its rounds begins anew and finds the same") {
  const Drawn drawn = Draw("a -> b -> c; b -> d; e -> c");
  const HoldingIndex a = 0;
  Searcher searcher(drawn.graph);
  const std::string first = drawn.Names(searcher.Find(Direction::kForward, a).holdings);
  const HoldingIndex cut[] = {searcher.Find(Direction::kForward, a).holdings.front()};
  const std::string with_cut = drawn.Names(searcher.Find(Direction::kForward, a, {.cut_holdings = cut}).holdings);
  REQUIRE(first != with_cut);
  for (int round = 0; round < 70'000; ++round) {
    REQUIRE(drawn.Names(searcher.Find(Direction::kForward, a).holdings) == first);
    if (round % 3 == 0)
      REQUIRE(drawn.Names(searcher.Find(Direction::kForward, a, {.cut_holdings = cut}).holdings) == with_cut);
    if (round % 5 == 0) REQUIRE(searcher.Find(Direction::kForward, a, {.holdings_max = 1}).reached_limit);
  }
}
