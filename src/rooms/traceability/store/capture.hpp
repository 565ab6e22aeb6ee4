// Capture: events enter the store once and become lots, movements and holdings. Captured events are never changed: only
// an error declaration corrects them. Works in the caller's transaction; a Connection belongs to one thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "engines/epcis/event.hpp"
#include "procedure/bindings.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

struct CaptureError {
  int event = 0;  // position in the document, from 0; -1: the document itself
  std::string path;
  Message message;
};
struct CaptureReport {
  int events = 0, captured = 0, duplicates = 0, rejected = 0;
  std::vector<CaptureError> errors;
};
enum class OnError { kRollback, kProceed };
// Whose events these may be. The people of an operator tell of their own places only.
struct Recorder {
  bool anywhere = true;
  std::vector<std::string> operator_ids;
};
Recorder RecorderOf(const procedure::Actor& actor);
// EPCIS 2.0 in JSON-LD or XML, 1.x in XML, one event in memory at a time. An event that was captured before (same
// eventID) is a duplicate, no failure; an error declaration stands beside its event and takes back what it moved. With
// kRollback one rejected event is an Error, by which the caller's transaction keeps nothing.
Result<CaptureReport> Capture(storage::Connection& db, epcis::Source& source, OnError on_error, base::Instant now,
                              const Recorder& by = {});
Result<CaptureReport> Capture(storage::Connection& db, std::string_view document, OnError on_error, base::Instant now,
                              const Recorder& by = {});

std::span<const storage::Migration> Migrations();

}  // namespace zhian::traceability
