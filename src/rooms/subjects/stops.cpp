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
CREATE INDEX operator_stopped ON operator (district, id) WHERE stopped<>0;
)sql"}};

constexpr std::int64_t kStopsMax = 10'000;  // read whole or not at all

Result<storage::Rows> Whole(Result<storage::Rows> rows) {
  if (rows.ok() && rows->size() > static_cast<std::size_t>(kStopsMax))
    return MakeError(ErrorCode::kUnavailable, Say("超过 {} 行，未能读全", kStopsMax));
  return rows;
}

// A permit of the operator that stands: valid, not run out, and not stopped itself. `activity` "": whatever it is for;
// `except`: another than this.
Result<bool> HasPermit(EffectContext& context, const std::string& operator_id, const std::string& activity,
                       std::string_view except) {
  ZHIAN_ASSIGN(const json::value permits, ViewOf(context).Ask("operator.permits", {{"operator_id", operator_id}}));
  if (!permits.is_array()) return MakeError(ErrorCode::kInternal, "operator.permits must answer an array");
  ZHIAN_ASSIGN(const auto stops, StopsOf(context.db, operator_id));
  for (const json::value& each : permits.get_array()) {
    if (!each.is_object()) continue;
    const json::object& permit = each.get_object();
    const auto* until = permit.if_contains("valid_to");
    const std::string id = ScalarText(permit.if_contains("id"));
    if (id == except || ScalarText(permit.if_contains("state")) != "valid" || until == nullptr || !until->is_int64() ||
        until->get_int64() < context.now.ms)
      continue;
    if (!activity.empty() && ScalarText(permit.if_contains("category")) != activity) continue;
    if (std::none_of(stops.begin(), stops.end(), [&](const Stop& stop) { return stop.matter_id == id; })) return true;
  }
  return false;
}

// Whether nothing is left to the operator: it is stopped as a whole, or what it had permits for, all of it.
Result<bool> IsStopped(EffectContext& context, const std::string& operator_id, bool allows) {
  ZHIAN_ASSIGN(const auto stops, StopsOf(context.db, operator_id));
  if (stops.empty()) return false;
  if (std::any_of(stops.begin(), stops.end(), [](const Stop& stop) { return stop.activity.empty(); })) return true;
  if (allows) return false;
  ZHIAN_ASSIGN(const bool left, HasPermit(context, operator_id, "", ""));
  return !left;
}

// `allows`: the permit that moves now allows something again; its row is written after the effects.
Status Repeat(EffectContext& context, const std::string& operator_id, bool allows = false) {
  ZHIAN_ASSIGN(const bool stopped, IsStopped(context, operator_id, allows));
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
  ZHIAN_ASSIGN(
      const auto own,
      Whole(context.db.Query("SELECT id FROM activity_stop WHERE district=$d AND matter_id=$1 AND lifted_at=0 LIMIT $2",
                             {context.matter.id, kStopsMax + 1})));
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
      Whole(db.Query(
          "SELECT matter_id, COALESCE(activity,''), stopped_at FROM activity_stop WHERE district=$d AND operator_id=$1 AND lifted_at=0 ORDER BY stopped_at, id LIMIT $2",
          {std::string(operator_id), kStopsMax + 1})));
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
    ZHIAN_ASSIGN(const bool other, HasPermit(context, operator_id, activity, context.matter.id));
    if (other) return Ok();
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
        const auto others,
        Whole(context.db.Query(
            "SELECT id, matter_id FROM activity_stop WHERE district=$d AND operator_id=$1 AND activity=$2 AND lifted_at=0 ORDER BY id LIMIT $3",
            {operator_id, activity, kStopsMax + 1})));
    std::vector<storage::Row> ended;
    for (const auto& row : others) {
      ZHIAN_ASSIGN(const Matter other, LoadMatter(context.db, row.text(1)));
      // A suspension of another permit goes on: only what an end stopped, a new permit allows again.
      if (other.kind == context.matter.kind && other.state != context.matter.state) ended.push_back(row);
    }
    ZHIAN_TRY(Lift(context, ended));
  }
  return Repeat(context, operator_id, !activity.empty());
}

namespace {

// The step by which the matter stopped its operator and which it did not take back; "" where there is none.
Result<std::string> StoppingStep(storage::Connection& db, const Matter& matter) {
  const Kind* kind = FindKind(matter.kind);
  if (kind == nullptr) return std::string();
  ZHIAN_ASSIGN(const auto history, LoadHistory(db, matter.id));
  std::string stopped;
  for (const TransitionRow& row : history)
    for (const Transition& step : kind->transitions) {
      if (step.action != row.action) continue;
      for (const Effect& effect : step.effects) {
        if (!effect.target.starts_with("operator.activity")) continue;
        stopped = effect.kind == Effect::Kind::kStop ? row.action : std::string();
      }
    }
  return stopped;
}

}  // namespace

Status FollowStops(storage::Database& database, base::Instant now) {
  return database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        const auto stopped,
        Whole(db.Query(
            "SELECT o.id, COALESCE(o.matter_id,'') FROM operator o WHERE o.district=$d AND o.stopped<>0 AND NOT EXISTS "
            "(SELECT 1 FROM activity_stop s WHERE s.district=$d AND s.operator_id=o.id AND s.lifted_at=0) LIMIT $1",
            {kStopsMax + 1})));
    if (stopped.empty()) return Ok();
    json::array rows;
    for (const auto& row : stopped) {
      bool known = false;
      const auto put = [&](const std::string& matter, const std::string& activity) -> Status {
        ZHIAN_ASSIGN(const std::string id, Put(db, row.text(0), matter, activity, "follow_stops", now));
        ZHIAN_ASSIGN(json::object reference,
                     ledger::RowReference(db, "activity_stop", {{"district", db.district()}, {"id", id}}));
        rows.push_back(std::move(reference));
        known = true;
        return Ok();
      };
      ZHIAN_ASSIGN(const auto matters, LoadMattersOfOperator(db, row.text(0), ""));
      for (const Matter& matter : matters) {
        ZHIAN_ASSIGN(const std::string step, StoppingStep(db, matter));
        if (!step.empty()) ZHIAN_TRY(put(matter.id, Shown(matter, "category")));
      }
      if (!known) ZHIAN_TRY(put(row.text(1), ""));
    }
    ZHIAN_TRY(ledger::Append(db, "activity_stop.follow", {{"rows", std::move(rows)}}, now));
    return Ok();
  });
}

}  // namespace zhian::subjects
