// Flat TOML: scalars at the top and lists of tables of scalars, which is all that a policy pack is made of. Its plainest spelling is
// read by a reader of our own, for a start waits for the pack; whatever that does not know is left to the TOML library, so every TOML
// file is taken and both say the same (tested on the shipped pack). Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace zhian::policy {

// Keys in the order of the file; values that are no scalars are left out.
struct FlatTable {
  using Scalar = std::variant<std::string, bool, std::int64_t>;
  std::vector<std::pair<std::string, Scalar>> fields;

  [[nodiscard]] std::string Text(std::string_view key) const;  // "" where there is none
  [[nodiscard]] bool Flag(std::string_view key, bool otherwise) const;
  [[nodiscard]] std::optional<std::int64_t> Integer(std::string_view key) const;
  bool operator==(const FlatTable&) const = default;
};

struct FlatToml {
  FlatTable top;
  std::map<std::string, std::vector<FlatTable>, std::less<>> lists;
  bool operator==(const FlatToml&) const = default;
};

// kInvalid with the line.
Result<FlatToml> ReadFlatToml(std::string_view text);
// The same by the library alone.
Result<FlatToml> ReadAnyToml(std::string_view text);
// Our own reader: nullopt where the text is not spelled plainly, which is no fault.
std::optional<FlatToml> ReadPlainToml(std::string_view text);

}  // namespace zhian::policy
