// What measurements share: a bare database (prepared statements and nothing else, with the settings of the product) and
// the rows that the product has written, read back to be inserted into it.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace zhian::bench {

inline double Seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}
[[noreturn]] inline void Fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

struct Bare {
  sqlite3* db = nullptr;
  explicit Bare(const std::string& file) {
    if (sqlite3_open(file.c_str(), &db) != SQLITE_OK) Fail("cannot open " + file);
    Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA mmap_size=268435456");
  }
  ~Bare() { sqlite3_close_v2(db); }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  void Run(const std::string& sql) const {
    if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) Fail(sql + ": " + sqlite3_errmsg(db));
  }
  sqlite3_stmt* Prepare(const std::string& sql) const {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
      Fail(sql + ": " + sqlite3_errmsg(db));
    return statement;
  }
};

struct TableRows {
  std::string table, insert;
  int columns = 0;
  std::vector<std::vector<sqlite3_value*>> rows;
};

// search_pending and trace_change are left out: triggers fill them, in the bare database too.
inline std::vector<std::string> Tables(const Bare& db) {
  std::vector<std::string> names;
  sqlite3_stmt* s = db.Prepare(
      "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'search_term%' AND name NOT IN ('search_pending','trace_change') AND name NOT LIKE 'sqlite_%' ORDER BY name");
  while (sqlite3_step(s) == SQLITE_ROW) names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(s, 0)));
  sqlite3_finalize(s);
  return names;
}
inline std::map<std::string, std::int64_t> LastRows(const Bare& db) {
  std::map<std::string, std::int64_t> last;
  for (const auto& table : Tables(db)) {
    sqlite3_stmt* s = db.Prepare("SELECT COALESCE(MAX(rowid),0) FROM " + table);
    sqlite3_step(s);
    last[table] = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
  }
  return last;
}
// What the work has inserted, table by table; the index of search is fed from its entries' terms.
inline std::vector<TableRows> NewRows(const Bare& db, const std::map<std::string, std::int64_t>& last) {
  std::vector<TableRows> all;
  const auto take = [&](const std::string& table, const std::string& select, const std::string& into) {
    TableRows rows{table, "INSERT INTO " + into + " VALUES (", 0, {}};
    sqlite3_stmt* s = db.Prepare(select);
    rows.columns = sqlite3_column_count(s);
    while (sqlite3_step(s) == SQLITE_ROW) {
      std::vector<sqlite3_value*> row;
      for (int i = 0; i < rows.columns; ++i) row.push_back(sqlite3_value_dup(sqlite3_column_value(s, i)));
      rows.rows.push_back(std::move(row));
    }
    sqlite3_finalize(s);
    for (int i = 0; i < rows.columns; ++i) rows.insert += i == 0 ? "?" : ",?";
    rows.insert += ")";
    if (!rows.rows.empty()) all.push_back(std::move(rows));
  };
  for (const auto& [table, row] : last)
    take(table, "SELECT * FROM " + table + " WHERE rowid>" + std::to_string(row), table);
  take("search_term", "SELECT number, terms FROM search_entry WHERE number>" + std::to_string(last.at("search_entry")),
       "search_term (rowid, terms)");
  return all;
}

}  // namespace zhian::bench
