// What the room of permits and certifications hands over to the house. Immutable; safe from any thread.
#pragma once

#include "desk/room_face.hpp"

namespace zhian::access {

const desk::RoomFace& Face();

}  // namespace zhian::access
