// How the figures of publications and the public portal are counted. Immutable; safe from any thread.
#pragma once

#include <span>

#include "figures/figures.hpp"

namespace zhian::publicity {

std::span<const figures::Query> Figures();

}  // namespace zhian::publicity
