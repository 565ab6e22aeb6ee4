// Import of registries from CSV: a dry run first, every refused row with its column and mend, duplicates found by code and name.
// Each accepted row passes the one door; a refused row never stops the others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "procedure/engine.hpp"

namespace zhian::api {

struct ImportOptions {
  bool dry_run = false;
  std::string root;  // jurisdiction under which the rows' townships and villages lie
};
struct RefusedRow {
  std::size_t row = 0;  // as a spreadsheet counts
  std::string column, value;
  Message message;
};
struct ImportReport {
  std::size_t rows = 0, accepted = 0, refused = 0, duplicates = 0;
  std::vector<RefusedRow> errors;
};

// `kind`: operators, permits. Errors: kUnsupported (no such kind), kInvalid (no header, unknown encoding), kTooLarge.
Result<ImportReport> ImportTable(procedure::Engine& engine, storage::Database& database, const procedure::Actor& actor, std::string_view kind, std::string_view bytes, const ImportOptions& options);
// The report as CSV, to be mended and sent again alone.
std::string ReportCsv(const ImportReport& report);
Result<std::string> ReadFile(const std::string& path, std::size_t bytes_max);

}  // namespace zhian::api
