#include "rooms/traceability/recall/gap_watch.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "procedure/training.hpp"
#include "records/traceability.hpp"
#include "rooms/traceability/graph/trace.hpp"

namespace zhian::traceability {
using namespace procedure;
namespace json = boost::json;

namespace {

constexpr int kReadAtOnce = 20'000, kAskedAtOnce = 50;  // of one look of the clock

constexpr storage::Migration kMigrations[] = {{"traceability/gaps-1", R"sql(
CREATE TABLE trace_wait (district TEXT NOT NULL, seq BIGINT NOT NULL, due_at BIGINT NOT NULL, PRIMARY KEY (district, seq));
CREATE INDEX trace_wait_by_time ON trace_wait (district, due_at, seq);
CREATE TABLE trace_watched (district TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (district));
)sql"}};

// What is new in the journal: halves begin to wait, what was replaced waits no more.
Status ReadNew(storage::Connection& db, const policy::Rule& wait, const policy::Pack& pack) {
  ZHIAN_ASSIGN(const auto mark, db.Query("SELECT seq FROM trace_watched WHERE district=$d LIMIT 1"));
  std::int64_t seen = mark.empty() ? 0 : mark.front().integer(0);
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query(
          "SELECT seq, replaces, kind, departed_at, arrived_at, shipped_by, received_by FROM movement WHERE district=$d AND seq > $1 ORDER BY seq LIMIT $2",
          {seen, std::int64_t{kReadAtOnce}}));
  if (rows.empty()) return Ok();
  for (const auto& row : rows) {
    seen = row.integer(0);
    if (row.integer(1) != 0)
      ZHIAN_TRY(db.Execute("DELETE FROM trace_wait WHERE district=$d AND seq=$1", {row.integer(1)}));
    const bool half = row.text(2) == "moved" && (row.integer(5) == 0) != (row.integer(6) == 0);
    const std::int64_t at = std::max(row.integer(3), row.integer(4));
    if (!half || at <= 0) continue;
    const auto due = policy::ComputeDeadline(wait, base::Instant{at}, pack.calendar(), {});
    if (!due.ok()) continue;
    ZHIAN_TRY(db.Execute("INSERT INTO trace_wait (district, seq, due_at) VALUES ($d,$1,$2)", {seen, due->limit_at.ms}));
  }
  ZHIAN_TRY(db.Execute(
      "INSERT INTO trace_watched (district, seq) VALUES ($d,$1) ON CONFLICT (district) DO UPDATE SET seq = excluded.seq",
      {seen}));
  return Ok();
}

Result<bool> IsAsked(storage::Connection& db, const std::string& item, const std::string& place,
                     std::string_view kind) {
  ZHIAN_ASSIGN(const auto rows, FindGapMatters(db, item, place, kind));
  return !rows.empty();
}

// One half that has waited long enough: every question that its place owes for the lot is asked.
Status AskFor(Engine& house, storage::Connection& db, const storage::Row& row, int& asked) {
  ZHIAN_TRY(db.Execute("DELETE FROM trace_wait WHERE district=$d AND seq=$1", {row.integer(0)}));
  const std::string item(row.text(1));
  const std::string_view kind = row.integer(2) != 0 ? "missing_shipment" : "missing_receipt";
  ZHIAN_ASSIGN(const auto answer, Trace(db, item, Direction::kBoth));
  // Every half of the lot that this place owes is one question; what is asked for already is not asked again.
  for (const Gap& gap : answer.gaps) {
    if (gap.kind != kind || gap.item != item || gap.operator_id.empty()) continue;  // nobody on file could be asked
    ZHIAN_ASSIGN(const bool is_asked, IsAsked(db, std::string(gap.item), std::string(gap.place), gap.kind));
    if (is_asked) continue;
    ZHIAN_ASSIGN(const auto file, db.Query("SELECT jurisdiction FROM operator WHERE district=$d AND id=$1 LIMIT 1",
                                           {std::string(gap.operator_id)}));
    if (file.empty()) continue;
    Command command;
    command.kind = "trace_gap";
    command.action = "detect_gap";
    command.operator_id = std::string(gap.operator_id);
    command.jurisdiction = file.front().text(0);
    command.title = gap.text.Text();
    command.fields = {{"gap_item", gap.item},
                      {"gap_place", gap.place},
                      {"gap_kind", gap.kind},
                      {"gap_quantity", json::object{{"value", gap.quantity.Short(3)}, {"unit", gap.unit}}}};
    const auto opened = house.ExecuteIn(db, Actor::System(), command);
    if (!opened.ok() && opened.error().code != ErrorCode::kGuardFailed && opened.error().code != ErrorCode::kConflict)
      return opened.error();
    asked += opened.ok() ? 1 : 0;
  }
  return Ok();
}

// Each half is a step of the clock of its own: one at which the trace or the engine fails is kept as a fault, waits
// until tomorrow, and holds up none of the others.
Result<int> AskDue(Engine& house, storage::Connection& db, base::Instant now) {
  int asked = 0;
  ZHIAN_ASSIGN(
      const auto due,
      db.Query(
          "SELECT w.seq, b.item, m.received_by FROM trace_wait w JOIN movement m ON m.district=$d AND m.seq=w.seq JOIN holding b ON b.district=$d AND b.id=m.to_holding "
          "WHERE w.district=$d AND w.due_at < $1 ORDER BY w.due_at, w.seq LIMIT $2",
          {now.ms, std::int64_t{kAskedAtOnce}}));
  constexpr std::int64_t kNextTry = 86'400'000;
  for (const auto& row : due) {
    int opened = 0;
    ZHIAN_ASSIGN(const bool done, house.ClockStep(db, "", "trace gap " + std::to_string(row.integer(0)),
                                                  [&](storage::Connection& step) -> Status {
                                                    return AskFor(house, step, row, opened);
                                                  }));
    if (done)
      asked += opened;
    else
      ZHIAN_TRY(db.Execute("UPDATE trace_wait SET due_at=$2 WHERE district=$d AND seq=$1",
                           {row.integer(0), now.ms + kNextTry}));
  }
  return asked;
}

}  // namespace

std::span<const storage::Migration> GapWatchMigrations() { return kMigrations; }

Result<std::vector<Matter>> FindGapMatters(storage::Connection& db, std::string_view item, std::string_view place,
                                           std::string_view kind) {
  // The fields are JSON: two exact pieces narrow it down, the matters themselves decide.
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query(
          "SELECT id FROM matter WHERE district=$d AND kind='trace_gap' AND terminal=0 AND flags NOT LIKE '%training%' AND fields LIKE $1 ESCAPE '\\' ORDER BY id LIMIT 50",
          {base::LikePattern(json::serialize(json::string(item)))}));
  std::vector<Matter> found;
  for (const auto& row : rows) {
    ZHIAN_ASSIGN(Matter matter, LoadMatter(db, row.text(0)));
    ZHIAN_ASSIGN(const auto gap, records::TraceGap::Read(matter));
    if (gap.gap_item == item && gap.gap_place == place && Name(gap.gap_kind) == kind)
      found.push_back(std::move(matter));
  }
  return found;
}

void WatchGaps(Engine& engine, const policy::Pack& pack) {
  engine.AddWatch([&pack](Engine& house, storage::Connection& db) -> Result<int> {
    const base::Instant now = house.Now();
    const policy::Rule* wait = pack.Find("trace.gap.wait", base::LocalDate(now));
    if (wait == nullptr) return 0;
    ZHIAN_TRY(ReadNew(db, *wait, pack));
    return AskDue(house, db, now);
  });
}

}  // namespace zhian::traceability
