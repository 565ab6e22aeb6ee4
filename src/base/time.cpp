#include "base/time.hpp"

#include <chrono>
#include <cstdio>

namespace zhian::base {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kZoneMs = 8 * 3'600'000;  // Asia/Shanghai

std::chrono::year_month_day Ymd(Date date) {
  return std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{date.days}}};
}

std::int64_t FloorDiv(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Reads exactly `count` digits; -1 where they are not digits.
int Digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

Error BadInstant() { return MakeError(ErrorCode::kInvalid, "时间写成 2026-11-24T09:30:00+08:00，须带时区"); }

}  // namespace

bool Date::IsCivil(int year, int month, int day) {
  return year >= 1 && year <= 9999 && month >= 1 && day >= 1 &&
         std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                     std::chrono::day{static_cast<unsigned>(day)}}
             .ok();
}
Date Date::FromYmd(int year, int month, int day) {
  assert(IsCivil(year, month, day));
  const std::chrono::year_month_day ymd{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                        std::chrono::day{static_cast<unsigned>(day)}};
  return Date{static_cast<std::int32_t>(std::chrono::sys_days{ymd}.time_since_epoch().count())};
}
int Date::year() const { return static_cast<int>(Ymd(*this).year()); }
int Date::month() const { return static_cast<int>(static_cast<unsigned>(Ymd(*this).month())); }
int Date::day() const { return static_cast<int>(static_cast<unsigned>(Ymd(*this).day())); }
int Date::weekday() const {
  return static_cast<int>(std::chrono::weekday{std::chrono::sys_days{std::chrono::days{days}}}.c_encoding());
}

Result<Date> ParseDate(std::string_view text) {
  const int year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || year < 1900 || year > 2200 ||
      !Date::IsCivil(year, month, day))
    return MakeError(ErrorCode::kInvalid, "日期写成 2026-11-24，须是存在的日子");
  return Date::FromYmd(year, month, day);
}

std::string FormatDate(Date date) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02d", date.year(), date.month(), date.day());
  return buffer;
}

Result<Instant> ParseInstant(std::string_view text) {
  if (text.size() < 20 || text.size() > 40 || (text[10] != 'T' && text[10] != 't')) return BadInstant();
  const auto date = ParseDate(text.substr(0, 10));
  if (!date.ok()) return date.error();
  const int hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  if (text[13] != ':' || text[16] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 59)
    return BadInstant();
  std::size_t at = 19;
  std::int64_t ms = 0;
  if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
    ++at;
    int seen = 0;
    std::int64_t fraction = 0;  // in ten-thousandths: one digit more than kept, for rounding
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      if (seen < 4) fraction = fraction * 10 + (text[at] - '0');
      ++seen;
      ++at;
    }
    if (seen == 0) return BadInstant();
    for (int i = seen; i < 4; ++i) fraction *= 10;
    ms = (fraction + 5) / 10;
  }
  if (at >= text.size()) return BadInstant();
  std::int64_t offset = 0;
  if (text[at] == 'Z' || text[at] == 'z') {
    if (at + 1 != text.size()) return BadInstant();
  } else if (text[at] == '+' || text[at] == '-') {
    const int hours = Digits(text, at + 1, 2);
    const bool colon = at + 3 < text.size() && text[at + 3] == ':';
    const int minutes = Digits(text, at + (colon ? 4 : 3), 2);
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59 || text.size() != at + (colon ? 6 : 5))
      return BadInstant();
    offset = (hours * 60 + minutes) * 60'000LL * (text[at] == '-' ? -1 : 1);
  } else {
    return BadInstant();
  }
  return Instant{date->days * kDayMs + ((hour * 60LL + minute) * 60 + second) * 1000 + ms - offset};
}

// Answers have thousands of these: no format is read for each.
std::string FormatInstant(Instant instant) {
  const Date date{static_cast<std::int32_t>(FloorDiv(instant.ms, kDayMs))};
  const std::chrono::year_month_day day = Ymd(date);
  const auto year = static_cast<int>(day.year());
  const auto rest = static_cast<unsigned>(instant.ms - date.days * kDayMs);
  if (year < 0 || year > 9999) {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02dT%02u:%02u:%02u.%03uZ", date.year(), date.month(), date.day(),
                  rest / 3'600'000, rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
    return buffer;
  }
  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put = [&](std::size_t at, unsigned digits, unsigned value) {
    for (; digits > 0; value /= 10) text[at + --digits] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, static_cast<unsigned>(year));
  put(5, 2, static_cast<unsigned>(day.month()));
  put(8, 2, static_cast<unsigned>(day.day()));
  put(11, 2, rest / 3'600'000);
  put(14, 2, rest / 60'000 % 60);
  put(17, 2, rest / 1000 % 60);
  put(20, 3, rest % 1000);
  return text;
}

Date LocalDate(Instant instant) { return Date{static_cast<std::int32_t>(FloorDiv(instant.ms + kZoneMs, kDayMs))}; }
Instant StartOfDay(Date date) { return Instant{date.days * kDayMs - kZoneMs}; }

Date AddMonths(Date date, int months) {
  const std::chrono::year_month_day from = Ymd(date);
  const std::chrono::year_month month =
      std::chrono::year_month{from.year(), from.month()} + std::chrono::months{months};
  const std::chrono::year_month_day_last last{month.year(), std::chrono::month_day_last{month.month()}};
  const auto day = from.day() > last.day() ? last.day() : from.day();
  return Date{static_cast<std::int32_t>(
      std::chrono::sys_days{std::chrono::year_month_day{month.year(), month.month(), day}}.time_since_epoch().count())};
}

Instant SystemClock::Now() const {
  return Instant{
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count()};
}

}  // namespace zhian::base
