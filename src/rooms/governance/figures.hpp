// How the figures of supervision, targets, assessments and figures are counted. Immutable; safe from any thread.
#pragma once

#include <span>

#include "figures/figures.hpp"

namespace zhian::governance {

std::span<const figures::Query> Figures();

}  // namespace zhian::governance
