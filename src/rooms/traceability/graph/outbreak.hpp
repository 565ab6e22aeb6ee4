// Source finding 溯源排查 on what was captured: who supplied whom in a time, as one network of operators, and the four
// methods of engines/tracing on it. Where goods stay (sold, eaten, in stock) they end: each place of retail and each
// place with cases has an end of its own for what came in and did not go on. Reads only; a Connection belongs to one
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "engines/tracing/sources.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

inline constexpr std::size_t kCasePlacesMax = 500, kSupplyEdgesMax = 200'000;
inline constexpr std::int64_t kSupplyMovementsMax = 1'000'000;

struct SupplyQuestion {
  base::Instant from, to;           // of the movements; what bears no time counts
  std::string product;              // part of the name of the goods; "": all
  std::vector<std::string> retail;  // operators that end goods besides the retail ones: those with cases
};
struct SupplyPlace {
  std::string id, name, type;  // id: of the operator; of who is not on file the identifier of the place
  bool on_file = false;
  tracing::PlaceIndex end = 0;  // where its goods end; itself where nothing ends
};
struct Supply {
  tracing::SupplyNetwork network;   // amounts in kilograms
  std::vector<SupplyPlace> places;  // the first places of the network; the ends follow
  std::int64_t movements = 0;       // that are counted in it
  std::int64_t not_mass = 0;        // left out: their unit is none of mass
  bool cut = false;                 // only the newest kSupplyMovementsMax, or the first kSupplyEdgesMax pairs
  [[nodiscard]] const SupplyPlace& of(tracing::PlaceIndex place) const { return places[owner[place]]; }
  std::vector<std::uint32_t> owner;  // of each place of the network: its entry in `places`
};
Result<Supply> ReadSupply(storage::Connection& db, const SupplyQuestion& question);

}  // namespace zhian::traceability
