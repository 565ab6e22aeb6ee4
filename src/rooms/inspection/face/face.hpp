// What the room of orders to correct hands over to the house. Immutable; safe from any thread.
#pragma once

#include "desk/room_face.hpp"

namespace zhian::inspection {

const desk::RoomFace& Face();

}  // namespace zhian::inspection
