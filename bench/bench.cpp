// zhian_bench: measures inside one process, prints ratios as JSON lines. bench/run drives it and the measurements from
// outside.
//   door N FOLDER POLICY       writes through the one door against the bare inserts of the same rows
//   registry N FOLDER          list and search of N operators for a reader of one township against bare indexed reads
//   of the same rows
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <thread>

#include "bare.hpp"
#include "demo/demo.hpp"
#include "house/house.hpp"
#include "identity/identity.hpp"
#include "rooms/subjects/operators.hpp"
#include "search/search.hpp"

using namespace zhian;
using namespace zhian::bench;
namespace fs = std::filesystem;

namespace {

void Must(const Status& status) {
  if (!status.ok()) Fail(status.error().message.Text());
}

procedure::Actor Officer() {
  procedure::Actor actor;
  actor.account_id = "bench";
  actor.name = "测量";
  actor.roles = {{"administrator", "511113", "", "", ""}, {"licence_officer", "511113", "", "", ""}};
  return actor;
}
procedure::Command NewOperator(int n) {
  procedure::Command command;
  command.kind = "operator_file";
  command.action = "import_operator";
  command.jurisdiction = "511113203";
  command.title = "测量茶叶店" + std::to_string(n) + "号";
  command.fields = {{"name", command.title}, {"operator_type", "shop"},
                    {"address", "永胜乡"},   {"person_in_charge", "示例"},
                    {"staff", "2"},          {"industry", "茶叶"}};
  return command;
}

int Door(int n, const std::string& folder, const std::string& policy) {
  fs::remove_all(folder);
  const std::string file = folder + "/zhian.db";
  auto house = house::House::Open(
      {.data = folder, .database_url = "", .policy = policy, .policy_overlay = "", .make = true, .demo = true});
  if (!house.ok()) Fail(house.error().message.Text());
  desk::App& app = (*house)->app();
  Must(demo::LoadDistrict(app));
  int next = 0;
  for (const int size : {1, 100}) {
    Bare look(file);
    const auto last = LastRows(look);
    fs::remove(folder + "/bare.db");
    look.Run("VACUUM INTO '" + folder + "/bare.db'");
    const double door = Seconds([&] {
      for (int done = 0; done < n; done += size)
        Must(app.database.Write([&](storage::Connection& db) -> Status {
          for (int i = 0; i < size; ++i) ZHIAN_TRY(app.engine.ExecuteIn(db, Officer(), NewOperator(++next)));
          return Ok();
        }));
    });
    const auto tables = NewRows(look, last);
    Bare bare(folder + "/bare.db");
    std::vector<sqlite3_stmt*> statements;
    std::size_t rows = 0;
    for (const auto& table : tables) {
      statements.push_back(bare.Prepare(table.insert));
      rows += table.rows.size();
    }
    const double floor = Seconds([&] {
      for (int done = 0; done < n; done += size) {
        bare.Run("BEGIN IMMEDIATE");
        for (std::size_t t = 0; t < tables.size(); ++t) {
          const std::size_t from = tables[t].rows.size() * static_cast<std::size_t>(done) / static_cast<std::size_t>(n),
                            to = tables[t].rows.size() * static_cast<std::size_t>(done + size) /
                                 static_cast<std::size_t>(n);
          for (std::size_t r = from; r < to; ++r) {
            for (int c = 0; c < tables[t].columns; ++c)
              sqlite3_bind_value(statements[t], c + 1, tables[t].rows[r][static_cast<std::size_t>(c)]);
            if (sqlite3_step(statements[t]) != SQLITE_DONE) Fail(tables[t].table + ": " + sqlite3_errmsg(bare.db));
            sqlite3_reset(statements[t]);
          }
        }
        bare.Run("COMMIT");
      }
    });
    for (auto* s : statements) sqlite3_finalize(s);
    std::printf(
        "{\"measure\":\"one door\",\"writes_a_transaction\":%d,\"rows_a_write\":%.1f,\"door_per_s\":%.0f,\"bare_per_s\":%.0f,\"ratio\":%.2f,\"goal\":\">= 0.5\"}\n",
        size, static_cast<double>(rows) / n, n / door, n / floor, floor / door);
    for (const auto& table : tables)
      for (const auto& row : table.rows)
        for (auto* value : row) sqlite3_value_free(value);
  }
  // Eight people at once: what group commit gives over one after the other.
  const double together = Seconds([&] {
    std::vector<std::thread> people;
    for (int p = 0; p < 8; ++p)
      people.emplace_back([&, p] {
        for (int i = 0; i < n / 8; ++i)
          if (const auto done = app.engine.Execute(Officer(), NewOperator(1'000'000 * (p + 1) + i)); !done.ok())
            Fail(done.error().message.Text());
      });
    for (auto& person : people) person.join();
  });
  std::printf("{\"measure\":\"one door, eight writers\",\"door_per_s\":%.0f}\n", n / 8 * 8 / together);
  return 0;
}

// ---- the registry ----
struct Percentiles {
  double p50, p99;
};
Percentiles Measure(int rounds, const std::function<void(int)>& once) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) times.push_back(Seconds([&] { once(i); }) * 1e3);
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

int Registry(int n, const std::string& folder) {
  constexpr int kTowns = 100;
  const bool kept = fs::exists(folder + "/zhian.db");  // a registry that was made before is measured again
  fs::create_directories(folder);
  auto opened = storage::Database::Open("sqlite:" + folder + "/zhian.db");
  if (!opened.ok()) Fail(opened.error().message.Text());
  storage::Database& database = **opened;
  std::vector<storage::Migration> migrations = house::House::Migrations();
  Must(database.Migrate(migrations));
  if (!kept)
    Must(database.Write([&](storage::Connection& db) -> Status {
      ZHIAN_TRY(identity::AddJurisdiction(db, {"r", "", "测量区", "district", base::Instant{0}, std::nullopt, ""},
                                          base::Instant{0}));
      for (int t = 0; t < kTowns; ++t)
        ZHIAN_TRY(identity::AddJurisdiction(
            db,
            {"t" + std::to_string(t), "r", "乡" + std::to_string(t), "township", base::Instant{0}, std::nullopt, ""},
            base::Instant{0}));
      return Ok();
    }));
  static constexpr const char* kWords[] = {"金口", "永胜", "和平", "共安", "峡谷", "大渡", "乐山", "曙光",
                                           "新乐", "迎春", "建设", "顺河", "铜河", "大瓦", "天池", "枕头"};
  static constexpr const char* kTrades[] = {"茶叶店", "豆腐坊", "餐馆",   "面馆",   "超市",   "百货店",
                                            "酒坊",   "药店",   "副食店", "早餐店", "水果店", "粮油店",
                                            "卤菜店", "奶茶店", "火锅店", "烧烤店"};
  static constexpr const char* kTypes[] = {"shop", "workshop", "restaurant", "supermarket"};
  std::mt19937 random(20260928);
  const double load = Seconds([&] {
    for (int done = 0; done < n && !kept; done += 5000)
      Must(database.Write([&](storage::Connection& db) -> Status {
        for (int i = done; i < done + 5000 && i < n; ++i) {
          subjects::Operator op;
          char id[40], code[24];
          std::snprintf(id, sizeof id, "01900000-0000-7000-8000-%012d", i);
          std::snprintf(code, sizeof code, "92511113MA%07dX", i);
          op.id = id;
          op.code = code;
          op.name = std::string(kWords[random() % 16]) + kWords[random() % 16] + kTrades[random() % 16] +
                    std::to_string(random() % 1000);
          op.type = kTypes[random() % 4];
          op.state = "active";
          op.jurisdiction = "t" + std::to_string(random() % kTowns);
          op.address = "测量地址";
          ZHIAN_TRY(subjects::SaveOperator(db, op, true));
        }
        return Ok();
      }));
  });
  Must(database.Write([](storage::Connection& db) { return search::Gather(db); }));
  std::fprintf(stderr, "%d operators in %.0f s, %.0f MB\n", n, load,
               static_cast<double>(fs::file_size(folder + "/zhian.db")) / 1e6);

  Bare bare(folder + "/zhian.db");
  sqlite3_stmt* by_town =
      bare.Prepare("SELECT * FROM operator WHERE district='d' AND township=? ORDER BY name_key, id LIMIT 50");
  sqlite3_stmt* by_id = bare.Prepare("SELECT * FROM operator WHERE district='d' AND id=?");
  std::size_t touched = 0;
  const auto step = [&](sqlite3_stmt* s) {
    while (sqlite3_step(s) == SQLITE_ROW)
      for (int c = 0; c < sqlite3_column_count(s); ++c)
        touched += static_cast<std::size_t>(sqlite3_column_bytes(s, c)) + (sqlite3_column_text(s, c) != nullptr);
    sqlite3_reset(s);
  };
  const int rounds = 2000;
  const auto compare = [&](const char* name, const std::function<subjects::ListQuery(int)>& query, bool list) {
    std::vector<std::vector<std::string>> ids(rounds);
    std::size_t rows = 0;
    const auto ask = [&](int i) {
      auto& found = ids[static_cast<std::size_t>(i)];
      found.clear();
      Must(database.Read([&](storage::Connection& db) -> Status {
        ZHIAN_ASSIGN(const auto answer, subjects::ListOperators(db, query(i)));
        for (const auto& op : answer.items) found.push_back(op.id);
        return Ok();
      }));
    };
    for (int i = 0; i < rounds; ++i)
      ask(i);  // both sides read warm pages: what is measured is the work, not the first touch
    const auto ours = Measure(rounds, ask);
    for (const auto& found : ids) rows += found.size();
    const auto floor = Measure(rounds, [&](int i) {
      if (list) {
        const std::string town = "t" + std::to_string(i % kTowns);
        sqlite3_bind_text(by_town, 1, town.c_str(), -1, SQLITE_TRANSIENT);
        step(by_town);
        return;
      }
      for (const auto& id : ids[static_cast<std::size_t>(i)]) {
        sqlite3_bind_text(by_id, 1, id.c_str(), -1, SQLITE_STATIC);
        step(by_id);
      }
    });
    std::printf(
        "{\"measure\":\"%s\",\"operators\":%d,\"rows\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"bare_p50_ms\":%.3f,\"bare_p99_ms\":%.3f,\"ratio_p99\":%.2f,\"goal\":\"%s\"}\n",
        name, n, static_cast<double>(rows) / rounds, ours.p50, ours.p99, floor.p50, floor.p99, ours.p99 / floor.p99,
        std::strstr(name, "district") == nullptr ? "<= 4" : "none");
  };
  const auto in_town = [&](int i) {
    subjects::ListQuery query;
    query.jurisdictions = {"t" + std::to_string(i % kTowns)};
    return query;
  };
  for (int i = 0; i < kTowns; ++i)
    Must(database.Read([&](storage::Connection& db) {
      const auto a = subjects::ListOperators(db, in_town(i));
      return a.ok() ? Ok() : Status(a.error());
    }));
  compare("list, one township", in_town, true);
  compare(
      "search by name, one township",
      [&](int i) {
        auto q = in_town(i);
        q.text = std::string(kWords[i % 16]) + kWords[(i / 16) % 16];
        return q;
      },
      false);
  compare(
      "search by one word, one township",
      [&](int i) {
        auto q = in_town(i);
        q.text = kTrades[i % 16];
        return q;
      },
      false);
  compare(
      "search by initials, one township",
      [&](int i) {
        auto q = in_town(i);
        q.text = search::Initials(std::string(kWords[i % 16]) + kTrades[i % 16]);
        return q;
      },
      false);
  compare(
      "search by code, one township",
      [&](int i) {
        auto q = in_town(i);
        char code[24];
        std::snprintf(code, sizeof code, "92511113MA%05d", i * 37 % 10000);
        q.text = code;
        return q;
      },
      false);
  compare(
      "search by name, whole district",
      [&](int i) {
        subjects::ListQuery q;
        q.jurisdictions = {"r"};
        q.text = std::string(kWords[i % 16]) + kTrades[(i / 16) % 16];
        return q;
      },
      false);
  std::fprintf(stderr, "%zu bytes touched\n", touched);
  sqlite3_finalize(by_town);
  sqlite3_finalize(by_id);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5 && std::strcmp(argv[1], "door") == 0) return Door(std::atoi(argv[2]), argv[3], argv[4]);
  if (argc == 4 && std::strcmp(argv[1], "registry") == 0) return Registry(std::atoi(argv[2]), argv[3]);
  Fail("usage: zhian_bench door N FOLDER POLICY | registry N FOLDER");
}
