// Permits 許可證: who may operate. The permit is a matter; this table is its projection for checks and figures.
#pragma once

#include <span>

#include "procedure/bindings.hpp"

namespace zhian::access {

std::span<const storage::Migration> Migrations();
std::span<const procedure::EffectBinding> Records();

}  // namespace zhian::access
