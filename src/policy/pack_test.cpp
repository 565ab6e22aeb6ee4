#include "policy/pack.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "policy/flat_toml.hpp"

using namespace zhian;

namespace {
const policy::Pack& Shipped() {
  static const auto pack = policy::Pack::Load(std::string(ZHIAN_SOURCE_DIR) + "/policy");
  if (!pack.ok()) FAIL(pack.error().message);
  return *pack;
}
base::Date On(const char* text) { return *base::ParseDate(text); }
}  // namespace

TEST_CASE("the shipped packs load and hold every row") {
  CHECK(Shipped().rules().size() > 470);
  CHECK(Shipped().calendar().KnowsYear(2007));
  CHECK(Shipped().calendar().KnowsYear(2026));
}

TEST_CASE("a rule is chosen by the date of its event") {
  const auto* then = Shipped().Find("licence.food.decide", On("2016-05-01"));
  const auto* now = Shipped().Find("licence.food.decide", On("2026-05-01"));
  REQUIRE(then != nullptr);
  REQUIRE(now != nullptr);
  CHECK(then->value_min == 20);
  CHECK(now->value_min == 10);
  CHECK(Shipped().Find("licence.food.decide", On("1999-01-01")) == nullptr);
  CHECK(Shipped().Find("no.such.rule", On("2026-01-01")) == nullptr);
}

TEST_CASE("a version segment is no part of the name") {
  CHECK(policy::WithoutVersion("sampling.v2015.food.serve") == "sampling.food.serve");
  CHECK(policy::WithoutVersion("a.b") == "a.b");
  CHECK(policy::WithoutVersion("a.vintage.b") == "a.vintage.b");
}

TEST_CASE("a local default is marked to be verified") {
  const auto* rule = Shipped().Find("licence.general.supplement.keep", On("2026-05-01"));
  REQUIRE(rule != nullptr);
  CHECK(rule->to_verify);
  CHECK(rule->confidence == "KL");
}

TEST_CASE("deadlines: the day of the event is not counted, rest days are skipped") {
  policy::Rule rule;
  rule.unit = "wd";
  rule.value_max = 5;
  const auto start = *base::ParseInstant("2026-11-24T10:00:00+08:00");  // a Tuesday
  const auto due = policy::ComputeDeadline(rule, start, Shipped().calendar());
  REQUIRE(due.ok());
  CHECK(base::FormatDate(base::LocalDate(due->limit_at)) == "2026-12-01");
  rule.unit = "d";
  rule.value_max = 4;  // Saturday: rolls to Monday, save where the last day is the last day
  CHECK(base::FormatDate(base::LocalDate(policy::ComputeDeadline(rule, start, Shipped().calendar())->limit_at)) ==
        "2026-11-30");
  rule.strict = true;
  CHECK(base::FormatDate(base::LocalDate(policy::ComputeDeadline(rule, start, Shipped().calendar())->limit_at)) ==
        "2026-11-28");
  rule.strict = false;
  CHECK(base::FormatDate(base::LocalDate(
            policy::ComputeDeadline(rule, start, Shipped().calendar(), {.before = true})->limit_at)) == "2026-11-20");
  rule.unit = "h";
  rule.value_max = 24;
  CHECK(policy::ComputeDeadline(rule, start, Shipped().calendar())->limit_at.ms == start.ms + 86'400'000);
}

TEST_CASE("a year without a published calendar is uncertain, never silent") {
  policy::Rule rule;
  rule.unit = "wd";
  rule.value_max = 10;
  const auto due =
      policy::ComputeDeadline(rule, *base::ParseInstant("2031-03-03T10:00:00+08:00"), Shipped().calendar());
  REQUIRE(due.ok());
  CHECK(due->uncertain);
}

TEST_CASE("sources are cited by the name of the instrument, with the article; what is unknown stays as it is") {
  const auto pack = policy::Pack::Load(std::string(ZHIAN_SOURCE_DIR) + "/policy");
  REQUIRE(pack.ok());
  policy::Rule rule;
  rule.source = "SAMR Order 15 art 45";
  CHECK(pack->Cite(rule, false) == "《食品安全抽样检验管理办法》（市场监管总局令第15号）第45条");
  rule.source = "FSL 87; 處罰法 60";
  CHECK(pack->Cite(rule, false) == "《食品安全法》第87条；《行政处罚法》第60条");
  rule.source = "local default";
  CHECK(pack->Cite(rule, false) == "本区默认");
  CHECK(pack->Cite(rule, true) == "local default");
  rule.source = "某区办法";
  CHECK(pack->Cite(rule, false) == "某区办法");
}

TEST_CASE("limits of referral and of sealing are counted strictly") {
  for (const char* id : {"transfer.decide", "transfer.reconsider", "seal.food"}) {
    const policy::Rule* rule = Shipped().Find(id, *base::ParseDate("2026-10-12"));
    REQUIRE(rule != nullptr);
    CHECK(rule->strict);
  }
  CHECK_FALSE(Shipped().Find("case.decide", *base::ParseDate("2026-10-12"))->strict);
}

TEST_CASE("the shipped pack is read the quick way, and the library of TOML reads the same") {
  int files = 0;
  for (const char* folder : {"2007", "current", "calendar"})
    for (const auto& entry : std::filesystem::directory_iterator(std::string(ZHIAN_SOURCE_DIR) + "/policy/" + folder)) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      const auto plain = policy::ReadPlainToml(text);
      REQUIRE_MESSAGE(plain.has_value(), entry.path().string());
      CHECK_MESSAGE(*plain == *policy::ReadAnyToml(text), entry.path().string());
      ++files;
    }
  CHECK(files > 30);
}

TEST_CASE("what the quick way does not know is left to the library, and what is wrong is refused with its line") {
  for (const char* text : {"a = \"x\\ty\"", "a = 'x'", "a = 1_000", "a = \"\"\"x\"\"\"", "a.b = 1", "[t]\nb = 1",
                           "a = [1]", "a = 07", "a = 1\r\n", "a = 1\na = 2", "a = 1\n[[a]]", "a = \"x\" y", "\"a\" = 1",
                           "a =", "= 1", "a = \"\x01\"", "a = \"\xff\""})
    CHECK_MESSAGE(!policy::ReadPlainToml(text).has_value(), text);
  CHECK(policy::ReadFlatToml("a = \"x\\ty\"\n[[l]]\nb = 1_000 # many")->top.Text("a") == "x\ty");
  CHECK(policy::ReadFlatToml("[[l]]\nb = 1_000 # many")->lists.at("l").front().Integer("b") == 1000);
  CHECK(policy::ReadFlatToml("# only this\n\n a\t= true # yes\n[[l]] # one\n[[l]]\nname = \"金口河\"")
            ->lists.at("l")
            .at(1)
            .Text("name") == "金口河");
  CHECK(policy::ReadFlatToml("a = 1\na = 2").error().message.Text().find("line 2") == 0);
  for (const char* text : {"a =", "a = \"x\" y", "a = 1\n[[a]]"}) CHECK_FALSE(policy::ReadFlatToml(text).ok());
}

TEST_CASE("regression: a malformed name of a table ended a Debug build in an assertion of the library") {
  for (const char* text : {"[a.]", "[.a]", "[[a.]]", "[a..b]", "[]", "[[]]", "[a", "[[a]", "a.=1", "a..b = 1", "[a.\"x",
                           "['a'.]", "a. = 1", "a、 = 1", "、 = 1"})
    CHECK_FALSE_MESSAGE(policy::ReadFlatToml(text).ok(), text);
}

TEST_CASE("regression: no ground is cited in English words to a reader of Chinese") {
  const auto pack = policy::Pack::Load(std::string(ZHIAN_SOURCE_DIR) + "/policy");
  REQUIRE(pack.ok());
  for (const auto& rule : pack->rules()) {
    const std::string text = pack->Cite(rule, false);
    int run = 0;
    for (const char c : text) {
      run = c >= 'a' && c <= 'z' ? run + 1 : 0;
      CHECK_MESSAGE(run < 3, rule.id, ": ", text, " - add its short form to policy/citations.tsv");
    }
  }
}
