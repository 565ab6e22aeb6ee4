// How the figures of orders to correct are counted; their words stand in figures.tsv.
#include "rooms/inspection/figures.hpp"

#include <span>
#include <vector>

#include "figures/sql.hpp"

namespace zhian::inspection {
using namespace figures;

namespace {}  // namespace

std::span<const Query> Figures() {
  static const std::vector<Query> kQueries = [] {
    std::vector<Query> q;
    const std::string struck = Is("rectification", "strike_off"), recheck_failed = Is("rectification", "fail_recheck");
    q.push_back({"I05", Sum::kRate, Timeliness("x.kind='rectification' AND x.duty='rectify'")});
    q.push_back(
        {"I06", Sum::kRate,
         Moves(
             "(" + struck + " OR " + recheck_failed +
                 ") AND NOT EXISTS (SELECT 1 FROM matter_transition e WHERE e.district=$d AND e.matter_id=t.matter_id "
                 "AND e.sequence < t.sequence AND e.action IN ('strike_off','fail_recheck'))",
             When(struck))});
    q.push_back({"I07", Sum::kMedian, Moves(Is("rectification", "strike_off"), "(t.at - m.opened_at) / 86400000")});
    q.push_back(
        {"CM14", Sum::kRate,
         Moves(
             "t.kind='rectification' AND t.from_state=''",
             "CASE WHEN EXISTS (SELECT 1 FROM matter_transition e WHERE e.district=$d AND e.matter_id=t.matter_id AND e.to_state IN ('struck_off','escalated') AND e.at <= $3) THEN 1 ELSE 0 END")});
    return q;
  }();
  return kQueries;
}

}  // namespace zhian::inspection
