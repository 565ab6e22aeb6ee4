// Source finding: which of the places where goods enter a network is the likeliest source of an outbreak, given where
// its cases were. Four methods side by side: the absorbing random walk with a noise floor (Horn & Friedrich 2019;
// ∏[(1−ε)A + ε/number of outlets], ε estimated from the cases), the walk without one, effective distance (Manitz et al.
// 2014), sales likelihood (Kaufman et al. 2014). Pure and deterministic; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace zhian::tracing {

using PlaceIndex = std::uint32_t;
struct SupplyEdge {
  PlaceIndex from, to;
  double amount;
};
// Rows between the same two places are added up; what a place sends to itself, and amounts of nothing, are left out.
struct SupplyNetwork {
  std::vector<std::string> places;
  std::vector<SupplyEdge> edges;
};
struct CaseCount {
  PlaceIndex place;
  double count;
};

// CSV with named columns: from, to, amount; place, count; place, prior. Errors name table, row and column.
Result<SupplyNetwork> ReadSupplyNetwork(std::string_view bytes);
Result<std::vector<CaseCount>> ReadCases(std::string_view bytes, const SupplyNetwork& network);
Result<std::vector<double>> ReadPriors(std::string_view bytes, const SupplyNetwork& network);

// Where goods that set out somewhere end: transition shares p = amount ÷ all that leaves, on any network, cycles
// included.
class SupplyWalk {
 public:
  explicit SupplyWalk(const SupplyNetwork& network);
  [[nodiscard]] std::span<const PlaceIndex> candidates() const { return candidates_; }  // nothing goes to them
  [[nodiscard]] std::span<const PlaceIndex> outlets() const { return outlets_; }        // nothing leaves them
  [[nodiscard]] bool is_outlet(PlaceIndex place) const { return offsets_[place] == offsets_[place + 1]; }
  // For every place, how often goods that set out there are expected to come to `target`; of an outlet, the probability
  // that they end there. O(edges), plus the cube of the size of each part of the network that goods can flow round in,
  // up to kSolvedExactly places; a larger one is solved by iteration to a relative error of 1e-13.
  [[nodiscard]] std::vector<double> VisitsTo(PlaceIndex target) const;
  struct Share {
    PlaceIndex to;
    double share;
  };
  [[nodiscard]] std::span<const Share> onward(PlaceIndex place) const {
    return {shares_.data() + offsets_[place], offsets_[place + 1] - offsets_[place]};
  }

 private:
  static constexpr std::size_t kSolvedExactly = 600;
  struct Part {  // a strongly connected part with more than one place, factorised
    std::vector<PlaceIndex> places;
    std::vector<double> eliminated;  // row after row; empty: solved by iteration
    std::vector<double> pivots;
    bool closed = false;  // nothing leaves it: what comes in never ends anywhere
  };
  std::vector<std::uint32_t> offsets_;
  std::vector<Share> shares_;
  std::vector<PlaceIndex> candidates_, outlets_;
  std::vector<std::pair<PlaceIndex, std::uint32_t>>
      order_;  // places from the ends on; or kPart and the number of a part
  std::vector<Part> parts_;
  std::vector<std::uint32_t> part_of_;
};

struct RankedSource {
  PlaceIndex place;
  double score;  // log likelihood; of effective distance: the mean distance to the cases
  std::optional<double> probability;
};
struct Evidence {
  PlaceIndex place;      // ask here from whom it received what its cases ate
  double expected_bits;  // by how much the answer is expected to lessen the doubt about the source
};
struct SourceOptions {
  std::span<const double> priors;  // of every place of the network; empty: all candidates alike
  std::optional<double> noise;     // known beforehand; otherwise estimated
  double noise_min = .001, noise_max = .5;
  double mass = .9;        // of the set of suspects
  bool only_walk = false;  // for measuring: the first two methods alone
};
struct SourceAnswer {
  double noise = 0;
  std::vector<RankedSource> walk_noise_floor, walk, effective_distance, sales_likelihood;  // best first, ties by id
  std::vector<PlaceIndex> suspects;  // the shortest prefix of walk_noise_floor with this mass
};
// kInvalid: no cases, no candidates, priors that are nothing; kTooLarge beyond what can be computed at once.
Result<SourceAnswer> FindSources(const SupplyNetwork& network, const SupplyWalk& walk, std::span<const CaseCount> cases,
                                 const SourceOptions& options = {});
// The places with cases, the most telling first: whose delivery records are expected to separate the suspects best.
std::vector<Evidence> NextEvidence(const SupplyNetwork& network, const SupplyWalk& walk,
                                   std::span<const CaseCount> cases, const SourceAnswer& answer, std::size_t most = 10);

// How far the answers can be trusted on this very network: outbreaks are made on it (a source by its prior, each case
// where the walk ends, or anywhere with the probability `noise`) and looked for as the real one is.
struct Calibration {
  int outbreaks = 0;       // 0: too large to be tried
  int held = 0, top1 = 0;  // the set of suspects held the source; the first of the ranking was it
  double suspects = 0;     // mean size of the set
  double stated = 0;       // mean probability that the sets stated
};
struct CalibrationOptions {
  int outbreaks = 200;     // at most; fewer where the network is large, none where it would be fewer than 20
  double noise = .05;      // with which they are made; finding estimates it again
  std::uint64_t seed = 1;  // the same seed makes the same outbreaks
  double mass = .9;
};
Calibration Calibrate(const SupplyNetwork& network, const SupplyWalk& walk, int cases, std::span<const double> priors,
                      const CalibrationOptions& options);

}  // namespace zhian::tracing
