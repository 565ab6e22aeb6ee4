#include "rooms/traceability/graph/outbreak.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/text.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::traceability {

namespace {

constexpr double kGramsMicro = 1e9;  // micrograms of a kilogram

bool IsRetail(std::string_view type) {
  static constexpr std::array<std::string_view, 5> kTypes{"shop", "supermarket", "market", "restaurant", "canteen"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

}  // namespace

Result<Supply> ReadSupply(storage::Connection& db, const SupplyQuestion& question) {
  // The newest movements first, so that a cut loses the oldest; a row that another replaces does not stand.
  const std::string window =
      "SELECT m.from_holding, m.to_holding, m.quantity_micro, m.unit FROM movement m WHERE m.district=$d AND m.kind='moved' "
      "AND (CASE WHEN m.arrived_at > 0 THEN m.arrived_at ELSE m.departed_at END BETWEEN $1 AND $2 OR (m.arrived_at = 0 AND m.departed_at = 0)) "
      "AND m.seq NOT IN (SELECT replaces FROM movement WHERE district=$d AND replaces<>0) ORDER BY m.seq DESC LIMIT $3";
  const std::string site =
      "COALESCE((SELECT p.operator_id FROM premises p WHERE p.district=$d AND p.gln=s%.site ORDER BY p.id LIMIT 1), s%.site)";
  const auto of = [&](const char* side) {
    std::string text = site;
    for (auto at = text.find('%'); at != std::string::npos; at = text.find('%')) text.replace(at, 1, side);
    return text;
  };
  std::vector<storage::Value> parameters{question.from.ms, question.to.ms, kSupplyMovementsMax + 1,
                                         static_cast<std::int64_t>(kSupplyEdgesMax + 1)};
  std::string goods;
  if (!question.product.empty()) {
    goods = " JOIN lot l ON l.district=$d AND l.item=a.item AND l.product LIKE $5 ESCAPE '\\'";
    parameters.emplace_back(base::LikePattern(question.product));
  }
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query(
          "SELECT " + of("a") + " AS sender, " + of("b") +
              " AS receiver, x.unit, SUM(x.quantity_micro), COUNT(*) FROM (" + window +
              ") x "
              "JOIN holding a ON a.district=$d AND a.id=x.from_holding JOIN holding b ON b.district=$d AND b.id=x.to_holding" +
              goods +
              " JOIN trace_site sa ON sa.district=$d AND sa.id=a.site JOIN trace_site sb ON sb.district=$d AND sb.id=b.site "
              "WHERE a.site<>b.site GROUP BY sender, receiver, x.unit ORDER BY sender, receiver, x.unit LIMIT $4",
          std::span<const storage::Value>(parameters)));
  Supply supply;
  std::unordered_map<std::string, tracing::PlaceIndex> known;
  const auto place = [&](const std::string& id) {
    const auto [at, is_new] = known.try_emplace(id, static_cast<tracing::PlaceIndex>(supply.places.size()));
    if (is_new) supply.places.push_back({.id = id, .name = {}, .type = {}, .end = at->second});
    return at->second;
  };
  std::vector<double> in, out;
  std::int64_t read = 0;
  for (const storage::Row& row : rows) {
    if (supply.network.edges.size() == kSupplyEdgesMax) {
      supply.cut = true;
      break;
    }
    read += row.integer(4);
    const Unit unit = FindUnit(row.text(2));
    if (unit.dimension != Dimension::kMass) {
      supply.not_mass += row.integer(4);
      continue;
    }
    if (row.text(0) == row.text(1)) continue;  // between two premises of one operator
    const double kilograms = static_cast<double>(row.integer(3)) * static_cast<double>(unit.numerator) /
                             static_cast<double>(unit.denominator) / kGramsMicro;
    const auto from = place(row.text(0)), to = place(row.text(1));
    in.resize(supply.places.size());
    out.resize(supply.places.size());
    out[from] += kilograms;
    in[to] += kilograms;
    supply.movements += row.integer(4);
    supply.network.edges.push_back({from, to, kilograms});
  }
  supply.cut = supply.cut || read > kSupplyMovementsMax;
  for (SupplyPlace& one : supply.places) {
    ZHIAN_ASSIGN(const auto file,
                 db.Query("SELECT name, type FROM operator WHERE district=$d AND id=$1 LIMIT 1", {one.id}));
    one.on_file = !file.empty();
    one.name = file.empty() ? one.id : file.front().text(0);
    one.type = file.empty() ? "" : file.front().text(1);
    supply.network.places.push_back(one.id);
    supply.owner.push_back(static_cast<std::uint32_t>(supply.owner.size()));
  }
  // What came in and did not go on ended there; at least a hundredth, where more went on than is seen to have come.
  constexpr double kLeast = .01;
  for (std::size_t i = 0; i < supply.places.size(); ++i) {
    SupplyPlace& one = supply.places[i];
    const bool ends = IsRetail(one.type) ||
                      std::find(question.retail.begin(), question.retail.end(), one.id) != question.retail.end();
    if (!ends || in[i] <= 0 || out[i] <= 0) continue;  // where nothing goes on, the place is the end itself
    one.end = static_cast<tracing::PlaceIndex>(supply.network.places.size());
    supply.network.places.push_back(one.id + "#end");
    supply.owner.push_back(static_cast<std::uint32_t>(i));
    supply.network.edges.push_back(
        {static_cast<tracing::PlaceIndex>(i), one.end, std::max(in[i] - out[i], kLeast * in[i])});
  }
  return supply;
}

}  // namespace zhian::traceability
