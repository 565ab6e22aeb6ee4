#include "rooms/traceability/store/lots.hpp"

#include <limits>

#include "engines/epcis/identifiers.hpp"
#include "rooms/traceability/store/movements.hpp"

namespace zhian::traceability {

namespace {
constexpr std::size_t kKeepersMax = 5'000;  // remembered: a capture is as long as it likes
}

std::int64_t Plus(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum)
             ? (b < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max())
             : sum;
}

std::string LabelNumber(const std::string& item) {
  const auto keys = epcis::ReadKeys(item);
  return keys ? keys->back().second : LastWord(item);
}

Result<std::string> LotBook::KeeperOf(const std::string& place) {
  if (const auto known = keepers_.find(place); known != keepers_.end()) return known->second;
  ZHIAN_ASSIGN(const auto found,
               db_.Query("SELECT operator_id FROM premises WHERE district=$d AND gln=$1 LIMIT 1", {SiteOf(place)}));
  if (keepers_.size() >= kKeepersMax) keepers_.clear();
  return keepers_.emplace(place, found.empty() ? std::string{} : found.front().text(0)).first->second;
}

Result<LotBook::Lot*> LotBook::Find(const std::string& item, const std::string& unit, const std::string& place,
                                    std::int64_t at) {
  const auto [entry, first] = lots_.try_emplace(item);
  Lot& lot = entry->second;
  if (!first) return &lot;
  order_.push_back(&entry->first);
  ZHIAN_ASSIGN(
      const auto found,
      db_.Query(
          "SELECT lot_no, product, operator_id, place, unit, quantity_micro, produced_at, last_seen_at FROM lot WHERE district=$d AND item=$1 LIMIT 1",
          {item}));
  if (found.empty()) {
    lot.lot_no = LabelNumber(item);
    ZHIAN_ASSIGN(lot.operator_id, KeeperOf(place));
    lot.unit = unit;
    lot.last_seen_at = at;
    return &lot;
  }
  const storage::Row& row = found.front();
  lot = {row.text(0),    row.text(1),    row.text(2), row.text(3), row.text(4), row.integer(5),
         row.integer(6), row.integer(7), true,        false,       false};
  return &lot;
}

Status LotBook::Touch(const std::string& item, const std::string& unit, const std::string& place, std::int64_t at) {
  ZHIAN_ASSIGN(Lot* const lot, Find(item, unit, place, at));
  if (at > lot->last_seen_at) {
    lot->last_seen_at = at;
    lot->seen = true;
  }
  return Ok();
}

Status LotBook::Make(const std::string& item, const std::string& unit, const std::string& place, std::int64_t at,
                     const Made& made) {
  ZHIAN_TRY(Touch(item, unit, place, at));
  Lot& lot = lots_.find(item)->second;
  const bool again = lot.produced_at != 0 && lot.place == place && lot.unit == unit;
  lot.quantity_micro = again ? Plus(lot.quantity_micro, made.quantity_micro) : made.quantity_micro;
  lot.unit = unit;
  lot.place = place;
  lot.produced_at = at;
  lot.lot_no = made.lot_no;
  if (!made.product.empty()) lot.product = made.product;
  ZHIAN_ASSIGN(const std::string keeper, KeeperOf(place));
  if (!keeper.empty()) lot.operator_id = keeper;
  lot.made = true;
  return Ok();
}

Status LotBook::Flush() {
  for (const std::string* item : order_) {
    const Lot& lot = lots_.find(*item)->second;
    if (!lot.stored)
      ZHIAN_TRY(db_.Execute(
          "INSERT INTO lot (district, item, lot_no, product, operator_id, place, quantity_micro, unit, held, produced_at, last_seen_at) VALUES ($d,$1,$2,$3,$4,$5,$6,$7,0,$8,$9)",
          {*item, lot.lot_no, lot.product, storage::OrNull(lot.operator_id), lot.place, lot.quantity_micro, lot.unit,
           lot.produced_at, lot.last_seen_at}));
    else if (lot.made)
      ZHIAN_TRY(db_.Execute(
          "UPDATE lot SET lot_no=$2, product=$3, operator_id=$4, place=$5, quantity_micro=$6, unit=$7, produced_at=$8, last_seen_at=$9 WHERE district=$d AND item=$1",
          {*item, lot.lot_no, lot.product, storage::OrNull(lot.operator_id), lot.place, lot.quantity_micro, lot.unit,
           lot.produced_at, lot.last_seen_at}));
    else if (lot.seen)
      ZHIAN_TRY(db_.Execute("UPDATE lot SET last_seen_at=$2 WHERE district=$d AND item=$1", {*item, lot.last_seen_at}));
  }
  lots_.clear();
  order_.clear();
  return Ok();
}

}  // namespace zhian::traceability
