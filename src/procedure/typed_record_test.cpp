#include "procedure/typed_record.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <concepts>

#include "procedure/bindings.hpp"
#include "records/guard_fields.hpp"

using namespace zhian;
namespace json = boost::json;

// A record with a field of every type, written by hand in the form that the generator gives.
namespace everything {
struct Everything {
  enum class Grade { kAbsent, kGood, kBad };
  struct PartsRow {
    std::string name{};
    std::optional<base::Decimal> amount{};
    bool operator==(const PartsRow&) const = default;
  };
  std::string note{};
  bool sworn{};
  std::optional<base::Date> on{};
  std::optional<base::Instant> at{};
  std::optional<std::int64_t> count{};
  std::optional<base::Decimal> price{};
  std::optional<base::Quantity> stock{};
  std::vector<std::string> officers{};
  Grade grade{};
  std::vector<PartsRow> parts{};
  bool operator==(const Everything&) const = default;
};
std::span<const std::string_view> ChoicesOf(Everything::Grade) {
  static constexpr std::string_view kChoices[] = {"", "good", "bad"};
  return kChoices;
}
template <class Archive, class Record>
requires std::same_as<std::remove_const_t<Record>, Everything::PartsRow>
void Walk(Archive& archive, Record& record) {
  archive("name", record.name);
  archive("amount", record.amount);
}
template <class Archive, class Record>
requires std::same_as<std::remove_const_t<Record>, Everything>
void Walk(Archive& archive, Record& record) {
  archive("note", record.note);
  archive("sworn", record.sworn);
  archive("on", record.on);
  archive("at", record.at);
  archive("count", record.count);
  archive("price", record.price);
  archive("stock", record.stock);
  archive("officers", record.officers);
  archive("grade", record.grade);
  archive("parts", record.parts);
}
}  // namespace everything
using everything::Everything;

namespace {
Result<Everything> Read(const json::object& fields) {
  procedure::RecordReader reader(fields);
  Everything record;
  Walk(reader, record);
  ZHIAN_TRY(reader.Done());
  return record;
}
json::object Write(const Everything& record) {
  procedure::RecordWriter writer;
  Walk(writer, record);
  return std::move(writer).Take();
}
}  // namespace

TEST_CASE("a record: every type is read as what it means") {
  const auto record = Read({{"note", "海鲜"},
                            {"sworn", true},
                            {"on", "2026-11-24"},
                            {"at", "2026-11-24T08:00:00.000Z"},
                            {"count", "12"},
                            {"price", "12.50"},
                            {"stock", json::object{{"value", "0.1"}, {"unit", "kg"}}},
                            {"officers", json::array{"a", "b"}},
                            {"grade", "bad"},
                            {"parts", json::array{json::object{{"name", "x"}, {"amount", "0.2"}}, json::object{}}},
                            {"not_declared", 1}});
  REQUIRE(record.ok());
  CHECK(record->note == "海鲜");
  CHECK(record->sworn);
  CHECK(base::FormatDate(*record->on) == "2026-11-24");
  CHECK(record->at->ms == base::ParseInstant("2026-11-24T08:00:00Z")->ms);
  CHECK(*record->count == 12);
  CHECK(record->price->Text() == "12.50");
  CHECK(*record->stock == base::Quantity{*base::Decimal::Parse("0.10"), "kg"});
  CHECK(record->officers == std::vector<std::string>{"a", "b"});
  CHECK(record->grade == Everything::Grade::kBad);
  CHECK(procedure::Name(record->grade) == "bad");
  REQUIRE(record->parts.size() == 2);
  CHECK(*record->parts[0].amount == *base::Decimal::Parse("0.2"));
  CHECK_FALSE(record->parts[1].amount.has_value());
}

TEST_CASE("a record: what is absent, null or empty is no value") {
  CHECK(*Read({}) == Everything{});
  CHECK(*Read({{"note", ""},
               {"sworn", nullptr},
               {"on", ""},
               {"at", nullptr},
               {"count", ""},
               {"price", nullptr},
               {"stock", nullptr},
               {"officers", json::array{}},
               {"grade", ""},
               {"parts", nullptr}}) == Everything{});
}

TEST_CASE("a record: numbers of older folders are read, exactly as they were shown") {
  CHECK(Read({{"price", 5000}})->price->Text() == "5000");
  CHECK(Read({{"price", 0.1}})->price->Text() == "0.1");
  CHECK(*Read({{"count", 7.0}})->count == 7);
  CHECK(Read({{"count", std::uint64_t{7}}})->count == 7);
}

TEST_CASE("a record: what does not read as its type is an error that names the field") {
  const std::pair<const char*, json::value> kBad[] = {{"note", 5},
                                                      {"note", json::object{}},
                                                      {"sworn", "true"},
                                                      {"on", "2026-02-30"},
                                                      {"on", 20261124},
                                                      {"at", "2026-11-24"},
                                                      {"count", "1.5"},
                                                      {"count", "9223372036854775808"},
                                                      {"count", true},
                                                      {"price", "12,50"},
                                                      {"price", 1e300},
                                                      {"price", "1234567890123456789012345678901234567890"},
                                                      {"stock", "12 kg"},
                                                      {"stock", json::object{{"value", "12"}}},
                                                      {"stock", json::object{{"value", "x"}, {"unit", "kg"}}},
                                                      {"officers", "a"},
                                                      {"officers", json::array{1}},
                                                      {"grade", "fair"},
                                                      {"grade", 1},
                                                      {"parts", json::object{}},
                                                      {"parts", json::array{"x"}},
                                                      {"parts", json::array{json::object{{"amount", "much"}}}}};
  for (const auto& [name, value] : kBad) {
    const auto record = Read({{name, value}});
    INFO(name << " " << json::serialize(value));
    REQUIRE_FALSE(record.ok());
    CHECK(record.error().code == ErrorCode::kCorrupt);
    CHECK(record.error().message.Text().find(name) != std::string::npos);
  }
}

TEST_CASE("a guard that cannot read does not hold") {
  const auto guard = []() -> procedure::GuardResult {
    ZHIAN_ASSIGN(const auto record, Read({{"on", "soon"}}));
    return procedure::GuardResult::From(record.on.has_value(), "never reached");
  };
  CHECK_FALSE(guard().holds);
  REQUIRE(guard().open_items.size() == 1);
  CHECK(guard().open_items.front().Text().find("on") != std::string::npos);
}

TEST_CASE("property: what is written is read again as the same") {
  CHECK(rc::check([] {
    const auto text = rc::gen::container<std::string>(rc::gen::inRange('a', 'z'));
    const auto decimal = rc::gen::map(
        rc::gen::pair(rc::gen::arbitrary<std::int64_t>(), rc::gen::inRange(0, base::Decimal::kScaleMax + 1)),
        [](const auto& part) { return base::Decimal::FromUnits(part.first, part.second); });
    Everything record{.note = *text, .sworn = *rc::gen::arbitrary<bool>()};
    if (*rc::gen::arbitrary<bool>())
      record.on =
          base::Date{*rc::gen::inRange(base::Date::FromYmd(1900, 1, 1).days, base::Date::FromYmd(2200, 1, 1).days)};
    if (*rc::gen::arbitrary<bool>()) record.at = base::Instant{*rc::gen::inRange<std::int64_t>(0, 4'102'444'800'000)};
    if (*rc::gen::arbitrary<bool>()) record.count = *rc::gen::arbitrary<std::int64_t>();
    if (*rc::gen::arbitrary<bool>()) record.price = *decimal;
    if (*rc::gen::arbitrary<bool>()) record.stock = base::Quantity{*decimal, *text};
    record.officers = *rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty(text));
    record.grade = *rc::gen::element(Everything::Grade::kAbsent, Everything::Grade::kGood, Everything::Grade::kBad);
    const auto rows = *rc::gen::inRange(0, 4);
    for (int i = 0; i < rows; ++i) record.parts.push_back({.name = *text, .amount = *decimal});
    const auto again = Read(Write(record));
    RC_ASSERT(again.ok());
    RC_ASSERT(*again == record);
    RC_ASSERT(Write(*again) == Write(record));
  }));
}

TEST_CASE("a generated struct of a guard reads what its form asks for") {
  const auto form = guard_fields::ReasonIsGiven::ReadFields({{"reason", "现场核实无误"}, {"other", 1}});
  REQUIRE(form.ok());
  CHECK(form->reason == "现场核实无误");
  CHECK(guard_fields::ReasonIsGiven::Names::reason == "reason");
  CHECK(guard_fields::ReasonIsGiven{.reason = "x"}.Fields() == json::object{{"reason", "x"}});
  CHECK_FALSE(guard_fields::ReasonIsGiven::ReadFields({{"reason", 5}}).ok());
}
