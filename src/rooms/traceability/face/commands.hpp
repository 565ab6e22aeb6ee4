// The commands of the program that capture and convert events, trace a lot, and try a recall; and what the
// demonstration puts into this room. A command has its folder, or its files, to itself.
#pragma once

#include <vector>

#include "desk/command.hpp"

namespace zhian::traceability::face {

std::vector<desk::Command> Commands();
std::vector<desk::Command> EpcisCommands();  // hash, validate, convert: plain files, no data folder
std::vector<desk::Intake> Intakes();

}  // namespace zhian::traceability::face
