// The rooms of the house, in the order of the menu. The only place that names them. Immutable; safe from any thread.
#pragma once

#include <span>

#include "desk/room_face.hpp"

namespace zhian::house {

std::span<const desk::RoomFace* const> Rooms();

}  // namespace zhian::house
