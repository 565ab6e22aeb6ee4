// Guards and effects of credit records and listings 嚴重違法失信名單.
#include <algorithm>

#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "records/credit.hpp"

namespace zhian::guards {
using namespace procedure;

namespace {
bool InForce(const Matter& matter) { return matter.state == "executing" || matter.state == "closed"; }
}  // namespace

GuardResult penalty_decision_is_in_force(const GuardContext& context) {
  const auto cases = Related(context, "enforcement_case", 2);
  // The move that starts a listing is the service of the decision itself.
  return GuardResult::From(std::any_of(cases.begin(), cases.end(), InForce), "没有已送达且有效的处罚决定");
}

GuardResult heavy_penalty_precondition_is_met(const GuardContext& context) {
  using Ground = records::CreditListing::HeavyGround;
  ZHIAN_ASSIGN(const auto listing, records::CreditListing::Read(context.matter));
  if (listing.heavy_ground == Ground::kAbsent) return GuardResult::Fails("选择较重处罚的种类");
  if (listing.heavy_ground != Ground::kHeavyFine) return GuardResult::Holds();
  for (const Matter& matter : Related(context, "enforcement_case", 2))
    if (matter.Field("discretion") == "heavier") return GuardResult::Holds();
  return GuardResult::Fails("处罚决定没有按从重裁量，不构成较重处罚");
}

GuardResult basis_decision_was_overturned(const GuardContext& context) {
  for (const Matter& matter : Related(context, "enforcement_case", 2))
    if (matter.state == "dropped") return GuardResult::Holds();
  return GuardResult::Fails("依据的处罚决定仍然有效");
}

GuardResult listing_term_is_over(const GuardContext& context) {
  const DutyRow* term = LastDuty(context, "end_listing");
  return GuardResult::From(term != nullptr && term->limit_at && *term->limit_at < context.now.ms, "列入期尚未届满");
}

GuardResult linked_repair_is_granted(const GuardContext& context) {
  for (const Matter& repair : Linked(context, "credit_repair"))
    if (repair.state == "granted" || repair.state == "repaired") return GuardResult::Holds();
  return GuardResult::Fails("没有已准予的信用修复");
}

}  // namespace zhian::guards

namespace zhian::effects {
// credit:x 信用記錄: one row on the operator's file, with the matter that it comes from.
Status credit(procedure::EffectContext& context) {
  if (context.matter.operator_id.empty()) return Ok();
  const std::string id = base::NewUuid7(context.now);
  ZHIAN_TRY(context.db.Execute(
      "INSERT INTO credit_record (district, id, operator_id, matter_id, kind, at) VALUES ($d,$1,$2,$3,$4,$5)",
      {id, context.matter.operator_id, context.matter.id, context.argument, context.now.ms}));
  context.written.emplace_back("credit_record", id);
  return Ok();
}
}  // namespace zhian::effects
