// What the room of exercises hands over to the house. Immutable; safe from any thread.
#pragma once

#include "desk/room_face.hpp"

namespace zhian::risk {

const desk::RoomFace& Face();

}  // namespace zhian::risk
