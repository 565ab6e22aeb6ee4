#include "engines/tracing/graph.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "engines/tracing/array.hpp"

namespace zhian::tracing {
namespace {

struct Arrays {
  Array<std::uint64_t> ids;
  Array<HoldingIndex> id_order;
  std::vector<std::int64_t> quantity;
  std::vector<std::uint32_t> premises, operators;
  Array<std::uint32_t> member_offsets;
  Array<HoldingIndex> members;
  Array<EdgeIndex> out_offsets;
  Array<HoldingIndex> out_to;
  Array<std::int64_t> out_quantity;
  Array<std::uint32_t> departed, arrived, out_label;
  Array<std::uint8_t> out_mark;
  Array<EdgeIndex> in_offsets;
  Array<HoldingIndex> in_from;
  Array<EdgeIndex> in_edge;
  std::vector<std::int64_t> instants;
  std::vector<std::uint32_t> intervals;
};

template <class T>
void Free(std::vector<T>& column) {
  std::vector<T>().swap(column);
}

// Offsets of a grouping by key: n + 1 numbers; `keys` below n.
template <class Keys>
Array<std::uint32_t> Offsets(std::size_t n, const Keys& keys, std::size_t count) {
  Array<std::uint32_t> offsets(n + 1, 0);
  for (std::size_t i = 0; i < count; ++i)
    if (keys[i] < n) ++offsets[keys[i] + 1];
  for (std::size_t v = 0; v < n; ++v) offsets[v + 1] += offsets[v];
  return offsets;
}

// The code of every instant of the graph: regular where one unit fits all, else rows of a sorted table.
class InstantCodes {
 public:
  void See(std::int64_t t) {
    if (t == kEarliest || t == kLatest) return;
    if (!any_) least_ = most_ = t;
    any_ = true;
    least_ = std::min(least_, t);
    most_ = std::max(most_, t);
    const std::uint64_t distance = Distance(t, pivot_set_ ? pivot_ : (pivot_set_ = true, pivot_ = t));
    if (unit_ == 0 ? distance != 0 : distance % unit_ != 0) unit_ = std::gcd(unit_, distance);
  }
  // False: See() the same instants again through Collect(), then Sort().
  bool Choose(std::uint32_t code_max) {
    if (unit_ == 0) unit_ = 1;
    regular_ = Distance(most_, least_) / unit_ < code_max - 2 && unit_ < (std::uint64_t{1} << 62) &&
               least_ > kEarliest + static_cast<std::int64_t>(unit_);
    base_ = regular_ ? least_ - static_cast<std::int64_t>(unit_) : 0;
    return regular_;
  }
  void Collect(std::int64_t t) {
    if (t != kEarliest && t != kLatest) table_.push_back(t);
    if (table_.size() >= next_cleaning_) {
      Sort();
      next_cleaning_ = std::max<std::size_t>(1 << 20, table_.size() * 2);
    }
  }
  void Sort() {
    std::sort(table_.begin(), table_.end());
    table_.erase(std::unique(table_.begin(), table_.end()), table_.end());
  }
  [[nodiscard]] std::uint32_t Code(std::int64_t t, std::uint32_t code_max) const {
    if (t == kEarliest) return 0;
    if (t == kLatest) return code_max;
    if (regular_) return static_cast<std::uint32_t>(Distance(t, base_) / unit_);
    return static_cast<std::uint32_t>(std::lower_bound(table_.begin(), table_.end(), t) - table_.begin()) + 1;
  }
  [[nodiscard]] std::int64_t base() const { return base_; }
  [[nodiscard]] std::int64_t unit() const { return static_cast<std::int64_t>(unit_); }
  std::vector<std::int64_t>& table() { return table_; }

 private:
  static std::uint64_t Distance(std::int64_t a, std::int64_t b) {
    const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
    return a > b ? x - y : y - x;
  }
  bool any_ = false, pivot_set_ = false, regular_ = true;
  std::int64_t least_ = 0, most_ = 0, pivot_ = 0, base_ = 0;
  std::uint64_t unit_ = 0;
  std::size_t next_cleaning_ = 1 << 20;
  std::vector<std::int64_t> table_;
};

}  // namespace

class GraphBuilder {
 public:
  explicit GraphBuilder(GraphColumns& columns) : in_(columns), n_(columns.ids.size()), m_(columns.from.size()) {}

  Result<TraceGraph> Build() {
    ZHIAN_TRY(Check());
    ZHIAN_TRY(NumberHoldings());
    Encode();
    PlaceForward();
    return Finish();
  }

  Result<TraceGraph> Build(const EdgeTeller& tell) {
    ZHIAN_TRY(Check());
    ZHIAN_TRY(NumberHoldings());
    ZHIAN_TRY(PlaceTold(tell));
    return Finish();
  }

 private:
  Result<TraceGraph> Finish() {
    SortForward();
    PlaceBackward();
    PlacePremises();
    Show();
    SetFlags();
    return std::move(graph_);
  }

  static Error Invalid(Message message) { return MakeError(ErrorCode::kInvalid, std::move(message)); }
  static constexpr std::uint32_t kCodeMax = TraceGraph::kCodeMax, kInterval = TraceGraph::kInterval;

  Status Check() {
    constexpr std::size_t kMost = std::size_t{1} << 31;
    if (n_ >= kMost || m_ >= kMost)
      return MakeError(ErrorCode::kTooLarge, Say("追溯图的货项与流向各不得超过 {}；请按区域分开", kMost - 1));
    const auto fits = [](const auto& column, std::size_t size) { return column.empty() || column.size() == size; };
    if (!fits(in_.quantities, n_) || !fits(in_.premises, n_) || !fits(in_.made_at, n_) || in_.to.size() != m_ ||
        in_.edge_quantities.size() != m_ || !fits(in_.edge_times, m_) || !fits(in_.edge_labels, m_) ||
        !fits(in_.edge_marks, m_))
      return Invalid("追溯图各列的行数不一致；请补齐后重试");
    for (std::size_t e = 0; e < m_; ++e) {
      if (in_.from[e] >= n_ || in_.to[e] >= n_) return Invalid(Say("第 {} 条流向的一端不存在；请先列出该货项", e + 1));
      if (in_.edge_quantities[e] < 0) return Invalid(Say("第 {} 条流向的数量是负数；请更正", e + 1));
    }
    for (std::size_t v = 0; v < in_.quantities.size(); ++v)
      if (in_.quantities[v] < 0) return Invalid(Say("货项 {} 的数量是负数；请更正", in_.ids[v]));
    for (const std::uint32_t p : in_.premises)
      if (p != kNoPremises && p >= in_.operators.size()) return Invalid("货项所在的场所不存在；请先列出该场所");
    for (std::size_t e = 0; e < in_.edge_times.size(); ++e) {
      const EdgeTime& t = in_.edge_times[e];
      if (t.departed.earliest > t.departed.latest || t.arrived.earliest > t.arrived.latest)
        return Invalid(Say("第 {} 条流向的时间止于开始之前；请更正", e + 1));
    }
    return Ok();
  }

  Status NumberHoldings() {
    bool consecutive = true, ascending = true;
    for (std::size_t v = 1; v < n_; ++v) {
      consecutive = consecutive && in_.ids[v] == in_.ids[v - 1] + 1 && in_.ids[v] != 0;
      ascending = ascending && in_.ids[v] > in_.ids[v - 1];
    }
    graph_.first_id_ = n_ > 0 ? in_.ids[0] : 0;
    if (!consecutive) {
      a_.ids = Array<std::uint64_t>(n_);
      std::copy(in_.ids.begin(), in_.ids.end(), a_.ids.begin());
    }
    if (!ascending) {
      a_.id_order = Array<HoldingIndex>(n_);
      std::iota(a_.id_order.begin(), a_.id_order.end(), 0);
      std::sort(a_.id_order.begin(), a_.id_order.end(),
                [&](HoldingIndex a, HoldingIndex b) { return in_.ids[a] < in_.ids[b]; });
      for (std::size_t i = 1; i < n_; ++i)
        if (in_.ids[a_.id_order[i]] == in_.ids[a_.id_order[i - 1]])
          return Invalid(Say("货项 {} 列了两次；每个货项只列一行", in_.ids[a_.id_order[i]]));
    }
    Free(in_.ids);
    a_.quantity = std::move(in_.quantities);
    if (std::all_of(a_.quantity.begin(), a_.quantity.end(), [](std::int64_t quantity) { return quantity == 0; }))
      Free(a_.quantity);
    return Ok();
  }

  std::uint32_t CodeOf(const TimeRange& range) {
    const std::uint32_t earliest = codes_.Code(range.earliest, kCodeMax), latest = codes_.Code(range.latest, kCodeMax);
    if (earliest == latest) return earliest;
    if (earliest == 0 && latest == kCodeMax) return 0;
    const auto [row, is_new] =
        rows_.try_emplace(std::uint64_t{earliest} << 32 | latest, static_cast<std::uint32_t>(a_.intervals.size() / 2));
    if (is_new) a_.intervals.insert(a_.intervals.end(), {earliest, latest});
    return kInterval | row->second;
  }
  void Encode() {
    const bool of_edges = !in_.edge_times.empty();
    if (!of_edges && in_.made_at.empty()) return;
    const auto each = [&](auto&& see) {
      for (const std::int64_t t : in_.made_at) see(t);
      for (const EdgeTime& t : in_.edge_times)
        for (const std::int64_t instant :
             {t.departed.earliest, t.departed.latest, t.arrived.earliest, t.arrived.latest})
          see(instant);
    };
    if (of_edges) {
      Free(in_.made_at);
      for (EdgeTime& t : in_.edge_times) {
        const auto settled = Settled(t);
        graph_.contradictory_edges_ += settled ? 0 : 1;
        t = settled.value_or(EdgeTime{});
      }
    }
    each([&](std::int64_t t) { codes_.See(t); });
    if (!codes_.Choose(kCodeMax)) {
      each([&](std::int64_t t) { codes_.Collect(t); });
      codes_.Sort();
    }
    a_.departed = Array<std::uint32_t>(m_);
    a_.arrived = Array<std::uint32_t>(m_);
    made_code_ = Array<std::uint32_t>(in_.made_at.size());
    for (std::size_t v = 0; v < in_.made_at.size(); ++v) made_code_[v] = CodeOf(TimeRange::At(in_.made_at[v]));
    Free(in_.made_at);
  }

  void PlaceForward() {
    a_.out_offsets = Offsets(n_, in_.from, m_);
    a_.out_to = Array<HoldingIndex>(m_);
    a_.out_quantity = Array<std::int64_t>(m_);
    a_.out_label = Array<std::uint32_t>(in_.edge_labels.size());
    a_.out_mark = Array<std::uint8_t>(in_.edge_marks.size());
    // The offsets serve as cursors while the edges are placed, and are moved back by one holding afterwards.
    for (std::size_t e = 0; e < m_; ++e) {
      const EdgeIndex at = a_.out_offsets[in_.from[e]]++;
      a_.out_to[at] = in_.to[e];
      a_.out_quantity[at] = in_.edge_quantities[e];
      if (!a_.out_label.empty()) a_.out_label[at] = in_.edge_labels[e];
      if (!a_.out_mark.empty()) a_.out_mark[at] = in_.edge_marks[e];
      if (!in_.edge_times.empty()) {
        a_.departed[at] = CodeOf(in_.edge_times[e].departed);
        a_.arrived[at] = CodeOf(in_.edge_times[e].arrived);
      }
    }
    for (std::size_t v = n_; v > 0; --v) a_.out_offsets[v] = a_.out_offsets[v - 1];
    if (n_ > 0) a_.out_offsets[0] = 0;
    Free(in_.from);
    Free(in_.to);
    Free(in_.edge_quantities);
    Free(in_.edge_labels);
    Free(in_.edge_marks);
    Free(in_.edge_times);
    if (!made_code_.empty())
      for (std::size_t e = 0; e < m_; ++e) a_.departed[e] = a_.arrived[e] = made_code_[a_.out_to[e]];
    made_code_ = {};
  }
  // First how many there are and when, then each into its place.
  Status PlaceTold(const EdgeTeller& tell) {
    a_.out_offsets = Array<std::uint32_t>(n_ + 1, 0);
    bool good = true;
    HoldingIndex last = 0;
    tell([&](const ToldEdge& edge) {
      good = good && edge.from >= last && edge.from < n_ && edge.to < n_ && edge.quantity >= 0;
      if (!good) return;
      last = edge.from;
      ++m_;
      ++a_.out_offsets[edge.from + 1];
      for (const std::int64_t instant : {edge.time.departed.earliest, edge.time.departed.latest,
                                         edge.time.arrived.earliest, edge.time.arrived.latest})
        codes_.See(instant);
    });
    const auto odd = [] {
      return MakeError(ErrorCode::kInternal, "the edges of a trace graph were not told in order, or not alike");
    };
    if (!good) return odd();
    if (m_ >= std::size_t{1} << 31)
      return MakeError(ErrorCode::kTooLarge,
                       Say("追溯图的货项与流向各不得超过 {}；请按区域分开", (std::size_t{1} << 31) - 1));
    for (std::size_t v = 0; v < n_; ++v) a_.out_offsets[v + 1] += a_.out_offsets[v];
    if (!codes_.Choose(kCodeMax)) {
      tell([&](const ToldEdge& edge) {
        for (const std::int64_t instant : {edge.time.departed.earliest, edge.time.departed.latest,
                                           edge.time.arrived.earliest, edge.time.arrived.latest})
          codes_.Collect(instant);
      });
      codes_.Sort();
    }
    a_.out_to = Array<HoldingIndex>(m_);
    a_.out_quantity = Array<std::int64_t>(m_);
    a_.departed = Array<std::uint32_t>(m_);
    a_.arrived = Array<std::uint32_t>(m_);
    a_.out_label = Array<std::uint32_t>(m_);
    a_.out_mark = Array<std::uint8_t>(m_);
    std::size_t at = 0;
    tell([&](const ToldEdge& edge) {
      good = good && at < m_ && edge.from < n_ && edge.to < n_ && at >= a_.out_offsets[edge.from] &&
             at < a_.out_offsets[edge.from + 1];
      if (!good) return;
      a_.out_to[at] = edge.to;
      a_.out_quantity[at] = edge.quantity;
      a_.departed[at] = CodeOf(edge.time.departed);
      a_.arrived[at] = CodeOf(edge.time.arrived);
      a_.out_label[at] = edge.label;
      a_.out_mark[at++] = edge.mark;
    });
    return good && at == m_ ? Ok() : odd();
  }
  [[nodiscard]] std::uint32_t LatestCode(std::uint32_t code) const {
    return code == 0 ? kCodeMax : (code & kInterval) != 0 ? a_.intervals[std::size_t{code & kCodeMax} * 2 + 1] : code;
  }
  [[nodiscard]] std::uint32_t EarliestCode(std::uint32_t code) const {
    return (code & kInterval) != 0 ? a_.intervals[std::size_t{code & kCodeMax} * 2] : code;
  }
  void SortForward() {
    if (a_.departed.empty()) return;
    struct Row {
      std::uint32_t latest;
      EdgeIndex was;
      HoldingIndex to;
      std::uint32_t departed, arrived, label;
      std::uint8_t mark;
      std::int64_t quantity;
    };
    std::vector<Row> rows;
    for (std::size_t v = 0; v < n_; ++v) {
      const EdgeIndex begin = a_.out_offsets[v], end = a_.out_offsets[v + 1];
      bool sorted = true;
      for (EdgeIndex e = begin + 1; e < end && sorted; ++e)
        sorted = LatestCode(a_.departed[e - 1]) <= LatestCode(a_.departed[e]);
      if (end - begin < 2 || sorted) continue;
      rows.clear();
      for (EdgeIndex e = begin; e < end; ++e)
        rows.push_back({LatestCode(a_.departed[e]), e, a_.out_to[e], a_.departed[e], a_.arrived[e],
                        a_.out_label.empty() ? 0 : a_.out_label[e],
                        a_.out_mark.empty() ? std::uint8_t{0} : a_.out_mark[e], a_.out_quantity[e]});
      std::sort(rows.begin(), rows.end(),
                [](const Row& a, const Row& b) { return a.latest != b.latest ? a.latest < b.latest : a.was < b.was; });
      for (EdgeIndex e = begin; e < end; ++e) {
        const Row& row = rows[e - begin];
        a_.out_to[e] = row.to;
        a_.departed[e] = row.departed;
        a_.arrived[e] = row.arrived;
        a_.out_quantity[e] = row.quantity;
        if (!a_.out_label.empty()) a_.out_label[e] = row.label;
        if (!a_.out_mark.empty()) a_.out_mark[e] = row.mark;
      }
    }
  }
  void PlaceBackward() {
    a_.in_offsets = Offsets(n_, a_.out_to, m_);
    a_.in_from = Array<HoldingIndex>(m_);
    a_.in_edge = Array<EdgeIndex>(m_);
    for (std::size_t v = 0; v < n_; ++v)
      for (EdgeIndex e = a_.out_offsets[v]; e < a_.out_offsets[v + 1]; ++e) {
        const EdgeIndex at = a_.in_offsets[a_.out_to[e]]++;
        a_.in_from[at] = static_cast<HoldingIndex>(v);
        a_.in_edge[at] = e;
      }
    for (std::size_t v = n_; v > 0; --v) a_.in_offsets[v] = a_.in_offsets[v - 1];
    if (n_ > 0) a_.in_offsets[0] = 0;
    if (a_.arrived.empty()) return;
    std::vector<std::pair<std::uint64_t, HoldingIndex>> rows;
    for (std::size_t v = 0; v < n_; ++v) {
      const EdgeIndex begin = a_.in_offsets[v], end = a_.in_offsets[v + 1];
      if (end - begin < 2) continue;
      rows.clear();
      for (EdgeIndex at = begin; at < end; ++at)
        rows.emplace_back(std::uint64_t{EarliestCode(a_.arrived[a_.in_edge[at]])} << 32 | a_.in_edge[at],
                          a_.in_from[at]);
      if (std::is_sorted(rows.begin(), rows.end())) continue;
      std::sort(rows.begin(), rows.end());
      for (EdgeIndex at = begin; at < end; ++at) {
        a_.in_edge[at] = static_cast<EdgeIndex>(rows[at - begin].first);
        a_.in_from[at] = rows[at - begin].second;
      }
    }
  }
  void PlacePremises() {
    a_.premises = std::move(in_.premises);
    a_.operators = std::move(in_.operators);
    const std::size_t count = a_.operators.size();
    a_.member_offsets = Offsets(count, a_.premises, a_.premises.size());
    a_.members = Array<HoldingIndex>(a_.member_offsets[count]);
    for (std::size_t v = 0; v < a_.premises.size(); ++v)
      if (a_.premises[v] != kNoPremises) a_.members[a_.member_offsets[a_.premises[v]]++] = static_cast<HoldingIndex>(v);
    for (std::size_t p = count; p > 0; --p) a_.member_offsets[p] = a_.member_offsets[p - 1];
    a_.member_offsets[0] = 0;
  }

  void Show() {
    graph_.time_base_ = codes_.base();
    graph_.time_unit_ = codes_.unit();
    a_.instants = std::move(codes_.table());
    a_.instants.shrink_to_fit();
    const auto arrays = std::make_shared<Arrays>(std::move(a_));
    graph_.ids_ = arrays->ids;
    graph_.id_order_ = arrays->id_order;
    graph_.quantity_ = arrays->quantity;
    graph_.premises_ = arrays->premises;
    graph_.operators_ = arrays->operators;
    graph_.member_offsets_ = arrays->member_offsets;
    graph_.members_ = arrays->members;
    graph_.out_offsets_ = arrays->out_offsets;
    graph_.out_to_ = arrays->out_to;
    graph_.out_quantity_ = arrays->out_quantity;
    graph_.departed_ = arrays->departed;
    graph_.arrived_ = arrays->arrived;
    graph_.out_label_ = arrays->out_label;
    graph_.out_mark_ = arrays->out_mark;
    graph_.in_offsets_ = arrays->in_offsets;
    graph_.in_from_ = arrays->in_from;
    graph_.in_edge_ = arrays->in_edge;
    graph_.instants_ = arrays->instants;
    graph_.intervals_ = arrays->intervals;
    graph_.owner_ = arrays;
  }

  // Whether time ever forbids a path. What has come through v by any path came with one of the edges into it; so it is
  // enough that at every holding nothing can arrive after something has certainly left, and that times do not run back
  // along an edge.
  void SetFlags() {
    for (HoldingIndex v = 0; v < n_; ++v) {
      for (EdgeIndex e = graph_.out_begin(v); e < graph_.out_end(v); ++e)
        graph_.indices_are_topological_ = graph_.indices_are_topological_ && graph_.target(e) > v;
      if (graph_.departed_.empty() || !graph_.always_in_time_) continue;
      std::int64_t arrival = kEarliest, departure = kLatest;
      for (EdgeIndex at = graph_.in_begin(v); at < graph_.in_end(v); ++at)
        if (graph_.source(at) != v) arrival = std::max(arrival, graph_.edge_time(graph_.in_edge(at)).arrived.earliest);
      for (EdgeIndex e = graph_.out_begin(v); e < graph_.out_end(v); ++e) {
        if (graph_.target(e) == v) continue;
        const EdgeTime time = graph_.edge_time(e);
        departure = std::min(departure, time.departed.latest);
        graph_.always_in_time_ =
            graph_.always_in_time_ && time.arrived.earliest >= arrival && time.departed.latest >= arrival;
      }
      for (EdgeIndex at = graph_.in_begin(v); at < graph_.in_end(v); ++at)
        if (graph_.source(at) != v)
          graph_.always_in_time_ =
              graph_.always_in_time_ && graph_.edge_time(graph_.in_edge(at)).departed.latest <= departure;
    }
  }

  GraphColumns& in_;
  std::size_t n_, m_;
  Arrays a_;
  InstantCodes codes_;
  Array<std::uint32_t> made_code_;
  std::unordered_map<std::uint64_t, std::uint32_t> rows_;
  TraceGraph graph_;
};

std::optional<EdgeTime> Settled(EdgeTime time) {
  time.departed.latest = std::min(time.departed.latest, time.arrived.latest);
  time.arrived.earliest = std::max(time.arrived.earliest, time.departed.earliest);
  if (time.departed.earliest > time.departed.latest || time.arrived.earliest > time.arrived.latest) return std::nullopt;
  return time;
}

Result<TraceGraph> TraceGraph::Build(GraphColumns columns) { return GraphBuilder(columns).Build(); }
Result<TraceGraph> TraceGraph::Build(GraphColumns columns, const EdgeTeller& tell) {
  return GraphBuilder(columns).Build(tell);
}

HoldingIndex TraceGraph::Find(std::uint64_t id) const {
  if (ids_.empty()) return id - first_id_ < holdings() ? static_cast<HoldingIndex>(id - first_id_) : kNoHolding;
  if (id_order_.empty()) {
    const auto at = std::lower_bound(ids_.begin(), ids_.end(), id);
    return at != ids_.end() && *at == id ? static_cast<HoldingIndex>(at - ids_.begin()) : kNoHolding;
  }
  const auto at = std::lower_bound(id_order_.begin(), id_order_.end(), id,
                                   [&](HoldingIndex v, std::uint64_t key) { return ids_[v] < key; });
  return at != id_order_.end() && ids_[*at] == id ? *at : kNoHolding;
}

std::size_t TraceGraph::bytes() const {
  return ids_.size_bytes() + id_order_.size_bytes() + quantity_.size_bytes() + premises_.size_bytes() +
         operators_.size_bytes() + member_offsets_.size_bytes() + members_.size_bytes() + out_offsets_.size_bytes() +
         out_to_.size_bytes() + out_quantity_.size_bytes() + out_label_.size_bytes() + out_mark_.size_bytes() +
         departed_.size_bytes() + arrived_.size_bytes() + in_offsets_.size_bytes() + in_from_.size_bytes() +
         in_edge_.size_bytes() + instants_.size_bytes() + intervals_.size_bytes();
}

}  // namespace zhian::tracing
