#include "law_commands.hpp"

#include <iostream>
#include <memory>
#include <vector>

#include "house/law.hpp"

namespace zhian::commands {

namespace {

int CheckCases(const std::string& policy, const std::vector<std::string>& paths, bool with_known) {
  const auto fail = [](const Error& error) {
    std::cerr << error.message.Text() << "\n";
    for (const FieldError& field : error.fields) std::cerr << field.pointer << ": " << field.message.Text() << "\n";
    return 1;
  };
  const auto cases = house::ReadCaseFiles(paths);
  if (!cases.ok()) return fail(cases.error());
  const auto runner = house::CaseRunner::Open(policy);
  if (!runner.ok()) return fail(runner.error());
  const house::LawReport report = house::CheckLaw(**runner, *cases);
  if (with_known)
    for (const std::string& known : report.known) std::cout << known << "\n";
  for (const std::string& fault : report.faults) std::cout << fault << "\n";
  std::cout << report.cases << " cases (" << report.guards << " of guards, " << report.duties << " of deadlines), "
            << report.known_false << " known to be false, " << report.faults.size() << " faults\n";
  return report.faults.empty() ? 0 : 1;
}

}  // namespace

void AddLawCommands(CLI::App& cli, const std::string& policy, int& code) {
  auto* check = cli.add_subcommand("law-check", "Cases of law: what the guards and deadlines make of each");
  auto paths = std::make_shared<std::vector<std::string>>(std::vector<std::string>{"src/rooms"});
  check->add_option("files", *paths, "Case files (TOML), or folders with files cases.toml")->capture_default_str();
  auto with_known = std::make_shared<bool>(false);
  check->add_flag("--known", *with_known, "Print the cases that are known to be false, too");
  check->callback([&policy, &code, paths, with_known] { code = CheckCases(policy, *paths, *with_known); });
}

}  // namespace zhian::commands
