// Standing queries of EPCIS: who subscribes to a named query is sent what comes after, by webhook. A subscription
// stands at the number of the last event that its receiver has accepted, so that an event is sent after it was
// committed, and again until it was accepted; what its owner may not see any more is not sent. Bounded: subscriptions
// of an account and in all, events of a message. Handlers as those of epcis_routes.cpp; one StandingQueries a program,
// on a thread of its own; a lease keeps several apart.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "desk/app.hpp"
#include "engines/epcis/schedule.hpp"
#include "http/websocket.hpp"
#include "jobs/outbox.hpp"
#include "rooms/traceability/face/epcis_answer.hpp"

namespace zhian::traceability::face {

std::span<const storage::Migration> SubscriptionMigrations();

Result<http::Response> Subscribe(desk::App& app, desk::Caller& caller);
Result<http::Response> ListSubscriptions(desk::App& app, desk::Caller& caller);
Result<http::Response> GetSubscription(desk::App& app, desk::Caller& caller);
Result<http::Response> Unsubscribe(desk::App& app, desk::Caller& caller);
// From when on events are still to be told by the subscription of the path, where it is the caller's.
Result<std::optional<base::Instant>> MinRecordTimeOf(desk::App& app, const desk::Caller& caller);
// With the named query its subscriptions go.
Status DropSubscriptionsOf(storage::Connection& db, const std::string& query);

// The query of a standing one, and what has come since event `cursor`: page.events, and where the next look begins.
struct Look {
  EventPage page;
  std::int64_t cursor = 0;
  bool more = false;
};
Result<Look> LookFrom(storage::Connection& db, const desk::ReadScope& scope, const std::string& query_name,
                      std::int64_t cursor, std::int64_t record_time_from);
// A query that orders or cuts its answer cannot stand. Errors: SubscriptionControlsException.
Status CanStand(const boost::json::object& query);
// Where a subscription begins that wants what was recorded from then on.
Result<std::int64_t> CursorAt(storage::Connection& db, std::optional<base::Instant> from);

struct SubscriptionMessage {
  std::string delivery_id, dest, secret, body, content_type;
};
using SubscriptionSender = std::function<Status(const SubscriptionMessage&)>;
// By HTTP: signed as the outbox signs, in GS1-Signature; only to public addresses, unless the host is one of
// `subscription_hosts`.
SubscriptionSender NetworkSubscriptionSender(const base::Clock& real_clock, const jobs::OutboxOptions& options);

class StandingQueries {
 public:
  // REQUIRES: app outlives it.
  StandingQueries(desk::App& app, jobs::OutboxOptions options, SubscriptionSender sender);
  // One round over what is due; never waits for anything but receivers.
  Result<jobs::Delivered> Deliver();

 private:
  struct Due;
  Status Serve(const Due& due, const std::string& lease, jobs::Delivered& done);
  desk::App& app_;
  jobs::OutboxOptions options_;
  SubscriptionSender sender_;
};

// Standing queries of who is connected: by WebSocket, for as long as the connection lasts, twelve hours at most. A
// connection that breaks is taken up again by its client with initialRecordTime.
class LiveQueries : public desk::RoomState {
 public:
  // 101, or why not: what stream or schedule ask in the query string. REQUIRES: WantsWebSocket(caller.request).
  Result<http::Response> Connect(desk::App& app, desk::Caller& caller);
  // One round: each connection that took its last message is sent what has come since.
  Status Tell(desk::App& app);
  void DropQuery(const std::string& query);

 private:
  struct Live {
    std::shared_ptr<http::WebSocket> socket;
    std::string query, account;
    std::optional<epcis::Schedule> schedule;
    bool report_if_empty = false;
    EventForm form;
    std::int64_t from = 0, cursor = 0, next_at = 0, ends_at = 0;
  };
  Status TellOne(desk::App& app, Live& live, std::int64_t newest);
  std::mutex mutex_;  // guards lives_; what is in it is the teller's alone once it is connected
  std::vector<std::shared_ptr<Live>> lives_;
};

}  // namespace zhian::traceability::face
