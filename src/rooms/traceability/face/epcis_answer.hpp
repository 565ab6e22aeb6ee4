// What the routes of EPCIS share: its headers, its kinds of problems, and a page of events found by a query. A page is
// bounded twice, by its events and by the events that are looked at; where the second bound is reached, the next page
// goes on from there. Stateless; a Caller lives for one request.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "desk/app.hpp"
#include "engines/epcis/query.hpp"
#include "engines/epcis/xml_writer.hpp"

namespace zhian::traceability::face {

inline constexpr const char* kEpcisContext = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
inline constexpr std::uint64_t kCaptureBytesMax = std::uint64_t{256} << 20;

// Runs the action; adds the headers that every answer bears, and turns an Error into epcisException:….
Result<http::Response> SpeakEpcis(desk::App& app, desk::Caller& caller, const desk::Action& action);
http::Response EpcisJson(const boost::json::value& value);
// Link rel="next" to the same request with this token.
void AddNextLink(http::Response& response, const http::Request& request, const std::string& token);

struct EventPage {
  int per_page = 30;
  std::string token;         // where the page begins; "" at the beginning
  std::string next;          // where the next one does; "" after the last
  std::string event_id;      // only this one
  std::int64_t reached = 0;  // the number of the last event that was looked at and is not left for the next page
  boost::json::array events;
  std::vector<std::int64_t> numbers;  // of the events, in the order of recording
};
// The query of the URL with the parameters that the path or a named query adds.
Result<epcis::Query> ReadUrlQuery(const http::Request& request, epcis::QueryParameters more, EventPage& page);
Status FindEvents(storage::Connection& db, const desk::ReadScope& scope, const epcis::Query& query, EventPage& page);
// The same in the order of an extension (query.order_field), which no index has: all that match are looked at, up to a
// bound beyond which the query is too complex. REQUIRES: the query's look-ups are answered.
Status FindOrdered(storage::Connection& db, const desk::ReadScope& scope, const epcis::Query& query, EventPage& page);
// The parameters of a named query, as they were given. kNotFound where there is none of this name.
Result<boost::json::object> LoadNamedQuery(storage::Connection& db, const std::string& name);

// In which form events are wanted: Accept, GS1-EPC-Format, GS1-CBV-XML-Format.
struct EventForm {
  enum class Media { kJsonLd, kJson, kXml } media = Media::kJsonLd;
  std::string epc_format = "Always_GS1_Digital_Link";
  epcis::CbvForm words = epcis::CbvForm::kUrn;
};
// Errors: kUnsupported with NotAcceptableException where none of the forms is accepted, kInvalid for an unknown format.
Result<EventForm> ReadEventForm(const http::Request& request);
const char* MediaType(EventForm::Media media);
// An EPCISQueryDocument. `subscription` is empty but for what a subscription sends.
std::string WriteQueryDocument(boost::json::array events, const EventForm& form, const std::string& query_name,
                               const std::string& subscription, base::Instant at);
Result<http::Response> AnswerEvents(const http::Request& request, const EventForm& form, const EventPage& page,
                                    const std::string& query_name);
// Lists of what stands in all events are for those who supervise.
Status MustSeeAll(const desk::Caller& caller);

}  // namespace zhian::traceability::face
