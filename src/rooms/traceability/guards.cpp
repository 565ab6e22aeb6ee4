// Guards and effects of recalls and trace gaps: what is computed cannot be typed.
#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/traceability/recall.hpp"
#include "rooms/traceability/trace.hpp"

namespace zhian::guards {
using namespace procedure;
using traceability::Direction;
using traceability::Holding;

GuardResult scope_is_computed(const GuardContext& context) {
  const auto lots = traceability::LotsOf(context.matter);
  if (lots.empty()) return GuardResult::Fails("没有指明批次");
  GuardResult result;
  for (const std::string& lot : lots) {
    const auto answer = traceability::Trace(context.db, lot, Direction::kForward);
    if (!answer.ok()) {
      result.holds = false;
      result.open_items.push_back(answer.error().message);
    } else if (answer->reached_limit) {
      result.holds = false;
      result.open_items.push_back(Say("批次 {} 的范围超过上限，须分批计算", lot));
    }
  }
  return result;
}

GuardResult recall_is_needed(const GuardContext& context) {
  for (const std::string& lot : traceability::LotsOf(context.matter)) {
    const auto answer = traceability::Trace(context.db, lot, Direction::kForward);
    if (!answer.ok()) continue;
    for (const Holding& holding : answer->holdings)
      if (!holding.origin && (holding.quantity > 0 || holding.status == "sold_to_consumer_evidenced")) return GuardResult::Holds();
  }
  return GuardResult::Fails("追溯没有发现场所之外的持有或已售出的货物");
}

GuardResult holdings_are_all_resolved(const GuardContext& context) {
  GuardResult result;
  for (const std::string& lot : traceability::LotsOf(context.matter)) {
    const auto answer = traceability::Trace(context.db, lot, Direction::kForward);
    if (!answer.ok()) {
      result.holds = false;
      result.open_items.push_back(answer.error().message);
      continue;
    }
    for (const Holding& holding : answer->holdings)
      if (!holding.resolved) {
        result.holds = false;
        result.open_items.push_back(Say("{} 尚有 {} {} 未查明", holding.place_name, base::ShortNumber(holding.quantity, 3), answer->unit));
      }
    for (const auto& gap : answer->gaps) {
      result.holds = false;
      result.open_items.push_back(gap.text);
    }
  }
  return result;
}

GuardResult holdings_are_all_resolved_or_under_recall(const GuardContext& context) {
  for (const Matter& recall : Linked(context, "recall"))
    if (recall.state != "suspected" && recall.state != "not_needed") return GuardResult::Holds();
  return holdings_are_all_resolved(context);
}

GuardResult notice_covers_every_consignee_and_the_public(const GuardContext& context) {
  return scope_is_computed(context).holds ? GuardResult::From(!context.matter.Field("notice_text").empty(), "填写公告内容") : scope_is_computed(context);
}

GuardResult quantities_are_in_one_unit(const GuardContext& context) {
  const std::string unit = context.matter.Field("balance_unit");
  for (const std::string& lot : traceability::LotsOf(context.matter)) {
    const auto answer = traceability::Trace(context.db, lot, Direction::kForward);
    if (answer.ok() && !answer->unit.empty() && answer->unit != unit) return GuardResult::Fails(Say("批次 {} 以 {} 计，请统一为同一单位", lot, answer->unit));
  }
  return GuardResult::From(!unit.empty(), "填写计量单位");
}

GuardResult recall_quantity_is_balanced(const GuardContext& context) {
  const auto balance = traceability::ComputeBalance(context);
  return {balance.balanced, balance.open_items};
}

GuardResult contacts_are_all_answered_or_searched(const GuardContext& context) {
  GuardResult result;
  const double attempts = context.services.policy.Number("recall.contact.attempts", context.today).value_or(3);
  for (const auto& row : Items(context.matter, "progress"))
    if (Cell(row, "answer") != "answered" && NumberOf(row, "attempts") < attempts) {
      result.holds = false;
      result.open_items.push_back(Say("{} 没有答复，联系不足 {} 次", Cell(row, "consignee"), base::ShortNumber(attempts, 3)));
    }
  for (const std::string& lot : traceability::LotsOf(context.matter)) {
    const auto answer = traceability::Trace(context.db, lot, Direction::kForward);
    if (!answer.ok()) continue;
    for (const Holding& holding : answer->holdings) {
      if (holding.origin || holding.layer < 1) continue;
      const auto& progress = Items(context.matter, "progress");
      if (std::none_of(progress.begin(), progress.end(), [&](const auto& row) { return Cell(row, "consignee") == holding.place_name; })) {
        result.holds = false;
        result.open_items.push_back(Say("收货方 {} 没有联系记录", holding.place_name));
      }
    }
  }
  return result;
}

GuardResult cause_is_corrected(const GuardContext& context) {
  for (const Matter& rectification : Related(context, "rectification", 3))
    if (rectification.state == "struck_off") return GuardResult::Holds();
  return GuardResult::Fails("没有已销号的整改");
}

GuardResult gap_exceeds_the_tolerance(const GuardContext& context) {
  const std::string kind = context.matter.Field("gap_kind");
  if (kind == "missing_receipt" || kind == "missing_shipment" || kind == "unknown_source") return GuardResult::Holds();
  const double tolerance = context.services.policy.Number("trace.tolerance", context.today).value_or(1) / 100;
  const auto answer = traceability::Trace(context.db, context.matter.Field("gap_item"), Direction::kForward);
  if (!answer.ok()) return GuardResult::Fails(answer.error().message);
  for (const auto& gap : answer->gaps)
    for (const Holding& holding : answer->holdings)
      if (gap.place == holding.place && gap.quantity > tolerance * std::max(1e-9, holding.quantity)) return GuardResult::Holds();
  return GuardResult::Fails("追溯没有发现超出容差的缺口");
}

GuardResult engine_finds_the_gap_closed(const GuardContext& context) {
  const auto answer = traceability::Trace(context.db, context.matter.Field("gap_item"), Direction::kBoth);
  if (!answer.ok()) return GuardResult::Fails(answer.error().message);
  for (const auto& gap : answer->gaps)
    if (gap.kind == context.matter.Field("gap_kind") && (context.matter.Field("gap_place").empty() || gap.place == context.matter.Field("gap_place"))) return GuardResult::Fails(gap.text);
  return GuardResult::Holds();
}

}  // namespace zhian::guards

namespace zhian::effects {
using procedure::EffectContext;

namespace {
Status HoldAll(EffectContext& context, bool held) {
  for (const std::string& lot : traceability::LotsOf(context.matter)) ZHIAN_TRY(traceability::HoldLot(context.db, lot, held));
  return Ok();
}
}  // namespace

Status hold_lots(EffectContext& context) { return HoldAll(context, true); }

Status free_lots(EffectContext& context) {
  // A lot that another open matter still holds stays held: freeing is the last one's.
  const auto related = procedure::LoadRelated(context.db, context.matter.id, "", 4);
  if (!related.ok()) return related.error();
  for (const auto& other : *related) {
    if (other.terminal || (other.kind != "recall" && other.kind != "disposal" && other.kind != "coercive_measure")) continue;
    for (const std::string& lot : traceability::LotsOf(context.matter)) {
      const auto theirs = traceability::LotsOf(other);
      if (std::find(theirs.begin(), theirs.end(), lot) != theirs.end()) return Ok();
    }
  }
  return HoldAll(context, false);
}

Status stop_product_sale(EffectContext& context) { return HoldAll(context, true); }

}  // namespace zhian::effects
