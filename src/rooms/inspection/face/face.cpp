#include "rooms/inspection/face/face.hpp"

#include "rooms/inspection/figures.hpp"
#include "rooms/inspection/orders.hpp"

namespace zhian::inspection {

const desk::RoomFace& Face() {
  static const desk::RoomFace kFace{.room = "inspection", .add_questions = &AddQuestions, .figures = &Figures};
  return kFace;
}

}  // namespace zhian::inspection
