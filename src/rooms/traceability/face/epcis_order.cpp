// Events in the order of a field of somebody's own.
#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "base/json.hpp"
#include "base/text.hpp"
#include "rooms/traceability/face/epcis_answer.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace json = boost::json;

namespace {

constexpr int kInnerPagesMax = 20, kInnerPage = 1000;
constexpr std::size_t kBytesMax = std::size_t{64} << 20;

struct Ranked {
  epcis::OrderKey key;
  std::int64_t number = 0;
  json::object event;
  std::size_t bytes = 0;
};

// A token is the place of the last event in this order: [kind, bits of the number, text, number of the event].
std::string TokenOf(const Ranked& one) {
  const std::string text = json::serialize(json::array{
      static_cast<int>(one.key.kind), std::bit_cast<std::int64_t>(one.key.number), one.key.text, one.number});
  return base::Base64Url(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Result<Ranked> ReadToken(std::string token) {
  const auto bad = [] {
    return NeedsMending({{"/nextPageToken", "QueryParameterException", "nextPageToken 不是本系统给出的"}});
  };
  std::replace(token.begin(), token.end(), '-', '+');
  std::replace(token.begin(), token.end(), '_', '/');
  while (token.size() % 4 != 0) token += '=';
  const auto bytes = base::FromBase64(token);
  if (!bytes.ok() || bytes->size() > 4096) return bad();
  const auto value = base::ParseJson({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  const auto* list = value.ok() ? value->if_array() : nullptr;
  if (list == nullptr || list->size() != 4 || !(*list)[0].is_int64() || !(*list)[1].is_int64() ||
      !(*list)[2].is_string() || !(*list)[3].is_int64())
    return bad();
  const std::int64_t kind = (*list)[0].get_int64();
  if (kind < 0 || kind > 2 || !std::isfinite(std::bit_cast<double>((*list)[1].get_int64()))) return bad();
  Ranked at;
  at.key = {static_cast<epcis::OrderKey::Kind>(kind), std::bit_cast<double>((*list)[1].get_int64()),
            std::string((*list)[2].get_string())};
  at.number = (*list)[3].get_int64();
  return at;
}

}  // namespace

Status FindOrdered(storage::Connection& db, const ReadScope& scope, const epcis::Query& query, EventPage& page) {
  // What has no key is last in both directions; of equals the one that was recorded first goes first.
  const auto before = [&query](const Ranked& a, const Ranked& b) {
    if (a.key.kind != b.key.kind) {
      if (a.key.kind == epcis::OrderKey::Kind::kNone || b.key.kind == epcis::OrderKey::Kind::kNone)
        return b.key.kind == epcis::OrderKey::Kind::kNone;
      return (a.key.kind < b.key.kind) != query.descending;
    }
    if (a.key.number != b.key.number) return (a.key.number < b.key.number) != query.descending;
    if (a.key.text != b.key.text) return (a.key.text < b.key.text) != query.descending;
    return a.number < b.number;
  };
  const auto too_complex = [] {
    return Error{ErrorCode::kTooLarge,
                 "查询太宽，请加上时间或标识",
                 {{"/", "QueryTooComplexException", "查询太宽，请加上时间或标识"}}};
  };
  std::optional<Ranked> after;
  if (!page.token.empty()) {
    ZHIAN_ASSIGN(after, ReadToken(page.token));
  }
  const std::size_t wanted = static_cast<std::size_t>(query.count_max.value_or(page.per_page));
  epcis::Query inner = query;
  inner.order_field.clear();
  inner.by_event_time = inner.descending = false;
  inner.count_limit.reset();
  inner.count_max.reset();
  std::vector<Ranked> best;
  std::size_t bytes = 0;
  const auto keep_best = [&] {
    std::sort(best.begin(), best.end(), before);
    for (; best.size() > wanted + 1; best.pop_back()) bytes -= best.back().bytes;
  };
  std::string token;
  for (int round = 0;; ++round) {
    if (round == kInnerPagesMax) return too_complex();
    EventPage part;
    part.per_page = kInnerPage;
    part.token = token;
    part.event_id = page.event_id;
    ZHIAN_TRY(FindEvents(db, scope, inner, part));
    for (std::size_t i = 0; i < part.events.size(); ++i) {
      epcis::Event event{std::move(part.events[i].as_object()), {}};
      if (const auto* context = event.body.if_contains("@context")) epcis::ReadContext(*context, event.namespaces);
      Ranked one{query.OrderOf(event), part.numbers[i], {}, 0};
      if (after && !before(*after, one)) continue;
      one.bytes = json::serialize(event.body).size();
      one.event = std::move(event.body);
      bytes += one.bytes;
      best.push_back(std::move(one));
      if (best.size() > 2 * (wanted + 1)) keep_best();
      if (bytes > kBytesMax) keep_best();
      if (bytes > kBytesMax) return too_complex();
    }
    token = part.next;
    if (token.empty()) break;
  }
  keep_best();
  if (best.size() > wanted) {
    if (query.count_max)
      return Error{ErrorCode::kTooLarge,
                   "结果超过 maxEventCount，请缩小范围",
                   {{"/maxEventCount", "QueryTooLargeException", "结果超过 maxEventCount，请缩小范围"}}};
    best.pop_back();
    if (!query.count_limit) page.next = TokenOf(best.back());
  }
  for (Ranked& one : best) {
    page.events.push_back(std::move(one.event));
    page.numbers.push_back(one.number);
  }
  return Ok();
}

}  // namespace zhian::traceability::face
