// hold:lots, free:lots, stop:product.sale: a step makes or ends the holds of its own matter, and says what it could not
// hold.
#include <algorithm>

#include "procedure/guard_tools.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/holds.hpp"

namespace zhian::effects {
using namespace procedure;
namespace json = boost::json;
namespace trace = traceability;

namespace {

void AddLot(std::vector<std::string>& lots, std::string lot) {
  if (!lot.empty() && std::find(lots.begin(), lots.end(), lot) == lots.end()) lots.push_back(std::move(lot));
}

// The lots of the list that this step brings; of the record where it brings none. What was given back or destroyed is
// not held.
struct StepLots {
  std::vector<std::string> lots;
  bool listed = false;  // the step itself says what it is about
};
StepLots LotsOfStep(const EffectContext& context) {
  StepLots step;
  for (const char* list : {"lots", "goods"}) {
    const auto* rows = context.input.if_contains(list);
    if (rows == nullptr || !rows->is_array()) continue;
    step.listed = true;
    for (const auto& row : rows->get_array()) {
      const std::string outcome = Cell(row, "outcome");
      if (outcome != "returned" && outcome != "destroyed") AddLot(step.lots, Cell(row, "lot"));
    }
  }
  if (!step.listed) step.lots = trace::LotsOf(context.matter);
  return step;
}

// A firm's own step reaches what the firm has; only its producer stops a lot everywhere. The authority's reaches all.
bool IsOfTheFirm(const EffectContext& context) {
  const auto& roles = context.actor.roles;
  if (!context.actor.system)
    return std::none_of(roles.begin(), roles.end(), [](const HeldRole& held) { return held.operator_id.empty(); });
  return std::any_of(context.transition.who.begin(), context.transition.who.end(),
                     [](Text role) { return Has(role, RoleMark::kOwn); });
}

// What a person reads beside the step, and the ledger keeps: the kernel hands it over as work left to do by hand.
void SayThat(EffectContext& context, const Message& what) {
  json::value& said = context.computed["said"];
  if (!said.is_array()) said = json::array{};
  said.get_array().push_back(json::value(json::serialize(ToJson(what))));
}

Status HoldAs(EffectContext& context, const char* ground) {
  auto hold = [&](const trace::NamedLot& named) -> Status {
    const bool own = IsOfTheFirm(context) && named.producer_id != context.matter.operator_id;
    ZHIAN_ASSIGN(const std::string id, trace::PutHold(context.db, {.item = named.item,
                                                                   .producer_id = named.producer_id,
                                                                   .matter_id = context.matter.id,
                                                                   .ground = ground,
                                                                   .step = std::string(context.transition.action),
                                                                   .at_operator = own ? context.matter.operator_id : "",
                                                                   .at = context.now}));
    if (!id.empty()) context.written.emplace_back(std::string(trace::kHoldTable), id);
    return Ok();
  };
  const auto [lots, listed] = LotsOfStep(context);
  for (const std::string& lot : lots) {
    ZHIAN_ASSIGN(const auto named, trace::LotMeant(context.db, context.matter, lot));
    if (named.item.empty())
      SayThat(context, Say("{}，系统内没有封存", named.why));
    else
      ZHIAN_TRY(hold(named));
  }
  if (!lots.empty()) return Ok();
  // A matter that names no lots of its own takes over what the matters behind it hold: goods that are handed over.
  bool any = false;
  ZHIAN_ASSIGN(const auto related, listed ? Page<Matter>{} : LoadRelated(context.db, context.matter.id, "", 2));
  if (related.cut) return MakeError(ErrorCode::kUnavailable, "关联的事项过多，未能读全");
  for (const Matter& other : related) {
    ZHIAN_ASSIGN(const auto items, trace::HeldBy(context.db, other.id));
    for (const std::string& item : items) {
      ZHIAN_ASSIGN(const auto named, trace::LotMeant(context.db, context.matter, item));
      ZHIAN_TRY(hold(named));
      any = true;
    }
  }
  if (!any) SayThat(context, "没有写明批次，系统内没有封存任何批次");
  return Ok();
}

}  // namespace

Status hold_lots(EffectContext& context) { return HoldAs(context, "kept"); }
Status stop_product_sale(EffectContext& context) { return HoldAs(context, "sale"); }

// Only its own: what others hold stays held by them.
Status free_lots(EffectContext& context) {
  ZHIAN_ASSIGN(const auto ended,
               trace::EndHolds(context.db, context.matter.id, context.transition.action, context.now));
  for (const std::string& id : ended) context.written.emplace_back(std::string(trace::kHoldTable), id);
  return Ok();
}

}  // namespace zhian::effects
