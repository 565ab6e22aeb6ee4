#include "rooms/enforcement/face/face.hpp"

#include "rooms/enforcement/figures.hpp"
#include "rooms/enforcement/gates.hpp"

namespace zhian::enforcement {

const desk::RoomFace& Face() {
  static const desk::RoomFace kFace{
      .room = "enforcement",
      .migrations =
          [] {
            const auto own = Migrations();
            return std::vector<storage::Migration>(own.begin(), own.end());
          },
      .ledgered = LedgeredTables(),
      .records = &Records,
      .add_questions = &AddQuestions,
      .add_watches = [](procedure::Engine& engine, const policy::Pack&) { WatchExceptions(engine); },
      .figures = &Figures};
  return kFace;
}

}  // namespace zhian::enforcement
