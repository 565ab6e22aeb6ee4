#include "figures/sql.hpp"

#include "procedure/matter.hpp"
#include "procedure/model.hpp"

namespace zhian::figures {

std::string InTerritory(const std::string& column) {
  return column + " IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=$4)";
}
std::string UseAll() { return " AND $1 <= $2 AND $2 IS NOT NULL "; }
std::string OfExercises() { return " AND m.flags NOT LIKE '%voided%'"; }
std::string Usual() { return " AND m.flags NOT LIKE '%training%'" + OfExercises(); }

// Windows and shortest times ask nobody to act: they are in no timeliness.
std::string Windows() {
  std::string list;
  for (const procedure::Text duty : procedure::WindowDuties())
    list += (list.empty() ? "'" : ",'") + std::string(duty) + "'";
  return list;
}

// Duties whose limit fell in the period: met in time, late, or open past their limit (figures.md, "Timeliness").
std::string Timeliness(const std::string& filter, const std::string& usual) {
  return "SELECT 'duty', x.matter_id, m.title, CASE WHEN x.closed_at > 0 AND x.closed_at <= x.limit_at AND x.closed_at <= $3 THEN 1 ELSE 0 END, 1 "
         "FROM duty x JOIN matter m ON m.district=$d AND m.id=x.matter_id WHERE x.district=$d AND x.limit_at >= $1 AND x.limit_at < $2 "
         "AND x.opened_at <= $3 AND x.state <> 'lapsed' AND x.duty NOT IN (" +
         Windows() + ") AND (x.closed_at > 0 OR x.limit_at < $3)" + usual + " AND " + InTerritory("x.jurisdiction") +
         (filter.empty() ? "" : " AND " + filter);
}

// Matters that made one of the moves in the period; `numerator` says which of them count above the line.
std::string Moves(const std::string& moves, const std::string& numerator, const std::string& usual) {
  return "SELECT 'matter', m.id, m.title, " + numerator +
         ", 1 FROM matter_transition t JOIN matter m ON m.district=$d AND m.id=t.matter_id "
         "WHERE t.district=$d AND t.at >= $1 AND t.at < $2 AND t.recorded_at <= $3 AND " +
         InTerritory("m.jurisdiction") + usual + " AND (" + moves + ")";
}

std::string Is(const std::string& kind, const std::string& action) {
  return "(t.kind='" + kind + "' AND t.action='" + action + "')";
}
std::string When(const std::string& condition) { return "CASE WHEN " + condition + " THEN 1 ELSE 0 END"; }

// A number of a stored summary.
double Estimate(const std::optional<base::Decimal>& number) { return number ? number->Estimate() : 0; }

// Operators as known on the day. A file counts from when it was entered until its end was recorded.
std::string Operators(const std::string& population, const std::string& numerator) {
  return "SELECT 'operator', o.id, o.name, " + numerator +
         ", 1 FROM operator o WHERE o.district=$d AND o.registered_on <= $3" + UseAll() +
         "AND "
         "(o.state IN ('active','candidate') OR (o.state IN ('dormant','closed') AND EXISTS (SELECT 1 FROM matter_transition t WHERE t.district=$d AND t.matter_id=o.matter_id "
         "AND t.action IN ('close','close_by_order','suspend_business') AND t.at > $3))) AND " +
         InTerritory("o.jurisdiction") + (population.empty() ? "" : " AND " + population);
}

}  // namespace zhian::figures
