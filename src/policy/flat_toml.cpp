#include "policy/flat_toml.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "base/toml.hpp"

namespace zhian::policy {
namespace {

constexpr std::size_t kNumberMax = 15;  // digits that need no thought about their limits

const FlatTable::Scalar* Find(const FlatTable& table, std::string_view key) {
  for (const auto& [name, value] : table.fields)
    if (name == key) return &value;
  return nullptr;
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}
bool IsKey(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}
bool NothingOrComment(std::string_view rest) {
  rest = TrimBlanks(rest);
  return rest.empty() || rest.front() == '#';
}

std::optional<FlatTable::Scalar> PlainValue(std::string_view text) {
  if (text.starts_with('"')) {
    const auto end = text.find('"', 1);
    if (end == std::string_view::npos || !NothingOrComment(text.substr(end + 1))) return std::nullopt;
    const std::string_view inside = text.substr(1, end - 1);
    if (inside.find('\\') != std::string_view::npos) return std::nullopt;
    return inside;
  }
  const std::string_view word = TrimBlanks(text.substr(0, text.find('#')));
  if (word == "true" || word == "false") return word == "true";
  if (word.empty() || word.size() > kNumberMax || (word.size() > 1 && word.front() == '0') ||
      word.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  std::int64_t number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

FlatTable Scalars(const toml::table& table, std::deque<std::string>& texts) {
  std::vector<std::pair<toml::source_position, std::pair<std::string_view, FlatTable::Scalar>>> found;
  const auto keep = [&texts](std::string_view text) { return std::string_view(texts.emplace_back(text)); };
  for (const auto& [key, node] : table) {
    const auto add = [&, name = key.str()](FlatTable::Scalar value) {
      found.push_back({node.source().begin, {keep(name), value}});
    };
    if (const auto* text = node.as_string())
      add(keep(text->get()));
    else if (const auto* flag = node.as_boolean())
      add(flag->get());
    else if (const auto* number = node.as_integer())
      add(number->get());
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  FlatTable flat;
  for (const auto& [position, field] : found) flat.fields.push_back(field);
  return flat;
}

}  // namespace

std::string_view FlatTable::Text(std::string_view key) const {
  const auto* value = Find(*this, key);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string_view>(value);
  return text == nullptr ? std::string_view{} : *text;
}
bool FlatTable::Flag(std::string_view key, bool otherwise) const {
  const auto* value = Find(*this, key);
  const auto* flag = value == nullptr ? nullptr : std::get_if<bool>(value);
  return flag == nullptr ? otherwise : *flag;
}
std::optional<std::int64_t> FlatTable::Integer(std::string_view key) const {
  const auto* value = Find(*this, key);
  const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::optional<FlatToml> ReadPlainToml(std::string_view text) {
  if (std::any_of(
          text.begin(), text.end(),
          [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f; }) ||
      !base::IsValidUtf8(text))
    return std::nullopt;
  FlatToml out;
  text = out.texts.emplace_back(text);
  FlatTable* table = &out.top;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = TrimBlanks(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (NothingOrComment(line)) continue;
    if (line.starts_with("[[")) {
      const auto close = line.find("]]");
      if (close == std::string_view::npos || !NothingOrComment(line.substr(close + 2))) return std::nullopt;
      const std::string_view name = line.substr(2, close - 2);
      if (!IsKey(name) || Find(out.top, name) != nullptr) return std::nullopt;
      auto& list = out.lists[name];
      table = &list.emplace_back();
      table->fields.reserve(12);
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = TrimBlanks(line.substr(0, equals));
    const auto value = PlainValue(TrimBlanks(line.substr(equals + 1)));
    if (!IsKey(key) || !value || Find(*table, key) != nullptr) return std::nullopt;
    table->fields.emplace_back(key, *value);
  }
  return out;
}

Result<FlatToml> ReadAnyToml(std::string_view text) {
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return MakeError(ErrorCode::kInvalid,
                     "line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
  }
  FlatToml out;
  out.top = Scalars(table, out.texts);
  for (const auto& [key, node] : table) {
    const auto* rows = node.as_array();
    if (rows == nullptr || !rows->is_homogeneous<toml::table>()) continue;
    auto& list = out.lists[out.texts.emplace_back(key.str())];
    for (const toml::node& row : *rows) list.push_back(Scalars(*row.as_table(), out.texts));
  }
  return out;
}

Result<FlatToml> ReadFlatToml(std::string_view text) {
  if (auto plain = ReadPlainToml(text)) return std::move(*plain);
  return ReadAnyToml(text);
}

}  // namespace zhian::policy
