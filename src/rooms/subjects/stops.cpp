#include "rooms/subjects/stops.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "ledger/ledger.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/subjects/operators.hpp"

namespace zhian::subjects {
using namespace procedure;
namespace json = boost::json;

namespace {

constexpr storage::Migration kMigrations[] = {{"subjects/stops-1", R"sql(
CREATE TABLE activity_stop (
  district TEXT NOT NULL, id TEXT NOT NULL, operator_id TEXT NOT NULL, matter_id TEXT NOT NULL, activity TEXT,
  stopped_at BIGINT NOT NULL, stopped_by TEXT NOT NULL, lifted_at BIGINT NOT NULL, lifted_by TEXT NOT NULL,
  PRIMARY KEY (district, id));
CREATE INDEX activity_stop_of_operator ON activity_stop (district, operator_id, lifted_at);
CREATE INDEX activity_stop_of_matter ON activity_stop (district, matter_id);
)sql"}};

constexpr const char* kPermitLeft =
    "SELECT 1 FROM permit p WHERE p.district=$d AND p.operator_id=$1 AND p.state='valid' AND p.valid_to>=$2 AND NOT EXISTS "
    "(SELECT 1 FROM activity_stop s WHERE s.district=$d AND s.matter_id=p.id AND s.lifted_at=0)";

// Whether nothing is left to the operator: it is stopped as a whole, or what it had permits for, all of it.
Result<bool> IsStopped(storage::Connection& db, const std::string& operator_id, base::Instant now, bool allows) {
  ZHIAN_ASSIGN(const auto stops, StopsOf(db, operator_id));
  if (stops.empty()) return false;
  if (std::any_of(stops.begin(), stops.end(), [](const Stop& stop) { return stop.activity.empty(); })) return true;
  if (allows) return false;
  ZHIAN_ASSIGN(const auto left, db.Query(std::string(kPermitLeft) + " LIMIT 1", {operator_id, now.ms}));
  return left.empty();
}

// `allows`: the permit that moves now allows something again; its row is written after the effects.
Status Repeat(EffectContext& context, const std::string& operator_id, bool allows = false) {
  ZHIAN_ASSIGN(const bool stopped, IsStopped(context.db, operator_id, context.now, allows));
  ZHIAN_ASSIGN(Operator op, LoadOperator(context.db, operator_id));
  if (op.stopped == stopped) return Ok();
  op.stopped = stopped;
  ZHIAN_TRY(SaveOperator(context.db, op, false));
  context.written.emplace_back("operator", op.id);
  return Ok();
}

Result<std::string> Put(storage::Connection& db, const std::string& operator_id, const std::string& matter_id,
                        const std::string& activity, std::string_view by, base::Instant now) {
  std::string id = base::NewUuid7(now);
  ZHIAN_TRY(db.Execute(
      "INSERT INTO activity_stop (district, id, operator_id, matter_id, activity, stopped_at, stopped_by, lifted_at, lifted_by) VALUES ($d,$1,$2,$3,$4,$5,$6,0,'')",
      {id, operator_id, matter_id, storage::OrNull(activity), now.ms, std::string(by)}));
  return id;
}

Status Lift(EffectContext& context, const std::vector<storage::Row>& rows) {
  for (const auto& row : rows) {
    ZHIAN_TRY(context.db.Execute("UPDATE activity_stop SET lifted_at=$2, lifted_by=$3 WHERE district=$d AND id=$1",
                                 {row.text(0), context.now.ms, context.matter.id}));
    context.written.emplace_back("activity_stop", row.text(0));
  }
  return Ok();
}

Status LiftOwn(EffectContext& context) {
  ZHIAN_ASSIGN(const auto own,
               context.db.Query("SELECT id FROM activity_stop WHERE district=$d AND matter_id=$1 AND lifted_at=0",
                                {context.matter.id}));
  return Lift(context, own);
}

Status LiftVoided(EffectContext& context) {
  if (!context.matter.Has("voided") || context.matter.operator_id.empty()) return Ok();
  ZHIAN_TRY(LiftOwn(context));
  return Repeat(context, context.matter.operator_id);
}

}  // namespace

std::span<const storage::Migration> StopMigrations() { return kMigrations; }

std::span<const EffectBinding> StopRecords() {
  static const std::vector<EffectBinding> kRecords = [] {
    std::vector<EffectBinding> all;
    for (const Kind& kind : Kinds())
      if (std::any_of(kind.transitions.begin(), kind.transitions.end(), [](const Transition& step) {
            return std::any_of(step.effects.begin(), step.effects.end(), [](const Effect& effect) {
              return effect.kind == Effect::Kind::kStop && effect.target.starts_with("operator");
            });
          }))
        all.push_back({kind.id, &LiftVoided});
    return all;
  }();
  return kRecords;
}

Result<std::vector<Stop>> StopsOf(storage::Connection& db, std::string_view operator_id) {
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query(
          "SELECT matter_id, COALESCE(activity,''), stopped_at FROM activity_stop WHERE district=$d AND operator_id=$1 AND lifted_at=0 ORDER BY stopped_at, id",
          {std::string(operator_id)}));
  std::vector<Stop> stops;
  for (const auto& row : rows) stops.push_back({row.text(0), row.text(1), row.integer(2)});
  return stops;
}

Status StopActivity(EffectContext& context) {
  const std::string& operator_id = context.matter.operator_id;
  if (operator_id.empty()) return Ok();
  const std::string activity = Shown(context.matter, "category");
  // Another permit for the same: the activity goes on under it.
  if (!activity.empty()) {
    ZHIAN_ASSIGN(const auto other,
                 context.db.Query(std::string(kPermitLeft) + " AND p.category=$3 AND p.id<>$4 LIMIT 1",
                                  {operator_id, context.now.ms, activity, context.matter.id}));
    if (!other.empty()) return Ok();
  }
  ZHIAN_ASSIGN(
      const auto known,
      context.db.Query(
          "SELECT 1 FROM activity_stop WHERE district=$d AND matter_id=$1 AND stopped_by=$2 AND lifted_at=0 LIMIT 1",
          {context.matter.id, std::string(context.transition.action)}));
  if (known.empty()) {
    ZHIAN_ASSIGN(const std::string id,
                 Put(context.db, operator_id, context.matter.id, activity, context.transition.action, context.now));
    context.written.emplace_back("activity_stop", id);
  }
  return Repeat(context, operator_id);
}

Status LiftStops(EffectContext& context) {
  const std::string& operator_id = context.matter.operator_id;
  if (operator_id.empty()) return Ok();
  ZHIAN_TRY(LiftOwn(context));
  const std::string activity = Shown(context.matter, "category");
  if (!activity.empty()) {
    ZHIAN_ASSIGN(
        const auto ended,
        context.db.Query(
            "SELECT s.id FROM activity_stop s JOIN permit p ON p.district=$d AND p.id=s.matter_id AND p.state<>'valid' "
            "WHERE s.district=$d AND s.operator_id=$1 AND s.activity=$2 AND s.lifted_at=0",
            {operator_id, activity}));
    ZHIAN_TRY(Lift(context, ended));
  }
  return Repeat(context, operator_id, !activity.empty());
}

Status FollowStops(storage::Database& database, base::Instant now) {
  return database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        const auto stopped,
        db.Query(
            "SELECT o.id, COALESCE(o.matter_id,'') FROM operator o WHERE o.district=$d AND o.stopped<>0 AND NOT EXISTS "
            "(SELECT 1 FROM activity_stop s WHERE s.district=$d AND s.operator_id=o.id AND s.lifted_at=0)"));
    if (stopped.empty()) return Ok();
    json::array rows;
    const auto refer = [&](std::string_view table, const std::string& id) -> Status {
      ZHIAN_ASSIGN(json::object reference, ledger::RowReference(db, table, {{"district", db.district()}, {"id", id}}));
      rows.push_back(std::move(reference));
      return Ok();
    };
    for (const auto& row : stopped) {
      const std::string operator_id = row.text(0);
      ZHIAN_ASSIGN(Operator op, LoadOperator(db, operator_id));
      ZHIAN_ASSIGN(
          const auto permits,
          db.Query(
              "SELECT p.id, p.category, p.state FROM permit p JOIN matter m ON m.district=$d AND m.id=p.id WHERE p.district=$d AND p.operator_id=$1 "
              "AND (p.state<>'valid' OR m.flags LIKE '%suspended%') ORDER BY p.id",
              {operator_id}));
      const bool by_itself = op.state != "active";
      for (const auto& permit : permits) {
        ZHIAN_ASSIGN(const std::string id, Put(db, operator_id, permit.text(0), permit.text(1), "follow_stops", now));
        ZHIAN_TRY(refer("activity_stop", id));
      }
      if (by_itself || permits.empty()) {
        ZHIAN_ASSIGN(const std::string id, Put(db, operator_id, row.text(1), "", "follow_stops", now));
        ZHIAN_TRY(refer("activity_stop", id));
      }
      ZHIAN_ASSIGN(const bool still, IsStopped(db, operator_id, now, false));
      if (still) continue;
      op.stopped = false;
      ZHIAN_TRY(SaveOperator(db, op, false));
      ZHIAN_TRY(refer("operator", op.id));
    }
    ZHIAN_TRY(ledger::Append(db, "activity_stop.follow", {{"rows", std::move(rows)}}, now));
    return Ok();
  });
}

}  // namespace zhian::subjects
