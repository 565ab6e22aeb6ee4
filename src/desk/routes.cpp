#include "desk/routes.hpp"

#include "desk/room_face.hpp"

namespace zhian::desk {

std::vector<RouteSpec> Routes(Rooms rooms) {
  std::vector<RouteSpec> routes;
  AddSessionRoutes(routes);
  AddDutyRoutes(routes);
  AddMatterRoutes(routes, rooms);
  for (const auto add : {&AddAttachmentRoutes, &AddDocumentRoutes, &AddImportRoutes, &AddLedgerRoutes,
                         &AddServiceRoutes, &AddNoticeRoutes, &AddStartRoutes})
    add(routes);
  for (const RoomFace* room : rooms)
    if (room->add_routes != nullptr) room->add_routes(routes, rooms);
  return routes;
}

Result<std::optional<std::int64_t>> ReadVersion(const http::Request& request) {
  std::string text(request.headers.Get("If-Match"));
  std::erase(text, '"');
  if (text.starts_with("W/")) text = text.substr(2);
  if (text.empty()) return std::optional<std::int64_t>{};
  if (text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
    return MakeError(ErrorCode::kInvalid, "If-Match 须是所读版本的数字，例如 \"3\"");
  return std::optional<std::int64_t>(std::stoll(text));
}

}  // namespace zhian::desk
