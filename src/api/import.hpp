// Import of registries from CSV and XLSX: a dry run first, every refused row with its column and mend, duplicates found
// by code and name. Each accepted row passes the door of what it makes; a refused row never stops the others, and can
// be sent again alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/app.hpp"
#include "base/result.hpp"

namespace zhian::api {

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

// `kind`: a word of ImportKinds(). Errors: kUnsupported (no such kind), kInvalid (no header, unknown encoding),
// kTooLarge, kForbidden.
Result<ImportReport> ImportTable(App& app, const procedure::Actor& actor, std::string_view kind, std::string_view bytes,
                                 const ImportOptions& options);
// The refused rows as they came, with what is to be mended beside them: once mended, the file can be sent as it is.
std::string ReportCsv(const ImportReport& report, Language language);
Result<std::string> ReadFile(const std::string& path, std::size_t bytes_max);

}  // namespace zhian::api
