// Amounts of a case, exactly: the value of its goods. Pure; safe to call
// concurrently.
#pragma once

#include "base/decimal.hpp"
#include "base/result.hpp"

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

}  // namespace zhian::enforcement
