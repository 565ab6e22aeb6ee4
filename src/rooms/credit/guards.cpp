// Guards and effects of credit records and listings 嚴重違法失信名單.
#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "records/credit.hpp"

namespace zhian::guards {
using namespace procedure;

namespace {

// What the room of cases says of a decision: its rows, whether it is served, disputed, or was taken back after service.
Result<boost::json::object> DecisionOf(const GuardContext& context, const Matter& decided) {
  ZHIAN_ASSIGN(auto answer, context.Ask("case.decision", {{"case", decided.id}}));
  if (!answer.is_object()) return MakeError(ErrorCode::kUnavailable, "处罚决定未能读取");
  return std::move(answer.get_object());
}
bool Says(const boost::json::object& decision, const char* what) {
  const auto* value = decision.if_contains(what);
  return value != nullptr && value->is_bool() && value->get_bool();
}
bool Imposes(const boost::json::object& decision, std::string_view kind) {
  const auto* rows = base::ArrayAt(decision, "penalties");
  return rows != nullptr &&
         std::any_of(rows->begin(), rows->end(), [&](const auto& row) { return Cell(row, "kind") == kind; });
}
// The cases on which this rests, of this operator.
std::vector<Matter> CasesOf(const GuardContext& context) {
  std::vector<Matter> cases = RelatedBy(context, "case", 2);
  const std::string& party = context.matter.operator_id;
  std::erase_if(cases, [&](const Matter& one) {
    return one.Has("voided") || (!party.empty() && !one.operator_id.empty() && one.operator_id != party);
  });
  return cases;
}
bool InForce(const Matter& decided) { return Means(decided, Meaning::kInForce) && !decided.Has("disputed"); }

}  // namespace

GuardResult penalty_decision_is_in_force(const GuardContext& context) {
  // A permit is taken by a decision that takes it; what follows from any penalty asks only that there is one.
  static constexpr std::pair<std::string_view, std::string_view> kConsequences[] = {{"revoke", "revocation"},
                                                                                    {"suspend_permit", "suspension"}};
  for (const Matter& decided : CasesOf(context)) {
    if (!InForce(decided)) continue;  // the move that starts a listing is the service of the decision itself
    ZHIAN_ASSIGN(const auto decision, DecisionOf(context, decided));
    const auto wanted = std::find_if(std::begin(kConsequences), std::end(kConsequences),
                                     [&](const auto& one) { return one.first == context.transition.action; });
    if (wanted == std::end(kConsequences) || Imposes(decision, wanted->second)) return GuardResult::Holds();
  }
  return GuardResult::Fails("没有已送达且有效的处罚决定");
}

GuardResult heavy_penalty_precondition_is_met(const GuardContext& context) {
  using Ground = records::CreditListing::HeavyGround;
  ZHIAN_ASSIGN(const auto listing, records::CreditListing::Read(context.matter));
  if (listing.heavy_ground == Ground::kAbsent) return GuardResult::Fails("选择较重处罚的种类");
  bool fined = false;
  for (const Matter& decided : CasesOf(context)) {
    if (!InForce(decided)) continue;
    ZHIAN_ASSIGN(const auto decision, DecisionOf(context, decided));
    if (listing.heavy_ground == Ground::kHeavyFine) {
      fined |= Imposes(decision, "fine");
      if (Imposes(decision, "fine") && Shown(decided, "discretion") == "heavier") return GuardResult::Holds();
    } else if (Imposes(decision, Name(listing.heavy_ground))) {
      return GuardResult::Holds();
    }
  }
  return GuardResult::Fails(fined ? Message("处罚决定没有按从重裁量，不构成较重处罚")
                                  : Message("处罚决定没有作这一种处罚，不构成较重处罚"));
}

GuardResult basis_decision_was_overturned(const GuardContext& context) {
  // What the listing rests on hangs on it directly; a case behind another matter is another story.
  bool any = false;
  for (const Matter& decided : LinkedBy(context, "case")) {
    if (!context.matter.operator_id.empty() && !decided.operator_id.empty() &&
        decided.operator_id != context.matter.operator_id)
      continue;
    ZHIAN_ASSIGN(const auto decision, DecisionOf(context, decided));
    if (!Says(decision, "taken_back")) return GuardResult::Fails("依据的处罚决定仍然有效");
    any = true;
  }
  return GuardResult::From(any, "依据的处罚决定仍然有效");
}

GuardResult listing_term_is_over(const GuardContext& context) {
  const DutyRow* term = LastDuty(context, "end_listing");
  return GuardResult::From(term != nullptr && term->limit_at && *term->limit_at < context.now.ms, "列入期尚未届满");
}

GuardResult linked_repair_is_granted(const GuardContext& context) {
  const auto repairs = Linked(context, "credit_repair");
  if (std::none_of(repairs.begin(), repairs.end(),
                   [](const Matter& repair) { return repair.state == "granted" || repair.state == "repaired"; }))
    return GuardResult::Fails("没有已准予的信用修复");
  // Nobody leaves the list before the least time on it, whatever was repaired.
  const TransitionRow* listed = nullptr;
  for (const TransitionRow& row : context.history)
    if (row.action == "list" || row.action == "restore_listing") listed = &row;
  if (listed == nullptr) return GuardResult::Fails("没有列入的记录");
  const base::Instant since{listed->at};
  const auto* rule = context.services.policy.Find("blacklist.early", base::LocalDate(since));
  if (rule == nullptr) return GuardResult::Fails("规则包中没有列入当日的最短期限");
  const auto least = policy::ComputeDeadline(*rule, since, context.services.policy.calendar());
  return GuardResult::From(least.ok() && least->limit_at.ms < context.now.ms,
                           Say("列入不满 {}，不能提前移出", rule->value_text));
}

}  // namespace zhian::guards

namespace zhian::effects {
namespace {
// The operator on whose file the record is written: the matter's own, save that a refusal is the supplier's. A supplier
// who is not on file, or whose name several have, gets no record; the shop that refused gets none in his place.
Result<std::string> WhoseRecord(const procedure::EffectContext& context) {
  if (context.argument != "supplier_refused") return context.matter.operator_id;
  ZHIAN_ASSIGN(const auto rows,
               context.db.Query("SELECT id FROM operator WHERE district=$d AND (id=$1 OR name=$2) ORDER BY id LIMIT 2",
                                {context.matter.Field("supplier"), context.matter.Field("supplier_name")}));
  return rows.size() == 1 ? rows.front().text(0) : std::string();
}
}  // namespace

// credit:x 信用記錄: one row on the operator's file, with the matter that it comes from. credit:removed takes the bad
// ones of its matter away: the file shows the removal in their place.
Status credit(procedure::EffectContext& context) {
  ZHIAN_ASSIGN(const std::string whose, WhoseRecord(context));
  if (whose.empty()) return Ok();
  const std::string id = base::NewUuid7(context.now);
  ZHIAN_TRY(context.db.Execute(
      "INSERT INTO credit_record (district, id, operator_id, matter_id, kind, at) VALUES ($d,$1,$2,$3,$4,$5)",
      {id, whose, context.matter.id, context.argument, context.now.ms}));
  context.written.emplace_back("credit_record", id);
  return Ok();
}
}  // namespace zhian::effects
