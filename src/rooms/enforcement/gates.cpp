#include "rooms/enforcement/gates.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/enforcement/exceptions.hpp"

namespace zhian::enforcement {
namespace json = boost::json;
using namespace procedure;

std::string_view Name(GateStatus status) {
  switch (status) {
    case GateStatus::kClosed: return "closed";
    case GateStatus::kOpen: return "open";
    case GateStatus::kExcepted: return "excepted";
    case GateStatus::kNotApplicable: return "not_applicable";
    case GateStatus::kStale: return "stale";
  }
  return "open";
}

namespace {
GateAnswer Finish(GateAnswer gate) {
  if (gate.status == GateStatus::kOpen && gate.open_items.empty()) gate.status = GateStatus::kClosed;
  return gate;
}
}  // namespace

GateAnswer FactsGate(const GuardContext& context) {
  GateAnswer gate{"G1", GateStatus::kOpen, {}};
  const Matter& matter = context.matter;
  if (Items(matter, "acts").empty()) gate.open_items.emplace_back("没有登记违法行为");
  std::set<std::string> proven;
  for (const auto& fact : Items(matter, "facts")) {
    if (Cell(fact, "status") != "proven") continue;
    if (Cell(fact, "confession_only") == "yes") {
      gate.open_items.push_back(Say("“{}”仅有口供，补充其他证据", Cut(Cell(fact, "statement"))));
      continue;
    }
    proven.insert(Cell(fact, "element"));
  }
  static constexpr std::pair<std::string_view, std::string_view> kRequired[] = {{"who", "何人"}, {"act", "何行为"}, {"when", "何时"}, {"where", "何地"}, {"how_much", "数量"}};
  for (const auto& [element, label] : kRequired)
    if (!proven.contains(std::string(element))) gate.open_items.push_back(Say("事实要素“{}”尚未查实", label));
  if (matter.Number("confiscation") > 0 && !proven.contains("income")) gate.open_items.emplace_back("没收违法所得，须查实违法所得");
  for (const auto& party : Items(matter, "parties")) {
    const std::string role = Cell(party, "role");
    if ((role == "principal" || role == "direct_person") && Cell(party, "identity_proof").empty()) gate.open_items.push_back(Say("{} 没有身份证明", Cell(party, "name")));
  }
  if (Items(matter, "parties").empty()) gate.open_items.emplace_back("没有登记当事人");
  const TransitionRow* test = LastMove(context, "start_test");
  if (test != nullptr && LastMove(context, "end_test") == nullptr) gate.open_items.emplace_back("送检结果尚未返回");
  if (!Items(matter, "goods").empty() && matter.Field("value_basis").empty()) gate.open_items.emplace_back("货值没有依据");
  return Finish(std::move(gate));
}

json::array LotsOf(const Matter& matter) {
  json::array lots;
  const auto add = [&](const std::string& lot) {
    if (!lot.empty() && std::none_of(lots.begin(), lots.end(), [&](const json::value& known) { return known.as_string() == lot; })) lots.push_back(json::value(lot));
  };
  for (const auto& row : Items(matter, "lots")) add(Cell(row, "lot"));
  add(matter.Field("lot"));
  for (const auto& row : Items(matter, "goods")) add(Cell(row, "lot"));
  return lots;
}

GateAnswer FlowGate(const GuardContext& context) {
  GateAnswer gate{"G2", GateStatus::kOpen, {}};
  const json::array lots = LotsOf(context.matter);
  if (lots.empty()) {
    gate.status = GateStatus::kNotApplicable;
    return gate;
  }
  const auto answer = context.Ask("trace.unresolved", {{"lots", lots}});
  if (!answer.ok()) {
    gate.open_items.push_back(Say("追溯未能完成：{}", answer.error().message));
    return gate;
  }
  for (const auto& item : answer->as_array()) gate.open_items.push_back(MessageFrom(item));
  // What was found upstream or downstream is somebody's own matter: a lead of the party, or a letter to its authority.
  const auto leads = Related(context, "lead", 4);
  for (const auto& party : Items(context.matter, "parties")) {
    const std::string role = Cell(party, "role"), name = Cell(party, "name");
    if (role != "supplier" && role != "carrier") continue;
    const bool own = std::any_of(leads.begin(), leads.end(), [&](const Matter& lead) { return lead.title.find(name) != std::string::npos || lead.Field("party_name") == name; });
    const auto& outcomes = Items(context.matter, "outcomes");
    const bool elsewhere = std::any_of(outcomes.begin(), outcomes.end(), [&](const json::value& o) { return Cell(o, "party") == name; });
    if (!own && !elsewhere) gate.open_items.push_back(Say("{} 没有单独的线索，也没有移送函", name));
  }
  bool excepted = false;
  for (const Matter& gap : Related(context, "trace_gap", 4)) {
    if (!gap.terminal) gate.open_items.push_back(Say("追溯缺口 {} 尚未查明", gap.number));
    excepted |= gap.state == "unresolvable" && gap.Has("exception");
  }
  gate = Finish(std::move(gate));
  if (excepted && gate.status == GateStatus::kClosed) gate.status = GateStatus::kExcepted;
  return gate;
}

GateAnswer LiabilityGate(const GuardContext& context) {
  GateAnswer gate{"G3", GateStatus::kOpen, {}};
  std::set<std::string> settled;
  for (const auto& outcome : Items(context.matter, "outcomes")) {
    if (Cell(outcome, "kind") == "penalty" && Cell(outcome, "executed") != "yes") continue;
    settled.insert(Cell(outcome, "party"));
  }
  for (const auto& party : Items(context.matter, "parties"))
    if (!settled.contains(Cell(party, "name"))) gate.open_items.push_back(Say("{} 没有处理结果，或处罚尚未执行", Cell(party, "name")));
  if (Items(context.matter, "parties").empty()) gate.open_items.emplace_back("没有登记当事人");
  for (const Matter& measure : Related(context, "coercive_measure", 2))
    if (!measure.terminal) gate.open_items.push_back(Say("强制措施 {} 尚未了结", measure.number));
  if (context.matter.Field("discretion") == "heavier" && Linked(context, "credit_listing").empty()) gate.open_items.emplace_back("较重处罚尚未提出是否列入失信名单");
  return Finish(std::move(gate));
}

GateAnswer ReferralGate(const GuardContext& context) {
  GateAnswer gate{"G4", GateStatus::kOpen, {}};
  const auto& checks = Items(context.matter, "threshold_checks");
  const auto transfers = Linked(context, "judicial_transfer");
  const bool sent = std::any_of(transfers.begin(), transfers.end(), [](const Matter& t) { return t.state == "accepted" || t.state == "handed_over" || t.state == "ended"; });
  const bool returned = std::any_of(transfers.begin(), transfers.end(), [](const Matter& t) { return t.state == "returned" || t.state == "not_sent"; });
  for (const Matter& transfer : transfers) {
    static constexpr std::string_view kPending[] = {"proposed", "approved", "sent", "refused_by_police", "reconsidering"};
    if (std::find(std::begin(kPending), std::end(kPending), transfer.state) != std::end(kPending)) gate.open_items.push_back(Say("移送 {} 尚在办理", transfer.number));
  }
  if (checks.empty()) gate.open_items.emplace_back("没有对照立案追诉标准");
  const double value = context.matter.Number("goods_value");
  for (const auto& check : checks) {
    const std::string result = Cell(check, "result");
    const double measured = NumberOf(check, "measured"), threshold = NumberOf(check, "threshold");
    if (result == "below" && measured >= threshold) gate.open_items.push_back(Say("{}：实测已达标准，结论不能是未达", Cell(check, "offence")));
    if (Cell(check, "unit") == "元" && measured + 0.005 < value) gate.open_items.push_back(Say("{}：货值已变为 {} 元，须重新对照", Cell(check, "offence"), base::ShortNumber(value, 2)));
    if (result == "at_or_above" && !sent && !returned) gate.open_items.push_back(Say("{}：达到标准而没有移送", Cell(check, "offence")));
    if (result == "undecidable" && !sent && !returned) gate.open_items.push_back(Say("{}：难以认定，须书面咨询公安机关", Cell(check, "offence")));
  }
  return Finish(std::move(gate));
}

// Source: docs/gates.md, G5: a visit that found no problem within 90 days before.
constexpr std::int64_t kVisitWindowMs = std::int64_t{90} * 86'400'000;

GateAnswer OfficialsGate(const GuardContext& context) {
  GateAnswer gate{"G5", GateStatus::kOpen, {}};
  std::vector<Message> indicators;
  for (const Matter& record : Related(context, "interference_record", 2)) {
    indicators.push_back(Say("干预过问记录 {}", record.number));
    if (!record.terminal) gate.open_items.push_back(Say("干预过问记录 {} 尚未处理", record.number));
  }
  for (const Matter& matter : Related(context, "accountability", 2))
    if (!matter.terminal) gate.open_items.push_back(Say("责任追究 {} 尚无结论", matter.number));
  const auto leads = LoadMattersOfOperator(context.db, context.matter.operator_id, "lead");
  if (leads.ok())
    for (const Matter& lead : *leads)
      if (lead.Has("overdue")) indicators.push_back(Say("线索 {} 逾期", lead.number));
  // Somebody found all corrected shortly before: what did he see?
  const auto rechecked = LoadMattersOfOperator(context.db, context.matter.operator_id, "rectification");
  if (rechecked.ok())
    for (const Matter& order : *rechecked)
      if (order.state == "struck_off" && order.updated_at < context.matter.opened_at && context.matter.opened_at - order.updated_at <= kVisitWindowMs)
        indicators.push_back(Say("整改 {} 销号后 90 日内再次立案", order.number));
  const auto& checks = Items(context.matter, "official_checks");
  if (checks.empty()) {
    gate.open_items.push_back(indicators.empty() ? "没有监督机关“无异常”的确认" : "有指标而没有核查答复");
  }
  for (const auto& check : checks)
    if (Cell(check, "answer").empty() || Cell(check, "organ").empty()) gate.open_items.push_back(Say("“{}”没有监督机关的答复", Cut(Cell(check, "question"))));
  for (const Message& indicator : indicators) {
    const bool answered = std::any_of(checks.begin(), checks.end(), [&](const json::value& check) { return Cell(check, "question").find(indicator.Text()) != std::string::npos || checks.size() >= indicators.size(); });
    if (!answered) gate.open_items.push_back(Say("{} 没有核查答复", indicator));
  }
  return Finish(std::move(gate));
}

std::vector<GateAnswer> ComputeGates(const GuardContext& context) {
  std::vector<GateAnswer> gates{FactsGate(context), FlowGate(context), LiabilityGate(context), ReferralGate(context), OfficialsGate(context)};
  for (GateAnswer& gate : gates) gate.status = WithException(context.matter, gate, context.today);
  return gates;
}

namespace {
// The exceptions of a gate, for the page: ground and state as keys of the labels, and who did what.
json::array ExceptionsOf(const Matter& matter, const std::string& gate) {
  json::array list;
  for (const auto& record : Items(matter, kExceptions)) {
    if (Cell(record, "gate") != gate) continue;
    json::object item;
    for (const char* name : {"state", "ground", "done", "risk", "measures", "review_on", "asked_name", "asked_on", "opinion", "opinion_name", "decided_name", "decided_on"}) item[name] = Cell(record, name);
    list.push_back(std::move(item));
  }
  return list;
}
}  // namespace

void AddQuestions(procedure::Services& services) {
  services.questions["gates.enforcement_case"] = [](const GuardContext& context, const json::object&) -> Result<json::value> {
    static const std::pair<const char*, const char*> kLabels[] = {{"G1", "案情没有搞清的不放过"}, {"G2", "源头和流向没有查明的不放过"}, {"G3", "责任者没有依法处理的不放过"}, {"G4", "该移送司法机关没有移送的不放过"}, {"G5", "机关工作人员没有受到追究的不放过"}};
    static const std::pair<GateStatus, const char*> kStatus[] = {{GateStatus::kClosed, "已查清"}, {GateStatus::kOpen, "未查清"}, {GateStatus::kExcepted, "例外放行"}, {GateStatus::kNotApplicable, "不适用"}, {GateStatus::kStale, "例外失效"}};
    json::array gates;
    for (const GateAnswer& gate : ComputeGates(context)) {
      json::array items;
      for (const Message& item : gate.open_items) items.push_back(ToJson(item));
      Message label, status_label;
      for (const auto& [id, text] : kLabels)
        if (gate.gate == id) label = text;
      for (const auto& [status, text] : kStatus)
        if (gate.status == status) status_label = text;
      gates.push_back(json::object{{"gate", gate.gate}, {"label", ToJson(label)}, {"status", Name(gate.status)}, {"status_label", ToJson(status_label)}, {"open_items", std::move(items)},
                                   {"exceptions", ExceptionsOf(context.matter, gate.gate)}, {"computed_at", base::FormatInstant(context.now)}});
    }
    return json::value(std::move(gates));
  };
}

}  // namespace zhian::enforcement
