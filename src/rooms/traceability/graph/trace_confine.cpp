// What the people of an operator may see of a trace: their own holdings, and one step either way.
#include <algorithm>

#include "rooms/traceability/graph/trace.hpp"

namespace zhian::traceability {

bool ConfineTo(Answer& answer, std::span<const std::string> operator_ids) {
  const auto own = [&](const Holding& h) {
    return std::find(operator_ids.begin(), operator_ids.end(), h.operator_id) != operator_ids.end();
  };
  std::vector<int> place(answer.holdings.size(), -1);
  std::vector<char> seen(answer.holdings.size(), 0);
  bool any = false;
  for (std::size_t i = 0; i < answer.holdings.size(); ++i)
    if (own(answer.holdings[i])) seen[i] = 1, any = true;
  if (!any) return false;
  const auto touches = [&](const Movement& m) {
    return own(answer.holdings[static_cast<std::size_t>(m.from)]) ||
           own(answer.holdings[static_cast<std::size_t>(m.to)]);
  };
  for (const Movement& m : answer.movements)
    if (touches(m)) seen[static_cast<std::size_t>(m.from)] = seen[static_cast<std::size_t>(m.to)] = 1;
  std::erase_if(answer.movements, [&](const Movement& m) { return !touches(m); });
  std::vector<Holding> kept;
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (seen[i] != 0) {
      place[i] = static_cast<int>(kept.size());
      kept.push_back(answer.holdings[i]);
      // Of a neighbour it is known what went between; what else is there, and what became of it, is the neighbour's
      // own.
      if (!own(kept.back())) kept.back().evidence = {}, kept.back().quantity = base::Decimal();
    }
  for (Movement& m : answer.movements) {
    m.from = place[static_cast<std::size_t>(m.from)];
    m.to = place[static_cast<std::size_t>(m.to)];
  }
  std::erase_if(answer.gaps, [&](const Gap& gap) {
    return std::none_of(kept.begin(), kept.end(), [&](const Holding& h) {
      return own(h) && h.item == gap.item && (h.place == gap.place || h.operator_id == gap.operator_id);
    });
  });
  answer.holdings = std::move(kept);
  return true;
}

}  // namespace zhian::traceability
