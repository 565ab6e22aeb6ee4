#include "rooms/governance/started.hpp"

#include "procedure/guard_tools.hpp"
#include "records/governance.hpp"
#include "records/guard_fields.hpp"

namespace zhian::governance {
namespace json = boost::json;
using namespace procedure;

namespace {

// What the matters of this room say of why a circular or an inquiry follows; matters of other rooms have none of it.
struct Cause {
  std::string owner, grade, underlying_matter, underlying_duty, concerned, outcome_kind, reason;
};
Result<Cause> CauseOf(const Matter& matter) {
  using namespace records;
  if (matter.kind == SupervisionTask::kKind) {
    ZHIAN_ASSIGN(auto task, SupervisionTask::Read(matter));
    return Cause{.owner = std::move(task.owner),
                 .underlying_matter = std::move(task.underlying_matter),
                 .underlying_duty = std::move(task.underlying_duty),
                 .reason = std::move(task.reason)};
  }
  if (matter.kind == Assessment::kKind) {
    ZHIAN_ASSIGN(const auto assessment, Assessment::Read(matter));
    return Cause{.grade = std::string(Name(assessment.grade))};
  }
  if (matter.kind == InterferenceRecord::kKind) {
    ZHIAN_ASSIGN(auto record, InterferenceRecord::Read(matter));
    return Cause{.concerned = std::move(record.concerned),
                 .outcome_kind = std::string(Name(record.outcome_kind)),
                 .reason = std::move(record.reason)};
  }
  if (matter.kind == Accountability::kKind) {
    ZHIAN_ASSIGN(auto inquiry, Accountability::Read(matter));
    return Cause{.concerned = std::move(inquiry.concerned),
                 .outcome_kind = std::string(Name(inquiry.outcome_kind)),
                 .reason = std::move(inquiry.reason)};
  }
  return Cause{};
}

Result<std::string> OwnerOf(const GuardContext& context, const Cause& known) {
  if (!known.owner.empty()) return known.owner;
  ZHIAN_ASSIGN(auto place,
               context.db.Query("SELECT name FROM jurisdictions WHERE id=$1 LIMIT 1", {context.matter.jurisdiction}));
  return place.empty() ? context.matter.title : place.front().text(0);
}

// What was to be done, on what ground, until when, and how late it is.
std::string LateDuty(const GuardContext& context, const DutyRow& row) {
  const Kind* kind = FindKind(row.kind);
  const Duty* duty = kind == nullptr ? nullptr : FindDuty(*kind, row.duty);
  const std::string name = duty == nullptr ? row.duty : std::string(duty->label.zh_hans);
  const auto* rule = context.services.policy.Find(row.rule_id, base::LocalDate({row.start_at}));
  if (!row.limit_at || rule == nullptr) return Say("待办“{}”没有期限规则", name).Text();
  const std::string ground = context.services.policy.Cite(*rule, false);
  const base::Date limit = base::LocalDate({*row.limit_at});
  const bool open = row.state == DutyState::kOpen || row.state == DutyState::kSuspended;
  const base::Date until = open ? context.today : base::LocalDate({row.closed_at});
  const int late = until.days - limit.days;
  if (late <= 0) return Say("待办“{}”，依据{}，期限 {}", name, ground, base::FormatDate(limit)).Text();
  return Say(open ? "待办“{}”，依据{}，期限 {}，至 {} 逾期 {} 日仍未完成"
                  : "待办“{}”，依据{}，期限 {}，至 {} 逾期 {} 日才完成",
             name, ground, base::FormatDate(limit), base::FormatDate(until), late)
      .Text();
}

// Who drops a task, finishes an assessment or sends a campaign back starts a circular: its first fact is that matter
// itself.
Result<json::value> StartCircular(const GuardContext& context, const json::object&) {
  const Matter& cause = context.matter;
  const bool late = cause.kind == "supervision_task";
  ZHIAN_ASSIGN(const Cause known, CauseOf(cause));
  ZHIAN_ASSIGN(const std::string named, OwnerOf(context, known));
  const std::string& grade = known.grade;
  std::vector<records::Circular::CircularFactsRow> facts{
      {.fact =
           cause.title + (grade.empty() ? "，" + std::string(context.transition.label.zh_hans) : "，" + grade + " 等"),
       .record = cause.number}};
  if (!known.underlying_matter.empty()) {
    ZHIAN_ASSIGN(const Matter pressed, LoadMatter(context.db, known.underlying_matter));
    facts.push_back({.fact = "逾期未办的事项：" + pressed.title, .record = pressed.number});
  }
  const char* text = late ? "经督办，下列事项仍未在期限内办结，现予通报。请查明原因，限期整改并书面回复。"
                     : cause.kind == "assessment" ? "考核结果通报如下。"
                                                  : "处理结果通报如下。";
  using records::Circular;
  const Circular circular{.named = named,
                          .circular_facts = std::move(facts),
                          .circular_body = text,
                          .reply_asked = late ? Circular::ReplyAsked::kYes : Circular::ReplyAsked::kNo};
  return json::value(json::array{json::object{{"title", "通报：" + cause.title}, {"fields", circular.Fields()}}});
}

// The chain of evidence as far as the records have it: the matter that was late with its duty, ground and limit, then
// the matter that starts this one and its own late duties. Harm and cause are for the organ that inquires; nothing is
// asserted of them.
Result<json::value> StartAccountability(const GuardContext& context, const json::object&) {
  const Matter& cause = context.matter;
  ZHIAN_ASSIGN(const Cause known, CauseOf(cause));
  std::string concerned = known.concerned;
  if (concerned.empty()) {
    ZHIAN_ASSIGN(concerned, OwnerOf(context, known));
  }
  std::string chain;
  int link = 0;
  const auto add = [&](const std::string& text) {
    chain += (link == 0 ? "" : "\n") + std::to_string(link + 1) + ". " + text, ++link;
  };
  if (!known.underlying_matter.empty()) {
    ZHIAN_ASSIGN(const Matter pressed, LoadMatter(context.db, known.underlying_matter));
    ZHIAN_ASSIGN(const auto duties, LoadDuties(context.db, known.underlying_matter));
    for (const DutyRow& row : duties)
      if (row.id == known.underlying_duty)
        add(pressed.title + "（" + pressed.number + "）：" + LateDuty(context, row) + "。");
  }
  add(cause.title + "（" + cause.number + "）：" + std::string(context.transition.label.zh_hans) + "，" +
      base::FormatDate(context.today) + "。");
  for (const DutyRow& row : context.duties)
    if (row.state == DutyState::kOpen && row.limit_at && *row.limit_at < context.now.ms)
      add(cause.number + "：" + LateDuty(context, row) + "。");
  if (const auto* outcome = FindLabel("choice." + known.outcome_kind); outcome != nullptr)
    add(Say("认定结果：{}", outcome->zh_hans).Text() + (known.reason.empty() ? "" : "；" + known.reason) + "。");
  return json::value(json::array{
      json::object{{"title", Say("责任追究线索：{}", cause.title).Text()},
                   {"fields", records::Accountability{.concerned = concerned, .evidence_chain = chain}.Fields()}}});
}

// A lesson of an exercise that is given to somebody is a task of its own; the others say why they are none.
Result<json::value> StartTask(const GuardContext& context, const json::object&) {
  if (context.matter.kind != "exercise") return json::value(json::array{json::object{}});
  json::array wanted;
  ZHIAN_ASSIGN(const auto review, guard_fields::LessonsHaveTasks::ReadFields(context.matter.fields));
  using records::SupervisionTask;
  for (const auto& row : review.lessons)
    if (!row.owner.empty()) {
      const SupervisionTask task{.level = SupervisionTask::Level::kOrdinary,
                                 .owner = row.owner,
                                 .assigned_on = context.today,
                                 .task = row.lesson};
      wanted.push_back(json::object{{"title", row.lesson}, {"fields", task.Fields()}});
    }
  return json::value(std::move(wanted));
}

}  // namespace

void AddQuestions(Services& services) {
  services.questions["start.circular"] = &StartCircular;
  services.questions["start.accountability"] = &StartAccountability;
  services.questions["start.supervision_task"] = &StartTask;
}

}  // namespace zhian::governance
