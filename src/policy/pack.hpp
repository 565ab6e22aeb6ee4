// Policy pack 規則包: rules of law as dated data. A rule is chosen by the date of the event that triggers it; a version
// segment in its id (".v2015.") only tells versions apart, so tables name the rule without it. Immutable once loaded;
// safe from any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.hpp"
#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace zhian::policy {

struct Rule {
  std::string id;    // as in the pack
  std::string name;  // without the version segment: what tables use
  std::string domain;
  std::string text_zh, text_en;
  std::string raw;         // "10-20", "<60", "02-28"
  std::string value_text;  // for people: "5 个工作日"
  double value_min = 0, value_max = 0;
  bool has_number = false;
  std::string unit;  // wd d h mo y month_day date CNY x pct points …
  std::string start_event;
  std::string from_text, to_text;
  std::optional<base::Date> from, to;  // both included
  bool strict = false;  // the last day is the last day, also on a rest day (行政强制法; referral to the police)
  bool inert = false;   // the date is "to verify": listed, never selected
  std::string source, confidence;
  bool to_verify = false;  // of low confidence, or a local default: marked wherever it is used
  // A band of fines 罰款幅度: the law ("食品安全法", other names after "/"), its article and paragraph ("124", "2"; ""
  // for any) and the tier of goods value in yuan for which it holds, from (included) to below. A row without an article
  // is no band, whatever its value looks like.
  std::string law, article, paragraph;
  std::optional<base::Decimal> goods_from, goods_below;
  // An offence 罪名: the articles whose breach may be this crime, "食品安全法#124,食品安全法#123".
  std::string touches;
};

struct DeadlineOptions {
  bool before = false;  // counts backward from the start, to the earlier working day
};
struct Deadline {
  base::Instant limit_at;  // the last millisecond in which the act is in time
  bool uncertain = false;  // a year was counted through whose holidays are not known
};

class Pack {
 public:
  // Folder with current/*.toml, 2007/*.toml, calendar/*.toml; `overlay` (a district's own folder, "" for none) replaces
  // rows of the same id and start. Errors name file and row: overlapping versions, bad dates, bad numbers, missing
  // fields.
  static Result<Pack> Load(const std::string& folder, const std::string& overlay = {});

  // The rule in force on the day, by name or full id; nullptr where no row covers it.
  [[nodiscard]] const Rule* Find(std::string_view name, base::Date on) const;
  // Its number (value_min), where there is a rule and it has one.
  [[nodiscard]] std::optional<double> Number(std::string_view name, base::Date on) const;
  [[nodiscard]] bool Knows(std::string_view name) const { return by_name_.contains(name); }
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }
  [[nodiscard]] const base::Calendar& calendar() const { return calendar_; }
  // The source of a rule as a reader cites it: "SAMR Order 15 art 45" is 《食品安全抽样检验管理办法》（…）第45条. What
  // the table of citations does not know stays as the row has it.
  [[nodiscard]] std::string Cite(const Rule& rule, bool english) const;

 private:
  struct Citation {
    std::string shortened, chinese, english;
  };
  std::vector<Citation> citations_;  // longest first
  std::vector<Rule> rules_;          // by domain, id, from
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_name_;
  base::Calendar calendar_;
};

// "sampling.v2015.food.serve" -> "sampling.food.serve".
std::string WithoutVersion(std::string_view id);

// When the limit of the rule passes, counted from `start`. Errors: kUnsupported for units that are no time.
// A period in days that ends on a rest day runs to the next working day, unless the rule is strict.
Result<Deadline> ComputeDeadline(const Rule& rule, base::Instant start, const base::Calendar& calendar,
                                 const DeadlineOptions& options = {});

}  // namespace zhian::policy
