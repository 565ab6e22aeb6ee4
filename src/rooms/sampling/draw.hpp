// Draw 隨機抽取 that anyone can replay: the population is committed to first, a public value that comes later fixes the
// seed, and the selection is a pure function of both. Pure; safe from any thread.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "procedure/bindings.hpp"

namespace zhian::sampling {

struct DrawSubject {
  std::string id;
  double weight = 1;
};
struct DrawExclusion {
  std::string id, reason;
};
struct Draw {
  std::string draw_id, stratum, public_source, public_due;
  std::vector<DrawSubject> population;
  std::vector<DrawExclusion> excluded;
  std::int64_t count = 0;
};
// Reads and checks the JSON of a draw: ids unique and sorted by their UTF-8 bytes, weights > 0, count ≤ population −
// excluded, excluded ids in the population. Errors name field and mend.
Result<Draw> ParseDraw(const boost::json::object& object);
// Lower-case hex SHA-256 of the canonical JSON of everything that is fixed beforehand.
std::string Commitment(const Draw& draw);
// All ids that are not excluded, in the order of the draw: the first `count` are selected, the others stand in reserve.
std::vector<std::string> Order(const Draw& draw, const std::string& public_value);
// The completed file (commitment, and with a public value the selection).
Result<boost::json::object> MakeDraw(boost::json::object file);
// kInvalid names the first thing that differs.
Status VerifyDraw(const boost::json::object& file);
// The file of a draw's matter, as far as it has come: from `commit` with the commitment, from `draw_now` with value and
// selection.
Result<boost::json::object> ProofOf(const procedure::Matter& matter);

std::span<const procedure::EffectBinding> Records();

}  // namespace zhian::sampling
