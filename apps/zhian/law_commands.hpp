// `zhian law-check`: cases of law, put to the house. Only main.cpp uses it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace zhian::commands {

// `policy`: where the packs are, as the options say it once they are read. `code` becomes the exit code.
void AddLawCommands(CLI::App& cli, const std::string& policy, int& code);

}  // namespace zhian::commands
