#include "rooms/governance/face/face.hpp"

#include "rooms/governance/assessment.hpp"
#include "rooms/governance/face/routes.hpp"
#include "rooms/governance/figures.hpp"
#include "rooms/governance/started.hpp"

namespace zhian::governance {

const desk::RoomFace& Face() {
  static const desk::RoomFace kFace{.room = "governance",
                                    .group = "govern",
                                    .records = &Records,
                                    .add_questions = &AddQuestions,
                                    .add_routes = &face::AddFigureRoutes,
                                    .figures = &Figures};
  return kFace;
}

}  // namespace zhian::governance
