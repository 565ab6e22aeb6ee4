// How a decision is carried out, from the records of its steps: money paid, late or by a plan, what is done of the
// other penalties, where each lot of the goods went, and which party has ended without assets. An application to the
// court is none of these. Reads only.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/decimal.hpp"
#include "base/message.hpp"
#include "base/result.hpp"
#include "procedure/bindings.hpp"
#include "records/enforcement.hpp"

namespace zhian::enforcement {

// What is owed in money, as of a day. All in yuan.
struct Debt {
  base::Decimal due;    // fines and income that parties not lawfully ended must pay
  base::Decimal fines;  // the part of it that fines are
  base::Decimal paid;   // by the steps before this one
  base::Decimal rest;   // due less paid, not below zero
  // The most that a late payer may have to pay beside it (加處罰款, 行政處罰法 72): per day of the fine that is late,
  // and no more than the fine.
  base::Decimal surcharge;
  std::optional<base::Date> late_since;  // the first day on which something was late
  // With a plan: the sums, counted from the first payment on, that a payment may complete.
  std::vector<base::Decimal> steps;
};
// Errors: a record that cannot be read, or a sum that does not fit.
Result<Debt> DebtOn(const procedure::GuardContext& context, const records::EnforcementCase& record, base::Date day);

// What a party has not done of the decision, money apart: shutdown, revocation, goods to be taken. Empty: all done.
Result<std::vector<std::pair<std::string, Message>>> Unexecuted(const procedure::GuardContext& context,
                                                                const records::EnforcementCase& record);
// Whether execution against the party has lawfully ended: died or dissolved without assets, or by the court's ruling.
Result<bool> HasEnded(const procedure::GuardContext& context, std::string_view party);

// The goods of the case and of its measures against the records of where they went, in one unit a kind of measure: what
// is not settled, or settled beyond what was counted. Empty: the balance is zero. `only_beyond`
// leaves out what may still be settled later.
Result<std::vector<Message>> GoodsBalance(const procedure::GuardContext& context,
                                          const records::EnforcementCase& record,
                                          const std::vector<records::CoerciveMeasure>& measures,
                                          bool only_beyond = false);
// The rows of all steps `settle_goods` so far, this one included.
Result<std::vector<records::EnforcementCase::SettlementsRow>> Settlements(const procedure::GuardContext& context);
// A quantity in the base unit of its measure (kg, L), or as it stands: 500 g is 0.5 kg. Errors: a sum that does not
// fit.
Result<base::Quantity> InBaseUnit(const base::Quantity& quantity);

}  // namespace zhian::enforcement
