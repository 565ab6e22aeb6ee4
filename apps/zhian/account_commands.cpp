#include "account_commands.hpp"

#include <iostream>
#include <memory>

#include "base/file.hpp"
#include "house/accounts.hpp"

namespace zhian::commands {

namespace {

constexpr std::size_t kTableBytesMax = std::size_t{16} << 20;

int Fail(const Error& error) {
  std::cerr << error.message.Text() << "\n";
  for (const FieldError& field : error.fields) std::cerr << field.pointer << ": " << field.message.Text() << "\n";
  return 1;
}

int Enter(const house::HouseOptions& options, const std::string& file) {
  const auto bytes = base::ReadFile(file, kTableBytesMax);
  if (!bytes.ok()) return Fail(bytes.error());
  auto house = house::House::Open(options);
  if (!house.ok()) return Fail(house.error());
  const auto report = house::ImportAccounts((*house)->app(), *bytes);
  if (!report.ok()) return Fail(report.error());
  for (const FieldError& refused : report->refused)
    std::cerr << file << ":" << refused.pointer << ": " << refused.message.Text() << "\n";
  for (const std::string& password : report->passwords) std::cout << password << "\n";
  std::cout << report->rows << " rows: " << report->accounts << " accounts, " << report->roles << " roles, "
            << report->certificates << " certificates, " << report->refused.size() << " refused\n";
  return report->refused.empty() ? 0 : report->refused.size() < static_cast<std::size_t>(report->rows) ? 3 : 1;
}

}  // namespace

void AddAccountCommands(CLI::App& command, house::HouseOptions& options, int& code) {
  auto file = std::make_shared<std::string>();
  command
      .add_option(
          "file", *file,
          "CSV: username,name,id_number,password,role,place,body,operator_id,certificate,issuer,valid_from,valid_to")
      ->required();
  command.callback([&options, &code, file] { code = Enter(options, *file); });
}

}  // namespace zhian::commands
