// A delta that is read while it grows: views of one moment, edges taken back, the order of time.
#include "engines/tracing/delta.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "engines/tracing/drawn.hpp"
#include "engines/tracing/search.hpp"

using namespace zhian;
using namespace zhian::tracing;

namespace {
std::multiset<std::uint32_t> Labels(GraphView view) {
  std::multiset<std::uint32_t> out, in;
  for (HoldingIndex v = 0; v < view.holdings(); ++v) {
    view.EachEdge<true>(v, [&](HoldingIndex, std::int64_t, auto ref) { out.insert(ref.label()); });
    view.EachEdge<false>(v, [&](HoldingIndex, std::int64_t, auto ref) { in.insert(ref.label()); });
  }
  CHECK(out == in);
  return out;
}
}  // namespace

TEST_CASE("property: a view shows what had been added and taken back up to its label, before and after a merge") {
  std::mt19937 random(11);
  for (int trial = 0; trial < 300; ++trial) {
    GraphColumns columns;
    const std::uint32_t n = 2 + random() % 8;
    std::map<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>> life;  // label: from, to
    std::map<std::uint32_t, std::uint32_t> gone;                            // label: at
    for (std::uint32_t v = 0; v < n; ++v) columns.ids.push_back(v + 1), columns.premises.push_back(kNoPremises);
    std::uint32_t label = 0;
    for (std::uint32_t e = random() % 12; e > 0; --e) {
      life[++label] = {random() % n, random() % n};
      columns.from.push_back(life[label].first);
      columns.to.push_back(life[label].second);
      columns.edge_quantities.push_back(label);
      columns.edge_labels.push_back(label);
      columns.edge_marks.push_back(static_cast<std::uint8_t>(label));
    }
    const std::uint32_t base_label = label;
    const auto base = TraceGraph::Build(columns);
    REQUIRE(base.ok());
    Delta delta(*base);
    std::uint32_t holdings = n;
    for (int step = 0; step < 40; ++step) {
      if (random() % 6 == 0) {
        REQUIRE(delta.AddHolding(holdings + 1, 0).ok());
        ++holdings;
      } else if (random() % 3 == 0 && !life.empty()) {
        const auto victim = std::next(life.begin(), random() % life.size());
        const std::uint32_t at = ++label;
        const bool there = !gone.contains(victim->first);
        if (there) {
          REQUIRE(delta.Remove(victim->second.first, victim->first, at));
          gone[victim->first] = at;
        }
      } else {
        life[++label] = {random() % holdings, random() % holdings};
        REQUIRE(
            delta.AddEdge(life[label].first, life[label].second, label, {}, {label, static_cast<std::uint8_t>(label)})
                .ok());
      }
    }
    CHECK_FALSE(delta.Remove(0, label + 7, label + 8));
    for (std::uint32_t until = base_label; until <= label; ++until) {
      std::multiset<std::uint32_t> expected;
      for (const auto& [l, ends] : life)
        if (l <= until && (!gone.contains(l) || gone[l] > until)) expected.insert(l);
      const GraphView view(*base, &delta, until);
      REQUIRE(Labels(view) == expected);
      if (until % 9 == 0) {
        const auto merged = Merge(view);
        REQUIRE(merged.ok());
        REQUIRE(Labels(*merged) == expected);
        for (EdgeIndex e = 0; e < merged->edges(); ++e)
          REQUIRE(merged->mark(e) == static_cast<std::uint8_t>(merged->label(e)));
      }
    }
  }
}

TEST_CASE(
    "a delta that keeps the order of time leaves searches their short way, one that breaks it does not, and both answer alike") {
  std::mt19937 random(5);
  int kept = 0, broken = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const Drawn drawn = Draw("a -> b@t5 -> c@t9; a -> d@t3 -> e@t7");
    Delta delta(drawn.graph);
    GraphColumns all = drawn.columns;
    for (int e = 0; e < 3; ++e) {
      const auto time = EdgeTime{TimeRange::At(random() % 12), TimeRange::At(random() % 12)};
      const HoldingIndex from = random() % 5, to = random() % 5;
      all.from.push_back(from), all.to.push_back(to), all.edge_quantities.push_back(1), all.edge_times.push_back(time);
      REQUIRE(delta.AddEdge(from, to, 1, time).ok());
    }
    const auto whole = TraceGraph::Build(all);
    REQUIRE(whole.ok());
    const GraphView view(drawn.graph, &delta);
    if (view.always_in_time()) CHECK(whole->always_in_time());
    (view.always_in_time() ? kept : broken)++;
    Searcher one(*whole), other(view);
    for (HoldingIndex v = 0; v < 5; ++v)
      for (const auto direction : {Direction::kForward, Direction::kBackward}) {
        const auto a = one.Find(direction, v).holdings, b = other.Find(direction, v).holdings;
        REQUIRE(std::set(a.begin(), a.end()) == std::set(b.begin(), b.end()));
      }
  }
  CHECK(kept > 5);
  CHECK(broken > 5);
}

TEST_CASE("readers beside a writer see whole views, and a searcher follows a graph that grows") {
  GraphColumns columns;
  constexpr std::uint32_t kStart = 50;
  for (std::uint32_t v = 0; v < kStart; ++v) columns.ids.push_back(v + 1), columns.premises.push_back(kNoPremises);
  for (std::uint32_t v = 0; v + 1 < kStart; ++v)
    columns.from.push_back(v), columns.to.push_back(v + 1), columns.edge_quantities.push_back(1),
        columns.edge_labels.push_back(v + 1);
  const auto base = TraceGraph::Build(columns);
  REQUIRE(base.ok());
  Delta delta(*base);
  std::atomic<std::uint32_t> published{kStart - 1};
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      Searcher searcher(GraphView(*base, &delta, kStart - 1));
      while (!done) {
        const std::uint32_t until = published.load(std::memory_order_acquire);
        searcher.Follow(GraphView(*base, &delta, until));
        // The chain is as long as the labels say: each label adds one holding and the edge to it.
        if (searcher.Find(Direction::kForward, 0).holdings.size() != until) ++wrong;
      }
    });
  for (std::uint32_t label = kStart; label < 6000; ++label) {
    REQUIRE(delta.AddHolding(label + 1, 0).ok());
    REQUIRE(delta.AddEdge(label - 1, label, 1, {}, {label, 0}).ok());
    published.store(label, std::memory_order_release);
  }
  done = true;
  for (auto& reader : readers) reader.join();
  CHECK(wrong == 0);
}

TEST_CASE("property: on a base of many holdings the delta hides nothing, whichever holdings it touches") {
  std::mt19937 random(12);
  for (int trial = 0; trial < 12; ++trial) {
    GraphColumns columns;
    const std::uint32_t n = 3000 + random() % 200;
    std::map<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>> there;  // label: from, to
    for (std::uint32_t v = 0; v < n; ++v) columns.ids.push_back(v + 1);
    std::uint32_t label = 0;
    for (std::uint32_t e = 0; e < 4000; ++e) {
      there[++label] = {random() % n, random() % n};
      columns.from.push_back(there[label].first);
      columns.to.push_back(there[label].second);
      columns.edge_quantities.push_back(1);
      columns.edge_labels.push_back(label);
    }
    const auto base = TraceGraph::Build(columns);
    REQUIRE(base.ok());
    Delta delta(*base);
    for (int step = 0; step < 200; ++step) {
      const std::uint32_t at = ++label;
      if (random() % 2 == 0) {
        const auto victim = std::next(there.begin(), random() % there.size());
        REQUIRE(delta.Remove(victim->second.first, victim->first, at));
        there.erase(victim);
      } else {
        there[at] = {random() % n, random() % n};
        REQUIRE(delta.AddEdge(there[at].first, there[at].second, 1, {}, {at, 0}).ok());
      }
    }
    std::multiset<std::uint32_t> expected;
    for (const auto& [of, ends] : there) expected.insert(of);
    REQUIRE(Labels(GraphView(*base, &delta, label)) == expected);
  }
}

TEST_CASE("holdings are found by their ids, whether these follow one another or not, and none twice") {
  GraphColumns columns;
  columns.ids = {5, 6, 7};
  const auto base = TraceGraph::Build(columns);
  REQUIRE(base.ok());
  Delta delta(*base);
  const std::uint64_t added[] = {8, 100, 9, 10, 3, 11, 0, std::numeric_limits<std::uint64_t>::max()};
  HoldingIndex expected = 3;
  for (const std::uint64_t id : added) {
    CHECK(GraphView(*base, &delta).Find(id) == kNoHolding);
    REQUIRE(delta.AddHolding(id, 0).ok());
    CHECK(GraphView(*base, &delta).Find(id) == expected++);
    CHECK(delta.AddHolding(id, 0).error().code == ErrorCode::kConflict);
  }
  expected = 3;
  for (const std::uint64_t id : added) CHECK(GraphView(*base, &delta).Find(id) == expected++);
  for (const std::uint64_t id : {5u, 6u, 7u}) CHECK(delta.AddHolding(id, 0).error().code == ErrorCode::kConflict);
  for (const std::uint64_t id : {4u, 12u, 13u, 99u, 101u}) CHECK(GraphView(*base, &delta).Find(id) == kNoHolding);
}
