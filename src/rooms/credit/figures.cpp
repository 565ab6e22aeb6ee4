// How the figures of listings are counted; their words stand in figures.tsv.
#include "rooms/credit/figures.hpp"

#include <span>
#include <vector>

#include "figures/sql.hpp"

namespace zhian::credit {
using namespace figures;

namespace {}  // namespace

std::span<const Query> Figures() {
  static const std::vector<Query> kQueries = [] {
    std::vector<Query> q;
    q.push_back(
        {"K01", Sum::kCount,
         "SELECT 'matter', m.id, m.title, 1, 1 FROM matter m WHERE m.district=$d AND m.kind='credit_listing' AND m.opened_at <= $3" +
             Usual() + " AND " + InTerritory("m.jurisdiction") +
             " AND EXISTS (SELECT 1 FROM matter_transition a WHERE a.district=$d AND a.matter_id=m.id AND a.to_state='listed' AND a.at <= $3 AND NOT EXISTS "
             "(SELECT 1 FROM matter_transition b WHERE b.district=$d AND b.matter_id=m.id AND b.sequence > a.sequence AND b.at <= $3 AND b.to_state <> 'listed'))" +
             UseAll()});
    return q;
  }();
  return kQueries;
}

}  // namespace zhian::credit
