// The movements of goods as events tell of them: a journal of rows that are only added. What changes is written again
// under the next number and names the row that it replaces; so whoever has read up to a number reads on from there and
// misses nothing. Writes in the caller's transaction. What it has looked up and the next numbers are kept as long as it
// lives: meanwhile nothing else makes holdings or movements. One use, one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

// As they stand in the table, and in three bits of an edge's mark.
enum class MovementKind : std::uint8_t { kMoved, kTransformed, kPacked, kUnpacked, kMade, kVoid };
std::string_view NameOf(MovementKind kind);
MovementKind KindOf(std::string_view name);

// Where the premises of an identified place are: the GLN, or the last word of another identifier.
std::string SiteOf(const std::string& place);
// The place as it is written in an identifier: its last word.
std::string LastWord(std::string_view text);

class Journal {
 public:
  explicit Journal(storage::Connection& db) : db_(db) {}

  struct Goods {
    std::string item, unit;
    std::int64_t quantity_micro = 0;
  };
  struct Found {
    std::int64_t id = 0;
    bool made = false;  // just now: it has no movements
  };
  // The number of the holding; made where there is none.
  Result<Found> Holding(const std::string& item, const std::string& place);
  // What became of it.
  Status Settle(const std::string& item, const std::string& place, std::string_view status, std::string_view evidence,
                std::int64_t quantity_micro);
  // Within one event: of input into output, of content into container, or made at a place (item and holding the same on
  // both sides).
  Status Add(MovementKind kind, const std::string& from_item, const std::string& to_item, const std::string& place,
             std::int64_t at, const Goods& goods, std::int64_t event);
  // A receipt takes up the shipments of the same lot between the same two places that were open at its time, the latest
  // first, part by part; what is left of either side stays open. A shipment that is recorded after its receipt
  // likewise.
  Status Ship(const std::string& from_place, const std::string& to_place, std::int64_t at, const Goods& goods,
              std::int64_t event);
  Status Receive(const std::string& from_place, const std::string& to_place, std::int64_t at, const Goods& goods,
                 std::int64_t event);
  // Takes back all that an event told: what was matched with it is open again and looks for another match.
  Status TakeBack(std::int64_t event);

 private:
  struct Entry {
    std::int64_t replaces = 0;
    MovementKind kind = MovementKind::kMoved;
    std::int64_t from = 0, to = 0, departed_at = 0, arrived_at = 0, quantity_micro = 0;
    std::string unit;
    std::int64_t shipped_by = 0, received_by = 0;  // numbers of events; 0: none
  };
  static constexpr std::size_t kKnownMax =
      20'000;  // holdings and places that are remembered: a capture is as long as it likes
  Status Begin();
  Status Write(const Entry& entry);
  Status Drop(std::int64_t seq);
  Status Take(std::int64_t seq, const Entry& matched, bool ships);
  Status Match(Entry half);
  Result<std::int64_t> Site(const std::string& place);

  storage::Connection& db_;
  std::int64_t seq_ = -1, last_holding_ = -1, last_site_ = -1;      // −1: not asked for yet
  std::unordered_map<std::string, std::int64_t> holdings_, sites_;  // by item and place, by place
};

}  // namespace zhian::traceability
