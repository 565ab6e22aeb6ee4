// What the room of credit records and listings hands over to the house. Immutable; safe from any thread.
#pragma once

#include "desk/room_face.hpp"

namespace zhian::credit {

const desk::RoomFace& Face();

}  // namespace zhian::credit
