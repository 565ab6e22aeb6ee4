#include "rooms/traceability/graph/flow.hpp"

#include <map>

#include "base/text.hpp"
#include "rooms/traceability/graph/trace.hpp"

namespace zhian::traceability {
namespace json = boost::json;

const policy::Rule* ConversionRule(const policy::Pack& pack, std::string_view input_product,
                                   std::string_view output_product, base::Date on) {
  static constexpr std::string_view kArrow = "→";
  for (const policy::Rule& row : pack.rules()) {
    if (!row.name.starts_with("trace.conversion.")) continue;
    const auto at = row.text_zh.find(kArrow);
    if (at == std::string::npos) continue;
    const std::string_view text = row.text_zh, from = text.substr(0, at), to = text.substr(at + kArrow.size());
    if (input_product.find(from) == std::string_view::npos || output_product.find(to) == std::string_view::npos)
      continue;
    if (const policy::Rule* rule = pack.Find(row.name, on); rule != nullptr) return rule;
  }
  return nullptr;
}

namespace {

struct LotRow {
  std::string product, unit;
  double quantity = 0;
};
Result<LotRow> ReadLot(storage::Connection& db, const std::string& item) {
  ZHIAN_ASSIGN(auto rows,
               db.Query("SELECT product, unit, quantity_micro FROM lot WHERE district=$d AND item=$1 LIMIT 1", {item}));
  if (rows.empty()) return LotRow{};
  return LotRow{rows.front().text(0), rows.front().text(1), static_cast<double>(rows.front().integer(2)) / 1e6};
}
Result<std::string> TypeOf(storage::Connection& db, const std::string& operator_id) {
  if (operator_id.empty()) return std::string();
  ZHIAN_ASSIGN(auto rows, db.Query("SELECT type FROM operator WHERE district=$d AND id=$1 LIMIT 1", {operator_id}));
  return rows.empty() ? std::string() : rows.front().text(0);
}

Result<json::array> Conversions(const procedure::GuardContext& context, const Answer& answer) {
  std::map<std::pair<std::string, std::string>, std::int64_t> made;  // (item, place) of what was made, when
  for (const Movement& edge : answer.movements)
    if (edge.kind == "transformed")
      made[{std::string(answer.holdings[static_cast<std::size_t>(edge.to)].item),
            std::string(answer.holdings[static_cast<std::size_t>(edge.to)].place)}] = edge.arrived_at;
  json::array conversions;
  for (const auto& [key, at] : made) {
    ZHIAN_ASSIGN(const LotRow output, ReadLot(context.db, key.first));
    ZHIAN_ASSIGN(
        auto inputs,
        context.db.Query(
            "SELECT l.product, SUM(m.quantity_micro) FROM holding t CROSS JOIN movement m CROSS JOIN holding f CROSS JOIN lot l "
            "WHERE t.district=$d AND t.item=$1 AND t.place=$2 AND m.district=$d AND m.to_holding=t.id AND f.district=$d AND f.id=m.from_holding AND l.district=$d AND l.item=f.item "
            "AND m.kind='transformed' GROUP BY l.product ORDER BY l.product LIMIT 100",
            {key.first, key.second}));
    const base::Date on = at == 0 ? context.today : base::LocalDate(base::Instant{at});
    for (const auto& input : inputs) {
      const policy::Rule* rule = ConversionRule(context.services.policy, input.text(0), output.product, on);
      if (rule == nullptr || output.quantity <= 0) continue;
      conversions.push_back(json::object{{"place", input.text(0) + " → " + output.product},
                                         {"rule", rule->id},
                                         {"source", rule->source},
                                         {"to_verify", rule->to_verify},
                                         {"input", static_cast<double>(input.integer(1)) / 1e6},
                                         {"output", output.quantity},
                                         {"min", rule->value_min},
                                         {"max", std::max(rule->value_min, rule->value_max)}});
    }
  }
  return conversions;
}

Result<json::object> FlowOf(const procedure::GuardContext& context, const std::string& lot, const std::string& party) {
  json::object flow{{"lot", lot}, {"traced", false}, {"cut", false}};
  const auto traced = Trace(context.db, lot, Direction::kBoth);
  if (!traced.ok()) return flow;
  const Answer& answer = *traced;
  const auto percent = [&](const char* rule, double otherwise) {
    return context.services.policy.Number(rule, context.today).value_or(otherwise) / 100;
  };
  flow["traced"] = true;
  flow["cut"] = answer.reached_limit;
  flow["unit"] = answer.unit;
  ZHIAN_ASSIGN(const LotRow made, ReadLot(context.db, answer.item));
  double quantity = made.quantity;
  struct Through {
    double moved_in = 0, shipped = 0, used = 0;
    bool transformed_in = false, fed = false;
  };
  std::vector<Through> through(answer.holdings.size());
  for (const Movement& edge : answer.movements) {
    Through &to = through[static_cast<std::size_t>(edge.to)], &from = through[static_cast<std::size_t>(edge.from)];
    const double quantity_moved = edge.quantity.Estimate();
    to.fed = true;
    if (edge.kind == "transformed")
      to.transformed_in = true;
    else
      to.moved_in += quantity_moved;
    (edge.kind == "transformed" ? from.used : from.shipped) += quantity_moved;
  }
  json::array holdings, sources, balances, gaps;
  double at_party = 0;
  bool bulk = false;
  for (std::size_t i = 0; i < answer.holdings.size(); ++i) {
    const Holding& holding = answer.holdings[i];
    const auto [moved_in, shipped, used, transformed_in, fed] = through[i];
    ZHIAN_ASSIGN(const std::string type, TypeOf(context.db, std::string(holding.operator_id)));
    if (holding.origin) bulk = type == "farm_household";
    if ((holding.layer < 0 || holding.origin) && !fed)
      sources.push_back(json::object{{"name", holding.place_name},
                                     {"item", holding.item},
                                     {"farm", type == "farm_household" || type == "gathering_place"}});
    if (holding.layer < 0) continue;
    ZHIAN_ASSIGN(const LotRow row, ReadLot(context.db, std::string(holding.item)));
    const double received = holding.origin || transformed_in ? std::max(row.quantity, moved_in) : moved_in;
    if (holding.origin && quantity <= 0) quantity = received;
    if (holding.item == answer.item && holding.operator_id == party) at_party += received;
    ZHIAN_ASSIGN(
        auto stated,
        context.db.Query("SELECT quantity_micro FROM holding WHERE district=$d AND item=$1 AND place=$2 LIMIT 1",
                         {std::string(holding.item), std::string(holding.place)}));
    const double remaining = received - shipped - used;
    // A count that was not entered stands for all that remains there.
    const double counted = stated.empty() || stated.front().integer(0) == 0
                               ? remaining
                               : static_cast<double>(stated.front().integer(0)) / 1e6;
    holdings.push_back(json::object{{"place", holding.place_name},
                                    {"item", holding.item},
                                    {"status", holding.status},
                                    {"quantity", std::max(0.0, remaining)},
                                    {"resolved", holding.resolved}});
    if (holding.resolved && holding.item == answer.item)
      balances.push_back(json::object{{"place", holding.place_name},
                                      {"received", received},
                                      {"stock", holding.status == "destroyed" ? 0 : counted},
                                      {"shipped", shipped},
                                      {"input", used},
                                      {"destroyed", holding.status == "destroyed" ? counted : 0}});
  }
  for (const Gap& gap : answer.gaps)
    if (gap.kind != "unit") {
      json::value told = ToJson(gap.text);
      told.get_object()["key"] = std::string(gap.kind) + "|" + std::string(gap.item) + "|" + std::string(gap.place) +
                                 "|" + gap.quantity.Short(3);
      gaps.push_back(std::move(told));
    }
  flow["quantity"] = quantity;
  flow["at_party"] = at_party;
  flow["tolerance"] = bulk ? percent("trace.tolerance.bulk", 5) : percent("trace.tolerance", 1);
  flow["holdings"] = std::move(holdings);
  flow["sources"] = std::move(sources);
  flow["balances"] = std::move(balances);
  flow["gaps"] = std::move(gaps);
  ZHIAN_ASSIGN(flow["conversions"], Conversions(context, answer));
  return flow;
}

}  // namespace

void AddFlowQuestion(procedure::Services& services) {
  services.questions["trace.flow"] = [](const procedure::GuardContext& context,
                                        const json::object& arguments) -> Result<json::value> {
    const auto* lots = arguments.if_contains("lots");
    if (lots == nullptr || !lots->is_array()) return MakeError(ErrorCode::kInternal, "trace.flow needs lots");
    json::array flows;
    for (const auto& lot : lots->get_array()) {
      ZHIAN_ASSIGN(json::object flow, FlowOf(context, procedure::ScalarText(&lot),
                                             procedure::ScalarText(arguments.if_contains("operator_id"))));
      flows.push_back(std::move(flow));
    }
    return json::value(std::move(flows));
  };
}

}  // namespace zhian::traceability
