#include "engines/tracing/sources.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace zhian;
using namespace zhian::tracing;

namespace {

SupplyNetwork Read(std::string_view rows) { return ReadSupplyNetwork("from,to,amount\n" + std::string(rows)).value(); }
PlaceIndex Place(const SupplyNetwork& network, std::string_view name) {
  for (PlaceIndex i = 0; i < network.places.size(); ++i)
    if (network.places[i] == name) return i;
  FAIL("no such place");
  return 0;
}
std::string Names(const SupplyNetwork& network, const std::vector<RankedSource>& ranked) {
  std::string text;
  for (const RankedSource& source : ranked) text += (text.empty() ? "" : " ") + network.places[source.place];
  return text;
}

}  // namespace

TEST_CASE("the walk ends where the shares lead, also round cycles") {
  const SupplyNetwork chain = Read("farm,mill,3\nfarm,shop,1\nmill,shop,1\nmill,stall,1\n");
  const SupplyWalk walk(chain);
  CHECK(walk.VisitsTo(Place(chain, "shop"))[Place(chain, "farm")] == doctest::Approx(.25 + .75 / 2));
  CHECK(walk.VisitsTo(Place(chain, "mill"))[Place(chain, "farm")] == doctest::Approx(.75));
  const SupplyNetwork cycle = Read("farm,a,1\na,b,1\nb,a,1\nb,shop,1\na,stall,2\n");  // b sends half back
  const SupplyWalk round(cycle);
  // a goes to b 1/3, to the stall 2/3; so of what comes to a, stall 2/3 ÷ (1 − 1/6)
  CHECK(round.VisitsTo(Place(cycle, "stall"))[Place(cycle, "farm")] == doctest::Approx(.8));
  CHECK(round.VisitsTo(Place(cycle, "shop"))[Place(cycle, "farm")] == doctest::Approx(.2));
  CHECK(round.VisitsTo(Place(cycle, "a"))[Place(cycle, "farm")] == doctest::Approx(1.2));
  const SupplyNetwork slow =
      Read("farm,a,1\na,b,1\nb,a,999999999\nb,shop,1\n");  // a millionth of a thousandth leaves each round
  CHECK(SupplyWalk(slow).VisitsTo(Place(slow, "shop"))[Place(slow, "farm")] == doctest::Approx(1).epsilon(1e-12));
  const SupplyNetwork trap =
      Read("farm,a,1\na,b,1\nb,a,1\nfarm,shop,1\n");  // what comes to a and b never ends anywhere
  CHECK(SupplyWalk(trap).VisitsTo(Place(trap, "shop"))[Place(trap, "farm")] == doctest::Approx(.5));
  CHECK(SupplyWalk(trap).VisitsTo(Place(trap, "shop"))[Place(trap, "a")] == 0);
}

TEST_CASE("property: absorption agrees with following the walk step by step") {
  std::mt19937 random(5);
  for (int trial = 0; trial < 400; ++trial) {
    SupplyNetwork network;
    const unsigned n = 2 + random() % 9;
    for (unsigned v = 0; v < n; ++v) network.places.push_back("p" + std::to_string(v));
    for (unsigned e = 0; e < random() % 25; ++e)
      network.edges.push_back({static_cast<PlaceIndex>(random() % n), static_cast<PlaceIndex>(random() % n),
                               static_cast<double>(random() % 5)});
    const SupplyWalk walk(network);
    std::vector<std::vector<double>> p(n, std::vector<double>(n, 0));
    for (const SupplyEdge& e : network.edges)
      if (e.from != e.to) p[e.from][e.to] += e.amount;
    for (auto& row : p) {
      double sum = 0;
      for (const double x : row) sum += x;
      for (double& x : row) x = sum > 0 ? x / sum : 0;
    }
    for (const PlaceIndex o : walk.outlets()) {
      std::vector<double> h(n, 0);
      for (int step = 0; step < 5000; ++step) {
        std::vector<double> next(n, 0);
        for (unsigned v = 0; v < n; ++v)
          for (unsigned w = 0; w < n; ++w) next[v] += p[v][w] * h[w];
        next[o] = 1;
        h = std::move(next);
      }
      const auto visits = walk.VisitsTo(o);
      for (unsigned v = 0; v < n; ++v) REQUIRE(visits[v] == doctest::Approx(h[v]).epsilon(1e-6));
    }
  }
}

TEST_CASE("sources: the noise floor holds where the plain walk collapses; priors; suspects; the next question") {
  const SupplyNetwork network = Read("a,w,1\nb,w,1\nb,x,1\nc,x,1\nw,s1,1\nw,s2,1\nx,s3,1\nx,s4,1\n");
  const SupplyWalk walk(network);
  const auto cases = [&](std::string_view rows) {
    return ReadCases("place,count\n" + std::string(rows), network).value();
  };
  const auto clear = FindSources(network, walk, cases("s1,5\ns2,5\n"));
  REQUIRE(clear.ok());
  CHECK(Names(network, clear->walk_noise_floor) == "a b c");
  CHECK(network.places[clear->suspects[0]] == "a");
  CHECK(clear->suspects.size() == 1);
  CHECK(clear->noise == doctest::Approx(.001));
  // (1−ε)/2 + ε/4 for each case of a, (1−ε)/4 + ε/4 for b, ε/4 for c.
  const double a = std::pow(.999 / 2 + .00025, 10), b = std::pow(.25, 10), c = std::pow(.00025, 10);
  CHECK(*clear->walk_noise_floor[0].probability == doctest::Approx(a / (a + b + c)));
  CHECK(clear->walk_noise_floor[1].score == doctest::Approx(std::log(b)));
  const auto stray = FindSources(network, walk, cases("s1,9\ns2,9\ns3,1\n"));
  CHECK(Names(network, stray->walk) == "b a c");  // one stray case, and the plain walk turns away from a
  CHECK(Names(network, stray->walk_noise_floor) == "a b c");
  CHECK(*stray->walk[1].probability == 0);
  CHECK(stray->noise > .01);
  CHECK_FALSE(stray->effective_distance[0].probability.has_value());
  const auto priors = ReadPriors("place,prior\nb,1\n", network);
  CHECK(*FindSources(network, walk, cases("s1,1\n"), {.priors = *priors})->walk_noise_floor[0].probability ==
        doctest::Approx(1));
  // Whoever supplies s1 alone tells nothing; a shop with two suppliers does.
  const SupplyNetwork shared = Read("a,s,1\nb,s,1\nc,t,1\na,t,1\n");
  const SupplyWalk shared_walk(shared);
  const auto both = ReadCases("place,count\ns,2\n", shared).value();
  const auto answer = FindSources(shared, shared_walk, both);
  const auto evidence = NextEvidence(shared, shared_walk, both, *answer);
  REQUIRE(evidence.size() == 1);
  CHECK(shared.places[evidence[0].place] == "s");
  CHECK(evidence[0].expected_bits > .5);
}

TEST_CASE("sources: what cannot be is refused with its place") {
  const SupplyNetwork network = Read("a,s,1\n");
  const auto english = [](const auto& result) {
    return result.ok() ? std::string("read") : result.error().message.In(Language::kEnglish);
  };
  CHECK(english(ReadSupplyNetwork("from,to,amount\na,b,-1\n")) ==
        "network line 2 amount: must be a number not below zero");
  CHECK(english(ReadSupplyNetwork("from,to,amount\na,b,nan\n")) ==
        "network line 2 amount: must be a number not below zero");
  CHECK(english(ReadSupplyNetwork("from,to,amount\na,,1\n")) == "network line 2 to: must not be empty");
  CHECK(english(ReadSupplyNetwork("from,to\na,b\n")) ==
        "network must have exactly one column amount; correct the names in the first line");
  CHECK(english(ReadSupplyNetwork("from,to,amount\na,b,1,9,9\n")) ==
        "network line 2: more columns than the first line; check commas and quotes");
  CHECK(english(ReadCases("place,count\nz,1\n", network)) ==
        "cases line 2 place: the supply network has no z; check it, or add its deliveries");
  CHECK(english(ReadCases("place,count\ns,1.5\n", network)) == "cases line 2 count: must be a whole number");
  const SupplyWalk walk(network);
  CHECK(english(FindSources(network, walk, {})) ==
        "There are no cases; give the places of the cases and their numbers");
  const SupplyNetwork ring = Read("a,b,1\nb,a,1\n");
  CHECK(english(FindSources(ring, SupplyWalk(ring), std::vector<CaseCount>{{0, 1}})) ==
        "The supply network has no beginning: something goes to every place; add the deliveries of the source");
  CHECK(english(FindSources(network, walk, std::vector<CaseCount>{{1, 1}}, {.priors = std::vector<double>{0, 0}})) ==
        "The priors of all candidates are zero; give at least one above zero");
}

TEST_CASE(
    "property: on any network the set of suspects holds the source as often as it states, and the same seed tells the same") {
  std::mt19937 random(11);
  double held = 0, stated = 0, outbreaks = 0;
  for (int trial = 0; trial < 12; ++trial) {
    SupplyNetwork network;
    for (int i = 0; i < 60; ++i) network.places.push_back("p" + std::to_string(i));
    // Farms 0–19, traders 20–29, shops 30–59.
    for (PlaceIndex farm = 0; farm < 20; ++farm)
      for (int k = 0; k < 3; ++k)
        network.edges.push_back(
            {farm, static_cast<PlaceIndex>(20 + random() % 10), 1.0 + static_cast<double>(random() % 50)});
    for (PlaceIndex trader = 20; trader < 30; ++trader)
      for (int k = 0; k < 6; ++k)
        network.edges.push_back(
            {trader, static_cast<PlaceIndex>(30 + random() % 30), 1.0 + static_cast<double>(random() % 50)});
    const SupplyWalk walk(network);
    const auto once =
        Calibrate(network, walk, 6, {}, {.outbreaks = 100, .noise = .05, .seed = static_cast<std::uint64_t>(trial)});
    const auto again =
        Calibrate(network, walk, 6, {}, {.outbreaks = 100, .noise = .05, .seed = static_cast<std::uint64_t>(trial)});
    REQUIRE(once.outbreaks == 100);
    CHECK(once.held == again.held);
    CHECK(once.top1 == again.top1);
    CHECK(once.top1 <= once.held);
    held += once.held;
    stated += once.stated * 100;
    outbreaks += once.outbreaks;
  }
  MESSAGE((held / outbreaks) << " held, " << (stated / outbreaks) << " stated");
  CHECK(std::abs(held - stated) / outbreaks < .04);
}

TEST_CASE("a network that is too large, or has no end, is not calibrated, and says so") {
  SupplyNetwork cycle = Read("a,b,1\nb,a,1\n");
  CHECK(Calibrate(cycle, SupplyWalk(cycle), 5, {}, {}).outbreaks == 0);
  SupplyNetwork chain = Read("farm,shop,1\n");
  CHECK(Calibrate(chain, SupplyWalk(chain), 0, {}, {}).outbreaks == 0);
  CHECK(Calibrate(chain, SupplyWalk(chain), 5, {}, {}).outbreaks == 200);
  CHECK(Calibrate(chain, SupplyWalk(chain), 10'000'000, {}, {}).outbreaks == 0);
  const std::vector<double> none(chain.places.size(), 0);
  CHECK(Calibrate(chain, SupplyWalk(chain), 5, none, {}).outbreaks == 0);
}
