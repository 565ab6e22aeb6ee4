// JSON from outside: what is accepted has one canonical form, which is accepted again as the same.
#include "base/json.hpp"

#include <cstdlib>

#include "fuzz.hpp"

void Fuzz(std::string_view bytes) {
  const auto value = zhian::base::ParseJson(bytes);
  if (!value.ok()) return;
  const std::string canonical = zhian::base::CanonicalJson(*value);
  const auto again = zhian::base::ParseJson(canonical);
  if (!again.ok() || zhian::base::CanonicalJson(*again) != canonical) std::abort();
}
