#include "procedure/about.hpp"

#include <algorithm>

namespace zhian::procedure {

namespace {

bool Names(Text kind, std::initializer_list<Text> words) {
  for (const KindSubject& subject : KindSubjects())
    if (subject.kind == kind)
      return std::any_of(words.begin(), words.end(), [&](Text word) {
        return std::find(subject.words.begin(), subject.words.end(), word) != subject.words.end();
      });
  return false;
}

// The word that the tables use for a matter of this kind ("case" of several kinds); an id of several words is none.
Text WordFor(const Kind& kind) {
  if (!kind.traits.called.empty()) return kind.traits.called;
  return kind.id.find('_') == Text::npos ? kind.id : Text{};
}

}  // namespace

bool BelongsTo(const Kind& kind, Place place, const Kind* of) {
  switch (place) {
    case Place::kAnywhere: return true;
    // An operator's file is not opened for one who has a file.
    case Place::kOperator: return !Has(kind, Mark::kOpensFile) && Names(kind.id, {"operator", "party", "producer"});
    case Place::kLot: return Names(kind.id, {"lot", "lots", "holding"});
    case Place::kMatter: break;
  }
  if (of == nullptr || of->id == kind.id) return false;
  if (Names(kind.id, {"matter"})) return true;
  if (const Text word = WordFor(*of); !word.empty() && Names(kind.id, {word})) return true;
  for (const Field& field : kind.fields)
    if (field.type == "matter" && field.args == of->id) return true;
  for (const Transition& transition : of->transitions)
    for (const Effect& effect : transition.effects)
      if (effect.kind == Effect::Kind::kStart && effect.target == kind.id) return true;
  return false;
}

bool IsOfOneOperator(const Kind& kind) {
  if (!BelongsTo(kind, Place::kOperator)) return false;
  for (const KindSubject& subject : KindSubjects())
    if (subject.kind == kind.id) return subject.words.front() == "operator";
  return false;
}

}  // namespace zhian::procedure
