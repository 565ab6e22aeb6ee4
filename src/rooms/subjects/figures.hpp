// How the figures of operators and their files are counted. Immutable; safe from any thread.
#pragma once

#include <span>

#include "figures/figures.hpp"

namespace zhian::subjects {

std::span<const figures::Query> Figures();

}  // namespace zhian::subjects
