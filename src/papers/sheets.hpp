// Official documents laid out as sheets: what was composed when the document was issued, its tables, its seal, the
// ledger entry of the step that issued it, and whether it was withdrawn since. Reads only.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "documents/sheet.hpp"
#include "papers/value_text.hpp"
#include "procedure/matter.hpp"

namespace zhian::papers {

// A field as a document writes it: labels for choices, names for people and operators, quantities with their symbol,
// lots by number, days of `…_on` and `…_date` in words. `names` may be nullptr: identifiers stay as they are.
std::string WrittenField(std::string_view name, const boost::json::value& value, const NameLookup* names);

// What stands on a paper besides its own content.
struct PaperState {
  bool demo = false, draft = false;
  std::string public_origin;
  std::int64_t ledger_index = -1;              // of the step that issued it; -1: none yet
  std::string leaf;                            // its leaf hash, hex
  std::string withdrawn_on, withdrawn_reason;  // "" where it stands
};
documents::Sheet SheetOf(const procedure::DocumentRow& document, const NameLookup& names, const PaperState& state);

// Whose papers these are, and when they are printed.
struct Letterhead {
  bool demo = false;  // a demonstration: papers have no effect and say so
  std::string district_name, public_origin;
  base::Instant now;
};
// The sheet of a stored document, with its state.
Result<documents::Sheet> LoadSheet(const Letterhead& head, storage::Connection& db,
                                   const procedure::DocumentRow& document, const NameLookup& names);
// The whole matter: a cover with the contents and the history, then every paper in the order of issue.
Result<std::vector<documents::Sheet>> LoadFile(const Letterhead& head, storage::Connection& db,
                                               const procedure::Matter& matter);

}  // namespace zhian::papers
