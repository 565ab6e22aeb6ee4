// The answer of a trace as JSON text, written straight out: a tree of a thousand holdings costs more than the search.
// Safe from any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/message.hpp"
#include "desk/schema.hpp"
#include "rooms/traceability/graph/trace.hpp"

namespace zhian::traceability::face {

// `township_name` is asked once for each township. Quantities are finite.
std::string TraceView(const traceability::Answer& answer, Language language,
                      const std::function<std::string(const std::string&)>& township_name);

// What became of a holding, for people.
std::string HoldingStatusLabel(std::string_view status, Language language);

// The shape of TraceView.
desk::Schema TraceSchema();

}  // namespace zhian::traceability::face
