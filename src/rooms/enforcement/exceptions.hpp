// Exceptions of the gates 例外放行 (docs/gates.md, section 4): asked with its ground and risk, an opinion by the legal reviewer,
// approved by the one whom the gate names, never by one natural person twice, reviewed by a date, stale when an open item is new.
// The record is an array field of the case, written by the one door only. Pure save for the guards, which read.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "procedure/bindings.hpp"
#include "rooms/enforcement/gates.hpp"

namespace zhian::enforcement {

inline constexpr const char* kExceptions = "gate_exceptions";

// Whether the gate's ground list knows the ground.
bool GroundFits(std::string_view gate, std::string_view ground);
// What an approved exception makes of an open gate: excepted, stale, or as it was.
GateStatus WithException(const procedure::Matter& matter, const GateAnswer& gate, base::Date today);

}  // namespace zhian::enforcement
