// How the figures of operators and their files are counted; their words stand in figures.tsv.
#include "rooms/subjects/figures.hpp"

#include <span>
#include <vector>

#include "figures/sql.hpp"

namespace zhian::subjects {
using namespace figures;

namespace {}  // namespace

std::span<const Query> Figures() {
  static const std::vector<Query> kQueries = [] {
    std::vector<Query> q;
    const std::string food = "o.food=1";
    q.push_back({"SP01", Sum::kCount, Operators("o.type='industrial'", "1")});
    q.push_back({"SP02", Sum::kCount, Operators(food, "1")});
    q.push_back({"SP03", Sum::kRate, Operators(food, When("o.staff >= 10"))});
    q.push_back({"SP05", Sum::kCount, Operators("o.type='workshop'", "1")});
    q.push_back(
        {"A08", Sum::kRate,
         Operators(
             "",
             "CASE WHEN EXISTS (SELECT 1 FROM matter_transition v WHERE v.district=$d AND v.matter_id=o.matter_id AND v.action IN ('verify','reverify') "
             "AND v.at <= $3 AND v.at > $3 - 31536000000) THEN 1 ELSE 0 END")});
    return q;
  }();
  return kQueries;
}

}  // namespace zhian::subjects
