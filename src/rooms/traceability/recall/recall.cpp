#include "rooms/traceability/recall/recall.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/shown.hpp"
#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/traceability/graph/trace.hpp"
#include "rooms/traceability/recall/consignees.hpp"
#include "rooms/traceability/recall/gap_watch.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::traceability {
namespace json = boost::json;
using namespace procedure;

namespace {
constexpr double kRounding = 1e-9;  // of P: sums of decimals
std::string Amount(double value) { return base::ShortNumber(value, 3); }
}  // namespace

RecallBalance Balance(RecallQuantities q, const RecallRecords& records, int level, bool has_method_note,
                      const RecallLimits& limits) {
  RecallBalance balance;
  balance.witness_items = records.without_witness;
  const double slack = kRounding * std::max(1.0, q.P);
  if (q.X > records.destroyed_elsewhere + slack) {
    balance.witness_items.push_back(Say("销毁 {} 没有见证和录像", Amount(q.X - records.destroyed_elsewhere)));
    q.X = records.destroyed_elsewhere;
  }
  if (q.L > records.corrected_in_place + slack) {
    balance.witness_items.push_back(Say("就地补正 {} 没有处置记录", Amount(q.L - records.corrected_in_place)));
    q.L = records.corrected_in_place;
  }
  if (q.V > records.recovered + slack) {
    balance.open_items.push_back(Say("收回 {} 没有收货方的记录", Amount(q.V - records.recovered)));
    q.V = records.recovered;
  }
  if (const double done = records.recovered_destroyed + records.recovered_corrected + records.recovered_evidence;
      std::abs(q.V - done) > limits.tolerance * q.P * (1 + kRounding))
    balance.open_items.push_back(Say("收回的 {} 中，销毁、补正和作证据留存的合计 {}", Amount(q.V), Amount(done)));
  balance.open_items.insert(balance.open_items.end(), records.counted_twice.begin(), records.counted_twice.end());
  balance.quantities = q;
  balance.U = q.P - (q.K + q.V + q.X + q.L + q.C + q.E + q.W);
  const double base = q.P - q.K - q.C;
  balance.effective_rate = base > 0 ? (q.V + q.X + q.L) / base : 0;
  if (q.P <= 0) balance.open_items.emplace_back("生产量须大于零");
  if (std::abs(balance.U) > limits.tolerance * q.P * (1 + kRounding))
    balance.open_items.push_back(balance.U > 0
                                     ? Say("尚有 {}（{}%）去向未查明", Amount(balance.U), Amount(100 * balance.U / q.P))
                                     : Say("收回多于生产 {}，须查是否有未申报的生产或范围错误", Amount(-balance.U)));
  if (level == 1 && q.E > limits.consumed_max_level1 * (q.P - q.K) * (1 + kRounding))
    balance.open_items.push_back(Say("一级召回的估算消费占 {}%，超过上限", Amount(100 * q.E / (q.P - q.K))));
  if (level != 1 && q.E > 0 && !has_method_note) balance.open_items.emplace_back("估算消费没有方法说明");
  balance.balanced = balance.open_items.empty() && balance.witness_items.empty();
  return balance;
}

double InInputQuantity(double output, double all_input, double all_output, double share) {
  return all_output > 0 ? output * (all_input / all_output) * share : 0;
}

bool IsOverReturned(const RecallBalance& balance, const RecallLimits& limits) {
  return balance.U < -limits.tolerance * balance.quantities.P * (1 + kRounding);
}

RecallLimits LimitsOf(const GuardContext& context) {
  RecallLimits limits;
  if (const auto share = context.services.policy.Number("recall.balance.tolerance", context.today))
    limits.tolerance = *share / 100;
  if (const auto share = context.services.policy.Number("recall.consumed.max.1", context.today))
    limits.consumed_max_level1 = *share / 100;
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
      if (edge.kind != "transformed") arrived[static_cast<std::size_t>(edge.to)] += edge.quantity;
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
        received.evidence += holding.quantity * factor;
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

RecallRecords RecordsOf(const GuardContext& context) {
  RecallRecords records;
  const Received received = ReceivedOf(context);
  std::map<std::string, double> taken;  // of each place
  std::set<std::string> seen;
  for (const auto& row : Items(context.matter, "progress")) {
    const std::string who = Cell(row, "consignee");
    if (!seen.insert(who).second) records.counted_twice.push_back(Say("收货方 {} 报告了两次", who));
  }
  for (const ConsigneeRecord& record : RecordsOfConsignees(context)) {
    records.recovered += record.recovered;
    taken[record.name] += record.recovered;
    if (record.is_reported && record.returned &&
        std::abs(record.reported - *record.returned) > kRounding * std::max(1.0, record.reported))
      records.counted_twice.push_back(
          Say("{} 答复退回 {}，召回者报告收回 {}", record.name, Amount(*record.returned), Amount(record.reported)));
  }
  const auto disposal = [&](const json::value& entry) {
    const double quantity = NumberOf(entry, "quantity");
    const std::string way = Cell(entry, "way"), from = Cell(entry, "goods_from"), place = Cell(entry, "place"),
                      witness = Cell(entry, "witness");
    const bool destroyed = way == "destroyed";
    if (!destroyed && way != "corrected") return;
    if (destroyed && (witness.empty() || Cell(entry, "film").empty() || IsOfTheOperator(context, witness))) {
      records.without_witness.push_back(Say("{} 销毁 {} 没有经营者以外的见证或录像", place, Amount(quantity)));
      return;
    }
    if (from == "recovered")
      (destroyed ? records.recovered_destroyed : records.recovered_corrected) += quantity;
    else if (from != "stock") {
      (destroyed ? records.destroyed_elsewhere : records.corrected_in_place) += quantity;
      taken[place] += quantity;
    }
  };
  for (const TransitionRow& row : context.history) {
    const auto* disposed = row.action == "record_disposal" ? row.input.if_contains("disposed") : nullptr;
    if (disposed != nullptr && disposed->is_array())
      for (const auto& entry : disposed->get_array()) disposal(entry);
  }
  for (const auto& [place, quantity] : taken)
    if (const auto there = received.by_place.find(place);
        there != received.by_place.end() && quantity > there->second * (1 + kRounding) + 1e-6)
      records.counted_twice.push_back(Say("{} 收到 {}，却计入 {}", place, Amount(there->second), Amount(quantity)));
  records.recovered_evidence = std::min(context.matter.Number("q_evidence"), received.evidence);
  return records;
}

}  // namespace

RecallBalance ComputeBalance(const GuardContext& context) {
  const Matter& m = context.matter;
  const RecallQuantities q{m.Number("q_produced"),  m.Number("q_stock"),     m.Number("q_recovered"),
                           m.Number("q_destroyed"), m.Number("q_corrected"), m.Number("q_consumed"),
                           m.Number("q_estimated"), m.Number("q_loss")};
  return Balance(q, RecordsOf(context), static_cast<int>(m.Number("level")), !m.Field("estimate_method").empty(),
                 LimitsOf(context));
}

std::vector<Message> OpenBalance(const GuardContext& context) {
  RecallBalance balance = ComputeBalance(context);
  balance.open_items.insert(balance.open_items.end(), balance.witness_items.begin(), balance.witness_items.end());
  return std::move(balance.open_items);
}

std::vector<Message> OpenHoldings(const GuardContext& context) {
  std::vector<Message> open;
  for (const std::string& lot : LotsOf(context.matter)) {
    const auto answer = Trace(context.db, lot, Direction::kForward);
    if (!answer.ok()) {
      open.push_back(answer.error().message);
      continue;
    }
    if (answer->reached_limit) open.push_back(Say("批次 {} 的范围超过上限，须分批计算", lot));
    for (const Holding& holding : answer->holdings)
      if (!holding.resolved)
        open.push_back(Say("{} 尚有 {} {} 未查明", holding.place_name, Amount(holding.quantity), answer->unit));
    for (const auto& gap : answer->gaps)
      if (gap.kind != "unit") open.push_back(gap.text);  // nothing is missing there but a measure
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
  const double share = context.services.policy.Number("recall.check.share", context.today).value_or(100) / 100;
  const auto wanted = static_cast<std::size_t>(std::ceil(share * static_cast<double>(by_digest.size())));
  for (std::size_t i = 0; i < std::min(wanted, by_digest.size()); ++i) sample.drawn.push_back(by_digest[i].second);
  std::map<std::string, bool> found;  // the last check of each counts
  for (const TransitionRow& row : context.history)
    if (const auto* checks = row.action == "check_effect" ? row.input.if_contains("effect_checks") : nullptr;
        checks != nullptr && checks->is_array())
      for (const auto& check : checks->get_array())
        found[Cell(check, "consignee")] = Cell(check, "informed") == "yes" && Cell(check, "on_sale") == "no";
  for (const std::string& name : sample.drawn) {
    const auto check = found.find(name);
    if (check == found.end())
      sample.left.push_back(name);
    else if (!check->second)
      sample.ineffective.push_back(name);
  }
  return sample;
}

std::vector<Message> OpenContacts(const GuardContext& context) {
  std::vector<Message> open;
  const double attempts = context.services.policy.Number("recall.contact.attempts", context.today).value_or(3);
  const auto records = RecordsOfConsignees(context);
  for (const ConsigneeRecord& record : records)
    if (!record.answered && record.attempts < attempts)
      open.push_back(Say("{} 没有答复，联系不足 {} 次", record.name, Amount(attempts)));
  for (const Consignee& holder : ConsigneesOf(context.db, context.matter))
    if (std::none_of(records.begin(), records.end(), [&](const auto& record) { return record.name == holder.name; }))
      open.push_back(Say("收货方 {} 没有联系记录", holder.name));
  const bool consumers = context.matter.Field("consumers_reached") == "true" || ReachedConsumers(context);
  if (consumers && LastMove(context, "publish_notice") == nullptr) open.emplace_back("货物已到消费者手中，须发布公告");
  return open;
}

std::vector<Message> OpenCause(const GuardContext& context) {
  std::vector<Message> open;
  const auto disposals = Related(context, "disposal", 3);
  const auto set = [](const Matter& matter) {
    return !matter.Field("cause_class").empty() && matter.Field("cause_class") != "unknown";
  };
  if (!set(context.matter) && std::none_of(disposals.begin(), disposals.end(), set)) open.emplace_back("原因尚未查明");
  const auto orders = Related(context, "rectification", 3);
  if (std::none_of(orders.begin(), orders.end(), [](const Matter& order) { return order.state == "struck_off"; }))
    open.emplace_back("没有已销号的整改");
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
    const auto number = [](const std::optional<double>& value) {
      return value ? json::value(*value) : json::value(nullptr);
    };
    for (const ConsigneeRecord& record : RecordsOfConsignees(context))
      list.push_back(json::object{
          {"name", record.name},
          {"notice", record.notice_id},
          {"answered", record.answered},
          {"attempts", record.attempts},
          {"received", number(record.received)},
          {"held", number(record.held)},
          {"sold", number(record.sold)},
          {"returned", record.returned || record.is_reported ? json::value(record.returned.value_or(record.reported))
                                                             : json::value(nullptr)},
          {"destroyed", number(record.destroyed)}});
    return list;
  };
  services.questions["balance.recall"] = [](const GuardContext& context, const json::object&) -> Result<json::value> {
    if (context.matter.Field("q_produced").empty()) {
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
      for (const Message& item : gate.open) items.push_back(ToJson(item));
      Message label;
      for (const auto& [id, text] : kLabels)
        if (gate.gate == id) label = text;
      checks.push_back(json::object{{"id", gate.gate},
                                    {"label", ToJson(label)},
                                    {"holds", rest.empty()},
                                    {"open_items", std::move(items)},
                                    {"exceptions", ExceptionsOf(context.matter, gate.gate)}});
    }
    return json::value(json::object{{"unit", context.matter.Field("balance_unit")},
                                    {"P", q.P},
                                    {"K", q.K},
                                    {"V", q.V},
                                    {"X", q.X},
                                    {"L", q.L},
                                    {"C", q.C},
                                    {"Chat", q.E},
                                    {"W", q.W},
                                    {"U", b.U},
                                    {"effective_rate", b.effective_rate},
                                    {"checks", std::move(checks)},
                                    {"effect", effect_of(context)},
                                    {"consignees", consignees_of(context)}});
  };
  for (const char* kind : {"recall", "trace_gap", "disposal", "enforcement_case", "sample"})
    services.questions["trace." + std::string(kind)] = [](const GuardContext& context,
                                                          const json::object&) -> Result<json::value> {
      const auto lots = LotsOf(context.matter);
      if (lots.empty()) return json::value(nullptr);
      json::array list;
      for (const std::string& lot : lots) list.push_back(json::value(lot));
      return json::value(json::object{{"item", lots.front()}, {"lots", std::move(list)}});
    };
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
    const std::string producer = context.matter.Field("producer");
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
      for (const Matter& known : Related(context, "trace_gap", 1))
        if (!known.terminal && known.Field("gap_kind") == "over_returned") return json::value(std::move(wanted));
      const auto lots = LotsOf(context.matter);
      const std::string quantity = Amount(-balance.U),
                        unit = base::UnitSymbol(context.matter.Field("balance_unit"), Language::kSimplified);
      wanted.push_back(
          json::object{{"title", Say("收回多于生产 {} {}", quantity, unit).Text()},
                       {"fields", json::object{{"gap_item", lots.empty() ? "" : lots.front()},
                                               {"gap_place", ""},
                                               {"gap_kind", "over_returned"},
                                               {"gap_quantity", json::object{{"value", quantity}, {"unit", unit}}}}}});
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
            {"fields", json::object{{"gap_item", gap.item},
                                    {"gap_place", gap.place},
                                    {"gap_kind", gap.kind},
                                    {"gap_quantity", json::object{{"value", base::ShortNumber(gap.quantity, 3)},
                                                                  {"unit", answer->unit}}}}}};
        if (!gap.operator_id.empty()) start["operator_id"] = gap.operator_id;
        wanted.push_back(std::move(start));
      }
    }
    return json::value(std::move(wanted));
  };
}

}  // namespace zhian::traceability
