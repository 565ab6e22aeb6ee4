// What subscriptions are sent: due ones are leased, look at what has come since their cursor, and move on once it was
// accepted.
#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "desk/caller.hpp"
#include "engines/epcis/schedule.hpp"
#include "jobs/wire.hpp"
#include "rooms/traceability/face/epcis_subscriptions.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace json = boost::json;

namespace {

constexpr int kEventsOfMessage = 100, kMessagesAtOnce = 20;

}  // namespace

Status CanStand(const json::object& query) {
  for (const char* name : {"orderBy", "orderDirection", "eventCountLimit", "maxEventCount"})
    if (query.contains(name))
      return NeedsMending({{std::string("/") + name, "SubscriptionControlsException",
                            Say("带 {} 的查询不能订阅：订阅按入库次序给出全部事件", std::string(name))}});
  return Ok();
}

Result<std::int64_t> CursorAt(storage::Connection& db, std::optional<base::Instant> from) {
  ZHIAN_ASSIGN(
      const auto rows,
      from ? db.Query("SELECT seq FROM epcis_event WHERE district=$d AND recorded_at < $1 ORDER BY seq DESC LIMIT 1",
                      {from->ms})
           : db.Query("SELECT seq FROM epcis_event WHERE district=$d ORDER BY seq DESC LIMIT 1"));
  return rows.empty() ? std::int64_t{0} : rows.front().integer(0);
}

Result<Look> LookFrom(storage::Connection& db, const ReadScope& scope, const std::string& query_name,
                      std::int64_t cursor, std::int64_t record_time_from) {
  ZHIAN_ASSIGN(const json::object named, LoadNamedQuery(db, query_name));
  ZHIAN_ASSIGN(const auto parameters, epcis::ReadQueryObject(named));
  ZHIAN_ASSIGN(auto query, epcis::ParseQuery(parameters));
  query.record_time_from = std::max(query.record_time_from.value_or(record_time_from), record_time_from);
  ZHIAN_ASSIGN(const std::int64_t newest, CursorAt(db, std::nullopt));
  Look look;
  look.page.per_page = kEventsOfMessage;
  look.page.token = std::to_string(cursor);
  ZHIAN_TRY(FindEvents(db, scope, query, look.page));
  look.more = !look.page.next.empty();
  look.cursor = look.more ? look.page.reached : std::max(cursor, newest);
  return look;
}

SubscriptionSender NetworkSubscriptionSender(const base::Clock& real_clock, const jobs::OutboxOptions& options) {
  return [&real_clock, hosts = options.subscription_hosts,
          timeout = options.timeout](const SubscriptionMessage& message) -> Status {
    ZHIAN_ASSIGN(const auto endpoint, jobs::ParseEndpoint(message.dest));
    const auto listed = [&](const std::string& host) {
      return std::find(hosts.begin(), hosts.end(), host) != hosts.end();
    };
    jobs::Post post{.url = message.dest,
                    .body = message.body,
                    .delivery_id = message.delivery_id,
                    .content_type = message.content_type,
                    .signature_header = "GS1-Signature"};
    post.public_only = !listed(endpoint.host) && !listed(endpoint.host + ":" + endpoint.port);
    if (!message.secret.empty()) post.signature = jobs::Sign(message.secret, real_clock.Now().ms / 1000, message.body);
    return jobs::SendPost(post, timeout);
  };
}

struct StandingQueries::Due {
  std::string id, query, account, dest, secret, schedule;
  bool report_if_empty = false;
  EventForm form;
  std::int64_t initial_record_time = 0, cursor = 0, attempts = 0;
};

StandingQueries::StandingQueries(App& app, jobs::OutboxOptions options, SubscriptionSender sender)
    : app_(app), options_(std::move(options)), sender_(std::move(sender)) {}

Result<jobs::Delivered> StandingQueries::Deliver() {
  jobs::Delivered done;
  std::vector<Due> due;
  const std::int64_t now = app_.real_clock.Now().ms;
  ZHIAN_TRY(app_.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const std::int64_t newest, CursorAt(db, std::nullopt));
    ZHIAN_ASSIGN(
        const auto rows,
        db.Query(
            "SELECT id, query, account, dest, secret, schedule, report_if_empty, epc_format, media, web_words, initial_record_time, cursor, attempts FROM epcis_subscription WHERE district=$d AND state='active' "
            "AND next_at <= $1 AND leased_until <= $1 AND (schedule<>'' OR cursor < $2) ORDER BY next_at, id LIMIT $3",
            {now, newest, std::int64_t{options_.batch}}));
    for (const auto& row : rows) {
      Due one{row.text(0),         row.text(1), row.text(2),     row.text(3),     row.text(4),    row.text(5),
              row.integer(6) != 0, {},          row.integer(10), row.integer(11), row.integer(12)};
      one.form.epc_format = row.text(7);
      for (const auto media : {EventForm::Media::kJson, EventForm::Media::kXml})
        if (row.text(8) == MediaType(media)) one.form.media = media;
      if (row.integer(9) != 0) one.form.words = epcis::CbvForm::kWebUri;
      due.push_back(std::move(one));
    }
    return Ok();
  }));
  for (const Due& one : due) {
    const std::string lease = base::RandomCode(16);
    std::int64_t leased = 0;
    ZHIAN_TRY(app_.database.Write([&](storage::Connection& db) -> Status {
      const std::int64_t at = app_.real_clock.Now().ms;
      ZHIAN_ASSIGN(
          leased,
          db.Execute(
              "UPDATE epcis_subscription SET lease=$2, leased_until=$3 WHERE district=$d AND id=$1 AND state='active' AND leased_until <= $4 AND cursor=$5",
              {one.id, lease, at + std::chrono::milliseconds(options_.lease).count(), at, one.cursor}));
      return Ok();
    }));
    if (leased == 1) ZHIAN_TRY(Serve(one, lease, done));
  }
  return done;
}

// REQUIRES: due is leased under `lease`. Ends with the lease given back.
Status StandingQueries::Serve(const Due& due, const std::string& lease, jobs::Delivered& done) {
  const std::int64_t lease_ends =
      app_.real_clock.Now().ms + std::chrono::milliseconds(options_.lease).count() - 2 * options_.timeout.count();
  std::int64_t cursor = due.cursor, failed_before = due.attempts;
  const auto keep = [&](const char* state, std::int64_t attempts, std::int64_t next_at, const std::string& fault) {
    return app_.database.Write([&](storage::Connection& db) -> Status {
      ZHIAN_TRY(db.Execute(
          "UPDATE epcis_subscription SET state=$3, attempts=$4, next_at=$5, fault=$6, leased_until=0 WHERE district=$d AND id=$1 AND lease=$2",
          {due.id, lease, std::string(state), attempts, next_at, fault.substr(0, 500)}));
      return Ok();
    });
  };
  const auto fails = [&](const Error& error) {
    const std::int64_t attempts = failed_before + 1;
    const bool give_up = attempts >= options_.attempts_max;
    ++(give_up ? done.given_up : done.failed);
    return keep(give_up ? "suspended" : "active", attempts,
                app_.real_clock.Now().ms +
                    std::chrono::milliseconds(jobs::PauseAfter(options_, static_cast<int>(attempts))).count(),
                error.message.Text());
  };
  const auto account = app_.identity.LoadAccount(due.account);
  const auto principal = app_.identity.PrincipalOf(due.account);
  if (!account.ok() || !principal.ok() || account->status != "active")
    return keep("suspended", due.attempts, 0, "the account of the subscription is closed");
  const ReadScope scope = ScopeOf(ActorOf(*principal));
  bool more = true, first = true;
  for (int message = 0; more && message < kMessagesAtOnce && app_.real_clock.Now().ms < lease_ends;
       ++message, first = false) {
    Look look;
    const Status found = app_.database.Read([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(look, LookFrom(db, scope, due.query, cursor, due.initial_record_time));
      return Ok();
    });
    if (!found.ok()) return fails(found.error());
    const bool tells =
        !look.page.events.empty() || (first && !look.more && !due.schedule.empty() && due.report_if_empty);
    if (tells) {
      const std::string body =
          WriteQueryDocument(std::move(look.page.events), due.form, due.query, due.id, app_.clock.Now());
      const Status sent =
          sender_({due.id + "-" + std::to_string(look.cursor), due.dest, due.secret, body, MediaType(due.form.media)});
      if (!sent.ok()) return fails(sent.error());
      ++done.sent;
    }
    std::int64_t still_there = 0;
    ZHIAN_TRY(app_.database.Write([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(still_there,
                   db.Execute("UPDATE epcis_subscription SET cursor=$3 WHERE district=$d AND id=$1 AND lease=$2",
                              {due.id, lease, look.cursor}));
      if (tells)
        ZHIAN_TRY(db.Execute(
            "UPDATE epcis_subscription SET attempts=0, fault='', last_notified_at=$3, min_record_time=$4 WHERE district=$d AND id=$1 AND lease=$2",
            {due.id, lease, app_.real_clock.Now().ms, app_.clock.Now().ms}));
      return Ok();
    }));
    if (still_there == 0) return Ok();  // it was ended meanwhile
    if (tells) failed_before = 0;
    cursor = look.cursor;
    more = look.more;
  }
  std::int64_t next_at = app_.real_clock.Now().ms;
  if (!more && !due.schedule.empty()) {
    const auto schedule = epcis::ParseSchedule(json::parse(due.schedule).as_object());
    const auto next = schedule.ok() ? epcis::NextTime(*schedule, app_.real_clock.Now()) : std::nullopt;
    if (!next) return keep("suspended", 0, 0, "the schedule has no further time");
    next_at = next->ms;
  }
  return keep("active", 0, next_at, "");
}

}  // namespace zhian::traceability::face
