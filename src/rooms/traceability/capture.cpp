// From an EPCIS document to lots, movements and holdings.
#include <algorithm>
#include <cmath>

#include "base/json.hpp"
#include "base/text.hpp"
#include "ledger/ledger.hpp"
#include "rooms/traceability/trace.hpp"

namespace zhian::traceability {
namespace json = boost::json;

namespace {

constexpr storage::Migration kMigrations[] = {{"traceability/001", R"sql(
CREATE TABLE trace_event (
  district TEXT NOT NULL, event_id TEXT NOT NULL, event_time BIGINT NOT NULL, type TEXT NOT NULL, biz_step TEXT NOT NULL,
  place TEXT NOT NULL, raw TEXT NOT NULL, recorded_at BIGINT NOT NULL, PRIMARY KEY (district, event_id));
CREATE INDEX trace_event_by_record ON trace_event (district, recorded_at, event_id);
CREATE TABLE lot (
  district TEXT NOT NULL, item TEXT NOT NULL, lot_no TEXT NOT NULL, product TEXT NOT NULL, operator_id TEXT, place TEXT NOT NULL,
  quantity_micro BIGINT NOT NULL, unit TEXT NOT NULL, held BIGINT NOT NULL, produced_at BIGINT NOT NULL, last_seen_at BIGINT NOT NULL,
  PRIMARY KEY (district, item));
CREATE INDEX lot_by_number ON lot (district, lot_no);
CREATE INDEX lot_by_operator ON lot (district, operator_id);
CREATE TABLE movement (
  district TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, from_item TEXT NOT NULL, from_place TEXT NOT NULL, to_item TEXT NOT NULL,
  to_place TEXT NOT NULL, departed_at BIGINT NOT NULL, arrived_at BIGINT NOT NULL, quantity_micro BIGINT NOT NULL, unit TEXT NOT NULL,
  shipped BIGINT NOT NULL, received BIGINT NOT NULL, PRIMARY KEY (district, id));
CREATE INDEX movement_out ON movement (district, from_item, from_place);
CREATE INDEX movement_in ON movement (district, to_item, to_place);
CREATE TABLE holding (
  district TEXT NOT NULL, item TEXT NOT NULL, place TEXT NOT NULL, status TEXT NOT NULL, evidence TEXT NOT NULL,
  quantity_micro BIGINT NOT NULL, PRIMARY KEY (district, item, place));
)sql"}};

struct Quantity {
  std::string item, unit;
  double value = 0;
};

std::string Text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

std::string LastWord(std::string_view text) {
  const auto at = text.find_last_of("/:");
  return std::string(at == std::string_view::npos ? text : text.substr(at + 1));
}

// A place is named by its location identifier; GLN URNs and Digital Links end in the number or in "number.extension".
std::string PlaceId(const json::object& event, std::string_view name) {
  const auto* value = event.if_contains(name);
  return value != nullptr && value->is_object() ? Text(value->get_object(), "id") : std::string{};
}

std::string PartyOf(const json::object& event, std::string_view list, std::string_view key) {
  const auto* value = event.if_contains(list);
  if (value == nullptr || !value->is_array()) return {};
  for (const auto& entry : value->get_array())
    if (entry.is_object())
      if (const std::string id = Text(entry.get_object(), key); !id.empty()) return id;
  return {};
}

struct Reader {
  int index;
  std::vector<CaptureError>& errors;
  bool ok = true;
  void Fail(std::string path, Message message) {
    ok = false;
    if (errors.size() < 1000) errors.push_back({index, std::move(path), std::move(message)});
  }
  std::vector<Quantity> Quantities(const json::object& event, const char* list, bool required) {
    std::vector<Quantity> out;
    const auto* value = event.if_contains(list);
    const std::string path = std::string("/") + list;
    if (value == nullptr || !value->is_array() || value->get_array().empty()) {
      if (required) Fail(path, Say("填写 {}，至少一个批次和数量", std::string(list)));
      return out;
    }
    for (std::size_t i = 0; i < value->get_array().size(); ++i) {
      const std::string here = path + "/" + std::to_string(i);
      const auto& entry = value->get_array()[i];
      if (!entry.is_object()) {
        Fail(here, "须是对象，含 epcClass 和 quantity");
        continue;
      }
      Quantity q;
      q.item = Text(entry.get_object(), "epcClass");
      q.unit = Text(entry.get_object(), "uom");
      const auto* number = entry.get_object().if_contains("quantity");
      if (q.item.empty() || q.item.size() > 300) Fail(here + "/epcClass", "填写批次标识");
      if (number == nullptr || !number->is_number()) {
        Fail(here + "/quantity", "填写数量，用数字");
        continue;
      }
      q.value = number->to_number<double>();
      if (!(q.value >= 0) || q.value > 1e12) Fail(here + "/quantity", "数量须在 0 到一万亿之间");
      if (q.unit.empty()) q.unit = "piece";
      out.push_back(std::move(q));
    }
    return out;
  }
};

std::int64_t Micro(double value) { return static_cast<std::int64_t>(std::llround(value * 1e6)); }

Status TouchLot(storage::Connection& db, const Quantity& q, const json::object& event, const std::string& place, std::int64_t at, bool produced) {
  const auto* ilmd = event.if_contains("ilmd");
  std::string product, lot_no = LastWord(q.item);
  if (ilmd != nullptr && ilmd->is_object())
    for (const auto& [key, value] : ilmd->get_object()) {
      const std::string_view name(key.data(), key.size());
      if (!value.is_string()) continue;
      if (name.ends_with(":productName")) product = std::string(value.get_string());
      if (name.ends_with(":lotNumber")) lot_no = std::string(value.get_string());
    }
  ZHIAN_ASSIGN(auto owner, db.Query("SELECT operator_id FROM premises WHERE district='d' AND gln=$1 LIMIT 1", {LastWord(place)}));
  const std::string operator_id = owner.empty() ? std::string{} : owner.front().text(0);
  ZHIAN_TRY(db.Execute("INSERT INTO lot (district, item, lot_no, product, operator_id, place, quantity_micro, unit, held, produced_at, last_seen_at) "
                       "VALUES ('d',$1,$2,$3,$4,$5,$6,$7,0,$8,$9) ON CONFLICT (district, item) DO UPDATE SET last_seen_at = CASE WHEN lot.last_seen_at > excluded.last_seen_at "
                       "THEN lot.last_seen_at ELSE excluded.last_seen_at END",
                       {q.item, lot_no, product, storage::OrNull(operator_id), produced ? place : std::string{}, produced ? Micro(q.value) : std::int64_t{0}, q.unit,
                        produced ? at : std::int64_t{0}, at}));
  if (produced)
    ZHIAN_TRY(db.Execute("UPDATE lot SET quantity_micro=$2, unit=$3, place=$4, produced_at=$5, operator_id=COALESCE($6, operator_id), product=CASE WHEN $7='' THEN product ELSE $7 END, lot_no=$8 "
                         "WHERE district='d' AND item=$1",
                         {q.item, Micro(q.value), q.unit, place, at, storage::OrNull(operator_id), product, lot_no}));
  return Ok();
}

// A receipt finds the shipment that it answers: same lot, same two places, not yet received, nearest in time before it.
Status Receive(storage::Connection& db, const Quantity& q, const std::string& from, const std::string& to, std::int64_t at) {
  ZHIAN_ASSIGN(auto open, db.Query("SELECT id FROM movement WHERE district='d' AND from_item=$1 AND from_place=$2 AND to_place=$3 AND shipped=1 AND received=0 AND departed_at <= $4 "
                                   "ORDER BY departed_at DESC LIMIT 1", {q.item, from, to, at}));
  if (!open.empty()) {
    ZHIAN_TRY(db.Execute("UPDATE movement SET received=1, arrived_at=$2, quantity_micro=$3 WHERE district='d' AND id=$1", {open.front().text(0), at, Micro(q.value)}));
    return Ok();
  }
  ZHIAN_TRY(db.Execute("INSERT INTO movement (district, id, kind, from_item, from_place, to_item, to_place, departed_at, arrived_at, quantity_micro, unit, shipped, received) "
                       "VALUES ('d',$1,'moved',$2,$3,$2,$4,0,$5,$6,$7,0,1)", {base::NewUuid7(base::Instant{at}), q.item, from, to, at, Micro(q.value), q.unit}));
  return Ok();
}

Status Ship(storage::Connection& db, const Quantity& q, const std::string& from, const std::string& to, std::int64_t at) {
  ZHIAN_ASSIGN(auto early, db.Query("SELECT id FROM movement WHERE district='d' AND from_item=$1 AND from_place=$2 AND to_place=$3 AND shipped=0 AND received=1 AND arrived_at >= $4 "
                                    "ORDER BY arrived_at LIMIT 1", {q.item, from, to, at}));
  if (!early.empty()) {
    ZHIAN_TRY(db.Execute("UPDATE movement SET shipped=1, departed_at=$2 WHERE district='d' AND id=$1", {early.front().text(0), at}));
    return Ok();
  }
  ZHIAN_TRY(db.Execute("INSERT INTO movement (district, id, kind, from_item, from_place, to_item, to_place, departed_at, arrived_at, quantity_micro, unit, shipped, received) "
                       "VALUES ('d',$1,'moved',$2,$3,$2,$4,$5,0,$6,$7,1,0)", {base::NewUuid7(base::Instant{at}), q.item, from, to, at, Micro(q.value), q.unit}));
  return Ok();
}

// One event: checked whole, then written. Returns false where it was captured before.
Result<bool> CaptureEvent(storage::Connection& db, const json::object& event, Reader& reader, base::Instant now) {
  const std::string type = Text(event, "type");
  static constexpr std::string_view kTypes[] = {"ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent"};
  if (std::find(std::begin(kTypes), std::end(kTypes), type) == std::end(kTypes)) reader.Fail("/type", "事件类型须是 EPCIS 2.0 的五种之一");
  const auto time = base::ParseInstant(Text(event, "eventTime"));
  if (!time.ok()) reader.Fail("/eventTime", "填写 eventTime，例如 2026-09-28T09:30:00+08:00");
  else if (time->ms > now.ms + 86'400'000) reader.Fail("/eventTime", "事件时间晚于明天，请核对时钟");
  else if (time->ms < now.ms - std::int64_t{36'600} * 86'400'000) reader.Fail("/eventTime", "事件时间早于一百年前，请核对时钟");
  if (const std::string offset = Text(event, "eventTimeZoneOffset"); offset.size() != 6) reader.Fail("/eventTimeZoneOffset", "填写时区，例如 +08:00");
  const std::string step = LastWord(Text(event, "bizStep"));
  const std::string place = PlaceId(event, "readPoint").empty() ? PlaceId(event, "bizLocation") : PlaceId(event, "readPoint");
  if (place.empty()) reader.Fail("/readPoint", "填写地点 readPoint.id");
  std::vector<Quantity> quantities, inputs, outputs;
  if (type == "TransformationEvent") {
    inputs = reader.Quantities(event, "inputQuantityList", true);
    outputs = reader.Quantities(event, "outputQuantityList", true);
  } else if (type == "ObjectEvent") {
    quantities = reader.Quantities(event, "quantityList", event.if_contains("epcList") == nullptr);
  }
  const std::string to = PartyOf(event, "destinationList", "destination"), from = PartyOf(event, "sourceList", "source");
  if (step == "shipping" && to.empty()) reader.Fail("/destinationList", "发货须填写去向 destinationList");
  if (step == "receiving" && from.empty()) reader.Fail("/sourceList", "收货须填写来源 sourceList");
  if (!reader.ok) return false;

  std::string id = Text(event, "eventID");
  if (id.empty()) id = "ni:///sha-256;" + base::HexSha256(base::CanonicalJson(event)) + "?ver=content";
  if (id.size() > 300) {
    reader.Fail("/eventID", "eventID 不超过 300 个字符");
    return false;
  }
  ZHIAN_ASSIGN(auto known, db.Query("SELECT 1 FROM trace_event WHERE district='d' AND event_id=$1 LIMIT 1", {id}));
  if (!known.empty()) return false;
  ZHIAN_TRY(db.Execute("INSERT INTO trace_event (district, event_id, event_time, type, biz_step, place, raw, recorded_at) VALUES ('d',$1,$2,$3,$4,$5,$6,$7)",
                       {id, time->ms, type, step, place, json::serialize(event), now.ms}));
  const bool produces = step == "commissioning" || step == "creating_class_instance" || Text(event, "action") == "ADD";
  for (const Quantity& q : quantities) {
    ZHIAN_TRY(TouchLot(db, q, event, place, time->ms, produces && step != "shipping" && step != "receiving"));
    if (step == "shipping") ZHIAN_TRY(Ship(db, q, place, to, time->ms));
    if (step == "receiving") ZHIAN_TRY(Receive(db, q, from, place, time->ms));
    if (step == "retail_selling") ZHIAN_TRY(SetHolding(db, q.item, place, "sold_to_consumer_evidenced", id, q.value));
    if (step == "destroying") ZHIAN_TRY(SetHolding(db, q.item, place, "destroyed", id, q.value));
  }
  for (const Quantity& out : outputs) ZHIAN_TRY(TouchLot(db, out, event, place, time->ms, true));
  for (const Quantity& in : inputs) {
    ZHIAN_TRY(TouchLot(db, in, event, place, time->ms, false));
    for (const Quantity& out : outputs)
      ZHIAN_TRY(db.Execute("INSERT INTO movement (district, id, kind, from_item, from_place, to_item, to_place, departed_at, arrived_at, quantity_micro, unit, shipped, received) "
                           "VALUES ('d',$1,'transformed',$2,$3,$4,$3,$5,$5,$6,$7,1,1)",
                           {base::NewUuid7(*time), in.item, place, out.item, time->ms, Micro(in.value / static_cast<double>(outputs.size())), in.unit}));
  }
  const json::object change{{"event", id}, {"rows", json::array{}}};
  const auto index = ledger::Append(db, "event", change, now);
  if (!index.ok()) return index.error();
  return true;
}

}  // namespace

std::span<const storage::Migration> Migrations() { return kMigrations; }

Result<CaptureReport> Capture(storage::Connection& db, std::string_view document, OnError on_error, base::Instant now) {
  CaptureReport report;
  const auto parsed = base::ParseJson(document, {.bytes_max = 256 * 1024 * 1024, .depth_max = 64});
  if (!parsed.ok()) {
    report.errors.push_back({-1, "", parsed.error().message});
    report.rejected = 1;
    return report;
  }
  json::array events;
  if (parsed->is_object()) {
    const json::object& root = parsed->get_object();
    const auto* body = root.if_contains("epcisBody");
    const auto* list = body != nullptr && body->is_object() ? body->get_object().if_contains("eventList") : nullptr;
    if (list != nullptr && list->is_array()) events = list->get_array();
    else if (root.contains("eventTime")) events.push_back(root);
  }
  if (events.empty()) {
    report.errors.push_back({-1, "/epcisBody/eventList", "文档中没有事件 epcisBody.eventList"});
    report.rejected = 1;
    return report;
  }
  report.events = static_cast<int>(events.size());
  // Check everything first where one bad event refuses all.
  for (int i = 0; i < report.events; ++i) {
    const json::value& value = events[static_cast<std::size_t>(i)];
    Reader reader{i, report.errors};
    if (!value.is_object()) {
      reader.Fail("", "事件须是对象");
      ++report.rejected;
      continue;
    }
    ZHIAN_ASSIGN(const bool stored, CaptureEvent(db, value.get_object(), reader, now));
    if (!reader.ok) ++report.rejected;
    else if (stored) ++report.captured;
    else ++report.duplicates;
  }
  if (on_error == OnError::kRollback && report.rejected > 0) {
    // The caller's transaction is rolled back by this error; the report travels in its fields.
    std::vector<FieldError> fields;
    for (const CaptureError& error : report.errors) fields.push_back({"/" + std::to_string(error.event) + error.path, "capture", error.message});
    return MakeError(ErrorCode::kInvalid, Say("{} 个事件不合格，全部未入库", std::to_string(report.rejected)), std::move(fields));
  }
  return report;
}

}  // namespace zhian::traceability
