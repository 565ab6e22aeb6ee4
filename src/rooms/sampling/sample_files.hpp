// What belongs to one sample: the sample that a matter is about, its re-inspections, and its results judged by their
// limits. Internal to the room's guards. Reads only; what could not be read is noted in `context.unread`.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "records/sampling.hpp"
#include "rooms/sampling/limits.hpp"

namespace zhian::sampling {

// The sample that this matter is about: itself, the one that it names, or one it hangs together with.
Result<std::vector<procedure::OnFile<records::Sample>>> SampleOf(const procedure::GuardContext& context);
// The re-inspections of that sample, whether they are linked with it or only name it. Only a party may apply, so those
// of the sampled operator and of the named producer are looked through.
Result<std::vector<procedure::OnFile<records::Reinspection>>> ReinspectionsOf(const procedure::GuardContext& context);

inline std::vector<TableLimit> KeptLimits(const records::Sample& sample) {
  std::vector<TableLimit> kept;
  for (const auto& row : sample.limits_kept)
    kept.push_back(
        {.category = row.category, .item = row.item, .limit = row.limit, .unit = row.unit, .basis = row.basis});
  return kept;
}

// Whether each row keeps to its limit: that of the sample's snapshot, else the one written beside it.
struct Judged {
  std::vector<Message> outside, unclear;  // one sentence a row
};
template <class Row>
Judged Judge(const records::Sample& sample, const std::vector<Row>& rows) {
  const auto kept = KeptLimits(sample);
  Judged judged;
  std::vector<std::string> seen;
  for (const Row& row : rows) {
    const std::string key = base::Fold(row.item);
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      judged.unclear.push_back(Say("“{}”写了两次，每项只写一次", row.item));
      continue;
    }
    seen.push_back(key);
    const auto within = [&]() -> Result<bool> {
      ZHIAN_ASSIGN(const Limit limit, LimitFor(kept, sample.limit_category, row.item, row.limit, row.unit));
      ZHIAN_ASSIGN(const Measured measured, ReadMeasured(row.value, row.unit));
      return Within(measured, limit);
    }();
    if (!within.ok())
      judged.unclear.push_back(Say("{}：{}", row.item, within.error().message));
    else if (!*within) {
      std::string limit = row.limit;
      for (const TableLimit& known : kept)
        if (base::Fold(known.item) == key && (base::Fold(known.category) == base::Fold(sample.limit_category)))
          limit = known.limit + " " + known.unit;
      judged.outside.push_back(Say("{} 实测 {}，限量 {}", row.item, row.value, limit));
    }
  }
  return judged;
}

}  // namespace zhian::sampling
