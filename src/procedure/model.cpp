#include "procedure/model.hpp"

#include <algorithm>

namespace zhian::procedure {
namespace {
template <class T>
const T* FindById(std::span<const T> items, Text id) {
  const auto it = std::find_if(items.begin(), items.end(), [&](const T& item) { return item.id == id; });
  return it == items.end() ? nullptr : &*it;
}
template <class T>
const T* FindSorted(std::span<const T> items, Text id) {
  const auto it =
      std::lower_bound(items.begin(), items.end(), id, [](const T& item, Text key) { return item.id < key; });
  return it == items.end() || it->id != id ? nullptr : &*it;
}
template <class T>
bool Contains(std::span<const T> items, const T& wanted) {
  return std::find(items.begin(), items.end(), wanted) != items.end();
}
}  // namespace

bool IsWindow(Text duty) { return Contains(WindowDuties(), duty); }
const Duty* FindWindow(const Kind& kind, WindowSort sort) {
  for (const Window& window : kind.traits.windows)
    if (window.sort == sort) return FindDuty(kind, window.duty);
  return nullptr;
}
const Window* WindowOf(const Kind& kind, Text duty) {
  for (const Window& window : kind.traits.windows)
    if (window.duty == duty) return &window;
  return nullptr;
}

bool Has(const Kind& kind, Mark mark) { return Contains(kind.traits.marks, mark); }
bool Has(Text role, RoleMark mark) {
  const Role* declared = FindRole(role);
  return declared != nullptr && Contains(declared->marks, mark);
}
bool Has(const Guard& guard, GuardMark mark) { return Contains(guard.marks, mark); }
Texts StatesThatMean(const Kind& kind, Meaning meaning) {
  for (const StateMeaning& declared : kind.traits.meanings)
    if (declared.meaning == meaning) return declared.states;
  return {};
}
bool Means(const Kind& kind, Text state, Meaning meaning) { return Contains(StatesThatMean(kind, meaning), state); }
Texts KindsAsked(const Kind& kind, Text relation) {
  for (const Relation& declared : kind.traits.asks)
    if (declared.name == relation) return declared.kinds;
  return {};
}
const Kind* FindPortalKind(Text list) {
  for (const Kind& kind : Kinds())
    if (kind.traits.portal == list) return &kind;
  return nullptr;
}
const Transition* MainStepOf(const Kind& kind, Text state) {
  for (const MainStep& step : kind.traits.main_way)
    if (step.state == state) return FindTransition(kind, state, step.action);
  return nullptr;
}

const Label* FindLabel(Text key) {
  const auto rows = Labels();
  const auto it =
      std::lower_bound(rows.begin(), rows.end(), key, [](const LabelRow& row, Text k) { return row.key < k; });
  return it == rows.end() || it->key != key ? nullptr : &it->label;
}
const Kind* FindKind(Text id) { return FindSorted(Kinds(), id); }
const Guard* FindGuard(Text id) { return FindById(Guards(), id); }
const DocumentKind* FindDocumentKind(Text id) { return FindById(DocumentKinds(), id); }
const Role* FindRole(Text id) { return FindById(Roles(), id); }
const State* FindState(const Kind& kind, Text state) { return FindById(kind.states, state); }

Tone ToneOf(const Kind* kind, Text state) {
  const State* known = kind == nullptr ? nullptr : FindState(*kind, state);
  return known == nullptr ? Tone::kEnded : known->tone;
}

Text Name(Tone tone) {
  switch (tone) {
    case Tone::kRunning: return "running";
    case Tone::kCaution: return "caution";
    case Tone::kGood: return "good";
    case Tone::kBad: return "bad";
    case Tone::kEnded: return "ended";
  }
  return "ended";
}
const Duty* FindDuty(const Kind& kind, Text duty) { return FindById(kind.duties, duty); }
const CommonAction* FindCommon(const Kind& kind, Text action) {
  for (const CommonAction& common : CommonActions())
    if (common.row.action == action &&
        (common.kinds.empty() || std::find(common.kinds.begin(), common.kinds.end(), kind.id) != common.kinds.end()))
      return &common;
  return nullptr;
}
const Transition* FindTransition(const Kind& kind, Text from, Text action) {
  for (const Transition& transition : kind.transitions)
    if (transition.from == from && transition.action == action) return &transition;
  return nullptr;
}

}  // namespace zhian::procedure
