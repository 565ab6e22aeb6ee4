#include "room_commands.hpp"

#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "desk/room_face.hpp"
#include "house/rooms.hpp"

namespace zhian::commands {

namespace {

// What the options of one command were given; kept as long as the command line is read.
using Given = std::map<std::string, std::vector<std::string>>;

std::string_view WithoutDashes(std::string_view name) { return name.starts_with("--") ? name.substr(2) : name; }

void AddOption(CLI::App& command, const desk::CommandOption& option, std::vector<std::string>& values) {
  auto* added = command.add_option(std::string(option.name), values, std::string(option.help));
  if (!option.otherwise.empty()) added->default_val(std::vector<std::string>{option.otherwise});
  if (option.required) added->required();
  if (!option.many) added->expected(1)->allow_extra_args(false);
  if (!option.choices.empty()) added->check(CLI::IsMember(option.choices));
}

desk::CommandCode Run(const desk::Command& command, const house::HouseOptions& options, const Given& given) {
  desk::CommandInput input;
  for (const auto& [name, values] : given) input.Add(WithoutDashes(name), values);
  const desk::CommandOutput to{std::cout, std::cerr};
  if (command.on_files != nullptr) return command.on_files(input, to);
  ZHIAN_ASSIGN(const auto house, house::House::Open(options));
  return command.on_folder(house->app(), input, to);
}

// The command by its name; of "draw make" the group is made where it is not there yet.
CLI::App& Place(CLI::App& cli, const desk::Command& command) {
  const std::string name(command.name);
  const auto space = name.find(' ');
  if (space == std::string::npos) return *cli.add_subcommand(name, std::string(command.help));
  const auto there =
      cli.get_subcommands([&](const CLI::App* added) { return added->get_name() == name.substr(0, space); });
  CLI::App* group = there.empty() ? nullptr : there.front();
  if (group == nullptr) {
    group = cli.add_subcommand(name.substr(0, space), std::string(command.group_help));
    group->require_subcommand(1);
  }
  return *group->add_subcommand(name.substr(space + 1), std::string(command.help));
}

}  // namespace

void AddRoomCommands(CLI::App& cli, house::HouseOptions& options, int& code) {
  for (const desk::RoomFace* room : house::Rooms())
    for (const desk::Command& command : room->commands) {
      CLI::App& added = Place(cli, command);
      const auto given = std::make_shared<Given>();
      if (command.on_folder != nullptr) {
        added.add_option("--data", options.data, "Data folder")->required();
        added.add_option("--policy", options.policy, "Policy packs")->capture_default_str();
      }
      for (const desk::CommandOption& option : command.options)
        AddOption(added, option, (*given)[std::string(option.name)]);
      added.callback([&command, &options, &code, given] {
        const auto done = Run(command, options, *given);
        code = done.ok() ? *done : 1;
        if (done.ok()) return;
        std::cerr << done.error().message.Text() << "\n";
        for (const FieldError& field : done.error().fields)
          std::cerr << field.pointer << ": " << field.message.Text() << "\n";
      });
    }
}

}  // namespace zhian::commands
