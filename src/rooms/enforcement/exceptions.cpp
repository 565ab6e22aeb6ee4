#include "rooms/enforcement/exceptions.hpp"

#include <algorithm>
#include <utility>

#include "policy/exact.hpp"
#include "procedure/exceptions.hpp"
#include "procedure/guard_tools.hpp"
#include "records/enforcement.hpp"
#include "records/guard_fields.hpp"
#include "rooms/enforcement/gates.hpp"

namespace zhian::enforcement {

bool GroundFits(std::string_view gate, std::string_view ground) {
  static constexpr std::pair<std::string_view, std::string_view> kGrounds[] = {
      {"G1", "person_cannot_be_identified"},
      {"G1", "evidence_destroyed_by_party"},
      {"G2", "records_never_existed"},
      {"G2", "consumed_in_small_retail"},
      {"G2", "source_outside_the_country_or_destroyed"},
      {"G2", "other_place_silent"},
      {"G3", "fled"},
      {"G3", "instalments_running"},
      {"G3", "court_enforcing"},
      {"G4", "other_place_silent"},
      {"G5", "organ_still_investigating"}};
  return std::find(std::begin(kGrounds), std::end(kGrounds), std::pair{gate, ground}) != std::end(kGrounds);
}

}  // namespace zhian::enforcement

namespace zhian::guards {
namespace json = boost::json;
using namespace procedure;
using namespace enforcement;

namespace {
Gate Computed(const GuardContext& context, const std::string& wanted) {
  for (Gate& gate : ComputeGates(context))
    if (gate.answer.gate == wanted) return gate;
  return {};
}
}  // namespace

GuardResult exception_is_well_founded(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::ExceptionIsWellFounded::ReadFields(context.input));
  ZHIAN_ASSIGN(const auto record, records::EnforcementCase::Read(context.matter));
  const std::string wanted(Name(form.exception_gate));
  GuardResult result;
  const auto fail = [&](Message item) {
    result.holds = false;
    result.open_items.push_back(std::move(item));
  };
  if (Computed(context, wanted).answer.open_items.empty()) fail("这一关没有未查清的事项，不需要例外");
  if (!GroundFits(wanted, Name(form.exception_grounds))) fail("这个事由不适用于这一关");
  if (wanted == "G4")
    for (const auto& check : record.threshold_checks)
      if (check.result == records::EnforcementCase::ThresholdChecksRow::Result::kAtOrAbove)
        fail("达到立案追诉标准的，不得例外，须移送");
  if (ExceptionUnderWay(context.matter, wanted) != nullptr) fail("这一关已有例外在办理");
  if (Message fault = ReviewDateFault(context); !fault.empty()) fail(std::move(fault));
  return result;
}

GuardResult exception_waits_for_an_opinion(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::ExceptionWaitsForAnOpinion::ReadFields(context.input));
  return MayGiveOpinion(context, Name(form.exception_gate));
}

GuardResult exception_waits_for_a_decision(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::ExceptionWaitsForADecision::ReadFields(context.input));
  return WaitsForDecision(context.matter, Name(form.exception_gate));
}

GuardResult exception_may_be_approved(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::ExceptionMayBeApproved::ReadFields(context.input));
  const std::string gate(Name(form.exception_gate));
  GuardResult result = MayDecide(context, gate);
  if (!result.holds) return result;
  const auto fail = [&](Message item) {
    result.holds = false;
    result.open_items.push_back(std::move(item));
  };
  const bool upper = HoldsRole(context.actor, "upper_authority");
  if (gate == "G5" && !HoldsRole(context.actor, "district_leader")) fail("第五关的例外由区领导批准");
  if (gate != "G5" && !HoldsRole(context.actor, "bureau_head") && !upper) fail("这一关的例外由局负责人批准");
  // Whoever stands in an interference record or an accountability matter of the case is concerned himself, whatever his
  // office is.
  for (const std::string_view relation : {"interference", "inquiry"})
    for (const Matter& record : RelatedBy(context, relation, 2))
      for (const char* field : {"contact_who", "concerned"})
        if (!context.actor.name.empty() && Shown(record, field).find(context.actor.name) != std::string::npos)
          fail(upper || gate == "G5" ? Message("您与本案有关，不能批准")
                                     : Message("局负责人与本案有关，由上级机关批准"));
  if (gate == "G2") {
    const auto most =
        policy::Exact(context.services.policy, "gate.trace.unresolved.max", context.today).value_or(base::Decimal());
    // The share is an estimate of the trace; the limit itself is included.
    if (UnresolvedShareOf(context) * 100 > most.Estimate() * (1 + 1e-9) && !upper)
      fail(Say("未查明的比例超过 {}%，由上级机关批准", most.Short()));
    for (const Matter& recall : RelatedBy(context, "recalled", 4)) {
      if (Shown(recall, "level") != "1") continue;
      if (!AnyMeans(RelatedBy(context, "notice", 4), Meaning::kPublished)) fail("一级召回须先发布公告或警示，才能例外");
      break;
    }
  }
  return result;
}

}  // namespace zhian::guards

namespace zhian::effects {
using namespace procedure;

namespace {
// The three steps of an exception name its gate under one name.
Result<std::string> GateOf(const EffectContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::ExceptionMayBeApproved::ReadFields(context.input));
  return std::string(Name(form.exception_gate));
}
}  // namespace

Status set_gate_exception_asked(EffectContext& context) {
  ZHIAN_ASSIGN(const std::string wanted, GateOf(context));
  for (const auto& gate : enforcement::ComputeGates(ViewOf(context)))
    if (gate.answer.gate == wanted) return WriteAsked(context, wanted, gate.answer.KeyedItems());
  return MakeError(ErrorCode::kInternal, "no gate " + wanted);
}
Status set_gate_exception_opinion(EffectContext& context) {
  ZHIAN_ASSIGN(const std::string gate, GateOf(context));
  return WriteOpinion(context, gate);
}
Status set_gate_exception_approved(EffectContext& context) {
  ZHIAN_ASSIGN(const std::string gate, GateOf(context));
  return WriteDecision(context, gate, true);
}
Status set_gate_exception_refused(EffectContext& context) {
  ZHIAN_ASSIGN(const std::string gate, GateOf(context));
  return WriteDecision(context, gate, false);
}

}  // namespace zhian::effects
