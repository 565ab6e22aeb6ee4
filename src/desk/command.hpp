// What a room brings to the command line, and what it lets be written without a request. The program makes its options
// of these declarations and knows no room; a command prints nothing but what it is given to write to.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "procedure/engine.hpp"
#include "storage/database.hpp"

namespace zhian::desk {

struct App;
struct RoomFace;

struct CommandOption {
  std::string_view name;  // "item" stands by its place, "--format" by its name
  std::string_view help;
  bool required = false;
  bool many = false;                      // takes several values
  std::vector<std::string> choices{};     // what it may be; empty: anything
  std::string otherwise = std::string();  // where it is not given
};
// What was given for each option, by its name without dashes.
class CommandInput {
 public:
  void Add(std::string_view name, std::vector<std::string> values) { values_[std::string(name)] = std::move(values); }
  // REQUIRES: the command declares the option, and it is required or has a value otherwise.
  [[nodiscard]] const std::string& Text(std::string_view name) const { return values_.find(name)->second.front(); }
  [[nodiscard]] const std::vector<std::string>& All(std::string_view name) const { return values_.find(name)->second; }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};
struct CommandOutput {
  std::ostream& out;
  std::ostream& errors;
};
// The code that the program ends with: 0 done, 1 failed, 3 partly done. An Error is printed and is 1.
using CommandCode = Result<int>;
struct Command {
  std::string_view name;  // "trace"; "draw make" is the command `make` of the group `draw`
  std::string_view help;
  std::string_view group_help = {};
  std::vector<CommandOption> options = {};
  // One of the two: on a data folder, which is opened before, or on plain files alone.
  CommandCode (*on_folder)(App& app, const CommandInput& given, const CommandOutput& to) = nullptr;
  CommandCode (*on_files)(const CommandInput& given, const CommandOutput& to) = nullptr;
};

// Something that may be put into a room without a request: the demonstration is made so. It calls what the routes of
// the room call, with every check. `what` is of the program's own making, no input from outside.
struct Intake {
  std::string_view name;  // "file.record"
  // REQUIRES: db is in a write transaction. Errors: those of the room.
  Result<boost::json::object> (*take)(App& app, storage::Connection& db, const procedure::Actor& actor,
                                      const boost::json::object& what) = nullptr;
};
// kNotFound: no room takes it.
Result<boost::json::object> TakeIn(App& app, storage::Connection& db, const procedure::Actor& actor,
                                   std::string_view name, const boost::json::object& what);

}  // namespace zhian::desk
