// What an order to correct takes from the matter that starts it: its findings, its deadline and its service. Pure; safe
// from any thread.
#pragma once

#include "procedure/bindings.hpp"

namespace zhian::inspection {

// Answers "start.rectification": one order with what the origin says under the same names; without findings the order's
// own guards refuse it, and it is kept for a person to make by hand.
void AddQuestions(procedure::Services& services);

}  // namespace zhian::inspection
