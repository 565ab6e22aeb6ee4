#include <doctest/doctest.h>

#include <filesystem>

#include "base/text.hpp"
#include "rooms/traceability/goods/goods.hpp"

namespace zhian::traceability {

TEST_CASE("the declaration of the goods book agrees with its table") {
  const auto folder = std::filesystem::temp_directory_path() / ("zhian-goods-" + base::NewUuid7(base::Instant{1}));
  std::filesystem::create_directories(folder);
  auto db = std::move(*storage::Database::Open("sqlite:" + (folder / "x.db").string()));
  REQUIRE(db->Migrate(GoodsMigrations()).ok());
  REQUIRE(db->Read([](storage::Connection& c) -> Status {
              ZHIAN_ASSIGN(const auto of_table, c.Columns("goods_entry"));
              CHECK(procedure::Disagreements(GoodsColumns(), GoodsIndexColumns(0, {}, {}), of_table) ==
                    std::vector<std::string>{});
              return Ok();
            }).ok());
  db.reset();
  std::filesystem::remove_all(folder);
}

TEST_CASE("words without a column lie in the details of the row and come back as they were said") {
  const GoodsWords words = SaidGoods([](procedure::Text name) {
    return name == "act" ? std::string("sold") : name == "specification" ? std::string("500 g") : std::string{};
  });
  GoodsRow row;
  static_cast<GoodsWords&>(row) = words;
  CHECK(procedure::JsonWithTexts(GoodsColumns(), row, {{"check", 1}}) ==
        boost::json::object{{"check", 1}, {"specification", "500 g"}});
  CHECK(procedure::Told(GoodsColumns(), row, kInGoods).at("specification") == "500 g");
  CHECK_FALSE(procedure::Told(GoodsColumns(), row, kInGoods).contains("certificate"));
}

}  // namespace zhian::traceability
