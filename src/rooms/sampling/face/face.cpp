#include "rooms/sampling/face/face.hpp"

#include "rooms/sampling/draw.hpp"
#include "rooms/sampling/face/portal.hpp"
#include "rooms/sampling/figures.hpp"

namespace zhian::sampling {

const desk::RoomFace& Face() {
  static const desk::RoomFace kFace{.room = "sampling",
                                    .records = &Records,
                                    .add_routes = &face::AddPortalRoutes,
                                    .figures = &Figures,
                                    .portal_aside = &face::PortalAside};
  return kFace;
}

}  // namespace zhian::sampling
