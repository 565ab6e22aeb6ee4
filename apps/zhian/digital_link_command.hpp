// GS1 Digital Links and element strings on the command line: no data folder, no rooms.
#pragma once

#include <CLI/CLI.hpp>

namespace zhian::commands {

// `code` receives what the command returns, and outlives cli.
void AddDigitalLinkCommand(CLI::App& cli, int& code);

}  // namespace zhian::commands
