#include "rooms/traceability/recall/consignees.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/log.hpp"
#include "base/shown.hpp"
#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/traceability/graph/trace.hpp"
#include "rooms/traceability/recall/recall.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::traceability {
using namespace procedure;
namespace json = boost::json;

std::vector<Consignee> ConsigneesOf(storage::Connection& db, const Matter& recall) {
  std::vector<Consignee> list;
  std::map<std::string, std::size_t, std::less<>> by_key;
  for (const std::string& lot : LotsOf(recall)) {
    const auto answer = Trace(db, lot, Direction::kForward);
    if (!answer.ok()) continue;
    std::vector<double> arrived(answer->holdings.size(), 0);
    for (const Movement& m : answer->movements)
      if (m.from != m.to) arrived[static_cast<std::size_t>(m.to)] += m.quantity;
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
        known->quantity += arrived[i];
      else
        goods.push_back({.lot = no, .product = answer->product, .unit = std::string(h.unit), .quantity = arrived[i]});
    }
  }
  std::stable_sort(list.begin(), list.end(), [](const Consignee& a, const Consignee& b) {
    const auto sum = [](const Consignee& c) {
      double all = 0;
      for (const auto& goods : c.goods) all += goods.quantity;
      return all;
    };
    return sum(a) > sum(b);
  });
  return list;
}

std::vector<ConsigneeRecord> RecordsOfConsignees(const GuardContext& context) {
  std::vector<ConsigneeRecord> records;
  std::map<std::string, std::size_t, std::less<>> by_name;
  const auto of = [&](const std::string& name) -> ConsigneeRecord& {
    const auto [at, is_new] = by_name.try_emplace(name, records.size());
    if (is_new) records.push_back({.name = name});
    return records[at->second];
  };
  for (const auto& row : Items(context.matter, "progress")) {
    ConsigneeRecord& record = of(Cell(row, "consignee"));
    if (record.is_reported) continue;  // told twice: the closing of the recall says so
    record.is_reported = true;
    record.answered = Cell(row, "answer") == "answered";
    record.attempts = static_cast<int>(NumberOf(row, "attempts"));
    record.recovered = record.reported = NumberOf(row, "recovered");
  }
  const auto notices = LoadLinked(context.db, context.matter.id, "consignee_notice", kNoticesRead);
  if (!notices.ok()) {
    base::LogError("the notices of a recall could not be read", {{"error", notices.error().message.Text()}});
    return records;
  }
  for (const Matter& notice : *notices) {
    ConsigneeRecord& record = of(notice.Field("holder_name"));
    record.notice_id = notice.id;
    record.state = notice.state;
    int attempts = 1;
    if (const auto history = LoadTransitions(context.db, notice.id); history.ok())
      for (const TransitionRow& row : *history) attempts += row.action == "note_contact" ? 1 : 0;
    record.attempts = std::max(record.attempts, attempts);
    if (notice.Field("answered_at").empty()) continue;
    record.answered = true;
    // In the unit of the recall, where it has one that compares.
    const std::string to = context.matter.Field("balance_unit"), from = notice.Field("answer_unit");
    double factor = 1;
    if (!to.empty() && AreComparable(from, to)) {
      const Unit a = FindUnit(from), b = FindUnit(to);
      factor = static_cast<double>(a.numerator) / static_cast<double>(a.denominator) *
               static_cast<double>(b.denominator) / static_cast<double>(b.numerator);
    }
    record.received = factor * notice.Number("q_received");
    record.held = factor * notice.Number("q_held");
    record.sold = factor * notice.Number("q_sold");
    record.returned = factor * notice.Number("q_returned");
    record.destroyed = factor * notice.Number("q_destroyed_here");
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
  ZHIAN_ASSIGN(const auto notices, LoadLinked(context.db, context.matter.id, "consignee_notice", kNoticesRead));
  for (const Matter& notice : notices)
    for (std::string& lot : LotsOf(notice)) told[notice.Field("holder_name")].push_back(std::move(lot));
  std::string recalled_by;
  if (!context.matter.operator_id.empty()) {
    ZHIAN_ASSIGN(const auto rows, context.db.Query("SELECT name FROM operator WHERE district=$d AND id=$1 LIMIT 1",
                                                   {context.matter.operator_id}));
    recalled_by = rows.empty() ? "" : rows.front().text(0);
  }
  for (const Consignee& holder : ConsigneesOf(context.db, context.matter)) {
    if (wanted.size() >= kNoticesMax) break;
    const auto known = told.find(holder.name);
    json::array lots;
    for (const auto& goods : holder.goods) {
      if (known != told.end() &&
          std::find(known->second.begin(), known->second.end(), goods.lot) != known->second.end())
        continue;
      json::object row{{"lot", goods.lot}};
      if (goods.quantity > 0)
        row["quantity"] = json::object{{"value", base::ShortNumber(goods.quantity, 3)},
                                       {"unit", base::UnitSymbol(goods.unit, Language::kSimplified)}};
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
    const std::string product = context.matter.Field("product_name");
    json::object fields{{"product_name", product},
                        {"level", context.matter.Field("level")},
                        {"holder_name", holder.name},
                        {"recalled_by", recalled_by},
                        {"disposal_way", context.matter.Field("disposal_way")},
                        {"lots", std::move(lots)}};
    if (!contact.empty()) fields["holder_contact"] = contact;
    wanted.push_back(json::object{{"title", Say("召回通知：{}，{}", product, holder.name).Text()},
                                  {"operator_id", holder.operator_id},
                                  {"jurisdiction", jurisdiction},
                                  {"fields", std::move(fields)}});
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
  const auto number = [&](const char* field) { return context.matter.Number(field); };
  GuardResult result;
  const auto add = [&](Message item) { result.holds = false, result.open_items.push_back(std::move(item)); };
  const double received = number("q_received"), destroyed = number("q_destroyed_here"),
               gone = number("q_held") + number("q_sold") + number("q_returned") + destroyed;
  for (const char* field : {"q_received", "q_held", "q_sold", "q_returned", "q_destroyed_here"})
    if (number(field) < 0) return GuardResult::Fails("数量不能小于零");
  if (std::abs(received - gone) > 1e-6 * std::max(1.0, received))
    add(Say("收到 {}，现存、已售、已退回和就地销毁合计 {}，请核对", base::ShortNumber(received, 3),
            base::ShortNumber(gone, 3)));
  if (destroyed > 0 && context.matter.Field("destroy_witness").empty()) add("就地销毁须有见证人");
  return result;
}

GuardResult recall_has_ended(const GuardContext& context) {
  const auto recalls = Linked(context, "recall");
  return GuardResult::From(!recalls.empty() && recalls.back().terminal, "召回尚未结束");
}

}  // namespace zhian::guards
