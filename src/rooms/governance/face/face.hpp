// What the room of supervision, targets, assessments and figures hands over to the house. Immutable; safe from any
// thread.
#pragma once

#include "desk/room_face.hpp"

namespace zhian::governance {

const desk::RoomFace& Face();

}  // namespace zhian::governance
