// What a step fills by itself: the fields that a kind declares as "filled" by the time, the day, who acted, or another
// field of the form. Pure; used where a step is taken and where a case of law is put as if it were.
#pragma once

#include "procedure/bindings.hpp"

namespace zhian::procedure {

void FillAutomatic(Matter& matter, const Kind& kind, const Transition& transition, base::Instant occurred,
                   const Actor& actor);

}  // namespace zhian::procedure
