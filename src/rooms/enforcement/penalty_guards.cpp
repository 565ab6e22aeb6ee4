// Guards of what a decision imposes: the limitation, the band, the notice, the hearing, the level. What is judged is
// what is decided, row by row (penalties.hpp), never what was proposed.
#include <algorithm>

#include "base/text.hpp"
#include "policy/exact.hpp"
#include "procedure/guard_tools.hpp"
#include "records/enforcement.hpp"
#include "rooms/enforcement/gates.hpp"
#include "rooms/enforcement/penalties.hpp"

namespace zhian::guards {
using namespace procedure;
using namespace enforcement;
using base::Decimal;
using records::EnforcementCase;

namespace {

using PenaltyKind = Penalty::Kind;

// The last day on which an act that ended then must have been found, by the law of the day of the discovery.
Result<base::Date> LastDayToBeFound(const GuardContext& context, base::Date ended, base::Date found, bool health) {
  const char* rule = health ? "case.limitation.health" : "case.limitation";
  auto years = policy::Exact(context.services.policy, rule, found);
  if (!years) years = policy::Exact(context.services.policy, "case.limitation", found);
  if (!years) return MakeError(ErrorCode::kNotFound, "规则包中没有当日的追责时效");
  ZHIAN_ASSIGN(const Decimal months, years->Times(Decimal(12)));
  ZHIAN_ASSIGN(const std::int64_t whole, months.Whole());
  return base::AddMonths(ended, static_cast<int>(whole));
}

bool Overlap(const EnforcementCase::ActsRow& a, const EnforcementCase::ActsRow& b) {
  if (!a.from || !b.from) return a.from == b.from;
  return *a.from <= b.to.value_or(*b.from) && *b.from <= a.to.value_or(*a.from);
}
bool ShareLots(const EnforcementCase& mine, const EnforcementCase& theirs) {
  const auto a = LotsOf(mine), b = LotsOf(theirs);
  if (a.empty() || b.empty()) return true;  // nothing tells the two apart
  return std::any_of(a.begin(), a.end(),
                     [&](const auto& lot) { return std::find(b.begin(), b.end(), lot) != b.end(); });
}
// One act is one act however it is worded: the same text and start, or the same article for days that overlap and goods
// that are not others.
bool IsSameAct(const EnforcementCase& mine, const EnforcementCase::ActsRow& a, const EnforcementCase& theirs,
               const EnforcementCase::ActsRow& b, const policy::Pack& pack) {
  if (base::Fold(a.act) == base::Fold(b.act) && a.from == b.from) return true;
  const auto x = ArticleIn(a.article, pack), y = ArticleIn(b.article, pack);
  const bool article =
      x && y ? x->law == y->law && x->number == y->number : base::Fold(a.article) == base::Fold(b.article);
  return article && Overlap(a, b) && ShareLots(mine, theirs);
}
bool HasFine(const EnforcementCase& record) {
  const auto rows = PenaltiesOf(record);
  return std::any_of(rows.begin(), rows.end(), [](const Penalty& row) { return row.kind == PenaltyKind::kFine; });
}

}  // namespace

GuardResult limitation_has_not_run_out(const GuardContext& context) {
  const auto judge = [&](const std::string& act, const std::optional<base::Date>& ended, base::Date found,
                         bool health) -> GuardResult {
    if (!ended) return GuardResult::Fails("填写行为终了日期");
    ZHIAN_ASSIGN(const base::Date last, LastDayToBeFound(context, *ended, found, health));
    return GuardResult::From(found <= last, Say("行为终了已超过追责时效：{}（{} 终了，{} 发现）", act,
                                                base::FormatDate(*ended), base::FormatDate(found)));
  };
  if (context.matter.kind == "lead") {
    ZHIAN_ASSIGN(const auto lead, records::Lead::Read(context.matter));
    return judge(lead.suspected_violation, lead.act_ended_on, lead.lead_received_on.value_or(context.today),
                 !lead.health_harm.empty());
  }
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  // Found is found: the day on which the lead came in, or the case was opened, whichever is first.
  base::Date found = record.filed_on.value_or(context.today);
  for (const Matter& lead : Linked(context, "lead")) {
    ZHIAN_ASSIGN(const auto clue, records::Lead::Read(lead));
    if (clue.lead_received_on) found = std::min(found, *clue.lead_received_on);
  }
  if (record.acts.empty()) return GuardResult::Fails("填写行为终了日期");
  const auto rows = PenaltiesOf(record);
  GuardResult result;
  for (std::size_t i = 0; i < record.acts.size(); ++i) {
    // An act that no row of the decision punishes may lie as far back as it likes.
    if (record.acts.size() > 1 && !rows.empty() &&
        std::none_of(rows.begin(), rows.end(), [&](const Penalty& row) { return NamesAct(record, row.act, i); }))
      continue;
    using Fact = EnforcementCase::FactsRow;
    const bool health = std::any_of(record.facts.begin(), record.facts.end(), [&](const Fact& fact) {
      return fact.element == Fact::Element::kHarm && fact.status == Fact::Status::kProven &&
             NamesAct(record, fact.act, i);
    });
    const GuardResult one = judge(record.acts[i].act, record.acts[i].to, found, health);
    result.holds &= one.holds;
    result.open_items.insert(result.open_items.end(), one.open_items.begin(), one.open_items.end());
  }
  return result;
}

GuardResult crime_transfer_is_not_pending(const GuardContext& context) {
  for (const Matter& transfer : Related(context, "judicial_transfer", 2)) {
    // What the police have taken over is theirs until they give it back.
    static constexpr std::string_view kTheirs[] = {"proposed",      "approved", "sent",       "refused_by_police",
                                                   "reconsidering", "accepted", "handed_over"};
    if (std::find(std::begin(kTheirs), std::end(kTheirs), transfer.state) != std::end(kTheirs))
      return GuardResult::Fails(Say("移送 {} 尚在办理", transfer.number));
  }
  return GuardResult::Holds();
}

GuardResult penalty_is_within_the_band(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  auto faults = PenaltyFaults(record, context.services.policy, context.today);
  return {faults.empty(), std::move(faults)};
}

GuardResult decision_keeps_to_the_notice(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  const TransitionRow* told = LastMove(context, "approve_review");
  if (told == nullptr) return GuardResult::Fails("尚未告知当事人拟作出的处罚");
  ZHIAN_ASSIGN(const auto notice, EnforcementCase::ReadFields(told->input));
  GuardResult result;
  const auto sum = [](const std::vector<Penalty>& rows, const Penalty& like) -> Result<Decimal> {
    Decimal total;
    for (const Penalty& row : rows)
      if (row.party == like.party && row.kind == like.kind) {
        ZHIAN_ASSIGN(total, total.Plus(row.amount.value_or(Decimal())));
      }
    return total;
  };
  for (const Penalty& row : PenaltiesOf(record)) {
    const bool known = std::any_of(notice.penalties.begin(), notice.penalties.end(), [&](const Penalty& before) {
      return before.party == row.party && before.kind == row.kind;
    });
    ZHIAN_ASSIGN(const Decimal decided, sum(record.penalties, row));
    ZHIAN_ASSIGN(const Decimal before, sum(notice.penalties, row));
    if (known && decided <= before) continue;
    result.holds = false;
    result.open_items.push_back(Say("对 {} 的处罚重于告知的内容，须退回重新告知", row.party));
  }
  return result;
}

GuardResult no_second_fine_for_the_same_act(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  if (!record.penalties.empty() && !HasFine(record)) return GuardResult::Holds();  // one fine, not one penalty
  const auto others = MattersOf(context, context.matter.operator_id, "enforcement_case");
  ZHIAN_ASSIGN(const auto cases, ReadAll<EnforcementCase>(others));
  using State = EnforcementCase::State;
  for (const auto& other : cases) {
    if (other.matter.id == context.matter.id || !HasFine(other) ||
        (other.state != State::kDecided && other.state != State::kExecuting && other.state != State::kClosed))
      continue;
    for (const auto& mine : record.acts)
      for (const auto& theirs : other.acts)
        if (IsSameAct(record, mine, other, theirs, context.services.policy))
          return GuardResult::Fails(Say("同一行为已在 {} 处罚", other.matter.number));
  }
  return GuardResult::Holds();
}

GuardResult hearing_threshold_is_met(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  return GuardResult::From(IsForHearing(record, context.services.policy, context.today), "拟罚款未达听证标准");
}

GuardResult fine_reaches_the_municipal_threshold(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  return GuardResult::From(ReachesMunicipal(record, context.services.policy, context.today), "罚款未达市级决定额度");
}

GuardResult decision_level_is_right(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  return GuardResult::From(
      !ReachesMunicipal(record, context.services.policy, context.today) || HoldsRole(context.actor, "upper_authority"),
      "罚款达到市级决定额度，须报市级决定");
}

GuardResult collective_discussion_is_recorded_if_grave(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  return GuardResult::From(
      !IsGrave(record, context.services.policy, context.today) || !record.collective_minutes.empty(),
      "重大案件，附集体讨论记录");
}

GuardResult penalty_notice_is_served(const GuardContext& context) {
  // The notice is the paper of this very step: it cannot have reached the party before.
  return IsDayOfService(context, "notice_served_on", context.now.ms);
}

}  // namespace zhian::guards
