// How the figures of duties, supervision tasks, assessments and accountability are counted; their words stand in
// figures.tsv.
#include "rooms/governance/figures.hpp"

#include <span>
#include <vector>

#include "figures/sql.hpp"
#include "procedure/guard_tools.hpp"
#include "records/governance.hpp"

namespace zhian::governance {
using namespace figures;
using procedure::Matter;

namespace {

Status Score(storage::Connection& db, const FigureQuestion&, FigureRecord& record) {
  ZHIAN_ASSIGN(const Matter matter, procedure::LoadMatter(db, record.id));
  ZHIAN_ASSIGN(const auto assessment, records::Assessment::Read(matter));
  record.n = Estimate(assessment.score);
  return Ok();
}
}  // namespace

std::span<const Query> Figures() {
  static const std::vector<Query> kQueries = [] {
    std::vector<Query> q;
    q.push_back({"G01", Sum::kRate, Timeliness("")});
    q.push_back(
        {"G02", Sum::kCount,
         "SELECT 'duty', x.matter_id, m.title, 1, 1 FROM duty x JOIN matter m ON m.district=$d AND m.id=x.matter_id WHERE x.district=$d AND x.limit_at < $3 "
         "AND x.opened_at <= $3 AND x.state <> 'lapsed' AND x.duty NOT IN (" +
             Windows() + ") AND (x.closed_at = 0 OR x.closed_at > $3)" + Usual() + " AND " +
             InTerritory("x.jurisdiction") + UseAll()});
    q.push_back({"G03", Sum::kRate, Timeliness("x.kind='supervision_task' AND x.duty='carry_out_task'")});
    q.push_back({"G06", Sum::kCount, Moves(Is("accountability", "conclude"), "1")});
    q.push_back({"G07", Sum::kMean, Moves(Is("assessment", "finalise") + " OR " + Is("assessment", "finalise_d"), "1"),
                 &Score});
    return q;
  }();
  return kQueries;
}

}  // namespace zhian::governance
