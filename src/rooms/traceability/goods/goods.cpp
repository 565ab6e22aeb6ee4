#include "rooms/traceability/goods/goods.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include "base/json.hpp"
#include "base/text.hpp"
#include "engines/epcis/identifiers.hpp"
#include "ledger/ledger.hpp"
#include "rooms/traceability/goods/goods_book.hpp"
#include "rooms/traceability/store/capture.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::traceability {
namespace json = boost::json;

namespace {

constexpr std::size_t kInputsMax = 20, kTextMax = 200, kAttachmentsMax = 10;
constexpr std::int64_t kYearMs = 366LL * 86'400'000;

// Packages have codes of their own (UN/ECE Recommendation 21, behind an X): they hold what they hold and convert to
// nothing.
constexpr std::pair<std::string_view, std::string_view> kPackages[] = {{"箱", "XCT"}, {"盒", "XBX"}, {"袋", "XBG"},
                                                                       {"瓶", "XBO"}, {"包", "XPK"}, {"桶", "XBJ"}};

struct Measured {
  std::int64_t micro = 0;
  std::string code;  // as events say it
};

// "12.5" in millionths; none: no plain decimal, zero, or beyond a thousand million.
std::optional<std::int64_t> MicroOf(std::string_view text) {
  std::int64_t whole = 0, part = 0;
  int digits = 0, decimals = -1;
  for (const char c : text) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9' || ++digits > 16) return std::nullopt;
    if (decimals < 0)
      whole = whole * 10 + (c - '0');
    else if (++decimals > 6)
      return std::nullopt;
    else
      part = part * 10 + (c - '0');
    if (whole > 1'000'000'000) return std::nullopt;
  }
  for (int i = std::max(decimals, 0); i < 6; ++i) part *= 10;
  const std::int64_t micro = whole * 1'000'000 + part;
  return micro > 0 ? std::optional(micro) : std::nullopt;
}

std::optional<Measured> Measure(const std::string& quantity, const std::string& unit_name) {
  const auto micro = MicroOf(base::Trim(quantity));
  if (!micro) return std::nullopt;
  const std::string name = base::Trim(unit_name);
  for (const auto& [word, code] : kPackages)
    if (name == word || name == code) return Measured{*micro, std::string(code)};
  const Unit unit = FindUnit(name);
  const std::string_view code = UnitOf(unit.dimension);
  if (code.empty()) return std::nullopt;
  const auto base = ToBase(*micro, unit);
  const auto said = base ? FromBase(*base, FindUnit(code)) : std::nullopt;
  return said && *said > 0 ? std::optional(Measured{*said, std::string(code)}) : std::nullopt;
}

std::string LettersAndDigits(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 && out.size() < 24) out += c;
  return out;
}

// The same words of the same maker name the same lot, whoever enters it first.
std::string LotOfWords(const std::string& maker, const std::string& product, const std::string& lot_no) {
  static constexpr std::string_view kLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
  const auto digest = base::Sha256(maker + "\n" + base::Fold(product) + "\n" + base::Fold(lot_no));
  std::string tail;
  for (std::size_t i = 0; i < 8; ++i) tail += kLetters[digest[i] % kLetters.size()];
  const std::string head = LettersAndDigits(lot_no);
  return "urn:zhian:lot:" + (head.empty() ? "" : head + "-") + tail;
}

// One entry on its way into the book.
class Entering {
 public:
  Entering(storage::Connection& db, const GoodsDoor& door, const GoodsEntry& entry)
      : db_(db), door_(door), entry_(entry), today_(base::LocalDate(door.now)) {}

  Result<GoodsRow> Run() {
    if (!entry_.key.empty()) {
      ZHIAN_ASSIGN(const auto sent,
                   db_.Query("SELECT id FROM goods_entry WHERE district=$d AND entered_by=$1 AND sender_key=$2 LIMIT 1",
                             {door_.account_id, entry_.key}));
      if (!sent.empty()) return LoadGoods(db_, sent.front().text(0));
    }
    ZHIAN_TRY(ReadWords());
    ZHIAN_TRY(ReadPlaces());
    ZHIAN_TRY(ReadGoods());
    if (!errors_.empty()) return NeedsMending(std::move(errors_));
    if (entry_.act == "received") {
      ZHIAN_ASSIGN(const GoodsCheck check, CheckIncoming(db_, door_, entry_, is_new_ ? std::string{} : row_.item));
      if (check.stops()) return Refused(check);
      row_.details["check"] = CheckView(check);
    }
    ZHIAN_TRY(Capture());
    return Store();
  }

 private:
  void Fail(std::string pointer, std::string key, Message message) {
    errors_.push_back({(pointer == "/attachments" ? "" : "/fields") + pointer, std::move(key), std::move(message)});
  }
  [[nodiscard]] bool Is(std::initializer_list<std::string_view> acts) const {
    return std::find(acts.begin(), acts.end(), entry_.act) != acts.end();
  }

  std::string Line(const std::string& text, const char* pointer) {
    std::string line = base::Trim(text);
    if (line.size() > kTextMax || !base::IsValidUtf8(line) ||
        std::any_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
      Fail(pointer, "error.value", "写得太长或有不能用的字符，请改短");
      line.clear();
    }
    return line;
  }

  Status ReadWords() {
    if (!IsGoodsAct(entry_.act)) Fail("/act", "error.choose", "选择登记的种类：收货、出货、自产、加工、零售、报废");
    entry_.product = Line(entry_.product, "/product");
    entry_.lot_no = Line(entry_.lot_no, "/lot_no");
    entry_.partner_name = Line(entry_.partner_name, "/partner_name");
    entry_.partner_contact = Line(entry_.partner_contact, "/partner_contact");
    entry_.certificate = Line(entry_.certificate, "/certificate");
    entry_.specification = Line(entry_.specification, "/specification");
    if (entry_.at.ms > door_.now.ms + 5 * 60'000) Fail("/at", "error.value", "时间不能晚于现在");
    if (entry_.at.ms < door_.now.ms - kYearMs) Fail("/at", "error.value", "只能补登一年以内的进出货");
    if (const auto day = base::ParseDate(entry_.produced_on); !entry_.produced_on.empty() && !day.ok())
      Fail("/produced_on", "error.value", "填写日期，例如 2026-11-24");
    else if (day.ok() && *day > base::LocalDate(entry_.at))
      Fail("/produced_on", "error.value", "生产日期不能晚于进出货的时间");
    if (!entry_.shelf_life_days.empty() &&
        (entry_.shelf_life_days.size() > 5 ||
         entry_.shelf_life_days.find_first_not_of("0123456789") != std::string::npos))
      Fail("/shelf_life_days", "error.value", "保质期填写天数，例如 180");
    if (entry_.attachments.size() > kAttachmentsMax)
      Fail("/attachments", "error.value", Say("一次最多附 {} 个文件", kAttachmentsMax));
    for (const std::string& digest : entry_.attachments) {
      ZHIAN_ASSIGN(const auto known,
                   db_.Query("SELECT 1 FROM attachment WHERE district=$d AND sha256=$1 LIMIT 1", {digest}));
      if (known.empty()) Fail("/attachments", "error.choose", "附件还没有上传完，请重新选择文件");
    }
    return Ok();
  }

  Status ReadPlaces() {
    ZHIAN_ASSIGN(const auto self, LoadParty(db_, entry_.operator_id));
    own_jurisdiction_ = self.jurisdiction;
    grows_ = GrowsGoods(self.type);
    ZHIAN_ASSIGN(place_, PlaceOf(self));
    if (!Is({"received", "sent"})) {
      entry_.partner_id.clear();
      entry_.partner_name.clear();
      return Ok();
    }
    if (!entry_.partner_id.empty()) {
      if (entry_.partner_id == entry_.operator_id) Fail("/partner_id", "error.choose", "供货者和购货者不能是自己");
      const auto partner = LoadParty(db_, entry_.partner_id);
      if (!partner.ok()) {
        Fail("/partner_id", "error.choose", "没有这个主体，请从列表选择或写下名称");
        return Ok();
      }
      entry_.partner_name = partner->name;
      ZHIAN_ASSIGN(partner_place_, PlaceOf(*partner));
      return Ok();
    }
    if (entry_.partner_name.empty()) {
      Fail("/partner_name", "error.fill", entry_.act == "received" ? "填写供货者" : "填写购货者");
      return Ok();
    }
    // Whose whole name is that of one file is that operator.
    ZHIAN_ASSIGN(
        const auto named,
        db_.Query(
            "SELECT id FROM operator WHERE district=$d AND name=$1 AND id<>$2 AND state NOT IN ('rejected','closed','merged') ORDER BY id LIMIT 2",
            {entry_.partner_name, entry_.operator_id}));
    if (named.size() == 1) {
      entry_.partner_id = named.front().text(0);
      return ReadPlaces();
    }
    ZHIAN_ASSIGN(partner_place_, PlaceOfWords(entry_.partner_name, entry_.partner_contact));
    return Ok();
  }

  // Premises without a location number, and partners without a file, get a row by which goods are located; the name
  // goes with it.
  Result<std::string> PlaceOf(const Party& op) {
    ZHIAN_ASSIGN(
        const auto rows,
        db_.Query(
            "SELECT gln FROM premises WHERE district=$d AND operator_id=$1 AND gln<>'' ORDER BY CASE WHEN gln LIKE 'op-%' THEN 1 ELSE 0 END, id LIMIT 1",
            {op.id}));
    if (!rows.empty()) return PlaceName(rows.front().text(0));
    ZHIAN_TRY(AddPlace("op-" + op.id, op.id, op.name, op.address, op.jurisdiction));
    return PlaceName("op-" + op.id);
  }
  Result<std::string> PlaceOfWords(const std::string& name, const std::string& contact) {
    const std::string code = "party-" + base::HexSha256(base::Fold(name) + "\n" + base::Fold(contact)).substr(0, 20);
    ZHIAN_ASSIGN(const auto known, db_.Query("SELECT 1 FROM premises WHERE district=$d AND gln=$1 LIMIT 1", {code}));
    if (known.empty()) ZHIAN_TRY(AddPlace(code, "", name, contact, own_jurisdiction_));
    return PlaceName(code);
  }
  Status AddPlace(const std::string& code, const std::string& operator_id, const std::string& name,
                  const std::string& address, const std::string& jurisdiction) {
    const std::string id = base::NewUuid7(door_.now);
    ZHIAN_TRY(db_.Execute(
        "INSERT INTO premises (district, id, operator_id, name, address, jurisdiction, gln, kind) VALUES ($d,$1,$2,$3,$4,$5,$6,'unlocated')",
        {id, operator_id, name, address, jurisdiction, code}));
    new_places_.push_back(id);
    return Ok();
  }

  Status ReadGoods() {
    row_.act = entry_.act;
    const auto amount = Measure(entry_.quantity, entry_.unit);
    if (!amount)
      Fail("/quantity", "error.value",
           "填写数量和单位，例如 12.5 斤；单位可用 公斤、斤、克、吨、升、件、箱、袋、瓶、盒、包、桶");
    else
      amount_ = *amount;
    if (entry_.lot_no.empty()) entry_.lot_no = entry_.produced_on.empty() ? std::string{} : entry_.produced_on;
    ZHIAN_TRY(FindLot());
    for (std::size_t i = 0; i < entry_.inputs.size() && i < kInputsMax; ++i) {
      const std::string pointer = "/inputs/" + std::to_string(i);
      const auto& input = entry_.inputs[i];
      const auto found = FindItem(db_, input.item);
      const auto measured = Measure(input.quantity, input.unit);
      if (!found.ok()) Fail(pointer + "/item", "error.choose", "选择用了哪一批原料");
      if (!measured)
        Fail(pointer, "error.value",
             "填写数量和单位，例如 12.5 斤；单位可用 公斤、斤、克、吨、升、件、箱、袋、瓶、盒、包、桶");
      if (found.ok() && measured) inputs_.emplace_back(*found, *measured);
    }
    if (entry_.inputs.size() > kInputsMax) Fail("/inputs", "error.value", Say("一次最多填 {} 种原料", kInputsMax));
    if (entry_.act == "processed" && entry_.inputs.empty()) Fail("/inputs", "error.fill", "填写用了哪些原料");
    return Ok();
  }

  // The lot that is named, or found by its words, or made of them.
  Status FindLot() {
    const std::string given = base::Trim(entry_.item);
    if (given.size() > 300) {
      Fail("/item", "error.value", "批次编码太长，请核对");
      return Ok();
    }
    if (!given.empty()) {
      if (const auto known = FindItem(db_, epcis::CanonicalId(given)); known.ok()) return UseLot(*known);
      if (given.find(':') != std::string::npos) {  // scanned, not seen before
        row_.item = epcis::CanonicalId(given);
        is_new_ = true;
        if (entry_.product.empty()) Fail("/product", "error.fill", "填写品名");
        return Ok();
      }
      if (entry_.lot_no.empty()) entry_.lot_no = given;
    }
    if (entry_.product.empty()) {
      Fail("/product", "error.fill", "填写品名");
      return Ok();
    }
    const bool goes_out = Is({"sent", "sold", "discarded"});
    if (goes_out) {
      ZHIAN_ASSIGN(const auto stock, GoodsInStock(db_, entry_.operator_id));
      std::vector<const Stock*> fits;
      for (const Stock& one : stock)
        if (base::Fold(one.product) == base::Fold(entry_.product) &&
            (entry_.lot_no.empty() || one.lot_no == entry_.lot_no))
          fits.push_back(&one);
      if (fits.size() > 1)
        Fail("/item", "error.choose", Say("“{}”有 {} 个批次在库，请选择是哪一批", entry_.product, fits.size()));
      if (fits.size() == 1) return UseLot(fits.front()->item);
      if (!fits.empty()) return Ok();
      if (!grows_) {
        Fail("/product", "error.value", Say("库里没有“{}”，请先登记收货、自产或加工", entry_.product));
        return Ok();
      }
      makes_ = true;  // what a household sells from its field was made there on the day
    }
    const std::string maker = entry_.act != "received"    ? entry_.operator_id
                              : entry_.partner_id.empty() ? base::Fold(entry_.partner_name)
                                                          : entry_.partner_id;
    if (entry_.lot_no.empty()) {
      // Loose goods of a day are a lot of their own; its number tells apart what several makers have of the same day.
      const std::string day = base::FormatDate(base::LocalDate(entry_.at)),
                        tail = LotOfWords(maker, entry_.product, day);
      entry_.lot_no = LettersAndDigits(day) + "-" + tail.substr(tail.size() - 4);
    }
    ZHIAN_ASSIGN(
        const auto same,
        db_.Query(
            "SELECT item, product FROM lot WHERE district=$d AND lot_no=$1 AND operator_id=$2 ORDER BY item LIMIT 20",
            {entry_.lot_no, maker}));
    for (const auto& lot : same)
      if (base::Fold(lot.text(1)) == base::Fold(entry_.product)) return UseLot(lot.text(0));
    row_.item = LotOfWords(maker, entry_.product, entry_.lot_no);
    ZHIAN_ASSIGN(const auto known, db_.Query("SELECT 1 FROM lot WHERE district=$d AND item=$1 LIMIT 1", {row_.item}));
    is_new_ = known.empty();
    return Ok();
  }

  Status UseLot(const std::string& item) {
    row_.item = item;
    ZHIAN_ASSIGN(const auto lot,
                 db_.Query("SELECT product, lot_no FROM lot WHERE district=$d AND item=$1 LIMIT 1", {item}));
    if (lot.empty()) return Ok();
    if (entry_.product.empty() || !lot.front().text(0).empty())
      entry_.product = lot.front().text(0).empty() ? entry_.product : lot.front().text(0);
    if (entry_.product.empty()) Fail("/product", "error.fill", "填写品名");
    entry_.lot_no = lot.front().text(1);
    return Ok();
  }

  [[nodiscard]] Error Refused(const GoodsCheck& check) const {
    std::vector<FieldError> reasons;
    for (const CheckPoint& point : check.points)
      if (point.verdict == CheckPoint::Verdict::kStop)
        reasons.push_back(
            {"/check/" + std::string(point.id), check.hazard ? "goods.hazard" : "goods.stop", point.text});
    return MakeError(ErrorCode::kConflict,
                     check.hazard ? "这批货不能收，也不能退：请就地封存并报告" : "这批货不能收：请补齐凭证，或登记拒收",
                     std::move(reasons));
  }

  [[nodiscard]] json::object Head(const char* type, const char* step, const std::string& id, base::Instant at) const {
    return {{"type", type},
            {"eventID", "urn:uuid:" + id},
            {"eventTime", base::FormatInstant(at)},
            {"eventTimeZoneOffset", "+08:00"},
            {"bizStep", step},
            {"readPoint", json::object{{"id", place_}}}};
  }
  [[nodiscard]] static json::object Line(const std::string& item, const Measured& amount) {
    return {{"epcClass", item}, {"quantity", static_cast<double>(amount.micro) / 1e6}, {"uom", amount.code}};
  }

  Status Capture() {
    row_.id = base::NewUuid7(door_.now);
    row_.event_id = "urn:uuid:" + row_.id;
    json::array list;
    const json::object ilmd{{"zhian:productName", entry_.product}, {"zhian:lotNumber", entry_.lot_no}};
    if (makes_) {
      const std::string id = base::NewUuid7(door_.now);
      json::object made = Head("ObjectEvent", "commissioning", id, base::Instant{entry_.at.ms - 1000});
      row_.details["made_event_id"] = "urn:uuid:" + id;  // taken back with the entry
      made["action"] = "ADD";
      made["quantityList"] = json::array{Line(row_.item, amount_)};
      made["ilmd"] = ilmd;
      list.push_back(std::move(made));
    }
    static const std::map<std::string_view, std::pair<const char*, const char*>> kSteps{
        {"received", {"receiving", "OBSERVE"}},  {"sent", {"shipping", "OBSERVE"}},
        {"made", {"commissioning", "ADD"}},      {"sold", {"retail_selling", "OBSERVE"}},
        {"discarded", {"destroying", "DELETE"}}, {"processed", {"commissioning", ""}}};
    const auto& [step, action] = kSteps.at(entry_.act);
    json::object event =
        Head(entry_.act == "processed" ? "TransformationEvent" : "ObjectEvent", step, row_.id, entry_.at);
    if (entry_.act == "processed") {
      json::array inputs;
      for (const auto& [item, amount] : inputs_) inputs.push_back(Line(item, amount));
      event["inputQuantityList"] = std::move(inputs);
      event["outputQuantityList"] = json::array{Line(row_.item, amount_)};
    } else {
      event["action"] = action;
      event["quantityList"] = json::array{Line(row_.item, amount_)};
    }
    if (Is({"made", "processed"})) event["ilmd"] = ilmd;
    if (entry_.act == "received")
      event["sourceList"] = json::array{json::object{{"type", "location"}, {"source", partner_place_}}};
    if (entry_.act == "sent")
      event["destinationList"] = json::array{json::object{{"type", "location"}, {"destination", partner_place_}}};
    list.push_back(std::move(event));
    const json::object document{{"@context", json::object{{"zhian", "https://zhian.example/ns/"}}},
                                {"type", "EPCISDocument"},
                                {"schemaVersion", "2.0"},
                                {"creationDate", base::FormatInstant(door_.now)},
                                {"epcisBody", json::object{{"eventList", std::move(list)}}}};
    ZHIAN_ASSIGN(const auto report,
                 traceability::Capture(db_, json::serialize(document), OnError::kRollback, door_.now));
    // A lot that is first seen with its buyer was made by somebody else: its maker is not known yet.
    if (is_new_ && !makes_ && entry_.act == "received")
      ZHIAN_TRY(db_.Execute(
          "UPDATE lot SET product=$2, lot_no=$3, operator_id=NULL WHERE district=$d AND item=$1 AND place=''",
          {row_.item, entry_.product, entry_.lot_no}));
    return Ok();
  }

  // Retention: the later of what holds for all products and, where the shelf life is known, some time after its end.
  [[nodiscard]] std::int32_t KeepUntil() const {
    const base::Date start = base::LocalDate(entry_.at);
    const auto after = [&](std::string_view name, base::Date from) {
      const auto* rule = door_.services.policy.Find(name, start);
      if (rule == nullptr) return from;
      const auto months = static_cast<int>(rule->value_min) * (rule->unit == "y" ? 12 : 1);
      return base::AddMonths(from, months);
    };
    base::Date keep = after("ledger.keep.min", start);
    if (const auto produced = base::ParseDate(entry_.produced_on); produced.ok() && !entry_.shelf_life_days.empty())
      keep = std::max(
          keep, after("ledger.keep.food", base::Date{produced->days + std::atoi(entry_.shelf_life_days.c_str())}));
    else
      keep = std::max(keep, after("ledger.keep.food.noshelf", start));
    return keep.days;
  }

  Result<GoodsRow> Store() {
    // The words as they were brought in order; the lot is the one that was found or made.
    std::string item = std::move(row_.item);
    static_cast<GoodsWords&>(row_) = entry_;
    row_.item = std::move(item);
    row_.quantity = base::Trim(entry_.quantity);
    row_.unit = base::Trim(entry_.unit);
    row_.entered_by = door_.account_id;
    row_.at = entry_.at.ms;
    row_.entered_at = door_.now.ms;
    row_.keep_until = KeepUntil();
    if (!inputs_.empty()) {
      json::array list;
      for (std::size_t i = 0; i < inputs_.size(); ++i)
        list.push_back(json::object{
            {"item", inputs_[i].first}, {"quantity", entry_.inputs[i].quantity}, {"unit", entry_.inputs[i].unit}});
      row_.details["inputs"] = std::move(list);
    }
    if (!entry_.attachments.empty()) row_.details["attachments"] = json::value_from(entry_.attachments);
    ZHIAN_TRY(InsertGoods(db_, row_, amount_.micro, amount_.code, entry_.key));
    json::array rows;
    ZHIAN_ASSIGN(json::object entry,
                 ledger::RowReference(db_, "goods_entry", {{"district", db_.district()}, {"id", row_.id}}));
    rows.push_back(std::move(entry));
    for (const std::string& id : new_places_) {
      ZHIAN_ASSIGN(json::object place,
                   ledger::RowReference(db_, "premises", {{"district", db_.district()}, {"id", id}}));
      rows.push_back(std::move(place));
    }
    const auto index =
        ledger::Append(db_, "goods.entered", {{"actor", door_.account_id}, {"rows", std::move(rows)}}, door_.now);
    if (!index.ok()) return index.error();
    return row_;
  }

  storage::Connection& db_;
  const GoodsDoor& door_;
  GoodsEntry entry_;
  base::Date today_;
  std::vector<FieldError> errors_;
  std::vector<std::string> new_places_;
  std::string place_, partner_place_, own_jurisdiction_;
  Measured amount_;
  std::vector<std::pair<std::string, Measured>> inputs_;
  bool is_new_ = false, makes_ = false, grows_ = false;
  GoodsRow row_;
};

// The event again, with the declaration that it was wrong.
Status DeclareWrong(storage::Connection& db, const std::string& event_id, base::Instant now) {
  ZHIAN_ASSIGN(
      const auto stored,
      db.Query("SELECT raw FROM epcis_event WHERE district=$d AND event_id=$1 AND declared_at=0 LIMIT 1", {event_id}));
  if (stored.empty()) return MakeError(ErrorCode::kCorrupt, "event of a goods entry is missing: " + event_id);
  ZHIAN_ASSIGN(json::object event, base::ParseStoredObject(stored.front().text(0), "epcis_event", event_id));
  json::object context;
  if (const json::object* own = base::ObjectAt(event, "@context")) context = *own;
  event.erase("@context");
  event.erase("recordTime");
  event["errorDeclaration"] = json::object{{"declarationTime", base::FormatInstant(now)}, {"reason", "incorrect_data"}};
  const json::object document{{"@context", std::move(context)},
                              {"type", "EPCISDocument"},
                              {"schemaVersion", "2.0"},
                              {"creationDate", base::FormatInstant(now)},
                              {"epcisBody", json::object{{"eventList", json::array{std::move(event)}}}}};
  const auto report = Capture(db, json::serialize(document), OnError::kRollback, now);
  return report.ok() ? Ok() : Status(report.error());
}

}  // namespace

bool GrowsGoods(std::string_view operator_type) {
  return operator_type == "farm_household" || operator_type == "cooperative";
}

std::string_view UsualAct(std::string_view operator_type) {
  return operator_type == "farm_household" ? "sent" : "received";
}

bool IsGoodsAct(std::string_view act) {
  return std::find(std::begin(kGoodsActs), std::end(kGoodsActs), act) != std::end(kGoodsActs);
}

json::array CheckView(const GoodsCheck& check) {
  static constexpr std::string_view kVerdicts[] = {"good", "ask", "stop"};
  json::array list;
  for (const CheckPoint& point : check.points)
    list.push_back(
        json::object{{"id", point.id},
                     {"verdict", kVerdicts[static_cast<std::size_t>(point.verdict)]},
                     {"text", ToJson(point.text)},
                     {"matter_id", point.matter_id.empty() ? json::value(nullptr) : json::value(point.matter_id)}});
  return list;
}

Result<GoodsRow> EnterGoods(storage::Connection& db, const GoodsDoor& door, const GoodsEntry& entry) {
  return Entering(db, door, entry).Run();
}

Result<GoodsRow> WithdrawGoods(storage::Connection& db, const GoodsDoor& door, std::string_view id,
                               std::string_view reason) {
  ZHIAN_ASSIGN(GoodsRow row, LoadGoods(db, id));
  if (row.withdrawn_at != 0) return MakeError(ErrorCode::kConflict, "这一笔已经撤回");
  const std::string why = base::Trim(reason);
  if (why.empty() || why.size() > kTextMax)
    return NeedsMending({{"/reason", "error.fill", "写明哪里登记错了，不超过六十个字"}});
  ZHIAN_TRY(DeclareWrong(db, row.event_id, door.now));
  if (const std::string_view made = base::TextAt(row.details, "made_event_id"); !made.empty())
    ZHIAN_TRY(DeclareWrong(db, std::string(made), door.now));
  row.withdrawn_at = door.now.ms;
  row.details["withdrawn_because"] = why;
  row.details["withdrawn_by"] = door.account_id;
  ZHIAN_TRY(db.Execute("UPDATE goods_entry SET withdrawn_at=$2, details=$3 WHERE district=$d AND id=$1",
                       {row.id, row.withdrawn_at, json::serialize(row.details)}));
  ZHIAN_ASSIGN(json::object reference,
               ledger::RowReference(db, "goods_entry", {{"district", db.district()}, {"id", row.id}}));
  const auto index = ledger::Append(
      db, "goods.withdrawn", {{"actor", door.account_id}, {"rows", json::array{std::move(reference)}}}, door.now);
  if (!index.ok()) return index.error();
  return row;
}

}  // namespace zhian::traceability
