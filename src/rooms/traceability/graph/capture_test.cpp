// The capture room: what is taken, what is refused and how that is said, what is left of it, and that rows that wait
// together are the rows that events one by one would have made.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "engines/epcis/hash.hpp"
#include "rooms/traceability/graph/trace_fixture.hpp"
#include "rooms/traceability/store/read_ahead.hpp"

using namespace zhian;
using namespace zhian::traceability;
using namespace zhian::traceability::tests;

namespace {

constexpr const char* kTables[] = {"epcis_event", "epcis_value",  "lot",          "holding",       "movement",
                                   "trace_site",  "trace_change", "ledger_entry", "ledger_change", "ledger_node"};

json::object Document(const json::array& events) {
  return {{"@context", json::object{{"zhian", "https://zhian.example/ns/"}}},
          {"type", "EPCISDocument"},
          {"schemaVersion", "2.0"},
          {"epcisBody", json::object{{"eventList", events}}}};
}

struct Room : Folder {
  Result<CaptureReport> TakeText(const std::string& text, OnError on_error, const Recorder& by = {}) {
    CaptureReport report;
    const Status done = db->Write([&](storage::Connection& c) -> Status {
      ZHIAN_ASSIGN(report, Capture(c, text, on_error, kNow, by));
      return Ok();
    });
    if (!done.ok()) return done.error();
    return report;
  }
  Result<CaptureReport> Take(const json::array& list, OnError on_error = OnError::kRollback, const Recorder& by = {}) {
    return TakeText(json::serialize(Document(list)), on_error, by);
  }
  storage::Rows Ask(const std::string& sql, std::initializer_list<storage::Value> parameters = {}) {
    storage::Rows rows;
    REQUIRE(db->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(rows, c.Query(sql, parameters));
                return Ok();
              }).ok());
    return rows;
  }
  std::int64_t Count(const std::string& from) { return Ask("SELECT COUNT(*) FROM " + from).front().integer(0); }
  std::vector<std::int64_t> Counts() {
    std::vector<std::int64_t> counts;
    for (const char* table : kTables) counts.push_back(Count(table));
    return counts;
  }
  bool LedgerHolds() {
    bool holds = false;
    REQUIRE(db->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(const auto report, ledger::Verify(c, {}));
                holds = report.ok();
                return Ok();
              }).ok());
    return holds;
  }
  // The faults of a document that must be refused whole, as "/event/path".
  std::vector<std::string> Refused(const json::array& list) {
    const auto before = Counts();
    const auto taken = Take(list);
    REQUIRE_FALSE(taken.ok());
    CHECK(taken.error().code == ErrorCode::kInvalid);
    CHECK(Counts() == before);  // nothing half captured
    std::vector<std::string> pointers;
    for (const auto& field : taken.error().fields) pointers.push_back(field.pointer);
    return pointers;
  }
};

// Every row of what a capture writes, but for what chance and the clock make.
std::string Everything(Room& room) {
  std::string text;
  for (const char* columns : {"seq, event_id, declared_at, event_time, zone, type, hash, raw FROM epcis_event",
                              "field, value, seq FROM epcis_value", "* FROM lot", "* FROM holding", "* FROM movement",
                              "* FROM trace_site", "* FROM trace_change", "sequence FROM ledger_entry",
                              "sequence, change FROM ledger_change", "level, position FROM ledger_node"}) {
    std::vector<std::string> lines;
    for (const auto& row : room.Ask(std::string("SELECT ") + columns)) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i)
        line += (row.is_null(i)                                       ? "-"
                 : std::holds_alternative<std::int64_t>(row.value(i)) ? std::to_string(row.integer(i))
                                                                      : row.text(i)) +
                "|";
      lines.push_back(std::move(line));
    }
    std::sort(lines.begin(), lines.end());
    for (const auto& line : lines) text += line + "\n";
    text += "\n";
  }
  return text;
}

}  // namespace

TEST_CASE(
    "rollback keeps nothing of a document with one bad event; proceed keeps the good ones; both name event and field") {
  Room room;
  json::array events{Made(1, 0, 1, 1, 100), Made(2, 1, 1, 2, 50), Moved(3, 2, true, 1, 2, 1, 60)};
  events[1].as_object()["eventTime"] = "yesterday";
  CHECK(room.Refused(events) == std::vector<std::string>{"/1/eventTime"});
  const auto report = room.Take(events, OnError::kProceed);
  REQUIRE(report.ok());
  CHECK(report->events == 3);
  CHECK(report->captured == 2);
  CHECK(report->rejected == 1);
  REQUIRE(report->errors.size() == 1);
  CHECK(report->errors[0].event == 1);
  CHECK(report->errors[0].path == "/eventTime");
  CHECK_FALSE(report->errors[0].message.empty());
  CHECK(room.Count("epcis_event") == 2);
  CHECK(room.Count("ledger_entry") == 2);
  CHECK(room.Count("lot WHERE item='" + Item(2) + "'") == 0);
  CHECK(room.LedgerHolds());
}

TEST_CASE("all faults of an event are told at once, each with its field") {
  Room room;
  json::object event = Made(1, 0, 1, 1, 100);
  event["action"] = "MAKE";
  event["bizStep"] = "no such word";
  event["quantityList"] = json::array{json::object{{"epcClass", Item(1)}, {"quantity", -1}, {"uom", "kilo"}},
                                      json::object{{"quantity", 5}}};
  event["surprise"] = 1;
  const auto pointers = room.Refused({event});
  for (const char* wanted : {"/0/action", "/0/bizStep", "/0/quantityList/0/quantity", "/0/quantityList/0/uom",
                             "/0/quantityList/1/epcClass", "/0/surprise"}) {
    CAPTURE(wanted);
    CHECK(std::find(pointers.begin(), pointers.end(), wanted) != pointers.end());
  }
}

TEST_CASE(
    "a document that is cut off keeps what proceeded before, and nothing where it rolls back; one without events is refused") {
  Room room;
  const std::string whole = json::serialize(Document({Made(1, 0, 1, 1, 100), Made(2, 1, 1, 2, 50)})),
                    cut = whole.substr(0, whole.size() - 60);
  CHECK_FALSE(room.TakeText(cut, OnError::kRollback).ok());
  CHECK(room.Count("epcis_event") == 0);
  const auto report = room.TakeText(cut, OnError::kProceed);
  REQUIRE(report.ok());
  CHECK(report->captured == 1);
  CHECK(report->errors.back().event == -1);
  CHECK(room.Count("ledger_entry") == 1);
  CHECK_FALSE(room.TakeText(R"({"type":"EPCISDocument","schemaVersion":"2.0","epcisBody":{"eventList":[]}})",
                            OnError::kRollback)
                  .ok());
  CHECK_FALSE(room.TakeText("no document", OnError::kRollback).ok());
}

TEST_CASE(
    "the same event twice is one event, in one document or in two; the same eventID for something else is refused") {
  Room room;
  const json::object made = Made(1, 0, 1, 1, 100);
  auto report = room.Take({made, made});
  REQUIRE(report.ok());
  CHECK(report->captured == 1);
  CHECK(report->duplicates == 1);
  const auto before = Everything(room);
  report = room.Take({made});
  REQUIRE(report.ok());
  CHECK(report->duplicates == 1);
  CHECK(Everything(room) == before);
  CHECK(room.Refused({Made(1, 0, 1, 1, 101)}) == std::vector<std::string>{"/0/eventID"});
  CHECK(room.Refused({Made(2, 0, 1, 2, 5), Made(2, 0, 1, 2, 6)}) ==
        std::vector<std::string>{"/1/eventID"});  // the first waits to be written
}

TEST_CASE("an event without an eventID gets the hash of what it says for one, however it is written") {
  Room room;
  json::object event = Made(1, 0, 1, 1, 100);
  event.erase("eventID");
  REQUIRE(room.Take({event}).ok());
  const auto row = room.Ask("SELECT event_id, hash, raw FROM epcis_event").front();
  const auto read = epcis::ReadAll(json::serialize(event));
  REQUIRE(read.ok());
  CHECK(row.text(0) == epcis::EventHash(read->events.front()));
  CHECK(row.text(1) == row.text(0));
  CHECK(json::parse(row.text(2)).at("eventID").as_string() == row.text(0));
  // Another order of its members, the word by its URI, the number as 100.0: the same event.
  const std::string other =
      R"({"@context":{},"type":"EPCISDocument","schemaVersion":"2.0","epcisBody":{"eventList":[{"quantityList":[{"uom":"KGM","quantity":100.0,"epcClass":")" +
      Item(1) + R"("}],"action":"ADD","bizStep":"https://ref.gs1.org/cbv/BizStep-commissioning","readPoint":{"id":")" +
      Place(1) + R"("},"eventTimeZoneOffset":"+08:00","eventTime":"2026-01-09T16:00:00.000Z","type":"ObjectEvent"}]}})";
  const auto again = room.TakeText(other, OnError::kRollback);
  REQUIRE(again.ok());
  CHECK(again->duplicates == 1);
  CHECK(room.Count("epcis_event") == 1);
}

TEST_CASE("an error declaration takes back what its event moved and made, whichever comes first") {
  for (const bool declaration_first : {false, true}) {
    CAPTURE(declaration_first);
    Room room;
    const json::object made = Made(1, 0, 1, 1, 100), shipped = Moved(2, 2, true, 1, 2, 1, 60),
                       received = Moved(3, 4, false, 1, 2, 1, 60);
    REQUIRE(room.Take(declaration_first ? json::array{made, Declared(shipped), shipped, received}
                                        : json::array{made, shipped, received, Declared(shipped)})
                .ok());
    CHECK(room.Count("epcis_event") == 4);
    CHECK(room.Count("movement WHERE kind='moved' AND shipped_by<>0") == 0);
    CHECK(room.Count("movement WHERE kind='moved' AND received_by<>0") == 1);  // the receipt is open again
    REQUIRE(room.Take({Declared(made)}).ok());
    const auto lot = room.Ask("SELECT quantity_micro, produced_at, place FROM lot").front();
    CHECK(lot.integer(0) == 0);
    CHECK(lot.integer(1) == 0);
    CHECK(lot.text(2).empty());
    CHECK(room.LedgerHolds());
  }
}

TEST_CASE("what is made in several goes adds up; one go that was declared wrong is taken off") {
  Room room;
  const json::object first = Made(1, 0, 1, 1, 40), second = Made(2, 5, 1, 1, 60.5);
  REQUIRE(room.Take({first, second}).ok());
  const auto quantity = [&] { return room.Ask("SELECT quantity_micro FROM lot").front().integer(0); };
  CHECK(quantity() == 100'500'000);
  REQUIRE(room.Take({Made(3, 6, 1, 1, 1)}).ok());
  CHECK(quantity() == 101'500'000);
  REQUIRE(room.Take({Declared(second)}).ok());
  CHECK(quantity() == 41'000'000);
}

TEST_CASE("a lot and places by URN and by Digital Link are the same; so is what the lot is found by") {
  Room room;
  json::object ships = Moved(1, 0, true, 1, 2, 1, 500), receives = Moved(2, 5, false, 1, 2, 1, 500);
  const auto say = [](json::object& event, const char* lot, const char* from, const char* to, bool ship) {
    event["quantityList"].as_array()[0].as_object()["epcClass"] = lot;
    event["readPoint"] = json::object{{"id", ship ? from : to}};
    if (ship)
      event["destinationList"] = json::array{json::object{{"type", "location"}, {"destination", to}}};
    else
      event["sourceList"] = json::array{json::object{{"type", "location"}, {"source", from}}};
  };
  say(ships, "urn:epc:class:lgtin:4012345.012345.998877", "urn:epc:id:sgln:4012345.00001.0",
      "urn:epc:id:sgln:4012345.00002.0", true);
  say(receives, "https://example.org/x/01/04012345123456/10/998877", "https://id.gs1.org/414/4012345000016",
      "https://id.gs1.org/414/4012345000023", false);
  REQUIRE(room.Take({ships}).ok());
  REQUIRE(room.Take({receives}).ok());
  CHECK(room.Count("lot") == 1);
  CHECK(room.Ask("SELECT lot_no FROM lot").front().text(0) == "998877");
  CHECK(room.Count("holding") == 2);
  REQUIRE(room.Count("movement") == 1);
  CHECK(room.Count("movement WHERE shipped_by=1 AND received_by=2 AND replaces=1") == 1);
  CHECK(room.Ask("SELECT COUNT(DISTINCT value) FROM epcis_value WHERE field='quantityList'").front().integer(0) == 1);
}

TEST_CASE(
    "a tonne that was sent and a thousand kilograms that came are one delivery; so is what cannot be compared; half of it is half") {
  const auto after = [](double sent, const char* sent_unit, double came, const char* came_unit,
                        const std::function<void(const storage::Rows&)>& check) {
    Room room;
    REQUIRE(
        room.Take({Moved(1, 0, true, 1, 2, 1, sent, sent_unit), Moved(2, 5, false, 1, 2, 1, came, came_unit)}).ok());
    check(room.Ask("SELECT quantity_micro, unit, shipped_by, received_by FROM movement ORDER BY seq"));
  };
  after(1, "TNE", 1000, "KGM", [](const storage::Rows& rows) {
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].integer(2) == 1);
    CHECK(rows[0].integer(3) == 2);
  });
  after(10, "XBX", 250, "KGM", [](const storage::Rows& rows) {
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].text(1) == "KGM");  // the receiver's counts
    CHECK(rows[0].integer(0) == 250'000'000);
  });
  after(1, "TNE", 500'000, "GRM", [](const storage::Rows& rows) {
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].integer(3) == 2);
    CHECK(rows[1].integer(3) == 0);
    CHECK(rows[1].text(1) == "TNE");
    CHECK(rows[1].integer(0) == 500'000);  // half a tonne is under way
  });
}

TEST_CASE("boxes that are packed into each other are captured and traced to an end; a box in itself is refused") {
  Room room;
  const auto packed = [](int n, int hour, int child, int parent) {
    json::object e = Event(n, "AggregationEvent", hour, "packing", 1);
    e["action"] = "ADD";
    e["parentID"] = Item(parent);
    e["childEPCs"] = json::array{json::value(Item(child))};
    return e;
  };
  REQUIRE(room.Take({Made(1, 0, 1, 1, 10), packed(2, 1, 1, 2), packed(3, 2, 2, 3), packed(4, 3, 3, 1)}).ok());
  CHECK(room.Count("movement WHERE kind='packed'") == 3);
  const Answer answer = room.Folder::Ask(Item(1));
  CHECK(answer.holdings.size() == 3);
  CHECK(room.Refused({packed(5, 4, 2, 2)}) == std::vector<std::string>{"/0/childEPCs"});
}

TEST_CASE(
    "clocks that are a century off, or ahead by more than a day, are refused; a day ahead is a clock that goes wrong a little") {
  Room room;
  const auto at = [](const char* time) {
    json::object e = Made(1, 0, 1, 1, 10);
    e["eventTime"] = time;
    return json::array{e};
  };
  for (const char* time :
       {"1926-01-01T00:00:00+08:00", "2126-01-01T00:00:00+08:00", "2026-09-24T00:00:00+08:00", "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00"}) {
    CAPTURE(time);
    CHECK(room.Refused(at(time)) == std::vector<std::string>{"/0/eventTime"});
  }
  CHECK(room.Take(at("2026-09-22T00:00:00+08:00")).ok());
}

TEST_CASE(
    "absurd quantities are refused; the most that is taken does not overflow, however often it is said and taken back") {
  Room room;
  for (const char* quantity : {"0", "-1", "1000000000001", "1e13", "1e308", "\"5\"", "null"}) {
    CAPTURE(quantity);
    const std::string text = json::serialize(Document({Made(1, 0, 1, 1, 123)}));
    std::string changed = text;
    changed.replace(changed.find("1.23E2"), 6, quantity);
    const auto taken = room.TakeText(changed, OnError::kRollback);
    REQUIRE_FALSE(taken.ok());
    CHECK(taken.error().fields.front().pointer == "/0/quantityList/0/quantity");
  }
  json::array events;
  for (int i = 0; i < 12; ++i) events.push_back(Made(i + 1, i, 1, 1, 1e12));
  REQUIRE(room.Take(events).ok());
  CHECK(room.Ask("SELECT quantity_micro FROM lot").front().integer(0) == INT64_MAX);
  REQUIRE(room.Take({Declared(events[0].as_object()), Declared(events[1].as_object())}).ok());
  CHECK(room.Ask("SELECT quantity_micro FROM lot").front().integer(0) == INT64_MAX);
  json::array declared;
  for (int i = 2; i < 11; ++i) declared.push_back(Declared(events[static_cast<std::size_t>(i)].as_object()));
  REQUIRE(room.Take(declared).ok());
  CHECK(room.Ask("SELECT quantity_micro FROM lot").front().integer(0) == 1'000'000'000'000'000'000);
  REQUIRE(room.Take({Moved(50, 40, true, 1, 2, 1, 1e12, "TNE"), Moved(51, 41, false, 1, 2, 1, 1e12, "TNE"),
                     Moved(52, 42, false, 1, 2, 1, 0.0000001)})
              .ok());
  CHECK(room.LedgerHolds());
}

TEST_CASE(
    "people of an operator tell of their own places only; a lot belongs to the keeper of the place where it was seen first or made") {
  Room room;
  REQUIRE(
      room.db
          ->Write([](storage::Connection& c) -> Status {
            ZHIAN_TRY(c.Execute(
                "INSERT INTO premises (district, id, operator_id, gln) VALUES ($d,'p1','farm','P1'), ($d,'p2','shop','P2')"));
            return Ok();
          })
          .ok());
  const Recorder shop{.anywhere = false, .operator_ids = {"shop"}};
  const auto refused = room.Take({Moved(1, 0, false, 1, 2, 1, 5), Made(2, 1, 1, 2, 5)}, OnError::kProceed, shop);
  REQUIRE(refused.ok());
  CHECK(refused->captured == 1);
  REQUIRE(refused->errors.size() == 1);
  CHECK(refused->errors[0].event == 1);
  CHECK(refused->errors[0].path == "/readPoint");
  json::object nowhere = Made(3, 0, 1, 3, 5);
  nowhere.erase("readPoint");
  CHECK_FALSE(room.Take({nowhere}, OnError::kRollback, shop).ok());
  const auto owner = [&](int item) {
    return room.Ask("SELECT operator_id FROM lot WHERE item=$1", {Item(item)}).front().text(0);
  };
  CHECK(owner(1) == "shop");
  REQUIRE(room.Take({Made(4, 0, 1, 1, 5), Made(5, 0, 9, 1, 5)}).ok());
  CHECK(owner(1) == "farm");  // the maker; a maker that is not on file changes nothing
}

TEST_CASE("an event is found by each of its values once, however often it says it") {
  Room room;
  json::object event = Moved(1, 0, true, 1, 2, 1, 5);
  event["quantityList"] = json::array{Goods(1, 5)[0], Goods(1, 6)[0], Goods(2, 7)[0]};
  REQUIRE(room.Take({event}).ok());
  CHECK(room.Count("epcis_value WHERE field='quantityList'") == 2);
  CHECK(room.Count("epcis_value WHERE field='readPoint' AND value='" + Place(1) + "' AND seq=1") == 1);
  CHECK(room.Count("epcis_value WHERE field='destinationList' AND value='location " + Place(2) + "'") == 1);
}

TEST_CASE(
    "property: a history in one document, in some, and event by event leaves the same rows, and a log that verifies") {
  std::mt19937 random(20261128);
  for (int round = 0; round < 12; ++round) {
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    json::array events;
    const int count = round == 0 ? 6'000 : 60;  // the first is longer than what waits together
    for (int n = 1; n <= count; ++n) {
      const int hour = below(400), item = below(round == 0 ? 900 : 8), a = below(5), b = below(5);
      switch (below(7)) {
        case 0: events.push_back(Made(n, hour, a, item, 1 + below(100))); break;
        case 1:
        case 2: events.push_back(Moved(n, hour, true, a, b, item, 1 + below(20), below(3) == 0 ? "GRM" : "KGM")); break;
        case 3:
          events.push_back(Moved(n, hour, false, a, b, item, 1 + below(20), below(5) == 0 ? "XBX" : "KGM"));
          break;
        case 4: events.push_back(Mixed(n, hour, a, {item, below(8)}, below(8), 1 + below(9))); break;
        case 5: {
          json::object sold = Made(n, hour, a, item, 1);
          sold["action"] = "OBSERVE";
          sold["bizStep"] = below(2) == 0 ? "retail_selling" : "destroying";
          events.push_back(sold);
          break;
        }
        default:
          if (events.empty()) break;
          events.push_back(events[random() % events.size()]);
          if (below(2) == 0 && !events.back().as_object().contains("errorDeclaration"))
            events.back() = Declared(events.back().as_object());
      }
    }
    Room whole, parts, single;
    REQUIRE(whole.Take(events).ok());
    for (std::size_t i = 0; i < events.size();) {
      json::array some;
      for (const std::size_t end = std::min(events.size(), i + 1 + random() % (round == 0 ? 1'500 : 9)); i < end; ++i)
        some.push_back(events[i]);
      REQUIRE(parts.Take(some).ok());
    }
    for (const auto& event : events)
      if (round > 0) REQUIRE(single.Take({event}).ok());
    const std::string expected = Everything(whole);
    CHECK((Everything(parts) == expected));
    if (round > 0) CHECK((Everything(single) == expected));
    CHECK(whole.LedgerHolds());
    CHECK(parts.LedgerHolds());
  }
}

// Beyond a few hundred events a document is read ahead on a thread of its own: nothing of the outcome may tell.
TEST_CASE("a long document leaves what its parts leave, names its faults in order, and may break off anywhere") {
  json::array events;
  constexpr int kEvents = 2'400;
  for (int i = 0; i < kEvents; ++i) {
    events.push_back(Made(i, i % 24, i % 5, i, 10));
    if (i % 700 == 650) events.back().as_object()["action"] = "NONSENSE";
  }
  Room whole, parts;
  const auto report = whole.Take(events, OnError::kProceed);
  REQUIRE(report.ok());
  CHECK(report->events == kEvents);
  CHECK(report->rejected == 3);
  REQUIRE(report->errors.size() >= 3);
  CHECK(std::is_sorted(report->errors.begin(), report->errors.end(),
                       [](const auto& a, const auto& b) { return a.event < b.event; }));
  for (std::size_t from = 0; from < events.size(); from += 100) {
    json::array part(events.begin() + static_cast<std::ptrdiff_t>(from),
                     events.begin() + static_cast<std::ptrdiff_t>(std::min(events.size(), from + 100)));
    REQUIRE(parts.Take(part, OnError::kProceed).ok());
  }
  for (const char* table : {"epcis_event", "epcis_value", "lot", "holding", "movement"})
    CHECK_MESSAGE(whole.Count(table) == parts.Count(table), table);
  CHECK(whole.LedgerHolds());
  // Cut off behind the point from which it is read ahead: what came before stays, or nothing where it is to be rolled
  // back.
  const std::string text = json::serialize(Document(events));
  for (const std::size_t cut : {text.size() / 2, text.size() - 3}) {
    Room broken;
    const auto kept = broken.TakeText(text.substr(0, cut), OnError::kProceed);
    REQUIRE(kept.ok());
    CHECK(kept->captured > 1'000);
    CHECK(kept->errors.back().event == -1);
    CHECK(broken.Count("epcis_event") == kept->captured);
    Room rolled;
    CHECK(!rolled.TakeText(text.substr(0, cut), OnError::kRollback).ok());
    CHECK(rolled.Count("epcis_event") == 0);
  }
  // Whoever stops taking leaves no thread behind.
  for (const int taken : {0, 1, 500, 501, 700}) {
    epcis::TextSource source(text);
    const auto reader = epcis::DocumentReader::Open(source);
    REQUIRE(reader.ok());
    ReadAhead ahead(**reader, kNow);
    for (int i = 0; i < taken; ++i) CHECK(ahead.Next().kind != ReadAhead::Kind::kEnd);
  }
}
