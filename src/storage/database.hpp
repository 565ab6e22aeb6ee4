// Storage: one interface over SQLite (embedded, default) and PostgreSQL, fit for both.
// Parameters are $1, $2 … on both, and $d is the code of the district, bound by the connection itself; a Database is
// shared by threads, a Connection belongs to one thread at a time. SQLite has one writer (Write serialises callers) and
// a pool of readers (Read). Errors are Results, never exceptions; what the work of a caller throws is kInternal for
// that caller, and rolls back what he did and nothing else.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace zhian::storage {

using Blob = std::vector<std::uint8_t>;
// NULL, whole number, real, text, bytes. Quantities and money are stored as whole numbers of their smallest unit.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

inline Value Null() { return std::monostate{}; }
inline Value OrNull(const std::string& text) { return text.empty() ? Value{std::monostate{}} : Value{text}; }

// A result row, materialised. REQUIRES: column < size().
class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] bool is_null(std::size_t column) const {
    return std::holds_alternative<std::monostate>(values_[column]);
  }
  [[nodiscard]] std::int64_t integer(std::size_t column) const;     // 0 for NULL
  [[nodiscard]] double real(std::size_t column) const;              // 0 for NULL
  [[nodiscard]] const std::string& text(std::size_t column) const;  // "" for NULL
  [[nodiscard]] const Blob& blob(std::size_t column) const;         // empty for NULL
  [[nodiscard]] const Value& value(std::size_t column) const { return values_[column]; }

 private:
  std::vector<Value> values_;
};
using Rows = std::vector<Row>;

// What a module keeps in memory beside a database: made when the folder is opened, reached from each connection.
class Companion {
 public:
  virtual ~Companion() = default;
};

class Connection {
 public:
  virtual ~Connection() = default;
  [[nodiscard]] Companion* companion() const { return companion_; }        // nullptr where there is none
  [[nodiscard]] bool writes() const { return writes_; }                    // what it sees may not be committed yet
  [[nodiscard]] const std::string& district() const { return district_; }  // what "$d" means here
  // Runs one statement with its parameters; the statement is cached. Rows are materialised: every query of the product
  // has a LIMIT. Constraint violations: kConflict ("unique: table.column") or kInvalid ("foreign key", "check", "not
  // null").
  virtual Result<Rows> Query(std::string_view sql, std::span<const Value> parameters) = 0;
  // The same for statements without rows; returns the number of rows changed.
  virtual Result<std::int64_t> Execute(std::string_view sql, std::span<const Value> parameters) = 0;
  // The same statement for many parameter rows, pipelined where the engine can.
  virtual Status ExecuteMany(std::string_view sql, std::span<const std::vector<Value>> rows) = 0;
  // Several statements separated by ';', without parameters (migrations).
  virtual Status Script(std::string_view sql) = 0;
  // The columns of a table, in their order; empty where there is no such table. Valid until the next Script.
  virtual Result<std::span<const std::string>> Columns(std::string_view table) = 0;
  // Carries `work` out at the end of this write, before it is committed, in the order of asking; what it refuses
  // refuses the write. For rows of an index that costs most when it is written between other tables. In a read: never
  // carried out.
  virtual void AtEnd(std::function<Status(Connection&)> work) = 0;
  // Carries a part of a write out that may fail by itself while the rest goes on: what it refuses or throws leaves
  // nothing behind, neither rows nor work for the end. May be nested. REQUIRES: writes().
  virtual Status Attempt(const std::function<Status(Connection&)>& work) = 0;
  [[nodiscard]] virtual std::string_view Dialect() const = 0;  // "sqlite" or "postgresql"

  Result<Rows> Query(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return Query(sql, std::span<const Value>(parameters.begin(), parameters.size()));
  }
  Result<std::int64_t> Execute(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return Execute(sql, std::span<const Value>(parameters.begin(), parameters.size()));
  }

 protected:
  Companion* companion_ = nullptr;
  bool writes_ = false;
  std::string district_;
};

// REQUIRES: a name is used once, and its text is never changed: folders were made by it.
struct Migration {
  std::string_view name;             // "subjects/001"; applied once, in the order of the list, recorded with its digest
  std::string_view sql;              // for every engine, or for SQLite where `postgresql` stands beside it
  std::string_view postgresql = {};  // for what the two write differently: triggers, indexes of text
};

struct OpenOptions {
  // The code of the district, first column of the key of every table that grows: "$d" in statements. Chosen when a
  // database is made and kept in it; one that is there keeps its own (those of before the code was kept: "d").
  std::string district = "511113";
  int readers = 4;                       // reader connections
  std::chrono::milliseconds busy{5000};  // how long a lock is waited for
  bool synchronous_full = true;          // SQLite: durable at each commit
};

class Database {
 public:
  virtual ~Database() = default;
  // URL: "sqlite:FILE" or "postgresql://…".
  static Result<std::unique_ptr<Database>> Open(const std::string& url, const OpenOptions& options = {});

  // Runs `work` in a read transaction (a consistent snapshot). Thread-safe; waits for a free reader.
  virtual Status Read(const std::function<Status(Connection&)>& work) = 0;
  // The same on a connection of its own, which is closed afterwards: long work that must not take a reader from those
  // who wait.
  virtual Status ReadBeside(const std::function<Status(Connection&)>& work) = 0;
  // Takes the companion of all connections. Once, before other threads use the database; it ends before the database
  // does.
  virtual void Accompany(std::unique_ptr<Companion> companion) = 0;
  [[nodiscard]] virtual Companion* companion() const = 0;
  // Runs `work` in the one write transaction; commits when it returns ok, else rolls everything back. Thread-safe,
  // serialised. PostgreSQL: takes the advisory lock that orders ledger leaves.
  virtual Status Write(const std::function<Status(Connection&)>& work) = 0;
  // Applies what is missing. A migration whose text differs from the applied one is kCorrupt.
  virtual Status Migrate(std::span<const Migration> migrations) = 0;
  // Online copy into one file (SQLite); kUnsupported on PostgreSQL, where pg_dump is the tool.
  virtual Status Backup(const std::string& file) = 0;
};

}  // namespace zhian::storage
