#include "procedure/training.hpp"

#include <algorithm>

namespace zhian::procedure {

bool IsFeltOutside(const Effect& effect) {
  const auto own = OwnRecords();
  switch (effect.kind) {
    case Effect::Kind::kStart: {
      const Kind* started = FindKind(effect.target);
      return started == nullptr || Has(*started, Mark::kFeltOutside);
    }
    case Effect::Kind::kClose:
    case Effect::Kind::kFlag:
    case Effect::Kind::kUnflag: return false;
    case Effect::Kind::kNotify: return Has(effect.target, RoleMark::kOutside);
    case Effect::Kind::kSet:
      // Records that belong to the matter itself are what the exercise exercises.
      return effect.target.find('.') != Text::npos &&
             std::find(own.begin(), own.end(), effect.target.substr(0, effect.target.find('.'))) == own.end();
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
