#include <algorithm>
#include <random>

#include "engines/tracing/sources.hpp"

namespace zhian::tracing {

namespace {

constexpr double kWork = 4e8;              // visits of edges that one calibration may cost: some seconds
constexpr std::size_t kCells = 5'000'000;  // candidates × outlets that are kept at once

// Where goods of each candidate end, as running sums over the outlets.
std::vector<double> EndsOf(const SupplyWalk& walk) {
  const auto candidates = walk.candidates();
  const auto outlets = walk.outlets();
  std::vector<double> ends(candidates.size() * outlets.size(), 0);
  for (std::size_t o = 0; o < outlets.size(); ++o) {
    const std::vector<double> visits = walk.VisitsTo(outlets[o]);
    for (std::size_t s = 0; s < candidates.size(); ++s) ends[s * outlets.size() + o] = visits[candidates[s]];
  }
  for (std::size_t s = 0; s < candidates.size(); ++s)
    for (std::size_t o = 1; o < outlets.size(); ++o) ends[s * outlets.size() + o] += ends[s * outlets.size() + o - 1];
  return ends;
}

}  // namespace

Calibration Calibrate(const SupplyNetwork& network, const SupplyWalk& walk, int cases, std::span<const double> priors,
                      const CalibrationOptions& options) {
  Calibration result;
  const auto candidates = walk.candidates();
  const auto outlets = walk.outlets();
  if (candidates.empty() || outlets.empty() || cases <= 0 || candidates.size() * outlets.size() > kCells) return result;
  const double edges = static_cast<double>(network.edges.size() + network.places.size());
  const double once = static_cast<double>(outlets.size()) * edges;  // the ends
  const double each = std::min(static_cast<double>(cases), static_cast<double>(outlets.size())) * edges +
                      80.0 * static_cast<double>(candidates.size()) * cases;
  const int outbreaks =
      std::min(options.outbreaks, static_cast<int>(std::clamp((kWork - once) / std::max(each, 1.0), 0.0, 1e6)));
  constexpr int kFewest = 20;
  if (outbreaks < kFewest) return result;
  const std::vector<double> ends = EndsOf(walk);
  std::mt19937_64 random(options.seed);
  // Not <random>'s distributions: their results differ from one library to another, and these are shown.
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  std::vector<double> weights;
  double whole = 0;
  for (const PlaceIndex s : candidates) weights.push_back(whole += priors.empty() ? 1 : std::max(0.0, priors[s]));
  if (whole <= 0) return result;
  for (int i = 0; i < outbreaks; ++i) {
    const auto source = static_cast<std::size_t>(
        std::upper_bound(weights.begin(), weights.end() - 1, uniform() * whole) - weights.begin());
    const auto row = ends.begin() + static_cast<std::ptrdiff_t>(source * outlets.size());
    const double reach = *(row + static_cast<std::ptrdiff_t>(outlets.size()) - 1);
    std::vector<CaseCount> made;
    for (int c = 0; c < cases; ++c) {
      std::size_t o;
      if (reach <= 0 || uniform() < options.noise)
        o = std::min(static_cast<std::size_t>(uniform() * static_cast<double>(outlets.size())), outlets.size() - 1);
      else
        o = static_cast<std::size_t>(
            std::upper_bound(row, row + static_cast<std::ptrdiff_t>(outlets.size()) - 1, uniform() * reach) - row);
      made.push_back({outlets[o], 1});
    }
    const auto answer =
        FindSources(network, walk, made, {.priors = priors, .noise = {}, .mass = options.mass, .only_walk = true});
    if (!answer.ok()) continue;
    ++result.outbreaks;
    result.top1 += answer->walk_noise_floor.front().place == candidates[source] ? 1 : 0;
    result.held +=
        std::find(answer->suspects.begin(), answer->suspects.end(), candidates[source]) != answer->suspects.end() ? 1
                                                                                                                  : 0;
    result.suspects += static_cast<double>(answer->suspects.size());
    for (const PlaceIndex suspect : answer->suspects)
      for (const RankedSource& ranked : answer->walk_noise_floor)
        if (ranked.place == suspect) result.stated += ranked.probability.value_or(0);
  }
  result.suspects /= std::max(result.outbreaks, 1);
  result.stated /= std::max(result.outbreaks, 1);
  return result;
}

}  // namespace zhian::tracing
