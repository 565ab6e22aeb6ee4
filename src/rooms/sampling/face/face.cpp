#include "rooms/sampling/face/face.hpp"

#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "rooms/sampling/draw.hpp"
#include "rooms/sampling/face/portal.hpp"
#include "rooms/sampling/figures.hpp"

namespace zhian::sampling {
namespace json = boost::json;

namespace {

// The draw in a file: one JSON object.
Result<json::object> ReadDraw(const desk::CommandInput& given) {
  const std::string& file = given.Text("file");
  ZHIAN_ASSIGN(const auto bytes, base::ReadFile(file, std::size_t{256} << 20));
  ZHIAN_ASSIGN(auto parsed, base::ParseJson(bytes, {.bytes_max = std::size_t{256} << 20, .depth_max = 16}));
  if (!parsed.is_object()) return MakeError(ErrorCode::kInvalid, file + ": must hold one JSON object");
  return std::move(parsed.get_object());
}

desk::CommandCode Make(const desk::CommandInput& given, const desk::CommandOutput& to) {
  ZHIAN_ASSIGN(auto draw, ReadDraw(given));
  ZHIAN_ASSIGN(const auto made, MakeDraw(std::move(draw)));
  to.out << json::serialize(made) << "\n";
  return 0;
}

desk::CommandCode Verify(const desk::CommandInput& given, const desk::CommandOutput& to) {
  ZHIAN_ASSIGN(const auto draw, ReadDraw(given));
  ZHIAN_TRY(VerifyDraw(draw));
  to.out << "verified\n";
  return 0;
}

std::vector<desk::Command> Commands() {
  const desk::CommandOption file{.name = "file", .help = "Draw (JSON)", .required = true};
  return {{.name = "draw make",
           .help = "Commit to a draw, or complete it with its public value",
           .group_help = "A draw that anyone can replay",
           .options = {file},
           .on_files = &Make},
          {.name = "draw verify", .help = "Check a draw", .options = {file}, .on_files = &Verify}};
}

}  // namespace

const desk::RoomFace& Face() {
  static const desk::RoomFace kFace{.room = "sampling",
                                    .records = &Records,
                                    .add_routes = &face::AddPortalRoutes,
                                    .commands = Commands(),
                                    .figures = &Figures,
                                    .portal_aside = &face::PortalAside};
  return kFace;
}

}  // namespace zhian::sampling
