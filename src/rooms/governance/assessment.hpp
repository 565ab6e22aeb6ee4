// Assessment 年度考核: the score of a body from its frozen targets, each line open to the records that its figure
// counts.
#pragma once

#include <span>

#include "procedure/bindings.hpp"

namespace zhian::governance {

std::span<const procedure::EffectBinding> Records();

}  // namespace zhian::governance
