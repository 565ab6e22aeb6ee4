// How the figures of leads, cases, measures and transfers are counted. Immutable; safe from any thread.
#pragma once

#include <span>

#include "figures/figures.hpp"

namespace zhian::enforcement {

std::span<const figures::Query> Figures();

}  // namespace zhian::enforcement
