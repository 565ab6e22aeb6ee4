// Quoted figures 引用指標: what a speech or report says, compared with itself. Nothing is corrected: both numbers
// stand, with the verdict. Pure; safe from any thread. Rules and rounding: the catalogue's section 2, kept in
// quotes_test.cpp.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace zhian::governance {

// A number quoted with d decimals means [v − ½·10⁻ᵈ, v + ½·10⁻ᵈ). Qualifiers: "about" ±5 %, "above" [v, ∞), "nearly"
// [0.95 v, v).
struct Quote {
  std::string id, text, unit, figure, qualifier;
  double value = 0;
  int decimals = 0;
};
struct Interval {
  double low, high;
  bool low_open = false, high_open = true;
  [[nodiscard]] bool Holds(double x) const {
    return (low_open ? x > low : x >= low) && (high_open ? x < high : x <= high);
  }
};
Interval IntervalOf(const Quote& quote);

enum class Verdict { kConsistent, kContradiction, kCannotBeChecked };
std::string_view Name(Verdict verdict);
struct Check {
  std::string rule;
  std::vector<std::string> quotes;
  Verdict verdict = Verdict::kCannotBeChecked;
  std::string text;  // the arithmetic, in Simplified Chinese
};
struct Statement {
  std::string id, title, date;
  std::vector<Quote> quotes;
  std::vector<Check> checks;
};

// {"id","title","date","quotes":[{id,text,value,decimals,unit,figure,qualifier}],"relations":[{"rule", …names of
// quotes}]}. Errors (kInvalid) name the field: unknown rules, quotes that are not there, numbers that are none, more
// than 1,000 entries.
Result<Statement> CheckStatement(const boost::json::object& file);
// The checked statement as JSON: {id, title, date, quotes, checks:[{rule, verdict, verdict_label, quotes, text}]}.
boost::json::object StatementView(const Statement& statement);

}  // namespace zhian::governance
