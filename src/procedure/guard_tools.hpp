// Small questions that guards of all rooms ask of a matter, its history and its links. Reads only.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "procedure/bindings.hpp"

namespace zhian::procedure {

// Matters of the kind that hang together with this one, through links of links; on failure to read: none, and a log
// line.
std::vector<Matter> Related(const GuardContext& context, std::string_view kind, int depth = 4);
// Directly linked ones (either direction); for a creation, those of the origin and the origin itself.
std::vector<Matter> Linked(const GuardContext& context, std::string_view kind);
// Whether the actor carried out one of the actions before; no names: any action.
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
inline bool HoldsRole(const Actor& actor, std::string_view role) {
  return std::any_of(actor.roles.begin(), actor.roles.end(), [&](const HeldRole& held) { return held.role == role; });
}

inline std::string Cut(const std::string& text, std::size_t bytes = 120) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;  // never half a character
  return text.substr(0, bytes);
}

}  // namespace zhian::procedure
