#include "procedure/choose_rule.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace zhian::procedure {

Text ChooseRule(const RuleChoice& choice, const Matter& matter) {
  std::vector<std::string> values;
  values.reserve(choice.fields.size());
  for (const Text field : choice.fields) values.push_back(matter.Field(field));
  const auto named = [&](std::size_t place) {
    return std::any_of(choice.answers.begin(), choice.answers.end(),
                       [&](const RuleAnswer& answer) { return answer.values[place] == values[place]; });
  };
  for (std::size_t place = 0; place < values.size(); ++place)
    if (!named(place)) values[place] = "*";
  for (const RuleAnswer& answer : choice.answers)
    if (std::equal(answer.values.begin(), answer.values.end(), values.begin(), values.end())) return answer.rule;
  return {};
}

}  // namespace zhian::procedure
