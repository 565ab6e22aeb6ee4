// Small questions that guards of all rooms ask of a matter, its history and its links. Reads only.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "procedure/bindings.hpp"

namespace zhian::procedure {

// The questions below give what could be read. What could not, or was cut, they note in `context.unread`: then the
// guard does not hold, whatever it makes of the rest.

// A page that was read elsewhere for this guard: noted where it failed or was cut.
template <class T>
Page<T> Noted(const GuardContext& context, Result<Page<T>> read);
void NoteUnread(const GuardContext& context, const Error& error);
void NoteCut(const GuardContext& context);
// Matters of the kind that hang together with this one, through links of links.
Page<Matter> Related(const GuardContext& context, std::string_view kind, int depth = 4);
// Directly linked ones (either direction); for a creation, those of the origin and the origin itself.
Page<Matter> Linked(const GuardContext& context, std::string_view kind);
// Directly linked ones of another matter.
Page<Matter> LinkedWith(const GuardContext& context, std::string_view matter_id, std::string_view kind);
// Newest first; none where there is no operator.
Page<Matter> MattersOf(const GuardContext& context, std::string_view operator_id, std::string_view kind,
                       const OfOperator& which = {});
// Another matter; none where there is no such matter.
std::optional<Matter> MatterOf(const GuardContext& context, std::string_view id);
// The same by a relation that the kind declares in its line "Asks"; a relation that it does not declare finds nothing,
// and a log line says so. The kinds stand in the tables, so that no room names another's.
std::vector<Matter> RelatedBy(const GuardContext& context, std::string_view relation, int depth = 4);
std::vector<Matter> LinkedBy(const GuardContext& context, std::string_view relation);
// Matters of the same operator, whatever they hang on; newest first, without exercises.
std::vector<Matter> OfSameOperator(const GuardContext& context, std::string_view relation);
// What the state of the matter means, as the table of its kind declares it.
bool Means(const Matter& matter, Meaning meaning);
inline bool AnyMeans(const std::vector<Matter>& matters, Meaning meaning) {
  return std::any_of(matters.begin(), matters.end(), [&](const Matter& matter) { return Means(matter, meaning); });
}
// The answer of the room that knows; null where no room of this house answers the question.
Result<boost::json::value> AskIfAnswered(const GuardContext& context, std::string_view question);
// A field of another room's matter, which the table of its kind shows to other rooms (line "Shows"); ""
// where it does not.
std::string Shown(const Matter& matter, std::string_view field);
// The public was told of the result, or there is a decision not to tell it: by a publication that is linked with the
// matter, or with the one through which its kind publishes (relations "notice" and "published_through").
GuardResult ResultIsPublic(const GuardContext& context);
// A day on which something was served or received, as the form says it: not in the future, and not before the day of
// `not_before` (ms; 0: no bound). What the clock or an effect starts holds.
GuardResult IsDayOfService(const GuardContext& context, const char* field, std::int64_t not_before);
// The last duty of the kind's window of this sort; nullptr where it was never opened.
const DutyRow* LastWindow(const GuardContext& context, WindowSort sort);
// Whether the actor took part in one of the actions before, by himself, by his other account, as a named officer, as a
// second person or by a stand-in; no names: any step of substance (persons.hpp, where the parts can be told apart).
bool ActorDid(const GuardContext& context, std::initializer_list<std::string_view> actions = {});
// The last transition by the action, nullptr where there is none.
const TransitionRow* LastMove(const GuardContext& context, std::string_view action);
// The duty of this name opened last, nullptr where there is none.
const DutyRow* LastDuty(const GuardContext& context, std::string_view duty);
// An array field of the matter; empty where it is none.
const boost::json::array& Items(const Matter& matter, std::string_view field);
std::string Cell(const boost::json::value& row, std::string_view column);
// What the form of this step says; "" where it says nothing.
inline std::string Asked(const GuardContext& context, const char* field) {
  return ScalarText(context.input.if_contains(field));
}
inline std::string Asked(const EffectContext& context, const char* field) {
  return ScalarText(context.input.if_contains(field));
}
template <class T>
Page<T> Noted(const GuardContext& context, Result<Page<T>> read) {
  if (!read.ok()) {
    NoteUnread(context, read.error());
    return {};
  }
  if (read->cut) NoteCut(context);
  return std::move(*read);
}
inline bool HoldsRole(const Actor& actor, std::string_view role) {
  return std::any_of(actor.roles.begin(), actor.roles.end(), [&](const HeldRole& held) { return held.role == role; });
}

// What a sentence quotes of a record.
inline std::string Cut(std::string_view text, std::size_t characters = 40) { return base::Cut(text, characters); }

}  // namespace zhian::procedure
