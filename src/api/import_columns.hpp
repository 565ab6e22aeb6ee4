// What a file of a registry may hold: for each kind of import its columns, the titles under which they are known, and
// how a cell becomes the value of a field. Outside input: nothing here trusts it. Pure; safe from any thread.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "procedure/model.hpp"
#include "rooms/subjects/registry.hpp"

namespace zhian::api {

struct ImportColumn {
  std::string name;  // of the field; "@code" and "@operator" name the operator, "@place" a territory, "@since" a day
  std::string type, args;
  procedure::Label label;
  std::vector<std::string> titles;  // folded
};
struct ImportKind {
  std::string word;                              // operators, premises, …
  std::string kind, action;                      // the matter that a row makes, and its creation row
  const subjects::RecordKind* record = nullptr;  // or the record on the operator's file
  std::string number;  // of a matter: the field by which it is known, and the rows that bear it
  const char* number_sql = nullptr;
  std::vector<ImportColumn> columns;
};
std::span<const ImportKind> ImportKinds();
const ImportKind* FindImportKind(std::string_view word);

// The column of each title, -1 where it is unknown and is left out. kInvalid: two titles of one column, or what
// identifies a row is missing.
Result<std::vector<int>> ReadHeader(const ImportKind& kind, std::span<const std::string> titles);

struct ImportRow {
  boost::json::object fields;
  std::string code, name, place, since;  // of the operator; the territory; the day from which it holds
};
// REQUIRES: as many cells as columns. A choice may be given by its word in any language, a day as 2026/9/28 or
// 2026年9月28日.
ImportRow ReadRow(const ImportKind& kind, std::span<const int> columns, std::span<const std::string> cells);

// 2026-09-28 of the ways in which spreadsheets write a day; the text itself where it is none of them.
std::string CanonicalDay(const std::string& text);

}  // namespace zhian::api
