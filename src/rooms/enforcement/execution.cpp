#include "rooms/enforcement/execution.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "policy/exact.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/rounds.hpp"
#include "rooms/enforcement/amounts.hpp"
#include "rooms/enforcement/penalties.hpp"

namespace zhian::enforcement {
using namespace procedure;
using base::Decimal;
using base::Quantity;
using records::CoerciveMeasure;
using records::EnforcementCase;
using Kind = Penalty::Kind;

namespace {

// What was done of this decision: what an annulled one had brought is none of it.
std::span<const TransitionRow> SinceDecision(const GuardContext& context) {
  return RoundSince(context.history, {"decide_penalty"}).moves;
}
// Each form of the step with this name among the moves, in order, the present one last.
Result<std::vector<EnforcementCase>> FormsOf(const GuardContext& context, std::string_view action,
                                             std::span<const TransitionRow> moves) {
  std::vector<EnforcementCase> forms;
  for (const TransitionRow& row : moves)
    if (row.action == action) {
      ZHIAN_ASSIGN(EnforcementCase form, EnforcementCase::ReadFields(row.input));
      forms.push_back(std::move(form));
    }
  if (context.transition.action == action) {
    ZHIAN_ASSIGN(EnforcementCase form, EnforcementCase::ReadFields(context.input));
    forms.push_back(std::move(form));
  }
  return forms;
}

// Goods are one thing where lot and name are: a row without a lot is known by its name.
std::string KeyOf(const std::string& name, const std::string& lot) { return base::Fold(name) + "|" + base::Fold(lot); }
using Balance = std::map<std::pair<std::string, std::string>, Decimal>;  // (goods, unit) -> quantity
template <class Rows>
Status Add(Balance& balance, std::map<std::string, std::string>& names, const Rows& rows) {
  for (const auto& row : rows) {
    if (!row.quantity) continue;
    names.try_emplace(KeyOf(row.name, row.lot), row.lot.empty() ? row.name : row.name + " " + row.lot);
    ZHIAN_ASSIGN(const Quantity quantity, InBaseUnit(*row.quantity));
    Decimal& sum = balance[{KeyOf(row.name, row.lot), quantity.unit}];
    ZHIAN_ASSIGN(sum, sum.Plus(quantity.value));
  }
  return Ok();
}

}  // namespace

Result<Quantity> InBaseUnit(const Quantity& quantity) {
  static const std::map<std::string, std::pair<const char*, Decimal>, std::less<>> kUnits{
      {"kg", {"kg", Decimal(1)}},
      {"kgm", {"kg", Decimal(1)}},
      {"千克", {"kg", Decimal(1)}},
      {"公斤", {"kg", Decimal(1)}},
      {"g", {"kg", Decimal::FromUnits(1, 3)}},
      {"grm", {"kg", Decimal::FromUnits(1, 3)}},
      {"克", {"kg", Decimal::FromUnits(1, 3)}},
      {"t", {"kg", Decimal(1000)}},
      {"tne", {"kg", Decimal(1000)}},
      {"吨", {"kg", Decimal(1000)}},
      {"斤", {"kg", Decimal::FromUnits(5, 1)}},
      {"l", {"L", Decimal(1)}},
      {"ltr", {"L", Decimal(1)}},
      {"升", {"L", Decimal(1)}},
      {"ml", {"L", Decimal::FromUnits(1, 3)}},
      {"mlt", {"L", Decimal::FromUnits(1, 3)}},
      {"毫升", {"L", Decimal::FromUnits(1, 3)}}};
  const std::string name = base::Simplified(base::Fold(quantity.unit));
  const auto known = kUnits.find(name);
  if (known == kUnits.end()) return Quantity{quantity.value, name};
  ZHIAN_ASSIGN(const Decimal value, quantity.value.Times(known->second.second));
  return Quantity{value, known->second.first};
}

Result<bool> HasEnded(const GuardContext& context, std::string_view party) {
  ZHIAN_ASSIGN(const auto ends, FormsOf(context, "record_lawful_end", SinceDecision(context)));
  return std::any_of(ends.begin(), ends.end(), [&](const auto& end) { return end.end_party == party; });
}

Result<Debt> DebtOn(const GuardContext& context, const EnforcementCase& record, base::Date day) {
  Debt debt;
  for (const Penalty& row : PenaltiesOf(record)) {
    if (row.kind != Kind::kFine && row.kind != Kind::kIncome) continue;
    ZHIAN_ASSIGN(const bool ended, HasEnded(context, row.party));
    if (ended) continue;
    const Decimal amount = row.amount.value_or(Decimal());
    ZHIAN_ASSIGN(debt.due, debt.due.Plus(amount));
    if (row.kind == Kind::kFine) {
      ZHIAN_ASSIGN(debt.fines, debt.fines.Plus(amount));
    }
  }
  // What falls due on which day: all of it at the limit of the duty, or each instalment on its own.
  std::vector<std::pair<base::Date, Decimal>> dues;
  Decimal paid_before_plan;
  const Round round = RoundSince(context.history, {"decide_penalty"});
  const TransitionRow* plan = round.Last("allow_instalments");
  for (const TransitionRow& row : round.moves) {
    if (row.action != "record_payment") continue;
    ZHIAN_ASSIGN(const auto form, EnforcementCase::ReadFields(row.input));
    const Decimal sum = form.paid.value_or(Decimal());
    ZHIAN_ASSIGN(debt.paid, debt.paid.Plus(sum));
    if (plan != nullptr && row.sequence < plan->sequence) {
      ZHIAN_ASSIGN(paid_before_plan, paid_before_plan.Plus(sum));
    }
  }
  ZHIAN_ASSIGN(debt.rest, debt.due.Minus(debt.paid));
  if (debt.rest.sign() < 0) debt.rest = Decimal();
  if (plan != nullptr) {
    ZHIAN_ASSIGN(const auto form, EnforcementCase::ReadFields(plan->input));
    Decimal step = paid_before_plan;
    for (const auto& row : form.instalments) {
      ZHIAN_ASSIGN(step, step.Plus(row.amount.value_or(Decimal())));
      debt.steps.push_back(step);
      if (row.on) dues.emplace_back(*row.on, row.amount.value_or(Decimal()));
    }
  } else if (const DutyRow* pay = LastDuty(context, "pay_fine"); pay != nullptr && pay->limit_at) {
    dues.emplace_back(base::LocalDate(base::Instant{*pay->limit_at}), debt.due);
  }
  Decimal fallen = paid_before_plan;
  for (const auto& [on, amount] : dues) {
    if (on >= day) break;
    ZHIAN_ASSIGN(fallen, fallen.Plus(amount));
    if (!debt.late_since && fallen > debt.paid) debt.late_since = base::Date{on.days + 1};
  }
  if (!debt.late_since) return debt;
  ZHIAN_ASSIGN(Decimal late, fallen.Minus(debt.paid));
  late = std::min({late, debt.rest, debt.fines});
  const auto rate = policy::Exact(context.services.policy, "case.latefee", day);
  const auto cap = policy::Exact(context.services.policy, "case.latefee.cap", day);
  if (!rate || !cap) return debt;  // the law of the day knows no surcharge
  ZHIAN_ASSIGN(Decimal surcharge, late.Times(*rate));
  ZHIAN_ASSIGN(surcharge, surcharge.Times(Decimal(day.days - debt.late_since->days + 1)));
  ZHIAN_ASSIGN(Decimal most, debt.fines.Times(*cap));
  ZHIAN_ASSIGN(debt.surcharge, std::min(surcharge, most).Times(Decimal::FromUnits(1, 2)));
  debt.surcharge = debt.surcharge.Rounded(2);
  return debt;
}

Result<std::vector<std::pair<std::string, Message>>> Unexecuted(const GuardContext& context,
                                                                const EnforcementCase& record) {
  ZHIAN_ASSIGN(const auto done, FormsOf(context, "record_other_execution", SinceDecision(context)));
  ZHIAN_ASSIGN(const auto settled, Settlements(context));
  std::vector<std::pair<std::string, Message>> open;
  for (const Penalty& row : PenaltiesOf(record)) {
    // A warning is carried out by its service, money by its payment.
    if (row.kind == Kind::kFine || row.kind == Kind::kIncome || row.kind == Kind::kWarning) continue;
    ZHIAN_ASSIGN(const bool ended, HasEnded(context, row.party));
    if (ended) continue;
    bool carried_out = false;
    for (const EnforcementCase& form : done)
      for (const auto& act : form.executions) carried_out |= act.party == row.party && Name(act.kind) == Name(row.kind);
    using Way = EnforcementCase::SettlementsRow::Way;
    if (row.kind == Kind::kGoods)
      carried_out |= std::any_of(settled.begin(), settled.end(), [](const auto& goods) {
        return goods.way == Way::kStored || goods.way == Way::kDestroyed || goods.way == Way::kHandedOver;
      });
    const Label* label = FindLabel("choice." + std::string(Name(row.kind)));
    if (!carried_out)
      open.emplace_back(row.party, Say("对 {} 的“{}”尚无执行记录", row.party,
                                       label == nullptr ? std::string(Name(row.kind)) : std::string(label->zh_hans)));
  }
  return open;
}

Result<std::vector<EnforcementCase::SettlementsRow>> Settlements(const GuardContext& context) {
  ZHIAN_ASSIGN(auto forms, FormsOf(context, "settle_goods", context.history));
  std::vector<EnforcementCase::SettlementsRow> rows;
  for (EnforcementCase& form : forms)
    for (auto& row : form.settlements) rows.push_back(std::move(row));
  return rows;
}

Result<std::vector<Message>> GoodsBalance(const GuardContext& context, const EnforcementCase& record,
                                          const std::vector<CoerciveMeasure>& measures, bool only_beyond) {
  Balance counted, taken, settled;
  std::map<std::string, std::string> names;  // as they were written first
  ZHIAN_TRY(Add(counted, names, record.goods));
  for (const CoerciveMeasure& measure : measures) ZHIAN_TRY(Add(taken, names, measure.goods));
  ZHIAN_ASSIGN(const auto rows, Settlements(context));
  ZHIAN_TRY(Add(settled, names, rows));
  // What was taken is among the goods of the case; where more was taken than the case counts, that is what must be
  // settled.
  for (const auto& [key, quantity] : taken) counted[key] = std::max(counted[key], quantity);
  for (const auto& [key, quantity] : settled) counted.try_emplace(key, Decimal());
  std::vector<Message> open;
  for (const auto& [key, quantity] : counted) {
    const auto found = settled.find(key);
    ZHIAN_ASSIGN(const Decimal rest, quantity.Minus(found == settled.end() ? Decimal() : found->second));
    if (rest.sign() == 0 || (only_beyond && rest.sign() > 0)) continue;
    const std::string& name = names[key.first];
    open.push_back(rest.sign() > 0 ? Say("{} 尚有 {} {} 没有去向记录（退还、销毁、移交、没收入库、已售出）", name,
                                         rest.Short(), key.second)
                                   : Say("{} 的去向记录比清点多 {} {}", name, rest.Negated().Short(), key.second));
  }
  return open;
}

}  // namespace zhian::enforcement
