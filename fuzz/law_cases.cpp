// Cases of law: any text is read or refused with a fault that names a line; what is read has what the runner relies on.
#include <cstdlib>

#include "fuzz.hpp"
#include "procedure/case_file.hpp"

void Fuzz(std::string_view bytes) {
  const auto cases = zhian::procedure::ReadCases(bytes, "x");
  if (!cases.ok()) {
    if (cases.error().message.Text().empty()) std::abort();
    return;
  }
  for (const auto& one : *cases)
    if ((one.guard == nullptr) == (one.duty == nullptr) || one.step == nullptr || one.matter.kind == nullptr ||
        one.says.empty() || one.by.empty())
      std::abort();
}
