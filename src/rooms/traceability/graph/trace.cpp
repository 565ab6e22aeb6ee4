#include "rooms/traceability/graph/trace.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "policy/exact.hpp"
#include "rooms/traceability/graph/trace_answer.hpp"
#include "rooms/traceability/graph/trace_index.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/movements.hpp"

namespace zhian::traceability {
using tracing::HoldingIndex;

base::Decimal ToleranceOn(const policy::Pack& pack, base::Date day) {
  const auto percent = policy::Exact(pack, "trace.tolerance", day).value_or(base::Decimal(1));
  const auto share = percent.Times(base::Decimal::FromUnits(1, 2));
  return share.ok() ? *share : base::Decimal();  // a rule of 38 digits: nothing may stay open
}

namespace {

struct Origin {
  Answer answer;  // of the lot
  std::string place;
  std::optional<HoldingIndex> holding;  // none: nothing was ever made or moved
};

// Where a lot begins: where it was made; a lot that nobody is seen to have made begins where it was first seen.
Result<Origin> FindOrigin(storage::Connection& db, std::string_view lot) {
  Origin origin;
  ZHIAN_ASSIGN(origin.answer.item, FindItem(db, lot));
  ZHIAN_ASSIGN(const auto row, db.Query("SELECT product, unit, place FROM lot WHERE district=$d AND item=$1 LIMIT 1",
                                        {origin.answer.item}));
  origin.answer.product = row.front().text(0);
  origin.answer.unit = row.front().text(1);
  origin.place = row.front().text(2);
  ZHIAN_ASSIGN(
      const auto found,
      origin.place.empty()
          ? db.Query(
                "SELECT h.id, h.place FROM holding h CROSS JOIN movement m WHERE m.district=$d AND m.from_holding=h.id AND h.district=$d AND h.item=$1 "
                "ORDER BY CASE WHEN m.departed_at=0 THEN m.arrived_at ELSE m.departed_at END, m.seq LIMIT 1",
                {origin.answer.item})
          : db.Query("SELECT id, place FROM holding WHERE district=$d AND item=$1 AND place=$2 LIMIT 1",
                     {origin.answer.item, origin.place}));
  if (found.empty()) return origin;
  origin.place = found.front().text(1);
  origin.holding = static_cast<HoldingIndex>(found.front().integer(0) - 1);
  return origin;
}

}  // namespace

Result<Answer> Trace(storage::Connection& db, std::string_view lot, Direction direction, const TraceOptions& options) {
  ZHIAN_ASSIGN(Origin origin, FindOrigin(db, lot));
  Answer& answer = origin.answer;
  if (!origin.holding) {
    Texts& texts = answer.texts;
    answer.holdings.push_back({.item = texts.Keep(answer.item),
                               .place = texts.Keep(origin.place),
                               .place_name = texts.Keep(Say("未建档地点 {}", LastWord(origin.place)).Text()),
                               .operator_id = {},
                               .jurisdiction = {},
                               .status = "unknown",
                               .evidence = {},
                               .unit = texts.Keep(answer.unit),
                               .share = 1,
                               .origin = true});
    return std::move(answer);
  }
  ZHIAN_ASSIGN(TraceIndex * index, TraceIndex::Of(db));
  ZHIAN_ASSIGN(auto view, index->See(db));
  ZHIAN_ASSIGN(const GraphOptions found, InGraph(db, view.graph(), options));
  AnswerBuilder builder(view, found, answer);
  for (const auto each : {tracing::Direction::kForward, tracing::Direction::kBackward}) {
    if (direction == (each == tracing::Direction::kForward ? Direction::kBackward : Direction::kForward)) continue;
    builder.Add(each, *origin.holding, view.searcher().Find(each, *origin.holding, found.search), view.searcher());
  }
  ZHIAN_TRY(builder.Finish(db));
  return std::move(answer);
}

Result<CommonAncestors> FindCommonAncestors(storage::Connection& db, const std::vector<std::string>& lots,
                                            const TraceOptions& options) {
  if (lots.size() > static_cast<std::size_t>(kLotsMax))
    return MakeError(ErrorCode::kTooLarge, Say("一次最多比较 {} 个批次", kLotsMax));
  std::vector<HoldingIndex> origins;
  for (const std::string& lot : lots) {
    ZHIAN_ASSIGN(const Origin origin, FindOrigin(db, lot));
    if (origin.holding) origins.push_back(*origin.holding);
  }
  ZHIAN_ASSIGN(TraceIndex * index, TraceIndex::Of(db));
  ZHIAN_ASSIGN(auto view, index->See(db));
  ZHIAN_ASSIGN(const GraphOptions found, InGraph(db, view.graph(), options));
  const auto common = view.searcher().FindCommonAncestors(origins, kAncestorsMax, found.search);
  CommonAncestors answer{.reached_limit = common.reached_limit};
  std::vector<HoldingIndex> listed;
  for (const auto& ancestor : common.ancestors)
    if (ancestor.lots > 1 || origins.size() == 1) listed.push_back(ancestor.holding);
  Texts texts;
  ZHIAN_ASSIGN(const auto descriptions, view.Describe(db, listed, texts));
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const Description& d = descriptions[i];
    answer.ancestors.push_back({std::string(d.item), std::string(d.place), std::string(d.place_name),
                                std::string(d.operator_id), static_cast<int>(common.ancestors[i].lots)});
  }
  return answer;
}

Result<MassBalance> BalanceOf(storage::Connection& db, const BalanceScope& scope, std::string_view unit_name) {
  // From the narrow end: the lot's holdings, or the premises and what stands there.
  const bool from_sites = scope.item.empty();
  std::string where = " WHERE h.district=$d AND s.district=$d AND s.id=h.site";
  if (!scope.operator_id.empty()) where += " AND p.district=$d AND p.gln=s.site";
  std::vector<storage::Value> values;
  const auto narrow = [&](const std::string& text, const std::string& value) {
    if (value.empty()) return;
    values.emplace_back(value);
    where += text + "$" + std::to_string(values.size());
  };
  narrow(" AND h.item=", scope.item);
  narrow(" AND s.site=", scope.place.empty() ? "" : SiteOf(scope.place));
  narrow(" AND p.operator_id=", scope.operator_id);
  if (values.empty()) return MakeError(ErrorCode::kInvalid, "填写批次、地点或经营者");
  values.emplace_back(std::int64_t{kHoldingsMost} + 1);
  ZHIAN_ASSIGN(const auto rows,
               db.Query("SELECT DISTINCT +h.id AS id FROM " +
                            std::string(scope.operator_id.empty() ? "" : "premises p CROSS JOIN ") +
                            (from_sites ? "trace_site s CROSS JOIN holding h" : "holding h CROSS JOIN trace_site s") +
                            where + " ORDER BY id LIMIT $" + std::to_string(values.size()),
                        std::span<const storage::Value>(values)));
  ZHIAN_ASSIGN(TraceIndex * index, TraceIndex::Of(db));
  ZHIAN_ASSIGN(const auto view, index->See(db));
  const Unit unit = FindUnit(unit_name);
  MassBalance balance{.unit = std::string(unit_name)};
  balance.reached_limit = rows.size() > static_cast<std::size_t>(kHoldingsMost);
  std::unordered_set<HoldingIndex> inside;
  for (const auto& row : rows)
    if (inside.size() < static_cast<std::size_t>(kHoldingsMost))
      inside.insert(static_cast<HoldingIndex>(row.integer(0) - 1));
  balance.holdings = static_cast<int>(inside.size());
  Wide made = 0, received = 0, used = 0, sent = 0;
  // What went from one of them to another cancels out; what was used in making another is told apart, for it need not
  // weigh the same.
  for (const HoldingIndex v : inside) {
    const auto see = [&](bool in, HoldingIndex other, std::int64_t quantity, std::uint8_t mark) {
      const auto kind = static_cast<MovementKind>(mark & kMarkKind);
      const bool makes = kind == MovementKind::kMade, transforms = kind == MovementKind::kTransformed;
      if (in ? transforms : makes) return;
      if (!makes && !transforms && inside.contains(other)) return;
      if (static_cast<Dimension>(mark >> kMarkDimension) != unit.dimension || unit.dimension == Dimension::kOther) {
        ++balance.not_converted;
        return;
      }
      (makes ? made : transforms ? used : in ? received : sent) += quantity;
    };
    view.graph().EachEdge<false>(
        v, [&](HoldingIndex other, std::int64_t quantity, auto ref) { see(true, other, quantity, ref.mark()); });
    view.graph().EachEdge<true>(
        v, [&](HoldingIndex other, std::int64_t quantity, auto ref) { see(false, other, quantity, ref.mark()); });
  }
  const auto shown = [&](Wide sum) { return InUnit(sum, unit); };
  balance.made = shown(made);
  balance.received = shown(received);
  balance.used = shown(used);
  balance.sent = shown(sent);
  balance.remainder = shown(made + received - used - sent);
  return balance;
}

}  // namespace zhian::traceability
