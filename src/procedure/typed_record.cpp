#include "procedure/typed_record.hpp"

#include <algorithm>
#include <charconv>

#include "base/json.hpp"
#include "procedure/model.hpp"

namespace zhian::procedure {
namespace json = boost::json;

namespace {

// The text of a stored number: forms keep exact text; folders of older versions also hold JSON numbers.
std::optional<std::string> NumberText(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string: return std::string(value.get_string());
    case json::kind::int64: return std::to_string(value.get_int64());
    case json::kind::uint64: return std::to_string(value.get_uint64());
    case json::kind::double_: return base::CanonicalJson(value);
    default: return std::nullopt;
  }
}

std::optional<base::Decimal> DecimalOf(const json::value& value) {
  const auto text = NumberText(value);
  if (!text) return std::nullopt;
  const auto parsed = base::Decimal::Parse(*text);
  return parsed.ok() ? std::optional(*parsed) : std::nullopt;
}

std::string_view TextOf(const json::value& value) {
  return value.is_string() ? std::string_view(value.get_string()) : std::string_view();
}

}  // namespace

std::optional<base::Decimal> StoredNumber(const json::value* value) {
  if (value != nullptr && value->is_object()) value = value->get_object().if_contains("value");
  return value == nullptr ? std::nullopt : DecimalOf(*value);
}

const json::value* RecordReader::At(std::string_view name) const {
  const json::value* value = fields_.if_contains(name);
  return value == nullptr || value->is_null() || (value->is_string() && value->get_string().empty()) ? nullptr : value;
}

void RecordReader::operator()(std::string_view name, std::string& into) {
  const json::value* value = At(name);
  if (value == nullptr) return;
  if (!value->is_string()) return Refuse(name);
  into = value->get_string();
}

void RecordReader::operator()(std::string_view name, bool& into) {
  const json::value* value = At(name);
  if (value == nullptr) return;
  if (!value->is_bool()) return Refuse(name);
  into = value->get_bool();
}

void RecordReader::operator()(std::string_view name, std::optional<base::Date>& into) {
  const json::value* value = At(name);
  if (value == nullptr) return;
  const auto date = base::ParseDate(TextOf(*value));
  if (!date.ok()) return Refuse(name);
  into = *date;
}

void RecordReader::operator()(std::string_view name, std::optional<base::Instant>& into) {
  const json::value* value = At(name);
  if (value == nullptr) return;
  const auto instant = base::ParseInstant(TextOf(*value));
  if (!instant.ok()) return Refuse(name);
  into = *instant;
}

void RecordReader::operator()(std::string_view name, std::optional<std::int64_t>& into) {
  const json::value* value = At(name);
  if (value == nullptr) return;
  const auto number = DecimalOf(*value);
  if (!number || !number->IsWhole()) return Refuse(name);
  const auto whole = number->Whole();
  if (!whole.ok()) return Refuse(name);
  into = *whole;
}

void RecordReader::operator()(std::string_view name, std::optional<base::Decimal>& into) {
  const json::value* value = At(name);
  if (value == nullptr) return;
  into = DecimalOf(*value);
  if (!into) Refuse(name);
}

void RecordReader::operator()(std::string_view name, std::optional<base::Quantity>& into) {
  const json::value* value = At(name);
  if (value == nullptr) return;
  if (!value->is_object()) return Refuse(name);
  const json::value* number = value->get_object().if_contains("value");
  const json::value* unit = value->get_object().if_contains("unit");
  const auto amount = number == nullptr ? std::nullopt : DecimalOf(*number);
  if (!amount || unit == nullptr || !unit->is_string()) return Refuse(name);
  into = base::Quantity{*amount, std::string(unit->get_string())};
}

void RecordReader::operator()(std::string_view name, std::vector<std::string>& into) {
  const json::array* values = ArrayAt(name);
  if (values == nullptr) return;
  for (const json::value& each : *values) {
    if (!each.is_string()) return Refuse(name);
    into.emplace_back(each.get_string());
  }
}

const json::array* RecordReader::ArrayAt(std::string_view name) {
  const json::value* value = At(name);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) Refuse(name);
  return value->if_array();
}

std::size_t RecordReader::ChoiceAt(std::string_view name, std::span<const std::string_view> choices) {
  const json::value* value = At(name);
  if (value == nullptr) return 0;
  const auto found = std::find(choices.begin(), choices.end(), TextOf(*value));
  if (!value->is_string() || found == choices.end()) {
    Refuse(name);
    return 0;
  }
  return static_cast<std::size_t>(found - choices.begin());
}

Status RecordReader::Done() const {
  if (fault_.empty()) return Ok();
  // The column decides what is wrong, but people know the field.
  const Label* label = FindLabel("field." + fault_.substr(0, fault_.find('.')));
  return MakeError(ErrorCode::kCorrupt,
                   Say("记录中的“{}”无法读取（{}）", label == nullptr ? Message(fault_) : Argument(*label), fault_));
}

}  // namespace zhian::procedure
