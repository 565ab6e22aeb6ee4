#include "rooms/enforcement/face/face.hpp"

#include "desk/matter_view.hpp"
#include "rooms/enforcement/figures.hpp"
#include "rooms/enforcement/gates.hpp"

namespace zhian::enforcement {
using namespace desk;

namespace {

// The five gates of a case, as the question "gates.KIND" answers them.
Schema GatesSchema() {
  return ListOf(
      Named("Gate", Object({{"gate", OneOf({"G1", "G2", "G3", "G4", "G5"})},
                            {"label", Text()},
                            {"status", OneOf({"closed", "open", "excepted", "not_applicable", "stale"})},
                            {"status_label", Text()},
                            {"open_items", ListOf(Text())},
                            {"supplied_by", ListOf(Text()).Says("who can mend the open item of the same place")},
                            {"shown", ListOf(Text())},
                            {"indicators", ListOf(Text())},
                            {"inputs_digest", Digest()},
                            {"exceptions", ListOf(ExceptionSchema())},
                            {"computed_at", Instant()}})));
}

}  // namespace

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
      .matter_parts = {{"gates", &GatesSchema}},
      .figures = &Figures};
  return kFace;
}

}  // namespace zhian::enforcement
