// From EPCIS events to lots, movements and holdings, one event at a time.
#include <algorithm>
#include <cmath>

#include "base/json.hpp"
#include "base/text.hpp"
#include "engines/epcis/hash.hpp"
#include "engines/epcis/identifiers.hpp"
#include "engines/epcis/validate.hpp"
#include "ledger/ledger.hpp"
#include "rooms/traceability/events.hpp"
#include "rooms/traceability/master_data.hpp"
#include "rooms/traceability/movements.hpp"
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
)sql"},
// An error declaration bears the identifier of the event that it declares wrong: both stand side by side. `seq` is the order in
// which events were recorded.
{"traceability/epcis-1", R"sql(
CREATE TABLE epcis_event (
  district TEXT NOT NULL, seq BIGINT NOT NULL, event_id TEXT NOT NULL, declared_at BIGINT NOT NULL, event_time BIGINT NOT NULL, zone TEXT NOT NULL, recorded_at BIGINT NOT NULL,
  type TEXT NOT NULL, hash TEXT NOT NULL, raw TEXT NOT NULL, PRIMARY KEY (district, seq));
INSERT INTO epcis_event (district, seq, event_id, declared_at, event_time, zone, recorded_at, type, hash, raw)
  SELECT district, ROW_NUMBER() OVER (ORDER BY recorded_at, event_id), event_id, 0, event_time, '+08:00', recorded_at, type, '', raw FROM trace_event;
DROP TABLE trace_event;
CREATE UNIQUE INDEX epcis_event_by_id ON epcis_event (district, event_id, declared_at);
CREATE INDEX epcis_event_by_time ON epcis_event (district, event_time, seq);
CREATE TABLE epcis_value (
  district TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (district, field, value, seq));
)sql"},
{"traceability/epcis-2", R"sql(
CREATE TABLE epcis_job (
  district TEXT NOT NULL, id TEXT NOT NULL, created_at BIGINT NOT NULL, finished_at BIGINT NOT NULL, success BIGINT NOT NULL, behaviour TEXT NOT NULL, errors TEXT NOT NULL, account TEXT NOT NULL,
  PRIMARY KEY (district, id));
CREATE TABLE epcis_query (
  district TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL, account TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (district, name));
)sql"},
// Holdings get numbers that follow one another, and movements a journal's: what the graph in memory is built of and follows. The number
// of an event that was captured before is not known to its movements: −1. `made`: what a holding began with.
{"traceability/graph-1", R"sql(
CREATE TABLE trace_site (district TEXT NOT NULL, id BIGINT NOT NULL, site TEXT NOT NULL, PRIMARY KEY (district, id));
ALTER TABLE movement RENAME TO movement_before;
ALTER TABLE holding RENAME TO holding_before;
DROP INDEX movement_out;
DROP INDEX movement_in;
CREATE TABLE holding (
  district TEXT NOT NULL, id BIGINT NOT NULL, item TEXT NOT NULL, place TEXT NOT NULL, site BIGINT NOT NULL, status TEXT NOT NULL, evidence TEXT NOT NULL,
  quantity_micro BIGINT NOT NULL, PRIMARY KEY (district, id));
CREATE TABLE movement (
  district TEXT NOT NULL, seq BIGINT NOT NULL, replaces BIGINT NOT NULL, kind TEXT NOT NULL, from_holding BIGINT NOT NULL, to_holding BIGINT NOT NULL,
  departed_at BIGINT NOT NULL, arrived_at BIGINT NOT NULL, quantity_micro BIGINT NOT NULL, unit TEXT NOT NULL, shipped_by BIGINT NOT NULL, received_by BIGINT NOT NULL,
  PRIMARY KEY (district, seq));
CREATE TABLE holding_key AS
  SELECT item, place, replace(place, rtrim(place, replace(replace(place, '/', ''), ':', '')), '') AS site FROM (
    SELECT item, place FROM holding_before UNION SELECT from_item, from_place FROM movement_before UNION SELECT to_item, to_place FROM movement_before
    UNION SELECT item, place FROM lot WHERE place<>'');
INSERT INTO trace_site (district, id, site) SELECT 'd', ROW_NUMBER() OVER (ORDER BY site), site FROM (SELECT DISTINCT site FROM holding_key);
CREATE UNIQUE INDEX trace_site_by_name ON trace_site (district, site);
INSERT INTO holding (district, id, item, place, site, status, evidence, quantity_micro)
  SELECT 'd', ROW_NUMBER() OVER (ORDER BY k.item, k.place), k.item, k.place, s.id, COALESCE(h.status, 'unknown'), COALESCE(h.evidence, ''), COALESCE(h.quantity_micro, 0)
  FROM holding_key k JOIN trace_site s ON s.district='d' AND s.site=k.site LEFT JOIN holding_before h ON h.district='d' AND h.item=k.item AND h.place=k.place;
CREATE UNIQUE INDEX holding_by_key ON holding (district, item, place);
INSERT INTO movement (district, seq, replaces, kind, from_holding, to_holding, departed_at, arrived_at, quantity_micro, unit, shipped_by, received_by)
  SELECT 'd', ROW_NUMBER() OVER (ORDER BY m.id), 0, m.kind, a.id, b.id, m.departed_at, m.arrived_at, m.quantity_micro, m.unit, CASE WHEN m.shipped=0 THEN 0 ELSE -1 END, CASE WHEN m.received=0 THEN 0 ELSE -1 END
  FROM movement_before m JOIN holding a ON a.district='d' AND a.item=m.from_item AND a.place=m.from_place JOIN holding b ON b.district='d' AND b.item=m.to_item AND b.place=m.to_place;
INSERT INTO movement (district, seq, replaces, kind, from_holding, to_holding, departed_at, arrived_at, quantity_micro, unit, shipped_by, received_by)
  SELECT 'd', (SELECT COUNT(*) FROM movement) + ROW_NUMBER() OVER (ORDER BY h.id), 0, 'made', h.id, h.id, l.produced_at, l.produced_at, l.quantity_micro, l.unit, -1, -1
  FROM lot l JOIN holding h ON h.district='d' AND h.item=l.item AND h.place=l.place WHERE l.place<>'';
CREATE INDEX movement_between ON movement (district, from_holding, to_holding);
CREATE INDEX movement_into ON movement (district, to_holding);
CREATE INDEX movement_by_shipment ON movement (district, shipped_by);
CREATE INDEX movement_by_receipt ON movement (district, received_by);
DROP TABLE holding_key;
DROP TABLE movement_before;
DROP TABLE holding_before;
CREATE TABLE trace_snapshot (district TEXT NOT NULL, mark TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (district, mark));
)sql"},
{"traceability/graph-2", "CREATE INDEX holding_by_site ON holding (district, site);"},
// The journal of what changes beside movements: what became of a holding, who keeps a place, what that operator is called and where it is.
// By triggers, so that no writer can forget it: what is kept in memory is only as good as this.
{"traceability/changes-1", R"sql(
CREATE TABLE trace_change (district TEXT NOT NULL, seq BIGINT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (district, seq));
CREATE INDEX holding_known ON holding (district, id) WHERE status<>'unknown' OR evidence<>'';
CREATE TRIGGER trace_holding_made AFTER INSERT ON holding WHEN NEW.status<>'unknown' OR NEW.evidence<>'' BEGIN
  INSERT INTO trace_change (district, seq, kind, key) SELECT 'd', COALESCE(MAX(seq), 0) + 1, 'holding', NEW.id FROM trace_change WHERE district='d'; END;
CREATE TRIGGER trace_holding_changed AFTER UPDATE OF status, evidence ON holding WHEN OLD.status<>NEW.status OR OLD.evidence<>NEW.evidence BEGIN
  INSERT INTO trace_change (district, seq, kind, key) SELECT 'd', COALESCE(MAX(seq), 0) + 1, 'holding', NEW.id FROM trace_change WHERE district='d'; END;
CREATE TRIGGER trace_premises_made AFTER INSERT ON premises WHEN EXISTS (SELECT 1 FROM trace_site WHERE district='d' AND site=NEW.gln) BEGIN
  INSERT INTO trace_change (district, seq, kind, key) SELECT 'd', COALESCE(MAX(seq), 0) + 1, 'site', NEW.gln FROM trace_change WHERE district='d'; END;
CREATE TRIGGER trace_premises_left AFTER UPDATE OF gln, operator_id ON premises WHEN (OLD.gln<>NEW.gln OR OLD.operator_id<>NEW.operator_id) AND EXISTS (SELECT 1 FROM trace_site WHERE district='d' AND site=OLD.gln) BEGIN
  INSERT INTO trace_change (district, seq, kind, key) SELECT 'd', COALESCE(MAX(seq), 0) + 1, 'site', OLD.gln FROM trace_change WHERE district='d'; END;
CREATE TRIGGER trace_premises_came AFTER UPDATE OF gln, operator_id ON premises WHEN OLD.gln<>NEW.gln AND EXISTS (SELECT 1 FROM trace_site WHERE district='d' AND site=NEW.gln) BEGIN
  INSERT INTO trace_change (district, seq, kind, key) SELECT 'd', COALESCE(MAX(seq), 0) + 1, 'site', NEW.gln FROM trace_change WHERE district='d'; END;
CREATE TRIGGER trace_premises_gone AFTER DELETE ON premises WHEN EXISTS (SELECT 1 FROM trace_site WHERE district='d' AND site=OLD.gln) BEGIN
  INSERT INTO trace_change (district, seq, kind, key) SELECT 'd', COALESCE(MAX(seq), 0) + 1, 'site', OLD.gln FROM trace_change WHERE district='d'; END;
CREATE TRIGGER trace_operator_made AFTER INSERT ON operator WHEN EXISTS (SELECT 1 FROM premises WHERE district='d' AND operator_id=NEW.id) BEGIN
  INSERT INTO trace_change (district, seq, kind, key) SELECT 'd', COALESCE(MAX(seq), 0) + 1, 'operator', NEW.id FROM trace_change WHERE district='d'; END;
CREATE TRIGGER trace_operator_changed AFTER UPDATE OF name, jurisdiction ON operator WHEN (OLD.name<>NEW.name OR OLD.jurisdiction<>NEW.jurisdiction) AND EXISTS (SELECT 1 FROM premises WHERE district='d' AND operator_id=NEW.id) BEGIN
  INSERT INTO trace_change (district, seq, kind, key) SELECT 'd', COALESCE(MAX(seq), 0) + 1, 'operator', NEW.id FROM trace_change WHERE district='d'; END;
CREATE TRIGGER trace_operator_gone AFTER DELETE ON operator WHEN EXISTS (SELECT 1 FROM premises WHERE district='d' AND operator_id=OLD.id) BEGIN
  INSERT INTO trace_change (district, seq, kind, key) SELECT 'd', COALESCE(MAX(seq), 0) + 1, 'operator', OLD.id FROM trace_change WHERE district='d'; END;
)sql"}};

// A quantity of one item; of an instance: one piece.
struct Quantity {
  std::string item, unit;
  double value = 0;
};

std::string Text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

std::string PlaceId(const json::object& event, std::string_view name) {
  const auto* value = event.if_contains(name);
  return value != nullptr && value->is_object() ? epcis::CanonicalId(Text(value->get_object(), "id")) : std::string{};
}

// The place of the other side: its location before its possessing or owning party.
std::string PartyOf(const json::object& event, std::string_view list, std::string_view key) {
  const auto* value = event.if_contains(list);
  if (value == nullptr || !value->is_array()) return {};
  std::string found;
  for (const auto& entry : value->get_array()) {
    if (!entry.is_object()) continue;
    const std::string id = epcis::CanonicalId(Text(entry.get_object(), key));
    if (Text(entry.get_object(), "type") == "location" && !id.empty()) return id;
    if (found.empty()) found = id;
  }
  return found;
}

void AddIds(const json::object& event, std::string_view list, std::vector<Quantity>& out) {
  const auto* value = event.if_contains(list);
  if (value == nullptr || !value->is_array()) return;
  for (const auto& id : value->get_array()) out.push_back({epcis::CanonicalId(std::string_view(id.get_string())), "piece", 1});
}

void AddQuantities(const json::object& event, std::string_view list, std::vector<Quantity>& out) {
  const auto* value = event.if_contains(list);
  if (value == nullptr || !value->is_array()) return;
  for (const auto& entry : value->get_array()) {
    Quantity q{epcis::CanonicalId(Text(entry.get_object(), "epcClass")), Text(entry.get_object(), "uom"), 0};
    if (const auto* number = entry.get_object().if_contains("quantity"); number != nullptr && number->is_number()) q.value = number->to_number<double>();
    if (q.unit.empty()) q.unit = "piece";
    out.push_back(std::move(q));
  }
}

std::int64_t Micro(double value) { return static_cast<std::int64_t>(std::llround(value * 1e6)); }

// The number that stands on the label: batch or serial where the identifier has one.
std::string NumberOf(const std::string& item) {
  const auto keys = epcis::ReadKeys(item);
  return keys ? keys->back().second : LastWord(item);
}

// What an event says of the goods, ready to be entered.
struct Facts {
  const epcis::Event& event;
  std::string id, step, place, from, to;
  std::int64_t at = 0, seq = 0;  // of the event
  Journal& journal;
};
Journal::Goods GoodsOf(const Quantity& q) { return {q.item, q.unit, Micro(q.value)}; }

// The lot as it stands in lists; what was made is a movement as well, which an error declaration can take back.
Status TouchLot(storage::Connection& db, const Facts& facts, const Quantity& q, bool produced) {
  std::string product, lot_no = NumberOf(q.item);
  if (const auto* ilmd = facts.event.body.if_contains("ilmd"); ilmd != nullptr && ilmd->is_object() && produced)
    for (const auto& [key, value] : ilmd->get_object()) {
      const std::string_view name(key.data(), key.size());
      if (!value.is_string()) continue;
      if (name.ends_with(":productName") || name.ends_with(":descriptionShort")) product = std::string(value.get_string());
      if (name.ends_with(":lotNumber")) lot_no = std::string(value.get_string());
    }
  ZHIAN_ASSIGN(auto owner, db.Query("SELECT operator_id FROM premises WHERE district='d' AND gln=$1 LIMIT 1", {SiteOf(facts.place)}));
  const std::string operator_id = owner.empty() ? std::string{} : owner.front().text(0);
  ZHIAN_TRY(db.Execute("INSERT INTO lot (district, item, lot_no, product, operator_id, place, quantity_micro, unit, held, produced_at, last_seen_at) "
                       "VALUES ('d',$1,$2,$3,$4,$5,$6,$7,0,$8,$9) ON CONFLICT (district, item) DO UPDATE SET last_seen_at = CASE WHEN lot.last_seen_at > excluded.last_seen_at "
                       "THEN lot.last_seen_at ELSE excluded.last_seen_at END",
                       {q.item, lot_no, product, storage::OrNull(operator_id), std::string{}, std::int64_t{0}, q.unit, std::int64_t{0}, facts.at}));
  if (produced)
    // Of a lot that is made in several goes at one place, the quantities add up.
    ZHIAN_TRY(db.Execute("UPDATE lot SET quantity_micro=CASE WHEN produced_at<>0 AND place=$4 AND unit=$3 THEN quantity_micro+$2 ELSE $2 END, unit=$3, place=$4, produced_at=$5, operator_id=COALESCE($6, operator_id), product=CASE WHEN $7='' THEN product ELSE $7 END, lot_no=$8 "
                         "WHERE district='d' AND item=$1",
                         {q.item, Micro(q.value), q.unit, facts.place, facts.at, storage::OrNull(operator_id), product, lot_no}));
  if (produced) return facts.journal.Add(MovementKind::kMade, q.item, q.item, facts.place, facts.at, GoodsOf(q), facts.seq);
  return Ok();
}

// Objects and transactions: goods that are made, moved, sold or destroyed.
Status EnterGoods(storage::Connection& db, const Facts& facts, const std::vector<Quantity>& goods) {
  const bool produces = facts.step == "commissioning" || facts.step == "creating_class_instance" ||
                        (Text(facts.event.body, "type") == "ObjectEvent" && Text(facts.event.body, "action") == "ADD" && facts.step != "shipping" && facts.step != "receiving");
  for (const Quantity& q : goods) {
    ZHIAN_TRY(TouchLot(db, facts, q, produces));
    if (facts.step == "shipping" && !facts.to.empty()) ZHIAN_TRY(facts.journal.Ship(facts.place, facts.to, facts.at, GoodsOf(q), facts.seq));
    if (facts.step == "receiving" && !facts.from.empty()) ZHIAN_TRY(facts.journal.Receive(facts.from, facts.place, facts.at, GoodsOf(q), facts.seq));
    if (facts.step == "retail_selling") ZHIAN_TRY(SetHolding(db, q.item, facts.place, "sold_to_consumer_evidenced", facts.id, q.value));
    if (facts.step == "destroying") ZHIAN_TRY(SetHolding(db, q.item, facts.place, "destroyed", facts.id, q.value));
  }
  return Ok();
}

Status EnterTransformation(storage::Connection& db, const Facts& facts, const std::vector<Quantity>& inputs, const std::vector<Quantity>& outputs) {
  for (const Quantity& out : outputs) ZHIAN_TRY(TouchLot(db, facts, out, true));
  for (const Quantity& in : inputs) {
    ZHIAN_TRY(TouchLot(db, facts, in, false));
    for (const Quantity& out : outputs)
      ZHIAN_TRY(facts.journal.Add(MovementKind::kTransformed, in.item, out.item, facts.place, facts.at, GoodsOf({in.item, in.unit, in.value / static_cast<double>(outputs.size())}), facts.seq));
  }
  return Ok();
}

// Packing moves the content into its container, unpacking out of it; both at the place of the event.
Status EnterPacking(storage::Connection& db, const Facts& facts, const std::vector<Quantity>& children) {
  const std::string parent = epcis::CanonicalId(Text(facts.event.body, "parentID")), action = Text(facts.event.body, "action");
  if (parent.empty() || action == "OBSERVE") return Ok();
  ZHIAN_TRY(TouchLot(db, facts, {parent, "piece", 1}, false));
  for (const Quantity& child : children) {
    ZHIAN_TRY(TouchLot(db, facts, child, false));
    const bool in = action == "ADD";
    ZHIAN_TRY(facts.journal.Add(in ? MovementKind::kPacked : MovementKind::kUnpacked, in ? child.item : parent, in ? parent : child.item, facts.place, facts.at, GoodsOf(child), facts.seq));
  }
  return Ok();
}

// All that the goods of an event were said to be is taken back: movements, what was made, what became of holdings.
Status TakeBack(storage::Connection& db, const Facts& facts, std::int64_t event) {
  ZHIAN_ASSIGN(auto made, db.Query("SELECT h.item FROM movement m CROSS JOIN holding h WHERE h.district='d' AND h.id=m.to_holding AND m.district='d' AND m.shipped_by=$1 AND m.kind='made'", {event}));
  ZHIAN_TRY(facts.journal.TakeBack(event));
  for (const auto& row : made) {
    ZHIAN_ASSIGN(auto left, db.Query("SELECT SUM(m.quantity_micro), m.unit, h.place, MAX(m.arrived_at) FROM holding h CROSS JOIN movement m WHERE m.district='d' AND m.from_holding=h.id AND m.to_holding=h.id AND m.kind='made' "
                                     "AND h.district='d' AND h.item=$1 GROUP BY m.unit, h.place ORDER BY MAX(m.seq) DESC LIMIT 1", {row.text(0)}));
    ZHIAN_TRY(left.empty() ? db.Execute("UPDATE lot SET quantity_micro=0, place='', produced_at=0 WHERE district='d' AND item=$1", {row.text(0)})
                           : db.Execute("UPDATE lot SET quantity_micro=$2, unit=$3, place=$4, produced_at=$5 WHERE district='d' AND item=$1",
                                        {row.text(0), left.front().value(0), left.front().value(1), left.front().value(2), left.front().value(3)}));
  }
  std::vector<Quantity> goods;
  AddIds(facts.event.body, "epcList", goods);
  AddQuantities(facts.event.body, "quantityList", goods);
  for (const Quantity& q : goods)
    ZHIAN_TRY(db.Execute("UPDATE holding SET status='unknown', evidence='', quantity_micro=0 WHERE district='d' AND item=$1 AND place=$2 AND evidence=$3", {q.item, facts.place, facts.id}));
  return Ok();
}

Status Enter(storage::Connection& db, const Facts& facts) {
  const std::string type = Text(facts.event.body, "type");
  if (facts.place.empty()) return Ok();  // what happened nowhere moves nothing
  std::vector<Quantity> first, second;
  if (type == "TransformationEvent") {
    AddIds(facts.event.body, "inputEPCList", first);
    AddQuantities(facts.event.body, "inputQuantityList", first);
    AddIds(facts.event.body, "outputEPCList", second);
    AddQuantities(facts.event.body, "outputQuantityList", second);
    return EnterTransformation(db, facts, first, second);
  }
  if (type == "AggregationEvent" || type == "AssociationEvent") {
    AddIds(facts.event.body, "childEPCs", first);
    AddQuantities(facts.event.body, "childQuantityList", first);
    return EnterPacking(db, facts, first);
  }
  AddIds(facts.event.body, "epcList", first);
  AddQuantities(facts.event.body, "quantityList", first);
  return EnterGoods(db, facts, first);
}

enum class Taken { kStored, kDuplicate, kRefused };

class Capturer {
 public:
  Capturer(storage::Connection& db, base::Instant now, const Recorder& by, CaptureReport& report) : db_(db), now_(now), by_(by), report_(report), journal_(db) {}

  Result<Taken> Take(epcis::Event& event, const epcis::Document& document, int index) {
    auto faults = epcis::Validate(event, {.now = now_});
    for (auto& fault : faults) Fail(index, std::move(fault.path), std::move(fault.message));
    if (!faults.empty()) return Taken::kRefused;
    ZHIAN_ASSIGN(const bool may, MayTell(event));
    if (!may) {
      Fail(index, "/readPoint", "只能登记自己场所的事件：readPoint 或 bizLocation 须是本单位在档的场所");
      return Taken::kRefused;
    }
    const std::string hash = epcis::EventHash(event, document.ignored);
    std::string id = Text(event.body, "eventID");
    if (id.empty()) event.body["eventID"] = id = hash;
    std::int64_t declared = 0;
    if (const auto* error = event.body.if_contains("errorDeclaration")) declared = base::ParseInstant(Text(error->get_object(), "declarationTime"))->ms;
    ZHIAN_ASSIGN(auto known, db_.Query("SELECT hash FROM epcis_event WHERE district='d' AND event_id=$1 AND declared_at=$2 LIMIT 1", {id, declared}));
    if (!known.empty()) {
      if (known.front().text(0).empty() || known.front().text(0) == hash) return Taken::kDuplicate;
      Fail(index, "/eventID", "这个 eventID 已用于内容不同的事件；更正须用 errorDeclaration");
      return Taken::kRefused;
    }
    ZHIAN_TRY(Store(event, id, declared, hash));
    return Taken::kStored;
  }

  void Fail(int index, std::string path, Message message) {
    if (report_.errors.size() < 1000) report_.errors.push_back({index, std::move(path), std::move(message)});
  }

 private:
  // Of an event without a place nobody but the staff may tell.
  Result<bool> MayTell(const epcis::Event& event) {
    if (by_.anywhere) return true;
    std::string place = PlaceId(event.body, "readPoint");
    if (place.empty()) place = PlaceId(event.body, "bizLocation");
    if (place.empty()) return false;
    ZHIAN_ASSIGN(const auto owners, db_.Query("SELECT operator_id FROM premises WHERE district='d' AND gln=$1 LIMIT 20", {SiteOf(place)}));
    return std::any_of(owners.begin(), owners.end(), [&](const auto& owner) { return std::find(by_.operator_ids.begin(), by_.operator_ids.end(), owner.text(0)) != by_.operator_ids.end(); });
  }

  Status Store(const epcis::Event& event, const std::string& id, std::int64_t declared, const std::string& hash) {
    if (seq_ == 0) {
      ZHIAN_ASSIGN(auto last, db_.Query("SELECT COALESCE(MAX(seq), 0) FROM epcis_event WHERE district='d'"));
      seq_ = last.front().integer(0);
    }
    ++seq_;
    Facts facts{event, id, LastWord(Text(event.body, "bizStep")), PlaceId(event.body, "readPoint"), PartyOf(event.body, "sourceList", "source"), PartyOf(event.body, "destinationList", "destination"),
                base::ParseInstant(Text(event.body, "eventTime"))->ms, seq_, journal_};
    // The read point is where the goods were seen: on arrival they are at the business location as well.
    if (facts.place.empty()) facts.place = PlaceId(event.body, "bizLocation");
    ZHIAN_TRY(db_.Execute("INSERT INTO epcis_event (district, seq, event_id, declared_at, event_time, zone, recorded_at, type, hash, raw) VALUES ('d',$1,$2,$3,$4,$5,$6,$7,$8,$9)",
                          {seq_, id, declared, facts.at, Text(event.body, "eventTimeZoneOffset"), now_.ms, Text(event.body, "type"), hash, json::serialize(StoredForm(event))}));
    for (auto& [field, value] : IndexedValues(event))
      ZHIAN_TRY(db_.Execute("INSERT INTO epcis_value (district, field, value, seq) VALUES ('d',$1,$2,$3) ON CONFLICT DO NOTHING", {field, value, seq_}));
    // An error declaration repeats the event that it declares wrong: it moves nothing, and takes back what that event moved, whichever
    // of the two comes first.
    ZHIAN_ASSIGN(auto other, declared == 0 ? db_.Query("SELECT seq FROM epcis_event WHERE district='d' AND event_id=$1 AND declared_at>0 LIMIT 1", {id})
                                           : db_.Query("SELECT seq FROM epcis_event WHERE district='d' AND event_id=$1 AND declared_at=0 LIMIT 1", {id}));
    if (declared == 0 && other.empty()) ZHIAN_TRY(Enter(db_, facts));
    if (declared != 0 && !other.empty()) ZHIAN_TRY(TakeBack(db_, facts, other.front().integer(0)));
    const auto index = ledger::Append(db_, "event", {{"event", id}, {"hash", hash}, {"rows", json::array{}}}, now_);
    if (!index.ok()) return index.error();
    return Ok();
  }

  storage::Connection& db_;
  base::Instant now_;
  const Recorder& by_;
  CaptureReport& report_;
  Journal journal_;
  std::int64_t seq_ = 0;
};

}  // namespace

std::span<const storage::Migration> Migrations() { return kMigrations; }

Recorder RecorderOf(const procedure::Actor& actor) {
  Recorder by{.anywhere = actor.system, .operator_ids = {}};
  for (const auto& held : actor.roles) {
    if (held.operator_id.empty()) by.anywhere = true;
    else by.operator_ids.push_back(held.operator_id);
  }
  return by;
}

json::object StoredForm(const epcis::Event& event) {
  json::object stored = event.body;
  json::object context;
  for (const auto& [prefix, space] : event.namespaces) context[prefix] = space;
  if (!context.empty()) stored["@context"] = std::move(context);
  return stored;
}

std::vector<std::pair<std::string, std::string>> IndexedValues(const epcis::Event& event) {
  std::vector<std::pair<std::string, std::string>> out;
  const json::object& body = event.body;
  const auto add = [&](std::string field, const std::string& value) {
    if (!value.empty() && value.size() <= 2000) out.emplace_back(std::move(field), value);
  };
  for (const char* name : {"type", "action", "bizStep", "disposition"}) add(name, Text(body, name));
  for (const char* name : {"readPoint", "bizLocation"}) add(name, PlaceId(body, name));
  for (const char* name : {"parentID", "transformationID"}) add(name, epcis::CanonicalId(Text(body, name)));
  for (const char* name : {"epcList", "childEPCs", "inputEPCList", "outputEPCList"})
    if (const auto* list = body.if_contains(name); list != nullptr && list->is_array())
      for (const auto& id : list->get_array())
        if (id.is_string()) add(name, epcis::CanonicalId(std::string_view(id.get_string())));
  for (const char* name : {"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"})
    if (const auto* list = body.if_contains(name); list != nullptr && list->is_array())
      for (const auto& entry : list->get_array())
        if (entry.is_object()) add(name, epcis::CanonicalId(Text(entry.get_object(), "epcClass")));
  for (const auto& [list, key] : {std::pair{"bizTransactionList", "bizTransaction"}, {"sourceList", "source"}, {"destinationList", "destination"}})
    if (const auto* value = body.if_contains(list); value != nullptr && value->is_array())
      for (const auto& entry : value->get_array())
        if (entry.is_object()) add(list, Text(entry.get_object(), "type") + " " + epcis::CanonicalId(Text(entry.get_object(), key)));
  return out;
}

Result<CaptureReport> Capture(storage::Connection& db, epcis::Source& source, OnError on_error, base::Instant now, const Recorder& by) {
  CaptureReport report;
  const auto refuse = [&](Message message, std::string path = {}) {
    report.errors.push_back({-1, std::move(path), std::move(message)});
    ++report.rejected;
  };
  Capturer capturer(db, now, by, report);
  auto reader = epcis::DocumentReader::Open(source);
  if (!reader.ok()) refuse(reader.error().message);
  while (reader.ok()) {
    epcis::Event event;
    const auto step = (*reader)->Next(event);
    if (!step.ok()) {
      // The rest of the document is lost; what proceeded before it stays.
      refuse(step.error().message);
      break;
    }
    if (*step == epcis::DocumentReader::Step::kEnd) {
      if (report.events == 0 && (*reader)->document().vocabularies.empty()) refuse("文档中没有事件 epcisBody.eventList", "/epcisBody/eventList");
      ZHIAN_TRY(TakeMasterData(db, (*reader)->document(), now, by, report));
      break;
    }
    const int index = report.events++;
    if (*step == epcis::DocumentReader::Step::kBadEvent) {
      capturer.Fail(index, "", (*reader)->fault());
      ++report.rejected;
      continue;
    }
    ZHIAN_ASSIGN(const Taken taken, capturer.Take(event, (*reader)->document(), index));
    if (taken == Taken::kRefused) ++report.rejected;
    else if (taken == Taken::kStored) ++report.captured;
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

Result<CaptureReport> Capture(storage::Connection& db, std::string_view document, OnError on_error, base::Instant now, const Recorder& by) {
  epcis::TextSource source(document);
  return Capture(db, source, on_error, now, by);
}

}  // namespace zhian::traceability
