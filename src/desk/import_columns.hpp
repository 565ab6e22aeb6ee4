// What a file of a registry may hold: for each kind of import its columns, the titles under which they are known, and
// how a cell becomes the value of a field. Outside input: nothing here trusts it. Pure; safe from any thread.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "procedure/model.hpp"
#include "storage/database.hpp"

namespace zhian::desk {

struct ImportColumn {
  std::string name;  // of the field; "@code" and "@operator" name the operator, "@place" a territory, "@since" a day
  std::string type, args;
  procedure::Label label;
  std::vector<std::string> titles;  // folded
};
struct ImportDoor;
enum class ImportFate { kAccepted, kDuplicate };

struct ImportRow {
  boost::json::object fields;
  std::string code, name, place, since;  // of the operator; the territory; the day from which it holds
};

// One registry that may be imported: declared by the room that keeps what its rows make.
struct ImportKind {
  std::string word;        // operators, premises, …
  procedure::Label label;  // of what a row is
  std::vector<ImportColumn> columns;
  std::string own;                   // the column without which a file is refused
  std::string number;                // the column that a fault of the whole row points to; "" where there is none
  bool names_operator = true;        // a row needs the operator's code or name
  bool by_operators = false;         // the people of an operator may import their own
  std::vector<std::string> writers;  // roles: who may import anything of the kind; the door asks again for each row
  // Enters one row through its door, in the transaction that the import holds. A refusal is an Error with its fields.
  std::function<Result<ImportFate>(ImportDoor& door, storage::Connection& db, const ImportRow& row)> enter;
};
// The roles of a creation row of a matter.
std::vector<std::string> WritersOf(const procedure::Transition* row);

// Builders of columns. `titles`: under which registries know it beside the name and the label, separated by '|'.
ImportColumn Column(const procedure::Field& field, std::string_view titles);
ImportColumn Special(const char* name, const char* label, std::string_view titles);
ImportColumn OperatorCode();
// `plain`: where the row has no name of its own, "name" is the operator's.
ImportColumn OperatorName(bool plain);
// A kind whose rows make matters: the columns of the form of its creation row.
ImportKind OfMatter(const char* word, const char* kind, const char* action);

// The column of each title, -1 where it is unknown and is left out. kInvalid: two titles of one column, or what
// identifies a row is missing.
Result<std::vector<int>> ReadHeader(const ImportKind& kind, std::span<const std::string> titles);

// REQUIRES: as many cells as columns. A choice may be given by its word in any language, a day as 2026/9/28 or
// 2026年9月28日.
ImportRow ReadRow(const ImportKind& kind, std::span<const int> columns, std::span<const std::string> cells);

// 2026-09-28 of the ways in which spreadsheets write a day; the text itself where it is none of them.
std::string CanonicalDay(const std::string& text);

}  // namespace zhian::desk
