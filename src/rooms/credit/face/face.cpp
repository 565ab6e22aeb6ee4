#include "rooms/credit/face/face.hpp"

#include "rooms/credit/figures.hpp"

namespace zhian::credit {

const desk::RoomFace& Face() {
  static const desk::RoomFace kFace{.room = "credit", .group = "govern", .figures = &Figures};
  return kFace;
}

}  // namespace zhian::credit
