// zhian_bench_tracing: what the trace engine is measured with. bench/tracing drives it.
//   generate EDGES FOLDER      a graph of lots of about that many edges: lots.csv, edges.csv, queries.txt
//   limit FOLDER PASSES        the forward and backward searches of the queries by a plain search over two plain arrays
//   sources NETWORKS EACH      how often each method finds the source of a made outbreak, and what its suspects are
//   worth
#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "engines/tracing/sources.hpp"

using namespace zhian;

namespace {

using Clock = std::chrono::steady_clock;
double Seconds(Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); }

// ---- a graph of lots ----
// Farms, processors, wholesalers, distribution centres, retailers over three weeks. Each lot of a farm is divided over
// processors; what comes to an operator of the middle is mixed into batches of one to eight, and each batch divided
// over the next layer; a distribution centre sends to many retailers. Ids in order of making, times grow along edges,
// grams are kept to the last one.
class LotMaker {
 public:
  LotMaker(std::size_t edges_wanted, const std::string& folder)
      : lots_(std::fopen((folder + "/lots.csv").c_str(), "wb")),
        edges_(std::fopen((folder + "/edges.csv").c_str(), "wb")) {
    if (lots_ == nullptr || edges_ == nullptr) std::exit(1);
    const double scale = static_cast<double>(edges_wanted) / 1e5;
    const double wide = std::max(1.0, scale);  // more operators, each as busy as before
    const std::uint32_t counts[5] = {static_cast<std::uint32_t>(400 * wide), static_cast<std::uint32_t>(40 * wide),
                                     static_cast<std::uint32_t>(30 * wide), static_cast<std::uint32_t>(25 * wide),
                                     static_cast<std::uint32_t>(500 * wide)};
    std::uint32_t first = 0;
    for (int layer = 0; layer < 5; ++layer) {
      first_[layer] = first;
      count_[layer] = counts[layer];
      first += counts[layer];
    }
    for (int layer = 1; layer < 3; ++layer) pools_[layer].resize(count_[layer]);
    const int days = 21;
    for (int day = 0; made_edges_ < edges_wanted && day < 1000; ++day) {
      const auto farms = static_cast<std::size_t>(static_cast<double>(edges_wanted) / 41.0 / days);
      for (std::size_t i = 0; i < std::max<std::size_t>(farms, 1) && made_edges_ < edges_wanted; ++i) Farm(day);
      for (int layer = 1; layer < 3; ++layer)
        for (auto& pool : pools_[layer]) Process(layer, pool);
    }
  }
  ~LotMaker() {
    std::fclose(lots_);
    std::fclose(edges_);
  }
  LotMaker(const LotMaker&) = delete;
  LotMaker& operator=(const LotMaker&) = delete;
  [[nodiscard]] std::size_t lots() const { return made_lots_; }
  [[nodiscard]] std::size_t edges() const { return made_edges_; }
  std::mt19937_64& random() { return random_; }
  // Lots to ask about: of farms and what was first made of them; of retailers. Some of each, spread over the whole.
  [[nodiscard]] const std::vector<std::uint64_t>& early() const { return early_; }
  [[nodiscard]] const std::vector<std::uint64_t>& late() const { return late_; }

 private:
  struct Lot {
    std::uint64_t id;
    std::int64_t minute, grams;
  };
  std::uint64_t Below(std::uint64_t n) { return random_() % n; }
  Lot Make(int layer, std::uint32_t of_operator, std::int64_t minute, std::int64_t grams) {
    std::fprintf(lots_, "%zu,%d,%u,%" PRId64 ",%" PRId64 "\n", made_lots_, layer, of_operator, minute, grams);
    if (layer < 2) early_.push_back(made_lots_);
    if (layer == 4) late_.push_back(made_lots_);
    return {made_lots_++, minute, grams};
  }
  void Edge(const Lot& from, const Lot& to, std::int64_t grams) {
    std::fprintf(edges_, "%" PRIu64 ",%" PRIu64 ",%" PRId64 "\n", from.id, to.id, grams);
    ++made_edges_;
  }
  // The lot in `parts` pieces, each a lot of the next layer; each comes to take(operator, piece).
  template <class Take>
  void Divide(const Lot& lot, int to_layer, std::uint64_t parts, Take&& take) {
    std::int64_t left = lot.grams;
    for (std::uint64_t part = 0; part < parts && left > 0; ++part) {
      const std::int64_t share =
          part + 1 == parts
              ? left
              : std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(left) *
                                                                    (.5 + static_cast<double>(Below(1000)) / 1000) /
                                                                    static_cast<double>(parts - part)));
      const std::int64_t grams = std::min(left, share);
      left -= grams;
      const auto receiver = static_cast<std::uint32_t>(Below(count_[to_layer]));
      const Lot piece =
          Make(to_layer, first_[to_layer] + receiver, lot.minute + 400 + static_cast<std::int64_t>(Below(700)), grams);
      Edge(lot, piece, grams);
      take(receiver, piece);
    }
  }
  void Farm(int day) {
    const Lot lot = Make(0, first_[0] + static_cast<std::uint32_t>(Below(count_[0])),
                         day * 1440 + static_cast<std::int64_t>(Below(1440)),
                         200'000 + static_cast<std::int64_t>(Below(3'000'000)));
    Divide(lot, 1, 1 + Below(3),
           [&](std::uint32_t receiver, const Lot& piece) { pools_[1][receiver].push_back(piece); });
  }
  void Process(int layer, std::vector<Lot>& pool) {
    const auto here = static_cast<std::uint32_t>(&pool - pools_[layer].data());
    std::vector<Lot> again;
    std::size_t at = 0;
    while (at < pool.size()) {
      const std::size_t inputs = std::min<std::size_t>(pool.size() - at, 1 + Below(8));
      std::int64_t minute = 0, grams = 0;
      for (std::size_t i = at; i < at + inputs; ++i) {
        minute = std::max(minute, pool[i].minute);
        grams += pool[i].grams;
      }
      const Lot batch = Make(layer, first_[layer] + here, minute + 1 + static_cast<std::int64_t>(Below(1400)), grams);
      for (std::size_t i = at; i < at + inputs; ++i) Edge(pool[i], batch, pool[i].grams);
      at += inputs;
      if (Below(100) < 45) {
        again.push_back(batch);  // mixed once more on another day
      } else if (layer == 1) {
        Divide(batch, 2, 2 + Below(4),
               [&](std::uint32_t receiver, const Lot& piece) { pools_[2][receiver].push_back(piece); });
      } else {
        Divide(batch, 3, 2 + Below(3),
               [&](std::uint32_t, const Lot& lot) { Divide(lot, 4, 2 + Below(7), [](std::uint32_t, const Lot&) {}); });
      }
    }
    pool = std::move(again);
  }

  std::mt19937_64 random_{20071101};
  std::FILE *lots_, *edges_;
  std::uint32_t first_[5] = {}, count_[5] = {};
  std::vector<std::vector<Lot>> pools_[3];
  std::vector<std::uint64_t> early_, late_;
  std::size_t made_lots_ = 0, made_edges_ = 0;
};

int Generate(std::size_t edges, const std::string& folder) {
  LotMaker maker(edges, folder);
  std::FILE* queries = std::fopen((folder + "/queries.txt").c_str(), "wb");
  if (queries == nullptr) return 1;
  for (int i = 0; i < 200; ++i)
    std::fprintf(queries, "F %" PRIu64 "\n", maker.early()[maker.random()() % maker.early().size()]);
  for (int i = 0; i < 200; ++i)
    std::fprintf(queries, "B %" PRIu64 "\n", maker.late()[maker.random()() % maker.late().size()]);
  for (int i = 0; i < 50; ++i) {
    std::fprintf(queries, "C");
    for (int lot = 0; lot < 15; ++lot)
      std::fprintf(queries, " %" PRIu64, maker.late()[maker.random()() % maker.late().size()]);
    std::fprintf(queries, "\n");
  }
  std::fclose(queries);
  std::printf("{\"measure\":\"graph\",\"lots\":%zu,\"edges\":%zu}\n", maker.lots(), maker.edges());
  return 0;
}

// ---- the limit: a plain search ----
std::string ReadFile(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

int Limit(const std::string& folder, int passes) {
  std::vector<std::uint32_t> from, to;
  std::size_t n = 0;
  {
    const std::string lots = ReadFile(folder + "/lots.csv"), edges = ReadFile(folder + "/edges.csv");
    n = static_cast<std::size_t>(std::count(lots.begin(), lots.end(), '\n'));
    for (const char* at = edges.c_str(); *at != 0;) {
      char* end = nullptr;
      from.push_back(static_cast<std::uint32_t>(std::strtoul(at, &end, 10)));
      to.push_back(static_cast<std::uint32_t>(std::strtoul(end + 1, &end, 10)));
      at = std::strchr(end, '\n') + 1;
    }
  }
  const std::string queries = ReadFile(folder + "/queries.txt");
  for (const char kind : {'F', 'B'}) {
    const auto& key = kind == 'F' ? from : to;
    const auto& other = kind == 'F' ? to : from;
    std::vector<std::uint32_t> offsets(n + 1, 0), ends(key.size()), epoch(n, 0), queue(n);
    for (const std::uint32_t v : key) ++offsets[v + 1];
    for (std::size_t v = 0; v < n; ++v) offsets[v + 1] += offsets[v];
    std::vector<std::uint32_t> cursor(offsets.begin(), offsets.end() - 1);
    for (std::size_t e = 0; e < key.size(); ++e) ends[cursor[key[e]]++] = other[e];
    std::vector<std::uint32_t> origins;
    for (std::size_t at = 0; at < queries.size(); at = queries.find('\n', at) + 1)
      if (queries[at] == kind)
        origins.push_back(static_cast<std::uint32_t>(std::strtoul(queries.c_str() + at + 2, nullptr, 10)));
    double best = 1e300;
    std::uint64_t reached = 0, sum = 0;
    std::uint32_t round = 0;
    for (int pass = 0; pass < passes; ++pass) {
      double total = 0;
      reached = sum = 0;
      for (const std::uint32_t origin : origins) {
        const auto start = Clock::now();
        std::size_t head = 0, tail = 0;
        queue[tail++] = origin;
        epoch[origin] = ++round;
        while (head < tail) {
          const std::uint32_t v = queue[head++];
          for (std::uint32_t e = offsets[v]; e < offsets[v + 1]; ++e) {
            const std::uint32_t w = ends[e];
            if (epoch[w] == round) continue;
            epoch[w] = round;
            queue[tail++] = w;
            sum += w;
          }
        }
        reached += tail - 1;
        total += Seconds(start);
      }
      best = std::min(best, total);
    }
    std::printf("{\"measure\":\"plain search %c\",\"total_us\":%.1f,\"reached\":%" PRIu64 ",\"sum\":%" PRIu64 "}\n",
                kind, best * 1e6, reached, sum);
  }
  return 0;
}

// ---- source finding ----
struct Made {
  tracing::SupplyNetwork network;
  std::vector<std::vector<double>> absorbed;  // producers × retailers
  std::vector<std::discrete_distribution<int>> retailer_of;
};

Made MakeNetwork(std::mt19937_64& random) {
  const int layers[4] = {150, 40, 40, 400}, fan[3] = {4, 6, 25};
  Made made;
  int first[4] = {0, 150, 190, 230};
  for (int v = 0; v < 630; ++v) made.network.places.push_back("p" + std::to_string(1000 + v));
  std::vector<std::vector<double>> through(150, std::vector<double>(630, 0));
  for (int s = 0; s < 150; ++s) through[s][s] = 1;
  for (int layer = 0; layer < 3; ++layer) {
    std::lognormal_distribution<double> lognormal(0, 1);
    std::gamma_distribution<double> gamma(.7, 1);
    std::vector<double> attraction(layers[layer + 1]);
    for (double& a : attraction) a = lognormal(random);
    for (int sender = 0; sender < layers[layer]; ++sender) {
      std::vector<double> left = attraction;
      std::vector<std::pair<int, double>> shares;
      double whole = 0;
      for (int k = 0; k < fan[layer]; ++k) {
        const int receiver = std::discrete_distribution<int>(left.begin(), left.end())(random);
        left[receiver] = 0;
        shares.emplace_back(receiver, gamma(random) * attraction[receiver] + 1e-9);
        whole += shares.back().second;
      }
      for (const auto& [receiver, share] : shares) {
        made.network.edges.push_back({static_cast<tracing::PlaceIndex>(first[layer] + sender),
                                      static_cast<tracing::PlaceIndex>(first[layer + 1] + receiver), share / whole});
        for (int s = 0; s < 150; ++s)
          through[s][first[layer + 1] + receiver] += through[s][first[layer] + sender] * share / whole;
      }
    }
  }
  for (int s = 0; s < 150; ++s) {
    made.absorbed.emplace_back(through[s].begin() + 230, through[s].end());
    made.retailer_of.emplace_back(made.absorbed[s].begin(), made.absorbed[s].end());
  }
  return made;
}

double RankOf(const std::vector<double>& scores, int source) {
  double better = 0, ties = 0;
  for (std::size_t s = 0; s < scores.size(); ++s)
    if (static_cast<int>(s) != source)
      (scores[s] > scores[source] ? better : ties) += scores[s] >= scores[source] ? 1 : 0;
  return better + 1 + ties / 2;
}

int Sources(int networks, int each) {
  struct Lane {
    int cases;
    double misattributed;
    std::vector<double> ranks[5] = {};  // ours, told the noise, plain walk, effective distance, sales
    int held = 0;
    double suspects = 0, difference = 0, square = 0, stated = 0;
  };
  Lane lanes[] = {{20, 0}, {50, 0}, {20, .1}, {50, .1}};
  std::mt19937_64 random(20071101);
  for (int net = 0; net < networks; ++net) {
    Made made = MakeNetwork(random);
    const tracing::SupplyWalk walk(made.network);
    for (int outbreak = 0; outbreak < each; ++outbreak)
      for (Lane& lane : lanes) {
        const int source = static_cast<int>(random() % 150);
        std::vector<tracing::CaseCount> cases;
        std::vector<int> retailers;
        for (int i = 0; i < lane.cases; ++i) {
          const bool stray = std::uniform_real_distribution<double>()(random) < lane.misattributed;
          retailers.push_back(stray ? static_cast<int>(random() % 400) : made.retailer_of[source](random));
          cases.push_back({static_cast<tracing::PlaceIndex>(230 + retailers.back()), 1});
        }
        const auto answer = tracing::FindSources(made.network, walk, cases, {.only_walk = outbreak > 0});
        if (!answer.ok()) return 1;
        const auto ranked = [&](const std::vector<tracing::RankedSource>& list, double sign) {
          // A processor that nobody sends to is a candidate of the network, but never a source of these outbreaks.
          std::vector<double> scores(150, 0);
          for (const auto& one : list)
            if (one.place < 150) scores[one.place] = sign * one.score;
          return RankOf(scores, source);
        };
        std::vector<double> told(150, 0);
        for (int s = 0; s < 150; ++s)
          for (const int r : retailers)
            told[s] +=
                std::log(std::max((1 - lane.misattributed) * made.absorbed[s][r] + lane.misattributed / 400, 1e-300));
        lane.ranks[0].push_back(ranked(answer->walk_noise_floor, 1));
        lane.ranks[1].push_back(RankOf(told, source));
        lane.ranks[2].push_back(ranked(answer->walk, 1));
        if (outbreak == 0) {
          lane.ranks[3].push_back(ranked(answer->effective_distance, -1));
          lane.ranks[4].push_back(ranked(answer->sales_likelihood, 1));
        }
        const double difference = (lane.ranks[0].back() < 1.5 ? 1 : 0) - (lane.ranks[1].back() < 1.5 ? 1 : 0);
        lane.difference += difference;
        lane.square += difference * difference;
        lane.suspects += static_cast<double>(answer->suspects.size());
        for (const auto place : answer->suspects) lane.held += static_cast<int>(place) == source ? 1 : 0;
        for (std::size_t i = 0; i < answer->suspects.size(); ++i)
          lane.stated += answer->walk_noise_floor[i].probability.value_or(0);
      }
  }
  for (Lane& lane : lanes) {
    const auto n = static_cast<double>(lane.ranks[0].size());
    const double mean = lane.difference / n, error = std::sqrt(std::max(lane.square / n - mean * mean, 0.0) / n);
    std::printf(
        "{\"measure\":\"sources\",\"cases\":%d,\"misattributed\":%.2f,\"outbreaks\":%.0f,\"top1_minus_told\":%.4f,\"error\":%.4f,\"suspects_90_hold\":%.4f,\"stated\":%.4f,\"suspects_mean\":%.2f",
        lane.cases, lane.misattributed, n, mean, error, lane.held / n, lane.stated / n, lane.suspects / n);
    const char* names[5] = {"noise_floor", "told", "walk", "effective_distance", "sales"};
    for (int method = 0; method < 5; ++method) {
      auto& ranks = lane.ranks[method];
      std::sort(ranks.begin(), ranks.end());
      const auto top = std::count_if(ranks.begin(), ranks.end(), [](double r) { return r < 1.5; });
      std::printf(",\"%s\":{\"top1\":%.3f,\"median\":%.1f}", names[method],
                  static_cast<double>(top) / static_cast<double>(ranks.size()), ranks[ranks.size() / 2]);
    }
    std::printf("}\n");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto is = [&](const char* name, int arguments) {
    return argc == arguments + 2 && std::strcmp(argv[1], name) == 0;
  };
  if (is("generate", 2)) return Generate(std::strtoull(argv[2], nullptr, 10), argv[3]);
  if (is("limit", 2)) return Limit(argv[2], std::atoi(argv[3]));
  if (is("sources", 2)) return Sources(std::atoi(argv[2]), std::atoi(argv[3]));
  std::fprintf(stderr, "zhian_bench_tracing generate EDGES FOLDER | limit FOLDER PASSES | sources NETWORKS EACH\n");
  return 2;
}
