// How the figures of exercises are counted. Immutable; safe from any thread.
#pragma once

#include <span>

#include "figures/figures.hpp"

namespace zhian::risk {

std::span<const figures::Query> Figures();

}  // namespace zhian::risk
