// How the figures of publications are counted; their words stand in figures.tsv.
#include "rooms/publicity/figures.hpp"

#include <span>
#include <vector>

#include "figures/sql.hpp"

namespace zhian::publicity {
using namespace figures;

namespace {}  // namespace

std::span<const Query> Figures() {
  static const std::vector<Query> kQueries = [] {
    std::vector<Query> q;
    q.push_back({"K03", Sum::kRate, Timeliness("x.kind='publication' AND x.duty='publish'")});
    q.push_back(
        {"K04", Sum::kRate,
         Moves(
             Is("publication", "publish"),
             "CASE WHEN EXISTS (SELECT 1 FROM matter_transition e WHERE e.district=$d AND e.matter_id=t.matter_id AND e.action IN ('correct','withdraw') AND e.at <= $3) THEN 1 ELSE 0 END")});
    return q;
  }();
  return kQueries;
}

}  // namespace zhian::publicity
