// Import of registries from CSV and XLSX: a dry run first, every refused row with its column and mend, duplicates found
// by code and name. Each accepted row passes the door of what it makes; a refused row never stops the others, and can
// be sent again alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "desk/app.hpp"
#include "desk/import_columns.hpp"
#include "desk/operators.hpp"

namespace zhian::desk {

struct ImportOptions {
  bool dry_run = false;
};
struct RefusedCell {
  std::size_t row = 0;  // as a spreadsheet counts
  std::string column, value;
  Message message;
};
struct ImportReport {
  std::size_t rows = 0, accepted = 0, refused = 0, duplicates = 0;
  std::vector<RefusedCell> errors;
  std::vector<std::string> header;
  std::vector<std::pair<std::size_t, std::vector<std::string>>>
      refused_rows;  // as they came; within kReportRowsMax and kReportBytesMax
};
inline constexpr std::size_t kReportRowsMax = 100'000;
inline constexpr std::size_t kReportBytesMax = std::size_t{32} << 20;

// What entering a row may use.
struct ImportDoor {
  App& app;
  const procedure::Actor& actor;
  base::Instant now;
  // By its code; by its name only where no code is given and one file alone bears the name.
  Result<OperatorCard> OperatorOf(storage::Connection& db, const ImportRow& row) const;
  // The territory that a row names, within the district.
  Result<std::string> PlaceOf(storage::Connection& db, const ImportRow& row) const;
};
// A fault of one column of a row.
Error ImportFault(std::string_view column, Message message);

// The kinds of all rooms, in their order; nullptr: no such kind.
const std::vector<ImportKind>& ImportKinds(const App& app);
const ImportKind* FindImportKind(const App& app, std::string_view word);

// `kind`: a word of ImportKinds. Errors: kUnsupported (no such kind), kInvalid (no header, unknown encoding),
// kTooLarge, kForbidden.
Result<ImportReport> ImportTable(App& app, const procedure::Actor& actor, std::string_view kind, std::string_view bytes,
                                 const ImportOptions& options);
// The refused rows as they came, with what is to be mended beside them: once mended, the file can be sent as it is.
std::string ReportCsv(const ImportReport& report, Language language);

}  // namespace zhian::desk
