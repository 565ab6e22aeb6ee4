// The trace against an independent one: step by step over the tables by SQL, as slowly as need be, on random histories
// with late events, error declarations, mixing, cycles and shipments that nobody received.
#include "rooms/traceability/graph/trace.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "base/text.hpp"
#include "rooms/traceability/graph/trace_fixture.hpp"
#include "rooms/traceability/store/capture.hpp"
#include "rooms/traceability/store/units.hpp"

using namespace zhian;
using namespace zhian::traceability;
using namespace zhian::traceability::tests;

namespace {

// ---- the independent trace
struct Row {
  std::int64_t seq, from, to, departed, arrived, micro;
  std::string kind, unit;
};
struct Oracle {
  storage::Connection& db;
  std::map<std::int64_t, std::pair<std::string, std::string>> names;
  std::map<std::int64_t, std::int64_t> sites;
  std::vector<Row> rows;

  explicit Oracle(storage::Connection& c) : db(c) {
    const auto
        holdings = db.Query("SELECT id, item, place, site FROM holding WHERE district=$d"),
        movements = db.Query(
            "SELECT seq, from_holding, to_holding, departed_at, arrived_at, quantity_micro, kind, unit FROM movement WHERE district=$d AND kind<>'void'");
    for (const auto& r : *holdings) names[r.integer(0)] = {r.text(1), r.text(2)}, sites[r.integer(0)] = r.integer(3);
    for (const auto& r : *movements)
      rows.push_back(
          {r.integer(0), r.integer(1), r.integer(2), r.integer(3), r.integer(4), r.integer(5), r.text(6), r.text(7)});
  }
  static std::int64_t Last(const Row& m) {
    return m.departed != 0 ? m.departed : m.arrived != 0 ? m.arrived : INT64_MAX;
  }  // it can have left until then
  static std::int64_t First(const Row& m) {
    return m.arrived != 0 ? m.arrived : m.departed != 0 ? m.departed : INT64_MIN;
  }  // it can have come from then
  static bool Contradicts(const Row& m) { return m.departed != 0 && m.arrived != 0 && m.departed > m.arrived; }
  struct Found {
    std::map<std::int64_t, std::int64_t> reached;  // holding: time
    std::set<std::int64_t> movements;
  };
  Found Walk(std::int64_t origin, bool forward, bool mixing, std::int64_t kill, std::int64_t cut) const {
    Found found;
    if (origin == cut) return found;
    found.reached[origin] = forward ? INT64_MIN : INT64_MAX;
    const auto improve = [&](std::int64_t h, std::int64_t t) {
      if (h == cut) return false;
      const auto known = found.reached.find(h);
      if (known != found.reached.end() && (forward ? known->second <= t : known->second >= t)) return false;
      found.reached[h] = t;
      return true;
    };
    for (bool changed = true; changed;) {
      changed = false;
      const auto now = found.reached;
      for (const auto& [h, t] : now) {
        if (h == kill) continue;
        for (const Row& m : rows) {
          if (m.kind == "made" || (forward ? m.from : m.to) != h) continue;
          const std::int64_t last = Contradicts(m) ? INT64_MAX : Last(m), first = Contradicts(m) ? INT64_MIN : First(m);
          if (forward ? last < t : first > t) continue;
          if (m.to != cut && m.from != cut) found.movements.insert(m.seq);
          changed |= improve(forward ? m.to : m.from, forward ? std::max(t, first) : std::min(t, last));
        }
        if (!mixing) continue;
        for (const auto& [w, site] : sites) {
          if (w == h || site != sites.at(h)) continue;
          std::int64_t first = INT64_MAX, last = INT64_MIN, in = 0, out = 0;
          for (const Row& m : rows) {
            const std::int64_t base = ToBase(m.micro, FindUnit(m.unit)).value();
            if (m.to == w) first = std::min(first, Contradicts(m) ? INT64_MIN : First(m)), in += base;
            if (m.from == w && m.to != w) last = std::max(last, Contradicts(m) ? INT64_MAX : Last(m)), out += base;
          }
          if (first == INT64_MAX) first = INT64_MIN;
          if (out == 0 || out < in) last = INT64_MAX;
          if (forward ? last < t : first > t) continue;
          changed |= improve(w, forward ? std::max(t, first) : std::min(t, last));
        }
      }
    }
    // What was met early along a way that a later improvement shut: looked at again with the final times.
    std::set<std::int64_t> usable;
    for (const Row& m : rows) {
      if (m.kind == "made" || m.from == m.to || !found.reached.contains(m.from) || !found.reached.contains(m.to))
        continue;
      const std::int64_t here = forward ? m.from : m.to;
      if (here == kill) continue;
      const std::int64_t last = Contradicts(m) ? INT64_MAX : Last(m), first = Contradicts(m) ? INT64_MIN : First(m);
      if (forward ? last >= found.reached[here] : first <= found.reached[here]) usable.insert(m.seq);
    }
    found.movements = usable;
    return found;
  }
};

std::set<std::pair<std::string, std::string>> KeysOf(const Answer& answer) {
  std::set<std::pair<std::string, std::string>> keys;
  for (const Holding& h : answer.holdings) keys.emplace(h.item, h.place);
  return keys;
}

void CompareAll(Folder& folder, std::mt19937& random, int lots) {
  for (int query = 0; query < 6; ++query) {
    const std::string lot = Item(static_cast<int>(random() % static_cast<unsigned>(lots)));
    const Status done = folder.db->Read([&](storage::Connection& db) -> Status {
      const Oracle oracle(db);
      TraceOptions options{.mix_everywhere = random() % 3 == 0};
      std::int64_t kill = 0, cut = 0;
      const auto pick = [&] {
        return oracle.names.empty() ? 0 : std::next(oracle.names.begin(), random() % oracle.names.size())->first;
      };
      if (random() % 3 == 0) kill = pick();
      if (random() % 4 == 0) cut = pick();
      if (kill != 0) options.kill_steps.push_back({oracle.names.at(kill).first, oracle.names.at(kill).second});
      if (cut != 0) options.cut_holdings.push_back({oracle.names.at(cut).first, oracle.names.at(cut).second});
      const bool forward = random() % 2 == 0;
      const auto answer = Trace(db, lot, forward ? Direction::kForward : Direction::kBackward, options);
      if (!answer.ok()) {
        CHECK(answer.error().code == ErrorCode::kNotFound);  // the lot was never seen
        return Ok();
      }
      std::int64_t origin = 0;
      for (const Holding& h : answer->holdings)
        for (const auto& [id, name] : oracle.names)
          if (h.origin && name.first == h.item && name.second == h.place) origin = id;
      if (origin == 0) return Ok();
      const auto found = oracle.Walk(origin, forward, options.mix_everywhere, kill, cut);
      std::set<std::pair<std::string, std::string>> expected{oracle.names.at(origin)};
      for (const auto& [h, t] : found.reached) expected.insert(oracle.names.at(h));
      REQUIRE(KeysOf(*answer) == expected);
      std::size_t edges = 0;
      double quantity = 0, wanted = 0;
      for (const Movement& m : answer->movements)
        if (m.kind != "mixed") ++edges, quantity += m.quantity.Estimate();
      for (const Row& m : oracle.rows)
        if (found.movements.contains(m.seq)) wanted += static_cast<double>(m.micro) / 1e6;
      REQUIRE(edges == found.movements.size());
      REQUIRE(quantity == doctest::Approx(wanted));
      // Shares solve their equations: each is the mean of what came in, weighed by quantity.
      std::map<std::pair<std::string, std::string>, double> share;
      const auto key = [](const Holding& h) { return std::pair{std::string(h.item), std::string(h.place)}; };
      for (const Holding& h : answer->holdings) share[key(h)] = h.share;
      if (!forward || !answer->settled) return Ok();
      for (const Holding& h : answer->holdings) {
        CHECK(h.share >= 0);
        CHECK(h.share <= 1);
        if (h.origin) continue;
        double from = 0, all = 0;
        bool transforms = false;
        for (const Row& m : oracle.rows)
          if (oracle.names.at(m.to) == key(h)) transforms |= m.kind == "transformed";
        for (const Row& m : oracle.rows) {
          if (oracle.names.at(m.to) != key(h) || (transforms && m.kind == "made")) continue;
          all += static_cast<double>(m.micro);
          if (found.movements.contains(m.seq)) from += static_cast<double>(m.micro) * share.at(oracle.names.at(m.from));
        }
        if (all > 0) REQUIRE(h.share == doctest::Approx(from / all).epsilon(1e-6));
      }
      return Ok();
    });
    REQUIRE(done.ok());
  }
}

}  // namespace

TEST_CASE("property: on random histories the graph in memory and a walk over the tables give the same answer") {
  std::mt19937 random(2007);
  for (int trial = 0; trial < 12; ++trial) {
    Folder folder;
    const int lots = 12, places = 5;
    std::vector<json::object> past;
    int number = 0;
    for (int batch = 0; batch < 6; ++batch) {
      json::array list;
      for (int k = 0; k < 8; ++k) {
        const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
        const int hour = below(200), item = below(lots), place = below(places),
                  other = below(places);  // late events: any hour, in any order
        const double quantity = 1 + below(30);
        json::object event;
        switch (below(7)) {
          case 0: event = Made(++number, hour, place, item, quantity); break;
          case 1:
          case 2: event = Moved(++number, hour, true, place, other, item, quantity); break;
          case 3:
          case 4: event = Moved(++number, hour, false, place, other, item, quantity); break;
          case 5:
            event = Mixed(++number, hour, place, {item, (item + 1 + below(lots - 1)) % lots}, below(lots), quantity);
            break;
          default:
            if (past.empty()) continue;
            event = Declared(past[static_cast<std::size_t>(below(static_cast<int>(past.size())))]);
        }
        if (!event.contains("errorDeclaration")) past.push_back(event);
        if (std::any_of(list.begin(), list.end(), [&](const auto& e) { return e == json::value(event); })) continue;
        if (below(12) == 0 && !event.contains("errorDeclaration"))
          list.push_back(Declared(event));  // the declaration comes first
        list.push_back(std::move(event));
      }
      folder.Must(list);
      CompareAll(folder, random, lots);
      if (batch == 3) REQUIRE(folder.index->Renew().ok());  // the delta becomes part of the base
      CompareAll(folder, random, lots);
    }
    folder.Open();  // and once more from nothing
    CompareAll(folder, random, lots);
  }
}

TEST_CASE("a receipt takes up shipments part by part, and what is left of either side is a gap") {
  Folder f;
  f.Must({Made(1, 0, 0, 1, 200), Moved(2, 1, true, 0, 1, 1, 100), Moved(3, 3, false, 0, 1, 1, 60),
          Moved(4, 5, false, 0, 1, 1, 30)});
  Answer answer = f.Ask(Item(1), Direction::kForward);
  REQUIRE(answer.movements.size() == 3);  // 60 and 30 matched, 10 on the way
  REQUIRE(answer.gaps.size() == 1);
  CHECK(answer.gaps.front().kind == "missing_receipt");
  CHECK(answer.gaps.front().quantity == base::Decimal(10));
  f.Must({Moved(5, 6, false, 0, 1, 1, 12)});
  answer = f.Ask(Item(1), Direction::kForward);
  REQUIRE(answer.gaps.size() == 1);
  CHECK(answer.gaps.front().kind == "missing_shipment");
  CHECK(answer.gaps.front().quantity == base::Decimal(2));
  // Kilograms and grams are one delivery.
  f.Must({Moved(6, 20, true, 0, 2, 1, 50), Moved(7, 21, false, 0, 2, 1, 50'000, "GRM")});
  answer = f.Ask(Item(1), Direction::kForward);
  CHECK(answer.gaps.size() == 1);
  // A shipment that is recorded after its receipt.
  f.Must({Moved(8, 31, false, 0, 3, 1, 7)});
  CHECK(f.Ask(Item(1), Direction::kForward).gaps.size() == 2);
  f.Must({Moved(9, 30, true, 0, 3, 1, 7)});
  CHECK(f.Ask(Item(1), Direction::kForward).gaps.size() == 1);
}

TEST_CASE(
    "an error declaration takes back the movements of its event, before it or after it, and what was matched looks for another match") {
  for (const bool first : {false, true}) {
    Folder f;
    const json::object wrong = Moved(2, 1, true, 0, 1, 1, 10), made = Mixed(5, 9, 1, {1, 2}, 3, 5);
    f.Must({Made(1, 0, 0, 1, 50)});
    if (first) f.Must({Declared(wrong), Declared(made)});
    f.Must({wrong, made, Moved(3, 2, false, 0, 1, 1, 10)});
    if (!first) f.Must({Declared(wrong), Declared(made)});
    Answer answer = f.Ask(Item(1), Direction::kForward);
    REQUIRE(answer.movements.size() == 1);
    CHECK_FALSE(answer.movements.front().shipped);
    CHECK(answer.movements.front().received);
    f.Must({Moved(4, 2, true, 0, 1, 1, 10)});
    answer = f.Ask(Item(1), Direction::kForward);
    REQUIRE(answer.movements.size() == 1);
    CHECK(answer.movements.front().shipped);
    CHECK(answer.gaps.empty());
  }
}

TEST_CASE("what is made counts by what came out of it, and shares by what went in") {
  Folder f;
  f.Must({Made(1, 0, 0, 1, 400), Made(2, 0, 0, 2, 600)});
  json::object made = Mixed(3, 5, 0, {1, 2}, 3, 200);
  made["inputQuantityList"] = json::array{Goods(1, 400).front(), Goods(2, 600).front()};
  f.Must({made, Moved(4, 6, true, 0, 1, 3, 50), Moved(5, 7, false, 0, 1, 3, 50)});
  const Answer answer = f.Ask(Item(1), Direction::kForward);
  REQUIRE(answer.holdings.size() == 3);
  CHECK(answer.holdings[0].resolved);
  CHECK(answer.holdings[1].quantity == base::Decimal(150));
  CHECK(answer.holdings[1].share == doctest::Approx(0.4));
  CHECK(answer.holdings[2].quantity == base::Decimal(50));
  CHECK(answer.holdings[2].share == doctest::Approx(0.4));
  CHECK(answer.gaps.empty());
  const Status done = f.db->Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto place, BalanceOf(db, {.place = Place(0)}, "斤"));
    CHECK(place.made == base::Decimal(2400));
    CHECK(place.used == base::Decimal(2000));
    CHECK(place.sent == base::Decimal(100));
    CHECK(place.remainder == base::Decimal(300));
    ZHIAN_ASSIGN(const auto volume, BalanceOf(db, {.place = Place(0)}, "LTR"));
    CHECK(volume.not_converted == 6);
    CHECK(BalanceOf(db, {}, "KGM").error().code == ErrorCode::kInvalid);
    ZHIAN_ASSIGN(const auto common, FindCommonAncestors(db, {Item(3)}));
    CHECK(common.ancestors.size() == 2);
    return Ok();
  });
  CHECK(done.ok());
}

TEST_CASE(
    "a trace in a write transaction sees what that transaction wrote, and nobody else does until it is committed") {
  Folder f;
  f.Must({Made(1, 0, 0, 1, 10), Moved(2, 1, true, 0, 1, 1, 5)});
  CHECK(f.Ask(Item(1)).holdings.size() == 2);
  const Status undone = f.db->Write([&](storage::Connection& db) -> Status {
    const json::object document{{"@context", json::object{}},
                                {"type", "EPCISDocument"},
                                {"schemaVersion", "2.0"},
                                {"epcisBody", json::object{{"eventList", json::array{Moved(3, 2, true, 0, 2, 1, 5)}}}}};
    ZHIAN_TRY(Capture(db, json::serialize(document), OnError::kRollback, kNow));
    ZHIAN_ASSIGN(const Answer answer, Trace(db, Item(1), Direction::kForward));
    CHECK(answer.holdings.size() == 3);
    CHECK(f.Ask(Item(1)).holdings.size() == 2);
    return MakeError(ErrorCode::kConflict, "undone");
  });
  CHECK_FALSE(undone.ok());
  CHECK(f.Ask(Item(1)).holdings.size() == 2);
  f.Must({Moved(4, 2, true, 0, 3, 1, 5)});  // under the number that the undone one had
  CHECK(KeysOf(f.Ask(Item(1))) ==
        std::set<std::pair<std::string, std::string>>{{Item(1), Place(0)}, {Item(1), Place(1)}, {Item(1), Place(3)}});
}

TEST_CASE(
    "the snapshot is taken up at the next start; damaged, of another database, or of a later state of this one, it is refused and the answer is the same") {
  Folder f;
  json::array list;
  for (int i = 0; i < 10'050; ++i) list.push_back(Moved(i + 1, i % 200, true, i % 40, (i * 7) % 41, i % 997, 1));
  f.Must(list);
  const std::string file = f.path + "/trace.graph", kept = f.path + "/kept.db";
  const auto before = f.Ask(Item(5));
  REQUIRE(f.db->Backup(kept).ok());
  REQUIRE(f.index->Renew().ok());
  REQUIRE(std::filesystem::exists(file));
  f.Must({Moved(20'000, 30, true, 5, 43, 5, 1)});
  const auto after = f.Ask(Item(5));
  f.Open();
  CHECK(f.Ask(Item(5)).movements.size() == after.movements.size());
  CHECK(f.index->Describe().from_snapshot);
  CHECK(f.index->Describe().delta_edges == 1);
  // Damaged in its middle.
  {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(20'000);
    bytes.put('\x5a');
    bytes.put('\x5a');
  }
  f.Open();
  CHECK(f.Ask(Item(5)).movements.size() == after.movements.size());
  CHECK_FALSE(f.index->Describe().from_snapshot);
  // A backup that was put back: the file is of a later state.
  REQUIRE(f.index->Renew().ok());
  f.db.reset();
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(f.path + "/t.db" + end);
  std::filesystem::copy_file(kept, f.path + "/t.db");
  f.Open();
  CHECK(f.Ask(Item(5)).movements.size() == before.movements.size());
  CHECK_FALSE(f.index->Describe().from_snapshot);
  Folder other;
  std::filesystem::copy_file(file, other.path + "/trace.graph");
  other.Must({Made(1, 0, 0, 1, 10)});
  CHECK(other.Ask(Item(1)).holdings.size() == 1);
  CHECK_FALSE(other.index->Describe().from_snapshot);
}

TEST_CASE("captures, traces and renewals at the same time: whoever was told that a capture is kept finds it") {
  Folder f;
  f.Must({Made(1, 0, 0, 1, 1000)});
  std::atomic<int> acknowledged{0};
  std::atomic<bool> done{false};
  std::atomic<int> behind{0}, asked{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      while (!done) {
        const int known = acknowledged;
        const Status read = f.db->Read([&](storage::Connection& db) -> Status {
          ZHIAN_ASSIGN(const Answer answer, Trace(db, Item(1), Direction::kForward));
          if (static_cast<int>(answer.movements.size()) < known) ++behind;
          return Ok();
        });
        if (!read.ok()) ++behind;
        ++asked;
      }
    });
  threads.emplace_back([&] {
    while (!done)
      if (!f.index->Renew().ok()) ++behind;
  });
  for (int i = 0; i < 120; ++i) {
    REQUIRE(f.Take({Moved(100 + i, 1, true, 0, 1 + i, 1, 1)}).ok());
    acknowledged = i + 1;
  }
  while (asked < 10) std::this_thread::yield();
  done = true;
  for (auto& thread : threads) thread.join();
  CHECK(behind == 0);
}

TEST_CASE("a bound is kept and said") {
  Folder f;
  json::array list{Made(1, 0, 0, 1, 100)};
  for (int i = 0; i < 50; ++i) list.push_back(Moved(2 + i, 1, true, 0, 1 + i, 1, 1));
  f.Must(list);
  const Answer few = f.Ask(Item(1), Direction::kForward, {.holdings_max = 10});
  CHECK(few.holdings.size() == 10);
  CHECK(few.reached_limit);
  CHECK_FALSE(f.Ask(Item(1)).reached_limit);
}

TEST_CASE("units are exact rationals") {
  CHECK(*ToBase(1'000'000, FindUnit("斤")) == *ToBase(500'000'000, FindUnit("g")));
  CHECK(*ToBase(3'000'000, FindUnit("公斤")) == *ToBase(6'000'000, FindUnit("斤")));
  CHECK(*ToBase(1'000'000, FindUnit("t")) == *ToBase(1'000'000'000, FindUnit("kg")));
  CHECK(*ToBase(1'000'000, FindUnit("LBR")) == 453'592'370);
  CHECK(*ToBase(16'000'000, FindUnit("oz")) == 453'592'370);
  CHECK(*ToBase(1'000'000, FindUnit("L")) == *ToBase(1'000'000'000, FindUnit("mL")));
  CHECK(AreComparable("斤", "KGM"));
  CHECK_FALSE(AreComparable("KGM", "LTR"));
  CHECK_FALSE(AreComparable("箱", "袋"));
  CHECK(AreComparable("箱", "箱"));
  CHECK_FALSE(ToBase(INT64_MAX, FindUnit("t")).has_value());
}
