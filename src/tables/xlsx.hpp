// Spreadsheets (Office Open XML, ECMA-376): a sheet of a workbook as CSV text, so that imports have one reader; and
// lists written as a workbook. Hostile files are bounded: size of each unpacked part, rows, columns, cell length; no
// entities, no network. Stateless; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace zhian::tables {

struct XlsxLimits {
  std::size_t part_bytes_max = std::size_t{128} << 20;  // unpacked; a bomb ends here
  std::size_t rows_max = 1'048'576;                     // what a sheet can hold
  std::size_t columns_max = 256;
};

// UTF-8 CSV with \r\n. Dates (by the cell's number format) come as 2026-09-28; numbers as they are written; formulas by
// their stored value. `sheet`: its name; "": the first. kInvalid: no workbook, damaged, encrypted; kNotFound: no sheet
// of that name; kTooLarge: beyond the limits. Messages tell the mend.
Result<std::string> XlsxToCsv(std::string_view bytes, const XlsxLimits& limits = {}, std::string_view sheet = {});

// One sheet, the header bold and frozen. Cells that are whole numbers of up to 15 digits without leading zero become
// numbers.
Result<std::string> WriteXlsx(const std::string& sheet, const std::vector<std::string>& header,
                              const std::vector<std::vector<std::string>>& rows);

}  // namespace zhian::tables
