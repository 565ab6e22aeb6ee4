// Guards and effects of recalls and trace gaps: what is computed cannot be typed.
#include <algorithm>
#include <cmath>

#include "base/shown.hpp"
#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "records/guard_fields.hpp"
#include "records/traceability.hpp"
#include "rooms/traceability/graph/trace.hpp"
#include "rooms/traceability/recall/recall.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::guards {
using namespace procedure;
using records::Recall;
using records::TraceGap;
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
      if (!holding.origin && (holding.quantity.sign() > 0 || holding.status == "sold_to_consumer_evidenced"))
        return GuardResult::Holds();
  }
  return GuardResult::Fails("追溯没有发现场所之外的持有或已售出的货物");
}

namespace {
// What no approved exception covers.
GuardResult Rest(const GuardContext& context, const char* gate, const std::vector<KeyedItem>& open) {
  const auto rest = Uncovered(context.matter, gate, open, context.today);
  return {rest.empty(), rest};
}
}  // namespace

GuardResult holdings_are_all_resolved(const GuardContext& context) {
  return Rest(context, "R2", traceability::OpenHoldings(context));
}

// A lot that a recall under way names is that recall's; one that has ended looks after nothing any more.
GuardResult holdings_are_all_resolved_or_under_recall(const GuardContext& context) {
  std::vector<std::string> left = traceability::LotsOf(context.matter);
  if (left.empty()) return holdings_are_all_resolved(context);
  for (const Matter& recall : Linked(context, "recall")) {
    if (recall.terminal || Means(recall, Meaning::kSuspected)) continue;
    const std::vector<std::string> named = traceability::LotsOf(recall);
    std::erase_if(left,
                  [&](const std::string& lot) { return std::find(named.begin(), named.end(), lot) != named.end(); });
  }
  return left.empty() ? GuardResult::Holds() : Rest(context, "R2", traceability::OpenHoldingsOf(context, left));
}

GuardResult notice_covers_every_consignee_and_the_public(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto recall, Recall::Read(context.matter));
  GuardResult scope = scope_is_computed(context);
  return scope.holds ? GuardResult::From(!recall.notice_text.empty(), "填写公告内容") : scope;
}

GuardResult quantities_are_in_one_unit(const GuardContext& context) {
  const auto symbol = [](const std::string& code) { return base::UnitSymbol(code, Language::kSimplified); };
  ZHIAN_ASSIGN(const auto recall, Recall::Read(context.matter));
  if (recall.balance_unit.empty()) return GuardResult::Fails("填写计量单位");
  for (const std::string& lot : traceability::LotsOf(context.matter)) {
    const auto answer = traceability::Trace(context.db, lot, Direction::kForward);
    if (!answer.ok() && answer.error().code != ErrorCode::kNotFound) return answer.error();
    if (answer.ok() && !answer->unit.empty() && symbol(answer->unit) != symbol(recall.balance_unit) &&
        !traceability::AreComparable(answer->unit, recall.balance_unit))
      return GuardResult::Fails(Say("批次 {} 以 {} 计，请统一为同一单位", base::LotNumber(lot), symbol(answer->unit)));
  }
  return GuardResult::Holds();
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
  ZHIAN_ASSIGN(const auto form,
               Recall::ReadFields(context.input));  // without rows before it is filled
  for (const auto& row : form.effect_checks)
    if (std::find(sample.drawn.begin(), sample.drawn.end(), row.consignee) == sample.drawn.end()) {
      result.holds = false;
      result.open_items.push_back(Say("“{}”不在抽中的收货方之内", row.consignee));
    }
  return result;
}

GuardResult cause_is_corrected(const GuardContext& context) {
  return Rest(context, "R4", traceability::OpenCause(context));
}

// Exceptions of a recall: one holding or share at a time.
namespace {
using ExceptionForm = guard_fields::RecallExceptionIsWellFounded;
Result<ExceptionForm> FormOf(const GuardContext& context) { return ExceptionForm::ReadFields(context.input); }
}  // namespace

GuardResult recall_exception_is_well_founded(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, FormOf(context));
  const std::string_view gate = Name(form.recall_gate);
  const std::string& wanted = form.exception_item;
  int named = 0;
  for (const auto& open : traceability::OpenGatesOf(context))
    if (open.gate == gate)
      for (const KeyedItem& item : open.open) named += item.text.Text().find(wanted) != std::string::npos;
  if (named == 0) return GuardResult::Fails("没有这样的未查清事项，请按列出的事项填写");
  if (named > 1) return GuardResult::Fails("一次只能为一处持有或一份数量申请例外，请写得更具体");
  if (ExceptionUnderWay(context.matter, gate) != nullptr) return GuardResult::Fails("这一关已有例外在办理");
  if (Message fault = ReviewDateFault(context); !fault.empty()) return GuardResult::Fails(std::move(fault));
  return GuardResult::Holds();
}

GuardResult recall_exception_waits_for_an_opinion(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, FormOf(context));
  return MayGiveOpinion(context, Name(form.recall_gate));
}

GuardResult recall_exception_waits_for_a_decision(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, FormOf(context));
  return WaitsForDecision(context.matter, Name(form.recall_gate));
}

GuardResult recall_exception_may_be_approved(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, FormOf(context));
  ZHIAN_ASSIGN(const auto recall, Recall::Read(context.matter));
  GuardResult result = MayDecide(context, Name(form.recall_gate));
  // Until it is graded the strictest level holds.
  if (!result.holds || recall.level == Recall::Level::k2 || recall.level == Recall::Level::k3) return result;
  const bool upper = std::any_of(context.actor.roles.begin(), context.actor.roles.end(),
                                 [](const HeldRole& held) { return held.role == "upper_authority"; });
  if (!upper) return GuardResult::Fails("一级召回的例外由上级机关批准");
  return GuardResult::From(AnyMeans(LinkedBy(context, "notice"), Meaning::kPublished),
                           "一级召回须先发布公告或警示，才能例外");
}

GuardResult gap_exceeds_the_tolerance(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto open, TraceGap::Read(context.matter));
  using Kind = TraceGap::GapKind;
  if (open.gap_kind == Kind::kOverReturned)
    return GuardResult::From(context.origin != nullptr && context.origin->kind == "recall", "由召回的总结计算得出");
  // A counterpart that is missing is what the trace finds missing, not what somebody says.
  if (open.gap_kind == Kind::kMissingReceipt || open.gap_kind == Kind::kMissingShipment ||
      open.gap_kind == Kind::kUnknownSource) {
    const auto around = traceability::Trace(context.db, open.gap_item, Direction::kBoth);
    if (!around.ok()) return GuardResult::Fails(around.error().message);
    const bool found = std::any_of(around->gaps.begin(), around->gaps.end(), [&](const auto& gap) {
      return gap.kind == Name(open.gap_kind) && gap.place == open.gap_place;
    });
    return GuardResult::From(found, "追溯没有发现这样的缺口");
  }
  const base::Decimal tolerance = traceability::ToleranceOn(context.services.policy, context.today);
  const auto answer = traceability::Trace(context.db, open.gap_item, Direction::kForward);
  if (!answer.ok()) return GuardResult::Fails(answer.error().message);
  for (const auto& gap : answer->gaps)
    for (const Holding& holding : answer->holdings)
      if (gap.place == holding.place && gap.place == open.gap_place) {
        ZHIAN_ASSIGN(const base::Decimal may_miss, tolerance.Times(holding.quantity));
        if (gap.quantity > may_miss) return GuardResult::Holds();
      }
  return GuardResult::Fails("追溯没有发现超出容差的缺口");
}

GuardResult engine_finds_the_gap_closed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto open, TraceGap::Read(context.matter));
  if (open.gap_kind == TraceGap::GapKind::kOverReturned) {
    for (const Matter& recall : Linked(context, "recall")) {
      const auto history = LoadHistory(context.db, recall.id);
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
            Say("收回多于生产 {}，须查是否有未申报的生产或范围错误", balance.U.Magnitude().Short(3)));
    }
    return GuardResult::Holds();
  }
  const auto answer = traceability::Trace(context.db, open.gap_item, Direction::kBoth);
  if (!answer.ok()) return GuardResult::Fails(answer.error().message);
  for (const auto& gap : answer->gaps)
    if (gap.kind == Name(open.gap_kind) && (open.gap_place.empty() || gap.place == open.gap_place))
      return GuardResult::Fails(gap.text);
  return GuardResult::Holds();
}

}  // namespace zhian::guards

namespace zhian::effects {
using procedure::EffectContext;

namespace {
// The gate and the item that the step names; a step that names no item leaves
// it empty.
struct Asked {
  std::string gate, item;
};
Result<Asked> AskedIn(const EffectContext& context) {
  ZHIAN_ASSIGN(auto form, guard_fields::RecallExceptionIsWellFounded::ReadFields(context.input));
  return Asked{std::string(procedure::Name(form.recall_gate)), std::move(form.exception_item)};
}
}  // namespace

Status set_recall_exception_asked(EffectContext& context) {
  ZHIAN_ASSIGN(const Asked asked, AskedIn(context));
  std::vector<procedure::KeyedItem> named;
  for (const auto& gate : traceability::OpenGatesOf(ViewOf(context)))
    if (gate.gate == asked.gate)
      for (const auto& item : gate.open)
        if (item.text.Text().find(asked.item) != std::string::npos) named.push_back(item);
  return procedure::WriteAsked(context, asked.gate, named);
}
Status set_recall_exception_opinion(EffectContext& context) {
  ZHIAN_ASSIGN(const Asked asked, AskedIn(context));
  return procedure::WriteOpinion(context, asked.gate);
}
Status set_recall_exception_approved(EffectContext& context) {
  ZHIAN_ASSIGN(const Asked asked, AskedIn(context));
  return procedure::WriteDecision(context, asked.gate, true);
}
Status set_recall_exception_refused(EffectContext& context) {
  ZHIAN_ASSIGN(const Asked asked, AskedIn(context));
  return procedure::WriteDecision(context, asked.gate, false);
}

}  // namespace zhian::effects
