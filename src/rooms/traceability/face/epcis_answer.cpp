#include "rooms/traceability/face/epcis_answer.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/json.hpp"
#include "base/text.hpp"
#include "engines/epcis/identifiers.hpp"
#include "rooms/traceability/store/master_data.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace json = boost::json;

namespace {

constexpr int kBatch = 500, kLookedAtMax = 20'000;
constexpr std::size_t kPageBytesMax = std::size_t{16}
                                      << 20;  // of the events of a page, as they are stored; one is always given

std::string ExceptionOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kGuardFailed:
      return !error.fields.empty() && error.fields.front().key.ends_with("Exception") ? error.fields.front().key
                                                                                      : "ValidationException";
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kForbidden: return "SecurityException";
    case ErrorCode::kNotFound: return "NoSuchResourceException";
    case ErrorCode::kConflict:
    case ErrorCode::kStaleVersion:
    case ErrorCode::kVersionMissing: return "ResourceAlreadyExistsException";
    case ErrorCode::kTooLarge:
      return !error.fields.empty() ? error.fields.front().key : "CaptureLimitExceededException";
    case ErrorCode::kUnsupported:
      return !error.fields.empty() ? error.fields.front().key : "UnsupportedMediaTypeException";
    case ErrorCode::kTooMany:
    case ErrorCode::kUnavailable:
    case ErrorCode::kCorrupt:
    case ErrorCode::kInternal: return "ImplementationException";
  }
  return "ImplementationException";
}

void AddHeaders(const App& app, http::Response& response) {
  for (const auto& [name, value] : {std::pair{"GS1-EPCIS-Version", "2.0.0"},
                                    {"GS1-EPCIS-Min", "2.0.0"},
                                    {"GS1-EPCIS-Max", "2.0.0"},
                                    {"GS1-CBV-Version", "2.0.0"},
                                    {"GS1-CBV-Min", "2.0.0"},
                                    {"GS1-CBV-Max", "2.0.0"}})
    response.With(name, value);
  response.With("GS1-Vendor-Version", app.version)
      .With("GS1-EPCIS-Capture-File-Size-Limit", std::to_string(kCaptureBytesMax));
}

constexpr const char* kNotAcceptable = "NotAcceptableException";
Error NotAcceptable(const char* header, Message message) {
  return Error{ErrorCode::kUnsupported, message, {{std::string("/") + header, kNotAcceptable, message}}};
}

// EPC URNs as Digital Links: what a client gets that asks for no other form.
void AsLinks(json::value& value, int depth = 0) {
  if (depth > 60) return;
  if (value.is_string()) {
    if (const std::string_view text(value.get_string()); text.starts_with("urn:epc:"))
      if (const auto keys = epcis::KeysOfUrn(text)) value = epcis::LinkOf(*keys);
  } else if (value.is_array()) {
    for (json::value& item : value.get_array()) AsLinks(item, depth + 1);
  } else if (value.is_object()) {
    for (auto& member : value.get_object())
      if (member.key() != "@context" && member.key() != "eventID") AsLinks(member.value(), depth + 1);
  }
}

std::vector<std::string> SplitValues(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    const auto at = text.find('|');
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

// "time.seq" or "seq".
bool ReadToken(const std::string& token, std::int64_t& time, std::int64_t& seq) {
  const auto point = token.find('.');
  const auto number = [&](std::string_view text, std::int64_t& to) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
    return error == std::errc{} && end == text.data() + text.size();
  };
  if (point == std::string::npos) return number(token, seq);
  return number(std::string_view(token).substr(0, point), time) &&
         number(std::string_view(token).substr(point + 1), seq);
}

// Whether one of the places or parties of the event is a premises of the caller's own operators.
bool NamesOneOf(const json::object& body, const std::set<std::string>& own) {
  const auto named = [&](const json::value* id) {
    if (id == nullptr || !id->is_string()) return false;
    const auto keys = epcis::ReadKeys(epcis::CanonicalId(std::string_view(id->get_string())));
    return keys && own.contains(keys->front().second);
  };
  for (const char* place : {"readPoint", "bizLocation"})
    if (const auto* value = body.if_contains(place);
        value != nullptr && value->is_object() && named(value->get_object().if_contains("id")))
      return true;
  for (const auto& [list, key] : {std::pair{"sourceList", "source"}, {"destinationList", "destination"}})
    if (const auto* value = body.if_contains(list); value != nullptr && value->is_array())
      for (const auto& entry : value->get_array())
        if (entry.is_object() && named(entry.get_object().if_contains(key))) return true;
  return false;
}

Result<std::set<std::string>> OwnPlaces(storage::Connection& db, const ReadScope& scope) {
  std::set<std::string> own;
  for (const std::string& id : scope.operator_ids) {
    ZHIAN_ASSIGN(
        const auto rows,
        db.Query("SELECT gln FROM premises WHERE district=$d AND operator_id=$1 ORDER BY gln LIMIT 500", {id}));
    for (const auto& row : rows) own.insert(row.text(0));
  }
  return own;
}

// The part of the query that an index answers, as SQL.
std::string Where(const epcis::Query& query, const EventPage& page, std::vector<storage::Value>& values) {
  const auto bind = [&](storage::Value value) {
    values.push_back(std::move(value));
    return "$" + std::to_string(values.size());
  };
  std::string where = "WHERE district=$d";
  if (!page.event_id.empty()) where += " AND event_id=" + bind(page.event_id);
  if (query.event_time_from) where += " AND event_time >= " + bind(*query.event_time_from);
  if (query.event_time_before) where += " AND event_time < " + bind(*query.event_time_before);
  if (query.record_time_from) where += " AND recorded_at >= " + bind(*query.record_time_from);
  if (query.record_time_before) where += " AND recorded_at < " + bind(*query.record_time_before);
  for (const auto& index : query.index) {
    std::string fields, exact, ranges;
    for (const auto& field : index.fields) fields += (fields.empty() ? "" : ",") + bind(field);
    for (const auto& value : index.values) exact += (exact.empty() ? "" : ",") + bind(value);
    for (const auto& prefix : index.prefixes)
      ranges += " OR (value >= " + bind(prefix) + " AND value < " + bind(prefix + "\x7F") + ")";
    where += " AND seq IN (SELECT seq FROM epcis_value WHERE district=$d AND field IN (" + fields +
             ") AND (value IN (" + exact + ")" + ranges + "))";
  }
  return where;
}

}  // namespace

http::Response EpcisJson(const json::value& value) {
  http::Response response = Json(value);
  response.content_type = "application/ld+json";
  return response;
}

Result<http::Response> SpeakEpcis(App& app, Caller& caller, const Action& action) {
  const auto version = caller.request.headers.Get("GS1-EPCIS-Version");
  auto answer = !version.empty() && version != "2.0.0" && version != "2.0"
                    ? Result<http::Response>(NotAcceptable("GS1-EPCIS-Version", "只支持 EPCIS 2.0.0"))
                    : action(app, caller);
  if (!answer.ok()) {
    const Error& error = answer.error();
    if (error.code == ErrorCode::kInternal || error.code == ErrorCode::kCorrupt) return error;
    const std::string type = ExceptionOf(error);
    http::ProblemDetails problem;
    problem.status = error.code == ErrorCode::kInvalid ? 400 : type == kNotAcceptable ? 406 : HttpStatus(error.code);
    problem.type = "epcisException:" + type;
    problem.title = type;
    problem.detail = error.message.In(caller.language);
    problem.errors = error.fields;
    problem.language = caller.language;
    answer = http::Response::Problem(problem);
  }
  AddHeaders(app, *answer);
  return answer;
}

void AddNextLink(http::Response& response, const http::Request& request, const std::string& token) {
  std::string link = "<" + std::string(request.target.substr(0, request.target.find('?'))) + "?";
  for (const auto& [name, value] : request.query.pairs())
    if (name != "nextPageToken") link += http::PercentEncode(name) + "=" + http::PercentEncode(value) + "&";
  response.With("Link", link + "nextPageToken=" + http::PercentEncode(token) + ">; rel=\"next\"");
  response.With("GS1-Next-Page-Token-Expires", "9999-12-31T23:59:59Z");  // a token is a place in the order of recording
}

Result<epcis::Query> ReadUrlQuery(const http::Request& request, epcis::QueryParameters more, EventPage& page) {
  epcis::QueryParameters parameters;
  ZHIAN_ASSIGN(page.per_page, IntParameter(request, "perPage", 30, 1, 1000));
  page.token = TextParameter(request, "nextPageToken");
  for (auto& parameter : more) {
    if (parameter.first == "#eventID")
      page.event_id = parameter.second.front();
    else
      parameters.push_back(std::move(parameter));
  }
  for (const auto& [name, value] : request.query.pairs()) {
    if (name == "perPage" || name == "nextPageToken") continue;
    const auto known = std::find_if(parameters.begin(), parameters.end(),
                                    [&name = name](const auto& parameter) { return parameter.first == name; });
    auto values = name.starts_with("EXISTS_") && value.empty() ? std::vector<std::string>{} : SplitValues(value);
    if (known != parameters.end() && name == "eventType")
      known->second.insert(known->second.end(), values.begin(), values.end());
    else
      parameters.emplace_back(name, std::move(values));
  }
  ZHIAN_ASSIGN(auto query, epcis::ParseQuery(parameters));
  if (query.count_limit) page.per_page = std::min(*query.count_limit, 1000);
  return query;
}

Result<json::object> LoadNamedQuery(storage::Connection& db, const std::string& name) {
  ZHIAN_ASSIGN(const auto rows,
               db.Query("SELECT query FROM epcis_query WHERE district=$d AND name=$1 LIMIT 1", {name}));
  if (rows.empty()) return MakeError(ErrorCode::kNotFound, "没有这个查询");
  ZHIAN_ASSIGN(const auto value, base::ParseJson(rows.front().text(0)));
  return value.as_object();
}

Status FindEvents(storage::Connection& db, const ReadScope& scope, const epcis::Query& asked, EventPage& page) {
  epcis::Query query = asked;
  ZHIAN_TRY(traceability::AnswerLookUps(db, query));
  if (!query.order_field.empty()) return FindOrdered(db, scope, query, page);
  const bool sees_all = !scope.jurisdictions.empty();
  std::set<std::string> own;
  if (!sees_all) {
    ZHIAN_ASSIGN(own, OwnPlaces(db, scope));
  }
  std::vector<storage::Value> fixed;
  const std::string where = Where(query, page, fixed), order = query.descending ? " DESC" : "";
  std::int64_t time = 0, seq = 0;
  bool started = !page.token.empty();
  if (started && !ReadToken(page.token, time, seq))
    return NeedsMending({{"/nextPageToken", "QueryParameterException", "nextPageToken 不是本系统给出的"}});
  const std::size_t wanted =
      query.count_max ? static_cast<std::size_t>(*query.count_max) : static_cast<std::size_t>(page.per_page);
  std::string last;
  std::size_t bytes = 0;
  page.reached = seq;
  for (int looked_at = 0; looked_at < kLookedAtMax; looked_at += kBatch) {
    auto values = fixed;
    std::string sql = "SELECT seq, event_time, recorded_at, raw FROM epcis_event " + where;
    if (started) {
      values.emplace_back(seq);
      const std::string at = "$" + std::to_string(values.size()), beyond = query.descending ? " < " : " > ";
      if (query.by_event_time) {
        values.emplace_back(time);
        const std::string t = "$" + std::to_string(values.size());
        sql += " AND (event_time" + beyond + t + " OR (event_time = " + t + " AND seq" + beyond + at + "))";
      } else {
        sql += " AND seq" + beyond + at;
      }
    }
    sql += query.by_event_time ? " ORDER BY event_time" + order + ", seq" + order : " ORDER BY seq" + order;
    ZHIAN_ASSIGN(const auto rows,
                 db.Query(sql + " LIMIT " + std::to_string(kBatch), std::span<const storage::Value>(values)));
    for (const auto& row : rows) {
      ZHIAN_ASSIGN(auto parsed, base::ParseJson(row.text(3)));
      epcis::Event event{std::move(parsed.as_object()), {}};
      if (const auto* context = event.body.if_contains("@context")) epcis::ReadContext(*context, event.namespaces);
      if ((sees_all || NamesOneOf(event.body, own)) && query.Matches({event, row.integer(2)})) {
        if (page.events.size() >= wanted) {
          if (query.count_max)
            return Error{ErrorCode::kTooLarge,
                         "结果超过 maxEventCount，请缩小范围",
                         {{"/maxEventCount", "QueryTooLargeException", "结果超过 maxEventCount，请缩小范围"}}};
          if (!query.count_limit) page.next = last;
          return Ok();
        }
        if (bytes += row.text(3).size(); bytes > kPageBytesMax && !page.events.empty()) return page.next = last, Ok();
        event.body["recordTime"] = base::FormatInstant(base::Instant{row.integer(2)});
        page.events.push_back(std::move(event.body));
        page.numbers.push_back(row.integer(0));
      }
      seq = row.integer(0);
      time = row.integer(1);
      page.reached = seq;
      started = true;
      last = query.by_event_time ? std::to_string(time) + "." + std::to_string(seq) : std::to_string(seq);
    }
    if (rows.size() < static_cast<std::size_t>(kBatch)) {
      if (!page.event_id.empty() && page.events.empty()) return MakeError(ErrorCode::kNotFound, "没有这个事件");
      return Ok();
    }
  }
  if (query.count_max)
    return Error{ErrorCode::kTooLarge,
                 "查询太宽，请加上时间或标识",
                 {{"/", "QueryTooComplexException", "查询太宽，请加上时间或标识"}}};
  page.next = last;
  return Ok();
}

Result<EventForm> ReadEventForm(const http::Request& request) {
  EventForm form;
  const std::string accept = request.headers.Joined("Accept");
  if (!accept.empty()) {
    struct Offer {
      EventForm::Media media;
      std::string_view type;
      double q = 0;
      int precision = 0;  // of the range that decided: 1 for */*, 2 for application/*, 3 for the type itself
    };
    Offer offers[] = {{EventForm::Media::kJsonLd, "application/ld+json"},
                      {EventForm::Media::kJson, "application/json"},
                      {EventForm::Media::kXml, "application/xml"},
                      {EventForm::Media::kXml, "text/xml"}};
    for (std::string_view rest = accept; !rest.empty();) {
      std::string_view entry = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
      const auto semicolon = entry.find(';');
      std::string range = base::Fold(entry.substr(0, semicolon));
      double q = 1;
      if (semicolon != std::string_view::npos) {
        const std::string parameters = base::Fold(entry.substr(semicolon));
        if (const auto at = parameters.find("q=");
            at != std::string::npos &&
            std::from_chars(parameters.data() + at + 2, parameters.data() + parameters.size(), q).ec != std::errc{})
          q = 0;
      }
      for (Offer& offer : offers) {
        const bool any = range == "*/*",
                   of_kind = range.ends_with("/*") && offer.type.starts_with(range.substr(0, range.size() - 1));
        const int precision = range == offer.type ? 3 : of_kind ? 2 : any ? 1 : 0;
        if (precision > offer.precision) offer.q = q, offer.precision = precision;
      }
    }
    const Offer* best = std::max_element(std::begin(offers), std::end(offers), [](const Offer& a, const Offer& b) {
      return a.q < b.q;
    });  // the first of equals
    if (best->q <= 0)
      return NotAcceptable("Accept", "事件以 application/ld+json、application/json 或 application/xml 给出");
    form.media = best->media;
  }
  if (const auto given = request.headers.Get("GS1-EPC-Format"); !given.empty()) {
    // The length of the company prefix does not stand in a Digital Link.
    if (given == "Always_EPC_URN")
      return NotAcceptable("GS1-EPC-Format", "Digital Link 不含厂商前缀的长度，不能都改写成 EPC URN");
    if (given != "No_Preference" && given != "Always_GS1_Digital_Link" && given != "Never_Translates")
      return NeedsMending({{"/GS1-EPC-Format", "ValidationException",
                            "GS1-EPC-Format 须是 No_Preference、Always_GS1_Digital_Link 或 Never_Translates"}});
    form.epc_format = given;
  }
  if (const auto given = request.headers.Get("GS1-CBV-XML-Format"); !given.empty()) {
    if (given != "No_Preference" && given != "Always_Web_URI" && given != "Always_URN" && given != "Never_Translates")
      return NeedsMending({{"/GS1-CBV-XML-Format", "ValidationException",
                            "GS1-CBV-XML-Format 须是 No_Preference、Always_Web_URI、Always_URN 或 Never_Translates"}});
    if (given == "Always_Web_URI") form.words = epcis::CbvForm::kWebUri;
  }
  return form;
}

const char* MediaType(EventForm::Media media) {
  switch (media) {
    case EventForm::Media::kJsonLd: return "application/ld+json";
    case EventForm::Media::kJson: return "application/json";
    case EventForm::Media::kXml: return "application/xml";
  }
  return "application/ld+json";
}

std::string WriteQueryDocument(json::array events, const EventForm& form, const std::string& query_name,
                               const std::string& subscription, base::Instant at) {
  if (form.epc_format == "Always_GS1_Digital_Link")
    for (json::value& event : events) AsLinks(event);
  if (form.media == EventForm::Media::kXml) {
    const epcis::XmlEnvelope envelope{.creation_date = base::FormatInstant(at),
                                      .is_answer = true,
                                      .query_name = query_name,
                                      .subscription_id = subscription};
    std::string text = epcis::XmlHead(envelope);
    for (json::value& event : events) {
      epcis::Event one{std::move(event.as_object()), {}};
      if (const auto* context = one.body.if_contains("@context")) epcis::ReadContext(*context, one.namespaces);
      text += epcis::EventXml(one, form.words);
    }
    return text + epcis::XmlTail(envelope);
  }
  json::object results{{"queryName", query_name}};
  if (!subscription.empty()) results["subscriptionID"] = subscription;
  results["resultsBody"] = json::object{{"eventList", std::move(events)}};
  return json::serialize(json::object{{"@context", kEpcisContext},
                                      {"type", "EPCISQueryDocument"},
                                      {"schemaVersion", "2.0"},
                                      {"creationDate", base::FormatInstant(at)},
                                      {"epcisBody", json::object{{"queryResults", std::move(results)}}}});
}

Result<http::Response> AnswerEvents(const http::Request& request, const EventForm& form, const EventPage& page,
                                    const std::string& query_name) {
  http::Response response = http::Response::Bytes(
      WriteQueryDocument(page.events, form, query_name, "", base::SystemClock{}.Now()), MediaType(form.media));
  response.With("Cache-Control", "no-store")
      .With("Vary", "Accept, GS1-EPC-Format, GS1-CBV-XML-Format")
      .With("GS1-EPC-Format", form.epc_format);
  if (form.media == EventForm::Media::kXml)
    response.With("GS1-CBV-XML-Format", form.words == epcis::CbvForm::kWebUri ? "Always_Web_URI" : "Always_URN");
  if (!page.next.empty()) AddNextLink(response, request, page.next);
  return response;
}

Status MustSeeAll(const Caller& caller) {
  if (ScopeOf(caller.actor).jurisdictions.empty())
    return MakeError(ErrorCode::kForbidden, "全部事件的目录只供监管人员查看");
  return Ok();
}

}  // namespace zhian::traceability::face
