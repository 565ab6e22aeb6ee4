#include "desk/command.hpp"

#include "desk/room_face.hpp"

namespace zhian::desk {

Result<boost::json::object> TakeIn(App& app, storage::Connection& db, const procedure::Actor& actor,
                                   std::string_view name, const boost::json::object& what) {
  for (const RoomFace* room : app.rooms)
    for (const Intake& intake : room->intakes)
      if (intake.name == name) return intake.take(app, db, actor, what);
  return MakeError(ErrorCode::kNotFound, "no room takes in " + std::string(name));
}

}  // namespace zhian::desk
