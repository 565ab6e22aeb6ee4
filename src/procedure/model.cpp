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
}  // namespace

std::span<const Text> WindowDuties() {
  static constexpr Text kWindows[] = {"end_display",       "end_listing",         "keep_backup",  "object_score",
                                      "object_to_process", "open_contest_window", "state_defence"};
  return kWindows;
}
bool IsWindow(Text duty) {
  const auto windows = WindowDuties();
  return std::find(windows.begin(), windows.end(), duty) != windows.end();
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
