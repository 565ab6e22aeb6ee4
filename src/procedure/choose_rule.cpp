#include "procedure/choose_rule.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace zhian::procedure {

namespace {
// The answer for the values of the matter; nullptr where none fits.
template <class Answer>
const Answer* Choose(Texts fields, std::span<const Answer> answers, const Matter& matter) {
  std::vector<std::string> values;
  values.reserve(fields.size());
  for (const Text field : fields) values.push_back(matter.Field(field));
  const auto named = [&](std::size_t place) {
    return std::any_of(answers.begin(), answers.end(),
                       [&](const Answer& answer) { return answer.values[place] == values[place]; });
  };
  for (std::size_t place = 0; place < values.size(); ++place)
    if (!named(place)) values[place] = "*";
  for (const Answer& answer : answers)
    if (std::equal(answer.values.begin(), answer.values.end(), values.begin(), values.end())) return &answer;
  return nullptr;
}
}  // namespace

Text ChooseRule(const RuleChoice& choice, const Matter& matter) {
  const RuleAnswer* answer = Choose(choice.fields, choice.answers, matter);
  return answer == nullptr ? Text{} : answer->rule;
}

ClockStart ChooseStart(const Clock& clock, const Matter& matter) {
  const ClockAnswer* answer = Choose(clock.fields, clock.answers, matter);
  return answer == nullptr ? ClockStart{.sort = ClockStart::Sort::kOpening, .of = {}, .rule = {}} : answer->start;
}

}  // namespace zhian::procedure
