// Who holds recalled goods, by the trace, and what each answered to its notice (kind consignee_notice). Reads only.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.hpp"
#include "procedure/bindings.hpp"

namespace zhian::traceability {

// Notices that one step of a recall sends; who stands beyond stays open in the closing of the recall (R3).
inline constexpr std::size_t kNoticesMax = 450;
inline constexpr int kNoticesRead = 20'000;  // of one recall

struct Consignee {
  std::string operator_id, name;  // operator_id: "" where the place is of nobody on file
  struct Goods {
    std::string lot, product, unit;
    base::Decimal quantity = {};  // that arrived there
  };
  std::vector<Goods> goods;
};
// Holders of the lots of a recall besides its own operator, the greatest first; of one operator one entry.
std::vector<Consignee> ConsigneesOf(storage::Connection& db, const procedure::Matter& recall);

// A consignee as the recall counts it: by its own answer, by what the recaller reports, or by both.
struct ConsigneeRecord {
  std::string name, notice_id, state;  // notice_id: "" where none was sent
  bool answered = false;
  int attempts = 0;  // the notice itself is one
  base::Decimal recovered;
  // By its own answer, in the unit of the recall.
  std::optional<base::Decimal> received, held, sold, returned, destroyed;
  base::Decimal reported;  // recovered as the recaller says; differs from `returned` where the two disagree
  bool is_reported = false;
};
Result<std::vector<ConsigneeRecord>> RecordsOfConsignees(const procedure::GuardContext& context);
void AddConsigneeQuestions(procedure::Services& services);

}  // namespace zhian::traceability
