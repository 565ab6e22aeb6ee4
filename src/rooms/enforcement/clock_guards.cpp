// What lets the clock of a case run on: the way back from the police.
#include <algorithm>

#include "procedure/guard_tools.hpp"

namespace zhian::guards {
using namespace procedure;

GuardResult transfer_came_back(const GuardContext& context) {
  constexpr std::string_view kGround = "police";
  const bool stands = std::any_of(context.duties.begin(), context.duties.end(), [&](const DutyRow& row) {
    return row.state == DutyState::kSuspended &&
           std::find(row.stopped_by.begin(), row.stopped_by.end(), kGround) != row.stopped_by.end();
  });
  if (!stands) return GuardResult::Fails("办案期限没有因移送公安而中止");
  const auto transfers = LinkedBy(context, "moved_to_police");
  const bool is_back = !transfers.empty() && std::all_of(transfers.begin(), transfers.end(),
                                                         [](const Matter& transfer) { return transfer.terminal; });
  return GuardResult::From(is_back, "移送公安还没有结果");
}

}  // namespace zhian::guards
