#include "rooms/governance/figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "procedure/guard_tools.hpp"
#include "rooms/governance/intervals.hpp"

namespace zhian::governance {
namespace {

enum class Sum { kCount, kRate, kMedian, kMean };  // of n; n over d; of the records' n
using procedure::Cell;
using procedure::Items;
using procedure::Matter;

// What a record adds, where SQL alone cannot say: read from the matter and its history, as known at the instant.
using Refine = Status (*)(storage::Connection& db, const FigureQuestion& question, FigureRecord& record);

// $1 from, $2 to, $3 as of (all ms), $4 root of the territory. Rows: kind, id, title, n, d.
struct Query {
  std::string_view id;
  Sum sum;
  std::string sql;
  Refine refine = nullptr;
  Query(std::string_view name, bool rate, std::string text)
      : id(name), sum(rate ? Sum::kRate : Sum::kCount), sql(std::move(text)) {}
  Query(std::string_view name, Sum how, std::string text, Refine read = nullptr)
      : id(name), sum(how), sql(std::move(text)), refine(read) {}
};

#define IN_TERRITORY(column) column " IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=$4)"
// Exercises and what was entered in error count in nothing (docs/decisions/0019-exercises.md).
#define USUAL " AND m.flags NOT LIKE '%training%' AND m.flags NOT LIKE '%voided%'"
#define USE_ALL " AND $1 <= $2 AND $2 IS NOT NULL "

// Windows and shortest times ask nobody to act: they are in no timeliness.
std::string Windows() {
  std::string list;
  for (const procedure::Text duty : procedure::WindowDuties())
    list += (list.empty() ? "'" : ",'") + std::string(duty) + "'";
  return list;
}

// Duties whose limit fell in the period: met in time, late, or open past their limit (figures.md, "Timeliness").
const char* const kUsual = USUAL;
const char* const kExercises = " AND m.flags NOT LIKE '%voided%'";  // for the figures of exercises themselves

std::string Timeliness(const std::string& filter, const char* usual = kUsual) {
  return "SELECT 'duty', x.matter_id, m.title, CASE WHEN x.closed_at > 0 AND x.closed_at <= x.limit_at AND x.closed_at <= $3 THEN 1 ELSE 0 END, 1 "
         "FROM duty x JOIN matter m ON m.district=$d AND m.id=x.matter_id WHERE x.district=$d AND x.limit_at >= $1 AND x.limit_at < $2 "
         "AND x.opened_at <= $3 AND x.state <> 'lapsed' AND x.duty NOT IN (" +
         Windows() + ") AND (x.closed_at > 0 OR x.limit_at < $3)" + usual + " AND " IN_TERRITORY("x.jurisdiction") +
         (filter.empty() ? "" : " AND " + filter);
}

// Matters that made one of the moves in the period; `numerator` says which of them count above the line.
std::string Moves(const std::string& moves, const std::string& numerator, const char* usual = kUsual) {
  return "SELECT 'matter', m.id, m.title, " + numerator +
         ", 1 FROM matter_transition t JOIN matter m ON m.district=$d AND m.id=t.matter_id "
         "WHERE t.district=$d AND t.at >= $1 AND t.at < $2 AND t.recorded_at <= $3 AND " IN_TERRITORY(
             "m.jurisdiction") +
         usual + " AND (" + moves + ")";
}

std::string Is(const std::string& kind, const std::string& action) {
  return "(t.kind='" + kind + "' AND t.action='" + action + "')";
}
std::string When(const std::string& condition) { return "CASE WHEN " + condition + " THEN 1 ELSE 0 END"; }

// ---- what SQL alone cannot say
double Of(const boost::json::object& summary, const char* field) {
  return std::strtod(procedure::ScalarText(summary.if_contains(field)).c_str(), nullptr);
}

Status Score(storage::Connection& db, const FigureQuestion&, FigureRecord& record) {
  ZHIAN_ASSIGN(const Matter matter, procedure::LoadMatter(db, record.id));
  record.n = matter.Number("score");
  return Ok();
}
// Batches of the plan, and how many samples of its time are concluded.
Status PlannedBatches(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const Matter plan, procedure::LoadMatter(db, record.id));
  for (const auto& stratum : Items(plan, "strata")) record.d += procedure::NumberOf(stratum, "batches");
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
  ZHIAN_ASSIGN(const Matter draw, procedure::LoadMatter(db, record.id));
  ZHIAN_ASSIGN(const auto history, procedure::LoadHistory(db, record.id));
  record.d = static_cast<double>(Items(draw, "selected").size());
  record.n = static_cast<double>(std::count_if(history.begin(), history.end(), [&](const auto& row) {
    return row.action == "replace_subject" && row.at <= question.as_of.ms;
  }));
  return Ok();
}
// The last summary that was known at the instant; its quantities are those of the balance.
Result<boost::json::object> Summary(storage::Connection& db, const FigureQuestion& question, const std::string& id) {
  boost::json::object summary;
  ZHIAN_ASSIGN(const auto history, procedure::LoadHistory(db, id));
  for (const auto& row : history)
    if (row.action == "submit_summary" && row.at <= question.as_of.ms) summary = row.input;
  return summary;
}
Status Effective(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const auto s, Summary(db, question, record.id));
  record.n = Of(s, "q_recovered") + Of(s, "q_destroyed") + Of(s, "q_corrected");
  record.d = Of(s, "q_produced") - Of(s, "q_stock") - Of(s, "q_consumed");
  return Ok();
}
Status Unaccounted(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const auto s, Summary(db, question, record.id));
  record.d = Of(s, "q_produced");
  record.n = std::abs(record.d - (Of(s, "q_stock") + Of(s, "q_recovered") + Of(s, "q_destroyed") +
                                  Of(s, "q_corrected") + Of(s, "q_consumed") + Of(s, "q_estimated") + Of(s, "q_loss")));
  return Ok();
}
Status Contacted(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const auto history, procedure::LoadHistory(db, record.id));
  std::set<std::string> asked, answered;
  for (const auto& row : history) {
    const auto* progress =
        row.action == "report_progress" && row.at <= question.as_of.ms ? row.input.if_contains("progress") : nullptr;
    if (progress == nullptr || !progress->is_array()) continue;
    for (const auto& each : progress->get_array()) {
      asked.insert(Cell(each, "consignee"));
      if (Cell(each, "answer") == "answered") answered.insert(Cell(each, "consignee"));
    }
  }
  // What the holders answered themselves to the notices of the recall.
  ZHIAN_ASSIGN(const auto linked, procedure::LoadLinked(db, record.id, "consignee_notice", 20'000));
  for (const Matter& notice : linked) {
    if (notice.opened_at > question.as_of.ms) continue;
    asked.insert(notice.Field("holder_name"));
    ZHIAN_ASSIGN(const auto steps, procedure::LoadHistory(db, notice.id));
    for (const auto& step : steps)
      if (step.action == "answer" && step.at <= question.as_of.ms) answered.insert(notice.Field("holder_name"));
  }
  record.n = static_cast<double>(answered.size());
  record.d = static_cast<double>(asked.size());
  return Ok();
}
Status Collected(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const auto history, procedure::LoadHistory(db, record.id));
  record.n = record.d = 0;
  for (const auto& row : history) {
    if (row.at > question.as_of.ms) continue;
    if (row.action == "decide_penalty") record.d = Of(row.input, "fine_decided") + Of(row.input, "confiscation");
    if (row.action == "record_payment") record.n += Of(row.input, "paid");
  }
  return Ok();
}
Status HoursMet(storage::Connection& db, const FigureQuestion&, FigureRecord& record) {
  ZHIAN_ASSIGN(const Matter exercise, procedure::LoadMatter(db, record.id));
  record.n = exercise.Number("met_hours");
  return Ok();
}
// Approved exceptions whose review date lies before the day.
Status StaleExceptions(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const Matter matter, procedure::LoadMatter(db, record.id));
  const base::Date day = base::LocalDate(question.as_of);
  for (const auto& exception : Items(matter, "gate_exceptions")) {
    const auto review = base::ParseDate(Cell(exception, "review_on")),
               decided = base::ParseDate(Cell(exception, "decided_on"));
    if (Cell(exception, "state") == "approved" && review.ok() && decided.ok() && *decided <= day && *review < day)
      record.n += 1;
  }
  return Ok();
}

// Operators as known on the day. A file counts from when it was entered until its end was recorded.
std::string Operators(const std::string& population, const std::string& numerator) {
  return "SELECT 'operator', o.id, o.name, " + numerator +
         ", 1 FROM operator o WHERE o.district=$d AND o.registered_on <= $3 USE AND "
         "(o.state IN ('active','candidate') OR (o.state IN ('dormant','closed') AND EXISTS (SELECT 1 FROM matter_transition t WHERE t.district=$d AND t.matter_id=o.matter_id "
         "AND t.action IN ('close','close_by_order','suspend_business') AND t.at > $3))) AND " IN_TERRITORY(
             "o.jurisdiction") +
         (population.empty() ? "" : " AND " + population);
}

// A permit that was valid on the day, by its own dates and by the record.
const char* const kHasPermit =
    "CASE WHEN EXISTS (SELECT 1 FROM permit p WHERE p.district=$d AND p.operator_id=o.id AND p.valid_from <= $3 AND (p.valid_to = 0 OR p.valid_to >= $3) "
    "AND (p.ended_at = 0 OR p.ended_at > $3)) THEN 1 ELSE 0 END";

// A quality system that was certified on the day; valid_from is the first day of its unbroken validity.
const char* const kIsCertified =
    "EXISTS (SELECT 1 FROM certification c WHERE c.district=$d AND c.operator_id=o.id AND c.type='iso9001' AND c.valid_from <= $3 AND c.valid_to >= $3 AND (c.ended_at = 0 OR c.ended_at > $3))";

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
    q.push_back(
        {"S10", true,
         "SELECT 'duty', x.matter_id, m.title, CASE WHEN EXISTS (SELECT 1 FROM matter_transition t WHERE t.district=$d AND t.matter_id=m.id AND t.to_state='closed' AND t.at <= $3) THEN 1 ELSE 0 END, 1 FROM duty x JOIN matter m ON m.district=$d AND m.id=x.matter_id "
         "WHERE x.district=$d AND x.kind='disposal' AND x.duty='finish_disposal' AND x.limit_at >= $1 AND x.limit_at < $2 AND x.opened_at <= $3" USUAL
         " AND " IN_TERRITORY("x.jurisdiction")});
    q.push_back({"S11", true, Timeliness("x.kind='disposal' AND x.duty='finish_disposal'")});
    q.push_back({"I05", true, Timeliness("x.kind='rectification' AND x.duty='rectify'")});
    const std::string struck = Is("rectification", "strike_off"), recheck_failed = Is("rectification", "fail_recheck");
    q.push_back(
        {"I06", true,
         Moves(
             "(" + struck + " OR " + recheck_failed +
                 ") AND NOT EXISTS (SELECT 1 FROM matter_transition e WHERE e.district=$d AND e.matter_id=t.matter_id "
                 "AND e.sequence < t.sequence AND e.action IN ('strike_off','fail_recheck'))",
             When(struck))});
    // What exercises are judged by; nothing else counts them.
    const auto traced = [](const char* kind) {
      return "m.fields LIKE '%\"exercise_kind\":\"" + std::string(kind) + "\"%'";
    };
    q.push_back(
        {"T10", Sum::kMedian,
         Moves(Is("exercise", "review") + " AND (" + traced("mock_recall") + " OR " + traced("trace_back") + ")", "0",
               kExercises),
         &HoursMet});
    q.push_back({"R04", Sum::kRate, Timeliness("x.kind='exercise' AND x.duty='hold_exercise'", kExercises)});
    q.push_back({"T04", true, Timeliness("x.kind='trace_gap' AND x.duty='answer_gap'")});
    q.push_back({"T06", true, Timeliness("x.kind='recall' AND x.duty='start_recall'")});
    q.push_back({"E01", false, Moves("t.kind='enforcement_case' AND t.from_state=''", "1")});
    q.push_back({"E02", true, Timeliness("x.kind='lead' AND x.duty='decide_filing'")});
    q.push_back({"E03", true, Timeliness("x.kind='enforcement_case' AND x.duty='decide_case'")});
    const std::string closed = Is("enforcement_case", "close_case");
    const std::string excepted =
        "EXISTS (SELECT 1 FROM matter_transition e WHERE e.district=$d AND e.matter_id=t.matter_id AND e.action='approve_gate_exception' AND e.at <= t.at)";
    q.push_back({"E05", true, Moves(closed, When("NOT " + excepted))});
    q.push_back({"E06", false, Moves(Is("judicial_transfer", "send"), "1")});
    const std::string accepts =
        Is("judicial_transfer", "police_accepts") + " OR " + Is("judicial_transfer", "police_files");
    q.push_back({"E07", true, Moves(accepts + " OR " + Is("judicial_transfer", "police_refuses"), When(accepts))});
    q.push_back({"E08", true, Timeliness("x.kind='judicial_transfer' AND x.duty='send_transfer'")});
    q.push_back({"E10", false, Moves(Is("coercive_measure", "lift_by_time"), "1")});
    q.push_back({"E11", false, Moves(closed + " AND " + excepted, "1")});
    q.push_back(
        {"K01", false,
         "SELECT 'matter', m.id, m.title, 1, 1 FROM matter m WHERE m.district=$d AND m.kind='credit_listing' AND m.opened_at <= $3" USUAL
         " AND " IN_TERRITORY(
             "m.jurisdiction") " AND EXISTS (SELECT 1 FROM matter_transition a WHERE a.district=$d AND a.matter_id=m.id AND a.to_state='listed' AND a.at <= $3 AND NOT EXISTS "
                               "(SELECT 1 FROM matter_transition b WHERE b.district=$d AND b.matter_id=m.id AND b.sequence > a.sequence AND b.at <= $3 AND b.to_state <> 'listed')) USE"});
    q.push_back({"K03", true, Timeliness("x.kind='publication' AND x.duty='publish'")});
    const std::string corrected = Is("publication", "correct") + " OR " + Is("publication", "withdraw");
    q.push_back(
        {"K04", true,
         Moves(
             Is("publication", "publish"),
             "CASE WHEN EXISTS (SELECT 1 FROM matter_transition e WHERE e.district=$d AND e.matter_id=t.matter_id AND e.action IN ('correct','withdraw') AND e.at <= $3) THEN 1 ELSE 0 END")});
    q.push_back({"G01", true, Timeliness("")});
    q.push_back(
        {"G02", false,
         std::string(
             "SELECT 'duty', x.matter_id, m.title, 1, 1 FROM duty x JOIN matter m ON m.district=$d AND m.id=x.matter_id WHERE x.district=$d AND x.limit_at < $3 "
             "AND x.opened_at <= $3 AND x.state <> 'lapsed' AND x.duty NOT IN (") +
             Windows() +
             ") AND (x.closed_at = 0 OR x.closed_at > $3)" USUAL " AND " IN_TERRITORY("x.jurisdiction") " USE"});
    q.push_back({"G03", true, Timeliness("x.kind='supervision_task' AND x.duty='carry_out_task'")});
    q.push_back({"G06", false, Moves(Is("accountability", "conclude"), "1")});
    q.push_back({"G07", Sum::kMean, Moves(Is("assessment", "finalise") + " OR " + Is("assessment", "finalise_d"), "1"),
                 &Score});
    const std::string of_firm = "EXISTS (SELECT 1 FROM operator o WHERE o.district=$d AND o.id=m.operator_id AND ";
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
         "SELECT 'matter', m.id, m.title, 0, 0 FROM matter m WHERE m.district=$d AND m.kind='sampling_plan' AND m.opened_at <= $3 AND " IN_TERRITORY(
             "m.jurisdiction") USUAL
         " AND EXISTS (SELECT 1 FROM matter_transition s WHERE s.district=$d AND s.matter_id=m.id AND s.action='start_plan' AND s.at < $2 AND s.at >= $1 AND s.at <= $3)",
         &PlannedBatches});
    q.push_back(
        {"A08", Sum::kRate,
         Operators(
             "",
             "CASE WHEN EXISTS (SELECT 1 FROM matter_transition v WHERE v.district=$d AND v.matter_id=o.matter_id AND v.action IN ('verify','reverify') "
             "AND v.at <= $3 AND v.at > $3 - 31536000000) THEN 1 ELSE 0 END")});
    // The goods book: an entry that stood on the day. A refusal counts once, by how it left the door.
    q.push_back(
        {"T01", Sum::kRate,
         Operators(
             "o.type IN ('shop','supermarket','market','restaurant','canteen')",
             "CASE WHEN EXISTS (SELECT 1 FROM goods_entry g WHERE g.district=$d AND g.operator_id=o.id AND g.act='received' AND g.at > $3 - 2592000000 AND g.at <= $3 "
             "AND g.entered_at <= $3 AND (g.withdrawn_at = 0 OR g.withdrawn_at > $3)) THEN 1 ELSE 0 END")});
    q.push_back(
        {"T05", Sum::kCount,
         Moves(Is("incoming_refusal", "return_goods") + " OR " + Is("incoming_refusal", "hold_and_report"), "1")});
    // A lead that the running out of a permit started.
    q.push_back(
        {"A04", Sum::kCount,
         Moves(
             "t.kind='lead' AND t.from_state='' AND EXISTS (SELECT 1 FROM matter_link l JOIN matter p ON p.district=$d AND p.id=l.from_id AND p.kind='permit' "
             "WHERE l.district=$d AND l.to_id=t.matter_id AND l.relation='started' AND EXISTS (SELECT 1 FROM matter_transition e WHERE e.district=$d AND e.matter_id=p.id AND e.action='expire' AND e.at <= t.at))",
             "1")});
    // Operators penalised in the year before the period; those penalised again, in another case, within twelve months
    // of it.
    const std::string penalty = "district=$d AND %.kind='enforcement_case' AND %.action='decide_penalty'";
    const auto penalised = [&](const std::string& as) {
      std::string where = as + "." + penalty;
      for (auto at = where.find('%'); at != std::string::npos; at = where.find('%')) where.replace(at, 1, as);
      return where;
    };
    q.push_back(
        {"K05", Sum::kRate,
         "SELECT 'matter', f.id, f.title, CASE WHEN EXISTS (SELECT 1 FROM matter_transition s JOIN matter n ON n.district=$d AND n.id=s.matter_id WHERE " +
             penalised("s") +
             " AND n.operator_id=f.operator_id AND n.id<>f.id AND s.at > f.first_at AND s.at <= f.first_at + 31536000000 AND s.recorded_at <= $3 AND n.flags NOT LIKE '%training%' AND n.flags NOT LIKE '%voided%') THEN 1 ELSE 0 END, 1 "
             "FROM (SELECT m.id, m.title, m.operator_id, MIN(t.at) AS first_at FROM matter_transition t JOIN matter m ON m.district=$d AND m.id=t.matter_id WHERE " +
             penalised("t") +
             " AND t.at >= $1 - 31536000000 AND t.at < $1 AND t.recorded_at <= $3 AND m.operator_id IS NOT NULL AND " IN_TERRITORY(
                 "m.jurisdiction") +
             USUAL " GROUP BY m.operator_id) f WHERE $2 IS NOT NULL"});
    q.push_back({"I07", Sum::kMedian, Moves(Is("rectification", "strike_off"), "(t.at - m.opened_at) / 86400000")});
    q.push_back({"I10", Sum::kRate, Moves(Is("draw", "use"), "1"), &NotDone});
    q.push_back(
        {"CM14", Sum::kRate,
         Moves(
             "t.kind='rectification' AND t.from_state=''",
             "CASE WHEN EXISTS (SELECT 1 FROM matter_transition e WHERE e.district=$d AND e.matter_id=t.matter_id AND e.to_state IN ('struck_off','escalated') AND e.at <= $3) THEN 1 ELSE 0 END")});
    q.push_back({"T07", Sum::kRate, Moves(Is("recall", "close_recall"), "1"), &Effective});
    q.push_back({"T08", Sum::kRate, Moves(Is("recall", "close_recall"), "1"), &Unaccounted});
    q.push_back({"T09", Sum::kRate, Moves(Is("recall", "publish_notice"), "1"), &Contacted});
    q.push_back({"E04", Sum::kRate, Moves(Is("enforcement_case", "serve"), "1"), &Collected});
    const std::string undone =
        Is("enforcement_case", "decision_annulled") + " OR " + Is("enforcement_case", "order_redo");
    q.push_back(
        {"E09", Sum::kRate, Moves(undone + " OR " + Is("enforcement_case", "record_appeal_result"), When(undone))});
    q.push_back(
        {"E12", Sum::kCount,
         "SELECT 'matter', m.id, m.title, 0, 1 FROM matter m WHERE m.district=$d AND m.kind IN ('enforcement_case','recall') AND m.opened_at <= $3" USUAL
         " AND " IN_TERRITORY(
             "m.jurisdiction") " AND EXISTS (SELECT 1 FROM matter_transition e WHERE e.district=$d AND e.matter_id=m.id AND e.action='approve_gate_exception' AND e.at <= $3) USE",
         &StaleExceptions});
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
  if (query == nullptr)
    return MakeError(ErrorCode::kUnsupported, Say("“{}”所数的记录尚未启用", std::string(definition->zh_hans)));
  const std::vector<storage::Value> parameters{question.from.ms, question.to.ms, question.as_of.ms,
                                               question.jurisdiction, std::int64_t{kFigureRecordsMax} + 1};
  ZHIAN_ASSIGN(auto rows, db.Query(query->sql + " LIMIT $5", std::span<const storage::Value>(parameters)));
  FigureValue figure;
  figure.is_rate = query->sum == Sum::kRate;
  figure.method = std::string(definition->interval);
  figure.cut = rows.size() > static_cast<std::size_t>(kFigureRecordsMax);
  std::vector<double> values;
  for (const storage::Row& row : rows) {
    if (figure.records.size() == static_cast<std::size_t>(kFigureRecordsMax)) break;
    FigureRecord record{row.text(0), row.text(1), row.text(2), static_cast<double>(row.integer(3)),
                        static_cast<double>(row.integer(4))};
    if (query->refine != nullptr) ZHIAN_TRY(query->refine(db, question, record));
    figure.numerator += record.n;
    figure.denominator += record.d;
    values.push_back(record.n);
    figure.records.push_back(std::move(record));
  }
  std::sort(values.begin(), values.end());
  std::optional<Interval> interval;
  switch (query->sum) {
    case Sum::kCount:
      figure.value = figure.numerator;
      if (figure.method == "poisson") interval = Poisson(figure.numerator);
      break;
    case Sum::kRate:
      if (figure.denominator <= 0) break;
      figure.value = 100 * figure.numerator / figure.denominator;
      figure.small = figure.denominator < 30;
      if (figure.method == "wilson" || figure.method == "clopper") {
        // Source: the catalogue of figures: exact where nothing or everything counts, or under thirty.
        const bool exact = figure.method == "clopper" || figure.small || figure.numerator <= 0 ||
                           figure.numerator >= figure.denominator;
        figure.method = exact ? "clopper" : "wilson";
        interval =
            exact ? ClopperPearson(figure.numerator, figure.denominator) : Wilson(figure.numerator, figure.denominator);
        interval->low *= 100;
        interval->high *= 100;
      }
      break;
    case Sum::kMedian:
      if (values.empty()) break;
      figure.value = (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
      interval = MedianByOrder(values);
      break;
    case Sum::kMean:
      if (!values.empty()) figure.value = figure.numerator / static_cast<double>(values.size());
      break;
  }
  if (interval) {
    figure.low = interval->low;
    figure.high = interval->high;
  }
  return figure;
}

}  // namespace zhian::governance
