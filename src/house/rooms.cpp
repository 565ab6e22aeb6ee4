#include "house/rooms.hpp"

#include "rooms/access/face/face.hpp"
#include "rooms/credit/face/face.hpp"
#include "rooms/enforcement/face/face.hpp"
#include "rooms/governance/face/face.hpp"
#include "rooms/inspection/face/face.hpp"
#include "rooms/publicity/face/face.hpp"
#include "rooms/risk/face/face.hpp"
#include "rooms/sampling/face/face.hpp"
#include "rooms/subjects/face/face.hpp"
#include "rooms/traceability/face/face.hpp"

namespace zhian::house {

// Tables come in this order too: the triggers of the trace look at operators and premises.
std::span<const desk::RoomFace* const> Rooms() {
  static const desk::RoomFace* const kRooms[] = {
      &subjects::Face(),    &access::Face(), &inspection::Face(), &sampling::Face(),   &traceability::Face(),
      &enforcement::Face(), &risk::Face(),   &credit::Face(),     &governance::Face(), &publicity::Face(),
  };
  return kRooms;
}

}  // namespace zhian::house
