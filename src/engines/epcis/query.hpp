// SimpleEventQuery: parameters become conditions on one event. Values of a list are alternatives, parameters must all
// hold; identifiers match in any of their forms, words of the CBV as well, units are converted. What an index can find
// is named beside, so that a store need not look at every event. Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engines/epcis/event.hpp"

namespace zhian::epcis {

// An event as a store holds it.
struct StoredEvent {
  const Event& event;
  std::int64_t recorded_at = 0;
};

// At least one of `values` stands in at least one of `fields` of the index; `prefixes`: or begins with one of these and
// a '/'.
struct IndexCondition {
  std::vector<std::string> fields, values, prefixes;
};

// What only master data can answer: which identifiers lie within a place, or have an attribute. A store finds them and
// calls Query::Answer; until then the query finds nothing.
struct MasterLookUp {
  enum class Kind { kWithin, kHasAttribute, kAttributeIs } kind = Kind::kWithin;
  std::string field;  // "readPoint", "epcClass" …, or an extension of the event ("tea:origin")
  std::vector<std::string>
      values;             // places; names of attributes; values of the attribute. In the form of master_data.hpp
  std::string attribute;  // kAttributeIs: its name
};

// What an event is ordered by: numbers and times come before texts, events without the field last.
struct OrderKey {
  enum class Kind { kNumber, kText, kNone } kind = Kind::kNone;
  double number = 0;
  std::string text;
};

struct Query {
  std::vector<std::function<bool(const StoredEvent&)>> conditions;
  std::vector<IndexCondition> index;
  std::optional<std::int64_t> event_time_from, event_time_before, record_time_from, record_time_before;
  bool by_event_time = false, descending = false, ordered = false;
  std::optional<int> count_limit, count_max;
  std::vector<MasterLookUp> look_ups;
  std::string order_field;  // an extension of the event, or of its ILMD ("ILMD_tea:height"); empty: by time
  [[nodiscard]] OrderKey OrderOf(const Event& event) const;

  // The field must name one of these (canonical) identifiers.
  void Answer(const MasterLookUp& look_up, std::vector<std::string> ids);

  [[nodiscard]] bool Matches(const StoredEvent& stored) const;
};

using QueryParameters = std::vector<std::pair<std::string, std::vector<std::string>>>;
// Errors (kInvalid): the parameter that is unknown, or whose value is not of its kind.
Result<Query> ParseQuery(const QueryParameters& parameters);
// The parameters of a query as JSON ({"EQ_bizStep":["shipping"],…}).
Result<QueryParameters> ReadQueryObject(const boost::json::object& query);

}  // namespace zhian::epcis
