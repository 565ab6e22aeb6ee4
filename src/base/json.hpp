// JSON from outside, bounded; and RFC 8785 canonical JSON for what is hashed. Stateless; safe from any thread.
#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zhian::base {

struct JsonLimits {
  std::size_t bytes_max = 16 * 1024 * 1024;
  std::size_t depth_max = 64;
};

// Refuses what Boost.JSON alone would take: duplicate keys, numbers beyond double (1e400), bytes after the value, NUL
// in strings, invalid UTF-8, nesting beyond the limit. Errors: kInvalid with the offset, kTooLarge. `storage`: where
// the value lies; the heap by default.
Result<boost::json::value> ParseJson(std::string_view text, const JsonLimits& limits = {},
                                     boost::json::storage_ptr storage = {});

// RFC 8785 (JCS): keys by UTF-16 code units, ECMAScript numbers, minimal escapes. REQUIRES: all numbers are finite.
std::string CanonicalJson(const boost::json::value& value);
// One scalar or string of it, for who writes an object key by key.
void AppendCanonical(std::string& out, std::string_view text);
void AppendCanonical(std::string& out, double number);

}  // namespace zhian::base
