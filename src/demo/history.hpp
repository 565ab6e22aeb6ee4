// What happened in the demonstration district before the day on which it opens: the autumn of 2007 and a year of supervision up
// to September 2026. Every step passes the one door, by the people of its time, with the clock of the folder set forward to it.
// Deterministic; single-threaded; runs while the folder is made.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "api/app.hpp"

namespace zhian::demo {

class History {
 public:
  explicit History(api::App& app) : app_(app) {}

  void Knows(const std::string& username, procedure::Actor actor) { people_[username] = std::move(actor); }
  // Sets the clock to nine in the morning of the day and does what is due by then.
  Status On(const char* day);
  // Creates a matter about an operator, or moves one; `second` confirms where the table wants it. Returns the matter's id.
  Result<std::string> Begin(const std::string& who, const char* kind, const char* action, const std::string& operator_id, const std::string& place, const std::string& title, boost::json::object fields);
  Status Do(const std::string& who, const std::string& matter, const char* action, boost::json::object fields, const std::string& second = "");
  // The newest matter of the kind about the operator.
  Result<std::string> Newest(const char* kind, const std::string& operator_id);

 private:
  api::App& app_;
  std::map<std::string, procedure::Actor> people_;
};

// One order to correct and its end. `late`: the limit passes first, and it is ordered again.
struct Order {
  const char *operator_name, *ordered, *reported, *rechecked, *finding, *measure, *severity;
  bool late;
};
struct Team {
  std::string first, second, lead;  // two inspectors and who leads them
};
// The orders in the order of their days; `operator_of` gives id and place of an operator by name.
Status PlayOrders(History& history, std::span<const Order> orders, const Team& team, const std::function<std::pair<std::string, std::string>(const std::string&)>& operator_of);

std::span<const Order> OrdersOf2007();
std::span<const Order> OrdersOf2026();

}  // namespace zhian::demo
