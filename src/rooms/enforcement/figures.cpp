// How the figures of leads, cases, transfers and measures are counted; their words stand in figures.tsv.
#include "rooms/enforcement/figures.hpp"

#include <span>
#include <vector>

#include "figures/sql.hpp"
#include "procedure/exceptions.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/enforcement/penalties.hpp"

namespace zhian::enforcement {
using namespace figures;
using procedure::Matter;

namespace {

Status Collected(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const auto history, procedure::LoadHistory(db, record.id));
  base::Decimal due, paid;
  for (const auto& row : history) {
    if (row.at > question.as_of.ms || (row.action != "decide_penalty" && row.action != "record_payment")) continue;
    ZHIAN_ASSIGN(const auto form, records::EnforcementCase::ReadFields(row.input));
    if (row.action == "decide_penalty") {
      due = base::Decimal();
      for (const Penalty& penalty : PenaltiesOf(form))
        if (penalty.kind == Penalty::Kind::kFine || penalty.kind == Penalty::Kind::kIncome) {
          ZHIAN_ASSIGN(due, due.Plus(penalty.amount.value_or(base::Decimal())));
        }
    }
    if (row.action == "record_payment") {
      ZHIAN_ASSIGN(paid, paid.Plus(form.paid.value_or(base::Decimal())));
    }
  }
  record.n = paid.Estimate();
  record.d = due.Estimate();
  return Ok();
}

// Approved exceptions whose review date lies before the day.
Status StaleExceptions(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const Matter matter, procedure::LoadMatter(db, record.id));
  record.n += procedure::StaleOn(matter, base::LocalDate(question.as_of));
  return Ok();
}
}  // namespace

std::span<const Query> Figures() {
  static const std::vector<Query> kQueries = [] {
    std::vector<Query> q;
    // Operators penalised in the year before the period; those penalised again, in another case, within twelve months
    // of it.
    const std::string penalty = "district=$d AND %.kind='enforcement_case' AND %.action='decide_penalty'";
    const std::string closed = Is("enforcement_case", "close_case");
    const std::string excepted =
        "EXISTS (SELECT 1 FROM matter_transition e WHERE e.district=$d AND e.matter_id=t.matter_id AND e.action='approve_gate_exception' AND e.at <= t.at)";
    const std::string accepts =
        Is("judicial_transfer", "police_accepts") + " OR " + Is("judicial_transfer", "police_files");
    const auto penalised = [&](const std::string& as) {
      std::string where = as + "." + penalty;
      for (auto at = where.find('%'); at != std::string::npos; at = where.find('%')) where.replace(at, 1, as);
      return where;
    };
    const std::string undone =
        Is("enforcement_case", "decision_annulled") + " OR " + Is("enforcement_case", "order_redo");
    q.push_back({"E01", Sum::kCount, Moves("t.kind='enforcement_case' AND t.from_state=''", "1")});
    q.push_back({"E02", Sum::kRate, Timeliness("x.kind='lead' AND x.duty='decide_filing'")});
    q.push_back({"E03", Sum::kRate, Timeliness("x.kind='enforcement_case' AND x.duty='decide_case'")});
    q.push_back({"E05", Sum::kRate, Moves(closed, When("NOT " + excepted))});
    q.push_back({"E06", Sum::kCount, Moves(Is("judicial_transfer", "send"), "1")});
    q.push_back(
        {"E07", Sum::kRate, Moves(accepts + " OR " + Is("judicial_transfer", "police_refuses"), When(accepts))});
    q.push_back({"E08", Sum::kRate, Timeliness("x.kind='judicial_transfer' AND x.duty='send_transfer'")});
    q.push_back({"E10", Sum::kCount, Moves(Is("coercive_measure", "lift_by_time"), "1")});
    q.push_back({"E11", Sum::kCount, Moves(closed + " AND " + excepted, "1")});
    q.push_back(
        {"K05", Sum::kRate,
         "SELECT 'matter', f.id, f.title, CASE WHEN EXISTS (SELECT 1 FROM matter_transition s JOIN matter n ON n.district=$d AND n.id=s.matter_id WHERE " +
             penalised("s") +
             " AND n.operator_id=f.operator_id AND n.id<>f.id AND s.at > f.first_at AND s.at <= f.first_at + 31536000000 AND s.recorded_at <= $3 AND n.flags NOT LIKE '%training%' AND n.flags NOT LIKE '%voided%') THEN 1 ELSE 0 END, 1 "
             "FROM (SELECT m.id, m.title, m.operator_id, MIN(t.at) AS first_at FROM matter_transition t JOIN matter m ON m.district=$d AND m.id=t.matter_id WHERE " +
             penalised("t") +
             " AND t.at >= $1 - 31536000000 AND t.at < $1 AND t.recorded_at <= $3 AND m.operator_id IS NOT NULL AND " +
             InTerritory("m.jurisdiction") + Usual() + " GROUP BY m.operator_id) f WHERE $2 IS NOT NULL"});
    q.push_back({"E04", Sum::kRate, Moves(Is("enforcement_case", "serve"), "1"), &Collected});
    q.push_back(
        {"E09", Sum::kRate, Moves(undone + " OR " + Is("enforcement_case", "record_appeal_result"), When(undone))});
    q.push_back(
        {"E12", Sum::kCount,
         "SELECT 'matter', m.id, m.title, 0, 1 FROM matter m WHERE m.district=$d AND m.opened_at <= $3" + Usual() +
             " AND " + InTerritory("m.jurisdiction") +
             " AND EXISTS (SELECT 1 FROM matter_transition e WHERE e.district=$d AND e.matter_id=m.id AND e.action='approve_gate_exception' AND e.at <= $3)" +
             UseAll(),
         &StaleExceptions});
    return q;
  }();
  return kQueries;
}

}  // namespace zhian::enforcement
