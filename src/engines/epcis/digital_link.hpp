// GS1 application identifiers: element strings ("^01…10…", "(01)…(10)…") and Digital Links are two ways to write the
// same list. The table says for each identifier its format, check digit and dates, and whether a link may carry it (GS1
// General Specifications; GS1 Digital Link 1.1). Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace zhian::epcis {

using Elements = std::vector<std::pair<std::string, std::string>>;  // (application identifier, value), in order

struct LinkOptions {
  bool zero_suppressed_gtin = false;  // GTINs of 8, 12 and 13 digits
  bool short_names = false;           // "/gtin/…/lot/…"
  bool unknown_identifiers = false;   // keep numeric attributes that no table knows
};

// Errors (kInvalid): what, where, the mend.
Result<Elements> ParseLink(std::string_view uri, const LinkOptions& options = {});
// The key is the first element that can be one; its qualifiers follow in the path, all else in the query.
Result<std::string> BuildLink(const Elements& elements, std::string_view stem = {}, const LinkOptions& options = {});

// "(01)12312312312333(10)ABC": "\(" is a bracket of the value.
Result<Elements> ParseBracketed(std::string_view text, const LinkOptions& options = {});
// "^0112312312312333" with ^ or GS (0x1D) for FNC1.
Result<Elements> ParseElementString(std::string_view text);
std::string ElementString(const Elements& elements);
std::string Bracketed(const Elements& elements);

// One value against the format of its identifier.
Status CheckElement(std::string_view ai, std::string_view value);

}  // namespace zhian::epcis
