#include "rooms/risk/face/face.hpp"

#include "rooms/risk/figures.hpp"

namespace zhian::risk {

const desk::RoomFace& Face() {
  static const desk::RoomFace kFace{.room = "risk", .group = "govern", .figures = &Figures};
  return kFace;
}

}  // namespace zhian::risk
