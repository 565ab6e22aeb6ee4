// The lots that a capture touches, as they stand in lists: each is read once and written once, however many events name
// it. Writes with Flush, in the caller's transaction; between Touch and Flush nothing else writes these lots. One use,
// one thread.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

class LotBook {
 public:
  explicit LotBook(storage::Connection& db) : db_(db) {}

  struct Made {
    std::string lot_no, product;  // product "": not said
    std::int64_t quantity_micro = 0;
  };
  // The lot was seen. A lot that is new stands under the number of its identifier and belongs to the keeper of `place`.
  Status Touch(const std::string& item, const std::string& unit, const std::string& place, std::int64_t at);
  // The lot was made at `place`. In several goes at one place in one unit, the quantities add up.
  Status Make(const std::string& item, const std::string& unit, const std::string& place, std::int64_t at,
              const Made& made);
  Status Flush();
  [[nodiscard]] std::size_t size() const { return lots_.size(); }

 private:
  struct Lot {
    std::string lot_no, product, operator_id, place, unit;
    std::int64_t quantity_micro = 0, produced_at = 0, last_seen_at = 0;
    bool stored = false, seen = false, made = false;  // it stands in the table; what is to be written
  };
  Result<Lot*> Find(const std::string& item, const std::string& unit, const std::string& place, std::int64_t at);
  Result<std::string> KeeperOf(const std::string& place);

  storage::Connection& db_;
  std::unordered_map<std::string, Lot> lots_;
  std::vector<const std::string*> order_;  // of their first touch
  std::unordered_map<std::string, std::string> keepers_;
};

// The number that stands on the label: batch or serial where the identifier has one.
std::string LabelNumber(const std::string& item);
// The sum, or the most that can be said: a document may hold as many absurd quantities as it likes.
std::int64_t Plus(std::int64_t a, std::int64_t b);

}  // namespace zhian::traceability
