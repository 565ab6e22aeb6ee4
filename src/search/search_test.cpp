#include "search/search.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <random>

using namespace zhian;

namespace {
struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("zhian-search-" + std::to_string(std::random_device{}()));
  std::unique_ptr<storage::Database> database;
  Folder() {
    std::filesystem::create_directories(path);
    database = std::move(*storage::Database::Open("sqlite:" + (path / "t.db").string()));
    REQUIRE(database->Migrate(search::Migrations()).ok());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  void Put(const search::Entry& entry) {
    REQUIRE(database->Write([&](storage::Connection& db) { return search::Put(db, entry); }).ok());
  }
  search::Answer Find(const search::Query& query) {
    search::Answer answer;
    REQUIRE(database
                ->Read([&](storage::Connection& db) -> Status {
                  ZHIAN_ASSIGN(answer, search::Find(db, query));
                  return Ok();
                })
                .ok());
    return answer;
  }
  std::vector<std::string> Ids(const std::string& text, std::vector<std::string> places = {}) {
    return Find({"operator", text, std::move(places), "", 50}).ids;
  }
};
using Ids = std::vector<std::string>;
}  // namespace

TEST_CASE("initials: pinyin of Han characters, the usual reading of names, the rest as it stands") {
  CHECK(search::Initials("金口河茶厂") == "jkhcc");
  CHECK(search::Initials("重庆长安（乐山）3号") == "cqcals3h");
  CHECK(search::Initials("") == "");
}

TEST_CASE("found by part of the name, by initials, former name, Traditional spelling and the beginning of a code") {
  Folder f;
  f.Put({"operator", "tea", "峡谷茶业有限公司", {"永胜茶厂"}, {"91511113MA6000001X"}, {"a", "a1"}});
  f.Put({"operator", "shop", "河畔茶叶店", {}, {"92511113MA6000002Y"}, {"b"}});
  f.Put({"operator", "bar", "茶语小栈", {}, {}, {"a", "a2"}});
  CHECK(f.Ids("茶业") == Ids{"tea"});
  CHECK(f.Ids("永胜") == Ids{"tea"});
  CHECK(f.Ids("峽谷茶業") == Ids{"tea"});
  CHECK(f.Ids("xgcy") == Ids{"tea"});
  CHECK(f.Ids("hpcyd") == Ids{"shop"});
  CHECK(f.Ids("91511113") == Ids{"tea"});
  CHECK(f.Ids("ma60") == Ids{});                    // a code is found by its beginning
  CHECK(f.Ids("茶") == Ids{"bar", "tea", "shop"});  // what begins with it comes first
  CHECK(f.Ids("茶", {"a"}) == Ids{"bar", "tea"});
  CHECK(f.Ids("茶", {"a1", "b"}) == Ids{"tea", "shop"});
  CHECK(f.Ids("9251", {"a"}) == Ids{});
  CHECK(f.Ids("谷河") == Ids{});
  CHECK(f.Ids("茶叶茶业") == Ids{});
}

TEST_CASE("an entry that changes is found by what it is now, and no longer by what it was") {
  Folder f;
  f.Put({"operator", "x", "旧名茶庄", {}, {"1234"}, {"a"}});
  f.Put({"operator", "x", "新名酒坊", {}, {"5678"}, {"b"}});
  CHECK(f.Ids("茶庄") == Ids{});
  CHECK(f.Ids("1234") == Ids{});
  CHECK(f.Ids("酒坊", {"a"}) == Ids{});
  CHECK(f.Ids("酒坊", {"b"}) == Ids{"x"});
}

TEST_CASE("hostile text is text") {
  Folder f;
  f.Put({"operator", "x", "甲%乙_丙\"丁' OR 1=1 --", {}, {}, {"a"}});
  for (const char* text :
       {"\"", "' OR 1=1", "%", "_", "NEAR(", "甲 AND", "*", "^甲", "\xEE\x80\x80", "-", "search_term:"})
    f.Ids(text);
  CHECK(f.Ids("甲乙丙") == Ids{"x"});
}

TEST_CASE("property: pages put together are exactly what a scan of all names finds") {
  Folder f;
  std::mt19937 random(7);
  const char* const kCharacters[] = {"金", "口", "河", "茶", "厂", "店", "永", "胜"};
  std::vector<std::pair<std::string, std::string>> names;  // name, place
  REQUIRE(f.database
              ->Write([&](storage::Connection& db) -> Status {
                for (int i = 0; i < 400; ++i) {
                  std::string name;
                  for (unsigned n = 2 + random() % 5; n > 0; --n) name += kCharacters[random() % 8];
                  names.emplace_back(name, random() % 2 == 0 ? "a" : "b");
                  ZHIAN_TRY(search::Put(db, {"operator", std::to_string(i), name, {}, {}, {names.back().second}}));
                }
                return Ok();
              })
              .ok());
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (unsigned n = 1 + random() % 3; n > 0; --n) text += kCharacters[random() % 8];
    const std::string place = round % 3 == 0 ? "" : round % 3 == 1 ? "a" : "b";
    Ids expected;
    for (const bool first : {true, false})
      for (std::size_t i = 0; i < names.size(); ++i) {
        const auto at = names[i].first.find(text);
        if (at != std::string::npos && (at == 0) == first && (place.empty() || names[i].second == place))
          expected.push_back(std::to_string(i));
      }
    Ids found;
    search::Query query{"operator", text, place.empty() ? Ids{} : Ids{place}, "", 1 + static_cast<int>(random() % 40)};
    do {
      const auto answer = f.Find(query);
      found.insert(found.end(), answer.ids.begin(), answer.ids.end());
      query.cursor = answer.next;
    } while (!query.cursor.empty());
    REQUIRE(found == expected);
  }
}
