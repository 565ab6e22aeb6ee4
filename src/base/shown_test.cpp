#include "base/shown.hpp"

#include <doctest/doctest.h>

using namespace zhian;

TEST_CASE("units by their symbol, lots by the number on the package") {
  CHECK(base::UnitSymbol("KGM", Language::kEnglish) == "kg");
  CHECK(base::UnitSymbol("KGM", Language::kSimplified) == "kg");
  CHECK(base::UnitSymbol("piece", Language::kSimplified) == "件");
  CHECK(base::UnitSymbol("盒", Language::kSimplified) == "盒");
  CHECK(base::LotNumber("urn:zhian:lot:DF20260512") == "DF20260512");
  CHECK(base::LotNumber("https://id.gs1.org/01/06909912345670/10/JKH20260905") == "JKH20260905");
  CHECK(base::LotNumber("https://id.gs1.org/01/06909912345670") == "https://id.gs1.org/01/06909912345670");
  CHECK(base::LotNumber("MTC26070") == "MTC26070");
  CHECK(base::WithLotNumbers("豆腐 urn:zhian:lot:DF20260512") == "豆腐 DF20260512");
  CHECK(base::WithLotNumbers("urn:zhian:lot:A、urn:zhian:lot:B，余量") == "A、B，余量");
  CHECK(base::WithLotNumbers("没有批号") == "没有批号");
}
