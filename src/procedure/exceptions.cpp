#include "procedure/exceptions.hpp"

#include <algorithm>

#include "procedure/guard_tools.hpp"

namespace zhian::procedure {
namespace json = boost::json;

namespace {

bool InForce(const json::value& record, base::Date today) {
  const auto review = base::ParseDate(Cell(record, "review_on"));
  return Cell(record, "state") == "approved" && review.ok() && *review >= today;
}
bool Names(const json::value& record, const std::string& text) {
  const json::value* items = record.as_object().if_contains("open_items");
  return items != nullptr && items->is_array() &&
         std::any_of(items->get_array().begin(), items->get_array().end(), [&](const json::value& known) {
           return known.is_string() && std::string_view(known.get_string()) == text;
         });
}
json::array& Records(Matter& matter) {
  json::value& list = matter.fields[kExceptions];
  if (!list.is_array()) list = json::array{};
  return list.get_array();
}
json::object* UnderWay(Matter& matter, std::string_view gate) {
  const json::value* found = ExceptionUnderWay(matter, gate);
  return found == nullptr
             ? nullptr
             : &Records(matter)[static_cast<std::size_t>(found - Items(matter, kExceptions).begin())].get_object();
}

}  // namespace

std::vector<Message> Uncovered(const Matter& matter, std::string_view gate, const std::vector<Message>& open,
                               base::Date today) {
  std::vector<Message> rest;
  for (const Message& item : open) {
    const auto& records = Items(matter, kExceptions);
    const std::string text = item.Text();
    if (std::none_of(records.begin(), records.end(), [&](const json::value& record) {
          return Cell(record, "gate") == gate && InForce(record, today) && Names(record, text);
        }))
      rest.push_back(item);
  }
  return rest;
}

Standing StandingOf(const Matter& matter, std::string_view gate, const std::vector<Message>& open, base::Date today) {
  const auto& records = Items(matter, kExceptions);
  if (std::none_of(records.begin(), records.end(), [&](const json::value& record) {
        return Cell(record, "gate") == gate && Cell(record, "state") == "approved";
      }))
    return Standing::kNone;
  return Uncovered(matter, gate, open, today).empty() ? Standing::kValid : Standing::kStale;
}

const json::value* ExceptionUnderWay(const Matter& matter, std::string_view gate) {
  const json::value* found = nullptr;
  for (const auto& record : Items(matter, kExceptions))
    if (Cell(record, "gate") == gate && (Cell(record, "state") == "asked" || Cell(record, "state") == "opined"))
      found = &record;
  return found;
}

bool IsPerson(const Actor& actor, const json::value& record, const char* account, const char* digest) {
  return Cell(record, account) == actor.account_id ||
         (!actor.person_digest.empty() && Cell(record, digest) == actor.person_digest);
}

Message ReviewDateFault(const GuardContext& context) {
  const policy::Rule* rule = context.services.policy.Find("gate.exception.review", context.today);
  if (rule == nullptr) return "没有例外复查的期限规则";
  const auto review = base::ParseDate(ScalarText(context.input.if_contains("exception_review_on")));
  const auto latest = policy::ComputeDeadline(*rule, context.now, context.services.policy.calendar());
  if (!review.ok() || *review <= context.today || (latest.ok() && base::StartOfDay(*review).ms > latest->limit_at.ms))
    return Say("复查日期须在今天之后、{} 之内", rule->value_text);
  return {};
}

GuardResult MayGiveOpinion(const GuardContext& context, std::string_view gate) {
  const json::value* record = ExceptionUnderWay(context.matter, gate);
  if (record == nullptr || Cell(*record, "state") != "asked") return GuardResult::Fails("这一关没有等待意见的例外申请");
  return GuardResult::From(!IsPerson(context.actor, *record, "asked_by", "asked_person"),
                           "提出例外的人不能自己出具意见");
}

int StaleOn(const Matter& matter, base::Date day) {
  const auto& records = Items(matter, kExceptions);
  return static_cast<int>(std::count_if(records.begin(), records.end(), [&](const json::value& record) {
    const auto review = base::ParseDate(Cell(record, "review_on")),
               decided = base::ParseDate(Cell(record, "decided_on"));
    return Cell(record, "state") == "approved" && review.ok() && decided.ok() && *decided <= day && *review < day;
  }));
}

GuardResult WaitsForDecision(const Matter& matter, std::string_view gate) {
  const json::value* record = ExceptionUnderWay(matter, gate);
  return GuardResult::From(record != nullptr && Cell(*record, "state") == "opined", "这一关没有等待决定的例外");
}

GuardResult MayDecide(const GuardContext& context, std::string_view gate) {
  const json::value* record = ExceptionUnderWay(context.matter, gate);
  if (record == nullptr || Cell(*record, "state") != "opined") return GuardResult::Fails("这一关没有等待决定的例外");
  if (IsPerson(context.actor, *record, "asked_by", "asked_person") ||
      IsPerson(context.actor, *record, "opinion_by", "opinion_person"))
    return GuardResult::Fails("提出例外或出具意见的人不能批准");
  const auto review = base::ParseDate(Cell(*record, "review_on"));
  return GuardResult::From(review.ok() && *review >= context.today, "复查日期已过，须重新申请");
}

Status WriteAsked(EffectContext& context, const std::string& gate, const std::vector<Message>& items) {
  json::array open;
  for (const Message& item : items) open.push_back(json::value(item.Text()));
  Records(context.matter)
      .push_back(json::object{{"gate", gate},
                              {"state", "asked"},
                              {"ground", Asked(context, "exception_grounds")},
                              {"done", Asked(context, "exception_done")},
                              {"risk", Asked(context, "exception_risk")},
                              {"measures", Asked(context, "exception_measures")},
                              {"review_on", Asked(context, "exception_review_on")},
                              {"open_items", std::move(open)},
                              {"asked_by", context.actor.account_id},
                              {"asked_name", context.actor.name},
                              {"asked_person", context.actor.person_digest},
                              {"asked_on", base::FormatDate(context.today)}});
  return Ok();
}

Status WriteOpinion(EffectContext& context, const std::string& gate) {
  json::object* record = UnderWay(context.matter, gate);
  if (record == nullptr) return MakeError(ErrorCode::kConflict, "这一关没有等待意见的例外申请");
  (*record)["state"] = "opined";
  (*record)["opinion"] = Asked(context, "exception_opinion");
  (*record)["opinion_by"] = context.actor.account_id;
  (*record)["opinion_name"] = context.actor.name;
  (*record)["opinion_person"] = context.actor.person_digest;
  return Ok();
}

Status WriteDecision(EffectContext& context, const std::string& gate, bool approved) {
  json::object* record = UnderWay(context.matter, gate);
  if (record == nullptr) return MakeError(ErrorCode::kConflict, "这一关没有等待决定的例外");
  (*record)["state"] = approved ? "approved" : "refused";
  (*record)["decided_by"] = context.actor.account_id;
  (*record)["decided_name"] = context.actor.name;
  (*record)["decided_on"] = base::FormatDate(context.today);
  // The leaf of the approval names what stays open.
  context.computed["open_items"] = (*record)["open_items"];
  if (!approved) return Ok();
  if (!context.matter.Has("exception")) context.matter.flags.emplace_back("exception");
  std::erase(context.matter.flags, "gate_reopened");
  ZHIAN_TRY(context.db.Execute(
      "INSERT INTO exception_watch (district, kind, matter_id) VALUES ($d,$1,$2) ON CONFLICT DO NOTHING",
      {context.matter.kind, context.matter.id}));
  return Ok();
}

Result<int> ReviewExceptions(Engine& engine, storage::Connection& db, std::string_view kind,
                             const std::function<std::vector<OpenGate>(const GuardContext&)>& gates_of) {
  constexpr std::int64_t kWatchedMax = 500;
  const Kind* declared = FindKind(kind);
  if (declared == nullptr) return MakeError(ErrorCode::kInternal, "unknown kind " + std::string(kind));
  ZHIAN_ASSIGN(
      auto rows,
      db.Query("SELECT matter_id FROM exception_watch WHERE district=$d AND kind=$1 ORDER BY matter_id LIMIT $2",
               {std::string(kind), kWatchedMax}));
  const base::Instant now = engine.Now();
  const Actor system = Actor::System();
  const Transition none{};
  const json::object nothing;
  int moves = 0;
  for (const auto& row : rows) {
    ZHIAN_ASSIGN(const Matter matter, LoadMatter(db, row.text(0)));
    ZHIAN_ASSIGN(const auto history, LoadTransitions(db, matter.id));
    ZHIAN_ASSIGN(const auto duties, LoadDuties(db, matter.id));
    const GuardContext context{
        db,     engine.services(), now, base::LocalDate(now), *declared, matter, none, system, nothing, history, duties,
        nullptr};
    std::string stale;
    for (const OpenGate& gate : gates_of(context))
      if (!gate.open.empty() && StandingOf(matter, gate.gate, gate.open, context.today) == Standing::kStale)
        stale += (stale.empty() ? "" : "、") + gate.gate;
    if (stale.empty()) continue;
    Command lead;
    lead.kind = "lead";
    lead.action = "register_lead";
    lead.operator_id = matter.operator_id;
    lead.jurisdiction = matter.jurisdiction;
    lead.body = matter.body;
    lead.title = Cut("例外失效：" + matter.title, 300);
    lead.fields = {{"source", "system"},
                   {"clue", matter.number + " 的 " + stale + " 例外已失效：" + matter.title},
                   {"lead_received_on", base::FormatDate(context.today)}};
    lead.links = {{matter.id, "gate_reopened"}};
    const auto registered = engine.ExecuteIn(db, system, lead);
    if (!registered.ok()) return registered.error();
    ZHIAN_TRY(engine.Flag(db, matter.id, "gate_reopened"));
    ZHIAN_TRY(db.Execute("DELETE FROM exception_watch WHERE district=$d AND kind=$1 AND matter_id=$2",
                         {matter.kind, matter.id}));
    ++moves;
  }
  return moves;
}

json::array ExceptionsOf(const Matter& matter, std::string_view gate) {
  json::array list;
  for (const auto& record : Items(matter, kExceptions)) {
    if (Cell(record, "gate") != gate) continue;
    json::object item;
    for (const char* name : {"state", "ground", "done", "risk", "measures", "review_on", "asked_name", "asked_on",
                             "opinion", "opinion_name", "decided_name", "decided_on"})
      item[name] = Cell(record, name);
    list.push_back(std::move(item));
  }
  return list;
}

}  // namespace zhian::procedure
