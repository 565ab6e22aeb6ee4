// Guards of rectification 限期整改, each asked with what lets it pass and with what it must refuse; its limits by the
// policy pack.
#include <doctest/doctest.h>

#include "procedure/world_for_tests.hpp"

using namespace zhian;
using namespace zhian::procedure;
namespace json = boost::json;

namespace zhian::guards {
GuardResult all_findings_are_minor(const GuardContext& context);
GuardResult each_finding_is_corrected(const GuardContext& context);
GuardResult uncorrected_findings_are_listed(const GuardContext& context);
GuardResult second_order_is_allowed(const GuardContext& context);
GuardResult linked_lead_exists(const GuardContext& context);
GuardResult operator_is_unlicensed_or_counterfeiting(const GuardContext& context);
}  // namespace zhian::guards

namespace {

json::array Findings(std::initializer_list<std::pair<const char*, const char*>> rows) {
  json::array list;
  for (const auto& [finding, severity] : rows)
    list.push_back(json::object{{"finding", finding}, {"severity", severity}});
  return list;
}
json::array Recheck(std::initializer_list<std::pair<const char*, const char*>> rows) {
  json::array list;
  for (const auto& [finding, result] : rows) list.push_back(json::object{{"finding", finding}, {"result", result}});
  return list;
}

struct Rectification {
  World world;
  Matter matter;
  std::vector<TransitionRow> history;
  json::array permits;

  explicit Rectification(json::array findings = {}, json::array recheck = {}) {
    REQUIRE(world.db
                ->Write([&](storage::Connection& c) -> Status {
                  ZHIAN_TRY(Put(c, *FindKind("rectification"), "ordered", "m"));
                  ZHIAN_ASSIGN(matter, LoadMatter(c, "m"));
                  return Ok();
                })
                .ok());
    json::array corrections;  // the report gave evidence for each
    for (const auto& row : findings)
      corrections.push_back(json::object{{"finding", row.at("finding")}, {"correction", "改"}, {"evidence", "照片"}});
    matter.fields = {
        {"findings", std::move(findings)}, {"recheck", std::move(recheck)}, {"corrections", std::move(corrections)}};
    // As the room that keeps them.
    world.services.questions["operator.permits"] =
        [this](const GuardContext&, const json::object&) -> Result<json::value> { return json::value(permits); };
  }
  void Write(const std::function<Status(storage::Connection&)>& f) { REQUIRE(world.db->Write(f).ok()); }
  void WithLead() {
    Write([](storage::Connection& c) -> Status {
      ZHIAN_TRY(Put(c, *FindKind("lead"), "registered", "lead"));
      return InsertLink(c, "m", "lead", "started", 0);
    });
  }
  GuardResult operator()(GuardFunction guard) {
    GuardResult result;
    const Kind& kind = *FindKind("rectification");
    REQUIRE(world.db
                ->Read([&](storage::Connection& c) -> Status {
                  const Actor actor = World::Holder("inspector");
                  const json::object input;
                  result = guard(GuardContext{c,
                                              world.services,
                                              world.clock.Now(),
                                              base::LocalDate(world.clock.Now()),
                                              kind,
                                              matter,
                                              kind.transitions.front(),
                                              actor,
                                              input,
                                              history,
                                              {},
                                              nullptr});
                  return Ok();
                })
                .ok());
    CHECK(result.holds == result.open_items.empty());  // what is refused says why
    return result;
  }
};

}  // namespace

TEST_CASE("closing without a visit: every finding minor, at least one, and no lead") {
  CHECK(Rectification(Findings({{"标签", "minor"}, {"台账", "minor"}}))(&guards::all_findings_are_minor).holds);
  CHECK_FALSE(Rectification(Findings({{"标签", "minor"}, {"冷库", "general"}}))(&guards::all_findings_are_minor).holds);
  CHECK_FALSE(Rectification()(&guards::all_findings_are_minor).holds);
  Rectification with_lead(Findings({{"标签", "minor"}}));
  with_lead.WithLead();
  CHECK_FALSE(with_lead(&guards::all_findings_are_minor).holds);
}

TEST_CASE("corrected: each finding by its own row of the recheck, and what is open is named one by one") {
  CHECK(Rectification(Findings({{"甲", "minor"}, {"乙", "general"}}),
                      Recheck({{"乙", "corrected"}, {"甲", "corrected"}}))(&guards::each_finding_is_corrected)
            .holds);
  const auto open =
      Rectification(Findings({{"甲", "minor"}, {"乙", "general"}, {"丙", "general"}}),
                    Recheck({{"甲", "corrected"}, {"乙", "not_corrected"}}))(&guards::each_finding_is_corrected);
  CHECK_FALSE(open.holds);
  CHECK(open.open_items.size() == 2);
  CHECK_FALSE(Rectification(Findings({{"甲", "minor"}}))(&guards::each_finding_is_corrected).holds);
  CHECK_FALSE(Rectification()(&guards::each_finding_is_corrected).holds);
}

TEST_CASE("corrected: not where one finding is both, nor by what the order does not name, nor without evidence") {
  CHECK_FALSE(Rectification(Findings({{"甲", "minor"}}),
                            Recheck({{"甲", "corrected"}, {"甲", "not_corrected"}}))(&guards::each_finding_is_corrected)
                  .holds);
  CHECK_FALSE(Rectification(Findings({{"甲", "minor"}}),
                            Recheck({{"甲", "corrected"}, {"乙", "corrected"}}))(&guards::each_finding_is_corrected)
                  .holds);
  Rectification unproven(Findings({{"甲", "minor"}}), Recheck({{"甲", "corrected"}}));
  unproven.matter.fields.erase("corrections");
  CHECK_FALSE(unproven(&guards::each_finding_is_corrected).holds);
}

TEST_CASE("not corrected: at least one finding of the order is listed as such") {
  const auto both = Findings({{"甲", "minor"}, {"乙", "minor"}});
  CHECK(Rectification(both,
                      Recheck({{"甲", "corrected"}, {"乙", "not_corrected"}}))(&guards::uncorrected_findings_are_listed)
            .holds);
  CHECK_FALSE(Rectification(both, Recheck({{"甲", "corrected"}}))(&guards::uncorrected_findings_are_listed).holds);
  CHECK_FALSE(Rectification(both, Recheck({{"丙", "not_corrected"}}))(&guards::uncorrected_findings_are_listed).holds);
  CHECK_FALSE(Rectification()(&guards::uncorrected_findings_are_listed).holds);
}

TEST_CASE("a second order once, and never for a serious finding") {
  const auto ordered = [](std::initializer_list<const char*> actions, const char* severity) {
    Rectification asked(Findings({{"甲", severity}}));
    for (const char* action : actions) asked.history.emplace_back().action = action;
    return asked(&guards::second_order_is_allowed).holds;
  };
  CHECK(ordered({"order", "report_done", "fail"}, "general"));
  CHECK_FALSE(ordered({"order", "fail", "order_again", "fail"}, "general"));
  CHECK_FALSE(ordered({"order", "fail"}, "serious"));
}

TEST_CASE("escalation needs the lead that it led to") {
  Rectification asked;
  CHECK_FALSE(asked(&guards::linked_lead_exists).holds);
  asked.WithLead();
  CHECK(asked(&guards::linked_lead_exists).holds);
}

TEST_CASE("unlicensed or counterfeiting: by the declared ground, and the permits of that activity") {
  const auto permitted = [](Rectification& asked, const char* state, const char* category) {
    asked.permits.push_back(json::object{{"number", "SC1"}, {"state", state}, {"category", category}});
  };
  const auto closed = [](Rectification& asked, const char* ground, const char* activity) {
    asked.matter.fields["closure_ground"] = ground;
    asked.matter.fields["closure_activity"] = activity;
    return asked(&guards::operator_is_unlicensed_or_counterfeiting).holds;
  };
  Rectification none, expired, valid, words(Findings({{"节假日未安排值班", "serious"}}));
  permitted(expired, "expired", "食品生产");
  permitted(valid, "valid", "食品生产");
  CHECK(closed(none, "unlicensed", ""));
  CHECK_FALSE(closed(none, "", ""));
  CHECK(closed(expired, "unlicensed", "食品生产"));
  CHECK_FALSE(closed(valid, "unlicensed", "食品生产"));
  CHECK_FALSE(closed(valid, "unlicensed", ""));
  CHECK(closed(valid, "unlicensed", "餐饮服务"));
  CHECK_FALSE(closed(words, "counterfeit", ""));
  auto fake = Findings({{"灌装名酒", "serious"}});
  fake[0].as_object()["nature"] = "counterfeit";
  Rectification counterfeit(std::move(fake));
  CHECK(closed(counterfeit, "counterfeit", ""));
}

namespace {
std::string RectifyBy(const char* served, const char* regime = "") {
  return LastDayOf(
      "rectify", "rectification", "failed", "order_again", served,
      {{"reason", "第二次责令"}, {"deadline", "2026-12-01"}, {"served_on", served}, {"service_way", "direct"}},
      {{"regime", regime}});
}
}  // namespace

// The calendar of 2026: at work on Sunday 20 September and Saturday 10 October, at rest 25 to 27 September and 1 to 7
// October.
TEST_CASE(
    "an order runs in natural days; where the last is a rest day it ends with the next working day, a Saturday that was moved is one") {
  CHECK(RectifyBy("2026-09-01") == "2026-09-16");  // fifteen
  CHECK(RectifyBy("2026-09-17") == "2026-10-08");  // 2 October is a holiday
  CHECK(RectifyBy("2026-09-11") == "2026-09-28");  // 26 September too
  CHECK(RectifyBy("2026-09-25") == "2026-10-10");  // a Saturday at work
  CHECK(RectifyBy("2026-09-05") == "2026-09-20");  // a Sunday at work
  CHECK(RectifyBy("2026-08-15") == "2026-08-31");  // an ordinary Sunday: 30 August
}

TEST_CASE("after a failed product sample the order runs sixty days") {
  CHECK(RectifyBy("2026-08-03", "product") == "2026-10-08");
}

TEST_CASE("the recheck and the decision on what was not corrected are counted in working days") {
  const auto recheck = [](const char* day) {
    return LastDayOf(
        "recheck", "rectification", "ordered", "report", day,
        {{"corrections", json::array{json::object{{"finding", "甲"}, {"correction", "改"}, {"evidence", "照片"}}}}});
  };
  CHECK(recheck("2026-09-23") == "2026-10-14");  // ten
  CHECK(recheck("2026-06-01") == "2026-06-15");
  const auto decide = [](const char* day) {
    return LastDayOf("decide_escalation", "rectification", "ordered", "miss_limit", day, {});
  };
  CHECK(decide("2026-09-30") == "2026-10-10");  // three: 8, 9 and Saturday 10 October
  CHECK(decide("2026-06-04") == "2026-06-09");
}
