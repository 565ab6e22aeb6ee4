// EPCIS 2.0 REST: capture with its jobs, events by SimpleEventQuery, resources, named queries.
#include "rooms/traceability/face/epcis_routes.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/json.hpp"
#include "base/text.hpp"
#include "engines/epcis/hash.hpp"
#include "rooms/traceability/face/epcis_answer.hpp"
#include "rooms/traceability/face/epcis_subscriptions.hpp"
#include "rooms/traceability/face/file_source.hpp"
#include "rooms/traceability/store/capture.hpp"
#include "rooms/traceability/store/events.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace json = boost::json;
namespace trace = traceability;

namespace {

// A resource of the top level: which field of the index lists it, and the parameter that finds its events.
struct Resource {
  const char *name, *parameter;
  std::vector<std::string> fields;
};
const std::vector<Resource>& Resources() {
  static const std::vector<Resource> kResources{
      {"eventTypes", "eventType", {"type"}},
      {"epcs", "MATCH_anyEPC", {"epcList", "childEPCs", "inputEPCList", "outputEPCList", "parentID"}},
      {"bizSteps", "EQ_bizStep", {"bizStep"}},
      {"bizLocations", "EQ_bizLocation", {"bizLocation"}},
      {"readPoints", "EQ_readPoint", {"readPoint"}},
      {"dispositions", "EQ_disposition", {"disposition"}}};
  return kResources;
}

json::object Collection(const char* type, json::array members) {
  return {{"@context", kEpcisContext}, {"type", type}, {"member", std::move(members)}};
}

Result<http::Response> Root(App&, Caller&) {
  json::array members;
  for (const char* name :
       {"capture", "events", "eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions", "queries"})
    members.push_back(json::value(name));
  return EpcisJson(Collection("Collection", std::move(members)));
}

std::string JobTime(std::int64_t ms) { return base::FormatInstant(base::Instant{ms}); }

Result<json::object> JobView(const storage::Row& r) {
  ZHIAN_ASSIGN(json::value errors, base::ParseStored(r.text(5), "epcis_job", r.text(0)));
  return json::object{
      {"captureID", r.text(0)},     {"createdAt", JobTime(r.integer(1))}, {"finishedAt", JobTime(r.integer(2))},
      {"running", false},           {"success", r.integer(3) != 0},       {"captureErrorBehaviour", r.text(4)},
      {"errors", std::move(errors)}};
}
constexpr const char* kJobColumns =
    "SELECT id, created_at, finished_at, success, behaviour, errors FROM epcis_job WHERE district=$d";

Result<trace::OnError> Behaviour(const http::Request& request) {
  const std::string_view given = request.headers.Get("GS1-Capture-Error-Behaviour");
  if (given.empty() || given == "rollback") return trace::OnError::kRollback;
  if (given == "proceed") return trace::OnError::kProceed;
  return NeedsMending({{"/GS1-Capture-Error-Behaviour", "ValidationException",
                        "GS1-Capture-Error-Behaviour 须是 rollback 或 proceed"}});
}

// Captures the body; a refusal with rollback is a report, not an error.
Result<trace::CaptureReport> CaptureBody(App& app, const Caller& caller, trace::OnError on_error) {
  const http::Request& request = caller.request;
  const trace::Recorder by = trace::RecorderOf(caller.actor);
  std::unique_ptr<epcis::Source> source;
  if (request.body_file) {
    ZHIAN_ASSIGN(source, FileSource::Open(request.body_file->path().string()));
  } else {
    source = std::make_unique<epcis::TextSource>(request.body);
  }
  trace::CaptureReport report;
  const Status done = app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(report, trace::Capture(db, *source, on_error, app.clock.Now(), by));
    return Ok();
  });
  if (done.ok()) return report;
  if (done.error().code != ErrorCode::kInvalid) return done.error();
  report.captured = report.duplicates = 0;
  report.rejected = 1;
  for (const FieldError& field : done.error().fields)
    report.errors.push_back({std::atoi(field.pointer.c_str() + 1), field.pointer, field.message});
  return report;
}

json::array JobErrors(const trace::CaptureReport& report, Language language) {
  json::array errors;
  for (const auto& e : report.errors)
    errors.push_back(json::object{{"type", "epcisException:ValidationException"},
                                  {"title", "ValidationException"},
                                  {"status", 400},
                                  {"detail", e.message.In(language)},
                                  {"instance", e.path},
                                  {"event", e.event}});
  return errors;
}

Result<http::Response> PostCapture(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const auto on_error, Behaviour(caller.request));
  const std::string type = caller.request.ContentType();
  if (type != "application/json" && type != "application/ld+json" && type != "application/xml" && type != "text/xml")
    return MakeError(ErrorCode::kUnsupported, "请以 application/ld+json、application/json 或 application/xml 提交");
  const base::Instant began = app.clock.Now();
  ZHIAN_ASSIGN(const auto report, CaptureBody(app, caller, on_error));
  const std::string id = base::NewUuid7(app.real_clock.Now());
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(db.Execute(
        "INSERT INTO epcis_job (district, id, created_at, finished_at, success, behaviour, errors, account) VALUES ($d,$1,$2,$3,$4,$5,$6,$7)",
        {id, began.ms, app.clock.Now().ms, std::int64_t{report.rejected == 0},
         on_error == trace::OnError::kProceed ? "proceed" : "rollback",
         json::serialize(JobErrors(report, caller.language)), caller.actor.account_id}));
    return Ok();
  }));
  http::Response response;
  response.status = 202;
  return std::move(response.With("Location", "/epcis/capture/" + id));
}

Result<http::Response> GetJobs(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const int per_page, IntParameter(caller.request, "perPage", 30, 1, 500));
  const std::string after = TextParameter(caller.request, "nextPageToken");
  json::array jobs;
  std::string next;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto rows,
                 db.Query(std::string(kJobColumns) + " AND account=$1 AND id > $2 ORDER BY id LIMIT $3",
                          {caller.actor.account_id, after, std::int64_t{per_page} + 1}));
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(per_page); ++i) {
      ZHIAN_ASSIGN(json::object job, JobView(rows[i]));
      jobs.push_back(std::move(job));
    }
    if (rows.size() > static_cast<std::size_t>(per_page)) next = rows[static_cast<std::size_t>(per_page) - 1].text(0);
    return Ok();
  }));
  http::Response response = EpcisJson(jobs);
  if (!next.empty()) AddNextLink(response, caller.request, next);
  return response;
}

Result<http::Response> GetJob(App& app, Caller& caller) {
  json::object job;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto rows, db.Query(std::string(kJobColumns) + " AND account=$1 AND id=$2 LIMIT 1",
                                           {caller.actor.account_id, caller.request.PathParameter("id")}));
    if (rows.empty()) return MakeError(ErrorCode::kNotFound, "没有这个采集任务");
    ZHIAN_ASSIGN(job, JobView(rows.front()));
    return Ok();
  }));
  return EpcisJson(job);
}

Result<http::Response> PostEvent(App& app, Caller& caller) {
  if (caller.request.body_file) return MakeError(ErrorCode::kTooLarge, "一个事件超过 4 MB");
  const auto read = epcis::ReadAll(caller.request.body);
  if (!read.ok()) return read.error();
  if (read->events.size() != 1)
    return MakeError(ErrorCode::kInvalid, "这里一次提交一个事件；多个事件请用 /epcis/capture");
  ZHIAN_ASSIGN(const auto report, CaptureBody(app, caller, trace::OnError::kRollback));
  if (report.rejected > 0) {
    std::vector<FieldError> fields;
    for (const auto& e : report.errors) fields.push_back({e.path, "ValidationException", e.message});
    return NeedsMending(std::move(fields));
  }
  if (report.duplicates > 0) return MakeError(ErrorCode::kConflict, "这个事件已经采集过");
  const epcis::Event& event = read->events.front();
  const auto* given = event.body.if_contains("eventID");
  const std::string id = given != nullptr && given->is_string() ? std::string(given->get_string())
                                                                : epcis::EventHash(event, read->document.ignored);
  http::Response response;
  response.status = 201;
  return std::move(response.With("Location", "/epcis/events/" + http::PercentEncode(id)));
}

Result<http::Response> Events(App& app, Caller& caller, epcis::QueryParameters more,
                              const std::string& query_name = "SimpleEventQuery") {
  EventPage page;
  ZHIAN_ASSIGN(const auto form, ReadEventForm(caller.request));
  ZHIAN_ASSIGN(const auto query, ReadUrlQuery(caller.request, std::move(more), page));
  ZHIAN_TRY(app.database.Read(
      [&](storage::Connection& db) -> Status { return FindEvents(db, ScopeOf(caller.actor), query, page); }));
  return AnswerEvents(caller.request, form, page, query_name);
}
Result<http::Response> GetEvents(App& app, Caller& caller) { return Events(app, caller, {}); }

Result<http::Response> GetEvent(App& app, Caller& caller) {
  return Events(app, caller, {{"#eventID", {caller.request.PathParameter("id")}}});
}

Result<http::Response> ListResource(App& app, Caller& caller, const Resource& resource) {
  ZHIAN_ASSIGN(const int per_page, IntParameter(caller.request, "perPage", 30, 1, 1000));
  std::vector<storage::Value> values{TextParameter(caller.request, "nextPageToken"), std::int64_t{per_page} + 1};
  std::string fields;
  for (const auto& field : resource.fields) {
    values.emplace_back(field);
    fields += (fields.empty() ? "$" : ",$") + std::to_string(values.size());
  }
  json::array members;
  std::string next;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(MustSeeAll(caller));
    ZHIAN_ASSIGN(const auto rows, db.Query("SELECT DISTINCT value FROM epcis_value WHERE district=$d AND field IN (" +
                                               fields + ") AND value > $1 ORDER BY value LIMIT $2",
                                           std::span<const storage::Value>(values)));
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(per_page); ++i)
      members.push_back(json::value(rows[i].text(0)));
    if (rows.size() > static_cast<std::size_t>(per_page)) next = rows[static_cast<std::size_t>(per_page) - 1].text(0);
    return Ok();
  }));
  http::Response response = EpcisJson(Collection("Collection", std::move(members)));
  if (!next.empty()) AddNextLink(response, caller.request, next);
  return response;
}

// ---- named queries ----
Result<http::Response> PostQuery(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const json::object body, BodyObject(caller.request));
  const auto *name = body.if_contains("name"), *query = body.if_contains("query");
  if (name == nullptr || !name->is_string() || name->get_string().empty() || name->get_string().size() > 100)
    return NeedsMending({{"/name", "ValidationException", "填写查询的名称，不超过 100 个字符"}});
  if (query == nullptr || !query->is_object())
    return NeedsMending({{"/query", "ValidationException", "填写查询的条件 query"}});
  ZHIAN_ASSIGN(const auto parameters, epcis::ReadQueryObject(query->get_object()));
  ZHIAN_TRY(epcis::ParseQuery(parameters));
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        const auto changed,
        db.Execute(
            "INSERT INTO epcis_query (district, name, query, account, created_at) VALUES ($d,$1,$2,$3,$4) ON CONFLICT DO NOTHING",
            {std::string(name->get_string()), json::serialize(*query), caller.actor.account_id, app.clock.Now().ms}));
    return changed == 0 ? Status(MakeError(ErrorCode::kConflict, "已有同名的查询，请换一个名称")) : Ok();
  }));
  http::Response response;
  response.status = 201;
  return std::move(response.With("Location", "/epcis/queries/" + http::PercentEncode(name->get_string())));
}

Result<http::Response> GetQueries(App& app, Caller&) {
  json::array list;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto rows,
                 db.Query("SELECT name, query FROM epcis_query WHERE district=$d ORDER BY name LIMIT 1000"));
    for (const auto& r : rows) {
      ZHIAN_ASSIGN(json::object query, base::ParseStoredObject(r.text(1), "epcis_query", r.text(0)));
      list.push_back(json::object{{"name", r.text(0)}, {"query", std::move(query)}});
    }
    return Ok();
  }));
  return EpcisJson(list);
}

Result<http::Response> GetQuery(App& app, Caller& caller) {
  json::object query;
  const std::string name = caller.request.PathParameter("q");
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(query, LoadNamedQuery(db, name));
    return Ok();
  }));
  return EpcisJson(json::object{{"name", name}, {"query", std::move(query)}});
}

Result<http::Response> DeleteQuery(App& app, Caller& caller) {
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto gone, db.Execute("DELETE FROM epcis_query WHERE district=$d AND name=$1 AND account=$2",
                                             {caller.request.PathParameter("q"), caller.actor.account_id}));
    return gone == 0 ? Status(MakeError(ErrorCode::kNotFound, "没有这个查询"))
                     : DropSubscriptionsOf(db, caller.request.PathParameter("q"));
  }));
  app.StateOf<LiveQueries>().DropQuery(caller.request.PathParameter("q"));
  return http::Response::NoContent();
}

Result<http::Response> GetQueryEvents(App& app, Caller& caller) {
  if (http::WantsWebSocket(caller.request)) return app.StateOf<LiveQueries>().Connect(app, caller);
  json::object query;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(query, LoadNamedQuery(db, caller.request.PathParameter("q")));
    return Ok();
  }));
  ZHIAN_ASSIGN(auto parameters, epcis::ReadQueryObject(query));
  return Events(app, caller, std::move(parameters), caller.request.PathParameter("q"));
}

constexpr const char* kSubscriptionPath = "/epcis/queries/{q}/subscriptions/{id}";

Result<http::Response> Discover(App& app, const Caller& caller, const std::string& path, const std::string& allowed) {
  http::Response response = http::Response::NoContent();
  response.With("Allow", allowed)
      .With("GS1-EPC-Format", "No_Preference, Always_GS1_Digital_Link, Never_Translates")
      .With("GS1-CBV-XML-Format", "No_Preference, Always_Web_URI, Always_URN, Never_Translates");
  response.With("GS1-Extensions", "zhian=urn:zhian:epcis");
  if (path == "/epcis/capture") response.With("GS1-Capture-Error-Behaviour", "all");  // both
  if (path == kSubscriptionPath) {  // to its owner: from when on events are still to be told
    ZHIAN_ASSIGN(const auto from, MinRecordTimeOf(app, caller));
    if (from) response.With("GS1-Query-Min-Record-Time", base::FormatInstant(*from));
  }
  return response;
}

// Tokens hold no state on this side: giving one back costs nothing.
Result<http::Response> DropToken(App&, Caller&) { return http::Response::NoContent(); }

}  // namespace

void AddEpcisRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  std::map<std::string, std::string> methods;  // path -> "OPTIONS, GET, …"
  const auto add = [&](Method method, const std::string& path, const std::string& id, const char* summary,
                       Action action, std::uint64_t body_max = 64 * 1024) {
    std::string& allowed = methods.try_emplace(path, "OPTIONS").first->second;
    allowed += ", " + std::string(http::MethodName(method)) + (method == Method::kGet ? ", HEAD" : "");
    Action spoken = [action = std::move(action)](App& app, Caller& caller) -> Result<http::Response> {
      return SpeakEpcis(app, caller, action);
    };
    routes.push_back({.method = method,
                      .pattern = path,
                      .id = id,
                      .summary = summary,
                      .access = Access::kSignedIn,
                      .action = std::move(spoken),
                      .body_max_bytes = body_max,
                      .writes = method == Method::kPost || method == Method::kDelete});
  };
  add(Method::kGet, "/epcis", "epcisRoot", "EPCIS", &Root);
  add(Method::kPost, "/epcis/capture", "epcisCapture", "EPCIS", &PostCapture, kCaptureBytesMax);
  add(Method::kGet, "/epcis/capture", "epcisJobs", "EPCIS", &GetJobs);
  add(Method::kGet, "/epcis/capture/{id}", "epcisJob", "EPCIS", &GetJob);
  add(Method::kGet, "/epcis/events", "epcisEvents", "EPCIS", &GetEvents);
  add(Method::kPost, "/epcis/events", "epcisAddEvent", "EPCIS", &PostEvent, 4 * 1024 * 1024);
  add(Method::kGet, "/epcis/events/{id}", "epcisEvent", "EPCIS", &GetEvent);
  for (const Resource& resource : Resources()) {
    const std::string base = std::string("/epcis/") + resource.name;
    const auto* r = &resource;
    add(Method::kGet, base, resource.name, "EPCIS",
        [r](App& app, Caller& caller) { return ListResource(app, caller, *r); });
    add(Method::kGet, base + "/{v}", std::string(resource.name) + "One", "EPCIS",
        [](App&, Caller&) -> Result<http::Response> {
          return EpcisJson(Collection("Collection", json::array{json::value("events")}));
        });
    add(Method::kGet, base + "/{v}/events", std::string(resource.name) + "Events", "EPCIS",
        [r](App& app, Caller& caller) {
          return Events(app, caller, {{r->parameter, {caller.request.PathParameter("v")}}});
        });
  }
  add(Method::kGet, "/epcis/queries", "epcisQueries", "EPCIS", &GetQueries);
  add(Method::kPost, "/epcis/queries", "epcisAddQuery", "EPCIS", &PostQuery);
  add(Method::kGet, "/epcis/queries/{q}", "epcisQuery", "EPCIS", &GetQuery);
  add(Method::kDelete, "/epcis/queries/{q}", "epcisDropQuery", "EPCIS", &DeleteQuery);
  add(Method::kGet, "/epcis/queries/{q}/events", "epcisQueryEvents", "EPCIS", &GetQueryEvents);
  add(Method::kGet, "/epcis/queries/{q}/subscriptions", "epcisSubscriptions", "EPCIS", &ListSubscriptions);
  add(Method::kPost, "/epcis/queries/{q}/subscriptions", "epcisSubscribe", "EPCIS", &Subscribe, 16 * 1024);
  add(Method::kGet, kSubscriptionPath, "epcisSubscription", "EPCIS", &GetSubscription);
  add(Method::kDelete, kSubscriptionPath, "epcisUnsubscribe", "EPCIS", &Unsubscribe);
  add(Method::kDelete, "/epcis/nextPageToken/{t}", "epcisDropToken", "EPCIS", &DropToken);
  // What can be asked, in which version and form; of the token alone there is nothing to discover.
  for (const auto& [path, allowed] : methods) {
    if (path.starts_with("/epcis/nextPageToken")) continue;
    routes.push_back({.method = Method::kOptions,
                      .pattern = path,
                      .id = "options" + path,
                      .summary = "EPCIS",
                      .access = Access::kPublic,
                      .action =
                          [path = path, allowed = allowed](App& app, Caller& caller) {
                            return SpeakEpcis(app, caller, [&](App& house, Caller& asker) {
                              return Discover(house, asker, path, allowed);
                            });
                          },
                      .body_max_bytes = 1024});
  }
}

}  // namespace zhian::traceability::face
