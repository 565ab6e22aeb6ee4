#include "rooms/enforcement/exceptions.hpp"

#include <algorithm>
#include <utility>

#include "procedure/guard_tools.hpp"

namespace zhian::enforcement {
namespace json = boost::json;
using namespace procedure;

bool GroundFits(std::string_view gate, std::string_view ground) {
  static constexpr std::pair<std::string_view, std::string_view> kGrounds[] = {
      {"G1", "person_cannot_be_identified"}, {"G1", "evidence_destroyed_by_party"}, {"G2", "records_never_existed"}, {"G2", "consumed_in_small_retail"},
      {"G2", "source_outside_the_country_or_destroyed"}, {"G2", "other_place_silent"}, {"G3", "fled"}, {"G3", "instalments_running"},
      {"G3", "court_enforcing"}, {"G4", "other_place_silent"}, {"G5", "organ_still_investigating"}};
  return std::find(std::begin(kGrounds), std::end(kGrounds), std::pair{gate, ground}) != std::end(kGrounds);
}

GateStatus WithException(const Matter& matter, const GateAnswer& gate, base::Date today) {
  if (gate.status != GateStatus::kOpen) return gate.status;
  GateStatus status = gate.status;
  for (const auto& record : Items(matter, kExceptions)) {
    if (Cell(record, "gate") != gate.gate || Cell(record, "state") != "approved") continue;
    const auto review = base::ParseDate(Cell(record, "review_on"));
    const json::value* items = record.as_object().if_contains("open_items");
    const bool covered = items != nullptr && items->is_array() && std::all_of(gate.open_items.begin(), gate.open_items.end(), [&](const Message& item) {
      return std::any_of(items->get_array().begin(), items->get_array().end(), [&](const json::value& known) { return known.is_string() && std::string_view(known.get_string()) == item.Text(); });
    });
    // The newest exception decides: an older one may have been replaced.
    status = covered && review.ok() && *review >= today ? GateStatus::kExcepted : GateStatus::kStale;
  }
  return status;
}

}  // namespace zhian::enforcement

namespace zhian::guards {
namespace json = boost::json;
using namespace procedure;
using namespace enforcement;

namespace {
std::string Asked(const GuardContext& context, const char* field) { return ScalarText(context.input.if_contains(field)); }

// The exception of the gate that is under way ("asked" or "opined"); nullptr where there is none.
const json::value* UnderWay(const GuardContext& context) {
  const json::value* found = nullptr;
  for (const auto& record : Items(context.matter, kExceptions))
    if (Cell(record, "gate") == Asked(context, "exception_gate") && (Cell(record, "state") == "asked" || Cell(record, "state") == "opined")) found = &record;
  return found;
}
// Two accounts of one natural person are one person.
bool IsPerson(const Actor& actor, const json::value& record, const char* account, const char* digest) {
  return Cell(record, account) == actor.account_id || (!actor.person_digest.empty() && Cell(record, digest) == actor.person_digest);
}
GateAnswer Gate(const GuardContext& context, const std::string& wanted) {
  for (GateAnswer& gate : ComputeGates(context))
    if (gate.gate == wanted) return gate;
  return {};
}
}  // namespace

GuardResult exception_is_well_founded(const GuardContext& context) {
  const std::string wanted = Asked(context, "exception_gate");
  const GateAnswer gate = Gate(context, wanted);
  GuardResult result;
  const auto fail = [&](Message item) {
    result.holds = false;
    result.open_items.push_back(std::move(item));
  };
  if (gate.open_items.empty()) fail("这一关没有未查清的事项，不需要例外");
  if (!GroundFits(wanted, Asked(context, "exception_grounds"))) fail("这个事由不适用于这一关");
  if (wanted == "G4")
    for (const auto& check : Items(context.matter, "threshold_checks"))
      if (Cell(check, "result") == "at_or_above") fail("达到立案追诉标准的，不得例外，须移送");
  if (UnderWay(context) != nullptr) fail("这一关已有例外在办理");
  const auto review = base::ParseDate(Asked(context, "exception_review_on"));
  const policy::Rule* rule = context.services.policy.Find("gate.exception.review", context.today);
  if (rule == nullptr) return GuardResult::Fails("没有例外复查的期限规则");
  const auto latest = policy::ComputeDeadline(*rule, context.now, context.services.policy.calendar());
  if (review.ok() && (*review <= context.today || (latest.ok() && base::StartOfDay(*review).ms > latest->limit_at.ms)))
    fail(Say("复查日期须在今天之后、{} 之内", rule->value_text));
  return result;
}

GuardResult exception_waits_for_an_opinion(const GuardContext& context) {
  const json::value* record = UnderWay(context);
  if (record == nullptr || Cell(*record, "state") != "asked") return GuardResult::Fails("这一关没有等待意见的例外申请");
  return GuardResult::From(!IsPerson(context.actor, *record, "asked_by", "asked_person"), "提出例外的人不能自己出具意见");
}

GuardResult exception_waits_for_a_decision(const GuardContext& context) {
  const json::value* record = UnderWay(context);
  return GuardResult::From(record != nullptr && Cell(*record, "state") == "opined", "这一关没有等待决定的例外");
}

GuardResult exception_may_be_approved(const GuardContext& context) {
  GuardResult result = exception_waits_for_a_decision(context);
  if (!result.holds) return result;
  const json::value& record = *UnderWay(context);
  const auto fail = [&](Message item) {
    result.holds = false;
    result.open_items.push_back(std::move(item));
  };
  if (IsPerson(context.actor, record, "asked_by", "asked_person") || IsPerson(context.actor, record, "opinion_by", "opinion_person"))
    fail("提出例外或出具意见的人不能批准");
  const auto holds = [&](std::string_view role) { return std::any_of(context.actor.roles.begin(), context.actor.roles.end(), [&](const HeldRole& held) { return held.role == role; }); };
  const std::string gate = Asked(context, "exception_gate");
  if (gate == "G5" && !holds("district_leader")) fail("第五关的例外由区领导批准");
  if (gate != "G5" && !holds("bureau_head") && !holds("upper_authority")) fail("这一关的例外由局负责人批准");
  if (gate == "G2") {
    const double most = context.services.policy.Number("gate.trace.unresolved.max", context.today).value_or(0);
    const auto share = context.Ask("trace.unresolved_share", {{"lots", LotsOf(context.matter)}});
    if (!share.ok()) fail(Say("追溯未能完成：{}", share.error().message));
    else if (share->to_number<double>() * 100 > most + 1e-9 && !holds("upper_authority")) fail(Say("未查明的比例超过 {}%，由上级机关批准", std::to_string(static_cast<int>(most))));
    for (const Matter& recall : Related(context, "recall", 4)) {
      if (recall.Field("level") != "1") continue;
      const auto all = Related(context, "publication", 4);
      if (std::none_of(all.begin(), all.end(), [](const Matter& notice) { return notice.state == "published" || notice.state == "ended"; })) fail("一级召回须先发布公告或警示，才能例外");
      break;
    }
  }
  return result;
}

}  // namespace zhian::guards

namespace zhian::effects {
namespace json = boost::json;
using namespace procedure;

namespace {
std::string Given(const EffectContext& context, const char* field) { return ScalarText(context.input.if_contains(field)); }
json::array& Records(EffectContext& context) {
  json::value& list = context.matter.fields[enforcement::kExceptions];
  if (!list.is_array()) list = json::array{};
  return list.get_array();
}
json::object* UnderWay(EffectContext& context) {
  json::object* found = nullptr;
  for (auto& record : Records(context))
    if (Cell(record, "gate") == Given(context, "exception_gate") && (Cell(record, "state") == "asked" || Cell(record, "state") == "opined")) found = &record.get_object();
  return found;
}
Status Decide(EffectContext& context, const char* state) {
  json::object* record = UnderWay(context);
  if (record == nullptr) return MakeError(ErrorCode::kConflict, "这一关没有等待决定的例外");
  (*record)["state"] = state;
  (*record)["decided_by"] = context.actor.account_id;
  (*record)["decided_name"] = context.actor.name;
  (*record)["decided_on"] = base::FormatDate(context.today);
  return Ok();
}
}  // namespace

Status set_gate_exception_asked(EffectContext& context) {
  const GuardContext view{context.db, context.services, context.now, context.today, context.kind, context.matter, context.transition, context.actor, context.input, {}, {}, nullptr};
  json::array items;
  for (const auto& gate : enforcement::ComputeGates(view))
    if (gate.gate == Given(context, "exception_gate"))
      for (const Message& item : gate.open_items) items.push_back(json::value(item.Text()));
  Records(context).push_back(json::object{{"gate", Given(context, "exception_gate")}, {"state", "asked"}, {"ground", Given(context, "exception_grounds")}, {"done", Given(context, "exception_done")},
                                          {"risk", Given(context, "exception_risk")}, {"measures", Given(context, "exception_measures")}, {"review_on", Given(context, "exception_review_on")},
                                          {"open_items", std::move(items)}, {"asked_by", context.actor.account_id}, {"asked_name", context.actor.name}, {"asked_person", context.actor.person_digest},
                                          {"asked_on", base::FormatDate(context.today)}});
  return Ok();
}

Status set_gate_exception_opinion(EffectContext& context) {
  json::object* record = UnderWay(context);
  if (record == nullptr) return MakeError(ErrorCode::kConflict, "这一关没有等待意见的例外申请");
  (*record)["state"] = "opined";
  (*record)["opinion"] = Given(context, "exception_opinion");
  (*record)["opinion_by"] = context.actor.account_id;
  (*record)["opinion_name"] = context.actor.name;
  (*record)["opinion_person"] = context.actor.person_digest;
  return Ok();
}

Status set_gate_exception_approved(EffectContext& context) {
  if (!context.matter.Has("exception")) context.matter.flags.emplace_back("exception");
  return Decide(context, "approved");
}
Status set_gate_exception_refused(EffectContext& context) { return Decide(context, "refused"); }

}  // namespace zhian::effects
