// The tables of captured events and of what came of them. The text of a migration is never changed: folders were made
// by it.
#include "rooms/traceability/store/capture.hpp"

namespace zhian::traceability {

namespace {

constexpr storage::Migration kMigrations[] = {
    {"traceability/001", R"sql(
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
    // An error declaration bears the identifier of the event that it declares wrong: both stand side by side. `seq` is
    // the order in which events were recorded.
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
    // Holdings get numbers that follow one another, and movements a journal's: what the graph in memory is built of and
    // follows. The number of an event that was captured before is not known to its movements: −1. `made`: what a
    // holding began with.
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
    // The journal of what changes beside movements: what became of a holding, who keeps a place, what that operator is
    // called and where it is. By triggers, so that no writer can forget it: what is kept in memory is only as good as
    // this.
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

}  // namespace

std::span<const storage::Migration> Migrations() { return kMigrations; }

}  // namespace zhian::traceability
