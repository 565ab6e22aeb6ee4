#include "rooms/publicity/redaction.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace zhian::publicity;

TEST_CASE("identity and mobile numbers are found wherever they stand, and are not repeated in the answer") {
  CHECK(FindPersonalData("联系人 13800138000").size() == 1);
  CHECK(FindPersonalData("身份证号11010519491231002X，电话13800138000。").size() == 2);
  for (const auto& sentence : FindPersonalData("13800138000")) CHECK(sentence.find("138") == std::string::npos);
}
TEST_CASE("lots, amounts, dates and fixed lines are no personal data") {
  for (const char* text : {"批号 JKH20260905", "罚款 60000 元", "2026-09-05", "12345678901234", "0833-2711234",
                           "批号 110105194912310021", ""})
    CHECK(FindPersonalData(text).empty());
}
TEST_CASE("property: no bytes at all make it fail or run over") {
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random() % 3 == 0 ? '0' + random() % 10 : random() % 256);
    (void)FindPersonalData(text);
  }
}
