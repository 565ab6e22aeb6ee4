#include "rooms/governance/figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace zhian::governance {
namespace {

// $1 from, $2 to, $3 as of (all ms), $4 root of the territory. Rows: kind, id, title, n, d.
struct Query {
  std::string_view id;
  bool rate;
  std::string sql;
};

#define IN_TERRITORY(column) column " IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=$4)"
#define USE_ALL " AND $1 <= $2 AND $2 IS NOT NULL "

// Duties whose limit fell in the period: met in time, late, or open past their limit (figures.md, "Timeliness").
std::string Timeliness(const std::string& filter) {
  return "SELECT 'duty', x.matter_id, m.title, CASE WHEN x.closed_at > 0 AND x.closed_at <= x.limit_at AND x.closed_at <= $3 THEN 1 ELSE 0 END, 1 "
         "FROM duty x JOIN matter m ON m.district='d' AND m.id=x.matter_id WHERE x.district='d' AND x.limit_at >= $1 AND x.limit_at < $2 "
         "AND x.opened_at <= $3 AND x.state <> 'lapsed' AND (x.closed_at > 0 OR x.limit_at < $3) AND m.flags NOT LIKE '%training%' AND m.flags NOT LIKE '%voided%' AND " IN_TERRITORY("x.jurisdiction") +
         (filter.empty() ? "" : " AND " + filter);
}

// Matters that made one of the moves in the period; `numerator` says which of them count above the line.
std::string Moves(const std::string& moves, const std::string& numerator) {
  return "SELECT 'matter', m.id, m.title, " + numerator + ", 1 FROM matter_transition t JOIN matter m ON m.district='d' AND m.id=t.matter_id "
         "WHERE t.district='d' AND t.at >= $1 AND t.at < $2 AND t.recorded_at <= $3 AND " IN_TERRITORY("m.jurisdiction") +
         " AND m.flags NOT LIKE '%training%' AND m.flags NOT LIKE '%voided%' AND (" + moves + ")";
}

std::string Is(const std::string& kind, const std::string& action) { return "(t.kind='" + kind + "' AND t.action='" + action + "')"; }
std::string When(const std::string& condition) { return "CASE WHEN " + condition + " THEN 1 ELSE 0 END"; }

// Operators as known on the day. A file counts from when it was entered until its end was recorded.
std::string Operators(const std::string& population, const std::string& numerator) {
  return "SELECT 'operator', o.id, o.name, " + numerator + ", 1 FROM operator o WHERE o.district='d' AND o.registered_on <= $3 USE AND "
         "(o.state IN ('active','candidate') OR (o.state IN ('dormant','closed') AND EXISTS (SELECT 1 FROM matter_transition t WHERE t.district='d' AND t.matter_id=o.matter_id "
         "AND t.action IN ('close','close_by_order','suspend_business') AND t.at > $3))) AND " IN_TERRITORY("o.jurisdiction") + (population.empty() ? "" : " AND " + population);
}

// A permit that was valid on the day, by its own dates and by the record.
const char* const kHasPermit =
    "CASE WHEN EXISTS (SELECT 1 FROM permit p WHERE p.district='d' AND p.operator_id=o.id AND p.valid_from <= $3 AND (p.valid_to = 0 OR p.valid_to >= $3) "
    "AND (p.ended_at = 0 OR p.ended_at > $3)) THEN 1 ELSE 0 END";

// A quality system that was certified on the day; valid_from is the first day of its unbroken validity.
const char* const kIsCertified =
    "EXISTS (SELECT 1 FROM certification c WHERE c.district='d' AND c.operator_id=o.id AND c.type='iso9001' AND c.valid_from <= $3 AND c.valid_to >= $3 AND (c.ended_at = 0 OR c.ended_at > $3))";

const std::vector<Query>& Queries() {
  static const std::vector<Query> kQueries = [] {
    std::vector<Query> q;
    const std::string food = "o.food=1";
    q.push_back({"SP01", false, Operators("o.type='industrial'", "1")});
    q.push_back({"SP02", false, Operators(food, "1")});
    q.push_back({"SP03", true, Operators(food, When("o.staff >= 10"))});
    q.push_back({"SP04", true, Operators(food, kHasPermit)});
    q.push_back({"SP05", false, Operators("o.type='workshop'", "1")});
    q.push_back({"SP08", false, Operators(std::string("o.above_size=1 AND ") + kIsCertified, "1")});
    q.push_back({"SP09", true, Operators("o.above_size=1", When(kIsCertified))});
    const std::string passed = Is("sample", "close_pass"), failed = Is("sample", "close_fail");
    q.push_back({"S01", true, Moves(passed + " OR " + failed, When(passed))});
    q.push_back({"S02", true, Moves(passed + " OR " + failed, When(failed))});
    q.push_back({"S08", true, Timeliness("x.kind='sample' AND x.duty='report_result'")});
    const std::string notified = Is("reinspection", "notify");
    q.push_back({"S09", true, Moves(notified, When("m.fields LIKE '%\"reinspection_verdict\":\"pass\"%'"))});
    q.push_back({"S10", true, "SELECT 'duty', x.matter_id, m.title, CASE WHEN m.state='closed' THEN 1 ELSE 0 END, 1 FROM duty x JOIN matter m ON m.district='d' AND m.id=x.matter_id "
                              "WHERE x.district='d' AND x.kind='disposal' AND x.duty='finish_disposal' AND x.limit_at >= $1 AND x.limit_at < $2 AND x.opened_at <= $3 AND " IN_TERRITORY("x.jurisdiction")});
    q.push_back({"S11", true, Timeliness("x.kind='disposal' AND x.duty='finish_disposal'")});
    q.push_back({"I05", true, Timeliness("x.kind='rectification' AND x.duty='rectify'")});
    const std::string struck = Is("rectification", "strike_off"), recheck_failed = Is("rectification", "fail_recheck");
    q.push_back({"I06", true, Moves("(" + struck + " OR " + recheck_failed + ") AND NOT EXISTS (SELECT 1 FROM matter_transition e WHERE e.district='d' AND e.matter_id=t.matter_id "
                                    "AND e.sequence < t.sequence AND e.action IN ('strike_off','fail_recheck'))", When(struck))});
    q.push_back({"T04", true, Timeliness("x.kind='trace_gap' AND x.duty='answer_gap'")});
    q.push_back({"T06", true, Timeliness("x.kind='recall' AND x.duty='start_recall'")});
    q.push_back({"E01", false, Moves("t.kind='enforcement_case' AND t.from_state=''", "1")});
    q.push_back({"E02", true, Timeliness("x.kind='lead' AND x.duty='decide_filing'")});
    q.push_back({"E03", true, Timeliness("x.kind='enforcement_case' AND x.duty='decide_case'")});
    const std::string closed = Is("enforcement_case", "close_case");
    q.push_back({"E05", true, Moves(closed, When("m.flags NOT LIKE '%exception%'"))});
    q.push_back({"E06", false, Moves(Is("judicial_transfer", "send"), "1")});
    const std::string accepts = Is("judicial_transfer", "police_accepts") + " OR " + Is("judicial_transfer", "police_files");
    q.push_back({"E07", true, Moves(accepts + " OR " + Is("judicial_transfer", "police_refuses"), When(accepts))});
    q.push_back({"E08", true, Timeliness("x.kind='judicial_transfer' AND x.duty='send_transfer'")});
    q.push_back({"E10", false, Moves(Is("coercive_measure", "lift_by_time"), "1")});
    q.push_back({"E11", false, Moves(closed + " AND m.flags LIKE '%exception%'", "1")});
    q.push_back({"K01", false, "SELECT 'matter', m.id, m.title, 1, 1 FROM matter m WHERE m.district='d' AND m.kind='credit_listing' AND m.opened_at <= $3 AND " IN_TERRITORY("m.jurisdiction")
                               " AND EXISTS (SELECT 1 FROM matter_transition a WHERE a.district='d' AND a.matter_id=m.id AND a.to_state='listed' AND a.at <= $3 AND NOT EXISTS "
                               "(SELECT 1 FROM matter_transition b WHERE b.district='d' AND b.matter_id=m.id AND b.sequence > a.sequence AND b.at <= $3 AND b.to_state <> 'listed')) USE"});
    q.push_back({"K03", true, Timeliness("x.kind='publication' AND x.duty='publish'")});
    const std::string corrected = Is("publication", "correct") + " OR " + Is("publication", "withdraw");
    q.push_back({"K04", true, Moves(Is("publication", "publish"), "CASE WHEN EXISTS (SELECT 1 FROM matter_transition e WHERE e.district='d' AND e.matter_id=t.matter_id AND e.action IN ('correct','withdraw') AND e.at <= $3) THEN 1 ELSE 0 END")});
    q.push_back({"G01", true, Timeliness("")});
    q.push_back({"G02", false, "SELECT 'duty', x.matter_id, m.title, 1, 1 FROM duty x JOIN matter m ON m.district='d' AND m.id=x.matter_id WHERE x.district='d' AND x.limit_at < $3 "
                               "AND x.opened_at <= $3 AND x.state <> 'lapsed' AND (x.closed_at = 0 OR x.closed_at > $3) AND " IN_TERRITORY("x.jurisdiction") " USE"});
    q.push_back({"G03", true, Timeliness("x.kind='supervision_task' AND x.duty='carry_out_task'")});
    q.push_back({"G06", false, Moves(Is("accountability", "conclude"), "1")});
    // A day's figure does not look at its period: the parameters are bound all the same.
    for (Query& query : q)
      if (const auto at = query.sql.find(" USE"); at != std::string::npos) query.sql.replace(at, 4, USE_ALL);
    return q;
  }();
  return kQueries;
}

const Query* FindQuery(std::string_view id) {
  for (const Query& query : Queries())
    if (query.id == id) return &query;
  return nullptr;
}

// Wilson's interval of a share, 95 % (Wilson 1927).
void Wilson(FigureValue& figure) {
  constexpr double z = 1.959963984540054;
  const double n = figure.denominator, p = figure.numerator / n;
  const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  figure.low = std::max(0.0, centre - half) * 100;
  figure.high = std::min(1.0, centre + half) * 100;
}

}  // namespace

const FigureDefinition* FindFigure(std::string_view id) {
  for (const FigureDefinition& figure : Catalogue())
    if (figure.id == id) return &figure;
  return nullptr;
}

bool IsLive(std::string_view id) { return FindQuery(id) != nullptr; }

Result<FigureValue> ComputeFigure(storage::Connection& db, const FigureQuestion& question) {
  const FigureDefinition* definition = FindFigure(question.id);
  if (definition == nullptr) return MakeError(ErrorCode::kNotFound, Say("没有这个指标：{}", question.id.substr(0, 40)));
  const Query* query = FindQuery(question.id);
  if (query == nullptr) return MakeError(ErrorCode::kUnsupported, Say("“{}”所数的记录尚未启用", std::string(definition->zh_hans)));
  const std::vector<storage::Value> parameters{question.from.ms, question.to.ms, question.as_of.ms, question.jurisdiction, std::int64_t{kFigureRecordsMax} + 1};
  ZHIAN_ASSIGN(auto rows, db.Query(query->sql + " LIMIT $5", std::span<const storage::Value>(parameters)));
  FigureValue figure;
  figure.is_rate = query->rate;
  figure.method = std::string(definition->interval);
  figure.cut = rows.size() > static_cast<std::size_t>(kFigureRecordsMax);
  for (const storage::Row& row : rows) {
    if (figure.records.size() == static_cast<std::size_t>(kFigureRecordsMax)) break;
    FigureRecord record{row.text(0), row.text(1), row.text(2), static_cast<double>(row.integer(3)), static_cast<double>(row.integer(4))};
    figure.numerator += record.n;
    figure.denominator += record.d;
    figure.records.push_back(std::move(record));
  }
  if (!figure.is_rate) {
    figure.value = figure.numerator;
  } else if (figure.denominator > 0) {
    figure.value = 100 * figure.numerator / figure.denominator;
    figure.small = figure.denominator < 30;
    if (figure.method == "wilson" || figure.method == "clopper") Wilson(figure);
  }
  return figure;
}

}  // namespace zhian::governance
