#include "procedure/training.hpp"

#include <algorithm>
#include <array>

namespace zhian::procedure {

bool IsFeltOutside(const Effect& effect) {
  // Records that belong to the matter itself: they are what the exercise exercises.
  static constexpr std::array<Text, 5> kOwn{"case.", "sample.", "body.", "recall.", "exercise."};
  static constexpr std::array<Text, 4> kOthers{"public", "upper_authority", "police_liaison", "procurator_liaison"};
  switch (effect.kind) {
    case Effect::Kind::kStart: return effect.target == "publication";
    case Effect::Kind::kClose:
    case Effect::Kind::kFlag:
    case Effect::Kind::kUnflag: return false;
    case Effect::Kind::kNotify: return std::find(kOthers.begin(), kOthers.end(), effect.target) != kOthers.end();
    case Effect::Kind::kSet:
      return effect.target.find('.') != Text::npos &&
             std::none_of(kOwn.begin(), kOwn.end(), [&](Text own) { return effect.target.starts_with(own); });
    case Effect::Kind::kCredit:
    case Effect::Kind::kHold:
    case Effect::Kind::kFree:
    case Effect::Kind::kStop: return true;
  }
  return true;
}

Status MustBeOfOneWorld(const Matter& matter, const Matter& other, const char* field) {
  if (matter.Has(kTraining) == other.Has(kTraining)) return Ok();
  return NeedsMending({{field, "error.choose", Say("演练事项只能与演练事项关联：{}", other.number)}});
}

bool EndedWithExercise(const Matter& matter, const Kind& kind) {
  const State* state = FindState(kind, matter.state);
  return matter.terminal && matter.Has(kTraining) && state != nullptr && !state->terminal;
}

std::string MarkedTitle(std::string title) {
  return title.starts_with(kTrainingMark) ? title : std::string(kTrainingMark) + title;
}

}  // namespace zhian::procedure
