#include "engines/epcis/schedule.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

using namespace zhian;
using namespace zhian::epcis;

namespace {

std::string Next(const char* fields, const char* after) {
  const auto schedule = ParseSchedule(boost::json::parse(fields).as_object());
  REQUIRE_MESSAGE(schedule.ok(), fields);
  const auto next = NextTime(*schedule, *base::ParseInstant(after));
  return next ? base::FormatInstant(*next) : "never";
}
bool Refused(const char* fields) { return !ParseSchedule(boost::json::parse(fields).as_object()).ok(); }

}  // namespace

TEST_CASE("a schedule says when it runs next, in the district's time") {
  CHECK(Next(R"({"hour":"1","minute":"5"})", "2026-11-24T00:00:00+08:00") == "2026-11-23T17:05:00.000Z");
  CHECK(Next(R"({"hour":"1","minute":"5"})", "2026-11-24T01:05:00+08:00") ==
        "2026-11-24T17:05:00.000Z");  // after, not at
  CHECK(Next(R"({"minute":"0,[30-31]"})", "2026-11-24T10:00:00+08:00") == "2026-11-24T02:30:00.000Z");
  CHECK(Next(R"({"second":"0/30"})", "2026-11-24T10:00:10.5+08:00") == "2026-11-24T02:00:30.000Z");
  CHECK(Next(R"({"second":"*"})", "2026-11-24T10:00:10.5+08:00") == "2026-11-24T02:00:11.000Z");
  CHECK(Next(R"({"dayOfWeek":"1"})", "2026-11-24T10:00:00+08:00") ==
        "2026-11-29T16:00:00.000Z");  // Monday, 30 November, midnight
  CHECK(Next(R"({"dayOfMonth":"31","hour":"8"})", "2026-11-24T10:00:00+08:00") == "2026-12-31T00:00:00.000Z");
  CHECK(Next(R"({"month":"2","dayOfMonth":"29"})", "2026-11-24T10:00:00+08:00") == "2028-02-28T16:00:00.000Z");
  CHECK(Next(R"({"month":"3"})", "2026-11-24T10:00:00+08:00") ==
        "2027-02-28T16:00:00.000Z");  // the first of March, once
  CHECK(Next(R"({"month":2,"dayOfMonth":31})", "2026-11-24T10:00:00+08:00") == "never");
}

TEST_CASE("what is no schedule is refused") {
  for (const char* bad : {"{}", R"({"second":"60"})", R"({"hour":"[5-2]"})", R"({"hour":""})", R"({"hour":"1,"})",
                          R"({"hour":true})", R"({"year":"2026"})", R"({"hour":"1","year":"2026"})",
                          R"({"second":"0/0"})", R"({"dayOfWeek":"0"})", R"({"minute":"1 "})", R"({"month":"-3"})"})
    CHECK_MESSAGE(Refused(bad), bad);
}

TEST_CASE("the next time is the first that fits, against a search second by second") {
  CHECK(rc::check("next time", [] {
    const int hour = *rc::gen::inRange(0, 24), minute = *rc::gen::inRange(0, 60), second = *rc::gen::inRange(0, 60);
    boost::json::object fields{{"second", std::to_string(second)}};
    if (*rc::gen::arbitrary<bool>()) fields["minute"] = std::to_string(minute) + "/7";
    if (*rc::gen::arbitrary<bool>()) fields["hour"] = "[" + std::to_string(hour) + "-23]";
    const auto schedule = ParseSchedule(fields);
    RC_ASSERT(schedule.ok());
    const base::Instant after{1'800'000'000'000 + *rc::gen::inRange(0, 86'400) * std::int64_t{1000}};
    const auto next = NextTime(*schedule, after);
    RC_ASSERT(next.has_value());
    std::int64_t at = after.ms / 1000 * 1000 + 1000;
    for (;; at += 1000) {
      const std::int64_t local = at / 1000 + 8 * 3600;
      if (schedule->seconds[static_cast<std::size_t>(local % 60)] &&
          schedule->minutes[static_cast<std::size_t>(local / 60 % 60)] &&
          schedule->hours[static_cast<std::size_t>(local / 3600 % 24)])
        break;
    }
    RC_ASSERT(next->ms == at);
  }));
}
