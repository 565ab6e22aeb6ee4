// What the room of plans, draws, samples and disposals hands over to the house. Immutable; safe from any thread.
#pragma once

#include "desk/room_face.hpp"

namespace zhian::sampling {

const desk::RoomFace& Face();

}  // namespace zhian::sampling
