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
  for (const Message& item : items) gate.Open("x", item);
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
  other.Open("x", "x");
  CHECK(WithException(CaseWith("approved", "2027-01-01", {"x"}), other, kToday) == GateStatus::kOpen);
}

TEST_CASE("an approval hangs on the key of an item, not on how its message is worded") {
  GateAnswer gate;
  gate.gate = "G2";
  gate.Open("holding_unresolved", Say("{} 的 {} 尚有 {} {} 去向未查明（{}）", "甲处", "L1", "60", "kg", "unknown"));
  procedure::Matter matter;
  const auto approve = [&](json::object named) {
    named["gate"] = "G2";
    named["state"] = "approved";
    named["review_on"] = "2027-01-01";
    matter.fields[procedure::kExceptions] = json::array{std::move(named)};
  };
  approve({{"open_items", json::array{json::value("从前的说法")}},
           {"open_keys", json::array{json::value("holding_unresolved|甲处|L1|60|kg|unknown")}}});
  CHECK(WithException(matter, gate, kToday) == GateStatus::kExcepted);  // worded anew since
  // The same wording under another key, or of another quantity, wins no approval.
  approve({{"open_items", json::array{json::value(gate.open_items.front().text.Text())}},
           {"open_keys", json::array{json::value("lot_cut|甲处")}}});
  CHECK(WithException(matter, gate, kToday) == GateStatus::kStale);
  approve({{"open_keys", json::array{json::value("holding_unresolved|甲处|L1|50|kg|unknown")}}});
  CHECK(WithException(matter, gate, kToday) == GateStatus::kStale);
  // What was approved before items had keys is found by its wording, as it was.
  approve({{"open_items", json::array{json::value(gate.open_items.front().text.Text())}}});
  CHECK(WithException(matter, gate, kToday) == GateStatus::kExcepted);
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
