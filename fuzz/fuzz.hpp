// One fuzz target a file: Fuzz must return for every input; it aborts where a promise of the parser is broken.
#pragma once

#include <string>
#include <string_view>
#include <vector>

void Fuzz(std::string_view bytes);
