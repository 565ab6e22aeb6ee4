// Delivery networks as FoodChain-Lab writes them: its JSON, and the sheets of its template (Stations, Deliveries,
// Deliveries2Deliveries) as CSV. Outside input, bounded: an error names table, row and column; nothing is left out in
// silence. Pure; safe from any thread.
#pragma once

#include <string_view>

#include "engines/tracing/network.hpp"

namespace zhian::tracing {

// data.stations, data.deliveries, data.deliveryRelations as tables of {"id", "value"}; weights, mixing and ends from
// tracing. Groups of stations are for display; one that bears a weight, mixes or ends is refused, for it is not said
// what that means for its members.
Result<DeliveryNetwork> ReadFclJson(std::string_view text);

// The columns are found by the template's English names, in whichever order; the dates by the three columns day, month
// and year below theirs, of which any may be empty. A template has no weights; columns Weight, CrossContamination and
// Kill Contamination are taken where they were added.
Result<DeliveryNetwork> ReadFclSheets(std::string_view stations, std::string_view deliveries,
                                      std::string_view relations);

}  // namespace zhian::tracing
