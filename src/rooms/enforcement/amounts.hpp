// Amounts of a case, exactly: the value of its goods, what was decided and what was paid. Pure; safe to call
// concurrently.
#pragma once

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "procedure/bindings.hpp"
#include "records/enforcement.hpp"

namespace zhian::enforcement {

// Quantity times price over all rows, in yuan; goods without a price count nothing.
template <class Rows>
Result<base::Decimal> ValueOf(const Rows& goods) {
  base::Decimal sum;
  for (const auto& row : goods) {
    if (!row.quantity || !row.price) continue;
    ZHIAN_ASSIGN(const base::Decimal value, row.quantity->value.Times(*row.price));
    ZHIAN_ASSIGN(sum, sum.Plus(value));
  }
  return sum;
}
// Whether a stated amount is the computed one as money is written: half a cent more or less.
bool IsAmount(const base::Decimal& stated, const base::Decimal& computed);

// Fine and confiscation as decided.
Result<base::Decimal> DueOf(const records::EnforcementCase& record);
// All payments of the history, and of this step where it is one.
Result<base::Decimal> PaidIn(const procedure::GuardContext& context);

}  // namespace zhian::enforcement
