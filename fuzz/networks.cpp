// The tables of trace-network and trace-sources, several in one input with a line "#" between, and FoodChain-Lab's
// forms of them: what is read is traced and ranked.
#include <cstdlib>

#include "engines/tracing/network_fcl.hpp"
#include "engines/tracing/sources.hpp"
#include "fuzz.hpp"

using namespace zhian;

void Fuzz(std::string_view bytes) {
  const std::string_view whole = bytes;
  std::string_view tables[3];
  for (auto& table : tables) {
    const std::size_t end = std::min(bytes.find('#'), bytes.size());
    table = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  for (const auto& network : {tracing::ReadDeliveryNetwork(tables[0], tables[1], tables[2]),
                              tracing::ReadFclSheets(tables[0], tables[1], tables[2]), tracing::ReadFclJson(whole)})
    if (network.ok())
      if (const auto traces = tracing::TraceNetwork(*network);
          traces.ok() && traces->stations.size() != network->stations.size())
        std::abort();
  const auto supply = tracing::ReadSupplyNetwork(tables[0]);
  if (!supply.ok()) return;
  const auto cases = tracing::ReadCases(tables[1], *supply);
  const auto priors = tracing::ReadPriors(tables[2], *supply);
  if (!cases.ok()) return;
  const tracing::SupplyWalk walk(*supply);
  const auto answer = tracing::FindSources(
      *supply, walk, *cases, {.priors = priors.ok() ? std::span<const double>(*priors) : std::span<const double>()});
  if (!answer.ok()) return;
  if (!(answer->noise >= .001 - 1e-12 && answer->noise <= .5 + 1e-12) || answer->suspects.empty()) std::abort();
  for (const auto& evidence : tracing::NextEvidence(*supply, walk, *cases, *answer))
    if (!(evidence.expected_bits >= 0)) std::abort();
}
