// How the figures of permits and certifications are counted. Immutable; safe from any thread.
#pragma once

#include <span>

#include "figures/figures.hpp"

namespace zhian::access {

std::span<const figures::Query> Figures();

}  // namespace zhian::access
