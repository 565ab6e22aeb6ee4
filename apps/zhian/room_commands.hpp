// The commands that rooms bring (desk::RoomFace::commands), as options of the command line. Names no room.
#pragma once

#include <CLI/CLI.hpp>

#include "house/house.hpp"

namespace zhian::commands {

// A command on a data folder fills `options` and opens the house with it. `options` and `code`, which receives what the
// command returns, outlive cli. REQUIRES: commands of a group that the program has itself are added before.
void AddRoomCommands(CLI::App& cli, house::HouseOptions& options, int& code);

}  // namespace zhian::commands
