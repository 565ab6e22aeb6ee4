// Working-day calendar 工作日曆: statutory holidays and make-up days as dated data, and the counting of legal periods.
// The day of the event is not counted (行政许可法 82, 民法典 201). Immutable after building; safe from any thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace zhian::base {

class Calendar {
 public:
  // A day that the State Council's notice moves: off on a weekday, or worked on a weekend.
  void Set(Date date, bool off, std::string name = {});
  // Years whose notice is known; counting in another year uses weekends only and is uncertain.
  void KnowYear(int year) { years_.insert(year); }
  [[nodiscard]] bool KnowsYear(int year) const { return years_.contains(year); }
  [[nodiscard]] bool IsWorkingDay(Date date) const;
  [[nodiscard]] std::string NameOf(Date date) const;  // of a moved day, "" for others

  // The n-th working day after `from`; n ≥ 0, and n = 0 is the first working day on or after it.
  [[nodiscard]] Date AddWorkingDays(Date from, int n) const;
  // The n-th working day before `from`.
  [[nodiscard]] Date SubtractWorkingDays(Date from, int n) const;
  [[nodiscard]] Date NextWorkingDay(Date date) const;      // on or after
  [[nodiscard]] Date PreviousWorkingDay(Date date) const;  // on or before
  // Working days d with from < d ≤ to; 0 where to ≤ from. Bounded to twenty years.
  [[nodiscard]] int WorkingDaysBetween(Date from, Date to) const;
  // True where every year that was counted through is known.
  [[nodiscard]] bool Knows(Date from, Date to) const;

 private:
  std::map<Date, std::pair<bool, std::string>> moved_;
  std::set<int> years_;
};

}  // namespace zhian::base
