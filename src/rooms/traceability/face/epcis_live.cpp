// Standing queries by WebSocket.
#include <algorithm>

#include "base/json.hpp"
#include "desk/caller.hpp"
#include "rooms/traceability/face/epcis_subscriptions.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace json = boost::json;

namespace {

constexpr std::size_t kOfAccountMax = 5, kInAllMax = 200;
constexpr std::int64_t kLongestMs = std::int64_t{12} * 3'600'000;

Error Bad(const std::string& field, Message message) {
  return NeedsMending({{"/" + field, "SubscriptionControlsException", std::move(message)}});
}

// A browser sends the cookie from any page: only pages of this house may connect with it.
bool FromAnotherSite(const http::Request& request) {
  const std::string_view origin = request.headers.Get("Origin");
  const auto scheme = origin.find("://");
  return !origin.empty() &&
         (scheme == std::string_view::npos || origin.substr(scheme + 3) != request.headers.Get("Host"));
}

}  // namespace

Result<http::Response> LiveQueries::Connect(App& app, Caller& caller) {
  if (FromAnotherSite(caller.request)) return MakeError(ErrorCode::kForbidden, "连接来自别的网站，不予接受");
  auto live = std::make_shared<Live>();
  live->socket = std::make_shared<http::WebSocket>();
  live->query = caller.request.PathParameter("q");
  live->account = caller.actor.account_id;
  ZHIAN_ASSIGN(live->form, ReadEventForm(caller.request));
  json::object schedule;
  bool stream = false;
  std::optional<base::Instant> from;
  for (const auto& [name, value] : caller.request.query.pairs()) {
    if (name == "stream") {
      if (value != "true") return Bad(name, "stream=true 和 schedule 二者写一项");
      stream = true;
    } else if (name == "reportIfEmpty") {
      if (value != "true" && value != "false") return Bad(name, "须是 true 或 false");
      live->report_if_empty = value == "true";
    } else if (name == "initialRecordTime") {
      const auto at = base::ParseInstant(value);
      if (!at.ok()) return Bad(name, "时间写成 2026-11-24T09:30:00+08:00，须带时区");
      from = *at;
    } else {
      schedule[name] = value;  // what is none of a schedule's fields is refused with it
    }
  }
  if (stream == !schedule.empty()) return Bad("stream", "stream=true 和 schedule 二者写一项");
  if (stream && live->report_if_empty) return Bad("reportIfEmpty", "reportIfEmpty 只用于定时的订阅");
  const base::Instant now = app.real_clock.Now();
  if (!stream) {
    ZHIAN_ASSIGN(live->schedule, epcis::ParseSchedule(schedule));
    const auto next = epcis::NextTime(*live->schedule, now);
    if (!next) return Bad("schedule", "这个时间十年内不会出现，请核对");
    live->next_at = next->ms;
  }
  live->from = from ? from->ms : app.clock.Now().ms;
  live->ends_at = now.ms + kLongestMs;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const json::object named, LoadNamedQuery(db, live->query));
    ZHIAN_TRY(CanStand(named));
    ZHIAN_ASSIGN(live->cursor, CursorAt(db, from));
    return Ok();
  }));
  const auto socket = live->socket;  // held here as well, so that it does not look like one that never came to be
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(lives_, [](const auto& one) { return one->socket->closed(); });
    const auto own =
        std::count_if(lives_.begin(), lives_.end(), [&](const auto& one) { return one->account == live->account; });
    if (lives_.size() >= kInAllMax || static_cast<std::size_t>(own) >= kOfAccountMax)
      return MakeError(ErrorCode::kTooMany, Say("一个账号最多同时有 {} 个连接", kOfAccountMax));
    lives_.push_back(live);
  }
  return http::AnswerWebSocket(socket);
}

// REQUIRES: the socket is ready.
Status LiveQueries::TellOne(App& app, Live& live, std::int64_t newest) {
  const std::int64_t now = app.real_clock.Now().ms;
  if (now >= live.ends_at) return live.socket->Close(1000, "twelve hours are over"), Ok();
  if (live.schedule ? now < live.next_at : live.cursor >= newest) return Ok();
  const auto account = app.identity.LoadAccount(live.account);
  const auto principal = app.identity.PrincipalOf(live.account);
  if (!account.ok() || !principal.ok() || account->status != "active")
    return live.socket->Close(1008, "the account is closed"), Ok();
  Look look;
  const Status found = app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(look, LookFrom(db, ScopeOf(ActorOf(*principal)), live.query, live.cursor, live.from));
    return Ok();
  });
  if (!found.ok()) {
    const bool gone = found.error().code == ErrorCode::kNotFound;
    live.socket->Close(gone ? 1000 : 1011, gone ? "the query was removed" : "the query failed");
    return gone ? Ok() : found;
  }
  if (!look.page.events.empty() || (!look.more && live.schedule && live.report_if_empty))
    if (!live.socket->TrySend(
            WriteQueryDocument(std::move(look.page.events), live.form, live.query, "", app.clock.Now())))
      return Ok();
  live.cursor = look.cursor;
  if (live.schedule && !look.more) {
    const auto next = epcis::NextTime(*live.schedule, base::Instant{now});
    live.next_at = next ? next->ms : live.ends_at;
  }
  return Ok();
}

Status LiveQueries::Tell(App& app) {
  std::vector<std::shared_ptr<Live>> ready;
  {
    const std::lock_guard lock(mutex_);
    // A connection that never came to be holds nothing but this.
    std::erase_if(lives_, [](const auto& one) { return one->socket->closed() || one->socket.use_count() == 1; });
    for (const auto& one : lives_)
      if (one->socket->ready()) ready.push_back(one);
  }
  if (ready.empty()) return Ok();
  std::int64_t newest = 0;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(newest, CursorAt(db, std::nullopt));
    return Ok();
  }));
  for (const auto& one : ready) ZHIAN_TRY(TellOne(app, *one, newest));
  return Ok();
}

void LiveQueries::DropQuery(const std::string& query) {
  const std::lock_guard lock(mutex_);
  for (const auto& one : lives_)
    if (one->query == query) one->socket->Close(1000, "the query was removed");
}

}  // namespace zhian::traceability::face
