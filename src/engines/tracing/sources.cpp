#include "engines/tracing/sources.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <queue>
#include <unordered_map>

#include "engines/tracing/table.hpp"

namespace zhian::tracing {
namespace {

constexpr double kImpossible =
    std::numeric_limits<double>::lowest();  // the logarithm of nothing, as a number that can be written

double LogSum(const std::vector<double>& logs) {
  const double most = *std::max_element(logs.begin(), logs.end());
  if (most == kImpossible) return kImpossible;
  double sum = 0;
  for (const double log : logs) sum += log == kImpossible ? 0 : std::exp(log - most);
  return most + std::log(sum);
}

// Candidates × places with cases: the probability that what set out at the one ends at the other.
struct Absorbed {
  std::size_t candidates = 0;
  std::vector<CaseCount> cases;  // each place once
  std::vector<double> share;     // row after row
  [[nodiscard]] double at(std::size_t s, std::size_t o) const { return share[s * cases.size() + o]; }
};

std::vector<CaseCount> Merged(std::span<const CaseCount> cases) {
  std::vector<CaseCount> merged(cases.begin(), cases.end());
  std::sort(merged.begin(), merged.end(), [](const CaseCount& a, const CaseCount& b) { return a.place < b.place; });
  std::vector<CaseCount> once;
  for (const CaseCount& one : merged) {
    if (one.count <= 0) continue;
    if (!once.empty() && once.back().place == one.place)
      once.back().count += one.count;
    else
      once.push_back(one);
  }
  return once;
}

Absorbed Absorb(const SupplyWalk& walk, std::span<const CaseCount> cases) {
  Absorbed absorbed{.candidates = walk.candidates().size(), .cases = Merged(cases)};
  absorbed.share.assign(absorbed.candidates * absorbed.cases.size(), 0);
  for (std::size_t o = 0; o < absorbed.cases.size(); ++o) {
    if (!walk.is_outlet(absorbed.cases[o].place)) continue;  // nothing ends there
    const std::vector<double> visits = walk.VisitsTo(absorbed.cases[o].place);
    for (std::size_t s = 0; s < absorbed.candidates; ++s)
      absorbed.share[s * absorbed.cases.size() + o] = visits[walk.candidates()[s]];
  }
  return absorbed;
}

std::vector<double> LogLikelihoods(const Absorbed& absorbed, double noise, double outlets) {
  std::vector<double> logs(absorbed.candidates, 0);
  const double floor = noise / outlets;
  for (std::size_t s = 0; s < absorbed.candidates; ++s) {
    double sum = 0;
    for (std::size_t o = 0; o < absorbed.cases.size(); ++o) {
      const double likelihood = (1 - noise) * absorbed.at(s, o) + floor;
      if (likelihood <= 0) {
        sum = kImpossible;
        break;
      }
      sum += absorbed.cases[o].count * std::log(likelihood);
    }
    logs[s] = sum;
  }
  return logs;
}

std::vector<double> WithPriors(std::vector<double> logs, std::span<const double> log_priors) {
  for (std::size_t s = 0; s < logs.size(); ++s)
    logs[s] = logs[s] == kImpossible || log_priors[s] == kImpossible ? kImpossible : logs[s] + log_priors[s];
  return logs;
}

// The noise under which the cases as a whole are likeliest, whichever candidate is the source: a grid, then golden
// sections.
double EstimateNoise(const Absorbed& absorbed, double outlets, std::span<const double> log_priors, double least,
                     double most) {
  const auto evidence = [&](double noise) {
    return LogSum(WithPriors(LogLikelihoods(absorbed, noise, outlets), log_priors));
  };
  constexpr int kGrid = 24;
  const auto point = [&](int i) { return least * std::pow(most / least, static_cast<double>(i) / kGrid); };
  int best = 0;
  double best_value = evidence(point(0));
  for (int i = 1; i <= kGrid; ++i)
    if (const double value = evidence(point(i)); value > best_value) {
      best = i;
      best_value = value;
    }
  double low = point(std::max(best - 1, 0)), high = point(std::min(best + 1, kGrid));
  const double golden = (std::sqrt(5.0) - 1) / 2;
  double a = high - golden * (high - low), b = low + golden * (high - low), at_a = evidence(a), at_b = evidence(b);
  for (int i = 0; i < 24; ++i) {
    if (at_a >= at_b) {
      high = b, b = a, at_b = at_a;
      a = high - golden * (high - low), at_a = evidence(a);
    } else {
      low = a, a = b, at_a = at_b;
      b = low + golden * (high - low), at_b = evidence(b);
    }
  }
  const double inside = at_a >= at_b ? a : b;
  return std::max(at_a, at_b) > best_value ? inside : point(best);
}

using Order = bool (*)(double, double);
std::vector<RankedSource> Ranked(const SupplyNetwork& network, const SupplyWalk& walk, std::span<const double> scores,
                                 std::span<const double> weights, Order better) {
  std::vector<RankedSource> ranked;
  const double whole = weights.empty() ? kImpossible : LogSum({weights.begin(), weights.end()});
  for (std::size_t s = 0; s < scores.size(); ++s) {
    std::optional<double> probability;
    if (whole != kImpossible) probability = weights[s] == kImpossible ? 0 : std::exp(weights[s] - whole);
    ranked.push_back({walk.candidates()[s], scores[s], probability});
  }
  std::sort(ranked.begin(), ranked.end(), [&](const RankedSource& a, const RankedSource& b) {
    return a.score != b.score ? better(a.score, b.score) : network.places[a.place] < network.places[b.place];
  });
  return ranked;
}
bool More(double a, double b) { return a > b; }
bool Less(double a, double b) { return a < b; }

// Mean over the cases of the shortest distance Σ(1 − ln p). A case that cannot be reached counts as one step beyond the
// farthest.
std::vector<double> EffectiveDistances(const SupplyWalk& walk, const Absorbed& absorbed, std::size_t places) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  std::vector<double> all(absorbed.candidates * absorbed.cases.size(), kFar), distance(places);
  double farthest = 0;
  for (std::size_t s = 0; s < absorbed.candidates; ++s) {
    std::fill(distance.begin(), distance.end(), kFar);
    std::priority_queue<std::pair<double, PlaceIndex>, std::vector<std::pair<double, PlaceIndex>>, std::greater<>>
        queue;
    distance[walk.candidates()[s]] = 0;
    queue.emplace(0, walk.candidates()[s]);
    while (!queue.empty()) {
      const auto [d, v] = queue.top();
      queue.pop();
      if (d > distance[v]) continue;
      for (const auto& share : walk.onward(v))
        if (const double further = d + 1 - std::log(share.share); further < distance[share.to]) {
          distance[share.to] = further;
          queue.emplace(further, share.to);
        }
    }
    for (std::size_t o = 0; o < absorbed.cases.size(); ++o) {
      const double d = distance[absorbed.cases[o].place];
      all[s * absorbed.cases.size() + o] = d;
      if (d < kFar) farthest = std::max(farthest, d);
    }
  }
  std::vector<double> means;
  for (std::size_t s = 0; s < absorbed.candidates; ++s) {
    double sum = 0, count = 0;
    for (std::size_t o = 0; o < absorbed.cases.size(); ++o) {
      sum += absorbed.cases[o].count * std::min(all[s * absorbed.cases.size() + o], farthest + 1);
      count += absorbed.cases[o].count;
    }
    means.push_back(sum / count);
  }
  return means;
}

}  // namespace

Result<SupplyNetwork> ReadSupplyNetwork(std::string_view bytes) {
  ZHIAN_ASSIGN(const NamedTable table, NamedTable::Read("network", bytes, {{"from"}, {"to"}, {"amount"}}, 5'000'000));
  SupplyNetwork network;
  std::unordered_map<std::string, PlaceIndex> index;
  for (std::size_t row = 0; row < table.size(); ++row) {
    PlaceIndex ends[2];
    for (std::size_t end = 0; end < 2; ++end) {
      const std::string& id = table.cell(row, end);
      if (id.empty()) return table.At(row, end, "不能为空");
      const auto [at, is_new] = index.try_emplace(id, static_cast<PlaceIndex>(network.places.size()));
      if (is_new) network.places.push_back(id);
      ends[end] = at->second;
    }
    if (table.cell(row, 2).empty()) return table.At(row, 2, "不能为空");
    ZHIAN_ASSIGN(const double amount, table.Number(row, 2, 0, 0));
    network.edges.push_back({ends[0], ends[1], amount});
  }
  return network;
}

namespace {
// place and a number, by the names of the network.
template <class See>
Status ReadOfPlaces(std::string_view name, std::string_view column, std::string_view bytes,
                    const SupplyNetwork& network, See&& see) {
  ZHIAN_ASSIGN(const NamedTable table, NamedTable::Read(name, bytes, {{"place"}, {column}}));
  std::unordered_map<std::string_view, PlaceIndex> index;
  for (PlaceIndex i = 0; i < network.places.size(); ++i) index[network.places[i]] = i;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const auto at = index.find(table.cell(row, 0));
    if (at == index.end()) return table.At(row, 0, Say("供应网络中没有 {}；请核对或补上其供货", table.cell(row, 0)));
    if (table.cell(row, 1).empty()) return table.At(row, 1, "不能为空");
    ZHIAN_ASSIGN(const double value, table.Number(row, 1, 0, 0));
    if (const auto wrong = see(at->second, value); wrong) return table.At(row, 1, *wrong);
  }
  return Ok();
}
}  // namespace

Result<std::vector<CaseCount>> ReadCases(std::string_view bytes, const SupplyNetwork& network) {
  std::vector<CaseCount> cases;
  ZHIAN_TRY(
      ReadOfPlaces("cases", "count", bytes, network, [&](PlaceIndex place, double count) -> std::optional<Message> {
        if (count != std::floor(count) || count > 1e9) return Message("须是整数");
        cases.push_back({place, count});
        return std::nullopt;
      }));
  return cases;
}

Result<std::vector<double>> ReadPriors(std::string_view bytes, const SupplyNetwork& network) {
  std::vector<double> priors(network.places.size(), 0);
  ZHIAN_TRY(
      ReadOfPlaces("priors", "prior", bytes, network, [&](PlaceIndex place, double prior) -> std::optional<Message> {
        priors[place] += prior;
        return std::nullopt;
      }));
  return priors;
}

Result<SourceAnswer> FindSources(const SupplyNetwork& network, const SupplyWalk& walk, std::span<const CaseCount> cases,
                                 const SourceOptions& options) {
  constexpr std::size_t kMost = 20'000'000;
  const auto candidates = walk.candidates();
  if (candidates.empty()) return MakeError(ErrorCode::kInvalid, "供应网络没有起点：每个地点都有来货；请补上源头的供货");
  const std::vector<CaseCount> merged = Merged(cases);
  if (merged.empty()) return MakeError(ErrorCode::kInvalid, "没有病例；请填写病例所在地点与人数");
  if (candidates.size() * merged.size() > kMost)
    return MakeError(ErrorCode::kTooLarge, Say("候选来源与病例地点的组合超过 {}；请缩小供应网络", kMost));
  std::vector<double> log_priors;
  bool any_prior = false;
  for (const PlaceIndex s : candidates) {
    const double prior = options.priors.empty() ? 1 : options.priors[s];
    log_priors.push_back(prior > 0 ? std::log(prior) : kImpossible);
    any_prior = any_prior || prior > 0;
  }
  if (!any_prior) return MakeError(ErrorCode::kInvalid, "所有候选来源的先验都是零；请至少给一个大于零");

  const Absorbed absorbed = Absorb(walk, merged);
  const auto outlets = static_cast<double>(std::max<std::size_t>(walk.outlets().size(), 1));
  SourceAnswer answer;
  answer.noise = options.noise ? *options.noise
                               : EstimateNoise(absorbed, outlets, log_priors, options.noise_min, options.noise_max);
  const std::vector<double> with_floor = WithPriors(LogLikelihoods(absorbed, answer.noise, outlets), log_priors);
  answer.walk_noise_floor = Ranked(network, walk, with_floor, with_floor, More);
  double mass = 0;
  for (const RankedSource& source : answer.walk_noise_floor) {
    if (mass >= options.mass) break;
    answer.suspects.push_back(source.place);
    mass += source.probability.value_or(0);
  }
  const std::vector<double> plain = LogLikelihoods(absorbed, 0, outlets);
  const std::vector<double> plain_with_priors = WithPriors(plain, log_priors);
  answer.walk = Ranked(network, walk, plain_with_priors, plain_with_priors, More);
  if (options.only_walk) return answer;
  answer.effective_distance =
      Ranked(network, walk, EffectiveDistances(walk, absorbed, network.places.size()), {}, Less);
  answer.sales_likelihood = Ranked(network, walk, plain, plain, More);
  return answer;
}

std::vector<Evidence> NextEvidence(const SupplyNetwork& network, const SupplyWalk& walk,
                                   std::span<const CaseCount> cases, const SourceAnswer& answer, std::size_t most) {
  // Who supplies whom: what is asked for is the supplier's name on a delivery record of the place.
  std::vector<std::vector<SupplyWalk::Share>> suppliers(network.places.size());
  for (PlaceIndex v = 0; v < network.places.size(); ++v)
    for (const auto& share : walk.onward(v)) suppliers[share.to].push_back({v, share.share});
  const auto outlets = static_cast<double>(std::max<std::size_t>(walk.outlets().size(), 1));
  std::vector<std::vector<double>> visits(network.places.size());
  const auto bits = [](double p) { return p > 0 ? -p * std::log2(p) : 0; };
  double before = 0;
  for (const RankedSource& source : answer.walk_noise_floor) before += bits(source.probability.value_or(0));
  std::vector<Evidence> evidence;
  for (const CaseCount& one : Merged(cases)) {
    const auto& from = suppliers[one.place];
    if (from.size() < 2 || !walk.is_outlet(one.place)) continue;  // the answer is known
    // P(answer u | source s): by way of u if the case belongs to the outbreak, any supplier if it does not.
    const std::size_t sources = answer.walk_noise_floor.size();
    std::vector<double> joint(from.size() * sources, 0);
    for (std::size_t u = 0; u < from.size(); ++u)
      if (visits[from[u].to].empty()) visits[from[u].to] = walk.VisitsTo(from[u].to);
    for (std::size_t s = 0; s < sources; ++s) {
      const double posterior = answer.walk_noise_floor[s].probability.value_or(0);
      double absorbed = 0;
      for (const auto& supplier : from)
        absorbed += visits[supplier.to][answer.walk_noise_floor[s].place] * supplier.share;
      const double noise = answer.noise / outlets, whole = (1 - answer.noise) * absorbed + noise;
      for (std::size_t u = 0; u < from.size(); ++u) {
        const double way = (1 - answer.noise) * visits[from[u].to][answer.walk_noise_floor[s].place] * from[u].share;
        joint[u * sources + s] = posterior * (way + noise / static_cast<double>(from.size())) / whole;
      }
    }
    double after = 0;
    for (std::size_t u = 0; u < from.size(); ++u) {
      double answered = 0;
      for (std::size_t s = 0; s < sources; ++s) answered += joint[u * sources + s];
      if (answered <= 0) continue;
      for (std::size_t s = 0; s < sources; ++s) after += answered * bits(joint[u * sources + s] / answered);
    }
    evidence.push_back({one.place, std::max(before - after, 0.0)});
  }
  std::sort(evidence.begin(), evidence.end(), [&](const Evidence& a, const Evidence& b) {
    return a.expected_bits != b.expected_bits ? a.expected_bits > b.expected_bits
                                              : network.places[a.place] < network.places[b.place];
  });
  evidence.resize(std::min(most, evidence.size()));
  return evidence;
}

}  // namespace zhian::tracing
