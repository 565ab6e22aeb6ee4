// extend_duty 延長期限: the head extends an open duty once, before its limit has passed, by the rule that its table names.
#include <algorithm>

#include "base/text.hpp"
#include "procedure/move.hpp"

namespace zhian::procedure {
namespace json = boost::json;

namespace {
constexpr Text kHead = "bureau_head";  // procedures.md: who extends
}

const policy::Rule* Engine::ExtensionRule(const Matter& matter, const DutyRow& row, base::Date on) const {
  const Kind* kind = FindKind(matter.kind);
  const Duty* duty = kind == nullptr ? nullptr : FindDuty(*kind, row.duty);
  if (duty == nullptr || duty->extension.empty() || row.state != DutyState::kOpen || row.extended > 0 || !row.limit_at) return nullptr;
  for (const std::string& id : RuleCandidates(duty->extension, matter))
    if (const policy::Rule* rule = services_.policy.Find(id, on); rule != nullptr) return rule;
  return nullptr;
}

Result<Matter> Engine::ExtendDuty(const Actor& actor, const ExtendRequest& request) {
  if (base::Trim(request.reason).empty() || request.reason.size() > kLongTextBytesMax) return NeedsMending({{"/reason", "error.fill", "填写延长的理由"}});
  if (!request.expected_version) return MakeError(ErrorCode::kVersionMissing, "请带上所读版本（If-Match），以免覆盖别人的改动");
  Outcome outcome;
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    const base::Instant now = clock_.Now();
    const base::Date today = base::LocalDate(now);
    Matter& matter = outcome.matter;
    ZHIAN_ASSIGN(matter, LoadMatter(db, request.matter_id));
    const Kind* kind = FindKind(matter.kind);
    if (kind == nullptr) return MakeError(ErrorCode::kCorrupt, "unknown kind " + matter.kind);
    static constexpr Text kWho[] = {kHead};
    const Transition transition{matter.state, "extend_duty", {"延长期限", "延長期限", "Extend"}, matter.state, kWho, {}, {}, {}, {}};
    ZHIAN_ASSIGN(const HeldRole* held, Authorise(db, actor, transition, matter));
    if (*request.expected_version != matter.version) return MakeError(ErrorCode::kStaleVersion, Say("这件事项刚被别人更新到第 {} 版，请核对后再办", std::to_string(matter.version)));
    ZHIAN_ASSIGN(auto duties, LoadDuties(db, matter.id));
    const auto row = std::find_if(duties.begin(), duties.end(), [&](const DutyRow& d) { return d.id == request.duty_id; });
    if (row == duties.end()) return MakeError(ErrorCode::kNotFound, "这件事项没有这项待办");
    const policy::Rule* rule = ExtensionRule(matter, *row, base::LocalDate(base::Instant{row->start_at}));
    if (rule == nullptr) return MakeError(ErrorCode::kGuardFailed, row->extended > 0 ? "这项待办已延长过一次，不能再延长" : "这项待办的期限依法不能延长");
    if (now.ms > *row->limit_at) return MakeError(ErrorCode::kGuardFailed, "期限已过，不能再延长");
    // The extension is counted from the day on which the first limit ends.
    ZHIAN_ASSIGN(const auto deadline, policy::ComputeDeadline(*rule, base::Instant{*row->limit_at}, services_.policy.calendar(), {}));
    const std::int64_t before = *row->limit_at;
    row->limit_at = deadline.limit_at.ms;
    row->extended = 1;
    ZHIAN_TRY(UpdateDuty(db, *row));
    matter.version += 1;
    matter.updated_at = now.ms;
    json::object input{{"duty", row->duty}, {"limit_before", base::FormatInstant(base::Instant{before})}, {"limit_after", base::FormatInstant(deadline.limit_at)}, {"rule", rule->id}};
    ZHIAN_ASSIGN(const auto history, LoadTransitions(db, matter.id));
    Move move{db, actor, nullptr, *kind, transition, *held, matter, input, now, now, today, std::move(duties), {}, outcome, 0, {}, {}};
    move.row.id = base::NewUuid7(now);
    move.row.matter_id = matter.id;
    move.row.sequence = history.empty() ? 1 : history.back().sequence + 1;
    move.row.action = "extend_duty";
    move.row.from = move.row.to = matter.state;
    move.row.actor = actor.account_id;
    move.row.actor_name = actor.name;
    move.row.role = held->role;
    move.row.on_behalf_of = held->on_behalf_of;
    move.row.note = request.reason;
    move.row.input = std::move(input);
    move.row.at = move.row.recorded_at = now.ms;
    return Record(move);
  }));
  if (listener_) listener_(outcome.matter.id, outcome.matter.version);
  return std::move(outcome.matter);
}

}  // namespace zhian::procedure
