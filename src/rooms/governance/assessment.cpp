#include "rooms/governance/assessment.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "figures/figures.hpp"
#include "policy/exact.hpp"
#include "procedure/guard_tools.hpp"
#include "records/governance.hpp"

namespace zhian::governance {
using namespace procedure;
using base::Decimal;
using figures::FigureDefinition;
using figures::FindFigure;
using records::Assessment;
namespace json = boost::json;

namespace {

// How much of a target was reached, 0 to 1. A figure that is better when lower is reached at or below its target.
double Reached(const FigureDefinition& definition, double value, double target) {
  if (definition.direction == "lower")
    return value <= target ? 1 : target <= 0 ? 0 : std::max(0.0, 1 - (value - target) / target);
  return target <= 0 ? 1 : std::clamp(value / target, 0.0, 1.0);
}

// What is an estimate by nature (a share, the value of a figure), with as many digits as decide.
Decimal FromEstimate(double value) {
  const auto parsed = Decimal::Parse(base::ShortNumber(value, 9));
  return parsed.ok() ? *parsed : Decimal();
}

// Grades by the rows of the policy pack (assess.quality.A …), the lower bound of each included.
Assessment::Grade GradeOf(const policy::Pack& pack, const Decimal& score, base::Date on) {
  for (const auto grade : {Assessment::Grade::kA, Assessment::Grade::kB, Assessment::Grade::kC})
    if (const auto least = policy::Exact(pack, "assess.quality." + std::string(Name(grade)), on);
        least && score >= *least)
      return grade;
  return Assessment::Grade::kD;
}

Status RecordAssessment(EffectContext& context) {
  if (context.transition.action != "compute") return Ok();
  const Matter& matter = context.matter;
  ZHIAN_ASSIGN(const auto assessment, Assessment::Read(matter));
  const auto year = static_cast<int>(assessment.plan_year.value_or(0));
  if (year < 2000 || year > 2200) return MakeError(ErrorCode::kInvalid, "考核没有年度");
  Decimal score;
  std::vector<Assessment::ScoreLinesRow> lines;
  for (const auto& row : assessment.targets) {
    const FigureDefinition* definition = FindFigure(row.figure);
    const Decimal target = row.target.value_or(Decimal()), weight = row.weight.value_or(Decimal());
    Assessment::ScoreLinesRow line{.figure = row.figure, .target = target, .weight = weight};
    // A figure that no room counts yet has no value, like one with nothing to count.
    ZHIAN_ASSIGN(
        const json::value answer,
        ViewOf(context).Ask("figure.value", {{"figure", row.figure},
                                             {"jurisdiction", matter.jurisdiction},
                                             {"from", base::StartOfDay(base::Date::FromYmd(year, 1, 1)).ms},
                                             {"to", base::StartOfDay(base::Date::FromYmd(year + 1, 1, 1)).ms},
                                             {"as_of", base::EndOfDay(base::Date::FromYmd(year, 12, 31)).ms}}));
    const json::object* value = answer.if_object();
    if (definition != nullptr && value != nullptr) {
      const auto estimate = [&](const char* name) { return value->at(name).to_number<double>(); };
      ZHIAN_ASSIGN(line.points, weight.Times(FromEstimate(Reached(*definition, estimate("value"), target.Estimate()))));
      line.value = FromEstimate(estimate("value"));
      line.numerator = FromEstimate(estimate("numerator"));
      line.denominator = FromEstimate(estimate("denominator"));
    } else {
      // Nothing to count is no failure of the body: the weight is given, and the line says so.
      line.points = weight;
      line.nothing_to_count = true;
    }
    ZHIAN_ASSIGN(score, score.Plus(*line.points));
    line.points = line.points->Rounded(2).Trimmed();
    lines.push_back(std::move(line));
  }
  score = score.Rounded(2).Trimmed();
  Erase(context.matter, Assessment::Names::score_lines);
  Merge(context.matter, Assessment{.score = score,
                                   .score_lines = std::move(lines),
                                   .grade = GradeOf(context.services.policy, score, context.today)});
  return Ok();
}

constexpr std::array<EffectBinding, 1> kRecords{{{"assessment", &RecordAssessment}}};

}  // namespace

std::span<const EffectBinding> Records() { return kRecords; }

}  // namespace zhian::governance
