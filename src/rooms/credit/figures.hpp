// How the figures of credit records and listings are counted. Immutable; safe from any thread.
#pragma once

#include <span>

#include "figures/figures.hpp"

namespace zhian::credit {

std::span<const figures::Query> Figures();

}  // namespace zhian::credit
