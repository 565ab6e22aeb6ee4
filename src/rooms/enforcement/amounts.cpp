#include "rooms/enforcement/amounts.hpp"

namespace zhian::enforcement {
using base::Decimal;

bool IsAmount(const Decimal& stated, const Decimal& computed) {
  const auto difference = stated.Minus(computed);
  return difference.ok() && difference->Magnitude() <= Decimal::FromUnits(5, 3);
}

}  // namespace zhian::enforcement
