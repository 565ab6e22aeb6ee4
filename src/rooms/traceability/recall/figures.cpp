// How the figures of traces, recalls and the goods book are counted; their words stand in figures.tsv.
#include "rooms/traceability/recall/figures.hpp"

#include <initializer_list>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "figures/sql.hpp"
#include "procedure/guard_tools.hpp"
#include "records/traceability.hpp"

namespace zhian::traceability {
using namespace figures;
using procedure::Matter;

namespace {

// The last summary that was known at the instant; its quantities are those of the balance.
Result<records::Recall> Summary(storage::Connection& db, const FigureQuestion& question, const std::string& id) {
  records::Recall summary;
  ZHIAN_ASSIGN(const auto history, procedure::LoadHistory(db, id));
  for (const auto& row : history)
    if (row.action == "submit_summary" && row.at <= question.as_of.ms) {
      ZHIAN_ASSIGN(summary, records::Recall::ReadFields(row.input));
    }
  return summary;
}
// A sum of what was stated; what was not counts nothing.
Result<base::Decimal> SumOf(std::initializer_list<std::optional<base::Decimal>> amounts) {
  base::Decimal sum;
  for (const auto& amount : amounts) {
    ZHIAN_ASSIGN(sum, sum.Plus(amount.value_or(base::Decimal())));
  }
  return sum;
}

Status Effective(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const auto s, Summary(db, question, record.id));
  ZHIAN_ASSIGN(const auto taken, SumOf({s.q_recovered, s.q_destroyed, s.q_corrected}));
  ZHIAN_ASSIGN(const auto kept, SumOf({s.q_stock, s.q_consumed}));
  ZHIAN_ASSIGN(const auto left_the_house, s.q_produced.value_or(base::Decimal()).Minus(kept));
  record.n = taken.Estimate();
  record.d = left_the_house.Estimate();
  return Ok();
}

Status Unaccounted(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const auto s, Summary(db, question, record.id));
  const base::Decimal produced = s.q_produced.value_or(base::Decimal());
  ZHIAN_ASSIGN(const auto known,
               SumOf({s.q_stock, s.q_recovered, s.q_destroyed, s.q_corrected, s.q_consumed, s.q_estimated, s.q_loss}));
  ZHIAN_ASSIGN(const auto rest, produced.Minus(known));
  record.d = produced.Estimate();
  record.n = rest.Magnitude().Estimate();
  return Ok();
}

Status Contacted(storage::Connection& db, const FigureQuestion& question, FigureRecord& record) {
  ZHIAN_ASSIGN(const auto history, procedure::LoadHistory(db, record.id));
  std::set<std::string> asked, answered;
  for (const auto& row : history) {
    if (row.action != "report_progress" || row.at > question.as_of.ms) continue;
    ZHIAN_ASSIGN(const auto form, records::Recall::ReadFields(row.input));
    using Answer = records::Recall::ProgressRow::Answer;
    for (const auto& each : form.progress) {
      asked.insert(each.consignee);
      if (each.answer == Answer::kAnswered) answered.insert(each.consignee);
    }
  }
  // What the holders answered themselves to the notices of the recall.
  ZHIAN_ASSIGN(const auto linked,
               procedure::LoadLinked(db, record.id, records::ConsigneeNotice::kKind, procedure::kWholeMax));
  if (linked.cut)  // a share of a part would be another figure
    return MakeError(ErrorCode::kUnavailable, Say("关联事项超过 {} 个，未能全部读出", procedure::kWholeMax));
  for (const Matter& notice : linked) {
    if (notice.opened_at > question.as_of.ms) continue;
    ZHIAN_ASSIGN(const auto told, records::ConsigneeNotice::Read(notice));
    asked.insert(told.holder_name);
    ZHIAN_ASSIGN(const auto steps, procedure::LoadHistory(db, notice.id));
    for (const auto& step : steps)
      if (step.action == "answer" && step.at <= question.as_of.ms) answered.insert(told.holder_name);
  }
  record.n = static_cast<double>(answered.size());
  record.d = static_cast<double>(asked.size());
  return Ok();
}
}  // namespace

std::span<const Query> Figures() {
  static const std::vector<Query> kQueries = [] {
    std::vector<Query> q;
    q.push_back({"T04", Sum::kRate, Timeliness("x.kind='trace_gap' AND x.duty='answer_gap'")});
    q.push_back({"T06", Sum::kRate, Timeliness("x.kind='recall' AND x.duty='start_recall'")});
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
    q.push_back({"T07", Sum::kRate, Moves(Is("recall", "close_recall"), "1"), &Effective});
    q.push_back({"T08", Sum::kRate, Moves(Is("recall", "close_recall"), "1"), &Unaccounted});
    q.push_back({"T09", Sum::kRate, Moves(Is("recall", "publish_notice"), "1"), &Contacted});
    return q;
  }();
  return kQueries;
}

}  // namespace zhian::traceability
