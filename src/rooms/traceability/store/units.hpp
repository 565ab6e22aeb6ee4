// Units of quantity 計量單位 as exact rationals of one base unit a dimension: codes of UN/ECE Recommendation 20,
// symbols, and the names that people write (斤, 公斤). Boxes and bags hold what they hold: they are no unit that
// another could be converted to. Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.hpp"

namespace zhian::traceability {

enum class Dimension : std::uint8_t { kMass, kVolume, kCount, kOther };
// A millionth of the unit is numerator/denominator base units: micrograms, nanolitres, millionths of a piece.
struct Unit {
  Dimension dimension = Dimension::kOther;
  std::int64_t numerator = 1, denominator = 1;
};
// kOther, one to one, where the name is none of these.
Unit FindUnit(std::string_view name);
bool AreComparable(std::string_view a, std::string_view b);

// Millionths of a unit in base units; a fraction of one is rounded to the nearest. None: beyond 64 bits.
std::optional<std::int64_t> ToBase(std::int64_t micro, const Unit& unit);
std::optional<std::int64_t> FromBase(std::int64_t base, const Unit& unit);  // and back
// A quantity in another unit, exact to the millionth; as it stands where the two do not compare. kTooLarge where it
// does not fit.
Result<base::Decimal> Converted(const base::Decimal& quantity, std::string_view from, std::string_view to);
// A sum of base units in the unit itself, to the nearest millionth.
__extension__ using Wide = __int128;
base::Decimal InUnit(Wide base, const Unit& unit);
// Adds to a sum of such quantities: 38 digits hold more of them than there are.
void AddTo(base::Decimal& sum, const base::Decimal& part);
// The same as an estimate: what is multiplied with a share.
double Shown(std::int64_t base, const Unit& unit);
// The code in which a dimension is said where no lot tells its own: KGM, LTR, C62, "".
std::string_view UnitOf(Dimension dimension);

}  // namespace zhian::traceability
