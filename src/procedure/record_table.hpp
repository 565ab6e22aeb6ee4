// A record that a room keeps in a table of its own, declared once: each row of its declaration ties the member of the
// C++ struct to the column of the SQL table, to the name under which answers tell it, and to the name under which
// forms, imports and steps of a procedure say it. Lists of columns, reading and writing of rows, JSON and import titles
// follow from the declaration; nothing of these is written a second time. Header only; pure but for the statements that
// it runs on the caller's Connection.
#pragma once

#include <boost/json.hpp>
#include <cstdlib>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "procedure/matter.hpp"
#include "procedure/model.hpp"
#include "storage/database.hpp"

namespace zhian::procedure {

template <class Record>
struct RecordColumn {
  using Member = std::variant<std::string Record::*, std::int64_t Record::*, std::int32_t Record::*, bool Record::*,
                              boost::json::object Record::*>;
  Text name;                   // of the SQL column
  Member member;               // where the struct holds it
  bool empty_is_null = false;  // "" is stored as NULL: for what must be unique, or is a reference
  bool within_json = false;    // a text that has no column: it lies in the JSON of the record, under its name
  Text told_as = {};           // its name in answers; "" where `name` is
  unsigned told_in = 0;        // the answers that tell it: bits whose meaning is the record's
  bool told_if_any = false;    // left out of an answer where there is nothing to tell
  Text said_as = {};           // its name in forms, imports and steps; "" where nobody says it
  Text type = "text";          // of what is said, as a Field has it: text, integer, date, choice …
  Text args = {};              // options of a choice
  bool must_be_said = false;   // a form and an import without it are refused
  Text titles = {};            // titles under which spreadsheets know it, beside its label, separated by '|'
};

// What SQL stores beside the members: the district, keys that are computed, what only an index reads.
using MoreColumns = std::vector<std::pair<Text, storage::Value>>;

// "o.id, o.name, …" in the order of the declaration.
template <class Record>
std::string ColumnList(std::span<const RecordColumn<Record>> columns, std::string_view prefix = {}) {
  std::string list;
  for (const auto& column : columns)
    if (!column.within_json) list += (list.empty() ? "" : ", ") + std::string(prefix) + std::string(column.name);
  return list;
}

// The JSON of the record with the texts that lie within it.
template <class Record>
boost::json::object JsonWithTexts(std::span<const RecordColumn<Record>> columns, const Record& record,
                                  boost::json::object json) {
  for (const auto& column : columns)
    if (const auto* text = std::get_if<std::string Record::*>(&column.member); column.within_json && text != nullptr) {
      if ((record.*(*text)).empty())
        json.erase(column.name);
      else
        json[column.name] = record.*(*text);
    }
  return json;
}

template <class Record>
storage::Value StoredValue(std::span<const RecordColumn<Record>> columns, const RecordColumn<Record>& column,
                           const Record& record) {
  return std::visit(
      [&](const auto member) -> storage::Value {
        using Held = std::remove_cvref_t<decltype(record.*member)>;
        if constexpr (std::is_same_v<Held, std::string>)
          return column.empty_is_null ? storage::OrNull(record.*member) : storage::Value{record.*member};
        else if constexpr (std::is_same_v<Held, boost::json::object>)
          return boost::json::serialize(JsonWithTexts(columns, record, record.*member));
        else
          return std::int64_t{record.*member};
      },
      column.member);
}

// The record of a row that begins at `first` with the columns of ColumnList. kCorrupt: stored JSON that is none.
template <class Record>
Status ReadColumns(std::span<const RecordColumn<Record>> columns, const storage::Row& row, Record& record,
                   std::size_t first = 0) {
  std::size_t at = first;
  const boost::json::object* json = nullptr;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].within_json) continue;
    const Status read = std::visit(
        [&](const auto member) -> Status {
          using Held = std::remove_cvref_t<decltype(record.*member)>;
          if constexpr (std::is_same_v<Held, std::string>) {
            record.*member = row.text(at);
          } else if constexpr (std::is_same_v<Held, boost::json::object>) {
            const auto parsed = base::ParseJson(row.text(at));
            if (!parsed.ok() || !parsed->is_object())
              return MakeError(ErrorCode::kCorrupt, "stored JSON of " + std::string(columns[i].name) + " is no object");
            record.*member = parsed->get_object();
            json = &(record.*member);
          } else if constexpr (std::is_same_v<Held, bool>) {
            record.*member = row.integer(at) != 0;
          } else {
            record.*member = static_cast<Held>(row.integer(at));
          }
          return Ok();
        },
        columns[i].member);
    if (!read.ok()) return read;
    ++at;
  }
  for (const auto& column : columns)
    if (const auto* text = std::get_if<std::string Record::*>(&column.member);
        column.within_json && text != nullptr && json != nullptr)
      record.*(*text) = ScalarText(json->if_contains(column.name));
  return Ok();
}

// One row, with the district. Errors as Connection::Execute.
template <class Record>
Status InsertRecord(storage::Connection& db, std::string_view table, std::span<const RecordColumn<Record>> columns,
                    const Record& record, const MoreColumns& more = {}) {
  std::string names = "district", places = "$d";
  std::vector<storage::Value> values;
  const auto add = [&](Text name, storage::Value value) {
    values.push_back(std::move(value));
    names += ", " + std::string(name);
    places += ", $" + std::to_string(values.size());
  };
  for (const auto& column : columns)
    if (!column.within_json) add(column.name, StoredValue(columns, column, record));
  for (const auto& [name, value] : more) add(name, value);
  const auto done = db.Execute("INSERT INTO " + std::string(table) + " (" + names + ") VALUES (" + places + ")",
                               std::span<const storage::Value>(values));
  return done.ok() ? Ok() : Status(done.error());
}

// The row of the same key. REQUIRES: the first column is the key.
template <class Record>
Status UpdateRecord(storage::Connection& db, std::string_view table, std::span<const RecordColumn<Record>> columns,
                    const Record& record, const MoreColumns& more = {}) {
  std::string sets;
  std::vector<storage::Value> values{StoredValue(columns, columns.front(), record)};
  const auto add = [&](Text name, storage::Value value) {
    values.push_back(std::move(value));
    sets += (sets.empty() ? "" : ", ") + std::string(name) + "=$" + std::to_string(values.size());
  };
  for (const auto& column : columns.subspan(1))
    if (!column.within_json) add(column.name, StoredValue(columns, column, record));
  for (const auto& [name, value] : more) add(name, value);
  const auto done = db.Execute("UPDATE " + std::string(table) + " SET " + sets + " WHERE district=$d AND " +
                                   std::string(columns.front().name) + "=$1",
                               std::span<const storage::Value>(values));
  return done.ok() ? Ok() : Status(done.error());
}

// The row, new or over the one of the same key. REQUIRES: the first column is the key.
template <class Record>
Status PutRecord(storage::Connection& db, std::string_view table, std::span<const RecordColumn<Record>> columns,
                 const Record& record) {
  std::string names = "district", places = "$d", sets;
  std::vector<storage::Value> values;
  for (const auto& column : columns) {
    if (column.within_json) continue;
    values.push_back(StoredValue(columns, column, record));
    const std::string name(column.name);
    names += ", " + name;
    places += ", $" + std::to_string(values.size());
    if (values.size() > 1) sets += (sets.empty() ? "" : ", ") + name + "=excluded." + name;
  }
  const auto done =
      db.Execute("INSERT INTO " + std::string(table) + " (" + names + ") VALUES (" + places +
                     ") ON CONFLICT (district, " + std::string(columns.front().name) + ") DO UPDATE SET " + sets,
                 std::span<const storage::Value>(values));
  return done.ok() ? Ok() : Status(done.error());
}

// What is said goes over what was known before; what is left out stays.
template <class Record>
void TakeSaid(std::span<const RecordColumn<Record>> columns, Record& record,
              const std::function<std::string(Text said_as)>& said) {
  for (const auto& column : columns) {
    if (column.said_as.empty()) continue;
    std::string value = said(column.said_as);
    if (value.empty()) continue;
    std::visit(
        [&](const auto member) {
          using Held = std::remove_cvref_t<decltype(record.*member)>;
          if constexpr (std::is_same_v<Held, std::string>)
            record.*member = std::move(value);
          else if constexpr (std::is_same_v<Held, bool>)
            record.*member = value == "true";
          else if constexpr (!std::is_same_v<Held, boost::json::object>)
            record.*member = static_cast<Held>(std::atoll(value.c_str()));
        },
        column.member);
  }
}

// As text, the way it would be said; "" where there is nothing: an empty text, 0, false.
template <class Record>
std::string SaidText(const RecordColumn<Record>& column, const Record& record) {
  return std::visit(
      [&](const auto member) -> std::string {
        using Held = std::remove_cvref_t<decltype(record.*member)>;
        if constexpr (std::is_same_v<Held, std::string>)
          return record.*member;
        else if constexpr (std::is_same_v<Held, boost::json::object>)
          return {};
        else if constexpr (std::is_same_v<Held, bool>)
          return record.*member ? "true" : "";
        else
          return record.*member == 0 ? std::string{} : std::to_string(record.*member);
      },
      column.member);
}

template <class Record>
Text ToldAs(const RecordColumn<Record>& column) {
  return column.told_as.empty() ? column.name : column.told_as;
}

// The members that one of the answers tells, under their names.
template <class Record>
boost::json::object Told(std::span<const RecordColumn<Record>> columns, const Record& record, unsigned answer) {
  boost::json::object told;
  for (const auto& column : columns)
    if ((column.told_in & answer) != 0 && !(column.told_if_any && SaidText(column, record).empty()))
      told[ToldAs(column)] =
          std::visit([&](const auto member) { return boost::json::value(record.*member); }, column.member);
  return told;
}

// Columns of the table that nothing declares, and declared ones that the table has not: for the test of a declaration.
template <class Record>
std::vector<std::string> Disagreements(std::span<const RecordColumn<Record>> columns, const MoreColumns& more,
                                       std::span<const std::string> of_table) {
  std::vector<std::string> declared{"district"}, found;
  for (const auto& column : columns)
    if (!column.within_json) declared.emplace_back(column.name);
  for (const auto& each : more) declared.emplace_back(each.first);
  const auto lacks = [&](auto&& list, const std::string& name) {
    for (const std::string& known : list)
      if (known == name) return false;
    return true;
  };
  for (const std::string& name : declared)
    if (lacks(of_table, name)) found.push_back("not in the table: " + name);
  for (const std::string& name : of_table)
    if (lacks(declared, name)) found.push_back("not declared: " + name);
  return found;
}

}  // namespace zhian::procedure
