#include "rooms/traceability/event_rows.hpp"

#include <algorithm>
#include <tuple>

#include "base/json.hpp"

namespace zhian::traceability {

Result<std::int64_t> EventRows::Add(EventRow event, std::vector<std::pair<std::string_view, std::string>> values) {
  if (seq_ < 0) {
    ZHIAN_ASSIGN(const auto last, db_.Query("SELECT COALESCE(MAX(seq), 0) FROM epcis_event WHERE district='d'"));
    seq_ = last.front().integer(0);
  }
  ++seq_;
  // Canonical JSON, as the ledger commits to it.
  std::string change = "{\"event\":";
  base::AppendCanonical(change, event.id);
  change += ",\"hash\":";
  base::AppendCanonical(change, event.hash);
  change += ",\"rows\":[]}";
  ZHIAN_TRY(leaves_.AddCanonical("event", std::move(change), now_));
  for (auto& [field, value] : values) values_.push_back({field, std::move(value), seq_});
  ids_.insert(event.id);
  events_.push_back({seq_, std::move(event.id), event.declared_at, event.event_time, std::move(event.zone), now_.ms, std::move(event.type), std::move(event.hash), std::move(event.raw)});
  return seq_;
}

Status EventRows::Flush() {
  for (const auto& row : events_)
    ZHIAN_TRY(db_.Execute("INSERT INTO epcis_event (district, seq, event_id, declared_at, event_time, zone, recorded_at, type, hash, raw) VALUES ('d',$1,$2,$3,$4,$5,$6,$7,$8,$9)", row));
  // In the order of their index: neighbours of it are written one after the other.
  const auto key = [](const Value& v) { return std::tie(v.field, v.value, v.seq); };
  std::sort(values_.begin(), values_.end(), [&](const Value& a, const Value& b) { return key(a) < key(b); });
  values_.erase(std::unique(values_.begin(), values_.end(), [&](const Value& a, const Value& b) { return key(a) == key(b); }), values_.end());
  std::array<storage::Value, 3> row{std::string{}, std::string{}, std::int64_t{0}};
  for (const Value& value : values_) {
    std::get<std::string>(row[0]).assign(value.field);
    std::get<std::string>(row[1]).assign(value.value);
    row[2] = value.seq;
    ZHIAN_TRY(db_.Execute("INSERT INTO epcis_value (district, field, value, seq) VALUES ('d',$1,$2,$3)", row));
  }
  ZHIAN_TRY(leaves_.Flush());
  events_.clear();
  values_.clear();
  ids_.clear();
  return Ok();
}

}  // namespace zhian::traceability
