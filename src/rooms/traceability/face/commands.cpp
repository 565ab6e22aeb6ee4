#include "rooms/traceability/face/commands.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <cstdlib>

#include "base/json.hpp"
#include "desk/room_face.hpp"
#include "rooms/traceability/face/file_source.hpp"
#include "rooms/traceability/graph/trace.hpp"
#include "rooms/traceability/recall/mock_recall.hpp"
#include "rooms/traceability/store/capture.hpp"

namespace zhian::traceability::face {
namespace json = boost::json;

namespace {

desk::CommandCode CaptureFiles(desk::App& app, const desk::CommandInput& given, const desk::CommandOutput& to) {
  const bool proceed = given.Text("on-error") == "proceed";
  int events = 0, captured = 0, duplicates = 0, rejected = 0;
  json::array errors;
  for (const std::string& file : given.All("files")) {
    ZHIAN_ASSIGN(const auto source, FileSource::Open(file));
    CaptureReport report;
    const Status done = app.database.Write([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(report, Capture(db, *source, proceed ? OnError::kProceed : OnError::kRollback, app.clock.Now()));
      return Ok();
    });
    if (!done.ok()) {
      ++rejected;
      for (const FieldError& field : done.error().fields)
        errors.push_back(json::object{{"file", file},
                                      {"event", std::atoi(field.pointer.c_str() + 1)},
                                      {"path", field.pointer},
                                      {"message", field.message.Text()}});
      continue;
    }
    events += report.events;
    captured += report.captured;
    duplicates += report.duplicates;
    rejected += report.rejected;
    for (const auto& e : report.errors)
      errors.push_back(
          json::object{{"file", file}, {"event", e.event}, {"path", e.path}, {"message", e.message.Text()}});
  }
  to.out << json::serialize(json::object{{"events", events},
                                         {"captured", captured},
                                         {"duplicates", duplicates},
                                         {"rejected", rejected},
                                         {"errors", std::move(errors)}})
         << "\n";
  return rejected == 0 ? 0 : captured > 0 ? 3 : 1;
}

desk::CommandCode TraceLot(desk::App& app, const desk::CommandInput& given, const desk::CommandOutput& to) {
  Answer answer;
  const Status done = app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(answer, Trace(db, given.Text("item"),
                               given.Text("direction") == "forward" ? Direction::kForward : Direction::kBackward));
    return Ok();
  });
  ZHIAN_TRY(done);
  if (given.Text("format") == "csv") {
    to.out << "item,place,place_name,arrived_at,quantity,unit,share,status\n";
    for (const auto& h : answer.holdings)
      to.out << h.item << "," << h.place << "," << h.place_name << ","
             << (h.arrived_at == 0 ? "" : base::FormatInstant(base::Instant{h.arrived_at})) << "," << h.quantity.Short()
             << "," << answer.unit << "," << h.share << "," << h.status << "\n";
    return 0;
  }
  json::array holdings, gaps;
  for (const auto& h : answer.holdings)
    holdings.push_back(
        json::object{{"item", h.item},
                     {"place", h.place},
                     {"place_name", h.place_name},
                     {"time", h.arrived_at == 0 ? json::value(nullptr)
                                                : json::value(base::FormatInstant(base::Instant{h.arrived_at}))},
                     {"quantity", json::parse(h.quantity.Short())},
                     {"share", h.share},
                     {"status", h.status},
                     {"resolved", h.resolved}});
  for (const auto& g : answer.gaps)
    gaps.push_back(json::object{{"kind", g.kind},
                                {"item", g.item},
                                {"place", g.place},
                                {"quantity", json::parse(g.quantity.Short())},
                                {"text", g.text.Text()}});
  to.out << json::serialize(json::object{{"item", answer.item},
                                         {"unit", answer.unit},
                                         {"holdings", std::move(holdings)},
                                         {"gaps", std::move(gaps)},
                                         {"reached_limit", answer.reached_limit}})
         << "\n";
  return 0;
}

// A recall as an exercise: run, kept in the folder, printed. 3: it does not balance.
desk::CommandCode TryRecall(desk::App& app, const desk::CommandInput& given, const desk::CommandOutput& to) {
  const auto began = std::chrono::steady_clock::now();
  const base::Decimal tolerance = ToleranceOn(app.services.policy, base::LocalDate(app.clock.Now()));
  MockRecall recall;
  MockRun run;
  Status done = app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(recall, ComputeMockRecall(db, given.Text("item"), tolerance));
    return Ok();
  });
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  if (done.ok())
    done = app.database.Write([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(run, KeepMockRecall(db, recall, "command-line", elapsed, app.clock.Now()));
      return Ok();
    });
  ZHIAN_TRY(done);
  json::object answer = run.result;
  answer["id"] = run.id;
  answer["elapsed_ms"] = run.elapsed_ms;
  to.out << json::serialize(answer) << "\n";
  return recall.balanced ? 0 : 3;
}

// {"events": […]}: events of EPCIS, captured as one document.
Result<json::object> TakeEvents(desk::App& app, storage::Connection& db, const procedure::Actor&,
                                const json::object& what) {
  const auto* events = base::ArrayAt(what, "events");
  if (events == nullptr) return MakeError(ErrorCode::kInvalid, "events: a list");
  const json::object document{{"@context", json::object{{"zhian", "https://zhian.example/ns/"}}},
                              {"type", "EPCISDocument"},
                              {"schemaVersion", "2.0"},
                              {"epcisBody", json::object{{"eventList", *events}}}};
  ZHIAN_ASSIGN(const auto report, Capture(db, json::serialize(document), OnError::kRollback, app.clock.Now()));
  return json::object{{"captured", report.captured}};
}

// {"item", "place", "status", "evidence", "quantity"}: what became of a holding.
Result<json::object> TakeHolding(desk::App&, storage::Connection& db, const procedure::Actor&,
                                 const json::object& what) {
  const auto text = [&](const char* name) { return base::TextAt(what, name); };
  ZHIAN_TRY(
      SetHolding(db, text("item"), text("place"), text("status"), text("evidence"), base::NumberAt(what, "quantity")));
  return json::object{};
}

}  // namespace

std::vector<desk::Command> Commands() {
  std::vector<desk::Command> all{
      {.name = "capture",
       .help = "Capture EPCIS documents",
       .options =
           {{.name = "files", .help = "EPCIS documents: JSON-LD, XML 2.0 or 1.x", .required = true, .many = true},
            {.name = "--on-error",
             .help = "rollback or proceed",
             .choices = {"rollback", "proceed"},
             .otherwise = "rollback"}},
       .on_folder = &CaptureFiles},
      {.name = "trace",
       .help = "Where a lot went, or came from",
       .options =
           {{.name = "direction", .help = "forward or backward", .required = true, .choices = {"forward", "backward"}},
            {.name = "item", .help = "Lot number or identifier", .required = true},
            {.name = "--format", .help = "json or csv", .choices = {"json", "csv"}, .otherwise = "json"}},
       .on_folder = &TraceLot},
      {.name = "mock-recall",
       .help = "A recall of one lot as an exercise: who holds how much, who can be reached, what does not add up; kept "
               "in the folder. 3: it does not balance",
       .options = {{.name = "item", .help = "Lot number or identifier", .required = true}},
       .on_folder = &TryRecall}};
  for (auto& command : EpcisCommands()) all.push_back(std::move(command));
  return all;
}

std::vector<desk::Intake> Intakes() { return {{"epcis.events", &TakeEvents}, {"holding.status", &TakeHolding}}; }

}  // namespace zhian::traceability::face
