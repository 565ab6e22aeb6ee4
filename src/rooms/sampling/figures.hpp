// How the figures of plans, draws, samples and disposals are counted. Immutable; safe from any thread.
#pragma once

#include <span>

#include "figures/figures.hpp"

namespace zhian::sampling {

std::span<const figures::Query> Figures();

}  // namespace zhian::sampling
