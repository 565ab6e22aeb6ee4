// Time: instants are UTC to the millisecond; legal days are civil days in the district's zone (Asia/Shanghai, UTC+8).
// The zone had no daylight saving after 1991, so a fixed offset is right for every date that the product holds.
// Pure values; the clock is passed in.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zhian::base {

// Milliseconds since 1970-01-01T00:00:00Z.
struct Instant {
  std::int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
};

// A civil day, as days since 1970-01-01.
struct Date {
  std::int32_t days = 0;
  auto operator<=>(const Date&) const = default;
  // REQUIRES: a day that exists (see IsCivil).
  static Date FromYmd(int year, int month, int day);
  static bool IsCivil(int year, int month, int day);
  [[nodiscard]] int year() const;
  [[nodiscard]] int month() const;
  [[nodiscard]] int day() const;
  [[nodiscard]] int weekday() const;  // 0 Sunday … 6 Saturday
};

// "2026-11-24" of the years 1900–2200, nothing else.
Result<Date> ParseDate(std::string_view text);
std::string FormatDate(Date date);
// ISO 8601 with seconds, optional fraction (rounded half up to ms) and a zone ("Z", "+08:00"): a time without zone is
// refused.
Result<Instant> ParseInstant(std::string_view text);
std::string FormatInstant(Instant instant);  // "2026-11-24T08:00:00.000Z"

Date LocalDate(Instant instant);
Instant StartOfDay(Date date);
inline Instant EndOfDay(Date date) { return Instant{StartOfDay(Date{date.days + 1}).ms - 1}; }
// The same day of a later (or earlier) month; the last day of it where there is none such (31 January + 1 month: 28
// February).
Date AddMonths(Date date, int months);

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant Now() const = 0;
};
class SystemClock : public Clock {
 public:
  [[nodiscard]] Instant Now() const override;
};
class FixedClock : public Clock {
 public:
  explicit FixedClock(Instant now) : now_(now) {}
  [[nodiscard]] Instant Now() const override { return now_; }
  void Set(Instant now) { now_ = now; }

 private:
  Instant now_;
};

}  // namespace zhian::base
