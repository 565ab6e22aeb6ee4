#include "rooms/traceability/event_rows.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "base/json.hpp"

namespace zhian::traceability {

namespace {
template <class Less>
std::vector<std::uint32_t> Order(std::size_t size, Less less) {
  std::vector<std::uint32_t> order(size);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), less);
  return order;
}
}  // namespace

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
  // In the order of the index that they are found by, which is that of their hashes: each of its pages is met once.
  const auto id_of = [&](std::uint32_t i) -> const std::string& { return std::get<std::string>(events_[i][1]); };
  for (const std::uint32_t i : Order(events_.size(), [&](std::uint32_t a, std::uint32_t b) { return id_of(a) < id_of(b); }))
    ZHIAN_TRY(db_.Execute("INSERT INTO epcis_event (district, seq, event_id, declared_at, event_time, zone, recorded_at, type, hash, raw) VALUES ('d',$1,$2,$3,$4,$5,$6,$7,$8,$9)", events_[i]));
  // These too: neighbours in the index are written one after the other.
  const auto key = [&](std::uint32_t i) { return std::tie(values_[i].field, values_[i].value, values_[i].seq); };
  const Value* last = nullptr;
  std::array<storage::Value, 3> row{std::string{}, std::string{}, std::int64_t{0}};
  for (const std::uint32_t i : Order(values_.size(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); })) {
    const Value& value = values_[i];
    if (last != nullptr && last->seq == value.seq && last->value == value.value && last->field == value.field) continue;  // said twice
    last = &value;
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
