// What the room of events, traces, the goods book and recalls hands over to the house. Immutable; safe from any thread.
#pragma once

#include "desk/room_face.hpp"

namespace zhian::traceability {

const desk::RoomFace& Face();

}  // namespace zhian::traceability
