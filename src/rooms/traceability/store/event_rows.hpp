// The rows of captured events: the event itself, what it is found by, its leaf of the ledger. They are gathered, and
// written table by table with Flush, in the caller's transaction; meanwhile nothing else records events or appends to
// the ledger. One use, one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ledger/ledger.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

struct EventRow {
  std::string id, hash, type, zone, raw;
  std::int64_t declared_at = 0, event_time = 0;  // ms; declared_at 0: no error declaration
};

class EventRows {
 public:
  EventRows(storage::Connection& db, base::Instant now) : db_(db), now_(now), leaves_(db) {}

  // Whether an event of this identifier waits for Flush: what the tables say of it is not the whole of it.
  [[nodiscard]] bool Waits(const std::string& id) const { return ids_.contains(id); }
  // Records one; gives its number. `values`: (field, value) of what it is found by.
  Result<std::int64_t> Add(EventRow event, std::vector<std::pair<std::string_view, std::string>> values);
  Status Flush();
  [[nodiscard]] std::size_t size() const { return events_.size(); }

 private:
  struct Value {
    std::string_view field;
    std::string value;
    std::int64_t seq = 0;
  };
  storage::Connection& db_;
  base::Instant now_;
  ledger::Batch leaves_;
  std::int64_t seq_ = -1;  // of the last event; −1: not asked for yet
  std::unordered_set<std::string> ids_;
  std::vector<std::array<storage::Value, 9>> events_;
  std::vector<Value> values_;
};

}  // namespace zhian::traceability
