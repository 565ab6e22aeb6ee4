// The one file 一企一檔 as JSON: the operator, what is entered once about it, everything of other rooms read through
// it, and its time line; each as of a day, as it was known then. Reads only, bounded; the caller has checked that the
// reader may see the operator.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "desk/app.hpp"
#include "desk/matter_view.hpp"
#include "desk/schema.hpp"
#include "rooms/subjects/operators.hpp"
#include "rooms/subjects/registry.hpp"
#include "rooms/subjects/stops.hpp"

namespace zhian::subjects::face {

// The day that is asked for: the end of it, or now where it is today or none is named.
struct AsOf {
  base::Date day;
  base::Instant known_at;
  bool past = false;
};
Result<AsOf> ReadAsOf(const desk::App& app, const http::Request& request);

std::string OperatorTypeLabel(std::string_view type, Language language);
boost::json::object OperatorSummary(const subjects::Operator& op, Language language, const desk::NameLookup& names);
Result<boost::json::object> OperatorFile(desk::App& app, storage::Connection& db, const desk::Caller& caller,
                                         const std::string& id, const AsOf& as_of);

struct TimelineQuery {
  std::string operator_id, room, cursor;  // room "": all
  int limit = 50;
};
// {items, next, rooms: [{room, label, count}]}: moves of matters, entries and changes of records, lots made; newest
// first.
Result<boost::json::object> OperatorTimeline(const desk::App& app, storage::Connection& db, const desk::Caller& caller,
                                             const TimelineQuery& query, const AsOf& as_of);

// The versions of one record, newest first.
boost::json::object RecordVersions(const std::vector<subjects::FileRecord>& versions, Language language,
                                   const desk::NameLookup& names);

// The shapes of these views.
desk::Schema OperatorSchema();
desk::Schema ListedOperatorSchema();
// With the lists that these rooms add.
desk::Schema OperatorFileSchema(desk::Rooms rooms);
desk::Schema TimelineSchema();
desk::Schema RecordVersionSchema();

}  // namespace zhian::subjects::face
