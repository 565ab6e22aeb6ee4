#include "rooms/traceability/recall.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/traceability/trace.hpp"

namespace zhian::traceability {
namespace json = boost::json;
using namespace procedure;

std::vector<std::string> LotsOf(const Matter& matter) {
  std::vector<std::string> lots;
  const auto add = [&](std::string lot) {
    if (!lot.empty() && std::find(lots.begin(), lots.end(), lot) == lots.end()) lots.push_back(std::move(lot));
  };
  for (const auto& row : Items(matter, "lots")) add(Cell(row, "lot"));
  add(matter.Field("lot"));
  return lots;
}

RecallBalance Balance(RecallQuantities q, double witnessed, int level, bool has_method_note, const RecallLimits& limits) {
  constexpr double kRounding = 1e-9;  // of P: sums of decimals
  RecallBalance balance;
  if (q.X > witnessed + kRounding * q.P) {
    balance.open_items.push_back(Say("销毁 {} 没有见证和录像", base::ShortNumber(q.X - witnessed, 3)));
    q.X = witnessed;
  }
  balance.quantities = q;
  balance.U = q.P - (q.K + q.V + q.X + q.L + q.C + q.E + q.W);
  const double base = q.P - q.K - q.C;
  balance.effective_rate = base > 0 ? (q.V + q.X + q.L) / base : 0;
  if (q.P <= 0) balance.open_items.emplace_back("生产量须大于零");
  if (std::abs(balance.U) > limits.tolerance * q.P * (1 + kRounding))
    balance.open_items.push_back(balance.U > 0 ? Say("尚有 {}（{}%）去向未查明", base::ShortNumber(balance.U, 3), base::ShortNumber(100 * balance.U / q.P, 3))
                                               : Say("收回多于生产 {}，须查是否有未申报的生产或范围错误", base::ShortNumber(-balance.U, 3)));
  if (level == 1 && q.E > limits.consumed_max_level1 * (q.P - q.K) * (1 + kRounding)) balance.open_items.push_back(Say("一级召回的估算消费占 {}%，超过上限", base::ShortNumber(100 * q.E / (q.P - q.K), 3)));
  if (level != 1 && q.E > 0 && !has_method_note) balance.open_items.emplace_back("估算消费没有方法说明");
  balance.balanced = balance.open_items.empty();
  return balance;
}

RecallBalance ComputeBalance(const GuardContext& context) {
  const Matter& m = context.matter;
  const RecallQuantities q{m.Number("q_produced"), m.Number("q_stock"), m.Number("q_recovered"), m.Number("q_destroyed"), m.Number("q_corrected"), m.Number("q_consumed"), m.Number("q_estimated"), m.Number("q_loss")};
  double witnessed = 0;
  for (const TransitionRow& row : context.history) {
    if (row.action != "record_disposal") continue;
    const auto* disposed = row.input.if_contains("disposed");
    if (disposed == nullptr || !disposed->is_array()) continue;
    for (const auto& entry : disposed->get_array())
      if (Cell(entry, "way") == "destroyed" && !Cell(entry, "witness").empty() && !Cell(entry, "film").empty()) witnessed += NumberOf(entry, "quantity");
  }
  RecallLimits limits;
  if (const auto share = context.services.policy.Number("recall.balance.tolerance", context.today)) limits.tolerance = *share / 100;
  if (const auto share = context.services.policy.Number("recall.consumed.max.1", context.today)) limits.consumed_max_level1 = *share / 100;
  return Balance(q, witnessed, static_cast<int>(m.Number("level")), !m.Field("estimate_method").empty(), limits);
}

void AddRecallQuestions(procedure::Services& services) {
  services.questions["balance.recall"] = [](const GuardContext& context, const json::object&) -> Result<json::value> {
    if (context.matter.Field("q_produced").empty()) return json::value(nullptr);
    const RecallBalance b = ComputeBalance(context);
    const auto& q = b.quantities;
    json::array items;
    for (const Message& item : b.open_items) items.push_back(ToJson(item));
    return json::value(json::object{{"unit", context.matter.Field("balance_unit")}, {"P", q.P}, {"K", q.K}, {"V", q.V}, {"X", q.X}, {"L", q.L}, {"C", q.C}, {"Chat", q.E}, {"W", q.W},
                                    {"U", b.U}, {"effective_rate", b.effective_rate}, {"checks", json::array{json::object{{"id", "R1"}, {"label", ToJson("数量平衡")}, {"holds", b.balanced}, {"open_items", std::move(items)}}}}});
  };
  for (const char* kind : {"recall", "trace_gap", "disposal", "enforcement_case", "sample"})
    services.questions["trace." + std::string(kind)] = [](const GuardContext& context, const json::object&) -> Result<json::value> {
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
      ZHIAN_ASSIGN(auto rows, context.db.Query("SELECT jurisdiction FROM operator WHERE district='d' AND id=$1 LIMIT 1", {producer}));
      if (!rows.empty()) wanted.push_back(json::object{{"fields", fields}, {"operator_id", producer}, {"jurisdiction", rows.front().text(0)}});
    }
    return json::value(std::move(wanted));
  };
  // A question to each named holder that the trace cannot account for.
  services.questions["start.trace_gap"] = [](const GuardContext& context, const json::object&) -> Result<json::value> {
    json::array wanted;
    for (const std::string& lot : LotsOf(context.matter)) {
      const auto answer = Trace(context.db, lot, Direction::kBoth);
      if (!answer.ok()) continue;
      for (const Gap& gap : answer->gaps) {
        if (wanted.size() >= 20) break;
        json::object start{{"title", gap.text.Text()}, {"fields", json::object{{"gap_item", gap.item}, {"gap_place", gap.place}, {"gap_kind", gap.kind}, {"gap_quantity", json::object{{"value", base::ShortNumber(gap.quantity, 3)}, {"unit", answer->unit}}}}}};
        if (!gap.operator_id.empty()) start["operator_id"] = gap.operator_id;
        wanted.push_back(std::move(start));
      }
    }
    return json::value(std::move(wanted));
  };
}

}  // namespace zhian::traceability
