#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <set>

#include "engines/tracing/network.hpp"

using namespace zhian;
using namespace zhian::tracing;

namespace {

PartialDate Date(std::string_view text) { return ParsePartialDate(text).value(); }

// The plain implementation: sets that grow until nothing is new, straight from the words of the semantics.
struct Plain {
  const DeliveryNetwork& net;
  bool ignore_time;
  [[nodiscard]] bool InOrder(std::size_t in, std::size_t out) const {
    const PartialDate &a = net.deliveries[in].arrival, &b = net.deliveries[out].departure;
    if (ignore_time || a.year == 0 || b.year == 0) return true;
    if (a.year != b.year) return a.year < b.year;
    if (a.month == 0 || b.month == 0) return true;
    if (a.month != b.month) return a.month < b.month;
    return a.day == 0 || b.day == 0 || a.day <= b.day;
  }
  [[nodiscard]] bool Linked(std::uint32_t a, std::uint32_t b) const {
    const Delivery &in = net.deliveries[a], &out = net.deliveries[b];
    if (in.kill || net.stations[in.to].kill || net.stations[out.from].kill) return false;
    for (const auto& [from, to] : net.links) {
      if (to != b) continue;
      if (from == a) return true;
      const Delivery& other = net.deliveries[from];
      if (in.cross_contamination && other.cross_contamination && other.to == in.to && InOrder(a, b)) return true;
    }
    return net.stations[in.to].cross_contamination && in.to == out.from && InOrder(a, b);
  }
  [[nodiscard]] std::set<std::uint32_t> Closure(std::set<std::uint32_t> set, bool forward) const {
    for (std::size_t before = 0; before != set.size();) {
      before = set.size();
      for (const std::uint32_t d : std::set<std::uint32_t>(set))
        for (std::uint32_t e = 0; e < net.deliveries.size(); ++e)
          if (forward ? Linked(d, e) : Linked(e, d)) set.insert(e);
    }
    return set;
  }
  [[nodiscard]] double Score(const std::set<std::uint32_t>& reached, const std::set<std::uint32_t>& itself) const {
    std::set<std::uint32_t> stations = itself;
    double sum = 0, plus = 0, minus = 0;
    for (const std::uint32_t d : reached) {
      sum += net.deliveries[d].weight;
      stations.insert(net.deliveries[d].to);
    }
    for (const std::uint32_t s : stations) sum += net.stations[s].weight;
    const auto add = [&](double w) { w > 0 ? plus += w : minus -= w; };
    for (const auto& s : net.stations) add(s.weight);
    for (const auto& d : net.deliveries) add(d.weight);
    const double whole = std::max(plus, minus);
    return whole == 0 ? 0 : sum / whole;
  }
};

rc::Gen<DeliveryNetwork> AnyNetwork() {
  return rc::gen::exec([] {
    DeliveryNetwork net;
    const auto below = [](int n) { return *rc::gen::inRange(0, n); };
    const int stations = 1 + below(6), deliveries = below(14), links = deliveries == 0 ? 0 : below(12);
    const auto weight = [&] { return below(3) == 0 ? below(9) - 3.0 : 0.0; };
    const auto date = [&] {
      PartialDate d;
      if (below(4) > 0) d.year = 2012 + below(2);
      if (d.year > 0 && below(4) > 0) d.month = 1 + below(3);
      if (d.month > 0 && below(4) > 0) d.day = 1 + below(3);
      return d;
    };
    for (int s = 0; s < stations; ++s) net.stations.push_back({std::to_string(s), weight(), below(3) == 0, below(6) == 0});
    for (int d = 0; d < deliveries; ++d)
      net.deliveries.push_back({std::to_string(d), static_cast<std::uint32_t>(below(stations)), static_cast<std::uint32_t>(below(stations)), date(), date(), weight(), below(3) == 0, below(6) == 0});
    for (int l = 0; l < links; ++l) net.links.emplace_back(below(deliveries), below(deliveries));
    return net;
  });
}

std::vector<std::uint32_t> Without(std::set<std::uint32_t> set, std::uint32_t one) {
  set.erase(one);
  return {set.begin(), set.end()};
}

constexpr const char* kStations = "id,weight,cross_contamination,kill\nfarm,,,\nmill,,1,\nshop,1,0,0\nkitchen,1,,\n";

}  // namespace

TEST_CASE("property: networks trace and score as the semantics say, word by word") {
  CHECK(rc::check([] {
    const DeliveryNetwork net = *AnyNetwork();
    const bool ignore_time = *rc::gen::inRange(0, 4) == 0;
    const Plain plain{net, ignore_time};
    const auto traces = TraceNetwork(net, {.ignore_time = ignore_time});
    RC_ASSERT(traces.ok());
    for (std::uint32_t s = 0; s < net.stations.size(); ++s) {
      std::set<std::uint32_t> in, out;
      for (std::uint32_t d = 0; d < net.deliveries.size(); ++d) {
        if (net.deliveries[d].to == s) in.insert(d);
        if (net.deliveries[d].from == s && !net.stations[s].kill) out.insert(d);
      }
      const auto forward = plain.Closure(out, true);
      RC_ASSERT(traces->stations[s].forward == Without(forward, 0xffffffff));
      RC_ASSERT(traces->stations[s].backward == Without(plain.Closure(in, false), 0xffffffff));
      RC_ASSERT(std::abs(traces->stations[s].score - plain.Score(forward, {s})) < 1e-12);
    }
    for (std::uint32_t d = 0; d < net.deliveries.size(); ++d) {
      const auto forward = plain.Closure({d}, true);
      RC_ASSERT(traces->deliveries[d].forward == Without(forward, d));
      RC_ASSERT(traces->deliveries[d].backward == Without(plain.Closure({d}, false), d));
      RC_ASSERT(std::abs(traces->deliveries[d].score - plain.Score(forward, {})) < 1e-12);
    }
  }));
}

TEST_CASE("partial dates compare part by part, and only those that exist are taken") {
  CHECK(MayBeNoLater(Date("2012"), Date("2012-01-01")));
  CHECK(MayBeNoLater(Date("2012-11"), Date("2012-11-01")));
  CHECK_FALSE(MayBeNoLater(Date("2012-11"), Date("2012-10-30")));
  CHECK_FALSE(MayBeNoLater(Date("2013"), Date("2012-12-31")));
  CHECK(MayBeNoLater(Date(""), Date("1990")));
  CHECK(MayBeNoLater(Date("2012-11-05"), Date("2012-11-05")));
  for (const char* bad : {"2012-13", "2012-02-30", "12", "2012-1", "2012/11", "2012-11-5", "abcd", "0000", "2012-11-05T"}) CHECK_FALSE(ParsePartialDate(bad).ok());
}

TEST_CASE("a delivery network is read from its tables, and faults are told with their place") {
  const auto english = [](const char* stations, const char* deliveries, const char* links) {
    const auto net = ReadDeliveryNetwork(stations, deliveries, links);
    return net.ok() ? std::string("read") : net.error().message.In(Language::kEnglish);
  };
  const char* deliveries = "id,from,to,departure,arrival,weight,cross_contamination,kill\nd1,farm,mill,2012-11,2012-11-03,,,\nd2,mill,shop,2012-11-04,,,,\nd3,mill,kitchen,2012-11-02,,,,\n";
  const char* links = "from_delivery,to_delivery\n";
  const auto net = ReadDeliveryNetwork(kStations, deliveries, links);
  REQUIRE(net.ok());
  const auto traces = TraceNetwork(*net);
  CHECK(traces->stations[0].score == doctest::Approx(.5));  // d3 left before d1 arrived
  CHECK(traces->deliveries[0].forward == std::vector<std::uint32_t>{1});
  CHECK(TraceNetwork(*net, {.ignore_time = true})->stations[0].score == doctest::Approx(1));
  CHECK_FALSE(TraceNetwork(*net, {.links_max = 0}).ok());
  CHECK_FALSE(TraceNetwork(*net, {.listed_max = 3}).ok());
  CHECK(english("", deliveries, links) == "stations is an empty table; the first line must be the names of the columns");
  CHECK(english("weight\n1\n", deliveries, links) == "stations must have exactly one column id; correct the names in the first line");
  CHECK(english("id,id\na,b\n", deliveries, links) == "stations must have exactly one column id; correct the names in the first line");
  CHECK(english("id,weight\nfarm,1e400\n", deliveries, links) == "stations line 2 weight: must be a number");
  CHECK(english("id,kill\nfarm,maybe\n", deliveries, links) == "stations line 2 kill: must be 1 or 0");
  CHECK(english("id\nfarm\nfarm\n", deliveries, links) == "stations line 3 id: farm is listed twice");
  CHECK(english(kStations, "id,from,to,departure\nd1,farm,moon,\n", links) == "deliveries line 2 to: there is no moon; list it first");
  CHECK(english(kStations, "id,from,to,departure\nd1,farm,mill,2012-31\n", links) == "deliveries line 2 departure: must be a date, of which only the year, or year and month, may be given, for example 2012, 2012-11, 2012-11-05");
  CHECK(english(kStations, deliveries, "from_delivery,to_delivery\nd1,d9\n") == "links line 2 to_delivery: there is no d9; list it first");
}
