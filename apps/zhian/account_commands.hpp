// `zhian accounts`: people, their roles and certificates by a table. Only main.cpp uses it.
#pragma once

#include <CLI/CLI.hpp>

#include "house/house.hpp"

namespace zhian::commands {

// `options` is read once the command runs; `code` becomes the exit code: 0 done, 1 failed, 3 partly done.
void AddAccountCommands(CLI::App& command, house::HouseOptions& options, int& code);

}  // namespace zhian::commands
