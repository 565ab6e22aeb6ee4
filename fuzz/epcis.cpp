// EPCIS documents from outside, JSON-LD or XML: every event that is read can be judged, hashed and named; a second
// reading agrees. What is written as XML is a document again; an event that came from XML, and is right, keeps its
// hash.
#include <cstdlib>

#include "engines/epcis/hash.hpp"
#include "engines/epcis/validate.hpp"
#include "engines/epcis/xml_writer.hpp"
#include "fuzz.hpp"

void Fuzz(std::string_view bytes) {
  using namespace zhian::epcis;
  const Limits limits{.event_bytes_max = 64 * 1024, .header_bytes_max = 64 * 1024, .depth_max = 24};
  const auto read = ReadAll(bytes, limits), again = ReadAll(bytes, limits);
  if (read.ok() != again.ok()) std::abort();
  if (!read.ok()) return;
  for (std::size_t i = 0; i < read->events.size(); ++i) {
    if (EventHash(read->events[i]) != EventHash(again->events[i])) std::abort();
    const bool right = Validate(read->events[i]).empty();
    const XmlEnvelope envelope{.creation_date = "2026-11-24T09:00:00Z",
                               .vocabularies = &read->document.vocabularies,
                               .namespaces = read->document.namespaces};
    const auto back = ReadAll(XmlHead(envelope) + EventXml(read->events[i]) + XmlTail(envelope));
    if (!back.ok()) std::abort();
    if (!right) continue;
    if (back->events.size() != 1) std::abort();
    if (!read->document.xml_version.empty() && EventHash(back->events.front()) != EventHash(read->events[i]))
      std::abort();
  }
}
