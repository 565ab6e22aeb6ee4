#include "rooms/traceability/store/movements.hpp"

#include <algorithm>
#include <array>

#include "engines/epcis/identifiers.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::traceability {
namespace {
constexpr std::array<std::string_view, 6> kNames{"moved", "transformed", "packed", "unpacked", "made", "void"};
constexpr int kOpenMax = 200;  // halves that one shipment or receipt may be made of
}  // namespace

std::string_view NameOf(MovementKind kind) { return kNames[static_cast<std::size_t>(kind)]; }
MovementKind KindOf(std::string_view name) {
  const auto* at = std::find(kNames.begin(), kNames.end(), name);
  return at == kNames.end() ? MovementKind::kVoid : static_cast<MovementKind>(at - kNames.begin());
}

std::string LastWord(std::string_view text) {
  const auto at = text.find_last_of("/:");
  return std::string(at == std::string_view::npos ? text : text.substr(at + 1));
}

std::string SiteOf(const std::string& place) {
  const auto keys = epcis::ReadKeys(place);
  return keys && (keys->front().first == "414" || keys->front().first == "417") ? keys->front().second
                                                                                : LastWord(place);
}

Result<std::int64_t> Journal::Site(const std::string& place) {
  if (const auto known = sites_.find(place); known != sites_.end()) return known->second;
  const std::string site = SiteOf(place);
  ZHIAN_ASSIGN(const auto found, db_.Query("SELECT id FROM trace_site WHERE district=$d AND site=$1 LIMIT 1", {site}));
  std::int64_t id = 0;
  if (!found.empty()) {
    id = found.front().integer(0);
  } else {
    if (last_site_ < 0) {
      ZHIAN_ASSIGN(const auto last, db_.Query("SELECT COALESCE(MAX(id), 0) FROM trace_site WHERE district=$d"));
      last_site_ = last.front().integer(0);
    }
    id = ++last_site_;
    ZHIAN_TRY(db_.Execute("INSERT INTO trace_site (district, id, site) VALUES ($d,$1,$2)", {id, site}));
  }
  if (sites_.size() >= kKnownMax) sites_.clear();
  sites_.emplace(place, id);
  return id;
}

Result<Journal::Found> Journal::Holding(const std::string& item, const std::string& place) {
  std::string key;
  key.reserve(item.size() + place.size() + 1);
  key.append(item).append(1, '\0').append(place);
  if (const auto known = holdings_.find(key); known != holdings_.end()) return Found{known->second, false};
  ZHIAN_ASSIGN(const auto found,
               db_.Query("SELECT id FROM holding WHERE district=$d AND item=$1 AND place=$2 LIMIT 1", {item, place}));
  Found holding;
  if (!found.empty()) {
    holding.id = found.front().integer(0);
  } else {
    if (last_holding_ < 0) {
      ZHIAN_ASSIGN(const auto last, db_.Query("SELECT COALESCE(MAX(id), 0) FROM holding WHERE district=$d"));
      last_holding_ = last.front().integer(0);
    }
    ZHIAN_ASSIGN(const std::int64_t site, Site(place));
    holding = {++last_holding_, true};
    ZHIAN_TRY(db_.Execute(
        "INSERT INTO holding (district, id, item, place, site, status, evidence, quantity_micro) VALUES ($d,$1,$2,$3,$4,'unknown','',0)",
        {holding.id, item, place, site}));
  }
  if (holdings_.size() >= kKnownMax) holdings_.clear();
  holdings_.emplace(std::move(key), holding.id);
  return holding;
}

Status Journal::Settle(const std::string& item, const std::string& place, std::string_view status,
                       std::string_view evidence, std::int64_t quantity_micro) {
  ZHIAN_ASSIGN(const Found holding, Holding(item, place));
  ZHIAN_TRY(db_.Execute("UPDATE holding SET status=$2, evidence=$3, quantity_micro=$4 WHERE district=$d AND id=$1",
                        {holding.id, std::string(status), std::string(evidence), quantity_micro}));
  return Ok();
}

// Before the first row goes: the number of a row that was dropped must not be given again.
Status Journal::Begin() {
  if (seq_ >= 0) return Ok();
  ZHIAN_ASSIGN(auto last, db_.Query("SELECT COALESCE(MAX(seq), 0) FROM movement WHERE district=$d"));
  seq_ = last.front().integer(0);
  return Ok();
}

Status Journal::Write(const Entry& entry) {
  ZHIAN_TRY(Begin());
  ZHIAN_TRY(db_.Execute(
      "INSERT INTO movement (district, seq, replaces, kind, from_holding, to_holding, departed_at, arrived_at, quantity_micro, unit, shipped_by, received_by) VALUES ($d,$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)",
      {++seq_, entry.replaces, std::string(NameOf(entry.kind)), entry.from, entry.to, entry.departed_at,
       entry.arrived_at, entry.quantity_micro, entry.unit, entry.shipped_by, entry.received_by}));
  return Ok();
}

Status Journal::Drop(std::int64_t seq) {
  ZHIAN_TRY(Begin());
  ZHIAN_TRY(db_.Execute("DELETE FROM movement WHERE district=$d AND seq=$1", {seq}));
  return Ok();
}

// One side of a row that is open takes what came to it: the row goes, and stands again under the next number. Written
// as a change of that row, so that only the indexes of what changes are touched.
Status Journal::Take(std::int64_t seq, const Entry& matched, bool ships) {
  ZHIAN_TRY(Begin());
  ZHIAN_TRY(
      ships
          ? db_.Execute(
                "UPDATE movement SET seq=$2, replaces=$1, departed_at=$3, quantity_micro=$4, unit=$5, shipped_by=$6 WHERE district=$d AND seq=$1",
                {seq, ++seq_, matched.departed_at, matched.quantity_micro, matched.unit, matched.shipped_by})
          : db_.Execute(
                "UPDATE movement SET seq=$2, replaces=$1, arrived_at=$3, quantity_micro=$4, unit=$5, received_by=$6 WHERE district=$d AND seq=$1",
                {seq, ++seq_, matched.arrived_at, matched.quantity_micro, matched.unit, matched.received_by}));
  return Ok();
}

Status Journal::Add(MovementKind kind, const std::string& from_item, const std::string& to_item,
                    const std::string& place, std::int64_t at, const Goods& goods, std::int64_t event) {
  ZHIAN_ASSIGN(const Found from, Holding(from_item, place));
  ZHIAN_ASSIGN(const Found to, Holding(to_item, place));
  return Write({0, kind, from.id, to.id, at, at, goods.quantity_micro, goods.unit, event, event});
}

Status Journal::Ship(const std::string& from_place, const std::string& to_place, std::int64_t at, const Goods& goods,
                     std::int64_t event) {
  ZHIAN_ASSIGN(const Found from, Holding(goods.item, from_place));
  ZHIAN_ASSIGN(const Found to, Holding(goods.item, to_place));
  const Entry half{0, MovementKind::kMoved, from.id, to.id, at, 0, goods.quantity_micro, goods.unit, event, 0};
  return from.made || to.made ? Write(half) : Match(half);
}

Status Journal::Receive(const std::string& from_place, const std::string& to_place, std::int64_t at, const Goods& goods,
                        std::int64_t event) {
  ZHIAN_ASSIGN(const Found from, Holding(goods.item, from_place));
  ZHIAN_ASSIGN(const Found to, Holding(goods.item, to_place));
  const Entry half{0, MovementKind::kMoved, from.id, to.id, 0, at, goods.quantity_micro, goods.unit, 0, event};
  return from.made || to.made ? Write(half) : Match(half);
}

// `half` has one side; the other sides that are open are taken up, nearest in time first, until its quantity is used
// up.
Status Journal::Match(Entry half) {
  const bool ships = half.shipped_by != 0;
  ZHIAN_ASSIGN(
      auto open,
      db_.Query(
          ships
              ? "SELECT seq, departed_at, arrived_at, quantity_micro, unit, shipped_by, received_by FROM movement WHERE district=$d AND from_holding=$1 AND to_holding=$2 AND kind='moved' AND shipped_by=0 "
                "AND arrived_at >= $3 ORDER BY arrived_at, seq LIMIT $4"
              : "SELECT seq, departed_at, arrived_at, quantity_micro, unit, shipped_by, received_by FROM movement WHERE district=$d AND from_holding=$1 AND to_holding=$2 AND kind='moved' AND received_by=0 "
                "AND departed_at <= $3 ORDER BY departed_at DESC, seq DESC LIMIT $4",
          {half.from, half.to, ships ? half.departed_at : half.arrived_at, std::int64_t{kOpenMax}}));
  bool used = false;
  for (const auto& row : open) {
    Entry other{row.integer(0), MovementKind::kMoved, half.from,   half.to,        row.integer(1),
                row.integer(2), row.integer(3),       row.text(4), row.integer(5), row.integer(6)};
    Entry matched = other;
    (ships ? matched.departed_at : matched.arrived_at) = ships ? half.departed_at : half.arrived_at;
    (ships ? matched.shipped_by : matched.received_by) = ships ? half.shipped_by : half.received_by;
    // Two quantities that cannot be compared (or of which one is not known) are one delivery said in two ways: the
    // receiver's counts.
    const Unit unit = FindUnit(half.unit), theirs = FindUnit(other.unit);
    const auto mine = ToBase(half.quantity_micro, unit), open_there = ToBase(other.quantity_micro, theirs);
    if (!AreComparable(half.unit, other.unit) || !mine || !open_there || *mine == 0 || *open_there == 0) {
      if (used) continue;
      if (!ships || other.quantity_micro == 0) matched.quantity_micro = half.quantity_micro, matched.unit = half.unit;
      return Take(other.replaces, matched, ships);
    }
    used = true;
    if (*open_there <= *mine) {
      ZHIAN_TRY(Take(other.replaces, matched, ships));  // the whole of the other side
      if (*open_there == *mine) return Ok();
      half.quantity_micro = half.unit == other.unit ? half.quantity_micro - other.quantity_micro
                                                    : FromBase(*mine - *open_there, unit).value_or(0);
      continue;
    }
    matched.quantity_micro = half.quantity_micro;
    matched.unit = half.unit;
    ZHIAN_TRY(Take(other.replaces, matched, ships));
    other.quantity_micro = half.unit == other.unit ? other.quantity_micro - half.quantity_micro
                                                   : FromBase(*open_there - *mine, theirs).value_or(0);
    other.replaces = 0;
    return Write(other);
  }
  return Write(half);
}

Status Journal::TakeBack(std::int64_t event) {
  std::vector<Entry> freed;
  for (const char* side : {"shipped_by", "received_by"}) {
    ZHIAN_ASSIGN(
        auto rows,
        db_.Query(
            std::string(
                "SELECT seq, kind, from_holding, to_holding, departed_at, arrived_at, quantity_micro, unit, shipped_by, received_by FROM movement WHERE district=$d AND ") +
                side + "=$1 ORDER BY +seq",
            {event}));
    for (const auto& row : rows) {
      Entry entry{row.integer(0), KindOf(row.text(1)), row.integer(2), row.integer(3), row.integer(4),
                  row.integer(5), row.integer(6),      row.text(7),    row.integer(8), row.integer(9)};
      ZHIAN_TRY(Drop(entry.replaces));
      ZHIAN_TRY(Write({entry.replaces, MovementKind::kVoid, entry.from, entry.to, 0, 0, 0, "", 0, 0}));
      if (entry.shipped_by == entry.received_by) continue;
      if (entry.shipped_by == event)
        entry.shipped_by = entry.departed_at = 0;
      else
        entry.received_by = entry.arrived_at = 0;
      entry.replaces = 0;
      if (entry.shipped_by != 0 || entry.received_by != 0) freed.push_back(entry);
    }
  }
  for (const Entry& entry : freed) ZHIAN_TRY(Match(entry));
  return Ok();
}

}  // namespace zhian::traceability
