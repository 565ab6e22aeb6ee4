// The shapes of what rooms add to the page of their matters: the gates of a case, the balance of a recall. Pure.
#pragma once

#include "desk/schema.hpp"

namespace zhian::desk {

Schema GateSchema();
Schema BalanceSchema();

}  // namespace zhian::desk
