// EPCIS documents from outside, JSON-LD or XML: every event that is read can be judged, hashed and named; a second reading agrees.
#include <cstdlib>

#include "engines/epcis/hash.hpp"
#include "engines/epcis/validate.hpp"
#include "fuzz.hpp"

void Fuzz(std::string_view bytes) {
  using namespace zhian::epcis;
  const Limits limits{.event_bytes_max = 64 * 1024, .header_bytes_max = 64 * 1024, .depth_max = 24};
  const auto read = ReadAll(bytes, limits), again = ReadAll(bytes, limits);
  if (read.ok() != again.ok()) std::abort();
  if (!read.ok()) return;
  for (std::size_t i = 0; i < read->events.size(); ++i) {
    (void)Validate(read->events[i]);
    if (EventHash(read->events[i]) != EventHash(again->events[i])) std::abort();
  }
}
