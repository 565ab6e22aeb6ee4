#include "engines/tracing/lot_files.hpp"

#include <charconv>
#include <unordered_map>

#include "engines/tracing/array.hpp"
#include "engines/tracing/numbers.hpp"

namespace zhian::tracing {

struct LotGraphLoader::State {
  GraphColumns columns;
  std::unordered_map<std::uint64_t, std::uint32_t> premises_of;
  NumberRows<5> lots{"lots", {"id", "layer", "operator", "minute", "grams"}};
  NumberRows<3> edges{"edges", {"parent", "child", "grams"}};
  bool consecutive = true;
  Array<HoldingIndex> slots;  // where ids do not follow one another: open addressing, half empty
  std::uint64_t mask = 0;

  static std::uint64_t Mixed(std::uint64_t id) {
    id *= 0x9e3779b97f4a7c15u;
    return id ^ id >> 32;
  }
  static Status Whole(std::uint64_t value, const char* table, std::size_t line) {
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return Ok();
    return MakeError(ErrorCode::kInvalid, Say("{} 第 {} 行：数值超出 2^63-1；请检查单位", table, line));
  }
  Status AddLot(const std::array<std::uint64_t, 5>& row) {
    ZHIAN_TRY(Whole(row[3], "lots", lots.line()));
    ZHIAN_TRY(Whole(row[4], "lots", lots.line()));
    auto& c = columns;
    consecutive = consecutive && (c.ids.empty() || row[0] == c.ids.back() + 1);
    c.ids.push_back(row[0]);
    const auto [premises, is_new] = premises_of.try_emplace(row[2], static_cast<std::uint32_t>(c.operators.size()));
    if (is_new) c.operators.push_back(premises->second);
    c.premises.push_back(premises->second);
    c.made_at.push_back(static_cast<std::int64_t>(row[3]));
    c.quantities.push_back(static_cast<std::int64_t>(row[4]));
    return Ok();
  }
  [[nodiscard]] HoldingIndex Find(std::uint64_t id) const {
    const auto& ids = columns.ids;
    if (ids.empty()) return kNoHolding;
    if (consecutive) return id - ids[0] < ids.size() ? static_cast<HoldingIndex>(id - ids[0]) : kNoHolding;
    for (std::uint64_t slot = Mixed(id) & mask;; slot = (slot + 1) & mask)
      if (slots[slot] == kNoHolding || ids[slots[slot]] == id) return slots[slot];
  }
  Status AddEdge(const std::array<std::uint64_t, 3>& row) {
    ZHIAN_TRY(Whole(row[2], "edges", edges.line()));
    for (int end = 0; end < 2; ++end) {
      const HoldingIndex v = Find(row[end]);
      if (v == kNoHolding)
        return MakeError(ErrorCode::kInvalid,
                         Say("edges 第 {} 行：批次 {} 不在 lots 中；请补上该批次或更正", edges.line(), row[end]));
      (end == 0 ? columns.from : columns.to).push_back(v);
    }
    columns.edge_quantities.push_back(static_cast<std::int64_t>(row[2]));
    return Ok();
  }
};

LotGraphLoader::LotGraphLoader(std::size_t lots_bytes, std::size_t edges_bytes) : state_(std::make_unique<State>()) {
  // The shortest lines have 10 and 6 bytes. What is reserved and not written to takes no memory.
  auto& c = state_->columns;
  const std::size_t lots = lots_bytes / 10 + 1, edges = edges_bytes / 6 + 1;
  c.ids.reserve(lots);
  c.premises.reserve(lots);
  c.made_at.reserve(lots);
  c.quantities.reserve(lots);
  c.from.reserve(edges);
  c.to.reserve(edges);
  c.edge_quantities.reserve(edges);
}
LotGraphLoader::~LotGraphLoader() = default;

Status LotGraphLoader::FeedLots(std::string_view piece) {
  return state_->lots.Feed(piece, [this](const auto& row) { return state_->AddLot(row); });
}
Status LotGraphLoader::EndLots() {
  ZHIAN_TRY(state_->lots.Finish([this](const auto& row) { return state_->AddLot(row); }));
  const auto& ids = state_->columns.ids;
  if (ids.size() >= std::size_t{1} << 31)
    return MakeError(ErrorCode::kTooLarge,
                     Say("追溯图的货项与流向各不得超过 {}；请按区域分开", (std::size_t{1} << 31) - 1));
  if (state_->consecutive) return Ok();
  std::size_t room = 16;
  while (room < ids.size() * 2) room *= 2;
  state_->mask = room - 1;
  state_->slots = Array<HoldingIndex>(room, kNoHolding);
  for (std::size_t v = 0; v < ids.size(); ++v) {
    std::uint64_t slot = State::Mixed(ids[v]) & state_->mask;
    for (; state_->slots[slot] != kNoHolding; slot = (slot + 1) & state_->mask)
      if (ids[state_->slots[slot]] == ids[v])
        return MakeError(ErrorCode::kInvalid, Say("货项 {} 列了两次；每个货项只列一行", ids[v]));
    state_->slots[slot] = static_cast<HoldingIndex>(v);
  }
  return Ok();
}
Status LotGraphLoader::FeedEdges(std::string_view piece) {
  return state_->edges.Feed(piece, [this](const auto& row) { return state_->AddEdge(row); });
}
Status LotGraphLoader::EndEdges() {
  ZHIAN_TRY(state_->edges.Finish([this](const auto& row) { return state_->AddEdge(row); }));
  state_->slots = {};
  return Ok();
}
GraphColumns LotGraphLoader::Take() { return std::move(state_->columns); }

Result<std::vector<LotQuery>> ReadLotQueries(std::string_view text, const TraceGraph& graph) {
  constexpr std::size_t kQueriesMax = 1'000'000, kLotsMax = 10'000;
  std::vector<LotQuery> queries;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (row.ends_with('\r')) row.remove_suffix(1);
    if (row.empty()) continue;
    const auto bad = [&] {
      return MakeError(ErrorCode::kInvalid, Say("queries 第 {} 行须是 F 编号、B 编号或 C 编号 编号 …", line));
    };
    LotQuery query;
    query.kind = row[0];
    if (std::string_view("FBC").find(row[0]) == std::string_view::npos) return bad();
    row.remove_prefix(1);
    while (!row.empty()) {
      std::uint64_t id = 0;
      if (row[0] != ' ') return bad();
      row.remove_prefix(1);
      if (row.empty()) break;
      const auto [rest, error] = std::from_chars(row.data(), row.data() + row.size(), id);
      if (error != std::errc()) return bad();
      row.remove_prefix(static_cast<std::size_t>(rest - row.data()));
      const HoldingIndex v = graph.Find(id);
      if (v == kNoHolding)
        return MakeError(ErrorCode::kNotFound,
                         Say("queries 第 {} 行：批次 {} 不在 lots 中；请补上该批次或更正", line, id));
      query.lots.push_back(v);
    }
    if (query.lots.empty() || (query.kind != 'C' && query.lots.size() > 1)) return bad();
    if (queries.size() >= kQueriesMax || query.lots.size() > kLotsMax)
      return MakeError(ErrorCode::kTooLarge, Say("queries 第 {} 行：查询过多；请分成几个文件", line));
    queries.push_back(std::move(query));
  }
  return queries;
}

}  // namespace zhian::tracing
