// What the house writes into a circular 通報 or a matter of accountability 責任追究 that another matter starts: a
// supervision task that was dropped, an assessment that finished, an interference that was found. Reads only; a
// Connection belongs to one thread. Facts name the numbers of the matters on file, so that each can be opened.
#pragma once

#include "procedure/bindings.hpp"

namespace zhian::governance {

void AddQuestions(procedure::Services& services);

}  // namespace zhian::governance
