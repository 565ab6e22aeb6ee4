// SimpleEventQuery: parameters become conditions on one event. Values of a list are alternatives, parameters must all hold;
// identifiers match in any of their forms, words of the CBV as well, units are converted. What an index can find is named
// beside, so that a store need not look at every event. Pure; safe from any thread.
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

// At least one of `values` stands in at least one of `fields` of the index; `prefixes`: or begins with one of these and a '/'.
struct IndexCondition {
  std::vector<std::string> fields, values, prefixes;
};

struct Query {
  std::vector<std::function<bool(const StoredEvent&)>> conditions;
  std::vector<IndexCondition> index;
  std::optional<std::int64_t> event_time_from, event_time_before, record_time_from, record_time_before;
  bool by_event_time = false, descending = false, ordered = false;
  std::optional<int> count_limit, count_max;

  [[nodiscard]] bool Matches(const StoredEvent& stored) const;
};

using QueryParameters = std::vector<std::pair<std::string, std::vector<std::string>>>;
// Errors (kInvalid): the parameter that is unknown, or whose value is not of its kind.
Result<Query> ParseQuery(const QueryParameters& parameters);
// The parameters of a query as JSON ({"EQ_bizStep":["shipping"],…}).
Result<QueryParameters> ReadQueryObject(const boost::json::object& query);

}  // namespace zhian::epcis
