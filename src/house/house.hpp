// House: one open data folder with everything that runs on it; what serve, import, capture and the demonstration share.
// Opened by one thread; the parts are then thread-safe as their headers say.
#pragma once

#include <memory>
#include <string>

#include "desk/app.hpp"

namespace zhian::house {

struct HouseOptions {
  std::string data, database_url, policy, policy_overlay, public_origin = "http://127.0.0.1:8080";
  bool make = false;  // make an empty folder (init, demo)
  bool demo = false;  // mark it as a demonstration, with a clock of its own
  std::string origin = "zhian/511113";
};

class House {
 public:
  // Errors: kNotFound (no folder of ours), kConflict (make: the folder is not empty), and those of the parts.
  static Result<std::unique_ptr<House>> Open(const HouseOptions& options);
  ~House();
  [[nodiscard]] desk::App& app();
  [[nodiscard]] const policy::Pack& pack() const;
  // Every migration and every ledgered table of the house.
  static std::vector<storage::Migration> Migrations();
  static std::vector<ledger::LedgeredTable> LedgeredTables();

 private:
  House();
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace zhian::house
