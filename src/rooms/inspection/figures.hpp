// How the figures of orders to correct are counted. Immutable; safe from any thread.
#pragma once

#include <span>

#include "figures/figures.hpp"

namespace zhian::inspection {

std::span<const figures::Query> Figures();

}  // namespace zhian::inspection
