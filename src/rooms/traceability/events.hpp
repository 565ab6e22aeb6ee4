// The events as they were captured: stored whole, found by what they name. Functions run on the caller's connection and have no
// state of their own.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engines/epcis/event.hpp"

namespace zhian::traceability {

// The event with the namespaces of its prefixes: what is kept, and what answers hold.
boost::json::object StoredForm(const epcis::Event& event);
// (field, canonical value) of what queries look for: identifiers, words, "type value" of transactions, sources, destinations.
std::vector<std::pair<std::string, std::string>> IndexedValues(const epcis::Event& event);

}  // namespace zhian::traceability
