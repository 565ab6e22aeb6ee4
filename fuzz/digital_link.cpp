// Digital Links, element strings and EPC URNs: what is taken can be written again, and means the same.
#include "engines/epcis/digital_link.hpp"

#include <cstdlib>

#include "engines/epcis/identifiers.hpp"
#include "fuzz.hpp"

void Fuzz(std::string_view bytes) {
  using namespace zhian::epcis;
  if (const std::string name = CanonicalId(bytes); CanonicalId(name) != name) std::abort();
  if (const auto link = ParseLink(bytes); link.ok()) {
    const auto uri = BuildLink(*link);
    if (!uri.ok() || !ParseLink(*uri).ok()) std::abort();
  }
  for (const auto& elements : {ParseElementString(bytes), ParseBracketed(bytes)}) {
    if (!elements.ok()) continue;
    const auto again = ParseElementString(ElementString(*elements));
    if (!again.ok() || *again != *elements) std::abort();
  }
}
