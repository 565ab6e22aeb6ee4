#include "rooms/enforcement/amounts.hpp"

namespace zhian::enforcement {
using base::Decimal;
using records::EnforcementCase;

bool IsAmount(const Decimal& stated, const Decimal& computed) {
  const auto difference = stated.Minus(computed);
  return difference.ok() && difference->Magnitude() <= Decimal::FromUnits(5, 3);
}

Result<Decimal> DueOf(const EnforcementCase& record) {
  return record.fine_decided.value_or(Decimal()).Plus(record.confiscation.value_or(Decimal()));
}

Result<Decimal> PaidIn(const procedure::GuardContext& context) {
  constexpr std::string_view kPayment = "record_payment";
  Decimal sum;
  const auto add = [&](const boost::json::object& form) -> Status {
    ZHIAN_ASSIGN(const auto payment, EnforcementCase::ReadFields(form));
    ZHIAN_ASSIGN(sum, sum.Plus(payment.paid.value_or(Decimal())));
    return Ok();
  };
  for (const auto& row : context.history)
    if (row.action == kPayment) ZHIAN_TRY(add(row.input));
  if (context.transition.action == kPayment) ZHIAN_TRY(add(context.input));
  return sum;
}

}  // namespace zhian::enforcement
