// Official documents: the texts of policy/forms, filled from the values of a document when it is issued (so that its digest
// covers them), and laid out as a sheet. Immutable once loaded; thread-safe.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <string>
#include <vector>

#include "api/matter_view.hpp"
#include "base/result.hpp"
#include "documents/sheet.hpp"
#include "procedure/matter.hpp"

namespace zhian::api {

struct Form {
  bool addressee = false, receipt = false;
  std::vector<std::string> text, closing, facts;
};

class Forms {
 public:
  // Errors name the file, the form and what is wrong with it.
  static Result<Forms> Load(const std::string& file);
  // {"addressee","text","closing","facts":[names],"receipt"}: what a document of this kind says, filled from its values.
  [[nodiscard]] boost::json::object Compose(const std::string& document, const boost::json::object& values) const;

 private:
  std::map<std::string, Form, std::less<>> forms_;
};

// Fills {name} and {operator.name}; drops [[…]] in which something is missing. Exposed for its test.
std::string FillText(const std::string& text, const boost::json::object& values);

documents::Sheet SheetOf(const procedure::DocumentRow& document, const NameLookup& names, const std::string& public_origin, bool demo);

}  // namespace zhian::api
