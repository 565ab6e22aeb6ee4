// What the room of operators and their files hands over to the house. Immutable; safe from any thread.
#pragma once

#include "desk/room_face.hpp"

namespace zhian::subjects {

const desk::RoomFace& Face();

}  // namespace zhian::subjects
