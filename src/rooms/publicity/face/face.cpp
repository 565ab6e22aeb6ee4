#include "rooms/publicity/face/face.hpp"

#include "rooms/publicity/face/portal.hpp"
#include "rooms/publicity/figures.hpp"

namespace zhian::publicity {

const desk::RoomFace& Face() {
  static const desk::RoomFace kFace{
      .room = "publicity", .group = "govern", .add_routes = &face::AddPortalRoutes, .figures = &Figures};
  return kFace;
}

}  // namespace zhian::publicity
