// What gate two asks of a lot: where its trace ends, what stands where, what came and went at each premises, and
// whether what was made fits what went in. Reads only; bounded by the trace.
#pragma once

#include "procedure/bindings.hpp"

namespace zhian::traceability {

// Input per output of a process, a dated row of the policy pack ("trace.conversion.…"); its name says "input→output" by
// words that stand in the names of the products. nullptr where no row fits: then the two are not compared.
const policy::Rule* ConversionRule(const policy::Pack& pack, std::string_view input_product,
                                   std::string_view output_product, base::Date on);

// Registers "trace.flow" {lots, operator_id}: one object for each lot.
void AddFlowQuestion(procedure::Services& services);

}  // namespace zhian::traceability
