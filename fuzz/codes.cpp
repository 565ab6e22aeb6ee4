// Codes with check digits, dates and instants: what is accepted is accepted again in its normal form, and stays the
// same.
#include <cstdlib>

#include "base/identifiers.hpp"
#include "base/time.hpp"
#include "fuzz.hpp"

void Fuzz(std::string_view bytes) {
  using namespace zhian::base;
  for (const auto parse :
       {&ParseCreditCode, &ParseLicenceNumber, &ParseGtin, &ParseGln, &ParseSscc, &ParseIdentityNumber}) {
    const auto code = parse(bytes);
    if (!code.ok()) continue;
    const auto again = parse(*code);
    if (!again.ok() || *again != *code) std::abort();
  }
  if (const auto date = ParseDate(bytes); date.ok())
    if (const auto again = ParseDate(FormatDate(*date)); !again.ok() || again->days != date->days) std::abort();
  if (const auto at = ParseInstant(bytes); at.ok())
    if (const auto again = ParseInstant(FormatInstant(*at)); !again.ok() || again->ms != at->ms) std::abort();
}
