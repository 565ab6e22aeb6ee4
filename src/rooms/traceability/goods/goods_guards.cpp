// Guards and effects of goods that are refused at the door 進貨拒收.
#include <algorithm>

#include "base/shown.hpp"
#include "procedure/guard_tools.hpp"
#include "records/guard_fields.hpp"
#include "records/traceability.hpp"
#include "rooms/traceability/goods/goods.hpp"
#include "rooms/traceability/goods/goods_book.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/holds.hpp"
#include "rooms/traceability/store/movements.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::guards {
using namespace procedure;

namespace {

GuardResult EveryLot(const GuardContext& context, const std::function<Result<Message>(const std::string&)>& fault) {
  const auto lots = traceability::LotsOf(context.matter);
  if (lots.empty()) return GuardResult::Fails("没有指明批次");
  GuardResult result;
  for (const std::string& lot : lots) {
    auto found = fault(lot);
    const Message item = found.ok() ? std::move(*found) : found.error().message;
    if (item.empty()) continue;
    result.holds = false;
    result.open_items.push_back(item);
  }
  return result;
}

// In the unit of another quantity, by whatever name the two units go.
Result<base::Decimal> InUnit(const base::Decimal& value, const std::string& from, const std::string& to) {
  const auto symbol = [](const std::string& code) { return base::UnitSymbol(code, Language::kSimplified); };
  if (symbol(from) == symbol(to)) return value;
  return traceability::Converted(value, from, to);
}

// What was refused of a lot, in whichever rows it stands, in the unit of its first.
struct Refused {
  base::Decimal value;
  std::string unit;  // "" where no row says how much
};
template <class Rows>
Result<Refused> RefusedOf(const Rows& rows, const std::string& lot) {
  Refused sum;
  for (const auto& row : rows) {
    if (row.lot != lot || !row.quantity) continue;
    if (sum.unit.empty()) sum.unit = row.quantity->unit;
    ZHIAN_ASSIGN(const base::Decimal value, InUnit(row.quantity->value, row.quantity->unit, sum.unit));
    ZHIAN_ASSIGN(sum.value, sum.value.Plus(value));
  }
  return sum;
}

}  // namespace

// Of goods that were refused at the door: each lot with its whole quantity in the rows of what was disposed of. What is
// held for a hazard does not go back to its supplier.
GuardResult refused_goods_are_disposed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto refusal, guard_fields::RefusedGoodsAreDisposed::ReadFields(context.matter.fields));
  // Asked before the form is filled it holds; the form asks for the rows.
  if (refusal.disposed.empty()) return GuardResult::Holds();
  GuardResult result = EveryLot(context, [&](const std::string& lot) -> Result<Message> {
    ZHIAN_ASSIGN(const Refused refused, RefusedOf(refusal.lots, lot));
    base::Decimal left = refused.value;
    for (const auto& gone : refusal.disposed) {
      if (gone.lot != lot || !gone.quantity) continue;
      ZHIAN_ASSIGN(const base::Decimal value, InUnit(gone.quantity->value, gone.quantity->unit, refused.unit));
      ZHIAN_ASSIGN(left, left.Minus(value));
    }
    if (left.sign() == 0) return Message{};
    return Say("批次 {} 还有 {} {} 没有处置", base::LotNumber(lot), left.Short(), refused.unit);
  });
  using Way = std::decay_t<decltype(refusal.disposed.front())>::Way;
  if (std::any_of(refusal.disposed.begin(), refusal.disposed.end(),
                  [](const auto& gone) { return gone.way == Way::kReturned; })) {
    result.holds = false;
    result.open_items.emplace_back("就地封存的货物不能退回供货者");
  }
  return result;
}

GuardResult no_lot_is_under_recall_or_hold(const GuardContext& context) {
  return EveryLot(context, [&](const std::string& lot) -> Result<Message> {
    ZHIAN_ASSIGN(const auto named, traceability::LotMeant(context.db, context.matter, lot));
    if (named.item.empty()) return Message{};  // nothing on file that somebody could hold
    ZHIAN_ASSIGN(const auto holds,
                 traceability::HoldsOn(context.db, named.item, context.matter.operator_id, context.matter.id));
    return holds.empty() ? Message{} : Say("批次 {} 由 {} 控制", base::LotNumber(lot), holds.front().matter_number);
  });
}

GuardResult no_hazard_is_suspected(const GuardContext& context) {
  using Check = records::IncomingRefusal::FailedCheck;
  ZHIAN_ASSIGN(const auto refusal, records::IncomingRefusal::Read(context.matter));
  if (refusal.failed_check == Check::kCondition || refusal.failed_check == Check::kRecall)
    return GuardResult::Fails("疑似危害或者召回的货物不能退回，须就地封存并报告");
  return no_lot_is_under_recall_or_hold(context);
}

// What went back of each lot since the day of the refusal, from the operator to the supplier, is no less than was
// refused. The supplier goes by its name, as the refusal does; a shipment to anybody else is a sale.
GuardResult return_is_recorded_as_a_movement(const GuardContext& context) {
  constexpr std::int64_t kMovementsMax = 1'000;
  const std::int64_t since = base::StartOfDay(base::LocalDate(base::Instant{context.matter.opened_at})).ms;
  ZHIAN_ASSIGN(const auto refusal, records::IncomingRefusal::Read(context.matter));
  return EveryLot(context, [&](const std::string& lot) -> Result<Message> {
    const Message missing = Say("批次 {} 的退货没有登记为出货", base::LotNumber(lot));
    const auto item = traceability::FindItem(context.db, lot);
    if (!item.ok()) return missing;
    ZHIAN_ASSIGN(
        const auto gone,
        context.db.Query(
            "SELECT m.quantity_micro, m.unit FROM premises p CROSS JOIN trace_site s CROSS JOIN holding h CROSS JOIN movement m CROSS JOIN holding t CROSS JOIN trace_site r "
            "CROSS JOIN premises q WHERE p.district=$d AND p.operator_id=$1 AND p.gln<>'' AND s.district=$d AND s.site=p.gln "
            "AND h.district=$d AND h.item=$2 AND h.site=s.id AND m.district=$d AND m.from_holding=h.id AND m.kind='moved' AND m.shipped_by<>0 AND m.departed_at>=$3 "
            "AND t.district=$d AND t.id=m.to_holding AND r.district=$d AND r.id=t.site AND q.district=$d AND q.gln=r.site "
            "AND (q.name=$4 OR EXISTS (SELECT 1 FROM operator o WHERE o.district=$d AND o.id=q.operator_id AND o.name=$4)) "
            "ORDER BY m.seq LIMIT $5",
            {context.matter.operator_id, *item, since, refusal.supplier_name, kMovementsMax}));
    if (std::ssize(gone) == kMovementsMax) NoteCut(context);
    if (gone.empty()) return missing;
    ZHIAN_ASSIGN(const Refused refused, RefusedOf(refusal.lots, lot));
    base::Decimal left = refused.value;
    for (const auto& move : gone) {
      ZHIAN_ASSIGN(const base::Decimal moved,
                   InUnit(base::Decimal::FromUnits(move.integer(0), 6), move.text(1), refused.unit));
      ZHIAN_ASSIGN(left, left.Minus(moved));
    }
    if (left.sign() > 0)
      return Say("批次 {} 还有 {} {} 没有退回供货者", base::LotNumber(lot), left.Short(), refused.unit);
    return Message{};
  });
}

}  // namespace zhian::guards

namespace zhian::effects {
using namespace procedure;

// What was blocked at the door and is accepted after all stands in the book, as if it had been entered there.
Status set_lot_ledger(EffectContext& context) {
  const traceability::GoodsDoor door{context.services, context.actor.account_id, context.now};
  ZHIAN_ASSIGN(const auto refusal, records::IncomingRefusal::Read(context.matter));
  for (const auto& row : refusal.lots) {
    if (!row.quantity) continue;
    traceability::GoodsEntry entry;
    entry.act = "received";
    entry.operator_id = context.matter.operator_id;
    entry.product = refusal.product_name;
    entry.item = row.lot;
    entry.quantity = row.quantity->value.Text();
    entry.unit = row.quantity->unit;
    entry.partner_name = refusal.supplier_name;
    entry.certificate = Cut(refusal.proof, 60);
    entry.at = context.now;
    ZHIAN_ASSIGN(const auto written, traceability::EnterGoods(context.db, door, entry));
    context.computed["entered"] = written.id;
  }
  return Ok();
}

}  // namespace zhian::effects
