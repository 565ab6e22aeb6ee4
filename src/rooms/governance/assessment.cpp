#include "rooms/governance/assessment.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "figures/figures.hpp"
#include "procedure/guard_tools.hpp"

namespace zhian::governance {
namespace json = boost::json;
using namespace procedure;
using figures::FigureDefinition;
using figures::FindFigure;

namespace {

// How much of a target was reached, 0 to 1. A figure that is better when lower is reached at or below its target.
double Reached(const FigureDefinition& definition, double value, double target) {
  if (definition.direction == "lower")
    return value <= target ? 1 : target <= 0 ? 0 : std::max(0.0, 1 - (value - target) / target);
  return target <= 0 ? 1 : std::clamp(value / target, 0.0, 1.0);
}

// Grades by the rows of the policy pack (assess.quality.A …), the lower bound of each included.
std::string GradeOf(const policy::Pack& pack, double score, base::Date on) {
  for (const char* grade : {"A", "B", "C"})
    if (const auto least = pack.Number("assess.quality." + std::string(grade), on); least && score >= *least)
      return grade;
  return "D";
}

Status RecordAssessment(EffectContext& context) {
  if (context.transition.action != "compute") return Ok();
  Matter& matter = context.matter;
  const int year = static_cast<int>(matter.Number("plan_year"));
  if (year < 2000 || year > 2200) return MakeError(ErrorCode::kInvalid, "考核没有年度");
  double score = 0;
  json::array lines;
  for (const auto& row : Items(matter, "targets")) {
    const std::string id = Cell(row, "figure");
    const FigureDefinition* definition = FindFigure(id);
    const double target = NumberOf(row, "target"), weight = NumberOf(row, "weight");
    json::object line{{"figure", id}, {"target", target}, {"weight", weight}};
    // A figure that no room counts yet has no value, like one with nothing to count.
    ZHIAN_ASSIGN(
        const json::value answer,
        ViewOf(context).Ask("figure.value", {{"figure", id},
                                             {"jurisdiction", matter.jurisdiction},
                                             {"from", base::StartOfDay(base::Date::FromYmd(year, 1, 1)).ms},
                                             {"to", base::StartOfDay(base::Date::FromYmd(year + 1, 1, 1)).ms},
                                             {"as_of", base::EndOfDay(base::Date::FromYmd(year, 12, 31)).ms}}));
    const json::object* value = answer.if_object();
    if (definition != nullptr && value != nullptr) {
      const double points = weight * Reached(*definition, value->at("value").to_number<double>(), target);
      score += points;
      line["value"] = value->at("value");
      line["numerator"] = value->at("numerator");
      line["denominator"] = value->at("denominator");
      line["points"] = points;
    } else {
      // Nothing to count is no failure of the body: the weight is given, and the line says so.
      score += weight;
      line["points"] = weight;
      line["nothing_to_count"] = true;
    }
    lines.push_back(std::move(line));
  }
  score = std::round(score * 100) / 100;
  matter.fields["score"] = score;
  matter.fields["score_lines"] = std::move(lines);
  matter.fields["grade"] = GradeOf(context.services.policy, score, context.today);
  return Ok();
}

constexpr std::array<EffectBinding, 1> kRecords{{{"assessment", &RecordAssessment}}};

}  // namespace

std::span<const EffectBinding> Records() { return kRecords; }

}  // namespace zhian::governance
