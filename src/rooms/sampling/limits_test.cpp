// Limits of every sense against what a laboratory may report.
#include "rooms/sampling/limits.hpp"

#include <doctest/doctest.h>

using namespace zhian;
using namespace zhian::sampling;

namespace {
// "within", "outside", or "?" where it cannot be told.
std::string Judged(const char* value, const char* limit, const char* unit = "mg/kg", const char* limit_unit = "mg/kg") {
  const auto measured = ReadMeasured(value, unit);
  const auto allowed = ReadLimit(limit, limit_unit);
  if (!measured.ok() || !allowed.ok()) return "unread";
  const auto within = Within(*measured, *allowed);
  return !within.ok() ? "?" : *within ? "within" : "outside";
}
}  // namespace

TEST_CASE("a limit has a sense: at most, at least, between, not detected") {
  CHECK(Judged("5", "≤5") == "within");
  CHECK(Judged("5", "<5") == "outside");
  CHECK(Judged("5.0000000001", "≤5") == "outside");
  CHECK(Judged("2", "≥11") == "outside");
  CHECK(Judged("11", "不低于11") == "within");
  CHECK(Judged("11", ">11") == "outside");
  CHECK(Judged("9.1", "5.5-8.5", "-", "-") == "outside");
  CHECK(Judged("5.5", "５．５～8.5", "-", "-") == "within");
  CHECK(Judged("-3", "-5~-1", "℃", "℃") == "within");
  CHECK(Judged("未检出", "不得检出", "/25g", "/25g") == "within");
  CHECK(Judged("检出", "不得检出", "/25g", "/25g") == "outside");
  CHECK(Judged("0.3", "不得检出") == "outside");
  CHECK(Judged("0", "不得检出") == "within");
}

TEST_CASE("a plain number is no limit, and words that are none are not read") {
  CHECK(Judged("20", "34") == "?");
  for (const char* limit : {"", "合格", "5-", "8.5-5.5", "≤", "≤五", "n=5", "n=2,c=2,m=1", "1e3"})
    CHECK_FALSE(ReadLimit(limit, "g").ok());
  for (const char* value : {"", "合格", "1e3", "<", "未检出?", "1/x"}) CHECK_FALSE(ReadMeasured(value, "g").ok());
}

TEST_CASE("what lies below the detection limit is judged where that can be told") {
  CHECK(Judged("<0.01", "≤5") == "within");
  CHECK(Judged("未检出", "≤5") == "within");
  CHECK(Judged("未检出（检出限0.01）", "≤5") == "within");
  CHECK(Judged("<0.5", "≤0.1") == "?");  // it may be above
  CHECK(Judged("<0.5", "≥0.5") == "outside");
  CHECK(Judged("<1", "≥0.5") == "?");
  CHECK(Judged(">300", "≤300") == "outside");
  CHECK(Judged(">300", "≤500") == "?");
  CHECK(Judged(">300", "≥300") == "within");
}

TEST_CASE("microbiology: of n units at most c lie above m, and none above M") {
  const char* three = "n=5,c=2,m=100,M=1000";
  CHECK(Judged("10/100/<10/1000/101", three, "CFU/g", "CFU/g") == "within");
  CHECK(Judged("101/102/103/1/1", three, "CFU/g", "CFU/g") == "outside");
  CHECK(Judged("1/1/1/1/1001", three, "CFU/g", "CFU/g") == "outside");
  CHECK(Judged("1/1/1/1", three, "CFU/g", "CFU/g") == "?");
  CHECK(Judged("0/0/0/0/1", "n=5，c=0，m=0", "CFU/g", "CFU/g") == "outside");
}

TEST_CASE("units of one thing are converted, those of different things are not") {
  CHECK(Judged("0.65", "≤650", "g/kg", "mg/kg") == "within");
  CHECK(Judged("0.6501", "≤650", "g/kg", "mg/kg") == "outside");
  CHECK(Judged("300", "≤0.3", "μg/kg", "mg/kg") == "within");
  CHECK(Judged("300", "≤0.3", "µg/kg", "mg/kg") == "within");  // the other sign of micro
  CHECK(Judged("12", "≥11", "%", "g/100g") == "within");
  CHECK(Judged("1", "≤1", "mg/L", "mg/kg") == "?");
  CHECK(Judged("1", "≤1", "CFU/mL", "CFU/g") == "?");
}

TEST_CASE("the kept table decides, not what is written beside the value") {
  const std::vector<TableLimit> kept{{"茶叶", "铅", "<=5", "mg/kg", "GB 2762"},
                                     {"豆制品", "铅", "<=0.3", "mg/kg", "GB 2762"}};
  const auto high = [&](const char* category, const char* item, const char* written) {
    const auto limit = LimitFor(kept, category, item, written, "mg/kg");
    return limit.ok() ? limit->high ? limit->high->Text() : "low" : "?";
  };
  CHECK(high("豆制品", "铅", "≤100") == "0.3");
  CHECK(high("茶叶", "铅", "") == "5");
  CHECK(high("", "铅", "5") == "5");     // one of the table's own
  CHECK(high("", "铅", "≤100") == "?");  // none of them
  CHECK(high("糕点", "铅", "≤0.5") == "0.5");
  CHECK(high("糕点", "铅", "0.5") == "?");
  CHECK(high("", "水浸出物", "34") == "?");
  CHECK(high("", "水浸出物", "≥34") == "low");
}

TEST_CASE("the table of the pack reads whole, and ends shelf lives by their words") {
  const auto pack = policy::Pack::Load(std::string(ZHIAN_SOURCE_DIR) + "/policy");
  REQUIRE(pack.ok());
  const auto day = *base::ParseDate("2026-10-12");
  const auto limits = LimitsOn(*pack, day);
  CHECK(limits.size() >= 20);
  for (const TableLimit& row : limits) {
    const auto limit = ReadLimit(row.limit, row.unit);
    REQUIRE_MESSAGE(limit.ok(), row.item);
    CHECK_MESSAGE(limit->kind != Limit::Kind::kPlain, row.item);
  }
  for (const char* item :
       {"铜绿假单胞菌", "金黄色葡萄球菌", "单核细胞增生李斯特氏菌", "副溶血性弧菌", "酵母", "菌落总数"})
    CHECK(IsMicrobiological(*pack, day, item, "", ""));
  CHECK(IsMicrobiological(*pack, day, "某某菌", "CFU/g", ""));
  CHECK_FALSE(IsMicrobiological(*pack, day, "甜蜜素", "g/kg", "GB 5009.97"));
  const auto made = *base::ParseDate("2026-01-31");
  CHECK(base::FormatDate(*ShelfLifeEnd(made, "1个月")) == "2026-02-28");
  CHECK(base::FormatDate(*ShelfLifeEnd(made, "30天")) == "2026-03-02");
  CHECK(base::FormatDate(*ShelfLifeEnd(made, "２年")) == "2028-01-31");
  CHECK_FALSE(ShelfLifeEnd(made, "见包装").has_value());
}
