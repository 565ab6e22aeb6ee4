// Which rule holds for a duty of a matter, and with which event its clock starts: looked up in the cases that the
// duty's table declares, never guessed. Pure; safe to call concurrently.
#pragma once

#include "procedure/matter.hpp"
#include "procedure/model.hpp"

namespace zhian::procedure {

// The id of the rule for this matter's values, to be looked up in the policy pack by its date. Empty: the table says
// that there is none, or the matter has a value that the table does not know.
Text ChooseRule(const RuleChoice& choice, const Matter& matter);
// With which event the clock starts for this matter's values; the opening where the table knows no answer.
ClockStart ChooseStart(const Clock& clock, const Matter& matter);

}  // namespace zhian::procedure
