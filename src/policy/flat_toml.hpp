// Flat TOML: scalars at the top and lists of tables of scalars, which is all that a policy pack is made of. Its
// plainest spelling is read by a reader of our own, for a start waits for the pack; whatever that does not know is left
// to the TOML library, so every TOML file is taken and both say the same (tested on the shipped pack). Pure; safe from
// any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace zhian::policy {

// Keys in the order of the file; values that are no scalars are left out. Texts stand in the FlatToml that the table is
// of.
struct FlatTable {
  using Scalar = std::variant<std::string_view, bool, std::int64_t>;
  std::vector<std::pair<std::string_view, Scalar>> fields;

  [[nodiscard]] std::string_view Text(std::string_view key) const;  // "" where there is none
  [[nodiscard]] bool Flag(std::string_view key, bool otherwise) const;
  [[nodiscard]] std::optional<std::int64_t> Integer(std::string_view key) const;
  bool operator==(const FlatTable&) const = default;
};

// Moved, never copied: its tables look into its texts.
struct FlatToml {
  FlatTable top;
  std::map<std::string_view, std::vector<FlatTable>> lists;
  std::deque<std::string> texts;

  FlatToml() = default;
  FlatToml(FlatToml&&) = default;
  FlatToml& operator=(FlatToml&&) = default;
  bool operator==(const FlatToml& other) const { return top == other.top && lists == other.lists; }
};

// kInvalid with the line.
Result<FlatToml> ReadFlatToml(std::string_view text);
// The same by the library alone.
Result<FlatToml> ReadAnyToml(std::string_view text);
// Our own reader: nullopt where the text is not spelled plainly, which is no fault.
std::optional<FlatToml> ReadPlainToml(std::string_view text);

}  // namespace zhian::policy
