#include "rooms/traceability/store/event_rows.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/json.hpp"

namespace zhian::traceability {

namespace {

// The first eight bytes from `at` on as a number in the order of the texts.
std::uint64_t Head(std::string_view text, std::size_t at) {
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < 8; ++i)
    head = head << 8 | (at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U);
  return head;
}

// The places of the texts in their order; equal ones as they stand. Identifiers begin alike: what they have in common
// is not compared.
template <class TextOf>
std::vector<std::uint32_t> InOrder(std::vector<std::uint32_t> places, TextOf text_of) {
  if (places.size() < 2) return places;
  std::string_view common = text_of(places.front());
  for (const std::uint32_t place : places) {
    const std::string_view text = text_of(place);
    common = common.substr(
        0, static_cast<std::size_t>(std::mismatch(common.begin(), common.end(), text.begin(), text.end()).first -
                                    common.begin()));
  }
  std::vector<std::pair<std::uint64_t, std::uint32_t>> heads;
  heads.reserve(places.size());
  for (const std::uint32_t place : places) heads.emplace_back(Head(text_of(place), common.size()), place);
  std::sort(heads.begin(), heads.end(), [&](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    const int order = text_of(a.second).compare(text_of(b.second));
    return order != 0 ? order < 0 : a.second < b.second;
  });
  for (std::size_t i = 0; i < heads.size(); ++i) places[i] = heads[i].second;
  return places;
}

}  // namespace

Result<std::int64_t> EventRows::Add(EventRow event, std::vector<std::pair<std::string_view, std::string>> values) {
  if (seq_ < 0) {
    ZHIAN_ASSIGN(const auto last, db_.Query("SELECT COALESCE(MAX(seq), 0) FROM epcis_event WHERE district=$d"));
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
  events_.push_back({seq_, std::move(event.id), event.declared_at, event.event_time, std::move(event.zone), now_.ms,
                     std::move(event.type), std::move(event.hash), std::move(event.raw)});
  return seq_;
}

Status EventRows::Flush() {
  // In the order of the index that they are found by, which is that of their hashes: each of its pages is met once.
  std::vector<std::uint32_t> places(events_.size());
  std::iota(places.begin(), places.end(), 0U);
  for (const std::uint32_t i : InOrder(std::move(places), [&](std::uint32_t at) {
         return std::string_view(std::get<std::string>(events_[at][1]));
       }))
    ZHIAN_TRY(db_.Execute(
        "INSERT INTO epcis_event (district, seq, event_id, declared_at, event_time, zone, recorded_at, type, hash, raw) VALUES ($d,$1,$2,$3,$4,$5,$6,$7,$8,$9)",
        events_[i]));
  // These too: neighbours in the index are written one after the other.
  std::map<std::string_view, std::vector<std::uint32_t>> fields;
  for (std::uint32_t i = 0; i < values_.size(); ++i) fields[values_[i].field].push_back(i);
  std::array<storage::Value, 3> row{std::string{}, std::string{}, std::int64_t{0}};
  for (auto& [field, of_field] : fields) {
    std::get<std::string>(row[0]).assign(field);
    std::string& text = std::get<std::string>(row[1]);
    std::int64_t last = -1;  // number of the event whose value stands in the row
    for (const std::uint32_t i :
         InOrder(std::move(of_field), [&](std::uint32_t at) { return std::string_view(values_[at].value); })) {
      Value& value = values_[i];
      if (last == value.seq && text == value.value) continue;  // said twice
      last = value.seq;
      text.swap(value.value);
      row[2] = value.seq;
      ZHIAN_TRY(db_.Execute("INSERT INTO epcis_value (district, field, value, seq) VALUES ($d,$1,$2,$3)", row));
    }
  }
  ZHIAN_TRY(leaves_.Flush());
  events_.clear();
  values_.clear();
  ids_.clear();
  return Ok();
}

}  // namespace zhian::traceability
