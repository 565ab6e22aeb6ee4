#include "rooms/governance/face/face.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "rooms/governance/assessment.hpp"
#include "rooms/governance/face/routes.hpp"
#include "rooms/governance/figures.hpp"
#include "rooms/governance/quotes.hpp"
#include "rooms/governance/started.hpp"

namespace zhian::governance {
namespace json = boost::json;

namespace {

// 1: what is quoted contradicts itself.
desk::CommandCode CheckFigures(const desk::CommandInput& given, const desk::CommandOutput& to) {
  const std::string& file = given.Text("file");
  ZHIAN_ASSIGN(const auto bytes, base::ReadFile(file, 16 << 20));
  ZHIAN_ASSIGN(const auto parsed, base::ParseJson(bytes));
  if (!parsed.is_object()) return MakeError(ErrorCode::kInvalid, file + ": must hold one JSON object");
  ZHIAN_ASSIGN(const auto statement, CheckStatement(parsed.get_object()));
  to.out << json::serialize(StatementView(statement)) << "\n";
  const bool contradicts = std::any_of(statement.checks.begin(), statement.checks.end(),
                                       [](const Check& check) { return check.verdict == Verdict::kContradiction; });
  return contradicts ? 1 : 0;
}

}  // namespace

const desk::RoomFace& Face() {
  static const desk::RoomFace kFace{
      .room = "governance",
      .group = "govern",
      .records = &Records,
      .add_questions = &AddQuestions,
      .add_routes = &face::AddFigureRoutes,
      .commands = {{.name = "figures check",
                    .help = "Quoted figures and their contradictions",
                    .group_help = "The catalogue of figures",
                    .options = {{.name = "file", .help = "Statement (JSON)", .required = true}},
                    .on_files = &CheckFigures}},
      .figures = &Figures};
  return kFace;
}

}  // namespace zhian::governance
