// How the figures of events, traces, the goods book and recalls are counted. Immutable; safe from any thread.
#pragma once

#include <span>

#include "figures/figures.hpp"

namespace zhian::traceability {

std::span<const figures::Query> Figures();

}  // namespace zhian::traceability
