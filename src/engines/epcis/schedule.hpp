// The schedule of a standing query (EPCIS 2.0, QuerySchedule): which seconds, minutes, hours, days and months it runs
// at, in the district's time. A field finer than the finest one given is at its beginning ({"hour":"1","minute":"5"} is
// 01:05:00 of every day); any other field that is not given is every one. Pure values; safe from any thread.
#pragma once

#include <bitset>
#include <boost/json.hpp>
#include <optional>

#include "base/result.hpp"
#include "base/time.hpp"

namespace zhian::epcis {

struct Schedule {
  std::bitset<60> seconds, minutes;
  std::bitset<24> hours;
  std::bitset<32> days;     // 1 to 31
  std::bitset<13> months;   // 1 to 12
  std::bitset<8> weekdays;  // 1 Monday to 7 Sunday
};

// Fields second, minute, hour, dayOfMonth, month, dayOfWeek: numbers and ranges ("0,[15-30]"); also "*" and steps
// ("0/30"), which published examples use. Errors (kInvalid) name the field; no field at all is one.
Result<Schedule> ParseSchedule(const boost::json::object& fields);
// The first moment after `after`; none within ten years (31 February).
std::optional<base::Instant> NextTime(const Schedule& schedule, base::Instant after);

}  // namespace zhian::epcis
