// An event as it is kept, found and entered: what can be worked out of it alone, before the database is asked. Pure;
// safe from any thread.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "engines/epcis/event.hpp"
#include "engines/epcis/validate.hpp"

namespace zhian::traceability {

// The event with the namespaces of its prefixes: what is kept, and what answers hold.
boost::json::object StoredForm(const epcis::Event& event);

// (field, canonical value) of what queries look for: identifiers, words, "type value" of transactions, sources,
// destinations.
using IndexedValue = std::pair<std::string_view, std::string>;
std::vector<IndexedValue> IndexedValues(const epcis::Event& event);

// A quantity of one item; of an instance: one piece.
struct Quantity {
  std::string item, unit;
  double value = 0;
};

// All that the rows of an event are made of.
struct PreparedEvent {
  std::vector<epcis::Fault> faults;              // not empty: refused, and the rest is not filled in
  std::string id, hash, type, zone, raw;         // raw: the stored form as text
  std::int64_t event_time = 0, declared_at = 0;  // ms; declared_at 0: no error declaration
  std::vector<IndexedValue> values;
  std::string step, action, place, from, to,
      parent;                             // place: where the goods were seen; from, to: the places of the other sides
  std::vector<Quantity> inputs, outputs;  // outputs: of a transformation; all other goods are inputs
  std::string product, lot_no;            // as the event's master data say
};
// `ignored`: as epcis::EventHash. An event without an identifier gets its hash for one, in its stored form too.
PreparedEvent Prepare(epcis::Event event, const std::vector<std::string>& ignored, base::Instant now);

}  // namespace zhian::traceability
