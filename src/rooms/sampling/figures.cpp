// How the figures of samples, draws, plans, re-inspections and disposals are counted; their words stand in figures.tsv.
#include "rooms/sampling/figures.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "figures/sql.hpp"
#include "procedure/guard_tools.hpp"
#include "records/sampling.hpp"

namespace zhian::sampling {
using namespace figures;
using procedure::Matter;

namespace {

// Batches of the plan, and how many samples of its time are concluded.
Status PlannedBatches(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const Matter plan, procedure::LoadMatter(db, record.id));
  ZHIAN_ASSIGN(const auto planned, records::SamplingPlan::Read(plan));
  for (const auto& stratum : planned.strata) record.d += static_cast<double>(stratum.batches.value_or(0));
  ZHIAN_ASSIGN(
      auto done,
      db.Query(
          "SELECT COUNT(*) FROM matter_transition t JOIN matter m ON m.district=$d AND m.id=t.matter_id WHERE t.district=$d AND t.kind='sample' AND t.action IN ('close_pass','close_fail') "
          "AND m.opened_at >= $1 AND t.at < $2 AND t.at <= $3 AND m.jurisdiction IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=$4)",
          {plan.opened_at, question.to.ms, question.as_of.ms, plan.jurisdiction}));
  record.n = std::min(record.d, static_cast<double>(done.front().integer(0)));
  return Ok();
}

Status NotDone(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const Matter matter, procedure::LoadMatter(db, record.id));
  ZHIAN_ASSIGN(const auto draw, records::Draw::Read(matter));
  ZHIAN_ASSIGN(const auto history, procedure::LoadTransitions(db, record.id));
  record.d = static_cast<double>(draw.selected.size());
  record.n = static_cast<double>(std::count_if(history.begin(), history.end(), [&](const auto& row) {
    return row.action == "replace_subject" && row.at <= question.as_of.ms;
  }));
  return Ok();
}
}  // namespace

std::span<const Query> Figures() {
  static const std::vector<Query> kQueries = [] {
    std::vector<Query> q;
    const std::string passed = Is("sample", "close_pass"), failed = Is("sample", "close_fail");
    const std::string notified = Is("reinspection", "notify");
    const std::string closed = Is("enforcement_case", "close_case");
    const std::string of_firm = "EXISTS (SELECT 1 FROM operator o WHERE o.district=$d AND o.id=m.operator_id AND ";
    q.push_back({"S01", Sum::kRate, Moves(passed + " OR " + failed, When(passed))});
    q.push_back({"S02", Sum::kRate, Moves(passed + " OR " + failed, When(failed))});
    q.push_back({"S08", Sum::kRate, Timeliness("x.kind='sample' AND x.duty='report_result'")});
    q.push_back({"S09", Sum::kRate, Moves(notified, When("m.fields LIKE '%\"reinspection_verdict\":\"pass\"%'"))});
    q.push_back(
        {"S10", Sum::kRate,
         "SELECT 'duty', x.matter_id, m.title, CASE WHEN EXISTS (SELECT 1 FROM matter_transition t WHERE t.district=$d AND t.matter_id=m.id AND t.to_state='closed' AND t.at <= $3) THEN 1 ELSE 0 END, 1 FROM duty x JOIN matter m ON m.district=$d AND m.id=x.matter_id "
         "WHERE x.district=$d AND x.kind='disposal' AND x.duty='finish_disposal' AND x.limit_at >= $1 AND x.limit_at < $2 AND x.opened_at <= $3" +
             Usual() + " AND " + InTerritory("x.jurisdiction")});
    q.push_back({"S11", Sum::kRate, Timeliness("x.kind='disposal' AND x.duty='finish_disposal'")});
    q.push_back({"SP06", Sum::kRate,
                 Moves("(" + passed + " OR " + failed + ") AND " + of_firm + "o.above_size=1)", When(passed))});
    q.push_back(
        {"SP07", Sum::kRate,
         Moves("(" + passed + " OR " + failed + ") AND " + of_firm + "o.industry IN ('冶金','化工'))", When(passed))});
    q.push_back(
        {"S03", Sum::kRate,
         Moves("(" + passed + " OR " + failed + ") AND m.fields LIKE '%\"regime\":\"product\"%'", When(passed))});
    q.push_back(
        {"S06", Sum::kRate,
         "SELECT 'matter', m.id, m.title, 0, 0 FROM matter m WHERE m.district=$d AND m.kind='sampling_plan' AND m.opened_at <= $3 AND " +
             InTerritory("m.jurisdiction") + Usual() +
             " AND EXISTS (SELECT 1 FROM matter_transition s WHERE s.district=$d AND s.matter_id=m.id AND s.action='start_plan' AND s.at < $2 AND s.at >= $1 AND s.at <= $3)",
         &PlannedBatches});
    q.push_back({"I10", Sum::kRate, Moves(Is("draw", "use"), "1"), &NotDone});
    return q;
  }();
  return kQueries;
}

}  // namespace zhian::sampling
