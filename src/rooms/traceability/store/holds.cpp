#include "rooms/traceability/store/holds.hpp"

#include <algorithm>

#include "base/shown.hpp"
#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/traceability/store/holdings.hpp"

namespace zhian::traceability {
using namespace procedure;
namespace json = boost::json;

namespace {

constexpr std::int64_t kSameNumberMax = 200;  // lots of one number; more are never told apart by it
constexpr std::int64_t kHeldMax = 10'000;     // read whole or not at all

Result<storage::Rows> Whole(Result<storage::Rows> rows) {
  if (rows.ok() && rows->size() > static_cast<std::size_t>(kHeldMax))
    return MakeError(ErrorCode::kUnavailable, Say("超过 {} 行，未能读全", kHeldMax));
  return rows;
}

constexpr storage::Migration kMigrations[] = {{"traceability/holds-1", R"sql(
CREATE TABLE lot_hold (
  district TEXT NOT NULL, id TEXT NOT NULL, item TEXT NOT NULL, producer_id TEXT, matter_id TEXT NOT NULL, ground TEXT NOT NULL,
  at_operator TEXT, held_at BIGINT NOT NULL, held_by TEXT NOT NULL, freed_at BIGINT NOT NULL, freed_by TEXT NOT NULL,
  PRIMARY KEY (district, id));
CREATE INDEX lot_hold_of_item ON lot_hold (district, item, held_at);
CREATE INDEX lot_hold_of_matter ON lot_hold (district, matter_id);
CREATE INDEX lot_held ON lot (district, item) WHERE held<>0;
)sql"}};

// Whether the operator made it, has it, or was sent it.
Result<bool> HasDealtWith(storage::Connection& db, const std::string& operator_id, const std::string& item) {
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query(
          "SELECT 1 FROM premises p CROSS JOIN trace_site s CROSS JOIN holding h WHERE p.district=$d AND p.operator_id=$1 AND p.gln<>'' AND s.district=$d AND s.site=p.gln "
          "AND h.district=$d AND h.item=$2 AND h.site=s.id LIMIT 1",
          {operator_id, item}));
  return !rows.empty();
}

// Whether one of these names (folded) is that of an operator who made it, has it, or was sent it.
Result<bool> IsKnownTo(storage::Connection& db, const std::vector<std::string>& names, const std::string& item) {
  ZHIAN_ASSIGN(
      const auto rows,
      Whole(db.Query(
          "SELECT DISTINCT o.name FROM holding h CROSS JOIN trace_site s CROSS JOIN premises p CROSS JOIN operator o WHERE h.district=$d AND h.item=$1 AND s.district=$d AND s.id=h.site "
          "AND p.district=$d AND p.gln=s.site AND o.district=$d AND o.id=p.operator_id LIMIT $2",
          {item, kHeldMax + 1})));
  return std::any_of(rows.begin(), rows.end(), [&](const storage::Row& row) {
    return std::find(names.begin(), names.end(), base::Fold(row.text(0))) != names.end();
  });
}

// `lot.held` says again whether somebody holds the lot wherever it is.
Status Repeat(storage::Connection& db, const std::string& item) {
  ZHIAN_TRY(db.Execute(
      "UPDATE lot SET held=CASE WHEN EXISTS (SELECT 1 FROM lot_hold h WHERE h.district=$d AND h.item=$1 AND h.freed_at=0 "
      "AND h.at_operator IS NULL) THEN 1 ELSE 0 END WHERE district=$d AND item=$1",
      {item}));
  return Ok();
}

bool Holds(const Transition& transition) {
  return std::any_of(transition.effects.begin(), transition.effects.end(), [](const Effect& effect) {
    return effect.kind == Effect::Kind::kHold ||
           (effect.kind == Effect::Kind::kStop && effect.target.starts_with("product"));
  });
}
bool Frees(const Transition& transition) {
  return std::any_of(transition.effects.begin(), transition.effects.end(), [](const Effect& effect) {
    return effect.kind == Effect::Kind::kFree && effect.target == "lots";
  });
}
bool HoldsGoods(const Kind& kind) { return std::any_of(kind.transitions.begin(), kind.transitions.end(), &Holds); }

Status EndWithMatter(EffectContext& context) {
  if (!context.matter.terminal) return Ok();
  ZHIAN_ASSIGN(const auto ended, EndHolds(context.db, context.matter.id, context.transition.action, context.now));
  for (const std::string& id : ended) context.written.emplace_back(std::string(kHoldTable), id);
  return Ok();
}

}  // namespace

std::span<const storage::Migration> HoldMigrations() { return kMigrations; }

std::span<const EffectBinding> HoldRecords() {
  static const std::vector<EffectBinding> kRecords = [] {
    std::vector<EffectBinding> all;
    for (const Kind& kind : Kinds())
      if (HoldsGoods(kind)) all.push_back({kind.id, &EndWithMatter});
    return all;
  }();
  return kRecords;
}

Result<NamedLot> LotMeant(storage::Connection& db, const Matter& matter, std::string_view lot) {
  NamedLot named{.lot = std::string(lot), .item = {}, .producer_id = {}, .why = {}};
  static constexpr const char* kSelect =
      "SELECT l.item, COALESCE(l.operator_id,''), COALESCE(o.name,'') FROM lot l LEFT JOIN operator o ON o.district=$d AND o.id=l.operator_id WHERE l.district=$d AND ";
  ZHIAN_ASSIGN(auto rows, db.Query(std::string(kSelect) + "l.item=$1 LIMIT 1", {named.lot}));
  if (!rows.empty()) {
    named.item = rows.front().text(0);
    named.producer_id = rows.front().text(1);
    return named;
  }
  ZHIAN_ASSIGN(rows,
               db.Query(std::string(kSelect) + "l.lot_no=$1 ORDER BY l.item LIMIT $2", {named.lot, kSameNumberMax}));
  if (rows.empty()) {
    named.why = Say("批次 {} 没有追溯记录", base::LotNumber(named.lot));
    return named;
  }
  // What the record says of the producer, under the names that the rooms use for it.
  const std::string producer = matter.Field("producer");
  std::vector<std::string> names;
  for (const char* field : {"producer_name", "supplier_name"})
    if (std::string name = base::Fold(matter.Field(field)); !name.empty()) names.push_back(std::move(name));
  std::vector<const storage::Row*> meant;
  for (const storage::Row& row : rows) {
    const std::string made_by = row.text(1);
    bool fits = (!made_by.empty() && (made_by == matter.operator_id || made_by == producer)) ||
                std::find(names.begin(), names.end(), base::Fold(row.text(2))) != names.end();
    if (!fits && !matter.operator_id.empty()) {
      ZHIAN_ASSIGN(fits, HasDealtWith(db, matter.operator_id, row.text(0)));
    }
    if (!fits && !names.empty()) {
      ZHIAN_ASSIGN(fits, IsKnownTo(db, names, row.text(0)));
    }
    if (fits) meant.push_back(&row);
  }
  if (meant.empty() && matter.operator_id.empty() && producer.empty() && names.empty() && rows.size() == 1)
    meant.push_back(&rows.front());
  if (meant.size() == 1) {
    named.item = meant.front()->text(0);
    named.producer_id = meant.front()->text(1);
  } else if (meant.empty()) {
    named.why = Say("批次 {} 在档的是别家的，与当事人没有往来记录", base::LotNumber(named.lot));
  } else {
    named.why = Say("批号 {} 有几家生产者使用，请写追溯标识", base::LotNumber(named.lot));
  }
  return named;
}

Result<std::vector<Hold>> HoldsOn(storage::Connection& db, std::string_view item, std::string_view operator_id,
                                  std::string_view except) {
  ZHIAN_ASSIGN(
      const auto rows,
      Whole(db.Query(
          "SELECT h.matter_id, COALESCE(m.number, h.matter_id), h.ground, COALESCE(h.at_operator,'') FROM lot_hold h LEFT JOIN matter m ON m.district=$d AND m.id=h.matter_id "
          "WHERE h.district=$d AND h.item=$1 AND h.freed_at=0 AND h.matter_id<>$3 AND (h.at_operator IS NULL OR h.at_operator=$2) ORDER BY h.held_at, h.id LIMIT $4",
          {std::string(item), std::string(operator_id), std::string(except), kHeldMax + 1})));
  std::vector<Hold> holds;
  for (const auto& row : rows) holds.push_back({row.text(0), row.text(1), row.text(2), row.text(3)});
  return holds;
}

Result<std::vector<std::string>> HeldBy(storage::Connection& db, std::string_view matter_id) {
  ZHIAN_ASSIGN(
      const auto rows,
      Whole(db.Query(
          "SELECT DISTINCT item FROM lot_hold WHERE district=$d AND matter_id=$1 AND freed_at=0 ORDER BY item LIMIT $2",
          {std::string(matter_id), kHeldMax + 1})));
  std::vector<std::string> items;
  for (const auto& row : rows) items.push_back(row.text(0));
  return items;
}

Result<std::string> PutHold(storage::Connection& db, const HoldEntry& entry) {
  ZHIAN_ASSIGN(
      const auto same,
      db.Query(
          "SELECT 1 FROM lot_hold WHERE district=$d AND item=$1 AND matter_id=$2 AND ground=$3 AND freed_at=0 AND (at_operator IS NULL OR at_operator=$4) LIMIT 1",
          {entry.item, entry.matter_id, entry.ground, entry.at_operator}));
  if (!same.empty()) return std::string();
  std::string id = base::NewUuid7(entry.at);
  ZHIAN_TRY(db.Execute(
      "INSERT INTO lot_hold (district, id, item, producer_id, matter_id, ground, at_operator, held_at, held_by, freed_at, freed_by) VALUES ($d,$1,$2,$3,$4,$5,$6,$7,$8,0,'')",
      {id, entry.item, storage::OrNull(entry.producer_id), entry.matter_id, entry.ground,
       storage::OrNull(entry.at_operator), entry.at.ms, entry.step}));
  ZHIAN_TRY(Repeat(db, entry.item));
  return id;
}

Result<std::vector<std::string>> EndHolds(storage::Connection& db, std::string_view matter_id, std::string_view step,
                                          base::Instant at) {
  ZHIAN_ASSIGN(
      const auto rows,
      Whole(db.Query(
          "SELECT id, item FROM lot_hold WHERE district=$d AND matter_id=$1 AND freed_at=0 ORDER BY id LIMIT $2",
          {std::string(matter_id), kHeldMax + 1})));
  std::vector<std::string> ended;
  for (const auto& row : rows) {
    ZHIAN_TRY(db.Execute("UPDATE lot_hold SET freed_at=$2, freed_by=$3 WHERE district=$d AND id=$1",
                         {row.text(0), at.ms, std::string(step)}));
    ended.push_back(row.text(0));
  }
  for (const auto& row : rows) ZHIAN_TRY(Repeat(db, row.text(1)));
  return ended;
}

namespace {

// Whether the matter's own steps hold goods as they stand now.
Result<bool> HoldsNow(storage::Connection& db, const Matter& matter, const Kind& kind) {
  ZHIAN_ASSIGN(const auto history, LoadHistory(db, matter.id));
  bool holds = false;
  for (const TransitionRow& row : history)
    for (const Transition& step : kind.transitions)
      if (step.action == row.action && step.from == row.from) {
        if (Frees(step)) holds = false;
        if (Holds(step)) holds = true;
      }
  return holds;
}

Status GiveHolders(storage::Connection& db, base::Instant now) {
  static constexpr const char* kUnowned =
      "SELECT l.item FROM lot l WHERE l.district=$d AND l.held<>0 AND NOT EXISTS (SELECT 1 FROM lot_hold h WHERE h.district=$d AND h.item=l.item AND h.freed_at=0) LIMIT $1";
  ZHIAN_ASSIGN(const auto unowned, Whole(db.Query(kUnowned, {kHeldMax + 1})));
  if (unowned.empty()) return Ok();
  std::vector<std::string> items;
  for (const auto& row : unowned) items.push_back(row.text(0));
  json::array rows;
  for (const Kind& kind : Kinds()) {
    if (!HoldsGoods(kind)) continue;
    ZHIAN_ASSIGN(
        const auto open,
        Whole(db.Query(
            "SELECT id FROM matter WHERE district=$d AND kind=$1 AND terminal=0 AND flags NOT LIKE '%training%' ORDER BY id LIMIT $2",
            {std::string(kind.id), kHeldMax + 1})));
    for (const auto& each : open) {
      ZHIAN_ASSIGN(const Matter matter, LoadMatter(db, each.text(0)));
      ZHIAN_ASSIGN(const bool holds, HoldsNow(db, matter, kind));
      if (!holds) continue;
      for (const std::string& lot : LotsOf(matter)) {
        ZHIAN_ASSIGN(const NamedLot named, LotMeant(db, matter, lot));
        if (std::find(items.begin(), items.end(), named.item) == items.end()) continue;
        ZHIAN_ASSIGN(const std::string id, PutHold(db, {.item = named.item,
                                                        .producer_id = named.producer_id,
                                                        .matter_id = matter.id,
                                                        .ground = "kept",
                                                        .step = "follow_holds",
                                                        .at_operator = {},
                                                        .at = now}));
        if (id.empty()) continue;
        ZHIAN_ASSIGN(json::object reference,
                     ledger::RowReference(db, kHoldTable, {{"district", db.district()}, {"id", id}}));
        rows.push_back(std::move(reference));
      }
    }
  }
  json::array freed;
  for (const std::string& item : items) {
    ZHIAN_ASSIGN(const auto holds, HoldsOn(db, item, "", ""));
    if (holds.empty()) freed.push_back(json::value(item));
    ZHIAN_TRY(Repeat(db, item));
  }
  ZHIAN_TRY(ledger::Append(db, "lot_hold.follow", {{"rows", std::move(rows)}, {"freed", std::move(freed)}}, now));
  return Ok();
}

}  // namespace

Status FollowHolds(storage::Database& database, base::Instant now) {
  return database.Write([&](storage::Connection& db) { return GiveHolders(db, now); });
}

}  // namespace zhian::traceability
