// How what is stored reads for people: names for identifiers, labels of choices, money and quantities with their unit,
// rows of a table under the titles of their columns, titles of matters. Used by pages and papers alike. Reads only; a
// NameLookup lives for one request and is not thread-safe, the functions are.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/message.hpp"
#include "base/time.hpp"
#include "policy/pack.hpp"
#include "procedure/matter.hpp"
#include "procedure/model.hpp"
#include "storage/database.hpp"

namespace zhian::papers {

std::string_view LabelIn(const procedure::Label& label, Language language);

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
// The title as it is shown: one that the system made of the kind's name is said in the reader's language, with whom it
// concerns; what a person wrote, or the name of a product, stays as it is.
std::string MatterTitle(const procedure::Matter& matter, Language language, const NameLookup& names);
// A person's name in the public view: the first character, the others as ＊.
std::string MaskName(std::string_view name);
// An operator's name in the public view: an enterprise's whole, a household's masked (it is a person's).
std::string PublicName(std::string_view name, std::string_view operator_type);

}  // namespace zhian::papers
