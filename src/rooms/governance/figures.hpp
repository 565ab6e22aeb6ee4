// Figures 指標: a figure is a definition, never a stored number. Its value is counted from the very rows that are
// listed when it is opened, so that no figure can differ from its records. Reads only; a Connection belongs to one
// thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "storage/database.hpp"

namespace zhian::governance {

struct FigureDefinition {
  std::string_view id, zh_hans, zh_hant, en, unit, numerator, denominator, period, strata, source, interval, direction,
      used_in, ground, note;
  std::string_view numerator_hans, denominator_hans, numerator_hant,
      denominator_hant;  // "" where the figure is not live
};
// All figures of the catalogue; generated from figures.tsv.
std::span<const FigureDefinition> Catalogue();
const FigureDefinition* FindFigure(std::string_view id);
// Whether the records that it counts are kept by live rooms.
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

// Errors: kNotFound (no such figure), kUnsupported (its records are not kept yet).
Result<FigureValue> ComputeFigure(storage::Connection& db, const FigureQuestion& question);

}  // namespace zhian::governance
