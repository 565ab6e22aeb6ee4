// JSON views of matters, duties, rules and fields; labels are ready texts in the caller's language. Reads only.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "api/app.hpp"

namespace zhian::api {

// Names of accounts, operators and jurisdictions, read once each. Lives for one request; not thread-safe.
class NameLookup {
 public:
  explicit NameLookup(storage::Connection& db, const policy::Pack* rules = nullptr, base::Date on = {})
      : db_(db), rules_(rules), on_(on) {}
  std::string Account(const std::string& id) const;
  std::string Operator(const std::string& id) const;
  std::string Jurisdiction(const std::string& id) const;
  // A person, an operator or the number of a matter; empty where the identifier is none of them: people never read
  // identifiers.
  std::string Anyone(const std::string& id) const;
  // What a rule said on the day given, where the rules are at hand; else its identifier.
  std::string Rule(const std::string& id, Language language) const;
  // Rules in force whose name begins with one of the prefixes ("a.|b."), as options of a form: name, text and value.
  boost::json::array RuleOptions(std::string_view prefixes, Language language) const;
  // Names of up to three persons who hold one of the roles over the jurisdiction.
  boost::json::array Holders(std::span<const std::string_view> roles, const std::string& jurisdiction) const;

 private:
  std::string Find(const char* sql, const std::string& id) const;
  storage::Connection& db_;
  const policy::Pack* rules_;
  base::Date on_;
  mutable std::map<std::string, std::string> known_;
};

// The text of a label key, of a second key where the first is unknown, or the fallback.
std::string LabelText(const std::string& key, const std::string& second, const std::string& fallback,
                      Language language);

// A text that was stored as a message, in the reader's language; what was stored as plain text stays as it is.
std::string StoredText(const std::string& stored, Language language);

// Restricted matters (accountability, interference) are seen by their own circle only.
bool MaySeeConfidential(const procedure::Actor& actor);

// The text of a value for people: labels of choices, names of persons, places and operators.
std::string ValueText(const procedure::Field& field, const boost::json::value& value, Language language,
                      const NameLookup& names);
// The same for a value that is known by its name only: a cell of a row, or what the engine filled.
std::string CellText(std::string_view name, const boost::json::value& value, Language language,
                     const NameLookup& names);
// {"columns": […], "rows": [[…]]} of a list of rows; null for everything else.
boost::json::value ValueRows(const procedure::Field& field, const boost::json::value& value, Language language,
                             const NameLookup& names);
// The label of a choice; empty where the value is none: a number is a choice only where the field declares it.
std::string ChoiceText(std::string_view name, const std::string& option, Language language);
// Whether a field or column of this name is declared as money anywhere.
bool IsMoney(std::string_view name);
// At most two decimals, never an exponent.
std::string NumberText(double number);
boost::json::object FieldDeclaration(const procedure::Field& field, Language language);
boost::json::value DutyView(const App& app, const procedure::DutyRow& duty, const procedure::Kind& kind,
                            Language language);
boost::json::value RuleView(const policy::Pack& pack, const policy::Rule& rule, Language language);
// The title as it is shown: one that the system made of the kind's name is said in the reader's language, with whom it
// concerns; what a person wrote, or the name of a product, stays as it is.
std::string MatterTitle(const procedure::Matter& matter, Language language, const NameLookup& names);
// The matter, where the caller may see it. Errors: kNotFound, kForbidden.
Result<procedure::Matter> VisibleMatter(App& app, storage::Connection& db, const Caller& caller, const std::string& id);
boost::json::value MatterSummary(const procedure::Matter& matter, Language language, const NameLookup& names);
Result<boost::json::object> MatterView(App& app, storage::Connection& db, const Caller& caller,
                                       const procedure::Matter& matter);

}  // namespace zhian::api
