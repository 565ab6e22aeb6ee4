#include "rooms/enforcement/exceptions.hpp"

#include <doctest/doctest.h>

#include "procedure/exceptions.hpp"
#include "rooms/enforcement/gates.hpp"

using namespace zhian;
using namespace zhian::enforcement;
namespace json = boost::json;

namespace {
procedure::Matter CaseWith(const char* state, const char* review, std::initializer_list<const char*> items) {
  procedure::Matter matter;
  json::array list;
  for (const char* item : items) list.push_back(json::value(item));
  matter.fields[procedure::kExceptions] = json::array{
      json::object{{"gate", "G2"}, {"state", state}, {"review_on", review}, {"open_items", std::move(list)}}};
  return matter;
}
const base::Date kToday = *base::ParseDate("2026-10-12");
GateAnswer Open(std::initializer_list<Message> items) {
  GateAnswer gate;
  gate.gate = "G2";
  for (const Message& item : items) gate.Open(item);
  return gate;
}
}  // namespace

TEST_CASE("an approved exception opens a gate only for the items that it names, and until its review") {
  const GateAnswer gate = Open({"甲处尚有 60 kg"});
  CHECK(WithException(CaseWith("approved", "2027-01-01", {"甲处尚有 60 kg"}), gate, kToday) == GateStatus::kExcepted);
  CHECK(WithException(CaseWith("approved", "2026-10-12", {"甲处尚有 60 kg"}), gate, kToday) == GateStatus::kExcepted);
  CHECK(WithException(CaseWith("approved", "2026-10-11", {"甲处尚有 60 kg"}), gate, kToday) == GateStatus::kStale);
  CHECK(WithException(CaseWith("approved", "2027-01-01", {"乙处尚有 10 kg"}), gate, kToday) == GateStatus::kStale);
  CHECK(WithException(CaseWith("approved", "2027-01-01", {"甲处尚有 60 kg"}), Open({"甲处尚有 60 kg", "新的缺口"}),
                      kToday) == GateStatus::kStale);
  for (const char* state : {"asked", "opined", "refused"})
    CHECK(WithException(CaseWith(state, "2027-01-01", {"甲处尚有 60 kg"}), gate, kToday) == GateStatus::kOpen);
  GateAnswer closed;
  closed.gate = "G2";
  closed.status = GateStatus::kClosed;
  CHECK(WithException(CaseWith("approved", "2026-10-11", {"x"}), closed, kToday) == GateStatus::kClosed);
  GateAnswer other;
  other.gate = "G1";
  other.Open("x");
  CHECK(WithException(CaseWith("approved", "2027-01-01", {"x"}), other, kToday) == GateStatus::kOpen);
}

TEST_CASE("a stale exception does not pass, an excepted gate does") {
  GateAnswer gate;
  gate.status = GateStatus::kStale;
  CHECK_FALSE(gate.Passes());
  gate.status = GateStatus::kExcepted;
  CHECK(gate.Passes());
}

TEST_CASE("each gate has grounds of its own") {
  CHECK(GroundFits("G1", "person_cannot_be_identified"));
  CHECK(GroundFits("G5", "organ_still_investigating"));
  CHECK_FALSE(GroundFits("G1", "organ_still_investigating"));
  CHECK_FALSE(GroundFits("G4", "fled"));
  CHECK_FALSE(GroundFits("", ""));
}
