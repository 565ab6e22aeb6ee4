#include "rooms/traceability/recall/recall.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "base/shown.hpp"
#include "base/text.hpp"
#include "policy/exact.hpp"
#include "procedure/guard_tools.hpp"
#include "records/traceability.hpp"
#include "rooms/traceability/graph/trace.hpp"
#include "rooms/traceability/recall/consignees.hpp"
#include "rooms/traceability/recall/gap_watch.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::traceability {
namespace json = boost::json;
using namespace procedure;
using records::Recall;
using records::TraceGap;

namespace {

using base::Decimal;

constexpr double kRounding = 1e-9;  // of what the trace computes: sums of shares
std::string Amount(double value) { return base::ShortNumber(value, 3); }
std::string Amount(const Decimal& value) { return value.Short(3); }

Result<Decimal> Sum(std::initializer_list<Decimal> amounts) {
  Decimal sum;
  for (const Decimal& amount : amounts) {
    ZHIAN_ASSIGN(sum, sum.Plus(amount));
  }
  return sum;
}
// Whether `part` is more than `percent` of `whole`, the limit itself included.
Result<bool> Exceeds(const Decimal& part, const Decimal& percent, const Decimal& whole) {
  ZHIAN_ASSIGN(const Decimal allowed, whole.Times(percent));
  ZHIAN_ASSIGN(const Decimal scaled, part.Magnitude().Times(Decimal(100)));
  return scaled > allowed;
}
double Share(const Decimal& part, const Decimal& whole) {
  return whole.sign() > 0 ? part.Estimate() / whole.Estimate() : 0;
}

Status Weigh(RecallBalance& balance, const RecallRecords& records, int level, bool has_method_note,
             const RecallLimits& limits) {
  RecallQuantities& q = balance.quantities;
  if (q.X > records.destroyed_elsewhere) {
    ZHIAN_ASSIGN(const Decimal more, q.X.Minus(records.destroyed_elsewhere));
    balance.witness_items.push_back(Keyed("destroyed_unwitnessed", Say("销毁 {} 没有见证和录像", Amount(more))));
    q.X = records.destroyed_elsewhere;
  }
  if (q.L > records.corrected_in_place) {
    ZHIAN_ASSIGN(const Decimal more, q.L.Minus(records.corrected_in_place));
    balance.witness_items.push_back(Keyed("corrected_unrecorded", Say("就地补正 {} 没有处置记录", Amount(more))));
    q.L = records.corrected_in_place;
  }
  if (q.V > records.recovered) {
    ZHIAN_ASSIGN(const Decimal more, q.V.Minus(records.recovered));
    balance.open_items.push_back(Keyed("recovered_unrecorded", Say("收回 {} 没有收货方的记录", Amount(more))));
    q.V = records.recovered;
  }
  ZHIAN_ASSIGN(const Decimal done,
               Sum({records.recovered_destroyed, records.recovered_corrected, records.recovered_evidence}));
  ZHIAN_ASSIGN(const Decimal undone, q.V.Minus(done));
  ZHIAN_ASSIGN(const bool is_undone, Exceeds(undone, limits.tolerance, q.P));
  if (is_undone)
    balance.open_items.push_back(
        Keyed("recovered_unbalanced", Say("收回的 {} 中，销毁、补正和作证据留存的合计 {}", Amount(q.V), Amount(done))));
  balance.open_items.insert(balance.open_items.end(), records.counted_twice.begin(), records.counted_twice.end());
  ZHIAN_ASSIGN(const Decimal known, Sum({q.K, q.V, q.X, q.L, q.C, q.E, q.W}));
  ZHIAN_ASSIGN(balance.U, q.P.Minus(known));
  ZHIAN_ASSIGN(const Decimal kept, q.K.Plus(q.C));
  ZHIAN_ASSIGN(const Decimal outside, q.P.Minus(kept));
  ZHIAN_ASSIGN(const Decimal taken, Sum({q.V, q.X, q.L}));
  balance.effective_rate = Share(taken, outside);
  if (q.P.sign() <= 0) balance.open_items.push_back(Keyed("nothing_produced", "生产量须大于零"));
  ZHIAN_ASSIGN(const bool is_open, Exceeds(balance.U, limits.tolerance, q.P));
  if (is_open)
    balance.open_items.push_back(balance.U.sign() > 0
                                     ? Keyed("unaccounted", Say("尚有 {}（{}%）去向未查明", Amount(balance.U),
                                                                Amount(100 * Share(balance.U, q.P))))
                                     : Keyed("over_returned", Say("收回多于生产 {}，须查是否有未申报的生产或范围错误",
                                                                  Amount(balance.U.Magnitude()))));
  ZHIAN_ASSIGN(const Decimal shipped, q.P.Minus(q.K));
  ZHIAN_ASSIGN(const bool is_guessed, Exceeds(q.E, limits.consumed_max_level1, shipped));
  if (level == 1 && is_guessed)
    balance.open_items.push_back(
        Keyed("estimate_too_large", Say("一级召回的估算消费占 {}%，超过上限", Amount(100 * Share(q.E, shipped)))));
  if (level != 1 && q.E.sign() > 0 && !has_method_note)
    balance.open_items.push_back(Keyed("estimate_without_method", "估算消费没有方法说明"));
  return Ok();
}

}  // namespace

RecallBalance Balance(RecallQuantities q, const RecallRecords& records, int level, bool has_method_note,
                      const RecallLimits& limits) {
  RecallBalance balance;
  balance.quantities = std::move(q);
  balance.witness_items = records.without_witness;
  if (const Status weighed = Weigh(balance, records, level, has_method_note, limits); !weighed.ok())
    balance.open_items.push_back(Keyed("balance_incalculable", weighed.error().message));
  balance.balanced = balance.open_items.empty() && balance.witness_items.empty();
  return balance;
}

double InInputQuantity(double output, double all_input, double all_output, double share) {
  return all_output > 0 ? output * (all_input / all_output) * share : 0;
}

bool IsOverReturned(const RecallBalance& balance, const RecallLimits& limits) {
  const auto exceeds = Exceeds(balance.U, limits.tolerance, balance.quantities.P);
  return balance.U.sign() < 0 && exceeds.ok() && *exceeds;
}

RecallLimits LimitsOf(const GuardContext& context) {
  const auto& pack = context.services.policy;
  RecallLimits limits;
  limits.tolerance = policy::Exact(pack, "recall.balance.tolerance", context.today).value_or(limits.tolerance);
  limits.consumed_max_level1 =
      policy::Exact(pack, "recall.consumed.max.1", context.today).value_or(limits.consumed_max_level1);
  return limits;
}

namespace {

// A quantity of the table in another unit; as it stands where the two do not compare.
double In(std::int64_t micro, const std::string& from, const std::string& to) {
  const auto base = AreComparable(from, to) ? ToBase(micro, FindUnit(from)) : std::nullopt;
  return base ? Shown(*base, FindUnit(to)) : static_cast<double>(micro) / 1e6;
}

// What each consignee received, in quantity of the recalled lot; and what stands as evidence.
struct Received {
  std::map<std::string, double> by_place;
  double evidence = 0;
};
Received ReceivedOf(const GuardContext& context) {
  Received received;
  for (const std::string& lot : LotsOf(context.matter)) {
    const auto answer = Trace(context.db, lot, Direction::kForward);
    if (!answer.ok()) continue;
    std::vector<double> arrived(answer->holdings.size(), 0);
    for (const Movement& edge : answer->movements)
      if (edge.kind != "transformed") arrived[static_cast<std::size_t>(edge.to)] += edge.quantity.Estimate();
    for (std::size_t i = 0; i < answer->holdings.size(); ++i) {
      const Holding& holding = answer->holdings[i];
      double factor = 1;
      if (holding.item != answer->item) {
        const auto in = context.db.Query(
            "SELECT m.unit, SUM(m.quantity_micro) FROM holding h CROSS JOIN movement m WHERE m.district=$d AND m.to_holding=h.id AND m.kind='transformed' AND h.district=$d AND h.item=$1 GROUP BY m.unit LIMIT 20",
            {std::string(holding.item)});
        const auto out = context.db.Query("SELECT quantity_micro, unit FROM lot WHERE district=$d AND item=$1 LIMIT 1",
                                          {std::string(holding.item)});
        if (in.ok() && out.ok() && !in->empty() && !out->empty()) {
          // In the recalled lot's unit by the unit of the holding.
          double input = 0;
          for (const auto& row : *in) input += In(row.integer(1), row.text(0), answer->unit);
          factor = InInputQuantity(
              1, input, In(out->front().integer(0), out->front().text(1), std::string(holding.unit)), holding.share);
        }
      }
      if (!holding.origin) received.by_place[std::string(holding.place_name)] += arrived[i] * factor;
      if (holding.status == "in_seizure" || holding.status == "returned_and_held" ||
          holding.status == "handed_to_police")
        received.evidence += holding.quantity.Estimate() * factor;
    }
  }
  return received;
}

// A witness who works for the operator is none.
bool IsOfTheOperator(const GuardContext& context, const std::string& witness) {
  const auto rows = context.db.Query(
      "SELECT 1 FROM accounts a JOIN role_assignments r ON r.account_id=a.id WHERE r.operator_id=$1 AND a.name=$2 LIMIT 1",
      {context.matter.operator_id, witness});
  return rows.ok() && !rows->empty();
}

Result<RecallRecords> RecordsOf(const GuardContext& context, const Recall& recall) {
  RecallRecords records;
  const Received received = ReceivedOf(context);
  std::map<std::string, Decimal> taken;  // of each place
  std::set<std::string> seen;
  const auto add = [](Decimal& sum, const Decimal& more) -> Status {
    ZHIAN_ASSIGN(sum, sum.Plus(more));
    return Ok();
  };
  for (const auto& row : recall.progress)
    if (!seen.insert(row.consignee).second)
      records.counted_twice.push_back(Keyed("reported_twice", Say("收货方 {} 报告了两次", row.consignee)));
  ZHIAN_ASSIGN(const auto consignees, RecordsOfConsignees(context));
  for (const ConsigneeRecord& record : consignees) {
    ZHIAN_TRY(add(records.recovered, record.recovered));
    ZHIAN_TRY(add(taken[record.name], record.recovered));
    if (record.is_reported && record.returned && record.reported != *record.returned)
      records.counted_twice.push_back(Keyed("answers_differ", Say("{} 答复退回 {}，召回者报告收回 {}", record.name,
                                                                  Amount(*record.returned), Amount(record.reported))));
  }
  using Disposed = Recall::DisposedRow;
  const auto disposal = [&](const Disposed& entry) -> Status {
    const Decimal quantity = entry.quantity ? entry.quantity->value : Decimal();
    const bool destroyed = entry.way == Disposed::Way::kDestroyed;
    if (!destroyed && entry.way != Disposed::Way::kCorrected) return Ok();
    if (destroyed && (entry.witness.empty() || entry.film.empty() || IsOfTheOperator(context, entry.witness))) {
      records.without_witness.push_back(
          Keyed("disposal_unwitnessed", Say("{} 销毁 {} 没有经营者以外的见证或录像", entry.place, Amount(quantity))));
      return Ok();
    }
    if (entry.goods_from == Disposed::GoodsFrom::kRecovered)
      return add(destroyed ? records.recovered_destroyed : records.recovered_corrected, quantity);
    if (entry.goods_from == Disposed::GoodsFrom::kStock) return Ok();
    ZHIAN_TRY(add(destroyed ? records.destroyed_elsewhere : records.corrected_in_place, quantity));
    return add(taken[entry.place], quantity);
  };
  for (const TransitionRow& row : context.history) {
    if (row.action != "record_disposal") continue;
    ZHIAN_ASSIGN(const auto form, Recall::ReadFields(row.input));
    for (const auto& entry : form.disposed) ZHIAN_TRY(disposal(entry));
  }
  // What came to a place is computed by the trace: an estimate, compared with the slack of its rounding.
  for (const auto& [place, quantity] : taken)
    if (const auto there = received.by_place.find(place);
        there != received.by_place.end() && quantity.Estimate() > there->second * (1 + kRounding) + 1e-6)
      records.counted_twice.push_back(
          Keyed("counted_beyond", Say("{} 收到 {}，却计入 {}", place, Amount(there->second), Amount(quantity))));
  const Decimal stated = recall.q_evidence.value_or(Decimal());
  records.recovered_evidence = stated;
  if (stated.Estimate() > received.evidence)
    if (const auto held = Decimal::Parse(base::ShortNumber(received.evidence, 6)); held.ok())
      records.recovered_evidence = *held;
  return records;
}

// What is on record as consumed: what holders answered that they had sold, and what the trace shows as sold to
// consumers with evidence; of one place the greater. In the unit of the balance.
Result<Decimal> ConsumedOnRecord(const GuardContext& context, const Recall& recall) {
  std::map<std::string, Decimal> sold;
  ZHIAN_ASSIGN(const auto consignees, RecordsOfConsignees(context));
  for (const ConsigneeRecord& record : consignees)
    if (record.sold) sold[record.name] = *record.sold;
  std::map<std::string, Decimal> shown;
  for (const std::string& lot : LotsOf(context.matter)) {
    ZHIAN_ASSIGN(const auto answer, Trace(context.db, lot, Direction::kForward));
    for (const Holding& holding : answer.holdings) {
      if (holding.status != "sold_to_consumer_evidenced") continue;
      Decimal quantity = holding.quantity;
      if (AreComparable(answer.unit, recall.balance_unit)) {
        ZHIAN_ASSIGN(quantity, Converted(quantity, answer.unit, recall.balance_unit));
      }
      Decimal& there = shown[std::string(holding.place_name)];
      ZHIAN_ASSIGN(there, there.Plus(quantity));
    }
  }
  for (const auto& [place, quantity] : shown) sold[place] = std::max(sold[place], quantity);
  Decimal sum;
  for (const auto& [place, quantity] : sold) {
    ZHIAN_ASSIGN(sum, sum.Plus(quantity));
  }
  return sum;
}

}  // namespace

RecallBalance ComputeBalance(const GuardContext& context) {
  RecallBalance unread;
  const auto recall = Recall::Read(context.matter);
  const auto records = recall.ok() ? RecordsOf(context, *recall) : Result<RecallRecords>(recall.error());
  if (!records.ok()) {
    unread.open_items.push_back(Keyed("records_unreadable", records.error().message));
    return unread;
  }
  const Decimal none;
  RecallQuantities q{.P = recall->q_produced.value_or(none),
                     .K = recall->q_stock.value_or(none),
                     .V = recall->q_recovered.value_or(none),
                     .X = recall->q_destroyed.value_or(none),
                     .L = recall->q_corrected.value_or(none),
                     .C = recall->q_consumed.value_or(none),
                     .E = recall->q_estimated.value_or(none),
                     .W = recall->q_loss.value_or(none)};
  const Decimal stated[] = {q.P, q.K, q.V, q.X, q.L, q.C, q.E, q.W};
  const bool is_negative =
      std::any_of(std::begin(stated), std::end(stated), [](const Decimal& each) { return each.sign() < 0; });
  const Decimal consumed = q.C;
  RecallBalance balance = Balance(std::move(q), *records, recall->level == Recall::Level::k1 ? 1 : 2,
                                  !recall->estimate_method.empty(), LimitsOf(context));
  // What is less than nothing would make any sum come out.
  if (is_negative) balance.open_items.push_back(Keyed("quantity_negative", "数量不能小于零"));
  if (consumed.sign() > 0) {
    const auto on_record = ConsumedOnRecord(context, *recall);
    if (!on_record.ok())
      balance.open_items.push_back(Keyed("trace_failed", on_record.error().message));
    else if (*on_record < consumed)
      balance.open_items.push_back(
          Keyed("consumption_unrecorded", Say("报告已消费 {}，有记录的只有 {}", Amount(consumed), Amount(*on_record))));
  }
  return balance;
}

std::vector<KeyedItem> OpenBalance(const GuardContext& context) {
  RecallBalance balance = ComputeBalance(context);
  balance.open_items.insert(balance.open_items.end(), balance.witness_items.begin(), balance.witness_items.end());
  return std::move(balance.open_items);
}

std::vector<KeyedItem> OpenHoldings(const GuardContext& context) {
  return OpenHoldingsOf(context, LotsOf(context.matter));
}

std::vector<KeyedItem> OpenHoldingsOf(const GuardContext& context, std::span<const std::string> lots) {
  std::vector<KeyedItem> open;
  for (const std::string& lot : lots) {
    const auto answer = Trace(context.db, lot, Direction::kForward);
    if (!answer.ok()) {
      open.push_back({.key = "trace_failed|" + lot, .text = answer.error().message});
      continue;
    }
    if (answer->reached_limit) open.push_back(Keyed("lot_cut", Say("批次 {} 的范围超过上限，须分批计算", lot)));
    const auto key = [](std::string_view code, std::string_view item, std::string_view place, const Decimal& quantity) {
      return std::string(code) + "|" + std::string(item) + "|" + std::string(place) + "|" + quantity.Short(3);
    };
    for (const Holding& holding : answer->holdings)
      if (!holding.resolved)
        open.push_back(
            {.key = key("holding_unresolved", holding.item, holding.place, holding.quantity),
             .text = Say("{} 尚有 {} {} 未查明", holding.place_name, holding.quantity.Short(3), answer->unit)});
    for (const auto& gap : answer->gaps)
      if (gap.kind != "unit")  // nothing is missing there but a measure
        open.push_back({.key = key(gap.kind, gap.item, gap.place, gap.quantity), .text = gap.text});
  }
  return open;
}

namespace {
bool ReachedConsumers(const GuardContext& context) {
  for (const std::string& lot : LotsOf(context.matter)) {
    const auto answer = Trace(context.db, lot, Direction::kForward);
    if (answer.ok() && std::any_of(answer->holdings.begin(), answer->holdings.end(),
                                   [](const Holding& h) { return h.status == "sold_to_consumer_evidenced"; }))
      return true;
  }
  return false;
}
}  // namespace

EffectSample EffectSampleOf(const GuardContext& context) {
  std::vector<std::pair<std::string, std::string>> by_digest;
  for (const Consignee& holder : ConsigneesOf(context.db, context.matter))
    by_digest.emplace_back(base::HexSha256(context.matter.id + "\n" + holder.name), holder.name);
  std::sort(by_digest.begin(), by_digest.end());
  EffectSample sample{.consignees = static_cast<int>(by_digest.size()), .drawn = {}, .left = {}, .ineffective = {}};
  const Decimal share =
      policy::Exact(context.services.policy, "recall.check.share", context.today).value_or(Decimal(100));
  // Per cent of so many, a begun one counts whole.
  const auto hundredths = share.Times(Decimal(std::ssize(by_digest)));
  std::size_t wanted = by_digest.size();
  if (const auto whole = hundredths.ok() ? hundredths->Whole() : Result<std::int64_t>(hundredths.error()); whole.ok())
    wanted = static_cast<std::size_t>((*whole + (hundredths->IsWhole() ? 99 : 100)) / 100);
  for (std::size_t i = 0; i < std::min(wanted, by_digest.size()); ++i) sample.drawn.push_back(by_digest[i].second);
  std::map<std::string, bool> found;  // the last check of each counts
  for (const TransitionRow& row : context.history)
    if (row.action == "check_effect") {
      using Check = Recall::EffectChecksRow;
      const auto form = Recall::ReadFields(row.input);
      if (!form.ok()) continue;  // a check that cannot be read was not made
      for (const auto& check : form->effect_checks)
        found[check.consignee] = check.informed == Check::Informed::kYes && check.on_sale == Check::OnSale::kNo;
    }
  for (const std::string& name : sample.drawn) {
    const auto check = found.find(name);
    if (check == found.end())
      sample.left.push_back(name);
    else if (!check->second)
      sample.ineffective.push_back(name);
  }
  return sample;
}

std::vector<KeyedItem> OpenContacts(const GuardContext& context) {
  std::vector<KeyedItem> open;
  const Decimal attempts =
      policy::Exact(context.services.policy, "recall.contact.attempts", context.today).value_or(Decimal(3));
  const auto recall = Recall::Read(context.matter);
  const auto read = RecordsOfConsignees(context);
  if (!recall.ok() || !read.ok())
    return {Keyed("records_unreadable", recall.ok() ? read.error().message : recall.error().message)};
  const auto& records = *read;
  for (const ConsigneeRecord& record : records)
    if (!record.answered && Decimal(record.attempts) < attempts)
      open.push_back(Keyed("contact_unanswered", Say("{} 没有答复，联系不足 {} 次", record.name, Amount(attempts))));
  for (const Consignee& holder : ConsigneesOf(context.db, context.matter))
    if (std::none_of(records.begin(), records.end(), [&](const auto& record) { return record.name == holder.name; }))
      open.push_back(Keyed("contact_missing", Say("收货方 {} 没有联系记录", holder.name)));
  const bool consumers = recall->consumers_reached || ReachedConsumers(context);
  // The step alone starts a draft: the public was told once it is published.
  if (consumers && !AnyMeans(LinkedBy(context, "notice"), Meaning::kPublished))
    open.push_back(Keyed("notice_unpublished", "货物已到消费者手中，须发布公告"));
  return open;
}

std::vector<KeyedItem> OpenCause(const GuardContext& context) {
  std::vector<KeyedItem> open;
  const auto disposals = RelatedBy(context, "found_by", 3);
  const auto is_known = [](const std::string& cause) { return !cause.empty() && cause != "unknown"; };
  if (!is_known(context.matter.Field("cause_class")) &&
      std::none_of(disposals.begin(), disposals.end(),
                   [&](const Matter& disposal) { return is_known(Shown(disposal, "cause_class")); }))
    open.push_back(Keyed("cause_unknown", "原因尚未查明"));
  // Of this party, and ended since the goods were found unsafe: an older order mended something else.
  std::vector<Matter> orders = RelatedBy(context, "order", 3);
  std::erase_if(orders, [&](const Matter& order) {
    return order.operator_id != context.matter.operator_id || order.updated_at < context.matter.opened_at;
  });
  if (!AnyMeans(orders, Meaning::kFulfilled)) open.push_back(Keyed("rectification_open", "没有已销号的整改"));
  return open;
}

std::vector<OpenGate> OpenGatesOf(const GuardContext& context) {
  return {{"R1", OpenBalance(context)},
          {"R2", OpenHoldings(context)},
          {"R3", OpenContacts(context)},
          {"R4", OpenCause(context)}};
}

void WatchRecallExceptions(Engine& engine) {
  engine.AddWatch(
      [](Engine& house, storage::Connection& db) { return ReviewExceptions(house, db, "recall", &OpenGatesOf); });
}

void AddRecallQuestions(procedure::Services& services) {
  // A recall that ended without a check has none to make any more.
  static constexpr auto effect_of = [](const GuardContext& context) -> json::value {
    if (context.matter.terminal && LastMove(context, "check_effect") == nullptr) return nullptr;
    const EffectSample sample = EffectSampleOf(context);
    return json::object{{"consignees", sample.consignees},
                        {"drawn", json::value_from(sample.drawn)},
                        {"left", json::value_from(sample.left)},
                        {"ineffective", json::value_from(sample.ineffective)}};
  };
  static constexpr auto consignees_of = [](const GuardContext& context) -> json::value {
    json::array list;
    // The page draws with them: numbers there, exact here.
    const auto number = [](const std::optional<Decimal>& value) {
      return value ? json::value(value->Estimate()) : json::value(nullptr);
    };
    const auto records = RecordsOfConsignees(context);
    for (const ConsigneeRecord& record : records.ok() ? *records : std::vector<ConsigneeRecord>{})
      list.push_back(
          json::object{{"name", record.name},
                       {"notice", record.notice_id},
                       {"answered", record.answered},
                       {"attempts", record.attempts},
                       {"received", number(record.received)},
                       {"held", number(record.held)},
                       {"sold", number(record.sold)},
                       {"returned", number(record.returned || !record.is_reported ? record.returned : record.reported)},
                       {"destroyed", number(record.destroyed)}});
    return list;
  };
  services.questions["balance.recall"] = [](const GuardContext& context, const json::object&) -> Result<json::value> {
    ZHIAN_ASSIGN(const auto recall, Recall::Read(context.matter));
    if (!recall.q_produced) {
      if (context.matter.state != "running") return json::value(nullptr);
      return json::value(
          json::object{{"unit", ""},
                       {"P", nullptr},
                       {"effect", effect_of(context)},
                       {"consignees", consignees_of(context)}});  // before the summary there is nothing to balance
    }
    const RecallBalance b = ComputeBalance(context);
    const auto& q = b.quantities;
    json::array checks;
    static const std::pair<const char*, const char*> kLabels[] = {
        {"R1", "数量平衡"}, {"R2", "持有均已查明"}, {"R3", "收货方均已联系"}, {"R4", "原因已消除"}};
    for (const OpenGate& gate : OpenGatesOf(context)) {
      const auto rest = Uncovered(context.matter, gate.gate, gate.open, context.today);
      json::array items;
      for (const KeyedItem& item : gate.open) items.push_back(ToJson(item.text));
      Message label;
      for (const auto& [id, text] : kLabels)
        if (gate.gate == id) label = text;
      checks.push_back(json::object{{"id", gate.gate},
                                    {"label", ToJson(label)},
                                    {"holds", rest.empty()},
                                    {"open_items", std::move(items)},
                                    {"exceptions", ExceptionsOf(context.matter, gate.gate)}});
    }
    return json::value(json::object{{"unit", recall.balance_unit},
                                    {"P", q.P.Estimate()},
                                    {"K", q.K.Estimate()},
                                    {"V", q.V.Estimate()},
                                    {"X", q.X.Estimate()},
                                    {"L", q.L.Estimate()},
                                    {"C", q.C.Estimate()},
                                    {"Chat", q.E.Estimate()},
                                    {"W", q.W.Estimate()},
                                    {"U", b.U.Estimate()},
                                    {"effective_rate", b.effective_rate},
                                    {"checks", std::move(checks)},
                                    {"effect", effect_of(context)},
                                    {"consignees", consignees_of(context)}});
  };
  for (const Kind& kind : Kinds()) {
    if (!Has(kind, Mark::kTraced)) continue;
    services.questions["trace." + std::string(kind.id)] = [](const GuardContext& context,
                                                             const json::object&) -> Result<json::value> {
      const auto lots = LotsOf(context.matter);
      if (lots.empty()) return json::value(nullptr);
      json::array list;
      for (const std::string& lot : lots) list.push_back(json::value(lot));
      return json::value(json::object{{"item", lots.front()}, {"lots", std::move(list)}});
    };
  }
  // One disposal for the operator that was sampled, and one for the producer where it is another on file.
  services.questions["start.disposal"] = [](const GuardContext& context, const json::object&) -> Result<json::value> {
    json::object common{{"sample_id", context.matter.id}, {"fail_received_on", base::FormatDate(context.today)}};
    json::array lots;
    for (const std::string& lot : LotsOf(context.matter)) lots.push_back(json::object{{"lot", lot}});
    common["lots"] = std::move(lots);
    json::array wanted;
    json::object seller = common;
    seller["role_in_chain"] = "seller";
    wanted.push_back(json::object{{"fields", seller}});
    // The sample belongs to another room; what it hands over stands in its record under this name.
    const std::string producer = ScalarText(context.matter.fields.if_contains("producer"));
    if (!producer.empty() && producer != context.matter.operator_id) {
      json::object fields = common;
      fields["role_in_chain"] = "producer";
      ZHIAN_ASSIGN(auto rows, context.db.Query("SELECT jurisdiction FROM operator WHERE district=$d AND id=$1 LIMIT 1",
                                               {producer}));
      if (!rows.empty())
        wanted.push_back(
            json::object{{"fields", fields}, {"operator_id", producer}, {"jurisdiction", rows.front().text(0)}});
    }
    return json::value(std::move(wanted));
  };
  // A question to each named holder that the trace cannot account for.
  services.questions["start.trace_gap"] = [](const GuardContext& context, const json::object&) -> Result<json::value> {
    json::array wanted;
    if (context.matter.kind == "recall") {
      // The summary says that more came back than was made: a question of its own, once.
      const RecallBalance balance = ComputeBalance(context);
      if (!IsOverReturned(balance, LimitsOf(context))) return json::value(std::move(wanted));
      ZHIAN_ASSIGN(const auto recall, Recall::Read(context.matter));
      ZHIAN_ASSIGN(const auto gaps, ReadAll<TraceGap>(Related(context, TraceGap::kKind, 1)));
      for (const auto& known : gaps)
        if (!known.matter.terminal && known.gap_kind == TraceGap::GapKind::kOverReturned)
          return json::value(std::move(wanted));
      const auto lots = LotsOf(context.matter);
      const Decimal quantity = balance.U.Magnitude();
      const std::string unit = base::UnitSymbol(recall.balance_unit, Language::kSimplified);
      const TraceGap gap{.gap_item = lots.empty() ? std::string() : lots.front(),
                         .gap_kind = TraceGap::GapKind::kOverReturned,
                         .gap_quantity = base::Quantity{quantity, unit}};
      wanted.push_back(
          json::object{{"title", Say("收回多于生产 {} {}", Amount(quantity), unit).Text()}, {"fields", gap.Fields()}});
      return json::value(std::move(wanted));
    }
    for (const std::string& lot : LotsOf(context.matter)) {
      const auto answer = Trace(context.db, lot, Direction::kBoth);
      if (!answer.ok()) continue;
      for (const Gap& gap : answer->gaps) {
        if (wanted.size() >= 20) break;
        if (gap.kind == "unit") continue;
        if (!context.matter.Has("training")) {
          ZHIAN_ASSIGN(const auto known, FindGapMatters(context.db, gap.item, gap.place, gap.kind));
          if (!known.empty()) {
            wanted.push_back(json::object{{"matter_id", known.front().id}});
            continue;
          }
        }
        json::object start{
            {"title", gap.text.Text()},
            {"fields",
             json::object{{"gap_item", gap.item},
                          {"gap_place", gap.place},
                          {"gap_kind", gap.kind},
                          {"gap_quantity", json::object{{"value", gap.quantity.Short(3)}, {"unit", answer->unit}}}}}};
        if (!gap.operator_id.empty()) start["operator_id"] = gap.operator_id;
        wanted.push_back(std::move(start));
      }
    }
    return json::value(std::move(wanted));
  };
}

}  // namespace zhian::traceability
