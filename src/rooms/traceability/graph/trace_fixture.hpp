// For tests: a data folder with its trace index, and the events from which its histories are made. Only tests include
// it.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ledger/ledger.hpp"
#include "rooms/traceability/graph/trace.hpp"
#include "rooms/traceability/graph/trace_index.hpp"
#include "rooms/traceability/store/capture.hpp"

namespace zhian::traceability::tests {
namespace json = boost::json;

inline constexpr base::Instant kNow{1'790'000'000'000};

struct Folder {
  std::string path;
  std::unique_ptr<storage::Database> db;
  TraceIndex* index = nullptr;
  int events = 0;
  Folder() {
    std::string made = (std::filesystem::temp_directory_path() / "zhian-trace-XXXXXX").string();
    REQUIRE(mkdtemp(made.data()) != nullptr);
    path = made;
    Open();
    REQUIRE(db->Migrate(ledger::Migrations()).ok());
    // The tables of another room, as far as they are read here.
    static constexpr storage::Migration kSubjects[] = {
        {"test/1",
         "CREATE TABLE operator (district TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, jurisdiction TEXT NOT NULL, type TEXT NOT NULL DEFAULT '', PRIMARY KEY (district, id)); CREATE TABLE premises (district TEXT NOT NULL, id TEXT NOT NULL, operator_id TEXT NOT NULL, gln TEXT NOT NULL, name TEXT NOT NULL DEFAULT '', PRIMARY KEY (district, id));"}};
    REQUIRE(db->Migrate(kSubjects).ok());
    REQUIRE(db->Migrate(Migrations()).ok());
  }
  ~Folder() {
    db.reset();
    std::filesystem::remove_all(path);
  }
  void Open() {
    db.reset();
    db = std::move(*storage::Database::Open("sqlite:" + path + "/t.db", {.synchronous_full = false}));
    auto made = std::make_unique<TraceIndex>(*db, path);
    index = made.get();
    db->Accompany(std::move(made));
  }
  Result<CaptureReport> Take(const json::array& list) {
    const json::object document{{"@context", json::object{{"zhian", "https://zhian.example/ns/"}}},
                                {"type", "EPCISDocument"},
                                {"schemaVersion", "2.0"},
                                {"epcisBody", json::object{{"eventList", list}}}};
    CaptureReport report;
    const Status done = db->Write([&](storage::Connection& c) -> Status {
      ZHIAN_ASSIGN(report, Capture(c, json::serialize(document), OnError::kRollback, kNow));
      return Ok();
    });
    if (!done.ok()) return done.error();
    return report;
  }
  void Must(const json::array& list) {
    const auto report = Take(list);
    if (!report.ok())
      for (const auto& field : report.error().fields) MESSAGE(field.pointer, " ", field.message.Text());
    REQUIRE(report.ok());
  }
  Answer Ask(const std::string& lot, Direction direction = Direction::kBoth, const TraceOptions& options = {}) {
    Answer answer;
    const Status done = db->Read([&](storage::Connection& c) -> Status {
      ZHIAN_ASSIGN(answer, Trace(c, lot, direction, options));
      return Ok();
    });
    REQUIRE(done.ok());
    return answer;
  }
};

inline std::string Item(int i) { return "urn:zhian:lot:L" + std::to_string(i); }
inline std::string Place(int i) { return "urn:zhian:place:P" + std::to_string(i); }
inline json::array Goods(int item, double quantity, const char* unit = "KGM") {
  return {json::object{{"epcClass", Item(item)}, {"quantity", quantity}, {"uom", unit}}};
}
inline json::object Event(int number, const char* type, int hour, const char* step, int place) {
  const std::string digits = std::to_string(number), day = std::to_string(10 + hour / 24),
                    time = (hour % 24 < 10 ? "0" : "") + std::to_string(hour % 24);
  return {{"type", type},
          {"eventID", "urn:uuid:00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits},
          {"eventTime", "2026-01-" + day + "T" + time + ":00:00+08:00"},
          {"eventTimeZoneOffset", "+08:00"},
          {"bizStep", step},
          {"readPoint", json::object{{"id", Place(place)}}}};
}
inline json::object Made(int n, int hour, int place, int item, double quantity) {
  json::object e = Event(n, "ObjectEvent", hour, "commissioning", place);
  e["action"] = "ADD";
  e["quantityList"] = Goods(item, quantity);
  return e;
}
inline json::object Moved(int n, int hour, bool ships, int from, int to, int item, double quantity,
                          const char* unit = "KGM") {
  json::object e = Event(n, "ObjectEvent", hour, ships ? "shipping" : "receiving", ships ? from : to);
  e["action"] = "OBSERVE";
  e["quantityList"] = Goods(item, quantity, unit);
  if (ships)
    e["destinationList"] = json::array{json::object{{"type", "location"}, {"destination", Place(to)}}};
  else
    e["sourceList"] = json::array{json::object{{"type", "location"}, {"source", Place(from)}}};
  return e;
}
inline json::object Mixed(int n, int hour, int place, const std::vector<int>& inputs, int output, double quantity) {
  json::object e = Event(n, "TransformationEvent", hour, "commissioning", place);
  json::array in;
  for (const int i : inputs) in.push_back(Goods(i, 10).front());
  e["inputQuantityList"] = in;
  e["outputQuantityList"] = Goods(output, quantity);
  return e;
}
inline json::object Declared(json::object event) {
  event["errorDeclaration"] =
      json::object{{"declarationTime", "2026-03-01T00:00:00+08:00"}, {"reason", "incorrect_data"}};
  return event;
}

}  // namespace zhian::traceability::tests
