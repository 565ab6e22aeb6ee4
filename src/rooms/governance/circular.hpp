// Circular 通報: what the house writes into one when a supervision task was dropped, an assessment finished, or a matter of
// accountability concluded. Reads only; a Connection belongs to one thread.
// Its facts name the numbers of the matters on file, so that each can be opened.
#pragma once

#include "procedure/bindings.hpp"

namespace zhian::governance {

void AddQuestions(procedure::Services& services);

}  // namespace zhian::governance
