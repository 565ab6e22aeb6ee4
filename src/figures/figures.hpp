// Figures 指標: a figure is a definition, never a stored number. Its value is counted from the very rows that are
// listed when it is opened, so that no figure can differ from its records. Each room counts its own (figures.tsv for
// the words, figures.cpp for the query); this is what they have in common. Reads only; a Connection belongs to one
// thread, a Book is made once and never changes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "storage/database.hpp"

namespace zhian::figures {

struct FigureDefinition {
  std::string_view id, zh_hans, zh_hant, en, unit, numerator, denominator, period, strata, source, interval, direction,
      used_in, ground, note;
  std::string_view numerator_hans, denominator_hans, numerator_hant,
      denominator_hant;  // "" where the figure is not live
};
// All figures of the catalogue; generated from figures.tsv.
std::span<const FigureDefinition> Catalogue();
const FigureDefinition* FindFigure(std::string_view id);
// Whether its room counts it: the catalogue then says in each language what it counts.
bool IsLive(std::string_view id);

struct FigureQuestion {
  std::string id, jurisdiction;  // jurisdiction: root of the territory that is counted
  base::Instant from, to;        // the period: from ≤ event < to
  base::Instant as_of;           // as known at this instant
};

// One record behind a figure. `n` and `d` are what it adds to numerator and denominator (0 or 1 for counts).
struct FigureRecord {
  std::string kind, id, title;  // kind: "matter", "operator", "duty" (id of its matter)
  double n = 0, d = 0;
};

struct FigureValue {
  double numerator = 0, denominator = 0;
  std::optional<double> value;  // none: nothing to count
  std::optional<double> low, high;
  std::string method;                                // of the interval; "none" for a full count
  bool is_rate = false, small = false, cut = false;  // small: denominator under 30; cut: more records than the bound
  std::vector<FigureRecord> records;
};

inline constexpr int kFigureRecordsMax = 10'000;

enum class Sum { kCount, kRate, kMedian, kMean };  // of n; n over d in per cent; of the records' n
// What a record adds, where SQL alone cannot say: read from the matter and its history, as known at the instant.
using Refine = Status (*)(storage::Connection& db, const FigureQuestion& question, FigureRecord& record);

// How one figure is counted. Parameters of the statement: $1 from, $2 to, $3 as of (all ms), $4 root of the territory;
// its rows are kind, id, title, n, d. The builders of figures/sql.hpp make the usual shapes.
struct Query {
  std::string_view id;
  Sum sum = Sum::kCount;
  std::string sql;
  Refine refine = nullptr;
};

class Book {
 public:
  // REQUIRES: no figure twice.
  explicit Book(std::vector<Query> queries);
  [[nodiscard]] const Query* Find(std::string_view id) const;  // nullptr where no room counts it
  // Errors: kNotFound (no such figure), kUnsupported (no room counts it yet).
  Result<FigureValue> Compute(storage::Connection& db, const FigureQuestion& question) const;

 private:
  std::vector<Query> queries_;  // by id
};

}  // namespace zhian::figures
