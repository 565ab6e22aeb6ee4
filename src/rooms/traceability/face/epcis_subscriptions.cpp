// The resources of subscriptions: made, listed, ended by who owns them. What is sent stands in epcis_standing.cpp.
#include "rooms/traceability/face/epcis_subscriptions.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "engines/epcis/schedule.hpp"
#include "jobs/wire.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace json = boost::json;

namespace {

constexpr std::int64_t kOfAccountMax = 20, kInAllMax = 500;

constexpr storage::Migration kMigrations[] = {{"epcis/subscriptions-1", R"sql(
CREATE TABLE epcis_subscription (
  district TEXT NOT NULL, id TEXT NOT NULL, query TEXT NOT NULL, account TEXT NOT NULL, dest TEXT NOT NULL, secret TEXT NOT NULL, schedule TEXT NOT NULL, report_if_empty BIGINT NOT NULL,
  epc_format TEXT NOT NULL, media TEXT NOT NULL, web_words BIGINT NOT NULL, initial_record_time BIGINT NOT NULL, min_record_time BIGINT NOT NULL, cursor BIGINT NOT NULL, created_at BIGINT NOT NULL,
  last_notified_at BIGINT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL, next_at BIGINT NOT NULL, leased_until BIGINT NOT NULL, lease TEXT NOT NULL, fault TEXT NOT NULL, PRIMARY KEY (district, id));
CREATE INDEX epcis_subscription_due ON epcis_subscription (district, state, next_at);
CREATE INDEX epcis_subscription_of ON epcis_subscription (district, query, account, id);
)sql"}};

Error Bad(const char* field, Message message) {
  return NeedsMending({{field, "SubscriptionControlsException", std::move(message)}});
}

constexpr const char* kColumns =
    "SELECT id, query, dest, schedule, report_if_empty, epc_format, initial_record_time, min_record_time, created_at, last_notified_at, state, attempts, fault FROM epcis_subscription WHERE district=$d";

// Without the secret, which only its owner needs and has.
json::object View(const storage::Row& row) {
  const auto at = [&](std::size_t column) { return base::FormatInstant(base::Instant{row.integer(column)}); };
  json::object view{
      {"subscriptionID", row.text(0)}, {"queryName", row.text(1)}, {"dest", row.text(2)},     {"createdAt", at(8)},
      {"initialRecordTime", at(6)},    {"minRecordTime", at(7)},   {"epcFormat", row.text(5)}};
  if (row.text(3).empty()) {
    view["stream"] = true;
  } else {
    view["schedule"] = json::parse(row.text(3));
    view["reportIfEmpty"] = row.integer(4) != 0;
  }
  if (row.integer(9) != 0) view["lastNotifiedAt"] = at(9);
  // Not of the standard: whether it still is sent, and why the last attempt failed.
  view["zhian:state"] = row.text(10);
  if (!row.text(12).empty()) {
    view["zhian:attempts"] = row.integer(11);
    view["zhian:lastError"] = row.text(12);
  }
  return view;
}

struct Wanted {
  std::string dest, secret;
  json::object schedule;  // empty: stream
  std::int64_t next_at = 0;
  bool report_if_empty = false;
  std::optional<base::Instant> from;
};

Status ReadDestination(App& app, const json::object& body, Wanted& wanted) {
  const auto* dest = body.if_contains("dest");
  const auto endpoint = dest != nullptr && dest->is_string()
                            ? jobs::ParseEndpoint(std::string(dest->get_string()))
                            : Result<jobs::Endpoint>(MakeError(ErrorCode::kInvalid, ""));
  if (!endpoint.ok()) return Bad("/dest", "dest 写接收方的 http:// 或 https:// 地址");
  wanted.dest = std::string(dest->get_string());
  ZHIAN_ASSIGN(const auto options, jobs::LoadOutboxOptions(app.data_folder));
  const auto listed = [&](const std::string& host) {
    return std::find(options.subscription_hosts.begin(), options.subscription_hosts.end(), host) !=
           options.subscription_hosts.end();
  };
  if (listed(endpoint->host) || listed(endpoint->host + ":" + endpoint->port)) return Ok();
  // A name is judged when it is resolved, before each message; an address at once.
  const bool is_address = endpoint->host.find_first_not_of("0123456789.xXabcdefABCDEF:[]") == std::string::npos;
  if (endpoint->host == "localhost" || endpoint->host.ends_with(".localhost") ||
      (is_address && !jobs::IsPublicAddress(endpoint->host)))
    return Bad("/dest", "接收方须有公网地址；内网接收方由管理员列入 outbox.toml 的 subscription_hosts");
  return Ok();
}

Status ReadControls(App& app, const json::object& body, Wanted& wanted) {
  const auto *stream = body.if_contains("stream"), *schedule = body.if_contains("schedule"),
             *empty = body.if_contains("reportIfEmpty");
  const bool streams = stream != nullptr && stream->is_bool() && stream->get_bool();
  if (streams == (schedule != nullptr) || (stream != nullptr && !stream->is_bool()))
    return Bad("/schedule", "stream=true 和 schedule 二者写一项");
  if (empty != nullptr && !empty->is_bool()) return Bad("/reportIfEmpty", "须是 true 或 false");
  wanted.report_if_empty = empty != nullptr && empty->get_bool();
  if (streams) {
    if (wanted.report_if_empty) return Bad("/reportIfEmpty", "reportIfEmpty 只用于定时的订阅");
    return Ok();
  }
  if (!schedule->is_object()) return Bad("/schedule", "须是对象");
  wanted.schedule = schedule->get_object();
  ZHIAN_ASSIGN(const auto parsed, epcis::ParseSchedule(wanted.schedule));
  const auto next = epcis::NextTime(parsed, app.real_clock.Now());
  if (!next) return Bad("/schedule", "这个时间十年内不会出现，请核对");
  wanted.next_at = next->ms;
  return Ok();
}

Result<Wanted> ReadWanted(App& app, const json::object& body) {
  for (const auto& [key, value] : body) {
    static constexpr std::string_view kKnown[] = {"dest",          "signatureToken", "secret", "initialRecordTime",
                                                  "reportIfEmpty", "schedule",       "stream"};
    if (std::find(std::begin(kKnown), std::end(kKnown), std::string_view(key)) == std::end(kKnown))
      return Bad(("/" + std::string(key).substr(0, 80)).c_str(), Say("不认识 {}", std::string(key).substr(0, 80)));
  }
  Wanted wanted;
  ZHIAN_TRY(ReadDestination(app, body, wanted));
  ZHIAN_TRY(ReadControls(app, body, wanted));
  // The published texts name it in two ways.
  for (const char* name : {"signatureToken", "secret"})
    if (const auto* secret = body.if_contains(name)) {
      if (!secret->is_string() || secret->get_string().size() < 16 || secret->get_string().size() > 200)
        return Bad("/signatureToken", "signatureToken 用 16 到 200 个字符");
      wanted.secret = std::string(secret->get_string());
    }
  if (const auto* from = body.if_contains("initialRecordTime")) {
    const auto at = base::ParseInstant(from->is_string() ? std::string_view(from->get_string()) : std::string_view{});
    if (!at.ok()) return Bad("/initialRecordTime", "时间写成 2026-11-24T09:30:00+08:00，须带时区");
    wanted.from = *at;
  }
  return wanted;
}

}  // namespace

std::span<const storage::Migration> SubscriptionMigrations() { return kMigrations; }

Result<http::Response> Subscribe(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const json::object body, BodyObject(caller.request));
  ZHIAN_ASSIGN(const Wanted wanted, ReadWanted(app, body));
  ZHIAN_ASSIGN(const EventForm form, ReadEventForm(caller.request));
  const std::string query = caller.request.PathParameter("q"), account = caller.actor.account_id,
                    id = base::NewUuid7(app.real_clock.Now());
  const base::Instant now = app.real_clock.Now(), business = app.clock.Now();
  json::object view;
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const json::object named, LoadNamedQuery(db, query));
    ZHIAN_TRY(CanStand(named));
    ZHIAN_ASSIGN(
        const auto counts,
        db.Query(
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN account=$1 THEN 1 ELSE 0 END), 0) FROM epcis_subscription WHERE district=$d",
            {account}));
    if (counts.front().integer(1) >= kOfAccountMax)
      return Bad("/", Say("一个账号最多有 {} 个订阅，请先取消不用的", kOfAccountMax));
    if (counts.front().integer(0) >= kInAllMax) return Bad("/", Say("全部订阅已有 {} 个，请联系管理员", kInAllMax));
    ZHIAN_ASSIGN(const std::int64_t cursor, CursorAt(db, wanted.from));
    const std::int64_t from = wanted.from ? wanted.from->ms : business.ms;
    ZHIAN_TRY(db.Execute(
        "INSERT INTO epcis_subscription (district, id, query, account, dest, secret, schedule, report_if_empty, epc_format, media, web_words, initial_record_time, min_record_time, cursor, created_at, last_notified_at, "
        "state, attempts, next_at, leased_until, lease, fault) VALUES ($d,$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$11,$12,$13,0,'active',0,$14,0,'','')",
        {id, query, account, wanted.dest, wanted.secret,
         wanted.schedule.empty() ? std::string() : json::serialize(wanted.schedule),
         std::int64_t{wanted.report_if_empty}, form.epc_format, std::string(MediaType(form.media)),
         std::int64_t{form.words == epcis::CbvForm::kWebUri}, from, cursor, now.ms, wanted.next_at}));
    ZHIAN_ASSIGN(const auto rows, db.Query(std::string(kColumns) + " AND id=$1 LIMIT 1", {id}));
    view = View(rows.front());
    return Ok();
  }));
  http::Response response = EpcisJson(view);
  response.status = 201;
  return std::move(response.With("Location", "/epcis/queries/" + http::PercentEncode(query) + "/subscriptions/" + id));
}

Result<http::Response> ListSubscriptions(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const int per_page, IntParameter(caller.request, "perPage", 30, 1, 100));
  const std::string query = caller.request.PathParameter("q"), after = TextParameter(caller.request, "nextPageToken");
  json::array list;
  std::string next;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(LoadNamedQuery(db, query));
    ZHIAN_ASSIGN(const auto rows,
                 db.Query(std::string(kColumns) + " AND query=$1 AND account=$2 AND id > $3 ORDER BY id LIMIT $4",
                          {query, caller.actor.account_id, after, std::int64_t{per_page} + 1}));
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(per_page); ++i)
      list.push_back(View(rows[i]));
    if (rows.size() > static_cast<std::size_t>(per_page)) next = rows[static_cast<std::size_t>(per_page) - 1].text(0);
    return Ok();
  }));
  http::Response response = EpcisJson(list);
  if (!next.empty()) AddNextLink(response, caller.request, next);
  return response;
}

Result<http::Response> GetSubscription(App& app, Caller& caller) {
  json::object view;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto rows, db.Query(std::string(kColumns) + " AND query=$1 AND account=$2 AND id=$3 LIMIT 1",
                                           {caller.request.PathParameter("q"), caller.actor.account_id,
                                            caller.request.PathParameter("id")}));
    if (rows.empty()) return MakeError(ErrorCode::kNotFound, "没有这个订阅");
    view = View(rows.front());
    return Ok();
  }));
  return EpcisJson(view);
}

Result<std::optional<base::Instant>> MinRecordTimeOf(App& app, const Caller& caller) {
  std::optional<base::Instant> from;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        const auto rows,
        db.Query(
            "SELECT min_record_time FROM epcis_subscription WHERE district=$d AND query=$1 AND account=$2 AND id=$3 LIMIT 1",
            {caller.request.PathParameter("q"), caller.actor.account_id, caller.request.PathParameter("id")}));
    if (!rows.empty()) from = base::Instant{rows.front().integer(0)};
    return Ok();
  }));
  return from;
}

Result<http::Response> Unsubscribe(App& app, Caller& caller) {
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        const auto gone,
        db.Execute("DELETE FROM epcis_subscription WHERE district=$d AND query=$1 AND account=$2 AND id=$3",
                   {caller.request.PathParameter("q"), caller.actor.account_id, caller.request.PathParameter("id")}));
    return gone == 0 ? Status(MakeError(ErrorCode::kNotFound, "没有这个订阅")) : Ok();
  }));
  return http::Response::NoContent();
}

Status DropSubscriptionsOf(storage::Connection& db, const std::string& query) {
  ZHIAN_TRY(db.Execute("DELETE FROM epcis_subscription WHERE district=$d AND query=$1", {query}));
  return Ok();
}

}  // namespace zhian::traceability::face
