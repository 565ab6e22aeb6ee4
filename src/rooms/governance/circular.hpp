// Circular 通報: what the clock writes into one when a supervision task was not carried out.
#pragma once

#include "procedure/bindings.hpp"

namespace zhian::governance {

void AddQuestions(procedure::Services& services);

}  // namespace zhian::governance
