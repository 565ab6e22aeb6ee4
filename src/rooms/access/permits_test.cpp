#include "rooms/access/permits.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/identifiers.hpp"
#include "base/text.hpp"
#include "procedure/bindings.hpp"
#include "storage/database.hpp"

using namespace zhian;

namespace zhian::guards {
procedure::GuardResult identifier_is_well_formed(const procedure::GuardContext& context);
procedure::GuardResult valid_to_has_passed(const procedure::GuardContext& context);
}  // namespace zhian::guards

namespace {

// A guard asked about a matter that has only fields.
struct Asked {
  policy::Pack pack;
  procedure::Services services{pack, {}};
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("zhian-access-" + base::RandomCode(10));
  std::unique_ptr<storage::Database> database;
  procedure::Matter matter;
  procedure::Actor actor;
  boost::json::object input;
  base::Date today = *base::ParseDate("2026-10-12");

  Asked() {
    std::filesystem::create_directories(folder);
    database = std::move(*storage::Database::Open("sqlite:" + (folder / "t.db").string()));
  }
  ~Asked() { std::filesystem::remove_all(folder); }

  procedure::GuardResult operator()(procedure::GuardFunction guard) {
    procedure::GuardResult result;
    const auto* kind = procedure::FindKind(matter.kind);
    REQUIRE(kind != nullptr);
    const auto& transition = kind->transitions.front();
    REQUIRE(database
                ->Read([&](storage::Connection& db) -> Status {
                  const procedure::GuardContext context{
                      db, services, base::StartOfDay(today), today, *kind, matter, transition, actor, input, {},
                      {}, nullptr};
                  result = guard(context);
                  return Ok();
                })
                .ok());
    return result;
  }
};

bool WellFormed(const char* kind, const char* field, const std::string& number, const char* regime = "food") {
  Asked ask;
  ask.matter.kind = kind;
  ask.matter.fields = {{field, number}, {"regime", regime}};
  return ask(&guards::identifier_is_well_formed).holds;
}

}  // namespace

TEST_CASE("the number of a permit: check digit of SC and JY, QS as it is, industrial ones as they are") {
  const std::string digits = "1145111300012";
  const std::string good = "SC" + digits + base::Mod1110Check(digits);
  CHECK(WellFormed("permit", "permit_number", good));
  for (char c = '0'; c <= '9'; ++c)
    if (c != good.back()) CHECK_FALSE(WellFormed("permit", "permit_number", good.substr(0, good.size() - 1) + c));
  CHECK(WellFormed("permit", "permit_number", "QS511114010001"));
  CHECK_FALSE(WellFormed("permit", "permit_number", "随便写的"));
  CHECK(WellFormed("permit", "permit_number", "XK13-001-00001", "industrial"));
}

TEST_CASE("the number of a certificate has letters, digits and marks, and nothing that a page could run") {
  for (const char* number : {"00119Q34567R1S/5100", "LB-44-20060601234A", "CQC2009010301(01)"})
    CHECK(WellFormed("certification", "certificate_number", number));
  for (const char* number : {"", "123", "<script>", "编号一二三四", "a b c d"})
    CHECK_FALSE(WellFormed("certification", "certificate_number", number));
  CHECK_FALSE(WellFormed("certification", "certificate_number", std::string(61, 'A')));
}

TEST_CASE("a term holds through its last day") {
  Asked ask;
  ask.matter.kind = "permit";
  for (const auto& [until, passed] : {std::pair{"2026-10-11", true}, std::pair{"2026-10-12", false},
                                      std::pair{"2026-10-13", false}, std::pair{"", false}}) {
    ask.matter.fields = {{"valid_to", until}};
    CHECK(ask(&guards::valid_to_has_passed).holds == passed);
  }
}
