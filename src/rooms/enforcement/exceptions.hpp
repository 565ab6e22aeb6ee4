// Exceptions of the five gates: which ground fits which gate. The mechanics are in procedure/exceptions.hpp.
#pragma once

#include <string_view>

namespace zhian::enforcement {

// Whether the gate's ground list knows the ground.
bool GroundFits(std::string_view gate, std::string_view ground);

}  // namespace zhian::enforcement
