#include "rooms/traceability/store/units.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace zhian::traceability {
namespace {

using enum Dimension;
struct Row {
  std::string_view name;
  Unit unit;
};
// Base units in a millionth: 1 kg is 10⁹ µg. The pound is 453.59237 g, its ounce a sixteenth; the gallon of the United
// States 231 cubic inches; 斤 500 g, 兩 a tenth, 錢 a hundredth, 擔 fifty kilograms.
constexpr Row kRows[] = {
    {"KGM", {kMass, 1000, 1}},
    {"kg", {kMass, 1000, 1}},
    {"公斤", {kMass, 1000, 1}},
    {"千克", {kMass, 1000, 1}},
    {"GRM", {kMass, 1, 1}},
    {"g", {kMass, 1, 1}},
    {"克", {kMass, 1, 1}},
    {"MGM", {kMass, 1, 1000}},
    {"mg", {kMass, 1, 1000}},
    {"毫克", {kMass, 1, 1000}},
    {"TNE", {kMass, 1'000'000, 1}},
    {"t", {kMass, 1'000'000, 1}},
    {"吨", {kMass, 1'000'000, 1}},
    {"噸", {kMass, 1'000'000, 1}},
    {"DTN", {kMass, 100'000, 1}},
    {"斤", {kMass, 500, 1}},
    {"市斤", {kMass, 500, 1}},
    {"两", {kMass, 50, 1}},
    {"兩", {kMass, 50, 1}},
    {"钱", {kMass, 5, 1}},
    {"錢", {kMass, 5, 1}},
    {"担", {kMass, 50'000, 1}},
    {"擔", {kMass, 50'000, 1}},
    {"LBR", {kMass, 45'359'237, 100'000}},
    {"lb", {kMass, 45'359'237, 100'000}},
    {"ONZ", {kMass, 45'359'237, 1'600'000}},
    {"oz", {kMass, 45'359'237, 1'600'000}},
    {"LTR", {kVolume, 1000, 1}},
    {"L", {kVolume, 1000, 1}},
    {"l", {kVolume, 1000, 1}},
    {"升", {kVolume, 1000, 1}},
    {"MLT", {kVolume, 1, 1}},
    {"mL", {kVolume, 1, 1}},
    {"ml", {kVolume, 1, 1}},
    {"毫升", {kVolume, 1, 1}},
    {"CMQ", {kVolume, 1, 1}},
    {"DMQ", {kVolume, 1000, 1}},
    {"MTQ", {kVolume, 1'000'000, 1}},
    {"m3", {kVolume, 1'000'000, 1}},
    {"HLT", {kVolume, 100'000, 1}},
    {"CLT", {kVolume, 10, 1}},
    {"DLT", {kVolume, 100, 1}},
    {"GLL", {kVolume, 3'785'411'784, 1'000'000}},
    {"piece", {kCount, 1, 1}},
    {"C62", {kCount, 1, 1}},
    {"H87", {kCount, 1, 1}},
    {"EA", {kCount, 1, 1}},
    {"件", {kCount, 1, 1}},
    {"个", {kCount, 1, 1}},
    {"個", {kCount, 1, 1}},
    {"只", {kCount, 1, 1}},
    {"隻", {kCount, 1, 1}},
    {"PR", {kCount, 2, 1}},
    {"DZN", {kCount, 12, 1}},
    {"打", {kCount, 12, 1}},
};

std::optional<std::int64_t> Times(std::int64_t value, std::int64_t numerator, std::int64_t denominator) {
  const Wide product = Wide{value} * numerator;
  const Wide half = product < 0 ? -denominator / 2 : denominator / 2;
  const Wide result = (product + half) / denominator;
  if (result > INT64_MAX || result < INT64_MIN) return std::nullopt;
  return static_cast<std::int64_t>(result);
}

}  // namespace

Unit FindUnit(std::string_view name) {
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.name == name; });
  return row == std::end(kRows) ? Unit{} : row->unit;
}

bool AreComparable(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const Unit one = FindUnit(a), other = FindUnit(b);
  return one.dimension == other.dimension && one.dimension != kOther;
}

std::optional<std::int64_t> ToBase(std::int64_t micro, const Unit& unit) {
  return Times(micro, unit.numerator, unit.denominator);
}
std::optional<std::int64_t> FromBase(std::int64_t base, const Unit& unit) {
  return Times(base, unit.denominator, unit.numerator);
}
Result<base::Decimal> Converted(const base::Decimal& quantity, std::string_view from, std::string_view to) {
  if (to.empty() || from == to || !AreComparable(from, to)) return quantity;
  const Unit a = FindUnit(from), b = FindUnit(to);
  ZHIAN_ASSIGN(const base::Decimal above, quantity.Times(base::Decimal(a.numerator)));
  ZHIAN_ASSIGN(const base::Decimal more, above.Times(base::Decimal(b.denominator)));
  ZHIAN_ASSIGN(const base::Decimal below, base::Decimal(a.denominator).Times(base::Decimal(b.numerator)));
  ZHIAN_ASSIGN(const base::Decimal converted, more.Over(below, 6));
  return converted.Trimmed();
}

base::Decimal InUnit(Wide base, const Unit& unit) {
  const Wide above = base * unit.denominator, half = unit.numerator / 2;
  const Wide micro = (above >= 0 ? above + half : above - half) / unit.numerator;
  constexpr std::int64_t kMicro = 1'000'000;
  base::Decimal amount(static_cast<std::int64_t>(micro / kMicro));
  AddTo(amount, base::Decimal::FromUnits(static_cast<std::int64_t>(micro % kMicro), 6));
  return amount;
}

void AddTo(base::Decimal& sum, const base::Decimal& part) {
  const auto added = sum.Plus(part);
  assert(added.ok());
  if (added.ok()) sum = *added;
}

double Shown(std::int64_t base, const Unit& unit) {
  return static_cast<double>(base) / (static_cast<double>(unit.numerator) / static_cast<double>(unit.denominator)) /
         1e6;
}

std::string_view UnitOf(Dimension dimension) {
  static constexpr std::array<std::string_view, 4> kNames{"KGM", "LTR", "C62", ""};
  return kNames[static_cast<std::size_t>(dimension)];
}

}  // namespace zhian::traceability
