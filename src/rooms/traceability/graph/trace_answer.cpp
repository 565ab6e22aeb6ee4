#include "rooms/traceability/graph/trace_answer.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>

#include "base/text.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/movements.hpp"

namespace zhian::traceability {
using tracing::HoldingIndex;

namespace {

constexpr std::size_t kReadAtOnce = 200;
constexpr int kSweepsMax = 200;
constexpr double kShareStep = 1e-12;

MovementKind KindIn(std::uint8_t mark) { return static_cast<MovementKind>(mark & kMarkKind); }
Dimension DimensionIn(std::uint8_t mark) { return static_cast<Dimension>(mark >> kMarkDimension); }
std::int64_t Milliseconds(const tracing::TimeRange& time) {
  return time.earliest == time.latest ? time.earliest * 1000 : 0;
}

}  // namespace

Result<GraphOptions> InGraph(storage::Connection& db, const tracing::GraphView& graph, const TraceOptions& options) {
  GraphOptions found;
  found.search.holdings_max =
      static_cast<HoldingIndex>(std::clamp(options.holdings_max, 1, kHoldingsMost)) - 1;  // the origin is one of them
  found.search.respect_time = options.respect_time;
  if (options.at) found.search.at = *options.at / 1000;
  found.search.mix_everywhere = options.mix_everywhere;
  for (const std::string& place : options.mix_places) {
    ZHIAN_ASSIGN(const auto rows,
                 db.Query("SELECT id FROM trace_site WHERE district=$d AND site=$1 LIMIT 1", {SiteOf(place)}));
    if (rows.empty()) return MakeError(ErrorCode::kNotFound, Say("没有地点 {} 的追溯记录", base::Cut(place, 80)));
    found.mix_premises.push_back(static_cast<std::uint32_t>(rows.front().integer(0) - 1));
  }
  const auto numbers = [&](const std::vector<HoldingKey>& keys, std::vector<HoldingIndex>& into) -> Status {
    for (const HoldingKey& key : keys) {
      ZHIAN_ASSIGN(
          const auto rows,
          db.Query("SELECT id FROM holding WHERE district=$d AND item=$1 AND place=$2 LIMIT 1", {key.item, key.place}));
      if (rows.empty() || rows.front().integer(0) > graph.holdings())
        return MakeError(ErrorCode::kNotFound,
                         Say("没有批次 {} 的追溯记录", base::Cut((key.item + "@" + key.place), 80)));
      into.push_back(static_cast<HoldingIndex>(rows.front().integer(0) - 1));
    }
    return Ok();
  };
  ZHIAN_TRY(numbers(options.kill_steps, found.kill_steps));
  ZHIAN_TRY(numbers(options.cut_holdings, found.cut_holdings));
  found.search.mix_premises = found.mix_premises;
  found.search.kill_steps = found.kill_steps;
  found.search.cut_holdings = found.cut_holdings;
  return found;
}

AnswerBuilder::AnswerBuilder(const TraceIndex::View& view, const GraphOptions& options, Answer& answer)
    : view_(view),
      graph_(view.graph()),
      options_(options),
      answer_(answer),
      unit_(FindUnit(answer.unit)),
      links_max_(std::size_t{options.search.holdings_max} * 10 + 1000) {}

bool AnswerBuilder::Mixes(HoldingIndex v) const {
  const std::uint32_t place = graph_.premises(v);
  return place != tracing::kNoPremises &&
         (options_.search.mix_everywhere ||
          std::find(options_.mix_premises.begin(), options_.mix_premises.end(), place) != options_.mix_premises.end());
}

void AnswerBuilder::Add(tracing::Direction direction, HoldingIndex origin, const tracing::Reached& reached,
                        const tracing::Searcher& searcher) {
  answer_.reached_limit = answer_.reached_limit || reached.reached_limit;
  std::vector<HoldingIndex> list{origin};
  list.insert(list.end(), reached.holdings.begin(), reached.holdings.end());
  std::vector<std::int64_t> keys;
  const bool forward = direction == tracing::Direction::kForward;
  for (const HoldingIndex v : list)
    keys.push_back(searcher.IsTimed() ? searcher.TimeOf(v) : forward ? tracing::kEarliest : tracing::kLatest);
  forward ? Walk<true>(list, keys) : Walk<false>(list, keys);
}

// Steps from the origin along every edge that the search could use; where only mixing led on, one step within the
// premises.
template <bool kForward>
void AnswerBuilder::Walk(const std::vector<HoldingIndex>& list, const std::vector<std::int64_t>& keys) {
  NumberMap at(list.size());
  for (std::uint32_t i = 0; i < list.size(); ++i) at.TryEmplace(list[i], i);
  std::vector<std::uint32_t> node_of(list.size());
  const auto node = [&](std::uint32_t i, int layer) {
    const auto [known, is_new] = place_.TryEmplace(list[i], static_cast<std::uint32_t>(nodes_.size()));
    if (is_new) nodes_.push_back({.v = list[i], .layer = layer});
    node_of[i] = known;
  };
  std::vector<int> layer(list.size(), -1);
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> unmet;  // by premises, where goods mix
  for (std::uint32_t i = 1; i < list.size(); ++i)
    if (Mixes(list[i])) unmet[graph_.premises(list[i])].push_back(i);
  std::vector<std::uint32_t> order{0};
  layer[0] = 0;
  node(0, 0);
  const auto link = [&](std::uint32_t a, std::uint32_t b, const Link& link_of) {
    if (links_.size() >= links_max_) {
      answer_.reached_limit = true;
      return;
    }
    Link made = link_of;
    made.from = node_of[kForward ? a : b];
    made.to = node_of[kForward ? b : a];
    links_.push_back(made);
  };
  const auto meet = [&](std::uint32_t i, int step) {
    if (layer[i] >= 0) return;
    layer[i] = step;
    order.push_back(i);
    node(i, kForward ? step : -step);
  };
  for (std::size_t done = 0, mixed = 0; done < order.size();) {
    for (; done < order.size(); ++done) {
      const std::uint32_t i = order[done];
      const HoldingIndex v = list[i];
      if (std::find(options_.kill_steps.begin(), options_.kill_steps.end(), v) != options_.kill_steps.end()) continue;
      graph_.EachEdge<kForward>(v, [&](HoldingIndex to, std::int64_t quantity, auto ref) {
        const std::uint32_t there = at.Find(to);
        if (to == v || there == NumberMap::kNone) return;
        const tracing::EdgeTime time = ref();
        if (options_.search.respect_time &&
            (kForward ? time.departed.latest < keys[i] : time.arrived.earliest > keys[i]))
          return;
        meet(there, layer[i] + 1);
        if (labels_.TryEmplace(ref.label(), 0).second) link(i, there, {0, 0, quantity, time, ref.mark(), false});
      });
    }
    for (; mixed < order.size() && done == order.size(); ++mixed) {
      const HoldingIndex v = list[order[mixed]];
      const auto here = Mixes(v) ? unmet.find(graph_.premises(v)) : unmet.end();
      if (here == unmet.end()) continue;
      for (const std::uint32_t i : here->second)
        if (layer[i] < 0) {
          meet(i, layer[order[mixed]] + 1);
          link(order[mixed], i, {0, 0, 0, {}, 0, true});
        }
      unmet.erase(here);
    }
  }
}

// What came, was made and went at a holding, over all its movements: not only those of this trace.
void AnswerBuilder::Measure(Node& node) const {
  struct Sums {
    Wide made = 0, moved = 0, transformed = 0, out = 0;
    int makes = 0, moves = 0, transforms = 0, outs = 0;
  } sums[4];
  graph_.EachEdge<false>(node.v, [&](HoldingIndex, std::int64_t quantity, auto ref) {
    Sums& s = sums[static_cast<std::size_t>(DimensionIn(ref.mark()))];
    switch (KindIn(ref.mark())) {
      case MovementKind::kMade: s.made += quantity, ++s.makes; break;
      case MovementKind::kTransformed: s.transformed += quantity, ++s.transforms; break;
      default: s.moved += quantity, ++s.moves;
    }
  });
  Wide into = 0;
  int dimensions = 0;
  const bool transforms = std::any_of(std::begin(sums), std::end(sums), [](const Sums& s) { return s.transforms > 0; });
  for (const Sums& s : sums) {
    into += s.moved + s.transformed + (transforms ? 0 : s.made);
    dimensions += s.moves + s.transforms + (transforms ? 0 : s.makes) > 0;
  }
  node.into = static_cast<double>(into);
  node.into_one_dimension = dimensions <= 1;
  graph_.EachEdge<true>(node.v, [&](HoldingIndex, std::int64_t quantity, auto ref) {
    if (KindIn(ref.mark()) == MovementKind::kMade) return;
    Sums& s = sums[static_cast<std::size_t>(DimensionIn(ref.mark()))];
    s.out += quantity, ++s.outs;
  });
  std::size_t best = static_cast<std::size_t>(unit_.dimension);
  const auto choose = [&](auto&& count) {
    if (count(sums[best]) > 0) return true;
    for (std::size_t d = 0; d < 4; ++d)
      if (count(sums[d]) > 0) {
        best = d;
        return true;
      }
    return false;
  };
  choose([](const Sums& s) { return s.makes; }) || choose([](const Sums& s) { return s.moves; }) ||
      choose([](const Sums& s) { return s.transforms; }) || choose([](const Sums& s) { return s.outs; });
  node.dimension = static_cast<Dimension>(best);
  const Sums& s = sums[best];
  node.available = s.made + s.moved + (s.makes == 0 ? s.transformed : 0);
  node.gone = s.out;
}

base::Decimal AnswerBuilder::Amount(Wide base, Dimension dimension) const {
  return InUnit(base, dimension == unit_.dimension ? unit_ : FindUnit(UnitOf(dimension)));
}

// The share of what came in that comes from the origin: the mean of the shares of all that came, weighed by quantity;
// what came by a way that this trace does not know, and what a holding began with, has none. On cycles the least
// solution, by repetition.
bool AnswerBuilder::Share() {
  // The links into each node, one after the other.
  std::vector<std::uint32_t> begin(nodes_.size() + 2, 0), into;
  for (const Link& link : links_)
    if (!link.mixed) ++begin[link.to + 2];
  for (std::size_t i = 2; i < begin.size(); ++i) begin[i] += begin[i - 1];
  into.resize(begin.back());
  for (std::uint32_t l = 0; l < links_.size(); ++l)
    if (!links_[l].mixed) into[begin[links_[l].to + 1]++] = l;
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i].layer > 0) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return nodes_[a].layer < nodes_[b].layer; });
  nodes_[0].share = 1;
  for (int sweep = 0; sweep < kSweepsMax; ++sweep) {
    double most = 0;
    for (const std::uint32_t i : order) {
      double from = 0;
      bool reached = false;
      for (std::uint32_t k = begin[i]; k < begin[i + 1]; ++k) {
        const std::uint32_t l = into[k];
        from += static_cast<double>(links_[l].quantity) * nodes_[links_[l].from].share;
        reached = reached || nodes_[links_[l].from].share > 0;
      }
      nodes_[i].share_is_bound = reached && (!nodes_[i].into_one_dimension || nodes_[i].into == 0);
      const double share = nodes_[i].share_is_bound ? 1 : nodes_[i].into > 0 ? std::min(1.0, from / nodes_[i].into) : 0;
      most = std::max(most, std::abs(share - nodes_[i].share));
      nodes_[i].share = share;
    }
    if (most <= kShareStep) return true;
  }
  return false;
}

// What has no unit that others convert to is counted in its lot's own, which may change with each event: read where it
// is needed.
Status AnswerBuilder::NameUnits(storage::Connection& db, const std::vector<Description>& descriptions,
                                std::vector<std::string_view>& units) {
  static const std::string sql = [] {
    std::string text = "SELECT item, unit FROM lot WHERE district=$d AND item IN (";
    for (std::size_t i = 1; i <= kReadAtOnce; ++i) text += (i == 1 ? "$" : ",$") + std::to_string(i);
    return text + ")";
  }();
  units.assign(nodes_.size(), {});
  std::vector<std::string_view> items;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i].dimension == Dimension::kOther) items.push_back(descriptions[i].item);
  if (items.empty()) return Ok();
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  std::unordered_map<std::string_view, std::string_view> unit_of;
  for (std::size_t at = 0; at < items.size(); at += kReadAtOnce) {
    std::vector<storage::Value> some;
    for (std::size_t i = 0; i < kReadAtOnce; ++i)
      some.emplace_back(std::string(items[std::min(at + i, items.size() - 1)]));
    ZHIAN_ASSIGN(const auto rows, db.Query(sql, std::span<const storage::Value>(some)));
    for (const auto& row : rows)
      if (const auto item = std::lower_bound(items.begin(), items.end(), row.text(0));
          item != items.end() && *item == row.text(0))
        unit_of[*item] = answer_.texts.Keep(row.text(1));
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (const auto unit = unit_of.find(descriptions[i].item);
        unit != unit_of.end() && nodes_[i].dimension == Dimension::kOther)
      units[i] = unit->second;
  return Ok();
}

void AnswerBuilder::Balance(const std::vector<Description>& descriptions, const std::vector<std::string_view>& units) {
  const std::string_view unit_of_answer = answer_.texts.Keep(answer_.unit);
  std::vector<Wide> sent(nodes_.size(), 0);
  for (const Link& link : links_)
    if (!link.mixed && DimensionIn(link.mark) == nodes_[link.from].dimension) sent[link.from] += link.quantity;
  const Wide slack = ToBase(10, unit_).value_or(10);  // sums of parts that were divided
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    const Description& d = descriptions[i];
    const bool other = node.dimension == Dimension::kOther,
               own = node.dimension == unit_.dimension && (!other || units[i] == unit_of_answer);
    Holding holding{.item = d.item,
                    .place = d.place,
                    .place_name = d.place_name,
                    .operator_id = d.operator_id,
                    .jurisdiction = d.jurisdiction,
                    .status = d.status,
                    .evidence = d.evidence,
                    .unit = own     ? unit_of_answer
                            : other ? units[i]
                                    : UnitOf(node.dimension),
                    .layer = node.layer,
                    .arrived_at = node.arrived_at,
                    .share = node.share,
                    .origin = i == 0,
                    .comparable = own};
    holding.quantity =
        Amount(node.layer >= 0 ? std::max<Wide>(0, node.available - node.gone) : sent[i], node.dimension);
    const bool sold_on = node.available > 0 && node.gone >= node.available - slack;
    holding.resolved = IsResolved(holding.status) || node.layer < 0 || (sold_on && holding.status == "unknown");
    if ((sold_on || node.layer < 0) && holding.status == "unknown") holding.status = "moved_on";
    if (node.layer >= 0 && node.available > 0 && node.gone > node.available + slack)
      answer_.gaps.push_back({.kind = "imbalance",
                              .item = d.item,
                              .place = d.place,
                              .operator_id = d.operator_id,
                              .unit = holding.unit,
                              .text = Say("{} 转出多于转入", d.place_name),
                              .quantity = Amount(node.gone - node.available, node.dimension)});
    if (node.layer > 0 && node.share_is_bound && node.available > 0)
      answer_.gaps.push_back({.kind = "unit",
                              .item = d.item,
                              .place = d.place,
                              .operator_id = d.operator_id,
                              .unit = holding.unit,
                              .text = Say("{} 转入的数量不能换算为同一单位，占比按最多计", d.place_name)});
    answer_.holdings.push_back(std::move(holding));
  }
}

void AnswerBuilder::FindGaps() {
  for (const Movement& edge : answer_.movements) {
    if ((edge.shipped && edge.received) || edge.kind == "mixed") continue;
    const Holding& from = answer_.holdings[static_cast<std::size_t>(edge.from)];
    const Holding& to = answer_.holdings[static_cast<std::size_t>(edge.to)];
    const Holding& who = edge.received ? from : to;
    answer_.gaps.push_back({.kind = edge.received ? "missing_shipment" : "missing_receipt",
                            .item = to.item,
                            .place = who.place,
                            .operator_id = who.operator_id,
                            .unit = edge.unit,
                            .text = Say(edge.received ? "{} 没有发货记录" : "{} 没有收货记录", who.place_name),
                            .quantity = edge.quantity});
  }
}

Status AnswerBuilder::Finish(storage::Connection& db) {
  for (const Link& link : links_) {
    const std::int64_t time = Milliseconds(nodes_[link.to].layer >= 0 ? link.time.arrived : link.time.departed);
    Node& node = nodes_[nodes_[link.to].layer >= 0 ? link.to : link.from];
    if (!link.mixed && time != 0 && (node.arrived_at == 0 || time < node.arrived_at)) node.arrived_at = time;
  }
  for (const Link& link : links_)  // an ancestor is dated by when it went on
    if (Node& node = nodes_[link.from]; node.layer < 0 && node.arrived_at == 0 && !link.mixed)
      node.arrived_at = Milliseconds(link.time.departed);
  graph_.EachEdge<false>(nodes_[0].v, [&](HoldingIndex, std::int64_t, auto ref) {
    if (KindIn(ref.mark()) == MovementKind::kMade) nodes_[0].arrived_at = Milliseconds(ref().arrived);
  });
  for (Node& node : nodes_) Measure(node);
  answer_.settled = Share();
  std::vector<HoldingIndex> listed;
  for (const Node& node : nodes_) listed.push_back(node.v);
  ZHIAN_ASSIGN(const auto descriptions, view_.Describe(db, listed, answer_.texts));
  std::vector<std::string_view> units;
  ZHIAN_TRY(NameUnits(db, descriptions, units));
  answer_.holdings.reserve(nodes_.size());
  Balance(descriptions, units);
  std::vector<int> order(nodes_.size()), place(nodes_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    const Holding &x = answer_.holdings[static_cast<std::size_t>(a)],
                  &y = answer_.holdings[static_cast<std::size_t>(b)];
    return std::tie(x.layer, x.item, x.place) < std::tie(y.layer, y.item, y.place);
  });
  std::vector<Holding> sorted;
  sorted.reserve(order.size());
  answer_.movements.reserve(links_.size());
  for (const int i : order) {
    place[static_cast<std::size_t>(i)] = static_cast<int>(sorted.size());
    sorted.push_back(std::move(answer_.holdings[static_cast<std::size_t>(i)]));
  }
  answer_.holdings = std::move(sorted);
  for (const Link& link : links_) {
    const Dimension dimension = DimensionIn(link.mark);
    const Holding& from = answer_.holdings[static_cast<std::size_t>(place[link.from])];
    answer_.movements.push_back(
        {.kind = link.mixed ? std::string_view("mixed") : NameOf(KindIn(link.mark)),
         .unit = link.mixed || dimension == nodes_[link.from].dimension ? from.unit : UnitOf(dimension),
         .from = place[link.from],
         .to = place[link.to],
         .departed_at = Milliseconds(link.time.departed),
         .arrived_at = Milliseconds(link.time.arrived),
         .quantity = Amount(link.quantity, dimension),
         .shipped = (link.mark & kMarkShipped) != 0,
         .received = (link.mark & kMarkReceived) != 0});
  }
  FindGaps();
  return Ok();
}

}  // namespace zhian::traceability
