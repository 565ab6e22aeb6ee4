#include "rooms/traceability/trace.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <set>

#include "base/text.hpp"
#include "procedure/guard_tools.hpp"

namespace zhian::traceability {
namespace json = boost::json;

namespace {

struct Key {
  std::string item, place;
  auto operator<=>(const Key&) const = default;
};

std::string LastWord(std::string_view text) {
  const auto at = text.find_last_of("/:");
  return std::string(at == std::string_view::npos ? text : text.substr(at + 1));
}

Result<std::vector<Movement>> Edges(storage::Connection& db, const Key& key, bool out) {
  ZHIAN_ASSIGN(auto rows, db.Query(std::string("SELECT kind, from_item, from_place, to_item, to_place, departed_at, arrived_at, quantity_micro, unit, shipped, received FROM movement WHERE district='d' AND ") +
                                       (out ? "from_item=$1 AND from_place=$2" : "to_item=$1 AND to_place=$2") + " ORDER BY departed_at, arrived_at, id LIMIT 500",
                                   {key.item, key.place}));
  std::vector<Movement> edges;
  for (const auto& r : rows)
    edges.push_back({r.text(0), r.text(1), r.text(2), r.text(3), r.text(4), r.text(8), r.integer(5), r.integer(6), static_cast<double>(r.integer(7)) / 1e6, r.integer(9) != 0, r.integer(10) != 0});
  return edges;
}

Status Describe(storage::Connection& db, Holding& holding) {
  ZHIAN_ASSIGN(auto place, db.Query("SELECT p.name, p.operator_id, o.name FROM premises p JOIN operator o ON o.district='d' AND o.id=p.operator_id WHERE p.district='d' AND p.gln=$1 LIMIT 1", {LastWord(holding.place)}));
  holding.place_name = place.empty() ? "未建档地点 " + LastWord(holding.place) : place.front().text(2);
  holding.operator_id = place.empty() ? "" : place.front().text(1);
  ZHIAN_ASSIGN(auto status, db.Query("SELECT status, evidence FROM holding WHERE district='d' AND item=$1 AND place=$2 LIMIT 1", {holding.item, holding.place}));
  holding.status = status.empty() ? "unknown" : status.front().text(0);
  holding.evidence = status.empty() ? "" : status.front().text(1);
  return Ok();
}

}  // namespace

bool IsResolved(std::string_view status) {
  static constexpr std::string_view kResolved[] = {"in_seizure", "destroyed", "returned_and_held", "recalled_and_disposed", "corrected", "tested_safe_released",
                                                   "sold_to_consumer_evidenced", "used_as_input", "exported_notified", "handed_to_police", "moved_on"};
  return std::find(std::begin(kResolved), std::end(kResolved), status) != std::end(kResolved);
}

Result<std::string> FindItem(storage::Connection& db, std::string_view lot) {
  ZHIAN_ASSIGN(auto rows, db.Query("SELECT item FROM lot WHERE district='d' AND (item=$1 OR lot_no=$1) ORDER BY item LIMIT 1", {std::string(lot)}));
  if (rows.empty()) return MakeError(ErrorCode::kNotFound, Say("没有批次 {} 的追溯记录", std::string(lot).substr(0, 80)));
  return rows.front().text(0);
}

Status SetHolding(storage::Connection& db, std::string_view item, std::string_view place, std::string_view status, std::string_view evidence, double quantity) {
  ZHIAN_TRY(db.Execute("INSERT INTO holding (district, item, place, status, evidence, quantity_micro) VALUES ('d',$1,$2,$3,$4,$5) "
                       "ON CONFLICT (district, item, place) DO UPDATE SET status=excluded.status, evidence=excluded.evidence, quantity_micro=excluded.quantity_micro",
                       {std::string(item), std::string(place), std::string(status), std::string(evidence), static_cast<std::int64_t>(std::llround(quantity * 1e6))}));
  return Ok();
}

Status HoldLot(storage::Connection& db, std::string_view lot, bool held) {
  ZHIAN_TRY(db.Execute("UPDATE lot SET held=$2 WHERE district='d' AND (item=$1 OR lot_no=$1)", {std::string(lot), std::int64_t{held}}));
  return Ok();
}

Result<Answer> Trace(storage::Connection& db, std::string_view lot, Direction direction) {
  Answer answer;
  ZHIAN_ASSIGN(answer.item, FindItem(db, lot));
  ZHIAN_ASSIGN(auto row, db.Query("SELECT product, unit, place, quantity_micro, produced_at FROM lot WHERE district='d' AND item=$1 LIMIT 1", {answer.item}));
  answer.product = row.front().text(0);
  answer.unit = row.front().text(1);
  std::string start_place = row.front().text(2);
  const double produced = static_cast<double>(row.front().integer(3)) / 1e6;
  if (start_place.empty()) {
    // A lot that nobody is seen to have made begins where it was first seen.
    ZHIAN_ASSIGN(auto first, db.Query("SELECT from_place FROM movement WHERE district='d' AND from_item=$1 ORDER BY CASE WHEN departed_at=0 THEN arrived_at ELSE departed_at END LIMIT 1", {answer.item}));
    start_place = first.empty() ? "" : first.front().text(0);
  }
  std::map<Key, Holding> seen;
  Holding origin;
  origin.item = answer.item;
  origin.place = start_place;
  origin.arrived_at = row.front().integer(4);
  origin.quantity = produced;
  origin.share = 1;
  origin.origin = true;
  seen[{origin.item, origin.place}] = origin;
  std::set<std::string> counted;
  for (const bool out : {true, false}) {
    if (out && direction == Direction::kBackward) continue;
    if (!out && direction == Direction::kForward) continue;
    std::deque<Key> queue{{origin.item, origin.place}};
    while (!queue.empty()) {
      const Key key = queue.front();
      queue.pop_front();
      const Holding here = seen[key];
      ZHIAN_ASSIGN(const auto edges, Edges(db, key, out));
      for (const Movement& edge : edges) {
        // Only what had arrived can go on; an unknown time is possible.
        if (out && edge.departed_at != 0 && here.arrived_at != 0 && edge.departed_at < here.arrived_at) continue;
        if (!out && edge.arrived_at != 0 && here.arrived_at != 0 && !here.origin && edge.arrived_at > here.arrived_at) continue;
        const std::string signature = edge.from_item + "\n" + edge.from_place + "\n" + edge.to_item + "\n" + edge.to_place + "\n" + std::to_string(edge.departed_at) + "\n" + std::to_string(edge.arrived_at) + "\n" + std::to_string(edge.quantity);
        if (counted.insert(signature).second) answer.movements.push_back(edge);
        const Key next = out ? Key{edge.to_item, edge.to_place} : Key{edge.from_item, edge.from_place};
        const auto known = seen.find(next);
        if (known != seen.end()) continue;
        if (seen.size() >= static_cast<std::size_t>(kHoldingsMax)) {
          answer.reached_limit = true;
          continue;
        }
        Holding holding;
        holding.item = next.item;
        holding.place = next.place;
        holding.layer = here.layer + (out ? 1 : -1);
        holding.arrived_at = out ? edge.arrived_at : edge.departed_at;
        seen[next] = holding;
        queue.push_back(next);
      }
    }
  }
  // What stands at a holding is what came less what went on; shares follow the flow in order of layers.
  std::vector<Holding*> order;
  for (auto& [key, holding] : seen) order.push_back(&holding);
  std::sort(order.begin(), order.end(), [](const Holding* a, const Holding* b) { return std::tie(a->layer, a->item, a->place) < std::tie(b->layer, b->item, b->place); });
  for (Holding* holding : order) {
    double in = holding->origin ? produced : 0, in_from_origin = holding->origin ? produced : 0, gone = 0;
    for (const Movement& edge : answer.movements) {
      if (edge.to_item == holding->item && edge.to_place == holding->place && !(holding->origin && edge.kind == "transformed")) {
        const auto source = seen.find({edge.from_item, edge.from_place});
        in += edge.quantity;
        if (source != seen.end()) in_from_origin += edge.quantity * source->second.share;
      }
      if (edge.from_item == holding->item && edge.from_place == holding->place) gone += edge.quantity;
    }
    if (holding->layer >= 0) {
      holding->share = in > 0 ? std::min(1.0, in_from_origin / in) : (holding->origin ? 1 : 0);
      holding->quantity = std::max(0.0, in - gone);
    } else {
      holding->quantity = gone;
    }
    ZHIAN_TRY(Describe(db, *holding));
    const bool sold_on = in > 0 && gone >= in - 1e-6;
    holding->resolved = IsResolved(holding->status) || holding->layer < 0 || (sold_on && holding->status == "unknown");
    if ((sold_on || holding->layer < 0) && holding->status == "unknown") holding->status = "moved_on";
    answer.holdings.push_back(*holding);
    if (holding->layer >= 0 && gone > in + 1e-6 && in > 0)
      answer.gaps.push_back({"imbalance", holding->item, holding->place, holding->operator_id, Say("{} 转出多于转入", holding->place_name), gone - in});
  }
  for (const Movement& edge : answer.movements) {
    if (edge.shipped && edge.received) continue;
    const auto there = seen.find({edge.to_item, edge.to_place}), from = seen.find({edge.from_item, edge.from_place});
    const Holding* who = edge.received ? (from == seen.end() ? nullptr : &from->second) : (there == seen.end() ? nullptr : &there->second);
    answer.gaps.push_back({edge.received ? "missing_shipment" : "missing_receipt", edge.to_item, edge.received ? edge.from_place : edge.to_place, who == nullptr ? "" : who->operator_id,
                           Say(edge.received ? "{} 没有发货记录" : "{} 没有收货记录", who == nullptr ? LastWord(edge.to_place) : who->place_name), edge.quantity});
  }
  return answer;
}

}  // namespace zhian::traceability
