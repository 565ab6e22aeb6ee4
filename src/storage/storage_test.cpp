// Written for every engine: ZHIAN_TEST_DATABASE names another one than SQLite ("postgresql://…", an empty database of
// its own).
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <thread>

#include "storage/database.hpp"

using namespace zhian;
using storage::Connection;
using storage::Value;

namespace {
struct Store {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("zhian-storage-" + std::to_string(std::random_device{}()));
  std::unique_ptr<storage::Database> database;
  Store() {
    std::filesystem::create_directories(folder);
    Open();
    static constexpr storage::Migration kThing[] = {
        {"test/001",
         "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT NOT NULL, weight DOUBLE PRECISION, amount BIGINT CHECK (amount >= 0)); CREATE UNIQUE INDEX thing_name ON thing (name)"}};
    REQUIRE(database->Migrate(kThing).ok());
    REQUIRE(database->Migrate(kThing).ok());  // nothing is missing any more
  }
  ~Store() { std::filesystem::remove_all(folder); }
  void Open() {
    const char* url = std::getenv("ZHIAN_TEST_DATABASE");
    auto opened = storage::Database::Open(url != nullptr ? url : "sqlite:" + (folder / "t.db").string());
    REQUIRE(opened.ok());
    database = std::move(*opened);
  }
  Status Insert(std::int64_t id, const std::string& name) {
    return database->Write([&](Connection& db) -> Status {
      ZHIAN_TRY(db.Execute("INSERT INTO thing (id, name) VALUES ($1,$2)", {id, name}));
      return Ok();
    });
  }
  std::int64_t Count() {
    std::int64_t count = -1;
    REQUIRE(database
                ->Read([&](Connection& db) -> Status {
                  ZHIAN_ASSIGN(auto rows, db.Query("SELECT COUNT(*) FROM thing"));
                  count = rows.front().integer(0);
                  return Ok();
                })
                .ok());
    return count;
  }
};
}  // namespace

TEST_CASE("values come back as they went in; a parameter may stand twice and out of order") {
  Store store;
  const std::string name = "茶\0业'; DROP TABLE thing; --";
  REQUIRE(store.database
              ->Write([&](Connection& db) -> Status {
                ZHIAN_TRY(db.Execute("INSERT INTO thing (id, name, weight, amount) VALUES ($2,$1,$3,$4)",
                                     {name, std::int64_t{-9'007'199'254'740'993}, 0.1, storage::Null()}));
                ZHIAN_ASSIGN(auto rows,
                             db.Query("SELECT id, name, weight, amount FROM thing WHERE name=$1 AND $1=name", {name}));
                REQUIRE(rows.size() == 1);
                CHECK(rows[0].integer(0) == -9'007'199'254'740'993);
                CHECK(rows[0].text(1) == name);
                CHECK(rows[0].real(2) == 0.1);
                CHECK(rows[0].is_null(3));
                return Ok();
              })
              .ok());
}

TEST_CASE("what is left for the end of a write comes last, in its order, and stands or falls with it") {
  Store store;
  const auto later = [](Connection& db, std::int64_t id) {
    db.AtEnd([id](Connection& at_end) -> Status {
      ZHIAN_TRY(at_end.Execute("INSERT INTO thing (id, name) SELECT $1, 'after ' || COUNT(*) FROM thing", {id}));
      return Ok();
    });
  };
  REQUIRE(store.database
              ->Write([&](Connection& db) -> Status {
                later(db, 10);
                later(db, 11);
                ZHIAN_TRY(db.Execute("INSERT INTO thing (id, name) VALUES (1,'first')"));
                ZHIAN_ASSIGN(auto rows, db.Query("SELECT COUNT(*) FROM thing"));
                CHECK(rows.front().integer(0) == 1);
                return Ok();
              })
              .ok());
  REQUIRE(store.database
              ->Read([](Connection& db) -> Status {
                ZHIAN_ASSIGN(auto rows, db.Query("SELECT name FROM thing WHERE id>=10 ORDER BY id"));
                REQUIRE(rows.size() == 2);
                CHECK(rows[0].text(0) == "after 1");
                CHECK(rows[1].text(0) == "after 2");
                return Ok();
              })
              .ok());
  // Refused at its end: nothing of it stays. Refused before: its end is not carried out, nor by the next write.
  CHECK(store.database
            ->Write([&](Connection& db) -> Status {
              later(db, 10);
              ZHIAN_TRY(db.Execute("INSERT INTO thing (id, name) VALUES (2,'second')"));
              return Ok();
            })
            .error()
            .code == ErrorCode::kConflict);
  CHECK_FALSE(store.database
                  ->Write([&](Connection& db) -> Status {
                    later(db, 12);
                    return MakeError(ErrorCode::kInvalid, "no");
                  })
                  .ok());
  CHECK(store.Insert(3, "third").ok());
  CHECK(store.Count() == 4);
}

TEST_CASE("a constraint that is broken says which, and leaves nothing behind") {
  Store store;
  REQUIRE(store.Insert(1, "a").ok());
  CHECK(store.Insert(1, "b").error().code == ErrorCode::kConflict);
  CHECK(store.Insert(2, "a").error().code == ErrorCode::kConflict);
  const auto bad = store.database->Write([](Connection& db) -> Status {
    ZHIAN_TRY(db.Execute("INSERT INTO thing (id, name) VALUES (5,'e')"));
    ZHIAN_TRY(db.Execute("INSERT INTO thing (id, name, amount) VALUES (6,'f',-1)"));
    return Ok();
  });
  CHECK(bad.error().code == ErrorCode::kInvalid);
  CHECK(store.Count() == 1);
}

TEST_CASE("readers see a snapshot, and cannot write") {
  Store store;
  REQUIRE(store.Insert(1, "a").ok());
  REQUIRE(store.database
              ->Read([&](Connection& db) -> Status {
                ZHIAN_ASSIGN(auto before, db.Query("SELECT COUNT(*) FROM thing"));
                REQUIRE(store.Insert(2, "b").ok());
                ZHIAN_ASSIGN(auto after, db.Query("SELECT COUNT(*) FROM thing"));
                CHECK(before.front().integer(0) == after.front().integer(0));
                CHECK_FALSE(db.Execute("INSERT INTO thing (id, name) VALUES (9,'z')").ok());
                return Ok();
              })
              .ok());
  CHECK(store.Count() == 2);
}

TEST_CASE("writers at once: each one's work is whole or not there, whoever shares its commit") {
  Store store;
  constexpr int kThreads = 8, kEach = 60;
  std::atomic<int> kept{0}, refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::int64_t id = (t * kEach + i) * 2;
        const bool fails = i % 3 == 0;
        const Status done = store.database->Write([&](Connection& db) -> Status {
          ZHIAN_TRY(db.Execute("INSERT INTO thing (id, name) VALUES ($1,$2)", {id, std::to_string(id)}));
          if (fails) return MakeError(ErrorCode::kGuardFailed, "no");
          ZHIAN_TRY(db.Execute("INSERT INTO thing (id, name) VALUES ($1,$2)", {id + 1, std::to_string(id + 1)}));
          return Ok();
        });
        (done.ok() ? kept : refused)++;
        if (fails) CHECK(done.error().code == ErrorCode::kGuardFailed);
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(refused == kThreads * kEach / 3);
  CHECK(store.Count() == 2 * kept);
}

TEST_CASE("a throw inside the work is that caller's error, and the database stays usable") {
  Store store;
  const auto thrown = [](Connection&) -> Status { throw std::runtime_error("a bug"); };
  // More often than there are readers: none of them is lost, and none keeps its transaction open.
  for (int i = 0; i < 10; ++i) {
    const Status read = store.database->Read(thrown);
    CHECK(read.error().code == ErrorCode::kInternal);
    CHECK(read.error().message.Text().find("a bug") != std::string::npos);
    CHECK(store.database->ReadBeside(thrown).error().code == ErrorCode::kInternal);
    CHECK(store.database->Write([](Connection&) -> Status { throw 7; }).error().code == ErrorCode::kInternal);
    CHECK(store.database
              ->Write([&](Connection& db) -> Status {
                ZHIAN_TRY(db.Execute("INSERT INTO thing (id, name) VALUES (1,'lost')"));
                db.AtEnd(thrown);
                return Ok();
              })
              .error()
              .code == ErrorCode::kInternal);
  }
  CHECK(store.Count() == 0);
  CHECK(store.Insert(1, "kept").ok());
  CHECK(store.Count() == 1);
}

TEST_CASE("a part of a write that fails leaves nothing, and the rest of the write stands") {
  Store store;
  const auto insert = [](Connection& db, std::int64_t id) -> Status {
    ZHIAN_TRY(db.Execute("INSERT INTO thing (id, name) VALUES ($1,$2)", {id, std::to_string(id)}));
    return Ok();
  };
  REQUIRE(store.database
              ->Write([&](Connection& db) -> Status {
                ZHIAN_TRY(insert(db, 1));
                CHECK(db.Attempt([&](Connection& part) -> Status {
                          ZHIAN_TRY(insert(part, 2));
                          part.AtEnd([&](Connection& at_end) { return insert(at_end, 3); });
                          throw std::runtime_error("a bug");
                        })
                          .error()
                          .code == ErrorCode::kInternal);
                CHECK(db.Attempt([&](Connection& part) -> Status {
                          ZHIAN_TRY(insert(part, 4));
                          part.AtEnd([&](Connection& at_end) { return insert(at_end, 5); });
                          CHECK_FALSE(part.Attempt([&](Connection& inner) { return insert(inner, 1); }).ok());
                          return Ok();
                        }).ok());
                return insert(db, 6);
              })
              .ok());
  REQUIRE(store.database
              ->Read([](Connection& db) -> Status {
                ZHIAN_ASSIGN(auto rows, db.Query("SELECT id FROM thing ORDER BY id LIMIT 10"));
                std::string ids;
                for (const auto& row : rows) ids += std::to_string(row.integer(0)) + " ";
                CHECK(ids == "1 4 5 6 ");
                return Ok();
              })
              .ok());
}

TEST_CASE("writers at once, some of which throw: the others' work is kept, and nobody waits for ever") {
  Store store;
  constexpr int kThreads = 8, kEach = 40;
  std::atomic<int> kept{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::int64_t id = t * kEach + i;
        const int fault = i % 4;  // 0: at once, 1: at the end, else none
        const Status done = store.database->Write([&](Connection& db) -> Status {
          ZHIAN_TRY(db.Execute("INSERT INTO thing (id, name) VALUES ($1,$2)", {id, std::to_string(id)}));
          if (fault == 0) throw std::runtime_error("at once");
          if (fault == 1) db.AtEnd([](Connection&) -> Status { throw std::runtime_error("at the end"); });
          return Ok();
        });
        if (done.ok()) ++kept;
        CHECK(done.ok() == (fault > 1));
        if (fault <= 1) CHECK(done.error().code == ErrorCode::kInternal);
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(kept == kThreads * kEach / 2);
  CHECK(store.Count() == kept);
}

TEST_CASE("the code of the district is chosen when a database is made, and kept in it") {
  Store store;
  if (std::getenv("ZHIAN_TEST_DATABASE") != nullptr) return;
  const auto code_of = [](storage::Database& database) {
    std::string code, bound;
    CHECK(database
              .Write([&](Connection& db) -> Status {
                ZHIAN_ASSIGN(const auto rows, db.Query("SELECT $d, $1 LIMIT 1", {"x"}));
                bound = rows.front().text(0);
                code = db.district();
                return Ok();
              })
              .ok());
    CHECK(code == bound);
    CHECK(database
              .Read([&](Connection& db) -> Status {
                CHECK(db.district() == code);
                return Ok();
              })
              .ok());
    return code;
  };
  const std::string made = "sqlite:" + (store.folder / "made.db").string();
  CHECK(code_of(**storage::Database::Open(made, {.district = "330106"})) == "330106");
  CHECK(code_of(**storage::Database::Open(made, {.district = "511113"})) == "330106");
  // A folder from before the code was kept has migrations, and says nothing of its district.
  REQUIRE(
      store.database->Write([](Connection& db) -> Status { return db.Script("DROP TABLE database_district"); }).ok());
  store.Open();
  CHECK(code_of(*store.database) == "d");
  store.Open();
  CHECK(code_of(*store.database) == "d");
}

TEST_CASE("a migration whose text has changed is refused") {
  Store store;
  static constexpr storage::Migration kOther[] = {{"test/001", "CREATE TABLE thing (id BIGINT)"}};
  CHECK(store.database->Migrate(kOther).error().code == ErrorCode::kCorrupt);
}

TEST_CASE("what was committed is there after opening anew; a backup holds it too") {
  Store store;
  REQUIRE(store.Insert(1, "a").ok());
  const std::string file = (store.folder / "copy.db").string();
  const Status copied = store.database->Backup(file);
  if (copied.ok()) {
    auto copy = storage::Database::Open("sqlite:" + file);
    REQUIRE(copy.ok());
    CHECK((*copy)
              ->Read([](Connection& db) -> Status {
                ZHIAN_ASSIGN(auto rows, db.Query("SELECT name FROM thing"));
                CHECK(rows.size() == 1);
                return Ok();
              })
              .ok());
  } else {
    CHECK(copied.error().code == ErrorCode::kUnsupported);
  }
  store.Open();
  CHECK(store.Count() == 1);
}
