// Every triple state × action × role of every declared kind, against a second reading of the tables: live kinds at the
// one door, and all kinds at what the engine offers, with every guard holding and with every guard failing.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "procedure/world_for_tests.hpp"

using namespace zhian;
using namespace zhian::procedure;

namespace {

// A row as a person reads it in procedures.md; `from` is one state, "" for a creation.
struct Written {
  std::string to;
  std::vector<std::string> who, guards;
  std::string document;
};
struct WrittenKind {
  bool live = false;
  std::map<std::string, bool> states;  // terminal or not
  std::map<std::pair<std::string, std::string>, Written> rows;
};

std::string Trimmed(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}
std::vector<std::string> Parts(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);)
    if (part = Trimmed(part); !part.empty() && part != "—" && part != "-") parts.push_back(part);
  return parts;
}
std::vector<std::string> Cells(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) cells.push_back(Trimmed(cell));
  return cells;
}

void ReadTables(const std::filesystem::path& file, std::map<std::string, WrittenKind>& kinds) {
  std::ifstream in(file);
  WrittenKind* kind = nullptr;
  bool rows = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) kind = &kinds[line.substr(3, line.find(' ', 3) - 3)];
    if (kind == nullptr) continue;
    if (line.starts_with("**Live.** yes")) kind->live = true;
    if (line.starts_with("**States.**"))
      for (std::size_t at = line.find('`'); at != std::string::npos; at = line.find('`', at)) {
        const std::size_t end = line.find('`', at + 1);
        kind->states[line.substr(at + 1, end - at - 1)] = line[end + 1] == '*';
        at = end + 1;
      }
    if (!line.starts_with("|")) rows = false;
    if (rows && !line.starts_with("|-")) {
      const auto cells = Cells(line);
      REQUIRE_MESSAGE(cells.size() == 9, line);
      std::vector<std::string> origins = Parts(cells[0], ',');
      if (cells[0] == "any") {
        origins.clear();
        for (const auto& [state, terminal] : kind->states)
          if (!terminal) origins.push_back(state);
      }
      for (const std::string& from : origins) {
        const std::string origin = from == "∅" ? "" : from;
        const auto [_, is_new] = kind->rows.insert({{origin, cells[1]},
                                                    {cells[3] == "=" ? origin : cells[3], Parts(cells[4], '/'),
                                                     Parts(cells[5], ','), cells[7] == "—" ? "" : cells[7]}});
        CHECK_MESSAGE(is_new, line);
      }
    }
    if (line.starts_with("| from |")) rows = true;
  }
}

const std::map<std::string, WrittenKind>& WrittenKinds() {
  static const auto kKinds = [] {
    std::map<std::string, WrittenKind> kinds;
    const std::filesystem::path source = std::filesystem::path(ZHIAN_SOURCE_DIR) / "src";
    ReadTables(source / "identity/procedures.md", kinds);
    for (const auto& room : std::filesystem::directory_iterator(source / "rooms"))
      if (exists(room.path() / "procedures.md")) ReadTables(room.path() / "procedures.md", kinds);
    return kinds;
  }();
  return kKinds;
}

// What the door answers to one command; whatever it did is undone. kUnavailable stands for success.
ErrorCode AnswerTo(World& world, storage::Connection& c, const Actor& actor, const Command& command,
                   std::string* state = nullptr) {
  REQUIRE(c.Script("SAVEPOINT asked").ok());
  const auto outcome = world.engine->ExecuteIn(c, actor, command);
  if (outcome.ok() && state != nullptr) *state = outcome->matter.state;
  REQUIRE(c.Script("ROLLBACK TO SAVEPOINT asked; RELEASE SAVEPOINT asked").ok());
  return outcome.ok() ? ErrorCode::kUnavailable : outcome.error().code;
}

Command CommandFor(const Kind& kind, const std::string& state, const std::string& action) {
  Command command;
  command.kind = std::string(kind.id);
  command.action = action;
  command.jurisdiction = "511113";
  command.operator_id = "op";
  if (state.empty()) return command;
  command.matter_id = command.kind + "-" + state;
  command.expected_version = 1;
  return command;
}

void PutEveryState(World& world) {
  REQUIRE(world.db
              ->Write([&](storage::Connection& c) -> Status {
                for (const Kind& kind : Kinds())
                  for (const State& state : kind.states)
                    ZHIAN_TRY(Put(c, kind, state.id, std::string(kind.id) + "-" + std::string(state.id)));
                return Ok();
              })
              .ok());
}

// Whether a guard of the row is answered by a function, before the form or with it.
bool HasCode(const Written& row, bool before_the_form) {
  return std::any_of(row.guards.begin(), row.guards.end(), [&](const std::string& id) {
    const Guard* guard = FindGuard(id);
    REQUIRE(guard != nullptr);
    const bool code = guard->how == Guard::How::kCode;
    return before_the_form ? code && guard->fields.empty() : code || guard->how == Guard::How::kCodeForm;
  });
}

// Asks for every state × action of every live kind, with the states of the tables and "" for a creation.
template <class F>
void ForEachPair(const F& f) {
  for (const Kind& kind : Kinds()) {
    if (!kind.live) continue;
    const WrittenKind& written = WrittenKinds().at(std::string(kind.id));
    std::set<std::string> actions;
    for (const auto& [key, row] : written.rows) actions.insert(key.second);
    std::vector<std::string> states{""};
    for (const State& state : kind.states) states.emplace_back(state.id);
    for (const std::string& state : states)
      for (const std::string& action : actions) {
        const auto found = written.rows.find({state, action});
        f(kind, state, action, found == written.rows.end() ? nullptr : &found->second);
      }
  }
}

}  // namespace

TEST_CASE("the compiled tables say what a second reading of procedures.md says, row by row, for all 57 kinds") {
  REQUIRE(WrittenKinds().size() == 57);
  REQUIRE(Kinds().size() == 57);
  std::size_t rows = 0;
  for (const Kind& kind : Kinds()) {
    INFO(std::string(kind.id));
    REQUIRE(WrittenKinds().contains(std::string(kind.id)));
    const WrittenKind& written = WrittenKinds().at(std::string(kind.id));
    CHECK(kind.live == written.live);
    CHECK(kind.states.size() == written.states.size());
    for (const State& state : kind.states) CHECK(written.states.at(std::string(state.id)) == state.terminal);
    CHECK(kind.transitions.size() == written.rows.size());
    for (const Transition& t : kind.transitions) {
      const auto found = written.rows.find({std::string(t.from), std::string(t.action)});
      REQUIRE(found != written.rows.end());
      CHECK(found->second.to == t.to);
      CHECK(std::equal(t.who.begin(), t.who.end(), found->second.who.begin(), found->second.who.end()));
      CHECK(std::equal(t.guards.begin(), t.guards.end(), found->second.guards.begin(), found->second.guards.end()));
      CHECK(found->second.document == t.document);
      ++rows;
    }
  }
  CHECK(rows > 600);
}

TEST_CASE(
    "property: of all state x action x role triples of every live kind, exactly the rows of the tables pass the door") {
  World world;
  PutEveryState(world);
  std::size_t allowed = 0, refused = 0, wrong = 0;
  REQUIRE(world.db
              ->Write([&](storage::Connection& c) -> Status {
                ForEachPair(
                    [&](const Kind& kind, const std::string& state, const std::string& action, const Written* row) {
                      const Command command = CommandFor(kind, state, action);
                      for (const Role& role : Roles()) {
                        if (role.id == "system") continue;
                        const bool expected =
                            row != nullptr && std::find(row->who.begin(), row->who.end(), role.id) != row->who.end();
                        // The form is empty: a row that is allowed passes to its form or beyond.
                        const ErrorCode code = AnswerTo(world, c, World::Holder(role.id), command);
                        const bool passed = code == ErrorCode::kInvalid || code == ErrorCode::kUnavailable;
                        const bool right =
                            expected ? passed : code == (row == nullptr ? ErrorCode::kConflict : ErrorCode::kForbidden);
                        if (!right && ++wrong < 20)
                          FAIL_CHECK(std::string(kind.id), " ", state, " ", action, " ", std::string(role.id), ": ",
                                     static_cast<int>(code));
                        ++(expected ? allowed : refused);
                      }
                    });
                return Ok();
              })
              .ok());
  CHECK(wrong == 0);
  CHECK(allowed > 250);
  CHECK(refused > 10'000);
}

TEST_CASE(
    "property: the system does its own rows and no other, where the guards hold; where they do not, none that has a guard") {
  World holds, fails(&Fails);
  PutEveryState(holds);
  PutEveryState(fails);
  std::size_t moved = 0, stopped = 0;
  REQUIRE(holds.db
              ->Write([&](storage::Connection& c) {
                return fails.db->Write([&](storage::Connection& d) -> Status {
                  ForEachPair(
                      [&](const Kind& kind, const std::string& state, const std::string& action, const Written* row) {
                        const Command command = CommandFor(kind, state, action);
                        INFO(std::string(kind.id), " ", state, " ", action);
                        std::string to;
                        const ErrorCode code = AnswerTo(holds, c, Actor::System(), command, &to);
                        const bool own =
                            row != nullptr && std::find(row->who.begin(), row->who.end(), "system") != row->who.end();
                        if (!own) {
                          CHECK(code == (row == nullptr ? ErrorCode::kConflict : ErrorCode::kForbidden));
                          return;
                        }
                        REQUIRE(code == ErrorCode::kUnavailable);
                        CHECK(to == row->to);
                        ++moved;
                        const bool guarded = HasCode(*row, false);
                        CHECK(AnswerTo(fails, d, Actor::System(), command) ==
                              (guarded ? ErrorCode::kGuardFailed : ErrorCode::kUnavailable));
                        stopped += guarded ? 1 : 0;
                      });
                  return Ok();
                });
              })
              .ok());
  CHECK(moved > 20);
  CHECK(stopped > 10);
}

TEST_CASE(
    "property: of all state x action x role triples of all 57 kinds, exactly the rows of the tables are offered, where the guards hold; where they fail, each with a guard is closed with its reason") {
  std::size_t offered = 0, closed = 0, withheld = 0;
  for (const GuardFunction answer : {&Holds, &Fails}) {
    World world(answer);
    PutEveryState(world);
    REQUIRE(world.db
                ->Read([&](storage::Connection& c) -> Status {
                  for (const Kind& kind : Kinds())
                    for (const State& state : kind.states) {
                      ZHIAN_ASSIGN(const Matter matter,
                                   LoadMatter(c, std::string(kind.id) + "-" + std::string(state.id)));
                      std::map<std::string, const Written*> rows;
                      for (const auto& [key, row] : WrittenKinds().at(matter.kind).rows)
                        if (key.first == matter.state) rows[key.second] = &row;
                      for (const Role& role : Roles()) {
                        if (role.id == "system") continue;
                        ZHIAN_ASSIGN(const auto views, world.engine->Available(c, World::Holder(role.id), matter));
                        std::size_t seen = 0;
                        for (const ActionView& view : views) {
                          if (view.common != nullptr) continue;
                          INFO(matter.id, " ", std::string(view.transition->action), " ", std::string(role.id));
                          const auto found = rows.find(std::string(view.transition->action));
                          REQUIRE(found != rows.end());
                          ++seen;
                          const bool named = std::find(found->second->who.begin(), found->second->who.end(), role.id) !=
                                             found->second->who.end();
                          const bool fails = answer == &Fails && HasCode(*found->second, true);
                          CHECK(view.actor_has_role == named);
                          CHECK(view.failing.empty() != fails);
                          CHECK(view.allowed == (named && !fails));
                          ++(!named ? withheld : fails ? closed : offered);
                        }
                        CHECK(seen == rows.size());  // no row is left out
                      }
                    }
                  return Ok();
                })
                .ok());
  }
  CHECK(offered > 1000);
  CHECK(closed > 100);
  CHECK(withheld > 30'000);
}
