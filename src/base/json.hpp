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

// What a column of ours holds; the object that it holds. What does not parse, or is no object, is kCorrupt and names
// the table and the key of the row: taken for an empty object, it would say that nothing was ever entered.
Result<boost::json::value> ParseStored(std::string_view text, std::string_view table, std::string_view key);
Result<boost::json::object> ParseStoredObject(std::string_view text, std::string_view table, std::string_view key);

// A member of an object that came from outside, or from a column: nullptr (or "") where it is absent or of another
// kind. Boost's own as_object(), as_array(), as_string() and at() throw there: they are for what this program made
// itself.
const boost::json::object* ObjectAt(const boost::json::object& object, std::string_view name);
const boost::json::array* ArrayAt(const boost::json::object& object, std::string_view name);
std::string_view TextAt(const boost::json::object& object, std::string_view name);
double NumberAt(const boost::json::object& object, std::string_view name);  // 0 where there is none
bool TruthAt(const boost::json::object& object, std::string_view name);     // false where there is none
// A text value itself; "" where it is none.
std::string_view TextOf(const boost::json::value& value);

// RFC 8785 (JCS): keys by UTF-16 code units, ECMAScript numbers, minimal escapes. REQUIRES: all numbers are finite.
std::string CanonicalJson(const boost::json::value& value);
// One scalar or string of it, for who writes an object key by key.
void AppendCanonical(std::string& out, std::string_view text);
void AppendCanonical(std::string& out, double number);

}  // namespace zhian::base
