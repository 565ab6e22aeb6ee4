// What people add to a case between its steps: evidence and its check, confirmations of sources, threshold checks, a
// new value, the supervision organ's answers. Each is an action of src/procedure/data/common.tsv; none closes a gate by
// itself.
#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "procedure/exceptions.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/persons.hpp"
#include "records/enforcement.hpp"
#include "records/guard_fields.hpp"
#include "rooms/enforcement/amounts.hpp"
#include "rooms/enforcement/gates.hpp"
#include "rooms/enforcement/penalties.hpp"

namespace zhian::enforcement {
namespace json = boost::json;
using namespace procedure;
using records::EnforcementCase;

namespace {

constexpr storage::Migration kMigrations[] = {{"enforcement/001", R"sql(
CREATE TABLE no_indication (
  district TEXT NOT NULL, id TEXT NOT NULL, case_id TEXT NOT NULL, quarter TEXT NOT NULL, letter TEXT NOT NULL, organ_account TEXT NOT NULL,
  at BIGINT NOT NULL, PRIMARY KEY (district, id));
CREATE INDEX no_indication_of_case ON no_indication (district, case_id);
)sql"}};

// Runs after each move of a case: evidence that was collected is added to the list, and the closing keeps what it
// rested on.
Status KeepCase(EffectContext& context) {
  Matter& matter = context.matter;
  ZHIAN_ASSIGN(auto record, EnforcementCase::Read(matter));
  // The form of a common action (a stopped clock) may ask under the same name for something else: only a step that
  // brings evidence is read as one of this kind.
  EnforcementCase form;
  if (context.input.contains(EnforcementCase::Names::evidence_items)) {
    ZHIAN_ASSIGN(form, EnforcementCase::ReadFields(context.input));
  }
  for (const auto& item : form.evidence_items) {
    if (std::any_of(record.evidence_list.begin(), record.evidence_list.end(),
                    [&](const auto& known) { return known.id == item.id; }))
      return NeedsMending(
          {{"/fields/evidence_items", "error.value", Say("证据编号 {} 已经用过，换一个编号", item.id)}});
    using Kind = EnforcementCase::EvidenceListRow::Kind;
    record.evidence_list.push_back({.id = item.id,
                                    .kind = As<Kind>(item.kind),
                                    .what = item.what,
                                    .contradicts = item.contradicts,
                                    .collected_on = context.today,
                                    .collected_by = context.actor.account_id,
                                    .collector_person = context.actor.person_digest});
  }
  EnforcementCase changes{.evidence_list = std::move(record.evidence_list)};
  if (context.transition.action == "decide_penalty") {
    // The sums of the decision follow from its rows; nobody enters them beside.
    base::Decimal fines, income;
    for (const Penalty& row : record.penalties) {
      if (row.kind == Penalty::Kind::kFine) {
        ZHIAN_ASSIGN(fines, fines.Plus(row.amount.value_or(base::Decimal())));
      } else if (row.kind == Penalty::Kind::kIncome) {
        ZHIAN_ASSIGN(income, income.Plus(row.amount.value_or(base::Decimal())));
      }
    }
    changes.fine_decided = fines;
    changes.confiscation = income;
  }
  Merge(matter, changes);
  Erase(matter, EnforcementCase::Names::evidence_items);
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
      for (const Gate& gate : ComputeGates(context)) open.push_back({gate.answer.gate, gate.answer.KeyedItems()});
      return open;
    });
  });
}

}  // namespace zhian::enforcement

namespace zhian::guards {
namespace json = boost::json;
using namespace procedure;
using namespace enforcement;
using records::EnforcementCase;

GuardResult evidence_is_checked_by_another(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::EvidenceIsCheckedByAnother::ReadFields(context.input));
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  for (const auto& row : record.evidence_list) {
    if (row.id != form.evidence_id) continue;
    const Actor& actor = context.actor;
    bool collected = row.collected_by == actor.account_id ||
                     (!actor.person_digest.empty() && row.collector_person == actor.person_digest);
    // Whoever is named as having been there when it was collected collected it too.
    for (const TransitionRow& move : context.history) {
      if (!move.input.contains(EnforcementCase::Names::evidence_items)) continue;
      ZHIAN_ASSIGN(const auto brought, EnforcementCase::ReadFields(move.input));
      if (std::none_of(brought.evidence_items.begin(), brought.evidence_items.end(),
                       [&](const auto& item) { return item.id == form.evidence_id; }))
        continue;
      for (const Participant& part : ParticipantsOf(context, {.actions = {move.action}}))
        for (const PersonKey& who : ActingPersons(context))
          collected |= part.sequence == move.sequence && IsSamePerson(KeyOf(part.who), who);
    }
    return GuardResult::From(!collected, "取证的人不能自己核对证据");
  }
  return GuardResult::Fails(Say("没有编号 {} 的证据", form.evidence_id));
}

GuardResult source_confirmation_is_evidenced(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::SourceConfirmationIsEvidenced::ReadFields(context.input));
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  if (form.source_files.empty()) return GuardResult::Fails("附确认书的照片或扫描件");
  const auto answer =
      context.Ask("trace.flow", {{"lots", LotsOf(record)}, {"operator_id", context.matter.operator_id}});
  if (!answer.ok()) return GuardResult::Fails(Say("追溯未能完成：{}", answer.error().message));
  if (!answer->is_array()) return GuardResult::Fails(Say("追溯未能完成：{}", "trace.flow"));
  for (const auto& lot : answer->get_array()) {
    const auto* sources = lot.is_object() ? base::ArrayAt(lot.get_object(), "sources") : nullptr;
    if (sources == nullptr) continue;
    for (const auto& source : *sources)
      if (source.is_object() && ScalarText(source.get_object().if_contains("name")) == form.source_place)
        return GuardResult::Holds();
  }
  return GuardResult::Fails("追溯没有以这一场所为来源，请按追溯图上的名称填写");
}

GuardResult gate_does_not_apply(const GuardContext& context) {
  if (ActorDid(context)) return GuardResult::Fails("办理过本案的人不能确认不适用");
  using Form = guard_fields::GateDoesNotApply;
  ZHIAN_ASSIGN(const auto form, Form::ReadFields(context.input));
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  if (form.not_applicable_gate == Form::NotApplicableGate::kG2)
    return GuardResult::From(LotsOf(record).empty() && record.goods.empty(), "本案涉及货物，第二关适用");
  const auto& pack = context.services.policy;
  for (const policy::Rule& rule : pack.rules())
    for (const auto& act : record.acts) {
      if (rule.touches.empty() || pack.Find(rule.id, act.to.value_or(context.today)) != &rule) continue;
      const auto article = ArticleIn(act.article, pack);
      if (article &&
          ("," + rule.touches + ",").find("," + article->law + "#" + article->number + ",") != std::string::npos)
        return GuardResult::Fails(Say("本案行为涉及“{}”，第四关适用", rule.text_zh));
    }
  using Check = EnforcementCase::ThresholdChecksRow;
  return GuardResult::From(std::all_of(record.threshold_checks.begin(), record.threshold_checks.end(),
                                       [](const Check& check) { return check.result == Check::Result::kBelow; }),
                           "本案已对照立案追诉标准，第四关适用");
}

GuardResult facts_are_supplemented(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::FactsAreSupplemented::ReadFields(context.input));
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(context.matter));
  if (form.more_facts.empty()) return GuardResult::Fails("逐项填写补充的事实");
  for (const auto& fact : form.more_facts) {
    bool named = false;
    for (std::size_t i = 0; i < record.acts.size(); ++i) named |= NamesAct(record, fact.act, i);
    if (!named) return GuardResult::Fails(Say("“{}”没有写明证明哪一个行为", Cut(fact.statement)));
    if (std::any_of(record.facts.begin(), record.facts.end(),
                    [&](const auto& known) { return known.statement == fact.statement; }))
      return GuardResult::Fails(Say("“{}”已经登记", Cut(fact.statement)));
    if (std::none_of(record.evidence_list.begin(), record.evidence_list.end(), [&](const auto& evidence) {
          return !evidence.id.empty() && fact.evidence.find(evidence.id) != std::string::npos;
        }))
      return GuardResult::Fails(Say("“{}”引用的证据 {} 没有登记", Cut(fact.statement), fact.evidence));
  }
  return GuardResult::Holds();
}

GuardResult revised_value_is_computed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::RevisedValueIsComputed::ReadFields(context.input));
  ZHIAN_ASSIGN(const base::Decimal sum, ValueOf(form.goods));
  return GuardResult::From(IsAmount(form.goods_value.value_or(base::Decimal()), sum),
                           Say("货值应为数量乘单价之和 {}", sum.Short()));
}

GuardResult organ_answers_the_indicator(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::OrganAnswersTheIndicator::ReadFields(context.input));
  if (!HoldsRole(context.actor, "supervision_organ") && form.organ_delegation.empty())
    return GuardResult::Fails("由局负责人答复的，填写监督机关书面委托的文号");
  const auto indicators = IndicatorsOf(context);
  return GuardResult::From(
      std::any_of(indicators.begin(), indicators.end(),
                  [&](const Indicator& indicator) { return indicator.key == form.official_indicator; }),
      Say("本案没有指标 {}，请按第五关列出的编号填写", form.official_indicator));
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
using records::EnforcementCase;

Status set_evidence_checked(EffectContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::EvidenceIsCheckedByAnother::ReadFields(context.input));
  ZHIAN_ASSIGN(auto record, EnforcementCase::Read(context.matter));
  using Lawful = EnforcementCase::EvidenceListRow::Lawful;
  for (auto& row : record.evidence_list) {
    if (row.id != form.evidence_id) continue;
    row.lawful = As<Lawful>(form.evidence_lawful);
    row.checked_by = context.actor.name;
    row.resolution = form.contradiction_note;
  }
  Merge(context.matter, EnforcementCase{.evidence_list = std::move(record.evidence_list)});
  return Ok();
}

Status set_source_confirmed(EffectContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::SourceConfirmationIsEvidenced::ReadFields(context.input));
  ZHIAN_ASSIGN(auto record, EnforcementCase::Read(context.matter));
  using Ground = EnforcementCase::SourceConfirmationsRow::Ground;
  record.source_confirmations.push_back({.source = form.source_place,
                                         .ground = As<Ground>(form.source_ground),
                                         .letter = form.source_letter,
                                         .on = context.today,
                                         .by = context.actor.name});
  Merge(context.matter, EnforcementCase{.source_confirmations = std::move(record.source_confirmations)});
  return Ok();
}

Status set_gate_not_applicable(EffectContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::GateDoesNotApply::ReadFields(context.input));
  ZHIAN_ASSIGN(auto record, EnforcementCase::Read(context.matter));
  using Gate = EnforcementCase::NotApplicableRow::Gate;
  record.not_applicable.push_back({.gate = As<Gate>(form.not_applicable_gate),
                                   .reason = form.not_applicable_reason,
                                   .by = context.actor.name,
                                   .on = context.today});
  Merge(context.matter, EnforcementCase{.not_applicable = std::move(record.not_applicable)});
  return Ok();
}

// The goods of the form replace those of the case: both are rows of one type.
Status set_case_value(EffectContext& context) {
  ZHIAN_ASSIGN(auto form, EnforcementCase::ReadFields(context.input));
  Merge(context.matter, EnforcementCase{.goods_value = form.goods_value,
                                        .goods = std::move(form.goods),
                                        .value_basis = std::move(form.value_basis)});
  return Ok();
}

// Facts are added, never replaced: what a step rested on stays as it was.
Status set_case_facts(EffectContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::FactsAreSupplemented::ReadFields(context.input));
  ZHIAN_ASSIGN(auto record, EnforcementCase::Read(context.matter));
  using Row = EnforcementCase::FactsRow;
  for (const auto& fact : form.more_facts)
    record.facts.push_back({.element = As<Row::Element>(fact.element),
                            .statement = fact.statement,
                            .status = As<Row::Status>(fact.status),
                            .evidence = fact.evidence,
                            .confession_only = As<Row::ConfessionOnly>(fact.confession_only),
                            .act = fact.act});
  Merge(context.matter, EnforcementCase{.facts = std::move(record.facts)});
  return Ok();
}

Status set_threshold_checks(EffectContext& context) {
  ZHIAN_ASSIGN(auto form, EnforcementCase::ReadFields(context.input));
  Merge(context.matter, EnforcementCase{.threshold_checks = std::move(form.threshold_checks)});
  return Ok();
}

Status set_official_check(EffectContext& context) {
  ZHIAN_ASSIGN(const auto form, guard_fields::OrganAnswersTheIndicator::ReadFields(context.input));
  ZHIAN_ASSIGN(auto record, EnforcementCase::Read(context.matter));
  const bool organ = HoldsRole(context.actor, "supervision_organ");
  using ByOrgan = EnforcementCase::OfficialChecksRow::ByOrgan;
  record.official_checks.push_back({.indicator = form.official_indicator,
                                    .answer = form.official_answer,
                                    .organ = organ ? context.actor.name : context.actor.name + "（受托）",
                                    .letter = form.official_letter,
                                    .on = context.today,
                                    .delegation = form.organ_delegation,
                                    .by_organ = ByOrgan::kYes});
  Merge(context.matter, EnforcementCase{.official_checks = std::move(record.official_checks)});
  return Ok();
}

// The organ confirms a quarter's list: this case, and every other case of its quarter that is open now.
Status set_no_indication(EffectContext& context) {
  const base::Date opened = base::LocalDate(base::Instant{context.matter.opened_at});
  const int first = (static_cast<int>(opened.month()) - 1) / 3 * 3 + 1;
  const base::Date from = base::Date::FromYmd(opened.year(), first, 1);
  std::vector<std::string> cases{context.matter.id};
  ZHIAN_ASSIGN(const auto whole, guard_fields::NoIndicatorExists::ReadFields(context.input));
  ZHIAN_ASSIGN(const auto letter, guard_fields::OrganLetterIsNamed::ReadFields(context.input));
  if (whole.whole_quarter) {
    constexpr std::size_t kCasesMax = 500;
    ZHIAN_ASSIGN(
        auto rows,
        context.db.Query(
            "SELECT id FROM matter WHERE district=$d AND kind='enforcement_case' AND opened_at >= $1 AND opened_at < $2 AND id <> $3 AND (flags LIKE '%training%') = $4 ORDER BY id LIMIT $5",
            {base::StartOfDay(from).ms, base::StartOfDay(base::AddMonths(from, 3)).ms, context.matter.id,
             std::int64_t{context.matter.Has("training")}, std::int64_t{kCasesMax + 1}}));
    if (rows.size() > kCasesMax)
      return MakeError(ErrorCode::kUnavailable, Say("这一季度的案件超过 {} 件，未能全部读出，请逐件说明", kCasesMax));
    // The word about a quarter is a word about the cases in which nothing shows: the others are answered one by one.
    for (const auto& row : rows) {
      ZHIAN_ASSIGN(const Matter other, LoadMatter(context.db, row.text(0)));
      GuardContext view = ViewOf(context);
      const GuardContext of_other{.db = view.db,
                                  .services = view.services,
                                  .now = view.now,
                                  .today = view.today,
                                  .kind = view.kind,
                                  .matter = other,
                                  .transition = view.transition,
                                  .actor = view.actor,
                                  .input = view.input,
                                  .history = {},
                                  .duties = {}};
      if (IndicatorsOf(of_other).empty() && of_other.unread->empty()) cases.push_back(other.id);
    }
  }
  for (const std::string& id : cases) {
    const std::string key = base::NewUuid7(context.now);
    ZHIAN_TRY(context.db.Execute(
        "INSERT INTO no_indication (district, id, case_id, quarter, letter, organ_account, at) VALUES ($d,$1,$2,$3,$4,$5,$6)",
        {key, id, Quarter(opened), letter.official_letter, context.actor.account_id, context.now.ms}));
    context.written.emplace_back("no_indication", key);
  }
  return Ok();
}

}  // namespace zhian::effects
