// Forms of official documents 文書式樣: the texts of policy/forms, filled from the values of a document when it is
// issued, so that its digest covers them. Numbers of law come from the policy pack, grounds from
// policy/forms/grounds.toml, both as of the day of issue; what is of low confidence is marked. Immutable once loaded;
// thread-safe.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "policy/pack.hpp"

namespace zhian::papers {

struct Form {
  bool red = false;      // an official paper with red head and seal; otherwise a record
  bool party = false;    // the operator's own paper: no organ stands over it
  bool subject = false;  // the table begins with who it is about
  bool blank = false;    // every field is shown, "/" where nothing was entered
  bool limits = false;   // the limits that begin with it are told
  bool receipt = false;
  std::string addressee, organ;
  std::vector<std::string> grounds, text, facts, rights, closing, signs;
};

struct Ground {
  std::string text;
  base::Date from;
  std::optional<base::Date> to;  // both included
  bool to_verify = false;
};

class Forms {
 public:
  // Reads every *.toml of the folder. Errors name the file, the form and what is wrong with it.
  static Result<Forms> Load(const std::string& folder);
  // What a document says, filled from its values ({"kind","issued_on","matter","fields","operator","limits",…}); {}
  // where it has no form.
  [[nodiscard]] boost::json::object Compose(const boost::json::object& values, const policy::Pack& pack) const;
  // The form of a document in matters of the kind; nullptr where there is none.
  [[nodiscard]] const Form* Find(std::string_view document, std::string_view kind) const;
  // Every rule, ground and clause that a form names and that does not exist, one line each.
  [[nodiscard]] std::vector<std::string> Unknown(const policy::Pack& pack) const;

 private:
  friend class Filling;
  std::map<std::string, Form, std::less<>> forms_;  // "document" or "document/kind"
  std::map<std::string, std::vector<Ground>, std::less<>> grounds_;
  std::map<std::string, std::string, std::less<>> clauses_;
};

}  // namespace zhian::papers
