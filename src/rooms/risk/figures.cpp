// How the figures of exercises are counted; their words stand in figures.tsv.
#include "rooms/risk/figures.hpp"

#include <span>
#include <vector>

#include "figures/sql.hpp"
#include "procedure/guard_tools.hpp"
#include "records/risk.hpp"

namespace zhian::risk {
using namespace figures;
using procedure::Matter;

namespace {

Status HoursMet(storage::Connection& db, const FigureQuestion&, FigureRecord& record) {
  ZHIAN_ASSIGN(const Matter matter, procedure::LoadMatter(db, record.id));
  ZHIAN_ASSIGN(const auto exercise, records::Exercise::Read(matter));
  record.n = Estimate(exercise.met_hours);
  return Ok();
}
}  // namespace

std::span<const Query> Figures() {
  static const std::vector<Query> kQueries = [] {
    std::vector<Query> q;
    // What exercises are judged by; nothing else counts them.
    const auto traced = [](const char* kind) {
      return "m.fields LIKE '%\"exercise_kind\":\"" + std::string(kind) + "\"%'";
    };
    q.push_back(
        {"T10", Sum::kMedian,
         Moves(Is("exercise", "review") + " AND (" + traced("mock_recall") + " OR " + traced("trace_back") + ")", "0",
               OfExercises()),
         &HoursMet});
    q.push_back({"R04", Sum::kRate, Timeliness("x.kind='exercise' AND x.duty='hold_exercise'", OfExercises())});
    return q;
  }();
  return kQueries;
}

}  // namespace zhian::risk
