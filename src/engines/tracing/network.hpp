// Delivery networks with the semantics of FoodChain-Lab: stations, deliveries, links from a delivery to those that were
// made of it, mixing, kill steps, weights and scores. A search that is done anew for each station and delivery, so that
// cycles lose nothing. Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace zhian::tracing {

// A date of which later parts may be missing; 0: missing.
struct PartialDate {
  int year = 0, month = 0, day = 0;
  friend bool operator==(const PartialDate&, const PartialDate&) = default;
};
// "", "2012", "2012-11", "2012-11-05". kInvalid.
Result<PartialDate> ParsePartialDate(std::string_view text);
// Part by part; at the first part that either lacks, the order is taken as possible.
bool MayBeNoLater(const PartialDate& first, const PartialDate& second);

struct Station {
  std::string id;
  double weight = 0;
  bool cross_contamination = false;  // whatever comes in may be in whatever leaves
  bool kill = false;                 // nothing flows through, nothing goes on from it
};
struct Delivery {
  std::string id;
  std::uint32_t from = 0, to = 0;  // stations
  PartialDate departure, arrival;
  double weight = 0;
  bool cross_contamination = false;  // shares the onward links of the others of this sort that came to the same station
  bool kill = false;                 // nothing goes on from it
};
struct DeliveryNetwork {
  std::vector<Station> stations;
  std::vector<Delivery> deliveries;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> links;  // of deliveries
};

// From the three tables (named columns; UTF-8 or GB18030). Errors name table, row and column.
Result<DeliveryNetwork> ReadDeliveryNetwork(std::string_view stations, std::string_view deliveries,
                                            std::string_view links);

struct NetworkTraceOptions {
  bool ignore_time =
      false;  // otherwise links that are inferred from mixing have to be in the order of time, as the dates are given
  std::size_t links_max = 50'000'000, listed_max = 50'000'000;
};
struct NetworkTrace {
  double score = 0;
  std::vector<std::uint32_t> forward, backward;  // deliveries, ascending; never the delivery itself
};
struct NetworkTraces {
  std::vector<NetworkTrace> stations, deliveries;
};
// Score of x: the weights of x and of all stations and deliveries reachable forward, each once, over the larger of the
// sums of all positive and of all negative weights; 0 where there are no weights. kTooLarge beyond the limits.
Result<NetworkTraces> TraceNetwork(const DeliveryNetwork& network, const NetworkTraceOptions& options = {});

}  // namespace zhian::tracing
