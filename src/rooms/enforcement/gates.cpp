#include "rooms/enforcement/gates.hpp"

#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "base/text.hpp"
#include "policy/exact.hpp"
#include "procedure/exceptions.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/rounds.hpp"
#include "records/enforcement.hpp"
#include "rooms/enforcement/amounts.hpp"
#include "rooms/enforcement/execution.hpp"
#include "rooms/enforcement/penalties.hpp"

namespace zhian::enforcement {
namespace json = boost::json;
using namespace procedure;
using procedure::Name;  // beside that of a gate's status
using records::EnforcementCase;

namespace {

std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  // Ids are separated by commas, spaces or the Chinese list marks.
  for (std::size_t i = 0; i < text.size();) {
    const bool mark = text.compare(i, 3, "、") == 0 || text.compare(i, 3, "，") == 0;
    if (mark || text[i] == ',' || text[i] == ' ' || text[i] == ';') {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
      i += mark ? 3 : 1;
    } else {
      word += text[i++];
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

json::value FieldOr(const Matter& matter, std::string_view name) {
  const json::value* value = matter.fields.if_contains(name);
  return value == nullptr ? json::value(nullptr) : *value;
}
json::array Standings(const std::vector<Matter>& matters) {
  json::array list;
  for (const Matter& m : matters)
    list.push_back(json::array{json::value(m.id), json::value(m.state), json::value(m.version)});
  return list;
}
Gate Seal(GateAnswer answer, const json::object& inputs) {
  return {std::move(answer), base::HexSha256(base::CanonicalJson(inputs))};
}

std::vector<Goods> GoodsOf(const EnforcementCase& record) {
  std::vector<Goods> list;
  for (const auto& row : record.goods) {
    Goods goods{.name = row.name,
                .lot = row.lot,
                .unit = row.quantity ? row.quantity->unit : std::string(),
                .currency = "CNY",
                .outcome = std::string(Name(row.outcome)),
                .quantity = {},
                .price = row.price.value_or(base::Decimal()),
                .traced = std::nullopt};
    if (row.quantity) goods.quantity = row.quantity->value;
    list.push_back(std::move(goods));
  }
  return list;
}
std::vector<Party> PartiesOf(const EnforcementCase& record) {
  std::vector<Party> list;
  for (const auto& row : record.parties) list.push_back({row.name, std::string(Name(row.role)), row.identity_proof});
  return list;
}
bool SameUnit(const std::string& a, const std::string& b) {
  const auto kilo = [](const std::string& unit) {
    return unit == "kg" || unit == "KGM" || unit == "千克" || unit == "公斤";
  };
  return a == b || (kilo(a) && kilo(b));
}

// What the trace says of all lots of the case, once for the gates that need it. Errors become an open item.
Result<json::array> Flow(const GuardContext& context, const EnforcementCase& record) {
  ZHIAN_ASSIGN(json::value answer,
               context.Ask("trace.flow", {{"lots", LotsOf(record)}, {"operator_id", context.matter.operator_id}}));
  if (!answer.is_array()) return MakeError(ErrorCode::kInternal, "trace.flow answers a list");
  return std::move(answer.get_array());
}
// The rows of a list of the answer; none where it has no such list.
const json::array& RowsOf(const json::object& object, const char* name) {
  static const json::array kNone;
  const json::array* rows = base::ArrayAt(object, name);
  return rows == nullptr ? kNone : *rows;
}
const json::object& ObjectOf(const json::value& value) {
  static const json::object kNone;
  const json::object* object = value.if_object();
  return object == nullptr ? kNone : *object;
}
std::string TextAt(const json::value& object, const char* name) {
  return object.is_object() ? ScalarText(object.get_object().if_contains(name)) : std::string{};
}
double Value(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}
bool Truth(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}
bool Confirmed(const EnforcementCase& record, EnforcementCase::NotApplicableRow::Gate gate) {
  return std::any_of(record.not_applicable.begin(), record.not_applicable.end(),
                     [&](const auto& row) { return row.gate == gate; });
}

FlowLot LotFrom(const json::object& flow, const EnforcementCase& record) {
  FlowLot lot;
  lot.lot = ScalarText(flow.if_contains("lot"));
  lot.traced = Truth(flow, "traced");
  if (!lot.traced) return lot;
  lot.cut = Truth(flow, "cut");
  lot.unit = ScalarText(flow.if_contains("unit"));
  lot.quantity = Value(flow, "quantity");
  lot.tolerance = Value(flow, "tolerance");
  for (const auto& row : RowsOf(flow, "holdings"))
    lot.holdings.push_back({TextAt(row, "place"), TextAt(row, "item"), TextAt(row, "status"),
                            Value(ObjectOf(row), "quantity"), Truth(ObjectOf(row), "resolved")});
  using Ground = EnforcementCase::SourceConfirmationsRow::Ground;
  for (const auto& row : RowsOf(flow, "sources")) {
    FlowSource source;
    source.name = TextAt(row, "name");
    source.kind = Truth(ObjectOf(row), "farm") ? FlowSource::Kind::kFarm : FlowSource::Kind::kOther;
    source.confirmed =
        std::any_of(record.source_confirmations.begin(), record.source_confirmations.end(), [&](const auto& c) {
          return c.source == source.name &&
                 (c.ground == Ground::kAuthorityLetter ||
                  (c.ground == Ground::kVillageConfirmation && source.kind == FlowSource::Kind::kFarm));
        });
    lot.sources.push_back(std::move(source));
  }
  for (const auto& row : RowsOf(flow, "balances")) {
    const auto& b = ObjectOf(row);
    lot.balances.push_back({TextAt(row, "place"), Value(b, "received"), Value(b, "stock"), Value(b, "shipped"),
                            Value(b, "input"), Value(b, "destroyed"), 0});
  }
  for (const auto& row : RowsOf(flow, "conversions")) {
    const auto& c = ObjectOf(row);
    lot.conversions.push_back({TextAt(row, "place"), TextAt(row, "rule"), TextAt(row, "source"), Value(c, "input"),
                               Value(c, "output"), Value(c, "min"), Value(c, "max"), Truth(c, "to_verify")});
  }
  for (const auto& gap : RowsOf(flow, "gaps"))
    lot.gaps.push_back({.key = "trace_gap|" + Cell(gap, "key"), .text = MessageFrom(gap)});
  return lot;
}

FlowInput FlowInputOf(const GuardContext& context, const EnforcementCase& record, const json::array& flow) {
  FlowInput input;
  input.not_applicable_confirmed = Confirmed(record, EnforcementCase::NotApplicableRow::Gate::kG2);
  input.has_goods = !record.goods.empty();
  for (const auto& lot : flow) input.lots.push_back(LotFrom(ObjectOf(lot), record));
  for (const Matter& gap : RelatedBy(context, "gap", 4)) {
    const auto review = base::ParseDate(Shown(gap, "review_on"));
    input.gaps.push_back({gap.number, gap.terminal, Means(gap, Meaning::kEndedWithout),
                          gap.Has("exception") && review.ok() && *review >= context.today});
  }
  // What was found upstream or downstream is somebody's own matter: a lead of the party, or a letter to its authority.
  const auto leads = Related(context, "lead", 4);
  for (const Party& party : PartiesOf(record)) {
    if (party.role != "supplier" && party.role != "carrier") continue;
    const bool own = std::any_of(leads.begin(), leads.end(), [&](const Matter& lead) {
      const auto clue = records::Lead::Read(lead);
      return lead.title.find(party.name) != std::string::npos ||
             (clue.ok() && clue->clue_person.find(party.name) != std::string::npos);
    });
    const bool elsewhere = std::any_of(record.outcomes.begin(), record.outcomes.end(),
                                       [&](const auto& outcome) { return outcome.party == party.name; });
    if (!own && !elsewhere) input.parties_without_lead.push_back(party.name);
  }
  return input;
}

// Source: docs/gates.md, G5: a visit that found all in order within 90 days before, a tip not filed within a year
// before.
constexpr std::int64_t kDayMs = 86'400'000, kVisitWindowMs = 90 * kDayMs, kTipWindowMs = 366 * kDayMs;

}  // namespace

std::vector<Message> Gate::Open() const {
  std::vector<Message> texts;
  for (const OpenItem& item : answer.open_items) texts.push_back(item.text);
  return texts;
}

json::array LotsOf(const EnforcementCase& record) {
  json::array lots;
  const auto add = [&](const std::string& lot) {
    if (!lot.empty() &&
        std::none_of(lots.begin(), lots.end(), [&](const json::value& known) { return base::TextOf(known) == lot; }))
      lots.push_back(json::value(lot));
  };
  for (const auto& row : record.lots) add(row.lot);
  add(record.lot);
  for (const auto& row : record.goods) add(row.lot);
  return lots;
}

namespace {

// What cannot be read keeps its gate open.
Gate Unread(const char* gate, const Error& error) {
  GateAnswer answer;
  answer.gate = gate;
  answer.Open("record_unreadable", error.message);
  return Seal(std::move(answer), {});
}

}  // namespace

Gate FactsGate(const GuardContext& context) {
  const Matter& matter = context.matter;
  const auto read = EnforcementCase::Read(matter);
  if (!read.ok()) return Unread("G1", read.error());
  const EnforcementCase& record = *read;
  FactsInput input;
  using FactRow = EnforcementCase::FactsRow;
  const auto penalties = PenaltiesOf(record);
  using NoPenalty = EnforcementCase::OutcomesRow::NoPenaltyGround;
  const bool depends_on_mind = std::any_of(record.outcomes.begin(), record.outcomes.end(), [](const auto& outcome) {
    return outcome.no_penalty_ground == NoPenalty::kDueDiligence;
  });
  for (std::size_t i = 0; i < record.acts.size(); ++i)
    input.acts.push_back({.name = record.acts[i].act,
                          .income_is_confiscated = std::any_of(penalties.begin(), penalties.end(),
                                                               [&](const Penalty& row) {
                                                                 return row.kind == Penalty::Kind::kIncome &&
                                                                        NamesAct(record, row.act, i);
                                                               }),
                          .depends_on_mind = depends_on_mind});
  for (const auto& row : record.facts) {
    std::vector<std::size_t> acts;
    for (std::size_t i = 0; i < record.acts.size(); ++i)
      if (NamesAct(record, row.act, i)) acts.push_back(i);
    input.facts.push_back({.element = std::string(Name(row.element)),
                           .statement = row.statement,
                           .status = std::string(Name(row.status)),
                           .evidence = Words(row.evidence),
                           .confession_only = row.confession_only == FactRow::ConfessionOnly::kYes,
                           .acts = std::move(acts)});
  }
  using Lawful = EnforcementCase::EvidenceListRow::Lawful;
  for (const auto& row : record.evidence_list)
    input.evidence.push_back({row.id, std::string(Name(row.kind)), row.lawful == Lawful::kYes,
                              row.lawful != Lawful::kAbsent, Words(row.contradicts), !row.resolution.empty()});
  input.parties = PartiesOf(record);
  input.goods = GoodsOf(record);
  const json::array lots = LotsOf(record);
  if (!lots.empty())
    if (const auto flow = Flow(context, record); flow.ok())
      for (Goods& goods : input.goods)
        for (const auto& lot : *flow) {
          // Goods of a lot are the party's own quantity of it; a list of several rows of one lot is compared by its sum
          // elsewhere.
          const auto& traced = ObjectOf(lot);
          const bool alone = std::count_if(input.goods.begin(), input.goods.end(),
                                           [&](const Goods& g) { return g.lot == goods.lot; }) == 1;
          if (alone && !goods.lot.empty() && TextAt(lot, "lot") == goods.lot && Truth(traced, "traced") &&
              SameUnit(goods.unit, TextAt(lot, "unit")) && Value(traced, "at_party") > 0)
            goods.traced = Value(traced, "at_party");
        }
  // As many results as tests: one that came back does not end the others.
  std::vector<std::string> tests;
  std::size_t results = context.transition.action == "end_test" ? 1 : 0;
  for (const TransitionRow& row : context.history) {
    if (row.action == "start_test")
      tests.push_back(ScalarText(row.input.if_contains(EnforcementCase::Names::sampling_form_number)));
    if (row.action == "end_test") ++results;
  }
  if (results < tests.size())
    input.tests_outstanding.assign(tests.begin() + static_cast<std::ptrdiff_t>(results), tests.end());
  input.stated_value = record.goods_value.value_or(base::Decimal());
  input.value_basis = record.value_basis;
  json::object inputs;
  using Names = EnforcementCase::Names;
  for (const std::string_view name : {Names::acts, Names::facts, Names::evidence_list, Names::parties, Names::goods,
                                      Names::goods_value, Names::value_basis, Names::penalties, Names::outcomes})
    inputs[name] = FieldOr(matter, name);
  inputs["tests"] = input.tests_outstanding.size();
  return Seal(JudgeFacts(input), inputs);
}

Gate FlowGate(const GuardContext& context) {
  const auto record = EnforcementCase::Read(context.matter);
  if (!record.ok()) return Unread("G2", record.error());
  const json::array lots = LotsOf(*record);
  auto flow = lots.empty() ? Result<json::array>(json::array{}) : Flow(context, *record);
  if (!flow.ok()) {
    GateAnswer answer;
    answer.gate = "G2";
    answer.Open("trace_failed", Say("追溯未能完成：{}", flow.error().message), "inspector");
    return Seal(std::move(answer), {{"lots", lots}});
  }
  const FlowInput input = FlowInputOf(context, *record, *flow);
  json::object inputs{{"flow", *flow}, {"gaps", Standings(RelatedBy(context, "gap", 4))}};
  using Names = EnforcementCase::Names;
  for (const std::string_view name :
       {Names::source_confirmations, Names::not_applicable, Names::parties, Names::outcomes})
    inputs[name] = FieldOr(context.matter, name);
  return Seal(JudgeFlow(input), inputs);
}

double UnresolvedShareOf(const GuardContext& context) {
  const auto record = EnforcementCase::Read(context.matter);
  if (!record.ok()) return 1;
  const auto flow = Flow(context, *record);
  return flow.ok() ? UnresolvedShare(FlowInputOf(context, *record, *flow)) : 1;
}

Gate LiabilityGate(const GuardContext& context) {
  const Matter& matter = context.matter;
  const auto read = EnforcementCase::Read(matter);
  if (!read.ok()) return Unread("G3", read.error());
  const EnforcementCase& record = *read;
  LiabilityInput input;
  const auto debt = DebtOn(context, record, context.today);
  if (!debt.ok()) return Unread("G3", debt.error());
  input.rest = debt->rest;
  auto unexecuted = Unexecuted(context, record);
  if (!unexecuted.ok()) return Unread("G3", unexecuted.error());
  input.unexecuted = std::move(*unexecuted);
  input.parties = PartiesOf(record);
  const auto penalties = PenaltiesOf(record);
  for (const Penalty& row : penalties) {
    input.punished.push_back(row.party);
    const auto ended = HasEnded(context, row.party);
    if (!ended.ok()) return Unread("G3", ended.error());
    if (*ended) input.ended.push_back(row.party);
    input.heavy |= row.kind != Penalty::Kind::kFine && row.kind != Penalty::Kind::kIncome &&
                   row.kind != Penalty::Kind::kWarning && row.kind != Penalty::Kind::kGoods;
  }
  if (!matter.operator_id.empty()) {
    const auto subject =
        context.db.Query("SELECT name FROM operator WHERE district=$d AND id=$1 LIMIT 1", {matter.operator_id});
    if (!subject.ok()) return Unread("G3", subject.error());
    if (!subject->empty()) input.subject = subject->front().text(0);
  }
  for (const auto& row : record.outcomes)
    input.outcomes.push_back(
        {.party = row.party,
         .kind = std::string(Name(row.kind)),
         .ground = row.ground,
         .receipt = row.receipt,
         .listed_ground = row.no_penalty_ground != EnforcementCase::OutcomesRow::NoPenaltyGround::kAbsent});
  input.decision_served = RoundSince(context.history, {"decide_penalty"}).Last("serve") != nullptr;
  const auto transfers = Linked(context, "judicial_transfer");
  const auto listings = LinkedBy(context, "listing");
  for (const Matter& transfer : transfers) input.transfer_states.push_back(transfer.state);
  const auto measures = Related(context, "coercive_measure", 2);
  std::vector<records::CoerciveMeasure> taken;
  for (const Matter& measure : measures) {
    if (measure.Has("voided")) continue;
    if (!measure.terminal) input.open_measures.push_back(measure.number);
    auto file = records::CoerciveMeasure::Read(measure);
    if (!file.ok()) return Unread("G3", file.error());
    taken.push_back(std::move(*file));
  }
  auto balance = GoodsBalance(context, record, taken);
  if (!balance.ok()) return Unread("G3", balance.error());
  input.goods_open = std::move(*balance);
  input.heavy |= record.discretion == EnforcementCase::Discretion::kHeavier;
  input.listing_answered = !listings.empty();
  json::object inputs{{"due", debt->due.Text()},         {"paid", debt->paid.Text()},
                      {"served", input.decision_served}, {"transfers", Standings(transfers)},
                      {"listings", Standings(listings)}, {"measures", Standings(measures)}};
  using Names = EnforcementCase::Names;
  for (const std::string_view name :
       {Names::parties, Names::outcomes, Names::goods, Names::discretion, Names::penalties})
    inputs[name] = FieldOr(matter, name);
  return Seal(JudgeLiability(input), inputs);
}

Gate ReferralGate(const GuardContext& context) {
  const Matter& matter = context.matter;
  const auto read = EnforcementCase::Read(matter);
  if (!read.ok()) return Unread("G4", read.error());
  const EnforcementCase& record = *read;
  ReferralInput input;
  input.not_applicable_confirmed = Confirmed(record, EnforcementCase::NotApplicableRow::Gate::kG4);
  for (const policy::Rule& rule : context.services.policy.rules()) {
    if (rule.touches.empty()) continue;
    // The law of the day of each act; an act without a day is judged by today's.
    bool touched = false, in_force = context.services.policy.Find(rule.id, context.today) == &rule;
    for (const auto& act : record.acts) {
      if (context.services.policy.Find(rule.id, act.to.value_or(context.today)) != &rule) continue;
      in_force = true;
      const auto article = ArticleIn(act.article, context.services.policy);
      touched |= article &&
                 ("," + rule.touches + ",").find("," + article->law + "#" + article->number + ",") != std::string::npos;
    }
    if (in_force)
      input.table.push_back({.name = rule.text_zh,
                             .source = context.services.policy.Cite(rule, false),
                             .threshold = policy::BandOf(rule).low.value_or(base::Decimal()),
                             .touched = touched});
  }
  const base::Decimal none;
  input.value = record.goods_value.value_or(none);
  for (const auto& row : record.threshold_checks)
    input.checks.push_back({.offence = row.offence,
                            .unit = row.unit,
                            .result = std::string(Name(row.result)),
                            .reviewer = row.reviewer,
                            .police_answer = row.police_answer,
                            .measured = row.measured.value_or(none),
                            .threshold = row.threshold.value_or(none)});
  std::optional<base::Decimal> value;
  const auto look = [&](std::string_view action, const json::object& moved, std::int64_t at) -> Status {
    EnforcementCase form;
    using Names = EnforcementCase::Names;
    if (moved.contains(Names::threshold_checks) || moved.contains(Names::goods_value)) {
      ZHIAN_ASSIGN(form, EnforcementCase::ReadFields(moved));
    }
    if (!form.threshold_checks.empty()) input.checked_at = at;
    if (form.goods_value && form.goods_value != value) {
      value = form.goods_value;
      input.changed_at = at;
    }
    if (action == "end_test") input.changed_at = at;
    return Ok();
  };
  for (const TransitionRow& row : context.history)
    if (const Status looked = look(row.action, row.input, row.at); !looked.ok()) return Unread("G4", looked.error());
  if (const Status looked = look(context.transition.action, context.input, context.now.ms); !looked.ok())
    return Unread("G4", looked.error());
  const auto transfers = Linked(context, "judicial_transfer");
  for (const Matter& transfer : transfers)
    if (const auto file = records::JudicialTransfer::Read(transfer); file.ok())
      input.transfers.push_back({transfer.number, transfer.state, !file->legal_opinion.empty()});
    else
      return Unread("G4", file.error());
  json::object inputs{
      {"checked_at", input.checked_at}, {"changed_at", input.changed_at}, {"transfers", Standings(transfers)}};
  using Names = EnforcementCase::Names;
  for (const std::string_view name : {Names::threshold_checks, Names::goods_value, Names::not_applicable, Names::acts})
    inputs[name] = FieldOr(matter, name);
  return Seal(JudgeReferral(input), inputs);
}

std::vector<Indicator> IndicatorsOf(const GuardContext& context) {
  std::vector<Indicator> indicators;
  const Matter& matter = context.matter;
  const std::int64_t opened = matter.opened_at == 0 ? context.now.ms : matter.opened_at;
  const auto add = [&](const std::string& key, Message text) {
    if (std::none_of(indicators.begin(), indicators.end(), [&](const Indicator& known) { return known.key == key; }))
      indicators.push_back({key, std::move(text)});
  };
  for (const Matter& record : RelatedBy(context, "interference", 2))
    add(record.number, Say("干预过问记录 {}", record.number));
  for (const Matter& lead : OfSameOperator(context, "clue")) {
    if (lead.Has("voided")) continue;
    if (lead.Has("overdue")) add(lead.number, Say("线索 {} 逾期", lead.number));
    if (lead.state == "not_filed" && lead.updated_at < opened && opened - lead.updated_at <= kTipWindowMs)
      add(lead.number, Say("线索 {} 曾不予立案，后经查实", lead.number));
  }
  const auto orders = OfSameOperator(context, "order"), samples = OfSameOperator(context, "tested");
  for (const Matter& order : orders)
    // Somebody found all corrected shortly before: what did he see?
    if (Means(order, Meaning::kFulfilled) && order.updated_at < opened && opened - order.updated_at <= kVisitWindowMs)
      add(order.number, Say("整改 {} 销号后 90 日内再次立案", order.number));
  for (const Matter& measure : OfSameOperator(context, "measure"))
    if (const auto record = records::CoerciveMeasure::Read(measure); !record.ok())
      NoteUnread(context, record.error());
    else if (record->state == records::CoerciveMeasure::State::kLifted &&
             (record->release_ground == records::CoerciveMeasure::ReleaseGround::kAbsent ||
              record->release_ground == records::CoerciveMeasure::ReleaseGround::kOther))
      add(measure.number, Say("强制措施 {} 无法定理由解除", measure.number));
  if (!matter.operator_id.empty()) {
    const auto permits = context.Ask("operator.permits", {{"operator_id", matter.operator_id}});
    if (!permits.ok()) NoteUnread(context, permits.error());
    for (const auto& one : permits.ok() && permits->is_array() ? permits->get_array() : json::array{}) {
      const auto* permit = one.if_object();
      if (permit == nullptr) continue;
      const std::string number(base::TextAt(*permit, "number"));
      const auto issued = static_cast<std::int64_t>(base::NumberAt(*permit, "valid_from"));
      // Orders that nobody had found fulfilled yet, and samples that failed not long before.
      const auto told_against = [&](const Matter& other, bool counts) {
        if (counts && other.opened_at < issued && !other.Has("voided"))
          add(number, Say("许可 {} 发证时 {} 尚未合格", number, other.number));
      };
      for (const Matter& order : orders)
        told_against(order, !Means(order, Meaning::kFulfilled) || order.updated_at > issued);
      for (const Matter& sample : samples)
        told_against(sample, Means(sample, Meaning::kFailed) && sample.updated_at >= issued - kTipWindowMs);
    }
  }
  return indicators;
}

Gate OfficialsGate(const GuardContext& context) {
  const Matter& matter = context.matter;
  const auto read = EnforcementCase::Read(matter);
  if (!read.ok()) return Unread("G5", read.error());
  OfficialsInput input;
  input.indicators = IndicatorsOf(context);
  const auto records = RelatedBy(context, "interference", 2), inquiries = RelatedBy(context, "inquiry", 2);
  for (const Matter& record : records)
    if (!record.terminal) input.open_interference.push_back(record.number);
  for (const Matter& other : inquiries)
    if (!other.terminal) input.open_accountability.push_back(other.number);
  for (const auto& row : read->official_checks)
    input.checks.push_back({row.indicator, row.question, row.answer, row.organ,
                            row.by_organ == EnforcementCase::OfficialChecksRow::ByOrgan::kYes});
  const auto listed =
      context.db.Query("SELECT 1 FROM no_indication WHERE district=$d AND case_id=$1 LIMIT 1", {matter.id});
  input.on_clean_list = listed.ok() && !listed->empty();
  json::array keys;
  for (const Indicator& indicator : input.indicators) keys.push_back(json::value(indicator.key));
  const json::object inputs{{"indicators", std::move(keys)},
                            {"interference", Standings(records)},
                            {"inquiries", Standings(inquiries)},
                            {"checks", FieldOr(matter, EnforcementCase::Names::official_checks)},
                            {"listed", input.on_clean_list}};
  return Seal(JudgeOfficials(input), inputs);
}

GateStatus WithException(const Matter& matter, const GateAnswer& gate, base::Date today) {
  if (gate.status != GateStatus::kOpen) return gate.status;
  switch (StandingOf(matter, gate.gate, gate.KeyedItems(), today)) {
    case Standing::kNone: return gate.status;
    case Standing::kValid: return GateStatus::kExcepted;
    case Standing::kStale: return GateStatus::kStale;
  }
  return gate.status;
}

std::vector<Gate> ComputeGates(const GuardContext& context) {
  std::vector<Gate> gates{FactsGate(context), FlowGate(context), LiabilityGate(context), ReferralGate(context),
                          OfficialsGate(context)};
  for (Gate& gate : gates) gate.answer.status = WithException(context.matter, gate.answer, context.today);
  return gates;
}

namespace {

// What is excepted no longer is looked into again: a lead of the system, linked with the matter.
Result<json::value> LeadForStaleException(const GuardContext& context, const json::object& stale) {
  const Matter& matter = context.matter;
  return json::value(
      json::object{{"kind", "lead"},
                   {"action", "register_lead"},
                   {"title", Cut("例外失效：" + matter.title, 300)},
                   {"fields", json::object{{"source", "system"},
                                           {"clue", matter.number + " 的 " + ScalarText(stale.if_contains("gates")) +
                                                        " 例外已失效：" + matter.title},
                                           {"lead_received_on", base::FormatDate(context.today)}}}});
}

}  // namespace

namespace {
// What other rooms ask of a decision: its rows, and whether it was served and then taken back by a court, a review body
// or the authority itself.
Result<json::value> DecisionOf(const GuardContext& context, const json::object& asked) {
  ZHIAN_ASSIGN(const Matter decided, LoadMatter(context.db, ScalarText(asked.if_contains("case"))));
  ZHIAN_ASSIGN(const auto record, EnforcementCase::Read(decided));
  ZHIAN_ASSIGN(const auto history, LoadHistory(context.db, decided.id));
  json::array rows;
  for (const Penalty& row : PenaltiesOf(record))
    rows.push_back(json::object{{"party", row.party},
                                {"kind", procedure::Name(row.kind)},
                                {"amount", row.amount ? row.amount->Text() : std::string()}});
  json::array persons;
  for (const auto& party : record.parties)
    if (IsPerson(record, party.name)) persons.push_back(json::value(party.name));
  bool taken_back = false;
  std::string decided_on;
  for (const TransitionRow& row : history) {
    if (row.action == "decide_penalty") decided_on = base::FormatDate(base::LocalDate(base::Instant{row.at}));
    if (row.action == "serve") taken_back = false;
    if (row.action == "decision_annulled" || row.action == "order_redo") taken_back = true;
  }
  return json::value(json::object{{"penalties", std::move(rows)},
                                  {"persons", std::move(persons)},
                                  {"decided_on", decided_on},
                                  {"taken_back", taken_back}});
}
}  // namespace

void AddQuestions(procedure::Services& services) {
  services.questions["case.decision"] = &DecisionOf;
  services.questions[std::string(kStaleException)] = &LeadForStaleException;
  services.questions["gates.enforcement_case"] = [](const GuardContext& context,
                                                    const json::object&) -> Result<json::value> {
    static const std::pair<const char*, const char*> kLabels[] = {{"G1", "案情没有搞清的不放过"},
                                                                  {"G2", "源头和流向没有查明的不放过"},
                                                                  {"G3", "责任者没有依法处理的不放过"},
                                                                  {"G4", "该移送司法机关没有移送的不放过"},
                                                                  {"G5", "机关工作人员没有受到追究的不放过"}};
    static const std::pair<GateStatus, const char*> kStatus[] = {{GateStatus::kClosed, "已查清"},
                                                                 {GateStatus::kOpen, "未查清"},
                                                                 {GateStatus::kExcepted, "例外放行"},
                                                                 {GateStatus::kNotApplicable, "不适用"},
                                                                 {GateStatus::kStale, "例外失效"}};
    json::array gates;
    for (const Gate& gate : ComputeGates(context)) {
      json::array items, roles, shown, indicators;
      for (const OpenItem& item : gate.answer.open_items) {
        items.push_back(ToJson(item.text));
        const Role* role = FindRole(item.role);
        roles.push_back(ToJson(role == nullptr ? Message(item.role) : Argument(role->label)));
      }
      for (const Message& message : gate.answer.shown) shown.push_back(ToJson(message));
      if (gate.answer.gate == "G5")
        for (const Indicator& indicator : IndicatorsOf(context)) indicators.push_back(json::value(indicator.key));
      Message label, status_label;
      for (const auto& [id, text] : kLabels)
        if (gate.answer.gate == id) label = text;
      for (const auto& [status, text] : kStatus)
        if (gate.answer.status == status) status_label = text;
      gates.push_back(json::object{{"gate", gate.answer.gate},
                                   {"label", ToJson(label)},
                                   {"status", Name(gate.answer.status)},
                                   {"status_label", ToJson(status_label)},
                                   {"open_items", std::move(items)},
                                   {"supplied_by", std::move(roles)},
                                   {"shown", std::move(shown)},
                                   {"indicators", std::move(indicators)},
                                   {"inputs_digest", gate.inputs_digest},
                                   {"exceptions", ExceptionsOf(context.matter, gate.answer.gate)},
                                   {"computed_at", base::FormatInstant(context.now)}});
    }
    return json::value(std::move(gates));
  };
}

}  // namespace zhian::enforcement
