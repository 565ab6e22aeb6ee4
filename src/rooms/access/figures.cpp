// How the figures of permits and certifications are counted; their words stand in figures.tsv.
#include "rooms/access/figures.hpp"

#include <span>
#include <vector>

#include "figures/sql.hpp"

namespace zhian::access {
using namespace figures;

namespace {

// A permit that was valid on the day, by its own dates and by the record.
const char* const kHasPermit =
    "CASE WHEN EXISTS (SELECT 1 FROM permit p WHERE p.district=$d AND p.operator_id=o.id AND p.valid_from <= $3 AND (p.valid_to = 0 OR p.valid_to >= $3) "
    "AND (p.ended_at = 0 OR p.ended_at > $3)) THEN 1 ELSE 0 END";

// A quality system that was certified on the day; valid_from is the first day of its unbroken validity.
const char* const kIsCertified =
    "EXISTS (SELECT 1 FROM certification c WHERE c.district=$d AND c.operator_id=o.id AND c.type='iso9001' AND c.valid_from <= $3 AND c.valid_to >= $3 AND (c.ended_at = 0 OR c.ended_at > $3))";

}  // namespace

std::span<const Query> Figures() {
  static const std::vector<Query> kQueries = [] {
    std::vector<Query> q;
    const std::string food = "o.food=1";
    q.push_back({"SP04", Sum::kRate, Operators(food, kHasPermit)});
    q.push_back({"SP08", Sum::kCount, Operators(std::string("o.above_size=1 AND ") + kIsCertified, "1")});
    q.push_back({"SP09", Sum::kRate, Operators("o.above_size=1", When(kIsCertified))});
    // A lead that the running out of a permit started.
    q.push_back(
        {"A04", Sum::kCount,
         Moves(
             "t.kind='lead' AND t.from_state='' AND EXISTS (SELECT 1 FROM matter_link l JOIN matter p ON p.district=$d AND p.id=l.from_id AND p.kind='permit' "
             "WHERE l.district=$d AND l.to_id=t.matter_id AND l.relation='started' AND EXISTS (SELECT 1 FROM matter_transition e WHERE e.district=$d AND e.matter_id=p.id AND e.action='expire' AND e.at <= t.at))",
             "1")});
    return q;
  }();
  return kQueries;
}

}  // namespace zhian::access
