#include "papers/value_text.hpp"

#include <doctest/doctest.h>

#include <random>

#include "papers/sheets.hpp"

using namespace zhian;
using namespace zhian::papers;

TEST_CASE("regression: a number in a column that offers no choice is a number, not a class of recall") {
  CHECK(ChoiceText("level", "2", Language::kSimplified) == "二级");
  CHECK(ChoiceText("contacts", "1", Language::kSimplified).empty());
  CHECK(WrittenField("score", "2", nullptr) == "2");
  CHECK(WrittenField("level", "2", nullptr) == "二级");
}

TEST_CASE("regression: a computed number is read without an exponent") {
  CHECK(NumberText(94.81) == "94.81");
  CHECK(NumberText(83.33333333333333) == "83.33");
  CHECK(NumberText(90.0) == "90");
  CHECK(NumberText(-0.001) == "0");
  CHECK(WrittenField("score", 9.481e1, nullptr) == "94.81");
}

TEST_CASE("a name keeps its first character, whole") {
  CHECK(MaskName("李示例") == "李＊＊");
  CHECK(MaskName("Li") == "L＊");
  CHECK(MaskName("") == "");
}
TEST_CASE("property: no bytes at all make the masking of a name fail or run over") {
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random() % 256);
    (void)MaskName(text);
  }
}
