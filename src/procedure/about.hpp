// What a matter of each kind can be about: the words of the **Subject.** line of its table (operator, lot, sample,
// case, …). From this and the table's own starts it follows what may be started from an operator's file, a lot or
// another matter. Generated constants; pure; safe to call concurrently.
#pragma once

#include <span>

#include "procedure/model.hpp"

namespace zhian::procedure {

struct KindSubject {
  Text kind;
  Texts words;  // in their order, each once
};
std::span<const KindSubject> KindSubjects();  // sorted by kind

enum class Place { kAnywhere, kOperator, kLot, kMatter };
// Whether a matter of `kind` is started from such a place; `of` is the kind of the matter at kMatter, and unread
// elsewhere.
bool BelongsTo(const Kind& kind, Place place, const Kind* of = nullptr);
// Whether its subject is first of all an operator on file: a form asks for him before anything else.
bool IsOfOneOperator(const Kind& kind);

}  // namespace zhian::procedure
