// Units of UN/ECE Recommendation 20 that measure the same thing, converted into one another. Pure; safe from any
// thread.
#pragma once

#include <optional>
#include <string_view>

namespace zhian::epcis {

// `value` of unit `from` in unit `to`; none where they measure different things, or one is not known.
std::optional<double> ConvertUnit(double value, std::string_view from, std::string_view to);

}  // namespace zhian::epcis
