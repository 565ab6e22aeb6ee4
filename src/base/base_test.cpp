#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "base/calendar.hpp"
#include "base/csv.hpp"
#include "base/identifiers.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

using namespace zhian;
using namespace zhian::base;

TEST_CASE("dates and instants: leap days, zones, and what is refused") {
  CHECK(FormatDate(*ParseDate("2024-02-29")) == "2024-02-29");
  for (const char* bad :
       {"2023-02-29", "2026-13-01", "2026-1-1", "20260101", "", "2026-11-31", "0000-01-01", "2026-11-24T"})
    CHECK_FALSE(ParseDate(bad).ok());
  CHECK(ParseInstant("2026-11-24T08:00:00+08:00")->ms == ParseInstant("2026-11-24T00:00:00Z")->ms);
  CHECK(FormatInstant(*ParseInstant("2026-11-24T00:00:00.0005Z")) == "2026-11-24T00:00:00.001Z");
  CHECK(FormatInstant(Instant{0}) == "1970-01-01T00:00:00.000Z");
  CHECK(FormatInstant(Instant{-1}) == "1969-12-31T23:59:59.999Z");
  CHECK(FormatInstant(Instant{253'402'300'799'999}) == "9999-12-31T23:59:59.999Z");
  CHECK(FormatInstant(Instant{253'402'300'800'000}) == "10000-01-01T00:00:00.000Z");
  for (const char* bad : {"2026-11-24T08:00:00", "2026-11-24 08:00:00Z", "2026-11-24T24:00:00Z",
                          "2026-11-24T08:00:00+8", "2026-11-24T08:00:00.Z", "2026-11-24T08:00:00Zx"})
    CHECK_FALSE(ParseInstant(bad).ok());
  CHECK(FormatDate(LocalDate(*ParseInstant("2026-11-23T16:00:00Z"))) == "2026-11-24");
  CHECK(FormatDate(AddMonths(*ParseDate("2026-01-31"), 1)) == "2026-02-28");
  CHECK(FormatDate(AddMonths(*ParseDate("2024-01-31"), 1)) == "2024-02-29");
  CHECK(FormatDate(AddMonths(*ParseDate("2026-01-31"), -2)) == "2025-11-30");
}

TEST_CASE("property: every day of three centuries comes back from its text") {
  for (int days = Date::FromYmd(1900, 1, 1).days; days <= Date::FromYmd(2200, 12, 31).days; ++days) {
    const auto back = ParseDate(FormatDate(Date{days}));
    REQUIRE(back.ok());
    REQUIRE(back->days == days);
    REQUIRE(LocalDate(StartOfDay(Date{days})).days == days);
    REQUIRE(LocalDate(EndOfDay(Date{days})).days == days);
  }
}

TEST_CASE("property: working days agree with counting day by day") {
  Calendar calendar;
  std::mt19937 random(7);
  for (int i = 0; i < 60; ++i) calendar.Set(Date{static_cast<int>(20000 + random() % 700)}, random() % 2 == 0);
  for (int trial = 0; trial < 500; ++trial) {
    const Date from{static_cast<int>(20000 + random() % 600)};
    const int n = static_cast<int>(1 + random() % 40);
    const Date to = calendar.AddWorkingDays(from, n);
    REQUIRE(calendar.IsWorkingDay(to));
    REQUIRE(calendar.WorkingDaysBetween(from, to) == n);
    REQUIRE(calendar.WorkingDaysBetween(from, Date{to.days - 1}) == n - 1);
    const Date back = calendar.SubtractWorkingDays(from, n);
    REQUIRE(calendar.WorkingDaysBetween(Date{back.days - 1}, Date{from.days - 1}) == n);
  }
}

TEST_CASE("codes: the check digit finds every single changed character") {
  const std::string code = std::string("91511113MA6000001") + CreditCodeCheck("91511113MA6000001");
  REQUIRE(ParseCreditCode(code).ok());
  CHECK(*ParseCreditCode(" " + code.substr(0, 9) + "-" + code.substr(9) + " ") == code);
  for (std::size_t i = 0; i < code.size(); ++i) {
    std::string wrong = code;
    wrong[i] = wrong[i] == '7' ? '8' : '7';
    CHECK_FALSE(ParseCreditCode(wrong).ok());
  }
  const std::string licence = std::string("SC1145111300012") + Mod1110Check("1145111300012");
  REQUIRE(ParseLicenceNumber(licence).ok());
  for (std::size_t i = 2; i < licence.size(); ++i) {
    std::string wrong = licence;
    wrong[i] = wrong[i] == '9' ? '0' : static_cast<char>(wrong[i] + 1);
    CHECK_FALSE(ParseLicenceNumber(wrong).ok());
  }
  CHECK(ParseGtin("6901234567892").ok());
  CHECK(*ParseGtin("6901234567892") == "06901234567892");
  CHECK_FALSE(ParseGtin("6901234567893").ok());
  CHECK_FALSE(ParseIdentityNumber("110105194912310021").ok());
  CHECK(ParseIdentityNumber("11010519491231002X").ok());
}

TEST_CASE("JSON from outside: what Boost.JSON alone would take is refused") {
  for (const char* bad :
       {R"({"a":1,"a":2})", "1e400", "[1,]", "{\"a\":\"\\u0000\"}", "[1] x", "", "{", "\"\xff\"", "nul"})
    CHECK_FALSE(ParseJson(bad).ok());
  CHECK_FALSE(ParseJson(std::string(100, '[') + std::string(100, ']'), {.bytes_max = 1000, .depth_max = 64}).ok());
  CHECK_FALSE(ParseJson(std::string(2000, ' '), {.bytes_max = 1000, .depth_max = 64}).ok());
  CHECK(ParseJson(" {\"a\": [1, 2.5, null, true, \"\\u4e2d\"]} ").ok());
}

TEST_CASE("canonical JSON (RFC 8785): numbers, keys, escapes") {
  // The number samples of RFC 8785 appendix B.
  const std::pair<double, const char*> numbers[] = {{0, "0"},
                                                    {-0.0, "0"},
                                                    {5e-324, "5e-324"},
                                                    {1.7976931348623157e308, "1.7976931348623157e+308"},
                                                    {9007199254740992, "9007199254740992"},
                                                    {295147905179352830000.0, "295147905179352830000"},
                                                    {1e21, "1e+21"},
                                                    {999999999999999900000.0, "999999999999999900000"},
                                                    {1e-6, "0.000001"},
                                                    {1e-7, "1e-7"},
                                                    {333333333.3333333, "333333333.3333333"},
                                                    {-1.5, "-1.5"}};
  for (const auto& [number, text] : numbers) CHECK(CanonicalJson(number) == text);
  CHECK(
      CanonicalJson(*ParseJson(
          R"({"\u20ac":"Euro","\r":"CR","1":"One","\ud83d\ude02":"Smiley","\ufb33":"Dalet","\u00f6":"o"})")) ==
      "{\"\\r\":\"CR\",\"1\":\"One\",\"\u00f6\":\"o\",\"\u20ac\":\"Euro\",\"\U0001F602\":\"Smiley\",\"\uFB33\":\"Dalet\"}");
}

TEST_CASE("CSV: quotes, encodings, positions of errors") {
  CsvReader reader("a,\"b,\"\"x\"\"\nc\",d\r\n\n\"open\n1,2,3\n");
  std::vector<std::string> cells;
  REQUIRE(*reader.Next(cells));
  CHECK(cells == std::vector<std::string>{"a", "b,\"x\"\nc", "d"});
  const auto bad = reader.Next(cells);
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().message.Text().find("第 4 行") != std::string::npos);
  REQUIRE(*reader.Next(cells));  // one bad row does not hide the next
  CHECK(cells.size() == 3);
  CHECK_FALSE(*reader.Next(cells));
  CHECK(*DecodeTable("\xD6\xD0\xB9\xFA") == "中国");
  CHECK_FALSE(DecodeTable(std::string("a\0b", 3)).ok());
  CHECK(CsvCell("=1+1") == "'=1+1");
  CHECK(CsvCell("-5") == "-5");
}

TEST_CASE("UUIDv7 sorts by time and is well formed") {
  const std::string a = NewUuid7(Instant{1'000}), b = NewUuid7(Instant{2'000});
  CHECK(a < b);
  CHECK(IsUuid(a));
  CHECK(a[14] == '7');
  CHECK_FALSE(IsUuid("x" + a.substr(1)));
}

TEST_CASE("identifiers of one millisecond sort in the order in which they were made, and none comes twice") {
  std::vector<std::string> made;
  for (int i = 0; i < 20'000; ++i) made.push_back(NewUuid7(Instant{5'000}));
  CHECK(std::is_sorted(made.begin(), made.end()));
  CHECK(std::adjacent_find(made.begin(), made.end()) == made.end());
}

TEST_CASE("from a seed identifiers come again, and only as long as it lives and in its thread") {
  const auto two = [](const char* seed) {
    const SeededIdentifiers from(seed);
    return std::pair{NewUuid7(Instant{7'000}), NewUuid7(Instant{7'000})};
  };
  const auto first = two("a"), again = two("a"), other = two("b");
  CHECK(first == again);
  CHECK(first.first < first.second);
  CHECK(IsUuid(first.first));
  CHECK(first.first != other.first);
  CHECK(NewUuid7(Instant{7'000}) != first.first);
  const SeededIdentifiers from("a");
  std::string elsewhere;
  std::thread([&] { elsewhere = NewUuid7(Instant{7'000}); }).join();
  CHECK(elsewhere != first.first);
  CHECK(NewUuid7(Instant{7'000}) == first.first);
  CHECK(RandomCode(12) != RandomCode(12));
}

TEST_CASE("fuzzer, number of 39 digits: a double is rounded once, so its canonical form is read as itself") {
  const auto value = base::ParseJson(
      "[555555555555555555555555555555555555555, 0.1, 5e-324, 1.7976931348623157e308, 2.2250738585072011e-308]");
  REQUIRE(value.ok());
  const std::string canonical = base::CanonicalJson(*value);
  CHECK(canonical == "[5.555555555555556e+38,0.1,5e-324,1.7976931348623157e+308,2.225073858507201e-308]");
  CHECK(base::CanonicalJson(*base::ParseJson(canonical)) == canonical);
  CHECK_FALSE(base::ParseJson("1e400").ok());
}

TEST_CASE("a text is cut at a character as it is seen, and says that it was") {
  CHECK(base::Cut("短", 1) == "短");
  CHECK(base::Cut("金口河区市场监督管理局", 5) == "金口河区…");
  CHECK(base::Cut("金口河区", 4) == "金口河区");
  CHECK(base::Cut("abcdef", 6) == "abcdef");
  CHECK(base::Cut("abcdefg", 6) == "abcde…");
  // A letter with its mark, and a sign that is joined of several, are one character each.
  const std::string accented = "e\u0301";
  CHECK(base::Cut(accented + accented + accented, 2) == accented + "…");
  const std::string family = "\U0001F468\u200D\U0001F469\u200D\U0001F467";
  CHECK(base::Cut(family + "ab", 2) == family + "…");
  CHECK(base::Cut(std::string(100'000, 'x'), 3) == "xx…");
  for (std::size_t bytes = 0; bytes <= 12; ++bytes) {
    CHECK(base::IsValidUtf8(base::PrefixOf("茶e\u0301業x", bytes)));
    CHECK(base::PrefixOf("茶e\u0301業x", bytes).size() <= bytes);
  }
}
