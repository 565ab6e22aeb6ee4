#include "base/calendar.hpp"

#include <algorithm>

namespace zhian::base {

void Calendar::Set(Date date, bool off, std::string name) {
  moved_[date] = {off, std::move(name)};
  KnowYear(date.year());
}

bool Calendar::IsWorkingDay(Date date) const {
  if (const auto it = moved_.find(date); it != moved_.end()) return !it->second.first;
  const int weekday = date.weekday();
  return weekday != 0 && weekday != 6;
}

std::string Calendar::NameOf(Date date) const {
  const auto it = moved_.find(date);
  return it == moved_.end() ? std::string{} : it->second.second;
}

Date Calendar::NextWorkingDay(Date date) const {
  while (!IsWorkingDay(date)) ++date.days;
  return date;
}
Date Calendar::PreviousWorkingDay(Date date) const {
  while (!IsWorkingDay(date)) --date.days;
  return date;
}

Date Calendar::AddWorkingDays(Date from, int n) const {
  assert(n >= 0);
  if (n == 0) return NextWorkingDay(from);
  Date date = from;
  for (int counted = 0; counted < n;) {
    ++date.days;
    if (IsWorkingDay(date)) ++counted;
  }
  return date;
}

Date Calendar::SubtractWorkingDays(Date from, int n) const {
  assert(n >= 0);
  if (n == 0) return PreviousWorkingDay(from);
  Date date = from;
  for (int counted = 0; counted < n;) {
    --date.days;
    if (IsWorkingDay(date)) ++counted;
  }
  return date;
}

int Calendar::WorkingDaysBetween(Date from, Date to) const {
  const std::int32_t last = std::min(to.days, from.days + 366 * 20);
  int count = 0;
  for (std::int32_t d = from.days + 1; d <= last; ++d)
    if (IsWorkingDay(Date{d})) ++count;
  return count;
}

bool Calendar::Knows(Date from, Date to) const {
  for (int year = from.year(); year <= to.year(); ++year)
    if (!KnowsYear(year)) return false;
  return true;
}

}  // namespace zhian::base
