// Limits and measured values 限量與檢驗結果: what a standard asks of one item, what the laboratory found, and whether
// the one keeps to the other. A limit has a sense (at most, at least, between, not detected, or the classes n, c, m, M
// of microbiology); a plain number has none, and is never guessed to be a maximum. Pure; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "policy/pack.hpp"

namespace zhian::sampling {

struct Limit {
  enum class Kind { kPlain, kBand, kNotDetected, kClasses };
  Kind kind = Kind::kBand;
  std::optional<base::Decimal> low, high;          // kBand: both allowed, unless open; kPlain: `high` is the number
  bool low_is_open = false, high_is_open = false;  // the bound itself is not allowed (<, >)
  std::int64_t units = 0, above = 0;               // kClasses: n sample units, of which c may lie above m
  std::optional<base::Decimal> m, most;            // kClasses: m, and M which no unit may exceed; no M: two classes
  std::string unit;
};
// "≤5", "不低于11", "5.5-8.5", "不得检出", "n=5,c=2,m=10000,M=100000", "5" (kPlain). Errors: kInvalid with the mend.
Result<Limit> ReadLimit(std::string_view text, std::string_view unit);

struct Measured {
  enum class Kind { kValue, kBelow, kAbove, kNotDetected, kDetected };
  Kind kind = Kind::kValue;
  // kValue: one value for each sample unit; kBelow, kAbove: the bound; kNotDetected: the detection limit, where told.
  std::vector<base::Decimal> values;
  std::string unit;
};
// "7.9", "<0.01", ">300", "未检出", "未检出(<0.01)", "检出", "10/20/<10/30/50". Errors: kInvalid with the mend.
Result<Measured> ReadMeasured(std::string_view text, std::string_view unit);

// Whether what was found is what the limit allows, in the limit's unit. Errors: kInvalid where it cannot be told (a
// limit without a sense, units that do not convert, a detection limit above the limit, too few sample units).
Result<bool> Within(const Measured& measured, const Limit& limit);

// The factor from one unit to another ("g/kg" to "mg/kg" is 1000). Errors: kInvalid where they measure different
// things.
Result<base::Decimal> UnitFactor(std::string_view from, std::string_view to);

// One row of the dated table of limits (rules "limit.…" of the policy pack; `text_zh` is "category：item").
struct TableLimit {
  std::string category, item, limit, unit, basis;
};
std::vector<TableLimit> LimitsOn(const policy::Pack& pack, base::Date day);

// The limit that a result is judged by: the row of the kept table for category and item; else what is written beside
// the value, which must then have a sense, and must not contradict the table where the item stands in it under other
// categories. Errors: kInvalid with the mend.
Result<Limit> LimitFor(const std::vector<TableLimit>& kept, std::string_view category, std::string_view item,
                       std::string_view written, std::string_view unit);

// Whether no re-inspection is made of the item, by the dated list of microbiological items, its unit or its method.
bool IsMicrobiological(const policy::Pack& pack, base::Date day, std::string_view item, std::string_view unit,
                       std::string_view method);

// The day after which goods made on `made` are past their shelf life ("12个月", "90天", "2年"); none where it is not
// told in these words.
std::optional<base::Date> ShelfLifeEnd(base::Date made, std::string_view shelf_life);

}  // namespace zhian::sampling
