#include "procedure/form.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/identifiers.hpp"
#include "base/text.hpp"

namespace zhian::procedure {
namespace json = boost::json;
namespace {

std::string Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

bool IsBlank(const json::value& value) {
  if (value.is_null()) return true;
  if (value.is_string()) return Trim(value.get_string()).empty();
  if (value.is_array()) return value.get_array().empty();
  if (value.is_object()) {
    const auto* inner = value.get_object().if_contains("value");
    return value.get_object().empty() || (inner != nullptr && IsBlank(*inner));
  }
  return false;
}

// A decimal with at most 12 digits before and 6 after the point: fits an exact quantity in millionths.
bool IsDecimal(std::string_view text, bool whole) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  const auto point = text.find('.');
  const std::string_view left = text.substr(0, point);
  const std::string_view right = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  const auto digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  };
  if (left.empty() || left.size() > 12 || !digits(left)) return false;
  if (point == std::string_view::npos) return true;
  return !whole && !right.empty() && right.size() <= 6 && digits(right);
}

Message CheckText(json::value& value, std::size_t bytes_max, const Label& label) {
  if (!value.is_string()) return Say("用文字填写{}", label);
  if (!base::IsValidUtf8(value.get_string())) return Say("{}含有无法识别的字符，请重新输入", label);
  std::string text = Trim(value.get_string());
  if (text.size() > bytes_max) return Say("{}太长，请缩短到 {} 个汉字以内", label, std::to_string(bytes_max / 3));
  if (std::any_of(text.begin(), text.end(),
                  [](unsigned char c) { return c < 0x20 && c != '\n' && c != '\t' && c != '\r'; }))
    return Say("{}含有控制字符，请删去", label);
  value = text;
  return {};
}

// "1,785" is a number; "1,5" may be meant as one and a half, so it is asked for anew.
bool DropThousands(std::string& text) {
  std::size_t end = std::min(text.find('.'), text.size());
  for (std::size_t at = text.rfind(',', end); at != std::string::npos;
       at = at == 0 ? std::string::npos : text.rfind(',', at - 1)) {
    if (at == 0 || end - at != 4) return false;
    end = at;
  }
  std::erase(text, ',');
  return text.find(',') == std::string::npos;
}

Message CheckNumber(json::value& value, bool whole, const Label& label) {
  std::string text;
  if (value.is_int64())
    text = std::to_string(value.get_int64());
  else if (value.is_uint64())
    text = std::to_string(value.get_uint64());
  else if (value.is_double())
    text = json::serialize(value);
  else if (value.is_string())
    text = Trim(value.get_string());
  if (!DropThousands(text)) return Say("填写{}，小数点用“.”，例如 12.5", label);
  if (!IsDecimal(text, whole))
    return whole ? Say("填写{}，用整数，例如 12", label) : Say("填写{}，用数字，例如 12.5", label);
  value = text;
  return {};
}

Message CheckQuantity(json::value& value, const Label& label) {
  const Message mend = Say("填写{}和单位，例如 120 kg", label);
  if (!value.is_object()) return mend;
  json::object& object = value.get_object();
  json::value* number = object.if_contains("value");
  json::value* unit = object.if_contains("unit");
  if (number == nullptr || unit == nullptr || object.size() != 2 || !unit->is_string()) return mend;
  const std::string unit_text = Trim(unit->get_string());
  if (unit_text.empty() || unit_text.size() > 16) return mend;
  if (const Message fault = CheckNumber(*number, false, label); !fault.empty()) return mend;
  if (number->get_string().starts_with('-')) return Say("{}不能小于零", label);
  *unit = unit_text;
  return {};
}

Message CheckCode(Text kind, json::value& value, const Label& label) {
  if (!value.is_string()) return Say("填写{}", label);
  const std::string text = Trim(value.get_string());
  const auto use = [&](const auto& result) -> Message {
    if (!result.ok()) return result.error().message;
    value = *result;
    return {};
  };
  if (kind == "uscc") return use(base::ParseCreditCode(text));
  if (kind == "sc" || kind == "jy") return use(base::ParseLicenceNumber(text));
  if (kind == "gtin") return use(base::ParseGtin(text));
  return CheckText(value, 64, label);
}

Message CheckIds(json::value& value, std::size_t least, const Label& label) {
  if (!value.is_array()) return Say("选择{}", label);
  std::set<std::string> seen;
  for (const json::value& item : value.get_array()) {
    if (!item.is_string() || item.get_string().empty() || item.get_string().size() > 80)
      return Say("从列表中选择{}", label);
    if (!seen.insert(std::string(item.get_string())).second) return Say("{}中有重复，请各选一次", label);
  }
  if (seen.size() < least) return Say("{}至少 {} 人", label, std::to_string(least));
  if (seen.size() > 50) return Say("{}不超过 50 项", label);
  return {};
}

// A column is named as the field of its name, or by a text of its own.
Label LabelOf(const std::string& column) {
  for (const char* prefix : {"field.", "column."})
    if (const Label* label = FindLabel(prefix + column); label != nullptr) return *label;
  return {column, column, column};
}

Message CheckItems(const Field& field, json::value& value, base::Date today) {
  const Label& label = field.label;
  if (!value.is_array()) return Say("逐行填写{}", label);
  json::array& rows = value.get_array();
  if (rows.size() > kItemsMax) return Say("{}不超过 {} 行，请分批", label, std::to_string(kItemsMax));
  const auto columns = ColumnsOf(field);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Message where = Say("{}第 {} 行", label, std::to_string(i + 1));
    if (!rows[i].is_object()) return Say("{}格式不对，请重新填写", where);
    json::object& row = rows[i].get_object();
    for (const auto& [name, cell] : row) {
      const std::string_view key(name.data(), name.size());
      if (std::none_of(columns.begin(), columns.end(), [&](const Column& c) { return c.name == key; }))
        return Say("{}有未声明的栏：{}", where, std::string(key));
    }
    for (const Column& column : columns) {
      json::value* cell = row.if_contains(column.name);
      if (cell == nullptr || IsBlank(*cell)) {
        if (!column.optional) return Say("{}缺少{}", where, LabelOf(column.name));
        row.erase(column.name);
        continue;
      }
      const Field inner{.name = column.name,
                        .type = column.type,
                        .args = column.arguments,
                        .optional = column.optional,
                        .label = LabelOf(column.name),
                        .actions = {},
                        .visibility = {},
                        .automatic = {}};
      if (const Message fault = CheckValue(inner, *cell, today); !fault.empty()) return Say("{}：{}", where, fault);
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> SplitArguments(Text arguments, char separator) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (start < arguments.size()) {
    const std::size_t end = std::min(arguments.find(separator, start), arguments.size());
    parts.emplace_back(arguments.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::vector<Column> ColumnsOf(const Field& field) {
  std::vector<Column> columns;
  for (std::string part : SplitArguments(field.args, ',')) {
    Column column;
    part = Trim(part);
    if (!part.empty() && part.back() == '?') {
      column.optional = true;
      part.pop_back();
    }
    const auto colon = part.find(':');
    column.name = Trim(part.substr(0, colon));
    column.type = colon == std::string::npos ? "text" : part.substr(colon + 1);
    if (const auto open = column.type.find('('); open != std::string::npos && column.type.ends_with(')')) {
      column.arguments = column.type.substr(open + 1, column.type.size() - open - 2);
      column.type = column.type.substr(0, open);
    } else if (const auto more = column.type.find(':'); more != std::string::npos) {
      column.arguments = column.type.substr(more + 1);
      column.type = column.type.substr(0, more);
    }
    if (!column.name.empty()) columns.push_back(std::move(column));
  }
  return columns;
}

std::vector<FormField> FormOf(const Kind& kind, const Transition& transition) {
  std::vector<FormField> form;
  for (const Field& field : kind.fields)
    if ((field.automatic.empty() || field.automatic.starts_with("default:")) &&
        std::find(field.actions.begin(), field.actions.end(), transition.action) != field.actions.end())
      form.push_back({&field, {}});
  for (const Text guard_id : transition.guards) {
    const Guard* guard = FindGuard(guard_id);
    if (guard == nullptr) continue;
    for (const Field& field : guard->fields) {
      const auto same =
          std::find_if(form.begin(), form.end(), [&](const FormField& f) { return f.field->name == field.name; });
      if (same == form.end())
        form.push_back({&field, guard_id});
      else if (same->field->optional && !field.optional)
        *same = {&field, guard_id};
    }
  }
  return form;
}

Message CheckValue(const Field& field, json::value& value, base::Date today) {
  const Label& label = field.label;
  const Text type = field.type;
  if (type == "text") return CheckText(value, kTextBytesMax, label);
  if (type == "longtext") return CheckText(value, kLongTextBytesMax, label);
  if (type == "date") {
    if (!value.is_string()) return Say("填写{}，例如 2026-11-24", label);
    const auto date = base::ParseDate(Trim(value.get_string()));
    if (!date.ok()) return Say("填写{}，例如 2026-11-24", label);
    if (std::abs(date->days - today.days) > 36'600) return Say("{}离今天超过一百年，请核对", label);
    value = base::FormatDate(*date);
    return {};
  }
  if (type == "datetime") {
    if (!value.is_string()) return Say("填写{}，例如 2026-11-24T09:30:00+08:00", label);
    const auto instant = base::ParseInstant(Trim(value.get_string()));
    if (!instant.ok()) return Say("填写{}，例如 2026-11-24T09:30:00+08:00", label);
    if (std::abs(base::LocalDate(*instant).days - today.days) > 36'600) return Say("{}离今天超过一百年，请核对", label);
    value = base::FormatInstant(*instant);
    return {};
  }
  if (type == "integer") return CheckNumber(value, true, label);
  if (type == "decimal" || type == "money") return CheckNumber(value, false, label);
  if (type == "quantity") return CheckQuantity(value, label);
  if (type == "bool") return value.is_bool() ? Message{} : Say("勾选或不勾选{}", label);
  if (type == "choice") {
    const auto options = SplitArguments(field.args, '|');
    if (value.is_int64()) value = std::to_string(value.get_int64());
    if (!value.is_string() ||
        std::find(options.begin(), options.end(), std::string(value.get_string())) == options.end())
      return Say("从列表中选择{}", label);
    return {};
  }
  if (type == "officers")
    return CheckIds(
        value, field.args.empty() ? 2 : static_cast<std::size_t>(std::atoi(std::string(field.args).c_str())), label);
  if (type == "files") return CheckIds(value, 1, label);
  if (type == "account" || type == "operator" || type == "matter" || type == "jurisdiction" || type == "file" ||
      type == "duty" || type == "rule") {
    if (!value.is_string() || value.get_string().size() > 80) return Say("从列表中选择{}", label);
    return {};
  }
  if (type == "items") return CheckItems(field, value, today);
  if (type == "code") return CheckCode(field.args, value, label);
  return Say("这一栏的类型未声明：{}", std::string(type));
}

Result<json::object> ValidateForm(const std::vector<FormField>& form, const json::object& input, base::Date today) {
  std::vector<FieldError> errors;
  json::object clean;
  for (const auto& [name, value] : input) {
    const std::string_view key(name.data(), name.size());
    if (std::none_of(form.begin(), form.end(), [&](const FormField& f) { return f.field->name == key; }))
      errors.push_back(
          {"/fields/" + std::string(key), "error.unknown_field", Say("这一步没有这一栏：{}", base::Cut(key, 60))});
  }
  for (const FormField& entry : form) {
    const Field& field = *entry.field;
    const std::string pointer = "/fields/" + std::string(field.name);
    const json::value* given = input.if_contains(field.name);
    if (given == nullptr || IsBlank(*given)) {
      const bool choose = field.type == "choice" || field.type == "officers" || field.type == "account" ||
                          field.type == "operator" || field.type == "matter" || field.type == "jurisdiction" ||
                          field.type == "duty" || field.type == "rule";
      if (!field.optional)
        errors.push_back({pointer, choose ? "error.choose" : "error.fill",
                          choose ? Say("选择{}", field.label) : Say("填写{}", field.label)});
      continue;
    }
    json::value value = *given;
    Message fault = CheckValue(field, value, today);
    if (fault.empty() && field.type == "bool" && !entry.guard.empty() && !field.optional && !value.get_bool())
      fault = Say("确认“{}”后才能办理", field.label);
    if (fault.empty() && field.automatic.starts_with("default:") &&
        std::string_view(value.get_string()).substr(0, 10) > base::FormatDate(today))
      fault = Say("{}不能晚于今天", field.label);
    if (!fault.empty())
      errors.push_back({pointer, "error.value", std::move(fault)});
    else
      clean[field.name] = std::move(value);
  }
  if (!errors.empty()) return NeedsMending(std::move(errors));
  return clean;
}

}  // namespace zhian::procedure
