#include "engines/epcis/schedule.hpp"

#include <charconv>
#include <string>
#include <string_view>

namespace zhian::epcis {
namespace json = boost::json;

namespace {

bool Number(std::string_view text, int least, int most, int& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
  return error == std::errc{} && end == text.data() + text.size() && to >= least && to <= most;
}

// "5", "[1-5]", "1-5", "*", "0/15"; and lists of them.
template <std::size_t N>
bool ReadField(std::string_view text, int least, int most, std::bitset<N>& to) {
  if (text.empty() || text.size() > 400) return false;
  for (;;) {
    const auto comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    int step = 1, from = least, until = most;
    bool stepped = false;
    if (const auto slash = part.find('/'); slash != std::string_view::npos) {
      if (!Number(part.substr(slash + 1), 1, most, step)) return false;
      stepped = true;
      part = part.substr(0, slash);
    }
    if (part.size() > 1 && part.front() == '[' && part.back() == ']') part = part.substr(1, part.size() - 2);
    if (part != "*") {
      const auto dash = part.find('-');
      if (!Number(part.substr(0, dash), least, most, from)) return false;
      until = stepped ? most : from;
      if (dash != std::string_view::npos && !Number(part.substr(dash + 1), from, most, until)) return false;
    }
    for (int i = from; i <= until; i += step) to.set(static_cast<std::size_t>(i));
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

Result<Schedule> ParseSchedule(const json::object& fields) {
  Schedule schedule;
  bool finer_given = false;  // walking from the finest field to the coarsest
  int given = 0;
  const auto read = [&](const char* name, int least, int most, auto& to) -> Status {
    const auto* value = fields.if_contains(name);
    if (value == nullptr) {
      for (int i = least; i <= (finer_given ? most : least); ++i) to.set(static_cast<std::size_t>(i));
      return Ok();
    }
    ++given;
    finer_given = true;
    const std::string text = value->is_string()  ? std::string(value->get_string())
                             : value->is_int64() ? std::to_string(value->get_int64())
                                                 : std::string{};
    if (!ReadField(text, least, most, to))
      return NeedsMending({{std::string("/schedule/") + name, "SubscriptionControlsException",
                            Say("{} 用 {} 到 {} 的数字或范围填写，例如 0,[15-30]", std::string(name), least, most)}});
    return Ok();
  };
  ZHIAN_TRY(read("second", 0, 59, schedule.seconds));
  ZHIAN_TRY(read("minute", 0, 59, schedule.minutes));
  ZHIAN_TRY(read("hour", 0, 23, schedule.hours));
  // Days are given in two ways that must both hold; each is every day unless it is given.
  const auto* day = fields.if_contains("dayOfMonth");
  const auto* weekday = fields.if_contains("dayOfWeek");
  if (weekday != nullptr) finer_given = true;
  ZHIAN_TRY(read("dayOfMonth", 1, 31, schedule.days));
  finer_given = finer_given || day != nullptr;
  if (weekday == nullptr) finer_given = true;
  ZHIAN_TRY(read("dayOfWeek", 1, 7, schedule.weekdays));
  finer_given = true;
  ZHIAN_TRY(read("month", 1, 12, schedule.months));
  if (given == 0 || static_cast<std::size_t>(given) != fields.size())
    return NeedsMending({{"/schedule", "SubscriptionControlsException",
                          "schedule 写明 second、minute、hour、dayOfMonth、month、dayOfWeek 中的一项或几项"}});
  return schedule;
}

std::optional<base::Instant> NextTime(const Schedule& schedule, base::Instant after) {
  constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
  base::Date day = base::LocalDate(after);
  for (int ahead = 0; ahead < 3660; ++ahead, ++day.days) {
    const int weekday = day.weekday() == 0 ? 7 : day.weekday();
    if (!schedule.months[static_cast<std::size_t>(day.month())] ||
        !schedule.days[static_cast<std::size_t>(day.day())] || !schedule.weekdays[static_cast<std::size_t>(weekday)])
      continue;
    const std::int64_t start = base::StartOfDay(day).ms;
    for (int hour = 0; hour < 24; ++hour) {
      if (!schedule.hours[static_cast<std::size_t>(hour)] || start + (hour + 1) * kHour <= after.ms) continue;
      for (int minute = 0; minute < 60; ++minute) {
        const std::int64_t at = start + hour * kHour + minute * kMinute;
        if (!schedule.minutes[static_cast<std::size_t>(minute)] || at + kMinute <= after.ms) continue;
        for (int second = 0; second < 60; ++second)
          if (schedule.seconds[static_cast<std::size_t>(second)] && at + second * kSecond > after.ms)
            return base::Instant{at + second * kSecond};
      }
    }
  }
  return std::nullopt;
}

}  // namespace zhian::epcis
