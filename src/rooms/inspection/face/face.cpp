#include "rooms/inspection/face/face.hpp"

#include "rooms/inspection/figures.hpp"

namespace zhian::inspection {

const desk::RoomFace& Face() {
  static const desk::RoomFace kFace{.room = "inspection", .figures = &Figures};
  return kFace;
}

}  // namespace zhian::inspection
