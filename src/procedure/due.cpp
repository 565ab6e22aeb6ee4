// What the clock does: rows of the system, overdue marks, escalation. Everything goes through the same door as a
// person's act.
#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/move.hpp"

namespace zhian::procedure {
namespace json = boost::json;

namespace {

constexpr int kBatch = 200;

bool HasRole(const Transition& transition, Text role) {
  return std::find(transition.who.begin(), transition.who.end(), role) != transition.who.end();
}

// The system moves of itself only where records decide: by a guard with code, and where people may act too, only once a
// duty of whose limit the row speaks has passed it (the tables let the system stand in for those who did not act).
bool SystemMayFire(const Kind& kind, const Transition& transition, const std::vector<DutyRow>& duties,
                   base::Instant now) {
  if (!HasRole(transition, kSystemRole)) return false;
  bool has_code = false;
  for (const Text id : transition.guards)
    if (const Guard* guard = FindGuard(id);
        guard != nullptr && (guard->how == Guard::How::kCode || guard->how == Guard::How::kCodeForm))
      has_code = true;
  if (transition.who.size() == 1 && has_code) return true;
  const std::vector<Text> named = LapsingDuties(kind, transition);
  return std::any_of(duties.begin(), duties.end(), [&](const DutyRow& row) {
    return row.state == DutyState::kOpen && row.limit_at && *row.limit_at < now.ms &&
           std::find(named.begin(), named.end(), row.duty) != named.end();
  });
}

}  // namespace

std::int64_t NextWake(const Kind& kind, const Matter& matter, std::span<const DutyRow> duties, base::Instant now) {
  const bool has_system_row =
      std::any_of(kind.transitions.begin(), kind.transitions.end(), [&](const Transition& transition) {
        return transition.from == matter.state && HasRole(transition, kSystemRole);
      });
  if (matter.terminal || !has_system_row) return 0;
  std::int64_t wake = 0;
  // What lies behind already wakes it tomorrow, and daily from then on: what a guard holds back today may hold then,
  // and a matter whose limits all lie behind its last act is not forgotten.
  const std::int64_t tomorrow = base::StartOfDay(base::Date{base::LocalDate(now).days + 1}).ms + 1;
  const auto consider = [&](std::int64_t at) {
    const std::int64_t next = at > now.ms ? at : tomorrow;
    if (wake == 0 || next < wake) wake = next;
  };
  for (const DutyRow& duty : duties)
    if (duty.state == DutyState::kOpen && duty.limit_at) consider(*duty.limit_at + 1);
  for (const Text term : kind.traits.wakes)
    if (const auto date = base::ParseDate(matter.Field(term)); date.ok())
      consider(base::StartOfDay(base::Date{date->days + 1}).ms);
  return wake;
}

Result<bool> Engine::Settle(storage::Connection& db, const std::string& matter_id, int depth) {
  if (depth > kDepthMax) return MakeError(ErrorCode::kInternal, "effects go round in a circle at " + matter_id);
  bool moved = false;
  for (int round = 0; round < 5; ++round) {
    ZHIAN_ASSIGN(const Matter matter, LoadMatter(db, matter_id));
    const Kind* kind = FindKind(matter.kind);
    if (kind == nullptr || !kind->live || matter.terminal) return moved;
    ZHIAN_ASSIGN(const auto duties, LoadAllDuties(db, matter_id));
    bool moved_now = false;
    for (const Transition& transition : kind->transitions) {
      if (transition.from != matter.state || !SystemMayFire(*kind, transition, duties, clock_.Now())) continue;
      Command command;
      command.kind = matter.kind;
      command.matter_id = matter.id;
      command.action = std::string(transition.action);
      const auto outcome = TryApply(db, Actor::System(), command, depth, nullptr);
      if (outcome.ok()) {
        moved = moved_now = true;
        break;
      }
      if (outcome.error().code != ErrorCode::kGuardFailed && outcome.error().code != ErrorCode::kInvalid)
        return outcome.error();
    }
    if (!moved_now) break;
  }
  return moved;
}

Result<bool> Engine::ClockStep(storage::Connection& db, const std::string& matter_id, const std::string& what,
                               const std::function<Status(storage::Connection&)>& work) {
  const Status done = db.Attempt(work);
  if (done.ok()) {
    ZHIAN_TRY(db.Execute("DELETE FROM clock_fault WHERE district=$d AND matter_id=$1 AND what=$2", {matter_id, what}));
    return true;
  }
  // Ten minutes, then twice as long each time, up to a day.
  constexpr std::int64_t kFirst = 600'000, kLast = 86'400'000;
  constexpr std::size_t kFaultMax = 300;  // characters
  const base::Instant now = clock_.Now();
  const std::string fault = Cut(done.error().message.Text(), kFaultMax);
  ZHIAN_ASSIGN(const auto before,
               db.Query("SELECT tries FROM clock_fault WHERE district=$d AND matter_id=$1 AND what=$2 LIMIT 1",
                        {matter_id, what}));
  const std::int64_t tries = before.empty() ? 0 : before.front().integer(0);
  const std::int64_t retry_at = now.ms + std::min(kLast, kFirst << std::min<std::int64_t>(tries, 8));
  ZHIAN_TRY(db.Execute(
      "INSERT INTO clock_fault (district, matter_id, what, fault, since, tries, retry_at) VALUES ($d,$1,$2,$3,$4,1,$5) "
      "ON CONFLICT (district, matter_id, what) DO UPDATE SET fault = excluded.fault, tries = clock_fault.tries + 1, "
      "retry_at = excluded.retry_at",
      {matter_id, what, fault, now.ms, retry_at}));
  base::LogError("the clock could not do its work",
                 {{"matter", matter_id}, {"work", what}, {"fault", fault}, {"tries", std::to_string(tries + 1)}});
  return false;
}

Result<int> Engine::RunDue() {
  int moves = 0;
  std::vector<std::string> touched;
  const base::Instant now = clock_.Now();
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        auto rows,
        db.Query(
            "SELECT matter_id FROM matter_wake WHERE district=$d AND wake_at <= $1 ORDER BY wake_at, matter_id LIMIT $2",
            {now.ms, std::int64_t{kBatch}}));
    for (const storage::Row& row : rows) {
      const std::string id = row.text(0);
      bool moved = false;
      ZHIAN_ASSIGN(const bool done, ClockStep(db, id, "move", [&](storage::Connection& step) -> Status {
                     ZHIAN_ASSIGN(moved, Settle(step, id, 0));
                     // Asleep again until the next limit, or until tomorrow: what a guard still holds back may hold
                     // then.
                     ZHIAN_ASSIGN(const Matter matter, LoadMatter(step, id));
                     ZHIAN_ASSIGN(const auto duties, LoadAllDuties(step, id));
                     const Kind* kind = FindKind(matter.kind);
                     return SetWake(step, id, kind == nullptr ? 0 : NextWake(*kind, matter, duties, now));
                   }));
      if (!done) {
        ZHIAN_TRY(
            db.Execute("UPDATE matter_wake SET wake_at = (SELECT f.retry_at FROM clock_fault f WHERE f.district=$d "
                       "AND f.matter_id=$1 AND f.what='move') WHERE district=$d AND matter_id=$1",
                       {id}));
        continue;
      }
      if (moved) {
        ++moves;
        touched.push_back(id);
      }
    }
    ZHIAN_ASSIGN(const int escalated, EscalateOverdue(db));
    moves += escalated;
    for (std::size_t i = 0; i < watches_.size(); ++i) {
      int seen = 0;
      ZHIAN_ASSIGN(const bool done,
                   ClockStep(db, "", "watch " + std::to_string(i + 1), [&](storage::Connection& step) -> Status {
                     ZHIAN_ASSIGN(seen, watches_[i](*this, step));
                     return Ok();
                   }));
      if (done) moves += seen;
    }
    return Ok();
  }));
  if (listener_)
    for (const std::string& id : touched) listener_(id, 0);
  return moves;
}

Result<std::optional<base::Instant>> Engine::NextDue() {
  std::optional<base::Instant> next;
  ZHIAN_TRY(database_.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query("SELECT MIN(wake_at) FROM matter_wake WHERE district=$d AND wake_at > $1",
                                     {clock_.Now().ms}));
    if (!rows.empty() && !rows.front().is_null(0)) next = base::Instant{rows.front().integer(0)};
    ZHIAN_ASSIGN(auto limits,
                 db.Query("SELECT MIN(limit_at) FROM duty WHERE district=$d AND state='open' AND limit_at > $1",
                          {clock_.Now().ms}));
    if (!limits.empty() && !limits.front().is_null(0)) {
      const base::Instant limit{limits.front().integer(0) + 1};
      if (!next || limit < *next) next = limit;
    }
    return Ok();
  }));
  return next;
}

Result<int> Engine::EscalateOverdue(storage::Connection& db) {
  const base::Instant now = clock_.Now();
  const base::Date today = base::LocalDate(now);
  int moves = 0;
  ZHIAN_ASSIGN(
      auto fresh,
      db.Query(
          "SELECT d.id, d.matter_id, d.duty FROM duty d WHERE d.district=$d AND d.state='open' AND d.limit_at < $1 AND d.escalation = 0 "
          "AND NOT EXISTS (SELECT 1 FROM clock_fault f WHERE f.district=$d AND f.matter_id=d.matter_id AND f.retry_at > $1) "
          "ORDER BY d.limit_at, d.id LIMIT $2",
          {now.ms, std::int64_t{kBatch}}));
  for (const storage::Row& row : fresh) {
    const std::string duty_id = row.text(0), matter_id = row.text(1);
    const bool is_window = IsWindow(row.text(2));
    ZHIAN_ASSIGN(const bool done,
                 ClockStep(db, matter_id, "overdue " + row.text(2), [&](storage::Connection& step) -> Status {
                   ZHIAN_TRY(step.Execute("UPDATE duty SET escalation = $2 WHERE district=$d AND id=$1",
                                          {duty_id, std::int64_t{is_window ? 2 : 1}}));
                   if (is_window) return RecordDuty(step, duty_id, "duty.window_over");
                   ZHIAN_TRY(RecordDuty(step, duty_id, "duty.overdue"));
                   return Flag(step, matter_id, "overdue");
                 }));
    if (done && !is_window) ++moves;
  }
  const policy::Rule* after = services_.policy.Find("duty.escalate.after", today);
  if (after == nullptr) return moves;
  ZHIAN_ASSIGN(
      auto late,
      db.Query(
          "SELECT d.id, d.matter_id, d.duty, d.kind, d.holder_role, d.limit_at FROM duty d WHERE d.district=$d AND d.state='open' "
          "AND d.limit_at < $1 AND d.escalation = 1 "
          "AND NOT EXISTS (SELECT 1 FROM clock_fault f WHERE f.district=$d AND f.matter_id=d.matter_id AND f.retry_at > $1) "
          "ORDER BY d.limit_at, d.id LIMIT $2",
          {now.ms, std::int64_t{kBatch}}));
  const auto escalate = [&](storage::Connection& step, const storage::Row& row) -> Status {
    const std::string duty_id = row.text(0), matter_id = row.text(1), duty_name = row.text(2), kind_id = row.text(3),
                      holder = row.text(4);
    ZHIAN_TRY(step.Execute("UPDATE duty SET escalation = 2 WHERE district=$d AND id=$1", {duty_id}));
    ZHIAN_TRY(RecordDuty(step, duty_id, "duty.escalated"));
    const Kind* kind = FindKind(kind_id);
    const Duty* duty = kind == nullptr ? nullptr : FindDuty(*kind, duty_name);
    if (duty == nullptr || Has(holder, RoleMark::kUnsupervised)) return Ok();
    ZHIAN_ASSIGN(const Matter matter, LoadMatter(step, matter_id));
    ZHIAN_ASSIGN(const auto command, OpeningFor(step, kOverdueDuty, matter,
                                                {{"duty_id", duty_id}, {"duty", duty->id}, {"holder", holder}}));
    if (!command) return Ok();
    const auto started = TryApply(step, Actor::System(), *command, 1, &matter);
    if (!started.ok() && started.error().code != ErrorCode::kGuardFailed &&
        started.error().code != ErrorCode::kConflict)
      return started.error();
    if (started.ok()) ++moves;
    return Ok();
  };
  for (const storage::Row& row : late) {
    const auto due = policy::ComputeDeadline(*after, base::Instant{row.integer(5)}, services_.policy.calendar(), {});
    if (!due.ok() || due->limit_at.ms >= now.ms) continue;
    ZHIAN_TRY(ClockStep(db, row.text(1), "escalate " + row.text(2),
                        [&](storage::Connection& step) { return escalate(step, row); }));
  }
  return moves;
}

Result<std::optional<Command>> Engine::OpeningFor(storage::Connection& db, std::string_view cause, const Matter& matter,
                                                  const json::object& arguments) {
  const Kind* kind = FindKind(matter.kind);
  if (kind == nullptr || !services_.questions.contains(cause)) return std::optional<Command>{};
  const base::Instant now = clock_.Now();
  const Actor system = Actor::System();
  const Transition none{};
  const json::object nothing;
  const GuardContext context{db, services_, now,    base::LocalDate(now), *kind, matter, none, system, nothing,
                             {}, {},        nullptr};
  ZHIAN_ASSIGN(const json::value answer, context.Ask(cause, arguments));
  if (!answer.is_object()) return std::optional<Command>{};
  const json::object& wanted = answer.get_object();
  const auto text = [&](const char* name) { return ScalarText(wanted.if_contains(name)); };
  Command command;
  command.kind = text("kind");
  command.action = text("action");
  command.title = text("title");
  command.jurisdiction = matter.jurisdiction;
  command.body = matter.body;
  command.operator_id = matter.operator_id;
  if (const auto* fields = wanted.if_contains("fields"); fields != nullptr && fields->is_object())
    command.fields = fields->get_object();
  return std::optional<Command>(std::move(command));
}

Status Engine::Flag(storage::Connection& db, const std::string& matter_id, std::string_view flag) {
  ZHIAN_ASSIGN(Matter matter, LoadMatter(db, matter_id));
  if (matter.Has(flag)) return Ok();
  matter.flags.emplace_back(flag);
  ZHIAN_TRY(SaveMatter(db, matter, false));
  return RecordRow(db, "matter", matter_id, "matter." + std::string(flag));
}

Status Engine::RecordDuty(storage::Connection& db, const std::string& duty_id, const std::string& kind) {
  return RecordRow(db, "duty", duty_id, kind);
}

Status Engine::RecordRow(storage::Connection& db, const std::string& table, const std::string& id,
                         const std::string& kind) {
  ZHIAN_ASSIGN(json::object reference, ledger::RowReference(db, table, {{"district", db.district()}, {"id", id}}));
  const json::object change{{"actor", kSystemRole}, {"rows", json::array{std::move(reference)}}};
  const auto appended = ledger::Append(db, kind, change, clock_.Now());
  if (!appended.ok()) return appended.error();
  return Ok();
}

}  // namespace zhian::procedure
