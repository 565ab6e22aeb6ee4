// The commands of the trace engine on plain files: no data folder, no rooms. Each returns the exit code of the program.
#pragma once

#include <CLI/CLI.hpp>

namespace zhian::commands {

// Adds trace-graph, trace-network and trace-sources; `code` receives what the one that was called returns. `code`
// outlives cli.
void AddTraceCommands(CLI::App& cli, int& code);

}  // namespace zhian::commands
