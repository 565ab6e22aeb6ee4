// The form of an action: which fields it asks for, and whether what was sent is valid. Derived from the declared
// tables. Pure; all errors are reported at once, each with its pointer and its mend in Simplified Chinese (keys for
// other languages).
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "procedure/model.hpp"

namespace zhian::procedure {

// One field of a form, with where it comes from. `guard` is empty for fields of the kind's own record.
struct FormField {
  const Field* field;
  Text guard;
};

// The fields that `transition` asks for: those of the kind's record that name the action, then those of its guards;
// a name that stands in both is asked once, and is optional only where both say so.
std::vector<FormField> FormOf(const Kind& kind, const Transition& transition);

// Limits of input. Source: house limits, far above what the forms of the field hold.
inline constexpr std::size_t kTextBytesMax = 2'000;
inline constexpr std::size_t kLongTextBytesMax = 100'000;
inline constexpr std::size_t kItemsMax = 500;

// Checks `input` against the form and returns it normalised (trimmed, dates canonical, numbers exact as text).
// Unknown fields are refused: a form that loses what was typed without a word is worse than one that complains.
// An affirmation (bool) of a guard must be true: the sentence is what the person affirms.
Result<boost::json::object> ValidateForm(const std::vector<FormField>& form, const boost::json::object& input,
                                         base::Date today);

// Checks one value; the text is the mend, empty where the value is good. `value` is normalised in place.
Message CheckValue(const Field& field, boost::json::value& value, base::Date today);

// Splits "a|b|c" and similar argument lists.
std::vector<std::string> SplitArguments(Text arguments, char separator);

// Columns of an items field ("lot:text,quantity:quantity,limit:decimal?").
struct Column {
  std::string name, type, arguments;
  bool optional = false;
};
std::vector<Column> ColumnsOf(const Field& field);

}  // namespace zhian::procedure
