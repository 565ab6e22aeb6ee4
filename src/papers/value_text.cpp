// Values of declared fields as people read them: labels of choices, names for identifiers, money and quantities with
// their unit, rows of a table under the titles of their columns. Reads only.
#include "papers/value_text.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/shown.hpp"
#include "figures/figures.hpp"
#include "procedure/form.hpp"

namespace zhian::papers {
namespace json = boost::json;
using procedure::Field;

namespace {

bool IsIdentifier(std::string_view text) { return text.size() == 36 && text[8] == '-' && text[13] == '-'; }

// "1" is a class of recall where a class is asked for, and a number everywhere else.
bool IsChoice(std::string_view name, std::string_view option) {
  static const std::set<std::pair<std::string, std::string>> kChoices = [] {
    std::set<std::pair<std::string, std::string>> found;
    const auto look = [&](std::span<const Field> fields) {
      for (const Field& field : fields) {
        if (field.type == "choice")
          for (const auto& one : procedure::SplitArguments(field.args, '|')) found.emplace(field.name, one);
        if (field.type == "items")
          for (const auto& column : procedure::ColumnsOf(field))
            if (column.type == "choice")
              for (const auto& one : procedure::SplitArguments(column.arguments, '|')) found.emplace(column.name, one);
      }
    };
    for (const auto& kind : procedure::Kinds()) look(kind.fields);
    for (const auto& guard : procedure::Guards()) look(guard.fields);
    return found;
  }();
  return kChoices.contains({std::string(name), std::string(option)});
}

// 100000 is 100,000; what is no plain number stays as it is.
std::string Grouped(const std::string& number) {
  const std::size_t start = number.starts_with("-") ? 1 : 0, point = std::min(number.find('.'), number.size());
  if (point == start || number.substr(start).find_first_not_of("0123456789.") != std::string::npos) return number;
  std::string text = number;
  for (std::size_t at = point; at > start + 3;) text.insert(at -= 3, ",");
  return text;
}

}  // namespace

bool IsMoney(std::string_view name) {
  static const std::set<std::string, std::less<>> kMoney = [] {
    std::set<std::string, std::less<>> found;
    const auto look = [&](std::span<const Field> fields) {
      for (const auto& field : fields) {
        if (field.type == "money") found.emplace(field.name);
        if (field.type == "items")
          for (const auto& column : procedure::ColumnsOf(field))
            if (column.type == "money") found.insert(column.name);
      }
    };
    for (const auto& kind : procedure::Kinds()) look(kind.fields);
    for (const auto& guard : procedure::Guards()) look(guard.fields);
    return found;
  }();
  return kMoney.contains(name);
}

std::string NumberText(double number) {
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed, 2).ptr;
  std::string text(buffer, end);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string ChoiceText(std::string_view name, const std::string& option, Language language) {
  if (option.empty()) return {};
  const std::string own = "choice." + std::string(name) + "." + option;
  const bool number = option.find_first_not_of("0123456789.") == std::string::npos;
  return LabelText(own, number && !IsChoice(name, option) ? std::string() : "choice." + option, {}, language);
}

std::string CellText(std::string_view name, const json::value& value, Language language, const NameLookup& names) {
  if (value.is_null()) return {};
  if (value.is_bool()) return Message(value.get_bool() ? "是" : "否").In(language);
  if (value.is_double()) return NumberText(value.get_double());
  if (value.is_object()) {
    const json::object& object = value.get_object();
    if (object.contains("value") && object.size() == 1u + (object.contains("unit") ? 1u : 0u))
      return Grouped(procedure::ScalarText(object.if_contains("value"))) + " " +
             base::UnitSymbol(procedure::ScalarText(object.if_contains("unit")), language);
    std::string line;
    for (const auto& [key, cell] : object)
      if (const std::string part = CellText(std::string_view(key.data(), key.size()), cell, language, names);
          !part.empty())
        line += (line.empty() ? "" : " · ") + part;
    return line;
  }
  if (value.is_array()) {
    std::string text;
    for (const auto& one : value.get_array())
      if (const std::string part = CellText(name, one, language, names); !part.empty())
        text += (text.empty() ? "" : one.is_object() ? "\n" : language == Language::kEnglish ? ", " : "、") + part;
    return text;
  }
  const std::string raw = procedure::ScalarText(&value);
  if (IsIdentifier(raw)) return names.Anyone(raw);
  if (const std::string choice = ChoiceText(name, raw, language); !choice.empty()) return choice;
  if (IsMoney(name) && !raw.empty()) return Say("{} 元", Grouped(raw)).In(language);
  if (name == "figure")
    if (const auto* figure = figures::FindFigure(raw))
      return std::string(language == Language::kEnglish       ? figure->en
                         : language == Language::kTraditional ? figure->zh_hant
                                                              : figure->zh_hans);
  if (name == "unit" || name.ends_with("_unit")) return base::UnitSymbol(raw, language);
  if (name.ends_with("rule_id") || name == "rule" || name.ends_with("_rule")) return names.Rule(raw, language);
  return base::WithLotNumbers(raw);
}

std::string ValueText(const Field& field, const json::value& value, Language language, const NameLookup& names) {
  const std::string raw = procedure::ScalarText(&value);
  if (field.type == "choice" && !raw.empty())
    return LabelText("choice." + std::string(field.name) + "." + raw, "choice." + raw, raw, language);
  if (field.type == "operator") return names.Operator(raw);
  if (field.type == "account") return names.Account(raw);
  if (field.type == "jurisdiction") return names.Jurisdiction(raw);
  if (field.type == "bool") return Message(value.is_bool() && value.get_bool() ? "是" : "否").In(language);
  return CellText(field.name, value, language, names);
}

json::value ValueRows(const Field& field, const json::value& value, Language language, const NameLookup& names) {
  if (!value.is_array() || value.get_array().empty()) return nullptr;
  std::vector<std::string> keys;
  const auto add = [&](const std::string& key) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  };
  if (field.type == "items")
    for (const auto& column : procedure::ColumnsOf(field)) add(column.name);
  for (const auto& row : value.get_array()) {
    if (!row.is_object()) return nullptr;
    for (const auto& [key, cell] : row.get_object()) add(std::string(key));
  }
  // The register's own number of a thing, shown by its name, says nothing beside the name.
  if (std::find(keys.begin(), keys.end(), "name") != keys.end())
    std::erase_if(keys, [&](const std::string& key) {
      return key == "id" && std::all_of(value.get_array().begin(), value.get_array().end(), [&](const auto& row) {
               const auto *id = row.get_object().if_contains("id"), *name = row.get_object().if_contains("name");
               return id != nullptr && name != nullptr &&
                      CellText("id", *id, language, names) == CellText("name", *name, language, names);
             });
    });
  json::array columns, rows(value.get_array().size(), json::value(json::array{}));
  for (const auto& key : keys) {
    const std::string label = LabelText("column." + std::string(field.name) + "." + key, "field." + key, {}, language);
    std::vector<std::string> cells;
    for (const auto& row : value.get_array()) {
      const auto* cell = row.get_object().if_contains(key);
      cells.push_back(cell == nullptr ? std::string() : CellText(key, *cell, language, names));
    }
    // What nobody filled, and what the engine keeps for itself, has no column.
    if (label.empty() || std::all_of(cells.begin(), cells.end(), [](const auto& cell) { return cell.empty(); }))
      continue;
    columns.push_back(json::value(label));
    for (std::size_t i = 0; i < cells.size(); ++i) rows[i].as_array().push_back(json::value(cells[i]));
  }
  if (columns.size() < 2) return nullptr;  // one column needs no table
  return json::object{{"columns", std::move(columns)}, {"rows", std::move(rows)}};
}

}  // namespace zhian::papers
