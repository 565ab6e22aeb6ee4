#include "storage/sqlite.hpp"

#include <sqlite3.h>

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>

#include "base/text.hpp"

namespace zhian::storage {
namespace {

Error FromSqlite(sqlite3* db, std::string_view what) {
  const int code = sqlite3_extended_errcode(db);
  const std::string message = sqlite3_errmsg(db);
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY: {
      const auto colon = message.rfind(": ");
      return MakeError(ErrorCode::kConflict,
                       "unique: " + (colon == std::string::npos ? message : message.substr(colon + 2)));
    }
    case SQLITE_CONSTRAINT_FOREIGNKEY: return MakeError(ErrorCode::kInvalid, "foreign key");
    case SQLITE_CONSTRAINT_CHECK: return MakeError(ErrorCode::kInvalid, "check");
    case SQLITE_CONSTRAINT_NOTNULL: return MakeError(ErrorCode::kInvalid, "not null: " + message);
    default: break;
  }
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return MakeError(ErrorCode::kUnavailable, "数据库正忙，这一步没有办理；请稍后再试");
    case SQLITE_FULL: return MakeError(ErrorCode::kUnavailable, "数据盘已满，这一步没有办理；请管理员腾出空间后再试");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return MakeError(ErrorCode::kCorrupt, "database file: " + message);
    default: return MakeError(ErrorCode::kInternal, base::Cut(what, 200) + ": " + message);
  }
}

// Carries work of a caller out. A throw is a bug of that caller: it is his error, and leaves the database as usable for
// the others as any refusal does.
Status Contained(const std::function<Status(Connection&)>& work, Connection& db) {
  try {
    return work(db);
  } catch (const std::exception& thrown) {
    return MakeError(ErrorCode::kInternal, std::string("thrown inside a transaction: ") + thrown.what());
  } catch (...) {
    return MakeError(ErrorCode::kInternal, "thrown inside a transaction: something that is no std::exception");
  }
}

class SqliteConnection : public Connection {
 public:
  using Connection::Execute;
  using Connection::Query;
  ~SqliteConnection() override {
    Forget();
    if (db_ != nullptr) sqlite3_close_v2(db_);
  }

  static Result<std::unique_ptr<SqliteConnection>> Open(const std::string& file, bool writer,
                                                        const OpenOptions& options) {
    auto connection = std::make_unique<SqliteConnection>();
    connection->writes_ = writer;
    connection->district_ = options.district;
    const int flags =
        SQLITE_OPEN_NOMUTEX | (writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE);
    if (sqlite3_open_v2(file.c_str(), &connection->db_, flags, nullptr) != SQLITE_OK)
      return MakeError(ErrorCode::kUnavailable, "cannot open " + file + ": " + sqlite3_errmsg(connection->db_));
    sqlite3_extended_result_codes(connection->db_, 1);
    sqlite3_busy_timeout(connection->db_, static_cast<int>(options.busy.count()));
    std::string pragmas =
        "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA mmap_size=268435456;";
    if (writer) pragmas = "PRAGMA journal_mode=WAL;" + pragmas;
    pragmas += options.synchronous_full ? "PRAGMA synchronous=FULL;" : "PRAGMA synchronous=NORMAL;";
    if (!writer) pragmas += "PRAGMA query_only=ON;";
    ZHIAN_TRY(connection->Script(pragmas));
    return connection;
  }

  Result<Rows> Query(std::string_view sql, std::span<const Value> parameters) override {
    ZHIAN_ASSIGN(sqlite3_stmt * statement, Prepare(sql, parameters));
    const Resetting resetting{statement};
    Rows rows;
    const int columns = sqlite3_column_count(statement);
    int code = 0;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      std::vector<Value> values;
      values.reserve(static_cast<std::size_t>(columns));
      for (int i = 0; i < columns; ++i) values.push_back(Column(statement, i));
      rows.emplace_back(std::move(values));
    }
    return Finish(code, sql, std::move(rows));
  }

  Result<std::int64_t> Execute(std::string_view sql, std::span<const Value> parameters) override {
    ZHIAN_ASSIGN(sqlite3_stmt * statement, Prepare(sql, parameters));
    const Resetting resetting{statement};
    int code = 0;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    }
    return Finish(code, sql, std::int64_t{sqlite3_changes(db_)});
  }

  Status ExecuteMany(std::string_view sql, std::span<const std::vector<Value>> rows) override {
    for (const auto& row : rows) ZHIAN_TRY(Execute(sql, std::span<const Value>(row)));
    return Ok();
  }

  Status Script(std::string_view sql) override {
    if (TransactionIsGone()) return Gone();
    const std::string text(sql);
    if (sql.find("TABLE") != std::string_view::npos) columns_.clear();
    if (sqlite3_exec(db_, text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return FromSqlite(db_, sql);
    return Ok();
  }

  Result<std::span<const std::string>> Columns(std::string_view table) override {
    if (const auto known = columns_.find(table); known != columns_.end())
      return std::span<const std::string>(known->second);
    ZHIAN_ASSIGN(auto rows, Query("SELECT name FROM pragma_table_info($1) ORDER BY cid", {std::string(table)}));
    std::vector<std::string> names;
    for (const Row& row : rows) names.push_back(row.text(0));
    if (names.empty()) return std::span<const std::string>{};
    return std::span<const std::string>(columns_.emplace(table, std::move(names)).first->second);
  }
  void AtEnd(std::function<Status(Connection&)> work) override { at_end_.push_back(std::move(work)); }
  // One write: the caller's work, then what it asked to be done at the end of the same transaction (AtEnd).
  Status CarryOut(const std::function<Status(Connection&)>& work) {
    at_end_.clear();
    carries_out_ = true;
    Status status = Contained(work, *this);
    // Counted by index and moved out of the list, because such work may itself call AtEnd and so lengthen the list.
    for (std::size_t i = 0; status.ok() && i < at_end_.size(); ++i) {
      const auto last = std::move(at_end_[i]);
      status = Contained(last, *this);
    }
    carries_out_ = false;
    at_end_.clear();
    return status;
  }
  Status Attempt(const std::function<Status(Connection&)>& work) override {
    const std::size_t asked = at_end_.size();
    ZHIAN_TRY(Say("SAVEPOINT attempt"));
    const Status done = Contained(work, *this);
    if (!done.ok()) {
      at_end_.resize(asked);
      ZHIAN_TRY(Say("ROLLBACK TO attempt"));
    }
    ZHIAN_TRY(Say("RELEASE attempt"));
    return done;
  }
  std::string_view Dialect() const override { return "sqlite"; }
  sqlite3* handle() { return db_; }
  void Accompany(Companion* companion) { companion_ = companion; }
  // REQUIRES: no statement with "$d" was prepared yet: the district is bound once, when a statement is prepared.
  void BelongTo(std::string district) { district_ = std::move(district); }
  // For BEGIN, COMMIT, SAVEPOINT …: no parameters and no rows; prepared once like every other statement.
  Status Say(std::string_view sql) {
    const auto said = Execute(sql, std::span<const Value>{});
    return said.ok() ? Ok() : Status(said.error());
  }

 private:
  // A prepared statement and the SQLite index of each of its parameters. To SQLite "$2" is only a name; its index is
  // given by where it first appears in the text (0: it does not appear).
  struct Prepared {
    sqlite3_stmt* statement = nullptr;
    int district = 0;  // where "$d" stands
    std::vector<int> places;
  };

  // A short cut for statements whose text is a literal of the program: the address at which the text was last seen, and
  // our own copy of it, with which it is compared in case another text has come to lie at the same address.
  struct Recent {
    std::string_view text, own;
    Prepared* statement = nullptr;
  };

  void Forget() {
    recent_.fill({});
    for (auto& [text, old] : statements_) sqlite3_finalize(old.statement);
    statements_.clear();
  }

  // A disk that is full, or memory that ran out, ends the transaction by itself. Whoever goes on in spite of that error
  // would commit each statement alone.
  [[nodiscard]] bool TransactionIsGone() const { return carries_out_ && sqlite3_get_autocommit(db_) != 0; }
  static Error Gone() { return MakeError(ErrorCode::kUnavailable, "数据库正忙，这一步没有办理；请稍后再试"); }

  Result<sqlite3_stmt*> Prepare(std::string_view sql, std::span<const Value> parameters) {
    if (TransactionIsGone()) return Gone();
    // The text of most statements stands in the program: the same place and the same text is the same statement.
    Recent& recent = recent_[(reinterpret_cast<std::uintptr_t>(sql.data()) >> 4) % recent_.size()];
    if (recent.statement != nullptr && recent.text.data() == sql.data() && recent.own == sql)
      return Fill(*recent.statement, sql, parameters);
    auto it = statements_.find(sql);
    if (it == statements_.end()) {
      sqlite3_stmt* made = nullptr;
      if (sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &made,
                             nullptr) != SQLITE_OK)
        return FromSqlite(db_, sql);
      if (statements_.size() >= 512) Forget();  // statements made from filters must not pile up
      const int district = sqlite3_bind_parameter_index(made, "$d");
      it = statements_.emplace(std::string(sql), Prepared{.statement = made, .district = district, .places = {}}).first;
      if (!BindDistrict(it->second)) return FromSqlite(db_, sql);
    }
    recent = {sql, it->first, &it->second};
    return Fill(it->second, sql, parameters);
  }

  Result<sqlite3_stmt*> Fill(Prepared& prepared, std::string_view sql, std::span<const Value> parameters) {
    sqlite3_stmt* const statement = prepared.statement;  // reset when it was last used
    if (parameters.size() < prepared.places.size()) {
      sqlite3_clear_bindings(statement);
      if (!BindDistrict(prepared)) return FromSqlite(db_, sql);
    }
    for (std::size_t i = prepared.places.size(); i < parameters.size(); ++i) {
      const std::string name = "$" + std::to_string(i + 1);
      prepared.places.push_back(sqlite3_bind_parameter_index(statement, name.c_str()));
    }
    for (std::size_t i = 0; i < parameters.size(); ++i)
      if (prepared.places[i] != 0 && !Bind(statement, prepared.places[i], parameters[i])) return FromSqlite(db_, sql);
    return statement;
  }

  // The district is the same for every use of a statement, so it is bound when the statement is prepared and stays.
  bool BindDistrict(const Prepared& prepared) const {
    return prepared.district == 0 || sqlite3_bind_text64(prepared.statement, prepared.district, district_.data(),
                                                         district_.size(), SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK;
  }

  // Texts are bound without a copy: the caller's value lives until the rows of the statement are read, and the binding
  // is replaced before the statement runs again.
  static bool Bind(sqlite3_stmt* statement, int index, const Value& value) {
    if (std::holds_alternative<std::monostate>(value)) return sqlite3_bind_null(statement, index) == SQLITE_OK;
    if (const auto* whole = std::get_if<std::int64_t>(&value))
      return sqlite3_bind_int64(statement, index, *whole) == SQLITE_OK;
    if (const auto* real = std::get_if<double>(&value))
      return sqlite3_bind_double(statement, index, *real) == SQLITE_OK;
    if (const auto* text = std::get_if<std::string>(&value))
      return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK;
    const auto& blob = std::get<Blob>(value);
    return sqlite3_bind_blob64(statement, index, blob.empty() ? "" : reinterpret_cast<const char*>(blob.data()),
                               blob.size(), SQLITE_STATIC) == SQLITE_OK;
  }

  static Value Column(sqlite3_stmt* statement, int i) {
    switch (sqlite3_column_type(statement, i)) {
      case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(statement, i)};
      case SQLITE_FLOAT: return sqlite3_column_double(statement, i);
      case SQLITE_TEXT:
        return std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, i)),
                           static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
      case SQLITE_BLOB: {
        const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, i));
        return Blob(bytes, bytes + sqlite3_column_bytes(statement, i));
      }
      default: return std::monostate{};
    }
  }

  // A statement that was not reset holds its snapshot and refuses to be bound again: also where memory runs out.
  struct Resetting {
    sqlite3_stmt* statement;
    ~Resetting() { sqlite3_reset(statement); }
  };

  template <class T>
  Result<T> Finish(int code, std::string_view sql, T value) {
    if (code == SQLITE_DONE) return value;
    return FromSqlite(db_, sql);
  }

  sqlite3* db_ = nullptr;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> statements_;
  std::array<Recent, 128> recent_{};
  std::map<std::string, std::vector<std::string>, std::less<>>
      columns_;  // names of the columns of a table: each digest of a row needs them, so they are read once
  std::vector<std::function<Status(Connection&)>> at_end_;
  bool carries_out_ = false;  // true while a write's work runs
};

class SqliteDatabase : public Database {
 public:
  SqliteDatabase(std::string file, OpenOptions options) : file_(std::move(file)), options_(std::move(options)) {
    readers_.reserve(static_cast<std::size_t>(options_.readers));
  }

  Status Start() {
    ZHIAN_ASSIGN(writer_, SqliteConnection::Open(file_, true, options_));
    return KeepDistrict();
  }

  // Which district the rows of this file bear, asked before the first statement that binds it.
  Status KeepDistrict() {
    ZHIAN_ASSIGN(const auto tables, writer_->Query("SELECT name FROM sqlite_master WHERE type='table' AND name IN "
                                                   "('database_district', 'schema_migration') ORDER BY name LIMIT 2",
                                                   std::span<const Value>{}));
    const bool kept = !tables.empty() && tables.front().text(0) == "database_district";
    if (kept) {
      ZHIAN_ASSIGN(const auto rows,
                   writer_->Query("SELECT code FROM database_district LIMIT 1", std::span<const Value>{}));
      if (rows.empty() || rows.front().text(0).empty())
        return MakeError(ErrorCode::kCorrupt, "the database does not say which district it is of");
      options_.district = rows.front().text(0);
    } else {
      if (!tables.empty()) options_.district = kBeforeItWasKept;
      ZHIAN_TRY(writer_->Script("BEGIN IMMEDIATE; CREATE TABLE database_district (code TEXT NOT NULL PRIMARY KEY)"));
      const std::array<Value, 1> code{options_.district};
      const auto written = writer_->Execute("INSERT INTO database_district (code) VALUES ($1)", code);
      ZHIAN_TRY(writer_->Script(written.ok() ? "COMMIT" : "ROLLBACK"));
      ZHIAN_TRY(written);
    }
    writer_->BelongTo(options_.district);
    return Ok();
  }

  Status Read(const std::function<Status(Connection&)>& work) override {
    std::unique_ptr<SqliteConnection> reader;
    {
      std::unique_lock lock(readers_mutex_);
      reader_free_.wait(lock, [&] { return !readers_.empty() || opened_ < options_.readers; });
      if (readers_.empty()) {
        ++opened_;
      } else {
        reader = std::move(readers_.back());
        readers_.pop_back();
      }
    }
    Status status = Ok();
    if (reader == nullptr) {  // readers are opened when they are first needed: a start does not wait for them
      auto opened = SqliteConnection::Open(file_, false, options_);
      if (opened.ok())
        (reader = std::move(*opened))->Accompany(companion_.get());
      else
        status = opened.error();
    }
    if (status.ok()) status = Within(*reader, work);
    {
      const std::lock_guard lock(readers_mutex_);
      if (reader == nullptr)
        --opened_;
      else
        readers_.push_back(std::move(reader));
    }
    reader_free_.notify_one();
    return status;
  }

  Status ReadBeside(const std::function<Status(Connection&)>& work) override {
    ZHIAN_ASSIGN(const auto reader, SqliteConnection::Open(file_, false, options_));
    reader->Accompany(companion_.get());
    return Within(*reader, work);
  }

  void Accompany(std::unique_ptr<Companion> companion) override {
    companion_ = std::move(companion);
    writer_->Accompany(companion_.get());
    for (const auto& reader : readers_) reader->Accompany(companion_.get());
  }

  [[nodiscard]] Companion* companion() const override { return companion_.get(); }

  // Group commit: who finds no leader leads. The leader carries out everybody's work, each inside a savepoint of its
  // own, and commits once; the durable write to disk, which is what a commit costs, is shared by all that came
  // meanwhile.
  Status Write(const std::function<Status(Connection&)>& work) override {
    Waiting mine{&work, Ok(), false};
    std::vector<Waiting*> group;
    group.reserve(kGroupMax);  // now: once this call leads, nothing may stop it from handing the lead on
    std::unique_lock lock(queue_mutex_);
    queue_.push_back(&mine);
    while (!mine.done && leading_) led_.wait(lock);
    if (mine.done) return mine.status;
    leading_ = true;
    while (!queue_.empty() && group.size() < kGroupMax) {
      group.push_back(queue_.front());
      queue_.pop_front();
    }
    lock.unlock();
    CarryOut(group);
    lock.lock();
    for (Waiting* one : group) one->done = true;
    leading_ = false;
    lock.unlock();
    led_.notify_all();
    return mine.status;
  }

  Status Migrate(std::span<const Migration> migrations) override {
    // Nothing is written where nothing is missing: a start costs no commit.
    std::size_t applied = 0;
    const Status known = Read([&](Connection& db) -> Status {
      for (const Migration& migration : migrations) {
        ZHIAN_ASSIGN(auto rows, db.Query("SELECT 1 FROM schema_migration WHERE name=$1 AND digest=$2 LIMIT 1",
                                         {std::string(migration.name), base::HexSha256(migration.sql)}));
        applied += rows.size();
      }
      return Ok();
    });
    if (known.ok() && applied == migrations.size()) return Ok();
    return Write([&](Connection& db) -> Status {
      ZHIAN_TRY(db.Script("CREATE TABLE IF NOT EXISTS schema_migration (name TEXT PRIMARY KEY, digest TEXT NOT NULL)"));
      for (const Migration& migration : migrations) {
        const std::string digest = base::HexSha256(migration.sql);
        ZHIAN_ASSIGN(auto rows, db.Query("SELECT digest FROM schema_migration WHERE name=$1 LIMIT 1",
                                         {std::string(migration.name)}));
        if (!rows.empty()) {
          if (rows.front().text(0) != digest)
            return MakeError(ErrorCode::kCorrupt,
                             "migration " + std::string(migration.name) +
                                 " was applied with another text: this program is not the one that made the folder");
          continue;
        }
        ZHIAN_TRY(db.Script(migration.sql));
        ZHIAN_TRY(db.Execute("INSERT INTO schema_migration (name, digest) VALUES ($1,$2)",
                             {std::string(migration.name), digest}));
      }
      return Ok();
    });
  }

  Status Backup(const std::string& file) override {
    ZHIAN_ASSIGN(auto source, SqliteConnection::Open(file_, false, options_));
    sqlite3* target = nullptr;
    if (sqlite3_open_v2(file.c_str(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) != SQLITE_OK) {
      const std::string message = sqlite3_errmsg(target);
      sqlite3_close(target);
      return MakeError(ErrorCode::kUnavailable, "cannot write " + file + ": " + message);
    }
    sqlite3_backup* backup = sqlite3_backup_init(target, "main", source->handle(), "main");
    int code = backup == nullptr ? SQLITE_ERROR : SQLITE_OK;
    while (backup != nullptr && (code = sqlite3_backup_step(backup, 2000)) == SQLITE_OK) {
    }
    if (backup != nullptr) sqlite3_backup_finish(backup);
    sqlite3_close(target);
    if (code != SQLITE_DONE) return MakeError(ErrorCode::kUnavailable, "backup to " + file + " did not finish");
    return Ok();
  }

 private:
  struct Waiting {
    const std::function<Status(Connection&)>* work;
    Status status;
    bool done;
  };
  static Status Within(SqliteConnection& reader, const std::function<Status(Connection&)>& work) {
    ZHIAN_TRY(reader.Say("BEGIN"));
    const Status status = Contained(work, reader);
    const Status ended = reader.Say("COMMIT");
    return status.ok() ? ended : status;
  }

  static constexpr std::string_view kBeforeItWasKept = "d";
  static constexpr std::size_t kGroupMax = 64;  // writes that share a commit: bounds how long the first of them waits

  void CarryOut(const std::vector<Waiting*>& group) {
    Status all = writer_->Say("BEGIN IMMEDIATE");
    if (all.ok()) {
      bool something = false;
      for (Waiting* one : group) {
        if (!all.ok()) break;  // the transaction is gone: what came now would commit by itself
        const bool alone = group.size() == 1;
        one->status = alone ? Ok() : writer_->Say("SAVEPOINT one_of_group");
        if (one->status.ok()) one->status = writer_->CarryOut(*one->work);
        if (one->status.ok()) {
          something = true;
        } else if (!alone) {
          if (const Status undone = writer_->Say("ROLLBACK TO one_of_group"); !undone.ok()) all = undone;
        }
        if (!alone)
          if (const Status released = writer_->Say("RELEASE one_of_group"); !released.ok()) all = released;
      }
      if (all.ok() && something) all = writer_->Say("COMMIT");
      if (!all.ok() || !something) {
        const Status undone = writer_->Say("ROLLBACK");  // what failed first is what the caller is told
        (void)undone;
      }
    }
    if (!all.ok())
      for (Waiting* one : group)
        if (one->status.ok()) one->status = all;
  }

  std::string file_;
  OpenOptions options_;
  std::mutex queue_mutex_, readers_mutex_;
  std::condition_variable reader_free_, led_;
  std::deque<Waiting*> queue_;
  bool leading_ = false;
  int opened_ = 0;
  std::unique_ptr<SqliteConnection> writer_;
  std::vector<std::unique_ptr<SqliteConnection>> readers_;
  // The last member, so that it is destroyed first: it may still use the connections while it ends.
  std::unique_ptr<Companion> companion_;
};

}  // namespace

Result<std::unique_ptr<Database>> OpenSqlite(const std::string& file, const OpenOptions& options) {
  // SQLite's memory statistics are switched off, because counting takes a lock at each allocation. SQLite refuses this
  // once a database is open; then the statistics simply stay on.
  static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)configured;
  auto database = std::make_unique<SqliteDatabase>(file, options);
  ZHIAN_TRY(database->Start());
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace zhian::storage
