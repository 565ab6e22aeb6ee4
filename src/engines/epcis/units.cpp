#include "engines/epcis/units.hpp"

namespace zhian::epcis {
namespace {

struct Unit {
  std::string_view code;
  char dimension;
  double factor, offset = 0;  // value · factor + offset is in the dimension's base unit
};
constexpr Unit kUnits[] = {{"KGM", 'm', 1},
                           {"GRM", 'm', 1e-3},
                           {"MGM", 'm', 1e-6},
                           {"MC", 'm', 1e-9},
                           {"TNE", 'm', 1000},
                           {"LBR", 'm', 0.45359237},
                           {"ONZ", 'm', 0.028349523125},
                           {"LTR", 'v', 1},
                           {"MLT", 'v', 1e-3},
                           {"CLT", 'v', 1e-2},
                           {"HLT", 'v', 100},
                           {"MTQ", 'v', 1000},
                           {"DMQ", 'v', 1},
                           {"KEL", 't', 1},
                           {"CEL", 't', 1, 273.15},
                           {"FAH", 't', 5.0 / 9, 459.67 * 5 / 9},
                           {"MTR", 'l', 1},
                           {"CMT", 'l', 1e-2},
                           {"MMT", 'l', 1e-3},
                           {"KMT", 'l', 1000},
                           {"DMT", 'l', 0.1},
                           {"SEC", 's', 1},
                           {"MIN", 's', 60},
                           {"HUR", 's', 3600},
                           {"DAY", 's', 86400},
                           {"PAL", 'p', 1},
                           {"HPA", 'p', 100},
                           {"KPA", 'p', 1000},
                           {"BAR", 'p', 1e5},
                           {"MBR", 'p', 100},
                           {"MTS", 'w', 1},
                           {"KMH", 'w', 1 / 3.6},
                           {"MTK", 'a', 1},
                           {"CMK", 'a', 1e-4},
                           {"MMK", 'a', 1e-6},
                           {"P1", 'r', 0.01},
                           {"C62", 'r', 1},
                           {"59", 'r', 1e-6}};

const Unit* Find(std::string_view code) {
  for (const Unit& unit : kUnits)
    if (unit.code == code) return &unit;
  return nullptr;
}

}  // namespace

std::optional<double> ConvertUnit(double value, std::string_view from, std::string_view to) {
  if (from == to) return value;
  const Unit *a = Find(from), *b = Find(to);
  if (a == nullptr || b == nullptr || a->dimension != b->dimension) return std::nullopt;
  return (value * a->factor + a->offset - b->offset) / b->factor;
}

}  // namespace zhian::epcis
