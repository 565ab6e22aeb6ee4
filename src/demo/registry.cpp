#include "demo/registry.hpp"

#include <map>
#include <string_view>

#include "base/identifiers.hpp"
#include "desk/command.hpp"

namespace zhian::demo {
namespace json = boost::json;

namespace {

constexpr const char* kFamilies[] = {"阿", "白", "曾", "代", "鄂", "方", "高", "侯", "江", "康",
                                     "雷", "马", "倪", "潘", "邱", "任", "苏", "唐", "万", "夏"};

// An invented person: a family name, 示例, and the letter of the duty.
std::string PersonOf(const Filed& op, int which) {
  return std::string(kFamilies[(op.n * 7 + which) % 20]) + (which % 2 == 0 ? "示例" : "样本");
}

// The record as the registry answers it: its id and its version.
Result<json::object> Enter(desk::App& app, storage::Connection& db, const procedure::Actor& actor, const Filed& op,
                           const char* kind, json::object fields, const char* since = "") {
  return desk::TakeIn(
      app, db, actor, "file.record",
      {{"kind", kind}, {"operator_id", op.operator_id}, {"fields", std::move(fields)}, {"since", since}});
}

Status Change(desk::App& app, storage::Connection& db, const procedure::Actor& actor, json::object record,
              json::object fields, const char* since, const char* note) {
  record["fields"] = std::move(fields);
  record["since"] = since;
  record["note"] = note;
  ZHIAN_TRY(desk::TakeIn(app, db, actor, "file.record", record));
  return Ok();
}

bool MakesFood(const Filed& op) { return op.type == "food_producer" || op.type == "workshop"; }

struct Goods {
  const char *name, *category, *standard;
  int shelf_life_days;
};
const std::map<std::string_view, Goods>& GoodsOf() {
  static const std::map<std::string_view, Goods> kGoods{{"茶叶", {"峡谷绿茶", "茶叶及相关制品", "GB/T 14456.1", 540}},
                                                        {"豆制品", {"盐卤豆腐干", "豆制品", "GB 2712", 15}},
                                                        {"白酒", {"苞谷酒", "酒类", "GB/T 10781", 3650}},
                                                        {"糕点", {"荞麦糕", "糕点", "GB 7099", 30}},
                                                        {"面条", {"鲜切面", "粮食加工品", "GB/T 40636", 7}},
                                                        {"酱腌菜", {"山椒泡菜", "蔬菜制品", "GB 2714", 180}},
                                                        {"菜籽油", {"土榨菜籽油", "食用油", "GB/T 1536", 365}}};
  return kGoods;
}

Status Equipment(desk::App& app, storage::Connection& db, const procedure::Actor& actor, const Filed& op) {
  struct Unit {
    const char *name, *kind, *last, *next;
  };
  static constexpr Unit kUnits[] = {{"蒸汽锅炉", "boiler", "2026-03-18", "2027-03-17"},
                                    {"桥式起重机", "crane", "2025-06-10", "2027-06-09"},
                                    {"储气罐", "vessel", "2023-05-22", "2026-05-21"},
                                    {"场内叉车", "vehicle", "2026-07-06", "2027-07-05"}};
  const bool small_boiler = op.type == "workshop" && (op.industry == "白酒" || op.industry == "豆制品");
  if (op.type != "industrial" && op.type != "food_producer" && !small_boiler) return Ok();
  for (int i = 0; i < (op.type == "industrial" ? 2 : 1); ++i) {
    const Unit& unit = kUnits[op.type == "industrial" ? (op.n + i) % 4 : 0];
    const std::string number = std::to_string(10'000 + op.n * 10 + i);
    ZHIAN_TRY(Enter(app, db, actor, op, "equipment",
                    {{"name", unit.name},
                     {"equipment_class", unit.kind},
                     {"registration_code", "演示川L" + number.substr(1)},
                     {"equipment_state", "in_use"},
                     {"in_use_on", "2019-11-05"},
                     {"last_inspection_on", unit.last},
                     {"next_inspection_on", unit.next}},
                    "2019-11-05"));
  }
  ZHIAN_TRY(Enter(app, db, actor, op, "person",
                  {{"name", PersonOf(op, 3)},
                   {"person_duty", "equipment_operator"},
                   {"certificate_number", "TS演示" + std::to_string(op.n)},
                   {"certificate_valid_to", "2028-04-30"}},
                  "2024-05-01"));
  return Ok();
}

}  // namespace

Status FileFirst(desk::App& app, storage::Connection& db, const procedure::Actor& actor, const Filed& op) {
  const bool farm = op.type == "farm_household",
             sells = op.type == "shop" || op.type == "supermarket" || op.type == "market";
  ZHIAN_TRY(Enter(app, db, actor, op, "premises",
                  {{"name", op.name},
                   {"premises_type", farm    ? "farm"
                                     : sells ? "shop"
                                             : "workshop"},
                   {"address", "四川省乐山市金口河区（演示地址）"},
                   {"jurisdiction", op.place},
                   {"gln", op.gln}}));
  if (!farm)
    ZHIAN_TRY(Enter(app, db, actor, op, "person", {{"name", PersonOf(op, 0)}, {"person_duty", "person_in_charge"}}));
  return Ok();
}

Status FileRest(desk::App& app, storage::Connection& db, const procedure::Actor& actor, const Filed& op) {
  ZHIAN_TRY(Equipment(app, db, actor, op));
  if (!MakesFood(op)) return Ok();
  const auto goods = GoodsOf().find(op.industry);
  const bool tea = op.industry == "茶叶";
  if (goods != GoodsOf().end()) {
    const Goods& made = goods->second;
    json::object product{{"name", made.name},
                         {"category", made.category},
                         {"standard", made.standard},
                         {"unit", "kg"},
                         {"shelf_life_days", std::to_string(made.shelf_life_days)}};
    if (tea) {
      std::string gtin = "0690991234567";
      gtin += base::Gs1Check(gtin);
      product["name"] = "峡谷绿茶 250 g";
      product["gtin"] = gtin;
      product["specification"] = "250 g";
    }
    ZHIAN_TRY(Enter(app, db, actor, op, "product", std::move(product), "2023-05-10"));
  }
  ZHIAN_TRY(
      Enter(app, db, actor, op, "person",
            {{"name", PersonOf(op, 1)}, {"person_duty", "food_safety_officer"}, {"health_checked_on", "2026-04-15"}},
            "2022-11-01"));
  ZHIAN_TRY(Enter(app, db, actor, op, "person",
                  {{"name", PersonOf(op, 2)},
                   {"person_duty", "food_worker"},
                   {"health_checked_on", op.n % 5 == 0 ? "2025-07-20" : "2026-04-15"}},
                  "2022-11-01"));
  if (!tea) return Ok();
  // The tea factory in full: further premises, a second product, and who answered for quality before.
  ZHIAN_TRY(Enter(app, db, actor, op, "premises",
                  {{"name", "分装间"},
                   {"premises_type", "packing"},
                   {"address", "永胜乡建设村二组 18 号（演示）"},
                   {"area_m2", "60"}},
                  "2023-05-10"));
  ZHIAN_TRY(Enter(app, db, actor, op, "premises",
                  {{"name", "成品仓库"},
                   {"premises_type", "warehouse"},
                   {"address", "金河镇物流点 3 库（演示）"},
                   {"area_m2", "120"}},
                  "2024-02-01"));
  ZHIAN_TRY(Enter(app, db, actor, op, "product",
                  {{"name", "峡谷红茶 100 g"},
                   {"category", "茶叶及相关制品"},
                   {"standard", "GB/T 13738.1"},
                   {"specification", "100 g"},
                   {"unit", "kg"},
                   {"shelf_life_days", "540"}},
                  "2024-04-01"));
  ZHIAN_ASSIGN(const auto director,
               Enter(app, db, actor, op, "person",
                     {{"name", "林示例"}, {"person_duty", "food_safety_director"}, {"health_checked_on", "2025-04-12"}},
                     "2022-11-01"));
  return Change(app, db, actor, director,
                {{"name", "赵样例"}, {"person_duty", "food_safety_director"}, {"health_checked_on", "2026-04-15"}},
                "2026-03-01", "食品安全总监调整（演示）");
}

}  // namespace zhian::demo
