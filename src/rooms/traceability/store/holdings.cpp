#include "rooms/traceability/store/holdings.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/traceability/store/movements.hpp"

namespace zhian::traceability {
using procedure::Cell;
using procedure::Items;
using procedure::Matter;

bool IsResolved(std::string_view status) {
  static constexpr std::string_view kResolved[] = {"in_seizure",
                                                   "destroyed",
                                                   "returned_and_held",
                                                   "recalled_and_disposed",
                                                   "corrected",
                                                   "tested_safe_released",
                                                   "sold_to_consumer_evidenced",
                                                   "used_as_input",
                                                   "exported_notified",
                                                   "handed_to_police",
                                                   "moved_on"};
  return std::find(std::begin(kResolved), std::end(kResolved), status) != std::end(kResolved);
}

Result<std::string> FindItem(storage::Connection& db, std::string_view lot) {
  // Two questions, each with an index of its own.
  ZHIAN_ASSIGN(auto rows, db.Query("SELECT item FROM lot WHERE district=$d AND item=$1 LIMIT 1", {std::string(lot)}));
  if (rows.empty()) {
    ZHIAN_ASSIGN(rows, db.Query("SELECT item FROM lot WHERE district=$d AND lot_no=$1 ORDER BY item LIMIT 1",
                                {std::string(lot)}));
  }
  if (rows.empty()) return MakeError(ErrorCode::kNotFound, Say("没有批次 {} 的追溯记录", base::Cut(lot, 80)));
  return rows.front().text(0);
}

Status SetHolding(storage::Connection& db, std::string_view item, std::string_view place, std::string_view status,
                  std::string_view evidence, double quantity) {
  return Journal(db).Settle(std::string(item), std::string(place), status, evidence,
                            static_cast<std::int64_t>(std::llround(quantity * 1e6)));
}

std::vector<std::string> LotsOf(const Matter& matter) {
  std::vector<std::string> lots;
  const auto add = [&](std::string lot) {
    if (!lot.empty() && std::find(lots.begin(), lots.end(), lot) == lots.end()) lots.push_back(std::move(lot));
  };
  for (const auto& row : Items(matter, "lots")) add(Cell(row, "lot"));
  add(matter.Field("lot"));
  return lots;
}

}  // namespace zhian::traceability
