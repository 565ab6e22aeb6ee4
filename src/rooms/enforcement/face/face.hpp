// What the room of leads, cases, measures and transfers hands over to the house. Immutable; safe from any thread.
#pragma once

#include "desk/room_face.hpp"

namespace zhian::enforcement {

const desk::RoomFace& Face();

}  // namespace zhian::enforcement
