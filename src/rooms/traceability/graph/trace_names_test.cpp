// What a trace says beside the movements: names, keepers of places, states. In memory, and as exact as the tables.
#include "rooms/traceability/graph/trace_names.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <random>
#include <thread>

#include "base/text.hpp"
#include "engines/tracing/snapshot.hpp"
#include "rooms/traceability/graph/trace_fixture.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/movements.hpp"

using namespace zhian;
using namespace zhian::traceability;
using namespace zhian::traceability::tests;

namespace {

void Do(storage::Connection& db, const std::string& sql, std::initializer_list<storage::Value> values = {}) {
  const auto done = db.Execute(sql, values);
  if (!done.ok()) MESSAGE(done.error().message.Text());
  REQUIRE(done.ok());
}
void Write(Folder& f, const std::string& sql, std::initializer_list<storage::Value> values = {}) {
  REQUIRE(f.db->Write([&](storage::Connection& db) -> Status {
                Do(db, sql, values);
                return Ok();
              })
              .ok());
}
const Holding& At(const Answer& answer, const std::string& place) {
  for (const Holding& h : answer.holdings)
    if (h.place == place) return h;
  FAIL("no such place");
  return answer.holdings.front();
}
// Each holding's own words, one by one from the tables.
void CompareWords(storage::Connection& db, const Answer& answer) {
  for (const Holding& h : answer.holdings) {
    const auto known = db.Query("SELECT status, evidence FROM holding WHERE district=$d AND item=$1 AND place=$2",
                                {std::string(h.item), std::string(h.place)});
    const auto premises = db.Query("SELECT operator_id FROM premises WHERE district=$d AND gln=$1 ORDER BY id LIMIT 1",
                                   {SiteOf(std::string(h.place))});
    REQUIRE(known->size() == 1);
    const std::string status = known->front().text(0);
    REQUIRE((h.status == status || (status == "unknown" && h.status == "moved_on")));
    REQUIRE(h.evidence == known->front().text(1));
    const std::string keeper = premises->empty() ? std::string() : premises->front().text(0);
    REQUIRE(h.operator_id == keeper);
    const auto named = db.Query("SELECT name, jurisdiction FROM operator WHERE district=$d AND id=$1", {keeper});
    REQUIRE(h.place_name == (keeper.empty()   ? "未建档地点 " + SiteOf(std::string(h.place))
                             : named->empty() ? std::string()
                                              : named->front().text(0)));
    REQUIRE(h.jurisdiction == (named->empty() ? std::string() : named->front().text(1)));
  }
}

}  // namespace

TEST_CASE(
    "an operator renamed, a place that changed hands, a holding dealt with a moment ago show in the next answer") {
  Folder f;
  f.Must({Made(1, 0, 0, 1, 100), Moved(2, 1, true, 0, 1, 1, 40), Moved(3, 2, true, 0, 2, 1, 30)});
  const auto shop = [&] { return std::string(At(f.Ask(Item(1)), Place(1)).place_name); };
  CHECK(shop() == "未建档地点 P1");
  Write(f, "INSERT INTO premises (district, id, operator_id, gln) VALUES ($d,'p1','o1','P1')");
  CHECK(At(f.Ask(Item(1)), Place(1)).operator_id == "o1");
  Write(
      f,
      "INSERT INTO operator (district, id, name, jurisdiction) VALUES ($d,'o1','甲店','440606001'),($d,'o2','乙店','440606002')");
  CHECK(shop() == "甲店");
  CHECK(At(f.Ask(Item(1)), Place(1)).jurisdiction == "440606001");
  Write(f, "UPDATE operator SET name='丙店' WHERE district=$d AND id='o1'");
  CHECK(shop() == "丙店");
  Write(f, "UPDATE operator SET jurisdiction='440606009' WHERE district=$d AND id='o1'");
  CHECK(At(f.Ask(Item(1)), Place(1)).jurisdiction == "440606009");
  Write(f, "UPDATE premises SET operator_id='o2' WHERE district=$d AND id='p1'");
  CHECK(shop() == "乙店");
  Write(f, "UPDATE premises SET gln='P2' WHERE district=$d AND id='p1'");
  CHECK(shop() == "未建档地点 P1");
  CHECK(At(f.Ask(Item(1)), Place(2)).place_name == "乙店");
  Write(f, "DELETE FROM premises WHERE district=$d AND id='p1'");
  CHECK(At(f.Ask(Item(1)), Place(2)).place_name == "未建档地点 P2");
  const auto set = [&](const char* status, const char* evidence) {
    REQUIRE(
        f.db->Write([&](storage::Connection& db) { return SetHolding(db, Item(1), Place(1), status, evidence, 40); })
            .ok());
  };
  CHECK(At(f.Ask(Item(1)), Place(1)).status == "unknown");
  set("in_seizure", "扣押决定 1 号");
  CHECK(At(f.Ask(Item(1)), Place(1)).status == "in_seizure");
  CHECK(At(f.Ask(Item(1)), Place(1)).resolved);
  set("in_seizure", "扣押决定 2 号");
  CHECK(At(f.Ask(Item(1)), Place(1)).evidence == "扣押决定 2 号");
  set("unknown", "");
  CHECK(At(f.Ask(Item(1)), Place(1)).status == "unknown");
  CHECK_FALSE(At(f.Ask(Item(1)), Place(1)).resolved);
  CHECK(f.index->Describe().named == 3);
}

TEST_CASE("who writes sees the names that it wrote itself; undone, nobody does") {
  Folder f;
  f.Must({Made(1, 0, 0, 1, 100), Moved(2, 1, true, 0, 1, 1, 40)});
  Write(f, "INSERT INTO premises (district, id, operator_id, gln) VALUES ($d,'p1','o1','P1')");
  Write(f, "INSERT INTO operator (district, id, name, jurisdiction) VALUES ($d,'o1','甲店','440606001')");
  CHECK(At(f.Ask(Item(1)), Place(1)).place_name == "甲店");
  const Status undone = f.db->Write([&](storage::Connection& db) -> Status {
    Do(db, "UPDATE operator SET name='乙店' WHERE district=$d AND id='o1'");
    ZHIAN_TRY(SetHolding(db, Item(1), Place(1), "destroyed", "销毁记录", 40));
    ZHIAN_TRY(SetHolding(db, Item(1), Place(7), "destroyed", "一处新的持有", 1));
    ZHIAN_ASSIGN(const Answer mine, Trace(db, Item(1), Direction::kForward));
    CHECK(At(mine, Place(1)).place_name == "乙店");
    CHECK(At(mine, Place(1)).status == "destroyed");
    CHECK(At(f.Ask(Item(1)), Place(1)).place_name == "甲店");
    CHECK(At(f.Ask(Item(1)), Place(1)).status == "unknown");
    return MakeError(ErrorCode::kConflict, "undone");
  });
  CHECK_FALSE(undone.ok());
  CHECK(At(f.Ask(Item(1)), Place(1)).place_name == "甲店");
  CHECK(At(f.Ask(Item(1)), Place(1)).status == "unknown");
  // Under the number that the undone change had.
  REQUIRE(
      f.db->Write([&](storage::Connection& db) { return SetHolding(db, Item(1), Place(1), "in_seizure", "扣押", 40); })
          .ok());
  CHECK(At(f.Ask(Item(1)), Place(1)).status == "in_seizure");
  CHECK(At(f.Ask(Item(1)), Place(1)).place_name == "甲店");
}

TEST_CASE("property: on random histories of names and states every word of an answer is that of the tables") {
  std::mt19937 random(2026);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int trial = 0; trial < 6; ++trial) {
    Folder f;
    int number = 0;
    json::array first;
    for (int i = 0; i < 12; ++i) first.push_back(Made(++number, 0, i % 4, i, 100));
    f.Must(first);
    for (int round = 0; round < 40; ++round) {
      const std::string op = "o" + std::to_string(below(4)), premises = "p" + std::to_string(below(5)),
                        site = "P" + std::to_string(below(6)), name = "店" + std::to_string(round);
      switch (below(8)) {
        case 0:
          Write(
              f,
              "INSERT INTO operator (district, id, name, jurisdiction) VALUES ($d,$1,$2,'44') ON CONFLICT (district, id) DO UPDATE SET name=excluded.name",
              {op, name});
          break;
        case 1: Write(f, "UPDATE operator SET jurisdiction=$2 WHERE district=$d AND id=$1", {op, name}); break;
        case 2:
          Write(
              f,
              "INSERT INTO premises (district, id, operator_id, gln) VALUES ($d,$1,$2,$3) ON CONFLICT (district, id) DO UPDATE SET operator_id=excluded.operator_id, gln=excluded.gln",
              {premises, op, site});
          break;
        case 3: Write(f, "DELETE FROM premises WHERE district=$d AND id=$1", {premises}); break;
        case 4: Write(f, "DELETE FROM operator WHERE district=$d AND id=$1", {op}); break;
        case 5: {
          static const char* const kStates[] = {"unknown", "destroyed", "in_seizure"};
          const std::string status = kStates[below(3)];
          REQUIRE(f.db->Write([&](storage::Connection& db) {
                        return SetHolding(db, Item(below(12)), Place(below(6)), status, status == "unknown" ? "" : name,
                                          1);
                      })
                      .ok());
          break;
        }
        default: f.Must({Moved(++number, 1 + below(100), true, below(6), below(6), below(12), 1 + below(9))});
      }
      if (below(12) == 0) REQUIRE(f.index->Renew().ok());
      if (below(20) == 0) f.Open();
      if (below(9) == 0) REQUIRE(f.index->CutChanges().ok());
      REQUIRE(f.db->Read([&](storage::Connection& db) -> Status {
                    ZHIAN_ASSIGN(const Answer answer, Trace(db, Item(below(12)), Direction::kBoth));
                    CompareWords(db, answer);
                    return Ok();
                  })
                  .ok());
    }
  }
}

TEST_CASE("renames and traces at the same time: whoever was told of a name never reads an older one") {
  Folder f;
  f.Must({Made(1, 0, 0, 1, 100), Moved(2, 1, true, 0, 1, 1, 40)});
  Write(f, "INSERT INTO premises (district, id, operator_id, gln) VALUES ($d,'p1','o1','P1')");
  Write(f, "INSERT INTO operator (district, id, name, jurisdiction) VALUES ($d,'o1','0','44')");
  std::atomic<int> acknowledged{0}, behind{0}, asked{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      while (!done) {
        const int known = acknowledged;
        const Status read = f.db->Read([&](storage::Connection& db) -> Status {
          ZHIAN_ASSIGN(const Answer answer, Trace(db, Item(1), Direction::kForward));
          for (const Holding& h : answer.holdings)
            if (h.place == Place(1) &&
                (std::stoi(std::string(h.place_name)) < known || std::stoi("0" + std::string(h.evidence)) < known))
              ++behind;
          return Ok();
        });
        if (!read.ok()) ++behind;
        ++asked;
      }
    });
  for (int i = 1; i <= 150; ++i) {
    REQUIRE(f.db->Write([&](storage::Connection& db) -> Status {
                  ZHIAN_TRY(
                      db.Execute("UPDATE operator SET name=$1 WHERE district=$d AND id='o1'", {std::to_string(i)}));
                  return SetHolding(db, Item(1), Place(1), "destroyed", std::to_string(i), 40);
                })
                .ok());
    acknowledged = i;
  }
  while (asked < 10) std::this_thread::yield();
  done = true;
  for (auto& thread : threads) thread.join();
  CHECK(behind == 0);
}

TEST_CASE("an identifier that is too long for the names in memory is traced by the tables") {
  Folder f;
  json::object made = Made(1, 0, 0, 1, 100), moved = Moved(2, 1, true, 0, 1, 1, 40);
  const std::string item = "urn:zhian:lot:" + std::string(1900, 'x');
  for (json::object* event : {&made, &moved})
    (*event)["quantityList"] = json::array{json::object{{"epcClass", item}, {"quantity", 9}, {"uom", "KGM"}}};
  f.Must({made, moved});
  const Answer answer = f.Ask(item);
  REQUIRE(answer.holdings.size() == 2);
  CHECK(answer.holdings[1].item == item);
  CHECK(At(answer, Place(1)).status == "unknown");
}

TEST_CASE("names come back as they were added, whatever they are") {
  HoldingNames names;
  std::mt19937 random(5);
  std::vector<std::pair<std::string, std::string>> added;
  static constexpr char kLetters[] = "ab/:.豆";
  for (int i = 0; i < 70'000; ++i) {
    std::string item =
        i % 3 == 0 ? "https://id.gs1.org/01/0950600013435" + std::to_string(i % 7) + "/10/" + std::to_string(i) : "";
    for (unsigned k = random() % (i % 1000 == 0 ? 3000 : 9); k > 0; --k)
      item += kLetters[random() % (sizeof kLetters - 1)];
    added.emplace_back(item, "place " + std::to_string(random() % 50));
    REQUIRE(names.Add(added.back().first, added.back().second));
  }
  REQUIRE(names.size() == added.size());
  for (std::uint32_t v = 0; v < names.size(); ++v) {
    const auto name = names[v];
    if (added[v].first.size() > 1000) {
      REQUIRE_FALSE(name.kept);
      continue;
    }
    REQUIRE(std::string(name.head) + std::string(name.tail) == added[v].first);
    REQUIRE(name.place == added[v].second);
  }
  // What is too long is left to the tables, and holds nothing up.
  REQUIRE(names.Add(std::string(3 << 20, 'x'), "p"));
  REQUIRE(names.Add("after", "p"));
  CHECK_FALSE(names[names.size() - 2].kept);
  CHECK(names[names.size() - 1].tail == "after");
}

namespace {
struct Written {
  std::vector<std::uint64_t> words;  // so that they begin at a multiple of 8
  explicit Written(const HoldingNames& names, std::uint32_t count) {
    std::vector<std::byte> bytes;
    names.Write(count,
                [&](std::span<const std::byte> piece) { bytes.insert(bytes.end(), piece.begin(), piece.end()); });
    REQUIRE(bytes.size() % 8 == 0);
    words.resize(bytes.size() / 8);
    std::memcpy(words.data(), bytes.data(), bytes.size());
  }
  std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(words)); }
};
std::string TextOf(const HoldingNames::Name& name) {
  return std::string(name.head) + std::string(name.tail) + "@" + std::string(name.place);
}
}  // namespace

TEST_CASE(
    "property: names that were written and are shown are the names, and go on growing; written again, they still are") {
  std::mt19937 random(8);
  for (int trial = 0; trial < 60; ++trial) {
    std::vector<std::unique_ptr<HoldingNames>> generations;
    std::vector<std::unique_ptr<Written>> files;
    std::vector<std::string> added;
    generations.push_back(std::make_unique<HoldingNames>());
    for (int generation = 0; generation < 4; ++generation) {
      HoldingNames& names = *generations.back();
      for (int i = static_cast<int>(random() % 60); i > 0; --i) {
        std::string item = "urn:" + std::to_string(random() % 5) + (random() % 2 == 0 ? ":" : "/") +
                           std::to_string(random() % 1000),
                    place = "P" + std::to_string(random() % 9);
        if (random() % 40 == 0) item = std::string(1500, 'x');  // too long to be kept
        if (random() % 40 == 0) item.clear();
        REQUIRE(names.Add(item, place));
        added.push_back(item.size() > 1000 ? std::string("@") : item + "@" + place);
      }
      REQUIRE(names.size() == added.size());
      for (std::uint32_t v = 0; v < names.size(); ++v) REQUIRE(TextOf(names[v]) == added[v]);
      // Not always all of them: the base may be behind the names.
      const auto count = static_cast<std::uint32_t>(random() % 3 == 0 ? random() % (added.size() + 1) : added.size());
      files.push_back(std::make_unique<Written>(names, count));
      generations.push_back(std::make_unique<HoldingNames>());
      REQUIRE(generations.back()->Show(files.back()->bytes(), nullptr).ok());
      REQUIRE(generations.back()->size() == count);
      added.resize(count);
    }
  }
}

TEST_CASE("names that are damaged are refused; with a checksum that fits they lead nowhere outside") {
  HoldingNames names;
  for (int i = 0; i < 12; ++i)
    REQUIRE(names.Add("urn:zhian:lot:" + std::to_string(i % 3) + ":" + std::to_string(i), "P" + std::to_string(i % 4)));
  Written written(names, names.size());
  const auto bytes = written.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const int bit : {0, 3, 7}) {
      bytes[i] ^= std::byte{static_cast<unsigned char>(1 << bit)};
      HoldingNames damaged;
      REQUIRE_FALSE(damaged.Show(bytes, nullptr).ok());
      const std::uint64_t kept = written.words.back(), sealed = tracing::Checksum(bytes.first(bytes.size() - 8), 0);
      written.words.back() = sealed;
      HoldingNames forged;
      std::size_t length = 0;
      if (forged.Show(bytes, nullptr).ok()) {
        for (std::uint32_t v = 0; v < std::min<std::uint32_t>(forged.size(), 1000); ++v)
          length += TextOf(forged[v]).size();
        REQUIRE(forged.Add("urn:zhian:lot:0:new", "P0"));
        REQUIRE(TextOf(forged[forged.size() - 1]) == "urn:zhian:lot:0:new@P0");
      }
      REQUIRE(length < 100'000);
      written.words.back() = kept;
      bytes[i] ^= std::byte{static_cast<unsigned char>(1 << bit)};
    }
  for (std::size_t size = 0; size < bytes.size(); size += 8)
    REQUIRE_FALSE(HoldingNames().Show(bytes.first(size), nullptr).ok());
}

TEST_CASE("the snapshot knows the names: after a start every word is that of the tables without reading them ahead") {
  Folder f;
  json::array list;
  for (int i = 0; i < 10'050; ++i) list.push_back(Moved(i + 1, i % 200, true, i % 40, (i * 7) % 41, i % 997, 1));
  f.Must(list);
  while (f.index->Describe().named < f.index->Describe().holdings || f.index->Describe().holdings == 0) f.Ask(Item(5));
  REQUIRE(f.index->Renew().ok());
  f.Must({Moved(20'000, 30, true, 5, 43, 5, 1)});
  f.Open();
  REQUIRE(f.db->Read([&](storage::Connection& db) -> Status {
                const auto index = TraceIndex::Of(db);
                const auto view = (*index)->See(db);
                if (!view.ok()) return view.error();
                CHECK(f.index->Describe().from_snapshot);
                const auto rows = db.Query("SELECT id, item, place FROM holding WHERE district=$d ORDER BY id");
                CHECK(f.index->Describe().named == rows->size());
                Texts texts;
                for (const auto& row : *rows) {
                  const tracing::HoldingIndex v[] = {static_cast<tracing::HoldingIndex>(row.integer(0) - 1)};
                  const auto described = view->Describe(db, v, texts);
                  REQUIRE(described->front().item == row.text(1));
                  REQUIRE(described->front().place == row.text(2));
                }
                return Ok();
              })
              .ok());
  const Answer answer = f.Ask(Item(5));
  REQUIRE(f.db->Read([&](storage::Connection& db) -> Status {
                CompareWords(db, answer);
                return Ok();
              })
              .ok());
}

TEST_CASE("the journal of changes is cut behind those who followed it; who had not, reads the tables again") {
  Folder f;
  f.Must({Made(1, 0, 0, 1, 100), Moved(2, 1, true, 0, 1, 1, 40)});
  Write(f, "INSERT INTO premises (district, id, operator_id, gln) VALUES ($d,'p1','o1','P1')");
  Write(f, "INSERT INTO operator (district, id, name, jurisdiction) VALUES ($d,'o1','甲店','440606001')");
  // A second program on the folder, which looks now and then not for long.
  auto second = std::move(*storage::Database::Open("sqlite:" + f.path + "/t.db", {.synchronous_full = false}));
  second->Accompany(std::make_unique<TraceIndex>(*second, ""));
  const auto name_there = [&] {
    std::string name;
    REQUIRE(second
                ->Read([&](storage::Connection& db) -> Status {
                  ZHIAN_ASSIGN(const Answer answer, Trace(db, Item(1), Direction::kForward));
                  name = At(answer, Place(1)).place_name;
                  name += "," + std::string(At(answer, Place(1)).status);
                  return Ok();
                })
                .ok());
    return name;
  };
  CHECK(name_there() == "甲店,unknown");
  const auto rows = [&] {
    std::int64_t count = 0;
    REQUIRE(f.db->Read([&](storage::Connection& db) -> Status {
                  count = db.Query("SELECT COUNT(*) FROM trace_change WHERE district=$d")->front().integer(0);
                  return Ok();
                })
                .ok());
    return count;
  };
  REQUIRE(rows() > 0);
  CHECK(f.index->CutChanges().ok());  // nobody here has followed anything yet
  const std::int64_t before = rows();
  for (int i = 0; i < 5; ++i)
    Write(f, "UPDATE operator SET name=$1 WHERE district=$d AND id='o1'", {"店" + std::to_string(i)});
  REQUIRE(
      f.db->Write([&](storage::Connection& db) { return SetHolding(db, Item(1), Place(1), "destroyed", "记录", 40); })
          .ok());
  CHECK(rows() == before + 6);
  CHECK(At(f.Ask(Item(1)), Place(1)).place_name == "店4");
  CHECK(f.index->CutChanges(1000).ok());  // not worth a write
  CHECK(rows() == before + 6);
  CHECK(f.index->CutChanges().ok());
  CHECK(rows() == 1);
  CHECK(name_there() == "店4,destroyed");
  Write(f, "UPDATE operator SET name='又一店' WHERE district=$d AND id='o1'");
  CHECK(rows() == 2);
  CHECK(At(f.Ask(Item(1)), Place(1)).place_name == "又一店");
  CHECK(name_there() == "又一店,destroyed");
}
