// Exercise data 演練數據: a matter with the flag `training` walks its table as a real one does, with guards, duties,
// papers and leaves, and touches nothing but itself: no operator's file, no lot, no credit record, no publication, no
// figure. What it starts is training too, links join it with training only, and no row of a table takes the flag away.
// Pure. Source: docs/decisions/0016-exercises.md.
#pragma once

#include "procedure/matter.hpp"
#include "procedure/model.hpp"

namespace zhian::procedure {

inline constexpr std::string_view kTraining = "training";
inline constexpr std::string_view kTrainingMark =
    "【演练】";  // before the title, so that no list and no notice shows it without

// Whether an effect would be felt outside of the matter, so that it is left out of an exercise. What is not known is
// left out.
bool IsFeltOutside(const Effect& effect);
// kInvalid at `field` where one of the two is training and the other is not.
Status MustBeOfOneWorld(const Matter& matter, const Matter& other, const char* field);
std::string MarkedTitle(std::string title);
// It ended where it stood, with the exercise that started it; it moves no more.
bool EndedWithExercise(const Matter& matter, const Kind& kind);

}  // namespace zhian::procedure
