// What the room of publications and the public portal hands over to the house. Immutable; safe from any thread.
#pragma once

#include "desk/room_face.hpp"

namespace zhian::publicity {

const desk::RoomFace& Face();

}  // namespace zhian::publicity
