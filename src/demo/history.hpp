// What happened in the demonstration district before the day on which it opens: the autumn of 2007 and a year of
// supervision up to September 2026. Every step passes the one door, by the people of its time, with the clock of the
// folder set forward to it. Deterministic; single-threaded; runs while the folder is made.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "desk/app.hpp"

namespace zhian::demo {

class History {
 public:
  explicit History(desk::App& app) : app_(app) {}

  void Knows(const std::string& username, procedure::Actor actor) { people_[username] = std::move(actor); }
  // Sets the clock to nine in the morning of the day and does what is due by then.
  Status On(const char* day);
  // Creates a matter about an operator, or moves one; `second` confirms where the table wants it. Returns the matter's
  // id.
  Result<std::string> Begin(const std::string& who, const char* kind, const char* action,
                            const std::string& operator_id, const std::string& place, const std::string& title,
                            boost::json::object fields, const std::string& about = "");
  Status Do(const std::string& who, const std::string& matter, const char* action, boost::json::object fields,
            const std::string& second = "");
  // The newest matter of the kind about the operator.
  Result<std::string> Newest(const char* kind, const std::string& operator_id);
  // Of the kind, among those linked to the matter: the newest in one of the states ("" for any).
  Result<std::string> Linked(const std::string& matter, const char* kind, const char* state = "");
  // Matters of the kind in the state, by age: id and title.
  Result<std::vector<std::pair<std::string, std::string>>> InState(const char* kind, const char* state);
  // Every publication that is still a draft is approved by two persons and published.
  Status PublishDrafts(const std::string& first, const std::string& second);
  Result<procedure::Matter> Load(const std::string& matter);
  // Numbers of the indicators that gate five of a case names.
  Result<std::vector<std::string>> Indicators(const std::string& matter);
  // A file of evidence, stored as people send theirs. Returns its digest.
  Result<std::string> File(const std::string& who, const std::string& name, const std::string& text);
  Status Capture(const boost::json::array& events);
  Status Hold(const std::string& item, const std::string& place, const char* status, const char* evidence,
              double quantity);

 private:
  desk::App& app_;
  std::map<std::string, procedure::Actor> people_;
};

// Steps of several stories, played in the order of their days; those of one day in the order in which they were added.
class Script {
 public:
  void At(std::string day, std::function<Status()> act) { steps_.push_back({std::move(day), std::move(act)}); }
  Status Play(History& history);

 private:
  struct Step {
    std::string day;
    std::function<Status()> act;
  };
  std::vector<Step> steps_;
};

struct Place {
  std::string operator_id, jurisdiction, gln;
};
// Who plays: accounts by user name, operators by name.
struct Cast {
  std::map<std::string, std::string>& accounts;
  std::function<Place(const std::string&)> operator_of;
  const std::string& operator[](const std::string& username) const { return accounts.at(username); }
};

// One order to correct and its end. `late`: the limit passes first, and it is ordered again.
struct Order {
  const char *operator_name, *ordered, *reported, *rechecked, *finding, *measure, *severity;
  bool late;
};
struct Team {
  std::string first, second, lead;  // two inspectors and who leads them
};
void AddOrders(Script& script, History& history, std::span<const Order> orders, const Team& team,
               const std::function<Place(const std::string&)>& operator_of);
std::span<const Order> OrdersOf2007();
std::span<const Order> OrdersOf2026();

// Sampling rounds: a plan, draws, samples that pass (year_sampling.cpp).
void AddSampling(Script& script, History& history, const Cast& cast);
// Two samples that fail and are followed to their ends: disposal, recall, case, listing (year_cases.cpp).
void AddFailures(Script& script, History& history, const Cast& cast);
// Supervision tasks, circulars, targets and their assessment, interference, accountability, a referral
// (year_governance.cpp).
void AddGovernance(Script& script, History& history, const Cast& cast);
// Operators that these stories name: they were on file before.
std::vector<std::string> NamedOf2026();
// Persons of those operators: user name, name, operator.
struct OperatorPerson {
  const char *username, *name, *operator_name;
};
std::span<const OperatorPerson> OperatorPeopleOf2026();

}  // namespace zhian::demo
