#include "rooms/traceability/recall/consignees.hpp"

#include <algorithm>
#include <map>

#include "base/shown.hpp"
#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "records/traceability.hpp"
#include "rooms/traceability/graph/trace.hpp"
#include "rooms/traceability/recall/recall.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::traceability {
using namespace procedure;
using records::ConsigneeNotice;
using records::Recall;
namespace json = boost::json;

std::vector<Consignee> ConsigneesOf(storage::Connection& db, const Matter& recall) {
  std::vector<Consignee> list;
  std::map<std::string, std::size_t, std::less<>> by_key;
  for (const std::string& lot : LotsOf(recall)) {
    const auto answer = Trace(db, lot, Direction::kForward);
    if (!answer.ok()) continue;
    std::vector<base::Decimal> arrived(answer->holdings.size());
    for (const Movement& m : answer->movements)
      if (m.from != m.to) AddTo(arrived[static_cast<std::size_t>(m.to)], m.quantity);
    for (std::size_t i = 0; i < answer->holdings.size(); ++i) {
      const Holding& h = answer->holdings[i];
      if (h.origin || h.layer < 1 || (!recall.operator_id.empty() && h.operator_id == recall.operator_id)) continue;
      const std::string key = h.operator_id.empty() ? "place " + std::string(h.place_name) : std::string(h.operator_id);
      const auto [at, is_new] = by_key.try_emplace(key, list.size());
      if (is_new)
        list.push_back({.operator_id = std::string(h.operator_id), .name = std::string(h.place_name), .goods = {}});
      auto& goods = list[at->second].goods;
      const std::string no = base::LotNumber(std::string(h.item));
      const auto known = std::find_if(goods.begin(), goods.end(), [&](const auto& one) { return one.lot == no; });
      if (known != goods.end())
        AddTo(known->quantity, arrived[i]);
      else
        goods.push_back({.lot = no, .product = answer->product, .unit = std::string(h.unit), .quantity = arrived[i]});
    }
  }
  std::stable_sort(list.begin(), list.end(), [](const Consignee& a, const Consignee& b) {
    const auto sum = [](const Consignee& c) {
      base::Decimal all;
      for (const auto& goods : c.goods) AddTo(all, goods.quantity);
      return all;
    };
    return sum(a) > sum(b);
  });
  return list;
}

Result<std::vector<ConsigneeRecord>> RecordsOfConsignees(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto recall, Recall::Read(context.matter));
  std::vector<ConsigneeRecord> records;
  std::map<std::string, std::size_t, std::less<>> by_name;
  const auto of = [&](const std::string& name) -> ConsigneeRecord& {
    const auto [at, is_new] = by_name.try_emplace(name, records.size());
    if (is_new) records.push_back({.name = name});
    return records[at->second];
  };
  for (const auto& row : recall.progress) {
    ConsigneeRecord& record = of(row.consignee);
    if (record.is_reported) continue;  // told twice: the closing of the recall says so
    record.is_reported = true;
    record.answered = row.answer == Recall::ProgressRow::Answer::kAnswered;
    record.attempts = static_cast<int>(row.attempts.value_or(0));
    record.recovered = record.reported = row.recovered.value_or(base::Decimal());
  }
  const Page<Matter> notices =
      Noted(context, LoadLinked(context.db, context.matter.id, ConsigneeNotice::kKind, kNoticesRead));
  for (const Matter& matter : notices) {
    ZHIAN_ASSIGN(const auto notice, ConsigneeNotice::Read(matter));
    ConsigneeRecord& record = of(notice.holder_name);
    record.notice_id = matter.id;
    record.state = matter.state;
    int attempts = 1;
    if (const auto history = LoadHistory(context.db, matter.id); history.ok())
      for (const TransitionRow& row : *history) attempts += row.action == "note_contact" ? 1 : 0;
    record.attempts = std::max(record.attempts, attempts);
    if (!notice.answered_at) continue;
    record.answered = true;
    // In the unit of the recall, where it has one that compares.
    const auto in_its_unit = [&](const std::optional<base::Decimal>& answered) {
      return Converted(answered.value_or(base::Decimal()), notice.answer_unit, recall.balance_unit);
    };
    ZHIAN_ASSIGN(record.received, in_its_unit(notice.q_received));
    ZHIAN_ASSIGN(record.held, in_its_unit(notice.q_held));
    ZHIAN_ASSIGN(record.sold, in_its_unit(notice.q_sold));
    ZHIAN_ASSIGN(record.returned, in_its_unit(notice.q_returned));
    ZHIAN_ASSIGN(record.destroyed, in_its_unit(notice.q_destroyed_here));
    if (!record.is_reported) record.recovered = *record.returned;  // entered once, by who knows
  }
  return records;
}

namespace {

// One notice for each holder that has none yet for these lots.
Result<json::value> StartNotices(const GuardContext& context, const json::object&) {
  json::array wanted;
  if (context.matter.kind != "recall") return json::value(std::move(wanted));
  std::map<std::string, std::vector<std::string>, std::less<>> told;  // lots by holder
  ZHIAN_ASSIGN(const auto recall, Recall::Read(context.matter));
  const Page<Matter> notices =
      Noted(context, LoadLinked(context.db, context.matter.id, ConsigneeNotice::kKind, kNoticesRead));
  for (const Matter& matter : notices) {
    ZHIAN_ASSIGN(const auto notice, ConsigneeNotice::Read(matter));
    for (const auto& row : notice.lots) told[notice.holder_name].push_back(row.lot);
  }
  std::string recalled_by;
  if (!context.matter.operator_id.empty()) {
    ZHIAN_ASSIGN(const auto rows, context.db.Query("SELECT name FROM operator WHERE district=$d AND id=$1 LIMIT 1",
                                                   {context.matter.operator_id}));
    recalled_by = rows.empty() ? "" : rows.front().text(0);
  }
  for (const Consignee& holder : ConsigneesOf(context.db, context.matter)) {
    if (wanted.size() >= kNoticesMax) break;
    const auto known = told.find(holder.name);
    std::vector<ConsigneeNotice::LotsRow> lots;
    for (const auto& goods : holder.goods) {
      if (known != told.end() &&
          std::find(known->second.begin(), known->second.end(), goods.lot) != known->second.end())
        continue;
      ConsigneeNotice::LotsRow row{.lot = goods.lot};
      // What arrived there is computed by the trace; the notice names it to the
      // thousandth.
      if (const base::Decimal quantity = goods.quantity.Rounded(3).Trimmed(); quantity.sign() > 0)
        row.quantity = base::Quantity{quantity, base::UnitSymbol(goods.unit, Language::kSimplified)};
      lots.push_back(std::move(row));
    }
    if (lots.empty()) continue;
    std::string contact, jurisdiction;
    if (!holder.operator_id.empty()) {
      ZHIAN_ASSIGN(
          const auto rows,
          context.db.Query("SELECT contact, phone, jurisdiction FROM operator WHERE district=$d AND id=$1 LIMIT 1",
                           {holder.operator_id}));
      if (!rows.empty()) {
        contact = base::Trim(rows.front().text(0) + " " + rows.front().text(1));
        jurisdiction = rows.front().text(2);
      }
    }
    const ConsigneeNotice notice{.product_name = recall.product_name,
                                 .level = As<ConsigneeNotice::Level>(recall.level),
                                 .holder_name = holder.name,
                                 .holder_contact = contact,
                                 .recalled_by = recalled_by,
                                 .disposal_way = recall.disposal_way,
                                 .lots = std::move(lots)};
    wanted.push_back(json::object{{"title", Say("召回通知：{}，{}", recall.product_name, holder.name).Text()},
                                  {"operator_id", holder.operator_id},
                                  {"jurisdiction", jurisdiction},
                                  {"fields", notice.Fields()}});
  }
  return json::value(std::move(wanted));
}

}  // namespace

void AddConsigneeQuestions(Services& services) { services.questions["start.consignee_notice"] = &StartNotices; }

}  // namespace zhian::traceability

namespace zhian::guards {
using namespace procedure;

// StartNotices reads the holders from the trace of the recall that starts the notice; nobody else starts one.
GuardResult holder_is_in_the_scope_of_a_recall(const GuardContext& context) {
  return GuardResult::From(context.origin != nullptr && context.origin->kind == "recall", "没有关联的召回");
}

GuardResult answered_quantities_add_up(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto notice, records::ConsigneeNotice::Read(context.matter));
  const base::Decimal none, received = notice.q_received.value_or(none),
                            destroyed = notice.q_destroyed_here.value_or(none);
  base::Decimal gone;
  for (const auto& part : {notice.q_held, notice.q_sold, notice.q_returned, notice.q_destroyed_here}) {
    if (part && part->sign() < 0) return GuardResult::Fails("数量不能小于零");
    ZHIAN_ASSIGN(gone, gone.Plus(part.value_or(none)));
  }
  if (received.sign() < 0) return GuardResult::Fails("数量不能小于零");
  GuardResult result;
  const auto add = [&](Message item) { result.holds = false, result.open_items.push_back(std::move(item)); };
  if (received != gone)
    add(Say("收到 {}，现存、已售、已退回和就地销毁合计 {}，请核对", received.Short(), gone.Short()));
  if (destroyed.sign() > 0 && notice.destroy_witness.empty()) add("就地销毁须有见证人");
  return result;
}

GuardResult recall_has_ended(const GuardContext& context) {
  const auto recalls = Linked(context, "recall");
  return GuardResult::From(!recalls.empty() && recalls.back().terminal, "召回尚未结束");
}

}  // namespace zhian::guards
