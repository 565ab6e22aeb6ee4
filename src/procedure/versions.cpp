#include "procedure/versions.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/text.hpp"
#include "ledger/ledger.hpp"
#include "procedure/matter.hpp"

namespace zhian::procedure {
namespace json = boost::json;

namespace {

constexpr std::string_view kAction = "follow_procedure";

// The name after every step from version `from` on; the same name where no step speaks of it.
std::string Follow(const KindVersion& version, VersionStep::What what, std::string name, std::int64_t from) {
  std::vector<VersionStep> steps(version.steps.begin(), version.steps.end());
  std::stable_sort(steps.begin(), steps.end(),
                   [](const VersionStep& a, const VersionStep& b) { return a.since < b.since; });
  for (const VersionStep& step : steps)
    if (step.what == what && step.since > from && step.was == name) name = std::string(step.now);
  return name;
}

Status Remember(storage::Connection& db, std::string_view kind, std::int64_t version) {
  ZHIAN_TRY(
      db.Execute("INSERT INTO procedure_version (district, kind, version) VALUES ($d,$1,$2) "
                 "ON CONFLICT (district, kind) DO UPDATE SET version = excluded.version",
                 {std::string(kind), version}));
  return Ok();
}

// What a folder says it follows. A kind without a row: 1 where matters of it exist, else whatever this program has.
Result<std::map<std::string, std::int64_t, std::less<>>> Followed(storage::Connection& db,
                                                                  std::span<const KindVersion> versions) {
  std::map<std::string, std::int64_t, std::less<>> followed;
  ZHIAN_ASSIGN(const auto rows, db.Query("SELECT kind, version FROM procedure_version WHERE district=$d"));
  for (const storage::Row& row : rows) followed[row.text(0)] = row.integer(1);
  for (const KindVersion& version : versions) {
    if (followed.contains(version.kind)) continue;
    ZHIAN_ASSIGN(const auto any,
                 db.Query("SELECT 1 FROM matter WHERE district=$d AND kind=$1 LIMIT 1", {std::string(version.kind)}));
    if (!any.empty()) followed[std::string(version.kind)] = 1;
  }
  return followed;
}

// A state in which matters of an older version stand, and how they stand there.
struct Standing {
  std::string state;
  std::int64_t version = 1;
  bool terminal = false;
};

Result<std::vector<Standing>> StandingOf(storage::Connection& db, std::string_view kind) {
  ZHIAN_ASSIGN(const auto rows, db.Query("SELECT DISTINCT state, COALESCE(procedure_version, 1), terminal FROM matter "
                                         "WHERE district=$d AND kind=$1 ORDER BY 1, 2, 3",
                                         {std::string(kind)}));
  std::vector<Standing> standing;
  for (const storage::Row& row : rows) standing.push_back({row.text(0), row.integer(1), row.integer(2) != 0});
  return standing;
}

// Moves at most `most` matters that stand so; returns how many there were.
Result<int> MoveSome(storage::Connection& db, const KindVersion& version, const Standing& standing, const State& target,
                     base::Instant now, int most) {
  ZHIAN_ASSIGN(const auto rows,
               db.Query("SELECT id FROM matter WHERE district=$d AND kind=$1 AND state=$2 AND terminal=$3 AND "
                        "COALESCE(procedure_version, 1)=$4 ORDER BY id LIMIT $5",
                        {std::string(version.kind), standing.state, std::int64_t{standing.terminal}, standing.version,
                         std::int64_t{most}}));
  for (const storage::Row& found : rows) {
    ZHIAN_ASSIGN(Matter matter, LoadMatter(db, found.text(0)));
    ZHIAN_ASSIGN(const auto last,
                 db.Query("SELECT COALESCE(MAX(sequence), 0) FROM matter_transition WHERE district=$d AND matter_id=$1",
                          {matter.id}));
    TransitionRow row;
    row.id = base::NewUuid7(now);
    row.matter_id = matter.id;
    row.sequence = last.front().integer(0) + 1;
    row.action = std::string(kAction);
    row.from = matter.state;
    row.to = std::string(target.id);
    row.actor = row.role = "system";
    row.actor_name = "系统";
    row.at = row.recorded_at = now.ms;
    const bool ends = target.terminal && !matter.terminal;
    matter.state = row.to;
    matter.terminal = target.terminal || matter.Has("voided");
    matter.version += 1;
    matter.updated_at = now.ms;
    ZHIAN_TRY(SaveMatter(db, matter, false));
    ZHIAN_TRY(
        db.Execute("UPDATE matter SET procedure_version=$2 WHERE district=$d AND id=$1", {matter.id, version.version}));
    // What the new table asks of it, the clock looks at once; what has ended sleeps, and its open duties lapse.
    ZHIAN_TRY(SetWake(db, matter.id, matter.terminal ? 0 : now.ms));
    ZHIAN_ASSIGN(row.ledger_index, ledger::NextIndex(db));
    ZHIAN_TRY(SaveTransition(db, row));
    std::vector<std::pair<std::string, std::string>> written{{"matter_transition", row.id}, {"matter", matter.id}};
    if (ends) {
      ZHIAN_ASSIGN(auto duties, LoadDuties(db, matter.id));
      for (DutyRow& duty : duties) {
        if (duty.state != DutyState::kOpen && duty.state != DutyState::kSuspended) continue;
        duty.state = DutyState::kLapsed;
        duty.closed_at = now.ms;
        ZHIAN_TRY(UpdateDuty(db, duty));
        written.emplace_back("duty", duty.id);
      }
    }
    json::array references;
    for (const auto& [table, id] : written) {
      ZHIAN_ASSIGN(json::object reference, ledger::RowReference(db, table, {{"district", db.district()}, {"id", id}}));
      references.push_back(std::move(reference));
    }
    const json::object change{{"matter", matter.id},
                              {"kind", matter.kind},
                              {"action", kAction},
                              {"from", row.from},
                              {"to", row.to},
                              {"version", matter.version},
                              {"actor", "system"},
                              {"procedure_from", standing.version},
                              {"procedure_to", version.version},
                              {"transition", row.id},
                              {"rows", std::move(references)}};
    const auto index = ledger::Append(db, "matter." + matter.kind, change, now);
    if (!index.ok()) return index.error();
  }
  return static_cast<int>(rows.size());
}

// Approvals that wait under a name that went away: a bounded number, since nobody leaves many open.
Status RenameApprovals(storage::Connection& db, const KindVersion& version, std::int64_t from, base::Instant now) {
  for (const VersionStep& step : version.steps) {
    if (step.what != VersionStep::What::kAction || step.since <= from) continue;
    const std::string follows = Follow(version, VersionStep::What::kAction, std::string(step.was), from);
    ZHIAN_ASSIGN(
        const auto waiting,
        db.Query("SELECT a.id, a.command FROM approval a JOIN matter m ON m.district=a.district AND m.id=a.matter_id "
                 "WHERE a.district=$d AND a.state='open' AND m.kind=$1 AND a.action=$2 ORDER BY a.id LIMIT 5000",
                 {std::string(version.kind), std::string(step.was)}));
    for (const storage::Row& row : waiting) {
      if (follows.empty()) {
        ZHIAN_TRY(
            db.Execute("UPDATE approval SET state='declined', decided_at=$2, reason=$3 WHERE district=$d AND id=$1",
                       {row.text(0), now.ms, std::string(kAction)}));
        continue;
      }
      const std::string text = row.text(1);
      ZHIAN_ASSIGN(json::value stored, base::ParseJson(text));
      json::value* command = stored.is_object() ? stored.get_object().if_contains("command") : nullptr;
      if (command == nullptr || !command->is_object())
        return MakeError(ErrorCode::kCorrupt, "approval without a command: " + row.text(0));
      command->get_object()["action"] = follows;
      ZHIAN_TRY(db.Execute("UPDATE approval SET action=$2, command=$3 WHERE district=$d AND id=$1",
                           {row.text(0), follows, json::serialize(stored)}));
    }
  }
  return Ok();
}

}  // namespace

std::int64_t VersionOf(Text kind) {
  const auto versions = KindVersions();
  const auto found = std::lower_bound(versions.begin(), versions.end(), kind,
                                      [](const KindVersion& version, Text name) { return version.kind < name; });
  return found == versions.end() || found->kind != kind ? 1 : found->version;
}

Status FollowVersions(storage::Database& database, std::span<const KindVersion> versions, base::Instant now,
                      FollowOptions options) {
  std::map<std::string, std::int64_t, std::less<>> followed;
  std::vector<const KindVersion*> behind;  // kinds that the folder follows in an older version
  std::vector<const KindVersion*> unsaid;  // kinds of which the folder says nothing yet
  std::string faults;
  const auto fault = [&](const std::string& text) { faults += (faults.empty() ? "" : "; ") + text; };
  ZHIAN_TRY(database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto said,
                 db.Query("SELECT kind FROM procedure_version WHERE district=$d ORDER BY kind LIMIT 1000"));
    ZHIAN_ASSIGN(followed, Followed(db, versions));
    for (const auto& [name, version] : followed) {
      const auto known = std::find_if(versions.begin(), versions.end(), [&](const auto& v) { return v.kind == name; });
      if (known == versions.end())
        fault("kind " + name + " is not known here");
      else if (version > known->version)
        fault("kind " + name + " is version " + std::to_string(version) + ", this program knows " +
              std::to_string(known->version));
    }
    for (const KindVersion& version : versions) {
      const auto stored =
          std::find_if(said.begin(), said.end(), [&](const auto& row) { return row.text(0) == version.kind; });
      const auto at = followed.find(version.kind);
      if (at != followed.end() && at->second < version.version) {
        behind.push_back(&version);
        ZHIAN_ASSIGN(const auto standing, StandingOf(db, version.kind));
        for (const Standing& each : standing) {
          const Kind* kind = FindKind(version.kind);
          const std::string to = Follow(version, VersionStep::What::kState, each.state, each.version);
          if (kind == nullptr || FindState(*kind, to) == nullptr)
            fault("kind " + std::string(version.kind) + " version " + std::to_string(each.version) +
                  ": nothing says what became of state " + each.state);
        }
      } else if (stored == said.end()) {
        unsaid.push_back(&version);
      }
    }
    return Ok();
  }));
  if (!faults.empty())
    return MakeError(ErrorCode::kConflict,
                     "the folder's matters follow procedures that this program cannot follow: " + faults +
                         ". Open it with the program that fits, or add the missing rows to the tables of versions");
  for (const KindVersion* version : behind) {
    const Kind& kind = *FindKind(version->kind);
    std::vector<Standing> standing;
    ZHIAN_TRY(database.Read([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(standing, StandingOf(db, version->kind));
      return Ok();
    }));
    std::int64_t moved = 0;
    for (const Standing& each : standing) {
      const State& target = *FindState(kind, Follow(*version, VersionStep::What::kState, each.state, each.version));
      if (target.id == each.state && target.terminal == each.terminal) continue;
      // A voided matter is at its end in any state.
      if (target.id == each.state && each.terminal) continue;
      for (int count = options.batch; count == options.batch;) {
        ZHIAN_TRY(database.Write([&](storage::Connection& db) -> Status {
          ZHIAN_ASSIGN(count, MoveSome(db, *version, each, target, now, options.batch));
          return Ok();
        }));
        moved += count;
      }
    }
    ZHIAN_TRY(database.Write([&](storage::Connection& db) -> Status {
      const std::int64_t from = followed.at(std::string(version->kind));
      ZHIAN_TRY(RenameApprovals(db, *version, from, now));
      ZHIAN_TRY(Remember(db, version->kind, version->version));
      const json::object change{{"actor", "system"},
                                {"kind", version->kind},
                                {"procedure_from", from},
                                {"procedure_to", version->version},
                                {"moved", moved}};
      const auto index = ledger::Append(db, "procedure.version", change, now);
      return index.ok() ? Ok() : Status(index.error());
    }));
  }
  if (unsaid.empty()) return Ok();
  return database.Write([&](storage::Connection& db) -> Status {
    for (const KindVersion* version : unsaid) ZHIAN_TRY(Remember(db, version->kind, version->version));
    return Ok();
  });
}

}  // namespace zhian::procedure
