// Guards and effects of leads, cases, measures and referrals. The five gates are in gates.cpp.
#include <algorithm>
#include <cmath>

#include "base/shown.hpp"
#include "base/text.hpp"
#include "procedure/exceptions.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/enforcement/gates.hpp"

namespace zhian::guards {
using namespace procedure;

namespace {
double Rule(const GuardContext& context, const char* id, double otherwise) {
  return context.services.policy.Number(id, context.today).value_or(otherwise);
}
const Matter* SelfOrFirst(const GuardContext& context, const Page<Matter>& others) {
  return context.matter.kind == "enforcement_case" ? &context.matter : others.empty() ? nullptr : &others.front();
}
}  // namespace

GuardResult linked_lead_is_filed(const GuardContext& context) {
  for (const Matter& lead : Linked(context, "lead"))
    if (lead.state == "filed") return GuardResult::Holds();
  return GuardResult::Fails("关联的线索尚未立案");
}

GuardResult limitation_has_not_run_out(const GuardContext& context) {
  auto ended = base::ParseDate(context.matter.Field("act_ended_on"));
  if (!ended.ok())
    for (const auto& act : Items(context.matter, "acts")) ended = base::ParseDate(Cell(act, "to"));
  if (!ended.ok()) return GuardResult::Fails("填写行为终了日期");
  const double years = Rule(context, "case.limitation.health", Rule(context, "case.limitation", 2));
  return GuardResult::From(base::AddMonths(*ended, static_cast<int>(years * 12)) >= context.today,
                           "行为终了已超过追责时效");
}

GuardResult facts_and_evidence_are_complete(const GuardContext& context) {
  const auto gate = enforcement::FactsGate(context);
  const auto rest = Uncovered(context.matter, "G1", gate.answer.Items(), context.today);
  return {rest.empty(), rest};
}

GuardResult goods_value_is_computed(const GuardContext& context) {
  double sum = 0;
  for (const auto& row : Items(context.matter, "goods")) sum += NumberOf(row, "quantity") * NumberOf(row, "price");
  const double stated = context.matter.Number("goods_value");
  if (context.matter.Field("value_basis").empty()) return GuardResult::Fails("填写货值依据");
  return GuardResult::From(std::abs(sum - stated) <= 0.005 + 1e-9 * std::abs(sum),
                           Say("货值应为数量乘单价之和 {}", std::to_string(sum)));
}

GuardResult gates_one_and_two_are_closed_or_excepted(const GuardContext& context) {
  GuardResult result;
  for (const auto& gate : enforcement::ComputeGates(context)) {
    if ((gate.answer.gate != "G1" && gate.answer.gate != "G2") || gate.answer.Passes()) continue;
    result.holds = false;
    const auto open = gate.Open();
    result.open_items.insert(result.open_items.end(), open.begin(), open.end());
  }
  return result;
}

GuardResult five_gates_are_closed(const GuardContext& context) {
  GuardResult result;
  for (const auto& gate : enforcement::ComputeGates(context)) {
    if (gate.answer.Passes()) continue;
    result.holds = false;
    for (const Message& item : gate.Open()) result.open_items.push_back(Say("{} {}", gate.answer.gate, item));
  }
  return result;
}

GuardResult crime_transfer_is_not_pending(const GuardContext& context) {
  for (const Matter& transfer : Linked(context, "judicial_transfer")) {
    static constexpr std::string_view kPending[] = {"proposed",          "approved",      "sent",
                                                    "refused_by_police", "reconsidering", "accepted"};
    if (std::find(std::begin(kPending), std::end(kPending), transfer.state) != std::end(kPending))
      return GuardResult::Fails(Say("移送 {} 尚在办理", transfer.number));
  }
  return GuardResult::Holds();
}

GuardResult no_preserved_item_is_open(const GuardContext& context) {
  const DutyRow* duty = LastDuty(context, "settle_preserved");
  return GuardResult::From(duty == nullptr || duty->state != DutyState::kOpen, "先行登记保存的证据尚未处理");
}

GuardResult penalty_is_within_the_band(const GuardContext& context) {
  const std::string id = context.matter.Field("band_rule");
  base::Date on = context.today;
  for (const auto& act : Items(context.matter, "acts"))
    if (const auto date = base::ParseDate(Cell(act, "to")); date.ok()) on = *date;  // the law of the day of the act
  const policy::Rule* rule = context.services.policy.Find(id, on);
  if (rule == nullptr) return GuardResult::Fails("选择行为当日有效的罚款幅度");
  const double fine = context.matter.Number("fine");
  double low = rule->value_min, high = rule->value_max;
  if (rule->unit == "x") {
    const double value = context.matter.Number("goods_value");
    low *= value;
    high *= value;
  } else if (rule->unit != "CNY") {
    return GuardResult::Fails(Say("规则 {} 不是罚款幅度", id));
  }
  const std::string discretion = context.matter.Field("discretion");
  if (discretion == "lighter" && fine < low && fine >= 0)
    return GuardResult::Holds();  // mitigated: named in the decision
  return GuardResult::From(fine >= low && fine <= high, Say("罚款须在 {} 之内（{}）", rule->value_text, rule->source));
}

GuardResult no_second_fine_for_the_same_act(const GuardContext& context) {
  for (const Matter& other : MattersOf(context, context.matter.operator_id, "enforcement_case")) {
    if (other.id == context.matter.id ||
        (other.state != "decided" && other.state != "executing" && other.state != "closed"))
      continue;
    for (const auto& mine : Items(context.matter, "acts"))
      for (const auto& theirs : Items(other, "acts"))
        if (Cell(mine, "act") == Cell(theirs, "act") && Cell(mine, "from") == Cell(theirs, "from"))
          return GuardResult::Fails(Say("同一行为已在 {} 处罚", other.number));
  }
  return GuardResult::Holds();
}

GuardResult reviewer_did_not_investigate(const GuardContext& context) {
  return GuardResult::From(
      !ActorDid(context, {"collect_evidence", "submit_report", "preserve_evidence", "open_from_raid", "start_test"}),
      "审核人不能是本案办案人员");
}

GuardResult hearing_host_is_independent(const GuardContext& context) {
  return GuardResult::From(
      !ActorDid(context, {"collect_evidence", "submit_report", "approve_review", "preserve_evidence"}),
      "听证主持人不能是办案人员或审核人员");
}

GuardResult hearing_threshold_is_met(const GuardContext& context) {
  const double threshold = Rule(context, "case.hearing.org", Rule(context, "case.hearing.fine", 0));
  return GuardResult::From(context.matter.Number("fine") >= threshold, "拟罚款未达听证标准");
}

GuardResult hearing_notice_period_is_kept(const GuardContext& context) {
  const auto on = base::ParseDate(context.matter.Field("hearing_on"));
  const auto* rule = context.services.policy.Find("case.hearing.notice", context.today);
  if (!on.ok() || rule == nullptr) return GuardResult::Fails("填写听证日期");
  const auto earliest = policy::ComputeDeadline(*rule, context.now, context.services.policy.calendar());
  return GuardResult::From(earliest.ok() && base::StartOfDay(*on).ms > earliest->limit_at.ms - 86'400'000,
                           Say("听证须至少提前 {}通知", rule->value_text));
}

GuardResult fine_reaches_the_municipal_threshold(const GuardContext& context) {
  const auto threshold = context.services.policy.Number("fsl.fine.municipal", context.today);
  return GuardResult::From(threshold && context.matter.Number("fine") >= *threshold, "罚款未达市级决定额度");
}

GuardResult decision_level_is_right(const GuardContext& context) {
  const bool above = fine_reaches_the_municipal_threshold(context).holds;
  const bool upper = std::any_of(context.actor.roles.begin(), context.actor.roles.end(),
                                 [](const HeldRole& held) { return held.role == "upper_authority"; });
  return GuardResult::From(!above || upper, "罚款达到市级决定额度，须报市级决定");
}

GuardResult collective_discussion_is_recorded_if_grave(const GuardContext& context) {
  const bool grave =
      context.matter.Field("discretion") == "heavier" || fine_reaches_the_municipal_threshold(context).holds;
  return GuardResult::From(!grave || !context.matter.Field("collective_minutes").empty(), "重大案件，附集体讨论记录");
}

GuardResult amount_equals_decision_or_instalment_plan(const GuardContext& context) {
  const double paid = context.matter.Number("paid"),
               due = context.matter.Number("fine_decided") + context.matter.Number("confiscation");
  if (LastMove(context, "allow_instalments") != nullptr)
    return GuardResult::From(paid > 0 && paid <= due, "分期缴纳额须大于零且不超过决定额");
  return GuardResult::From(std::abs(paid - due) < 0.005, Say("缴纳金额应为罚款与没收之和 {}", std::to_string(due)));
}

GuardResult execution_is_complete_or_lawfully_ended(const GuardContext& context) {
  GuardResult result;
  const double due = context.matter.Number("fine_decided") + context.matter.Number("confiscation");
  double paid = 0;
  for (const TransitionRow& row : context.history)
    if (row.action == "record_payment") paid += std::strtod(ScalarText(row.input.if_contains("paid")).c_str(), nullptr);
  if (paid + 0.005 < due && LastMove(context, "apply_to_court") == nullptr) {
    result.holds = false;
    result.open_items.push_back(Say("罚没款尚欠 {} 元", std::to_string(due - paid)));
  }
  return result;
}

namespace {
// Of goods that were refused at the door: each lot with its whole quantity, in one unit, in the rows of what was
// disposed of.
GuardResult RefusedGoodsAreDisposed(const GuardContext& context) {
  GuardResult result;
  if (Items(context.matter, "disposed").empty())
    return result;  // asked before the form is filled; the form asks for the rows
  for (const auto& row : Items(context.matter, "lots")) {
    const std::string lot = Cell(row, "lot");
    const auto part = [](const boost::json::value& of, const char* name) {
      const auto* quantity = of.get_object().if_contains("quantity");
      return quantity == nullptr || !quantity->is_object() ? std::string()
                                                           : ScalarText(quantity->get_object().if_contains(name));
    };
    double left = NumberOf(row, "quantity");
    for (const auto& gone : Items(context.matter, "disposed"))
      if (Cell(gone, "lot") == lot && part(gone, "unit") == part(row, "unit")) left -= NumberOf(gone, "quantity");
    if (std::abs(left) < 1e-6) continue;
    result.holds = false;
    result.open_items.push_back(
        Say("批次 {} 还有 {} {} 没有处置", base::LotNumber(lot), base::ShortNumber(left, 3), part(row, "unit")));
  }
  return result;
}
}  // namespace

GuardResult goods_balance_is_zero(const GuardContext& context) {
  if (context.kind.id == "incoming_refusal") return RefusedGoodsAreDisposed(context);
  GuardResult result;
  const auto others = Related(context, "enforcement_case", 2);
  const Matter* matter = SelfOrFirst(context, others);
  if (matter == nullptr) return GuardResult::Fails("没有关联的案件");
  auto check = [&](const Matter& holder) {
    for (const auto& row : Items(holder, "goods")) {
      const std::string outcome = Cell(row, "outcome");
      if (outcome.empty() || outcome == "held") {
        result.holds = false;
        result.open_items.push_back(
            Say("{} {} 尚未处理（退还、销毁、移交或没收）", Cell(row, "name"), Cell(row, "lot")));
      }
    }
  };
  for (const Matter& measure : Related(context, "coercive_measure", 3))
    if (!measure.terminal) check(measure);
  check(*matter);
  return result;
}

GuardResult archive_list_is_complete(const GuardContext& context) {
  const auto documents = Noted(context, LoadDocuments(context.db, context.matter.id, kWholeMax));
  GuardResult result;
  for (const std::string_view kind :
       {"filing_approval", "investigation_report", "penalty_notice", "penalty_decision", "service_receipt"})
    if (std::none_of(documents.begin(), documents.end(), [&](const DocumentRow& d) { return d.kind == kind; })) {
      const DocumentKind* declared = FindDocumentKind(kind);
      result.holds = false;
      result.open_items.push_back(Say("缺少{}", std::string(declared == nullptr ? kind : declared->label.zh_hans)));
    }
  return result;
}

GuardResult appeal_period_is_over_or_payment_is_late(const GuardContext& context) {
  const DutyRow* pay = LastDuty(context, "pay_fine");
  return GuardResult::From(pay != nullptr && pay->limit_at && *pay->limit_at < context.now.ms, "缴款期限尚未届满");
}

GuardResult urging_period_is_over(const GuardContext& context) {
  const TransitionRow* urged = LastMove(context, "urge");
  const auto* rule = context.services.policy.Find("case.urge", context.today);
  if (urged == nullptr || rule == nullptr) return GuardResult::Fails("尚未催告");
  const auto limit = policy::ComputeDeadline(*rule, base::Instant{urged->at}, context.services.policy.calendar());
  return GuardResult::From(limit.ok() && limit->limit_at.ms < context.now.ms, "催告期尚未届满");
}

GuardResult penalty_or_transfer_decision_exists(const GuardContext& context) {
  for (const Matter& matter : Related(context, "enforcement_case", 3))
    if (matter.state == "executing" || matter.state == "closed" || matter.state == "decided")
      return GuardResult::Holds();
  for (const Matter& matter : Related(context, "judicial_transfer", 3))
    if (matter.state == "accepted" || matter.state == "handed_over") return GuardResult::Holds();
  return GuardResult::Fails("没有关联的处罚决定或移送");
}

GuardResult reconsideration_was_not_asked_before(const GuardContext& context) {
  return GuardResult::From(LastMove(context, "ask_reconsideration") == nullptr, "已提请过复议");
}
GuardResult supervision_was_not_asked_before(const GuardContext& context) {
  return GuardResult::From(LastMove(context, "ask_supervision") == nullptr, "已建议过立案监督");
}

}  // namespace zhian::guards

namespace zhian::effects {
// What happened to the goods of a measure is entered on the case that it served.
Status set_case_goods_balance(procedure::EffectContext& context) {
  context.matter.fields["goods_settled_on"] = base::FormatDate(context.today);
  return Ok();
}
Status set_person_ban(procedure::EffectContext& context) {
  context.matter.fields["ban_from"] = base::FormatDate(context.today);
  return Ok();
}
}  // namespace zhian::effects
