// Guards and effects of recalls and trace gaps: what is computed cannot be typed.
#include <algorithm>
#include <cmath>

#include "base/shown.hpp"
#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/traceability/graph/trace.hpp"
#include "rooms/traceability/recall/recall.hpp"
#include "rooms/traceability/store/holdings.hpp"

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
      if (!holding.origin && (holding.quantity > 0 || holding.status == "sold_to_consumer_evidenced"))
        return GuardResult::Holds();
  }
  return GuardResult::Fails("追溯没有发现场所之外的持有或已售出的货物");
}

namespace {
// What no approved exception covers.
GuardResult Rest(const GuardContext& context, const char* gate, const std::vector<Message>& open) {
  const auto rest = Uncovered(context.matter, gate, open, context.today);
  return {rest.empty(), rest};
}
}  // namespace

GuardResult holdings_are_all_resolved(const GuardContext& context) {
  return Rest(context, "R2", traceability::OpenHoldings(context));
}

GuardResult holdings_are_all_resolved_or_under_recall(const GuardContext& context) {
  for (const Matter& recall : Linked(context, "recall"))
    if (recall.state != "suspected" && recall.state != "not_needed") return GuardResult::Holds();
  return holdings_are_all_resolved(context);
}

GuardResult notice_covers_every_consignee_and_the_public(const GuardContext& context) {
  return scope_is_computed(context).holds
             ? GuardResult::From(!context.matter.Field("notice_text").empty(), "填写公告内容")
             : scope_is_computed(context);
}

GuardResult quantities_are_in_one_unit(const GuardContext& context) {
  // A person writes the symbol that he sees; captured movements bear the code.
  const auto symbol = [](const std::string& code) { return base::UnitSymbol(code, Language::kSimplified); };
  const std::string unit = symbol(context.matter.Field("balance_unit"));
  for (const std::string& lot : traceability::LotsOf(context.matter)) {
    const auto answer = traceability::Trace(context.db, lot, Direction::kForward);
    if (answer.ok() && !answer->unit.empty() && symbol(answer->unit) != unit)
      return GuardResult::Fails(Say("批次 {} 以 {} 计，请统一为同一单位", base::LotNumber(lot), symbol(answer->unit)));
  }
  return GuardResult::From(!unit.empty(), "填写计量单位");
}

GuardResult recall_quantity_is_balanced(const GuardContext& context) {
  return Rest(context, "R1", traceability::OpenBalance(context));
}

GuardResult contacts_are_all_answered_or_searched(const GuardContext& context) {
  return Rest(context, "R3", traceability::OpenContacts(context));
}

GuardResult checked_consignees_were_drawn(const GuardContext& context) {
  const auto sample = traceability::EffectSampleOf(context);
  if (sample.drawn.empty()) return GuardResult::Fails("追溯没有找到收货方，无从抽查");
  GuardResult result;
  const auto* checks = context.input.if_contains("effect_checks");
  if (checks == nullptr || !checks->is_array()) return result;  // asked before the form is filled
  for (const auto& row : checks->get_array())
    if (const std::string name = Cell(row, "consignee");
        std::find(sample.drawn.begin(), sample.drawn.end(), name) == sample.drawn.end()) {
      result.holds = false;
      result.open_items.push_back(Say("“{}”不在抽中的收货方之内", name));
    }
  return result;
}

GuardResult cause_is_corrected(const GuardContext& context) {
  return Rest(context, "R4", traceability::OpenCause(context));
}

// Exceptions of a recall: one holding or share at a time.
namespace {
std::string GateOf(const GuardContext& context) { return ScalarText(context.input.if_contains("recall_gate")); }
}  // namespace

GuardResult recall_exception_is_well_founded(const GuardContext& context) {
  const std::string gate = GateOf(context), wanted = ScalarText(context.input.if_contains("exception_item"));
  int named = 0;
  for (const auto& open : traceability::OpenGatesOf(context))
    if (open.gate == gate)
      for (const Message& item : open.open) named += item.Text().find(wanted) != std::string::npos;
  if (named == 0) return GuardResult::Fails("没有这样的未查清事项，请按列出的事项填写");
  if (named > 1) return GuardResult::Fails("一次只能为一处持有或一份数量申请例外，请写得更具体");
  if (ExceptionUnderWay(context.matter, gate) != nullptr) return GuardResult::Fails("这一关已有例外在办理");
  if (Message fault = ReviewDateFault(context); !fault.empty()) return GuardResult::Fails(std::move(fault));
  return GuardResult::Holds();
}

GuardResult recall_exception_waits_for_an_opinion(const GuardContext& context) {
  return MayGiveOpinion(context, GateOf(context));
}

GuardResult recall_exception_waits_for_a_decision(const GuardContext& context) {
  const auto* record = ExceptionUnderWay(context.matter, GateOf(context));
  return GuardResult::From(record != nullptr && Cell(*record, "state") == "opined", "这一关没有等待决定的例外");
}

GuardResult recall_exception_may_be_approved(const GuardContext& context) {
  GuardResult result = MayDecide(context, GateOf(context));
  if (!result.holds || context.matter.Field("level") != "1") return result;
  const bool upper = std::any_of(context.actor.roles.begin(), context.actor.roles.end(),
                                 [](const HeldRole& held) { return held.role == "upper_authority"; });
  if (!upper) return GuardResult::Fails("一级召回的例外由上级机关批准");
  const auto notices = Related(context, "publication", 1);
  return GuardResult::From(
      std::any_of(notices.begin(), notices.end(),
                  [](const Matter& notice) { return notice.state == "published" || notice.state == "ended"; }),
      "一级召回须先发布公告或警示，才能例外");
}

GuardResult gap_exceeds_the_tolerance(const GuardContext& context) {
  const std::string kind = context.matter.Field("gap_kind");
  if (kind == "over_returned")
    return GuardResult::From(context.origin != nullptr && context.origin->kind == "recall", "由召回的总结计算得出");
  if (kind == "missing_receipt" || kind == "missing_shipment" || kind == "unknown_source") return GuardResult::Holds();
  const double tolerance = traceability::ToleranceOn(context.services.policy, context.today);
  const auto answer = traceability::Trace(context.db, context.matter.Field("gap_item"), Direction::kForward);
  if (!answer.ok()) return GuardResult::Fails(answer.error().message);
  for (const auto& gap : answer->gaps)
    for (const Holding& holding : answer->holdings)
      if (gap.place == holding.place && gap.quantity > tolerance * std::max(1e-9, holding.quantity))
        return GuardResult::Holds();
  return GuardResult::Fails("追溯没有发现超出容差的缺口");
}

GuardResult engine_finds_the_gap_closed(const GuardContext& context) {
  if (context.matter.Field("gap_kind") == "over_returned") {
    for (const Matter& recall : Linked(context, "recall")) {
      const auto history = LoadTransitions(context.db, recall.id);
      if (!history.ok()) return GuardResult::Fails("其他案件未能查清，请稍后再试");
      const GuardContext view{context.db,
                              context.services,
                              context.now,
                              context.today,
                              *FindKind("recall"),
                              recall,
                              context.transition,
                              context.actor,
                              context.input,
                              *history,
                              {},
                              nullptr};
      const auto balance = traceability::ComputeBalance(view);
      if (traceability::IsOverReturned(balance, traceability::LimitsOf(view)))
        return GuardResult::Fails(
            Say("收回多于生产 {}，须查是否有未申报的生产或范围错误", base::ShortNumber(-balance.U, 3)));
    }
    return GuardResult::Holds();
  }
  const auto answer = traceability::Trace(context.db, context.matter.Field("gap_item"), Direction::kBoth);
  if (!answer.ok()) return GuardResult::Fails(answer.error().message);
  for (const auto& gap : answer->gaps)
    if (gap.kind == context.matter.Field("gap_kind") &&
        (context.matter.Field("gap_place").empty() || gap.place == context.matter.Field("gap_place")))
      return GuardResult::Fails(gap.text);
  return GuardResult::Holds();
}

}  // namespace zhian::guards

namespace zhian::effects {
using procedure::EffectContext;

namespace {
Status HoldAll(EffectContext& context, bool held) {
  for (const std::string& lot : traceability::LotsOf(context.matter))
    ZHIAN_TRY(traceability::HoldLot(context.db, lot, held));
  return Ok();
}
}  // namespace

Status hold_lots(EffectContext& context) { return HoldAll(context, true); }

Status free_lots(EffectContext& context) {
  // A lot that another open matter still holds stays held: freeing is the last one's.
  const auto related = procedure::LoadRelated(context.db, context.matter.id, "", 4);
  if (!related.ok()) return related.error();
  for (const auto& other : *related) {
    if (other.terminal || (other.kind != "recall" && other.kind != "disposal" && other.kind != "coercive_measure" &&
                           (other.kind != "incoming_refusal" || other.state != "held")))
      continue;
    for (const std::string& lot : traceability::LotsOf(context.matter)) {
      const auto theirs = traceability::LotsOf(other);
      if (std::find(theirs.begin(), theirs.end(), lot) != theirs.end()) return Ok();
    }
  }
  return HoldAll(context, false);
}

Status stop_product_sale(EffectContext& context) { return HoldAll(context, true); }

namespace {
std::string Given(const EffectContext& context, const char* field) {
  return procedure::ScalarText(context.input.if_contains(field));
}
}  // namespace
Status set_recall_exception_asked(EffectContext& context) {
  std::vector<Message> named;
  for (const auto& gate : traceability::OpenGatesOf(ViewOf(context)))
    if (gate.gate == Given(context, "recall_gate"))
      for (const Message& item : gate.open)
        if (item.Text().find(Given(context, "exception_item")) != std::string::npos) named.push_back(item);
  return procedure::WriteAsked(context, Given(context, "recall_gate"), named);
}
Status set_recall_exception_opinion(EffectContext& context) {
  return procedure::WriteOpinion(context, Given(context, "recall_gate"));
}
Status set_recall_exception_approved(EffectContext& context) {
  return procedure::WriteDecision(context, Given(context, "recall_gate"), true);
}
Status set_recall_exception_refused(EffectContext& context) {
  return procedure::WriteDecision(context, Given(context, "recall_gate"), false);
}

}  // namespace zhian::effects
