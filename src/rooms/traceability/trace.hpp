// Traceability 追溯: events captured once become lots, movements and holdings; the trace says where a lot came from, where it went,
// and which holding is still unresolved. Captured events are never changed: only an error declaration corrects them.
// Capture writes in the caller's transaction; reads are bounded and say when they were cut.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "engines/epcis/event.hpp"
#include "procedure/bindings.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

struct CaptureError {
  int event = 0;        // position in the document, from 0; -1: the document itself
  std::string path;
  Message message;
};
struct CaptureReport {
  int events = 0, captured = 0, duplicates = 0, rejected = 0;
  std::vector<CaptureError> errors;
};
enum class OnError { kRollback, kProceed };
// EPCIS 2.0 in JSON-LD or XML, 1.x in XML, one event in memory at a time. An event that was captured before (same eventID) is a
// duplicate, no failure; an error declaration stands beside its event. With kRollback one rejected event is an Error, by which
// the caller's transaction keeps nothing.
Result<CaptureReport> Capture(storage::Connection& db, epcis::Source& source, OnError on_error, base::Instant now);
Result<CaptureReport> Capture(storage::Connection& db, std::string_view document, OnError on_error, base::Instant now);

enum class Direction { kForward, kBackward, kBoth };
// A quantity of one lot at one place.
struct Holding {
  std::string item, place, place_name, operator_id, status, evidence;
  int layer = 0;                  // steps from the origin; negative backward
  std::int64_t arrived_at = 0;    // ms; 0: unknown
  double quantity = 0, share = 0; // in `unit`; share of the holding that comes from the origin, 0–1
  bool resolved = false, origin = false;
};
struct Movement {
  std::string kind, from_item, from_place, to_item, to_place, unit;
  std::int64_t departed_at = 0, arrived_at = 0;
  double quantity = 0;
  bool shipped = false, received = false;  // both: matched
};
struct Gap {
  std::string kind, item, place, operator_id;
  Message text;
  double quantity = 0;
};
struct Answer {
  std::string item, product, unit;
  std::vector<Holding> holdings;
  std::vector<Movement> movements;
  std::vector<Gap> gaps;
  bool reached_limit = false;
};
inline constexpr int kHoldingsMax = 2'000;

// `lot`: item identifier or lot number. Time is respected: a movement carries on only what had arrived before it left.
Result<Answer> Trace(storage::Connection& db, std::string_view lot, Direction direction);
// The identifier of a lot number; the text itself where it is one already. kNotFound.
Result<std::string> FindItem(storage::Connection& db, std::string_view lot);

bool IsResolved(std::string_view status);
// Writes what became of a holding; part of a move of a matter (recall, rectification, seizure).
Status SetHolding(storage::Connection& db, std::string_view item, std::string_view place, std::string_view status, std::string_view evidence, double quantity);
Status HoldLot(storage::Connection& db, std::string_view lot, bool held);

std::span<const storage::Migration> Migrations();

}  // namespace zhian::traceability
