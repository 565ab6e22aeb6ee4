#include "rooms/traceability/goods/goods_book.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/json.hpp"
#include "base/text.hpp"
#include "rooms/traceability/store/movements.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::traceability {
namespace json = boost::json;

namespace {

constexpr storage::Migration kMigrations[] = {{"traceability/goods-1", R"sql(
CREATE TABLE goods_entry (
  district TEXT NOT NULL, id TEXT NOT NULL, operator_id TEXT NOT NULL, act TEXT NOT NULL, event_id TEXT NOT NULL, item TEXT NOT NULL, lot_no TEXT NOT NULL, product TEXT NOT NULL,
  quantity TEXT NOT NULL, unit TEXT NOT NULL, quantity_micro BIGINT NOT NULL, unit_code TEXT NOT NULL, partner_id TEXT, partner_name TEXT NOT NULL, partner_contact TEXT NOT NULL,
  at BIGINT NOT NULL, entered_at BIGINT NOT NULL, entered_by TEXT NOT NULL, keep_until BIGINT NOT NULL, withdrawn_at BIGINT NOT NULL, details TEXT NOT NULL, sender_key TEXT,
  PRIMARY KEY (district, id));
CREATE UNIQUE INDEX goods_by_sender ON goods_entry (district, entered_by, sender_key);
CREATE INDEX goods_of_operator ON goods_entry (district, operator_id, at, id);
CREATE INDEX goods_of_item ON goods_entry (district, item, operator_id);
CREATE INDEX goods_by_act ON goods_entry (district, act, at, operator_id);
)sql"}};

using Column = procedure::RecordColumn<GoodsRow>;
constexpr std::array kColumns{
    Column{.name = "id", .member = &GoodsRow::id, .told_in = kInGoods},
    Column{.name = "operator_id", .member = &GoodsRow::operator_id},
    Column{.name = "act",
           .member = &GoodsRow::act,
           .told_in = kInGoods,
           .said_as = "act",
           .type = "choice",
           .args = "received|sent|made|processed|sold|discarded",
           .must_be_said = true,
           .titles = "种类|类别|进出"},
    Column{.name = "event_id", .member = &GoodsRow::event_id, .told_in = kInGoods},
    Column{.name = "item", .member = &GoodsRow::item, .told_in = kInGoods, .said_as = "item"},
    Column{.name = "lot_no",
           .member = &GoodsRow::lot_no,
           .told_in = kInGoods,
           .said_as = "lot_no",
           .titles = "批号|生产批号"},
    Column{.name = "product",
           .member = &GoodsRow::product,
           .told_in = kInGoods,
           .said_as = "product",
           .titles = "品名|名称|产品名称|商品名称"},
    Column{.name = "quantity",
           .member = &GoodsRow::quantity,
           .told_in = kInGoods,
           .said_as = "quantity",
           .type = "decimal",
           .must_be_said = true,
           .titles = "数量"},
    Column{.name = "unit",
           .member = &GoodsRow::unit,
           .told_in = kInGoods,
           .said_as = "unit",
           .must_be_said = true,
           .titles = "单位|计量单位"},
    Column{.name = "partner_id", .member = &GoodsRow::partner_id, .empty_is_null = true, .said_as = "partner_id"},
    Column{.name = "partner_name",
           .member = &GoodsRow::partner_name,
           .told_in = kInGoods,
           .said_as = "partner_name",
           .titles = "对方|供货者|供货商|供应商|购货者|客户|往来单位"},
    Column{.name = "partner_contact",
           .member = &GoodsRow::partner_contact,
           .told_in = kInGoods,
           .said_as = "partner_contact",
           .titles = "联系方式|电话|地址"},
    Column{.name = "at", .member = &GoodsRow::at},
    Column{.name = "entered_at", .member = &GoodsRow::entered_at},
    Column{.name = "entered_by", .member = &GoodsRow::entered_by, .told_in = kInGoods},
    Column{.name = "keep_until", .member = &GoodsRow::keep_until},
    Column{.name = "withdrawn_at", .member = &GoodsRow::withdrawn_at},
    Column{.name = "produced_on",
           .member = &GoodsRow::produced_on,
           .within_json = true,
           .told_in = kInGoods,
           .told_if_any = true,
           .said_as = "produced_on",
           .type = "date",
           .titles = "生产日期"},
    Column{.name = "shelf_life_days",
           .member = &GoodsRow::shelf_life_days,
           .within_json = true,
           .told_in = kInGoods,
           .told_if_any = true,
           .said_as = "shelf_life_days",
           .type = "integer",
           .titles = "保质期|保质期（天）"},
    Column{.name = "certificate",
           .member = &GoodsRow::certificate,
           .within_json = true,
           .told_in = kInGoods,
           .told_if_any = true,
           .said_as = "certificate",
           .titles = "合格证明|合格证号|检验合格证号"},
    Column{.name = "specification",
           .member = &GoodsRow::specification,
           .within_json = true,
           .told_in = kInGoods,
           .told_if_any = true,
           .said_as = "specification",
           .titles = "规格|规格型号"},
    Column{.name = "details", .member = &GoodsRow::details},
};
constexpr int kStockLots = 50;

Result<GoodsRow> RowOf(const storage::Row& stored) {
  GoodsRow row;
  ZHIAN_TRY(procedure::ReadColumns(GoodsColumns(), stored, row));
  return row;
}

const std::string& SelectGoods() {
  static const std::string kSelect = "SELECT " + procedure::ColumnList(GoodsColumns()) + " FROM goods_entry ";
  return kSelect;
}

std::string Plain(double value) {
  std::string text = std::to_string(value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::span<const storage::Migration> GoodsMigrations() { return kMigrations; }

std::span<const procedure::RecordColumn<GoodsRow>> GoodsColumns() { return kColumns; }

procedure::MoreColumns GoodsIndexColumns(std::int64_t micro, const std::string& code, const std::string& sender_key) {
  return {{"quantity_micro", micro}, {"unit_code", code}, {"sender_key", storage::OrNull(sender_key)}};
}

GoodsWords SaidGoods(const std::function<std::string(procedure::Text)>& said) {
  GoodsRow row;
  procedure::TakeSaid(GoodsColumns(), row, said);
  return row;
}

Result<Party> LoadParty(storage::Connection& db, const std::string& id) {
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query(
          "SELECT id, name, type, state, address, jurisdiction, matter_id, stopped FROM operator WHERE district=$d AND id=$1 LIMIT 1",
          {id}));
  if (rows.empty()) return MakeError(ErrorCode::kNotFound, "没有这个主体，请从列表选择或写下名称");
  const auto& r = rows.front();
  return Party{r.text(0), r.text(1), r.text(2), r.text(3), r.text(4), r.text(5), r.text(6), r.integer(7) != 0};
}

std::string PlaceName(const std::string& code) {
  const bool number = code.size() == 13 && code.find_first_not_of("0123456789") == std::string::npos;
  return (number ? "https://id.gs1.org/414/" : "urn:zhian:place:") + code;
}

Status InsertGoods(storage::Connection& db, const GoodsRow& row, std::int64_t micro, const std::string& code,
                   const std::string& sender_key) {
  return procedure::InsertRecord(db, "goods_entry", GoodsColumns(), row, GoodsIndexColumns(micro, code, sender_key));
}

Result<GoodsRow> LoadGoods(storage::Connection& db, std::string_view id) {
  ZHIAN_ASSIGN(const auto rows, db.Query(SelectGoods() + "WHERE district=$d AND id=$1 LIMIT 1", {std::string(id)}));
  if (rows.empty()) return MakeError(ErrorCode::kNotFound, "没有这一笔登记");
  return RowOf(rows.front());
}

Result<bool> IsEntered(storage::Connection& db, std::string_view account_id, std::string_view key) {
  ZHIAN_ASSIGN(const auto rows,
               db.Query("SELECT 1 FROM goods_entry WHERE district=$d AND entered_by=$1 AND sender_key=$2 LIMIT 1",
                        {std::string(account_id), std::string(key)}));
  return !rows.empty();
}

Result<std::vector<GoodsRow>> ListGoods(storage::Connection& db, const GoodsQuery& query) {
  std::vector<storage::Value> values{query.operator_id};
  std::string where = "WHERE district=$d AND operator_id=$1";
  const auto bind = [&](storage::Value value) {
    values.push_back(std::move(value));
    return "$" + std::to_string(values.size());
  };
  if (!query.act.empty()) where += " AND act=" + bind(query.act);
  if (query.from != 0) where += " AND at>=" + bind(query.from);
  if (query.to != 0) where += " AND at<=" + bind(query.to);
  if (!query.text.empty()) {
    const std::string text = bind(base::LikePattern(query.text));
    where += " AND (product LIKE " + text + " ESCAPE '\\' OR lot_no LIKE " + text +
             " ESCAPE '\\' OR partner_name LIKE " + text + " ESCAPE '\\')";
  }
  if (query.before_at != 0) {
    const std::string at = bind(query.before_at);
    where += " AND (at, id) < (" + at + "," + bind(query.before_id) + ")";
  }
  where += " ORDER BY at DESC, id DESC LIMIT " + bind(std::int64_t{query.limit} + 1);
  ZHIAN_ASSIGN(const auto found, db.Query(SelectGoods() + where, std::span<const storage::Value>(values)));
  std::vector<GoodsRow> rows;
  for (const auto& row : found) {
    ZHIAN_ASSIGN(GoodsRow one, RowOf(row));
    rows.push_back(std::move(one));
  }
  return rows;
}

Result<std::vector<OnTheWay>> GoodsOnTheWay(storage::Connection& db, std::string_view operator_id) {
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query(
          "SELECT h.item, l.lot_no, l.product, m.quantity_micro, m.unit, a.place, m.departed_at, o.id, o.name FROM premises p CROSS JOIN trace_site s CROSS JOIN holding h CROSS JOIN movement m "
          "JOIN holding a ON a.district=$d AND a.id=m.from_holding LEFT JOIN lot l ON l.district=$d AND l.item=h.item JOIN trace_site b ON b.district=$d AND b.id=a.site "
          "LEFT JOIN premises q ON q.district=$d AND q.gln=b.site LEFT JOIN operator o ON o.district=$d AND o.id=q.operator_id "
          "WHERE p.district=$d AND p.operator_id=$1 AND p.gln<>'' AND s.district=$d AND s.site=p.gln AND h.district=$d AND h.site=s.id AND m.district=$d AND m.to_holding=h.id "
          "AND m.kind='moved' AND m.received_by=0 ORDER BY m.departed_at DESC, +m.seq DESC LIMIT 50",
          {std::string(operator_id)}));
  std::vector<OnTheWay> list;
  for (const auto& r : rows)
    list.push_back({r.text(0), r.text(1), r.text(2), Plain(static_cast<double>(r.integer(3)) / 1e6), r.text(4),
                    r.text(5), r.text(7), r.text(8), r.integer(6)});
  return list;
}

Result<std::vector<Stock>> GoodsInStock(storage::Connection& db, std::string_view operator_id) {
  const std::string owner(operator_id);
  ZHIAN_ASSIGN(
      const auto lots,
      db.Query(
          "SELECT h.id, l.item, l.lot_no, l.product, l.unit, CASE WHEN l.held<>0 OR EXISTS (SELECT 1 FROM lot_hold k WHERE k.district=$d AND k.item=l.item AND k.freed_at=0 AND k.at_operator=$1) THEN 1 ELSE 0 END FROM premises p CROSS JOIN trace_site s CROSS JOIN holding h JOIN lot l ON l.district=$d AND l.item=h.item "
          "WHERE p.district=$d AND p.operator_id=$1 AND p.gln<>'' AND s.district=$d AND s.site=p.gln AND h.district=$d AND h.site=s.id ORDER BY l.last_seen_at DESC, h.id DESC LIMIT $2",
          {owner, std::int64_t{kStockLots} * 4}));
  std::vector<Stock> list;
  for (const auto& lot : lots) {
    const std::string item = lot.text(1);
    if (std::any_of(list.begin(), list.end(), [&](const Stock& s) { return s.item == item; }))
      continue;  // at two places of one operator
    const Unit unit = FindUnit(lot.text(4));
    std::int64_t left = 0;
    bool counted = true;
    const auto add = [&](std::int64_t micro, const std::string& name, int sign) {
      const auto base = AreComparable(name, lot.text(4)) ? ToBase(micro, FindUnit(name)) : std::nullopt;
      if (base)
        left += sign * *base;
      else
        counted = false;
    };
    ZHIAN_ASSIGN(
        const auto moves,
        db.Query(
            "SELECT m.kind, m.from_holding, m.to_holding, m.quantity_micro, m.unit, m.shipped_by, m.received_by FROM movement m WHERE m.district=$d AND (m.from_holding=$1 OR m.to_holding=$1) LIMIT 5000",
            {lot.integer(0)}));
    for (const auto& m : moves) {
      const MovementKind kind = KindOf(m.text(0));
      const bool in = m.integer(2) == lot.integer(0), out = m.integer(1) == lot.integer(0);
      if (kind == MovementKind::kMade)
        add(m.integer(3), m.text(4), 1);
      else if (kind == MovementKind::kMoved && in && m.integer(6) != 0)
        add(m.integer(3), m.text(4), 1);
      else if (kind == MovementKind::kMoved && out && m.integer(5) != 0)
        add(m.integer(3), m.text(4), -1);
      else if (kind == MovementKind::kTransformed && out)
        add(m.integer(3), m.text(4), -1);
    }
    ZHIAN_ASSIGN(
        const auto gone,
        db.Query(
            "SELECT quantity_micro, unit_code FROM goods_entry WHERE district=$d AND item=$1 AND operator_id=$2 AND withdrawn_at=0 AND act IN ('sold','discarded') LIMIT 5000",
            {item, owner}));
    for (const auto& g : gone) add(g.integer(0), g.text(1), -1);
    if (counted && left > 0)
      list.push_back({item, lot.text(2), lot.text(3), lot.text(4), Shown(left, unit), lot.integer(5) != 0});
    if (list.size() >= static_cast<std::size_t>(kStockLots)) break;
  }
  return list;
}

}  // namespace zhian::traceability
