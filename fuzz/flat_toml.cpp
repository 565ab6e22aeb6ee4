// Plain TOML: what our own reader takes, the TOML library takes too, and both read the same; what it leaves is the
// library's.
#include "policy/flat_toml.hpp"

#include <cstdlib>

#include "fuzz.hpp"

void Fuzz(std::string_view bytes) {
  const auto plain = zhian::policy::ReadPlainToml(bytes);
  const auto any = zhian::policy::ReadAnyToml(bytes);
  if (plain && (!any.ok() || !(*plain == *any))) std::abort();
  const auto read = zhian::policy::ReadFlatToml(bytes);
  if (read.ok() != any.ok() || (read.ok() && !(*read == *any))) std::abort();
}
