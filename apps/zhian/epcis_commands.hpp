// The commands that work on EPCIS documents. Each adds its options to the command line and sets `code` to the exit
// code: 0 done, 1 failed, 2 wrong usage, 3 partly done. One thread.
#pragma once

namespace CLI {
class App;
}

namespace zhian {

void AddEpcisCommands(CLI::App& cli, int& code);

}  // namespace zhian
