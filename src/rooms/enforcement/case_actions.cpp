// What people add to a case between its steps: evidence and its check, confirmations of sources, threshold checks, a
// new value, the supervision organ's answers. Each is an action of src/procedure/data/common.tsv; none closes a gate by
// itself.
#include <algorithm>
#include <cmath>

#include "base/json.hpp"
#include "base/text.hpp"
#include "procedure/exceptions.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/enforcement/gates.hpp"

namespace zhian::enforcement {
namespace json = boost::json;
using namespace procedure;

namespace {

constexpr storage::Migration kMigrations[] = {{"enforcement/001", R"sql(
CREATE TABLE no_indication (
  district TEXT NOT NULL, id TEXT NOT NULL, case_id TEXT NOT NULL, quarter TEXT NOT NULL, letter TEXT NOT NULL, organ_account TEXT NOT NULL,
  at BIGINT NOT NULL, PRIMARY KEY (district, id));
CREATE INDEX no_indication_of_case ON no_indication (district, case_id);
)sql"}};

json::array& List(Matter& matter, const char* field) {
  json::value& list = matter.fields[field];
  if (!list.is_array()) list = json::array{};
  return list.get_array();
}

// Runs after each move of a case: evidence that was collected is added to the list, and the closing keeps what it
// rested on.
Status KeepCase(EffectContext& context) {
  Matter& matter = context.matter;
  if (const auto* items = context.input.if_contains("evidence_items"); items != nullptr && items->is_array())
    for (const auto& item : items->get_array()) {
      json::array& list = List(matter, "evidence_list");
      const std::string id = Cell(item, "id");
      if (std::any_of(list.begin(), list.end(), [&](const json::value& known) { return Cell(known, "id") == id; }))
        return NeedsMending({{"/fields/evidence_items", "error.value", Say("证据编号 {} 已经用过，换一个编号", id)}});
      if (!item.is_object()) continue;
      json::object row = item.get_object();
      row["collected_on"] = base::FormatDate(context.today);
      row["collected_by"] = context.actor.account_id;
      row["collector_person"] = context.actor.person_digest;
      list.push_back(std::move(row));
    }
  matter.fields.erase("evidence_items");
  if (context.transition.action != "close_case" && context.transition.action != "submit_report") return Ok();
  json::array gates;
  for (const Gate& gate : ComputeGates(ViewOf(context))) {
    json::array open;
    for (const Message& item : gate.Open()) open.push_back(json::value(item.Text()));
    gates.push_back(json::object{{"gate", gate.answer.gate},
                                 {"status", Name(gate.answer.status)},
                                 {"inputs_digest", gate.inputs_digest},
                                 {"open_items", std::move(open)}});
  }
  context.computed["gates"] = std::move(gates);
  return Ok();
}
constexpr EffectBinding kRecords[] = {{"enforcement_case", &KeepCase}};

std::string Quarter(base::Date day) {
  return std::to_string(day.year()) + "Q" + std::to_string((static_cast<int>(day.month()) + 2) / 3);
}

}  // namespace

std::span<const EffectBinding> Records() { return kRecords; }
std::span<const storage::Migration> Migrations() { return kMigrations; }
std::vector<ledger::LedgeredTable> LedgeredTables() { return {{"no_indication", {"district", "id"}}}; }

void WatchExceptions(Engine& engine) {
  engine.AddWatch([](Engine& house, storage::Connection& db) {
    return ReviewExceptions(house, db, "enforcement_case", [](const GuardContext& context) {
      std::vector<OpenGate> open;
      for (const Gate& gate : ComputeGates(context)) open.push_back({gate.answer.gate, gate.answer.Items()});
      return open;
    });
  });
}

}  // namespace zhian::enforcement

namespace zhian::guards {
namespace json = boost::json;
using namespace procedure;
using namespace enforcement;

namespace {
std::size_t FilesOf(const GuardContext& context, const char* field) {
  const auto* files = context.input.if_contains(field);
  return files != nullptr && files->is_array() ? files->get_array().size() : 0;
}
}  // namespace

GuardResult evidence_is_checked_by_another(const GuardContext& context) {
  const std::string id = Asked(context, "evidence_id");
  for (const auto& row : Items(context.matter, "evidence_list")) {
    if (Cell(row, "id") != id) continue;
    return GuardResult::From(!IsPerson(context.actor, row, "collected_by", "collector_person"),
                             "取证的人不能自己核对证据");
  }
  return GuardResult::Fails(Say("没有编号 {} 的证据", id));
}

GuardResult source_confirmation_is_evidenced(const GuardContext& context) {
  if (FilesOf(context, "source_files") == 0) return GuardResult::Fails("附确认书的照片或扫描件");
  const auto answer =
      context.Ask("trace.flow", {{"lots", LotsOf(context.matter)}, {"operator_id", context.matter.operator_id}});
  if (!answer.ok()) return GuardResult::Fails(Say("追溯未能完成：{}", answer.error().message));
  if (!answer->is_array()) return GuardResult::Fails(Say("追溯未能完成：{}", "trace.flow"));
  for (const auto& lot : answer->get_array()) {
    const auto* sources = lot.is_object() ? base::ArrayAt(lot.get_object(), "sources") : nullptr;
    if (sources == nullptr) continue;
    for (const auto& source : *sources)
      if (Cell(source, "name") == Asked(context, "source_place")) return GuardResult::Holds();
  }
  return GuardResult::Fails("追溯没有以这一场所为来源，请按追溯图上的名称填写");
}

GuardResult gate_does_not_apply(const GuardContext& context) {
  if (ActorDid(context)) return GuardResult::Fails("办理过本案的人不能确认不适用");
  const std::string gate = Asked(context, "not_applicable_gate");
  if (gate == "G2")
    return GuardResult::From(LotsOf(context.matter).empty() && Items(context.matter, "goods").empty(),
                             "本案涉及货物，第二关适用");
  return GuardResult::From(Items(context.matter, "threshold_checks").empty(), "本案已对照立案追诉标准，第四关适用");
}

GuardResult revised_value_is_computed(const GuardContext& context) {
  double sum = 0;
  if (const auto* rows = context.input.if_contains("goods"); rows != nullptr && rows->is_array())
    for (const auto& row : rows->get_array()) sum += NumberOf(row, "quantity") * NumberOf(row, "price");
  const double stated = std::strtod(Asked(context, "goods_value").c_str(), nullptr);
  return GuardResult::From(std::abs(sum - stated) <= 0.005 + 1e-9 * sum,
                           Say("货值应为数量乘单价之和 {}", std::to_string(sum)));
}

GuardResult organ_answers_the_indicator(const GuardContext& context) {
  const bool organ = HoldsRole(context.actor, "supervision_organ");
  if (!organ && Asked(context, "organ_delegation").empty())
    return GuardResult::Fails("由局负责人答复的，填写监督机关书面委托的文号");
  const std::string key = Asked(context, "official_indicator");
  const auto indicators = IndicatorsOf(context);
  return GuardResult::From(std::any_of(indicators.begin(), indicators.end(),
                                       [&](const Indicator& indicator) { return indicator.key == key; }),
                           Say("本案没有指标 {}，请按第五关列出的编号填写", key));
}

GuardResult no_indicator_exists(const GuardContext& context) {
  GuardResult result;
  for (const Indicator& indicator : IndicatorsOf(context)) {
    result.holds = false;
    result.open_items.push_back(Say("{} 须逐项答复", indicator.text));
  }
  return result;
}

}  // namespace zhian::guards

namespace zhian::effects {
namespace json = boost::json;
using namespace procedure;
using namespace enforcement;

namespace {
json::value Given(const EffectContext& context, const char* field) {
  const auto* value = context.input.if_contains(field);
  return value == nullptr ? json::value("") : *value;
}
}  // namespace

Status set_evidence_checked(EffectContext& context) {
  for (auto& row : List(context.matter, "evidence_list")) {
    if (Cell(row, "id") != Asked(context, "evidence_id")) continue;
    auto& checked = row.get_object();  // it has an id
    checked["lawful"] = Given(context, "evidence_lawful");
    checked["checked_by"] = context.actor.name;
    checked["resolution"] = Given(context, "contradiction_note");
  }
  return Ok();
}

Status set_source_confirmed(EffectContext& context) {
  List(context.matter, "source_confirmations")
      .push_back(json::object{{"source", Given(context, "source_place")},
                              {"ground", Given(context, "source_ground")},
                              {"letter", Given(context, "source_letter")},
                              {"on", base::FormatDate(context.today)},
                              {"by", context.actor.name}});
  return Ok();
}

Status set_gate_not_applicable(EffectContext& context) {
  List(context.matter, "not_applicable")
      .push_back(json::object{{"gate", Given(context, "not_applicable_gate")},
                              {"reason", Given(context, "not_applicable_reason")},
                              {"by", context.actor.name},
                              {"on", base::FormatDate(context.today)}});
  return Ok();
}

Status set_case_value(EffectContext& context) {
  for (const char* field : {"goods", "goods_value", "value_basis"})
    context.matter.fields[field] = Given(context, field);
  return Ok();
}

Status set_threshold_checks(EffectContext& context) {
  context.matter.fields["threshold_checks"] = Given(context, "threshold_checks");
  return Ok();
}

Status set_official_check(EffectContext& context) {
  const bool organ = HoldsRole(context.actor, "supervision_organ");
  List(context.matter, "official_checks")
      .push_back(json::object{{"indicator", Given(context, "official_indicator")},
                              {"answer", Given(context, "official_answer")},
                              {"organ", organ ? context.actor.name : context.actor.name + "（受托）"},
                              {"letter", Given(context, "official_letter")},
                              {"delegation", Given(context, "organ_delegation")},
                              {"by_organ", "yes"},
                              {"on", base::FormatDate(context.today)}});
  return Ok();
}

// The organ confirms a quarter's list: this case, and every other case of its quarter that is open now.
Status set_no_indication(EffectContext& context) {
  const base::Date opened = base::LocalDate(base::Instant{context.matter.opened_at});
  const int first = (static_cast<int>(opened.month()) - 1) / 3 * 3 + 1;
  const base::Date from = base::Date::FromYmd(opened.year(), first, 1);
  std::vector<std::string> cases{context.matter.id};
  if (Asked(context, "whole_quarter") == "true") {
    ZHIAN_ASSIGN(
        auto rows,
        context.db.Query(
            "SELECT id FROM matter WHERE district=$d AND kind='enforcement_case' AND opened_at >= $1 AND opened_at < $2 AND id <> $3 AND (flags LIKE '%training%') = $4 ORDER BY id LIMIT 500",
            {base::StartOfDay(from).ms, base::StartOfDay(base::AddMonths(from, 3)).ms, context.matter.id,
             std::int64_t{context.matter.Has("training")}}));
    for (const auto& row : rows) cases.push_back(row.text(0));
  }
  for (const std::string& id : cases) {
    const std::string key = base::NewUuid7(context.now);
    ZHIAN_TRY(context.db.Execute(
        "INSERT INTO no_indication (district, id, case_id, quarter, letter, organ_account, at) VALUES ($d,$1,$2,$3,$4,$5,$6)",
        {key, id, Quarter(opened), Asked(context, "official_letter"), context.actor.account_id, context.now.ms}));
    context.written.emplace_back("no_indication", key);
  }
  return Ok();
}

}  // namespace zhian::effects
