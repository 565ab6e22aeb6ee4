// Typed records 類型化記錄: how the generated structs (records/ROOM.hpp, one a kind; records/guard_fields.hpp, one a
// guard) are read from what is stored or sent, and written. A misspelt field does not compile; a stored value that does
// not read as its declared type is an error that names the field, never a silent default. What is absent is the empty
// text, kAbsent of an enum, false, an empty list, or no value of an optional. Plain values; safe from any thread.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "procedure/matter.hpp"

namespace zhian::procedure {

// An enum of choices or of states: enumerator n is the n-th text of ChoicesOf; the first is "", for what is absent.
template <class E>
concept Choice = std::is_enum_v<E> && requires(E value) {
  { ChoicesOf(value) } -> std::same_as<std::span<const std::string_view>>;
};
// The text under which a choice is stored.
template <Choice E>
std::string_view Name(E value) {
  return ChoicesOf(value)[static_cast<std::size_t>(value)];
}

// The same word in another list of choices; the first (absent) where that list does not have it.
template <Choice To, Choice From>
To As(From value) {
  const auto words = ChoicesOf(To{});
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == Name(value)) return static_cast<To>(i);
  return To{};
}

// Fills a struct from a JSON object; the generated Walk calls it once a field. What is not declared is passed over.
class RecordReader {
 public:
  explicit RecordReader(const boost::json::object& fields) : fields_(fields) {}

  void operator()(std::string_view name, std::string& into);
  void operator()(std::string_view name, bool& into);
  void operator()(std::string_view name, std::optional<base::Date>& into);
  void operator()(std::string_view name, std::optional<base::Instant>& into);
  void operator()(std::string_view name, std::optional<std::int64_t>& into);
  void operator()(std::string_view name, std::optional<base::Decimal>& into);
  void operator()(std::string_view name, std::optional<base::Quantity>& into);
  void operator()(std::string_view name, std::vector<std::string>& into);
  template <Choice E>
  void operator()(std::string_view name, E& into) {
    into = static_cast<E>(ChoiceAt(name, ChoicesOf(into)));
  }
  template <class Row>
  requires std::is_class_v<Row>
  void operator()(std::string_view name, std::vector<Row>& into) {
    const boost::json::array* rows = ArrayAt(name);
    if (rows == nullptr) return;
    into.reserve(rows->size());
    for (const boost::json::value& each : *rows) {
      if (!each.is_object()) return Refuse(name);
      RecordReader inner(each.get_object());
      Walk(inner, into.emplace_back());
      if (!inner.fault_.empty()) return Refuse(std::string(name) + "." + inner.fault_);
    }
  }

  // kCorrupt with the name of the first field that could not be read.
  [[nodiscard]] Status Done() const;

 private:
  const boost::json::value* At(std::string_view name) const;  // nullptr: absent, null or an empty text
  const boost::json::array* ArrayAt(std::string_view name);
  std::size_t ChoiceAt(std::string_view name, std::span<const std::string_view> choices);
  void Refuse(std::string_view name) {
    if (fault_.empty()) fault_ = name;
  }

  const boost::json::object& fields_;
  std::string fault_;  // "results.value"
};

// The reverse: what is absent is not written, so that the object can be laid over a record.
class RecordWriter {
 public:
  void operator()(std::string_view name, const std::string& value) {
    if (!value.empty()) fields_[name] = value;
  }
  void operator()(std::string_view name, const bool& value) {
    if (value) fields_[name] = true;
  }
  void operator()(std::string_view name, const std::optional<base::Date>& value) {
    if (value) fields_[name] = base::FormatDate(*value);
  }
  void operator()(std::string_view name, const std::optional<base::Instant>& value) {
    if (value) fields_[name] = base::FormatInstant(*value);
  }
  void operator()(std::string_view name, const std::optional<std::int64_t>& value) {
    if (value) fields_[name] = std::to_string(*value);
  }
  void operator()(std::string_view name, const std::optional<base::Decimal>& value) {
    if (value) fields_[name] = value->Text();
  }
  void operator()(std::string_view name, const std::optional<base::Quantity>& value) {
    if (value) fields_[name] = boost::json::object{{"value", value->value.Text()}, {"unit", value->unit}};
  }
  void operator()(std::string_view name, const std::vector<std::string>& value) {
    if (!value.empty()) fields_[name] = boost::json::array(value.begin(), value.end());
  }
  template <Choice E>
  void operator()(std::string_view name, const E& value) {
    if (value != E{}) fields_[name] = Name(value);
  }
  template <class Row>
  requires std::is_class_v<Row>
  void operator()(std::string_view name, const std::vector<Row>& rows) {
    if (rows.empty()) return;
    boost::json::array array;
    for (const Row& row : rows) {
      RecordWriter inner;
      Walk(inner, row);
      array.push_back(std::move(inner).Take());
    }
    fields_[name] = std::move(array);
  }

  boost::json::object Take() && { return std::move(fields_); }

 private:
  boost::json::object fields_;
};

// A number as it is stored (a text, or a JSON number of an older folder), or the value of a stored quantity; none where
// there is none. For what handles records of any kind: figures, journals.
std::optional<base::Decimal> StoredNumber(const boost::json::value* value);

// Reads the state into an enum of states; kCorrupt where the kind does not know it.
template <Choice State>
Result<State> ReadState(const Matter& matter) {
  const auto states = ChoicesOf(State{});
  for (std::size_t i = 0; i < states.size(); ++i)
    if (states[i] == matter.state) return static_cast<State>(i);
  return MakeError(ErrorCode::kCorrupt, "unknown state of " + matter.kind + ": " + matter.state);
}

// Lays what `changes` holds over the record; what it leaves absent stays as it is.
template <class Record>
void Merge(Matter& matter, const Record& changes) {
  for (auto& [name, value] : changes.Fields()) matter.fields[name] = value;
}
inline void Erase(Matter& matter, std::string_view field) { matter.fields.erase(field); }

// A record with the matter that holds it.
template <class Record>
struct OnFile : Record {
  Matter matter;
};
// The records of matters of one kind, in their order; an error where one cannot be read.
template <class Record>
Result<std::vector<OnFile<Record>>> ReadAll(std::vector<Matter> matters) {
  std::vector<OnFile<Record>> records;
  records.reserve(matters.size());
  for (Matter& matter : matters) {
    ZHIAN_ASSIGN(Record record, Record::Read(matter));
    records.push_back({std::move(record), std::move(matter)});
  }
  return records;
}

}  // namespace zhian::procedure
