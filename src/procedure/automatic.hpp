// What a step fills by itself: the fields that a kind declares as "filled" by the time, the day, who acted, or another
// field of the form. Pure; used where a step is taken and where a case of law is put as if it were.
#pragma once

#include "procedure/bindings.hpp"

namespace zhian::procedure {

// `input`: what the form of this step brings, already in the matter's fields. What it leaves open of a field
// "default:…" is filled here, whatever an earlier step left in it.
void FillAutomatic(Matter& matter, const Kind& kind, const Transition& transition, const boost::json::object& input,
                   base::Instant at, const Actor& actor);
// The same of what the pack and the duties of the matter say: "auto:end.RULE.x", "auto:limit.d", "auto:atmost.RULE.x",
// and "auto:last.ITEMS.COLUMN", the latest day of a list.
void FillEnds(Matter& matter, const Kind& kind, const Transition& transition, const policy::Pack& pack,
              base::Date today, std::span<const DutyRow> duties);

}  // namespace zhian::procedure
