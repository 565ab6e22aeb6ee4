// The check at the door: what the files say of supplier, producer and lot at this moment.
#include <algorithm>

#include "base/json.hpp"
#include "procedure/ask.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/matter.hpp"
#include "rooms/traceability/goods/goods.hpp"
#include "rooms/traceability/goods/goods_book.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/holds.hpp"

namespace zhian::traceability {
using Verdict = CheckPoint::Verdict;

namespace {

constexpr int kOpenRecallsMax = 500;  // a district has a few at a time

struct Points {
  std::vector<CheckPoint> list;
  void Add(std::string_view id, Verdict verdict, Message text, std::string matter_id = {}) {
    list.push_back({id, verdict, std::move(text), std::move(matter_id)});
  }
};

// Who makes food in an establishment needs a permit for it (food safety law art 35); workshops and households are filed
// instead.
bool NeedsPermit(const Party& op) { return op.type == "food_producer"; }

Status CheckPermit(storage::Connection& db, const GoodsDoor& door, const Party& op, base::Date on, Points& points) {
  const std::int64_t from = base::StartOfDay(on).ms;
  ZHIAN_ASSIGN(const auto permits,
               procedure::AskWithoutMatter(door.services, db, door.now, "operator.permits", {{"operator_id", op.id}}));
  std::string other, other_id;  // of the permit that is valid longest, where none is valid on the day
  for (const auto& one : permits.is_array() ? permits.get_array() : boost::json::array{}) {
    const auto* permit = one.if_object();
    if (permit == nullptr || base::TextAt(*permit, "number").empty()) continue;
    const std::string number(base::TextAt(*permit, "number")), id(base::TextAt(*permit, "id"));
    const auto ms = [&](const char* name) { return static_cast<std::int64_t>(base::NumberAt(*permit, name)); };
    if (ms("valid_from") <= from && (ms("valid_to") == 0 || ms("valid_to") >= from) &&
        (ms("ended_at") == 0 || ms("ended_at") > from)) {
      points.Add("permit", Verdict::kGood, Say("“{}”的许可证 {} 在 {} 有效", op.name, number, base::FormatDate(on)),
                 id);
      return Ok();
    }
    if (other.empty()) other = number, other_id = id;
  }
  if (!other.empty())
    points.Add("permit", Verdict::kStop, Say("“{}”的许可证 {} 在 {} 无效", op.name, other, base::FormatDate(on)),
               other_id);
  else if (NeedsPermit(op))
    points.Add("permit", Verdict::kStop, Say("“{}”没有食品生产许可证", op.name));
  else
    points.Add("permit", Verdict::kAsk, Say("“{}”没有许可证在档，请查验其证照", op.name));
  return Ok();
}

Status CheckOperator(storage::Connection& db, const Party& op, Points& points) {
  if (op.state == "closed" || op.state == "merged" || op.state == "rejected")
    points.Add("supplier", Verdict::kStop, Say("“{}”的档案已终止", op.name), op.matter_id);
  else if (op.stopped)
    points.Add("supplier", Verdict::kStop, Say("“{}”现在不得生产经营", op.name), op.matter_id);
  else
    points.Add("supplier", Verdict::kGood, Say("“{}”已建档", op.name), op.matter_id);
  for (const procedure::Kind& kind : procedure::Kinds()) {
    if (!Has(kind, procedure::Mark::kWarnsBuyers)) continue;
    ZHIAN_ASSIGN(const auto listings, procedure::LoadMattersOfOperator(db, op.id, kind.id));
    const auto listed = std::find_if(listings.begin(), listings.end(),
                                     [](const auto& m) { return procedure::Means(m, procedure::Meaning::kInForce); });
    if (listed == listings.end()) continue;
    points.Add("listing", Verdict::kAsk, Say("“{}”已列入严重违法失信名单", op.name), listed->id);
    break;
  }
  return Ok();
}

// Under recall from the moment on which it is running; held by any measure.
Status CheckLot(storage::Connection& db, const std::string& item, const std::string& receiver, Points& points,
                bool& hazard) {
  ZHIAN_ASSIGN(const auto lot, db.Query("SELECT lot_no FROM lot WHERE district=$d AND item=$1 LIMIT 1", {item}));
  if (lot.empty()) return Ok();
  ZHIAN_ASSIGN(
      const auto open,
      db.Query(
          "SELECT id FROM matter WHERE district=$d AND kind='recall' AND terminal=0 AND flags NOT LIKE '%training%' ORDER BY id DESC LIMIT $1",
          {std::int64_t{kOpenRecallsMax}}));
  for (const auto& row : open) {
    ZHIAN_ASSIGN(const auto recall, procedure::LoadMatter(db, row.text(0)));
    if (recall.state != "running" && recall.state != "evaluating") continue;
    bool recalled = false;
    for (const std::string& named : LotsOf(recall)) {
      if (named != item && named != lot.front().text(0)) continue;
      ZHIAN_ASSIGN(const auto meant, LotMeant(db, recall, named));  // another producer may use the number too
      recalled = recalled || meant.item == item;
    }
    if (!recalled) continue;
    hazard = true;
    points.Add("recall", Verdict::kStop, Say("批次 {} 正在召回（{}）", lot.front().text(0), recall.number), recall.id);
    return Ok();
  }
  ZHIAN_ASSIGN(const auto holds, HoldsOn(db, item, receiver, ""));
  if (holds.empty()) {
    points.Add("lot", Verdict::kGood, Say("批次 {} 没有召回，也没有封存", lot.front().text(0)));
    return Ok();
  }
  hazard = true;
  points.Add("lot", Verdict::kStop, Say("批次 {} 已封存或停售", lot.front().text(0)));
  return Ok();
}

}  // namespace

bool GoodsCheck::stops() const {
  return std::any_of(points.begin(), points.end(),
                     [](const CheckPoint& point) { return point.verdict == Verdict::kStop; });
}

Result<GoodsCheck> CheckIncoming(storage::Connection& db, const GoodsDoor& door, const GoodsEntry& entry,
                                 const std::string& item) {
  Points points;
  GoodsCheck check;
  std::string supplier_type;
  if (entry.partner_id.empty()) {
    points.Add("supplier", Verdict::kAsk,
               entry.partner_name.empty() ? Say("没有写明供货者")
                                          : Say("“{}”没有建档，请留下其证照和联系方式", entry.partner_name));
  } else {
    ZHIAN_ASSIGN(const auto supplier, LoadParty(db, entry.partner_id));
    supplier_type = supplier.type;
    ZHIAN_TRY(CheckOperator(db, supplier, points));
    if (supplier.type != "farm_household")
      ZHIAN_TRY(CheckPermit(db, door, supplier, base::LocalDate(door.now), points));
  }
  if (!item.empty()) {
    ZHIAN_ASSIGN(const auto lot,
                 db.Query("SELECT operator_id, produced_at FROM lot WHERE district=$d AND item=$1 LIMIT 1", {item}));
    const std::string producer_id = lot.empty() ? std::string{} : lot.front().text(0);
    if (!producer_id.empty() && producer_id != entry.partner_id && producer_id != entry.operator_id &&
        lot.front().integer(1) > 0) {
      ZHIAN_ASSIGN(const auto producer, LoadParty(db, producer_id));
      if (NeedsPermit(producer))
        ZHIAN_TRY(CheckPermit(db, door, producer, base::LocalDate(base::Instant{lot.front().integer(1)}), points));
    }
    ZHIAN_TRY(CheckLot(db, item, entry.operator_id, points, check.hazard));
  }
  // The compliance certificate goes with farm products from whoever grows them (Agricultural product quality and safety
  // law art 39).
  if (GrowsGoods(supplier_type)) {
    if (entry.certificate.empty() && entry.attachments.empty())
      points.Add("certificate", Verdict::kAsk, "没有登记承诺达标合格证，请索取或拍照留存");
    else
      points.Add("certificate", Verdict::kGood, "已登记承诺达标合格证");
  } else if (entry.certificate.empty() && entry.attachments.empty()) {
    points.Add("certificate", Verdict::kAsk, "没有登记出厂检验合格证或其他合格证明，请索取或拍照留存");
  } else {
    points.Add("certificate", Verdict::kGood, "已登记合格证明");
  }
  check.points = std::move(points.list);
  return check;
}

}  // namespace zhian::traceability
