// What a decision imposes: articles as people write them, tiers of goods value at their bounds, hearing, level, and
// units.
#include "rooms/enforcement/penalties.hpp"

#include <doctest/doctest.h>

#include "rooms/enforcement/execution.hpp"

using namespace zhian;
using namespace zhian::enforcement;
using records::EnforcementCase;

namespace {
const policy::Pack& Shipped() {
  static const auto pack = policy::Pack::Load(std::string(ZHIAN_SOURCE_DIR) + "/policy");
  if (!pack.ok()) FAIL(pack.error().message);
  return *pack;
}
base::Decimal D(const char* text) { return *base::Decimal::Parse(text); }
base::Date On(const char* text) { return *base::ParseDate(text); }
const base::Date kToday = On("2026-10-12");

EnforcementCase Fined(const char* article, const char* amount, const char* value) {
  EnforcementCase record;
  record.parties = {{.name = "甲店",
                     .role = EnforcementCase::PartiesRow::Role::kPrincipal,
                     .identity_proof = "营业执照",
                     .kind = EnforcementCase::PartiesRow::Kind::kEntity}};
  record.acts = {{.act = "超标", .article = article, .from = On("2026-06-01"), .to = On("2026-08-20")}};
  record.goods_value = D(value);
  record.penalties = {{.party = "甲店", .kind = Penalty::Kind::kFine, .amount = D(amount), .act = "", .article = ""}};
  record.discretion = EnforcementCase::Discretion::kGeneral;
  return record;
}
bool Stands(const char* article, const char* amount, const char* value) {
  return PenaltyFaults(Fined(article, amount, value), Shipped(), kToday).empty();
}
}  // namespace

TEST_CASE("an article is read as people write it, and a regulation of a law is not the law") {
  for (const char* text : {"食品安全法第124条", "《中华人民共和国食品安全法》第一百二十四条", "食品安全法124条",
                           "《食品安全法》（2021年修正）第一百二十四条", "食品安全法第一百二十四條"}) {
    const auto article = ArticleIn(text, Shipped());
    REQUIRE_MESSAGE(article, text);
    CHECK(article->law == "食品安全法");
    CHECK(article->number == "124");
    CHECK(article->paragraph == "");
  }
  CHECK(ArticleIn("食品安全法第一百二十二条第二款", Shipped())->paragraph == "2");
  CHECK(ArticleIn("国务院令第503号第三条第四款", Shipped())->number == "3");
  CHECK(ArticleIn("产品质量法第五十条", Shipped())->number == "50");
  CHECK(ArticleIn("产品质量法第十条", Shipped())->number == "10");
  for (const char* text : {"食品安全法实施条例第七十一条", "食品安全法", "第124条", "处罚法51条", ""})
    CHECK_FALSE(ArticleIn(text, Shipped()));
}

TEST_CASE("the tier is that of the goods value, to the fen") {
  CHECK(Stands("食品安全法第124条", "50000", "9999.99"));
  CHECK_FALSE(Stands("食品安全法第124条", "49999.99", "9999.99"));
  CHECK(Stands("食品安全法第124条", "100000", "10000"));  // ten times
  CHECK_FALSE(Stands("食品安全法第124条", "99999.99", "10000"));
  CHECK(Stands("食品安全法第124条", "200000", "10000"));
  CHECK_FALSE(Stands("食品安全法第124条", "200000.01", "10000"));
  CHECK(Stands("产品质量法第五十条", "350", "700"));  // half of the value to three times
  CHECK_FALSE(Stands("产品质量法第五十条", "2100.01", "700"));
  CHECK_FALSE(Stands("食品安全法第九十九条", "50000", "1"));  // no band in the pack
  CHECK(Stands("食品安全法第一百二十五条第二款", "2000", "1"));
  CHECK_FALSE(Stands("食品安全法第一百二十五条第二款", "5000", "1"));
}

TEST_CASE("a hearing, the discussion in common and the level follow from the rows") {
  const auto hearing = [](EnforcementCase record) { return IsForHearing(record, Shipped(), kToday); };
  CHECK_FALSE(hearing(Fined("食品安全法第124条", "99999.99", "1")));
  CHECK(hearing(Fined("食品安全法第124条", "100000", "1")));
  auto person = Fined("食品安全法第124条", "9999", "1");
  person.parties.front().kind = EnforcementCase::PartiesRow::Kind::kPerson;
  CHECK_FALSE(hearing(person));
  person.penalties.front().amount = D("10000");
  CHECK(hearing(person));
  auto two = Fined("食品安全法第124条", "60000", "1");  // each below, together not
  two.penalties.push_back(two.penalties.front());
  CHECK(hearing(two));
  auto goods = Fined("食品安全法第124条", "50000", "120000");
  goods.penalties.push_back(
      {.party = "甲店", .kind = Penalty::Kind::kGoods, .amount = std::nullopt, .act = "", .article = ""});
  CHECK(hearing(goods));  // worth what the goods of the case are
  CHECK(ReachesMunicipal(Fined("食品安全法第124条", "300000", "30000"), Shipped(), kToday));
  CHECK_FALSE(ReachesMunicipal(Fined("食品安全法第124条", "299999.99", "30000"), Shipped(), kToday));
  CHECK_FALSE(ReachesMunicipal(Fined("产品质量法第50条", "300000", "300000"), Shipped(), kToday));
  CHECK_FALSE(IsGrave(Fined("食品安全法第125条", "8000", "1"), Shipped(), kToday));
  auto revoked = Fined("食品安全法第125条", "8000", "1");
  revoked.penalties.front().kind = Penalty::Kind::kRevocation;
  CHECK(IsGrave(revoked, Shipped(), kToday));
}

TEST_CASE("kilograms and grams are one measure; boxes are what they are") {
  const auto in_base = [](const char* value, const char* unit) { return *InBaseUnit({D(value), unit}); };
  CHECK(in_base("40000", "g") == in_base("40", "kg"));
  CHECK(in_base("1", "吨") == in_base("2000", "斤"));
  CHECK(in_base("40", "KGM") == in_base("40", "公斤"));
  CHECK(in_base("1", "L") == in_base("1000", "毫升"));
  CHECK_FALSE(in_base("1", "箱") == in_base("1", "kg"));
}
