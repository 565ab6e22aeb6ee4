// CSV from outside (RFC 4180), bounded: UTF-8 with or without mark, or GB18030, which is detected and converted.
// A reader belongs to one thread. Every error names row and column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace zhian::base {

struct CsvLimits {
  std::size_t bytes_max = 256 * 1024 * 1024;
  std::size_t row_bytes_max = 1024 * 1024;
  std::size_t columns_max = 256;
};

// The text as UTF-8 without mark. kTooLarge; kInvalid where it is neither UTF-8 nor GB18030, or holds NUL.
Result<std::string> DecodeTable(std::string_view bytes, const CsvLimits& limits = {});

// Rows one after the other out of a text that outlives the reader.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text, const CsvLimits& limits = {}) : text_(text), limits_(limits) {}
  // Fills `cells`; false at the end. Blank lines are skipped. kInvalid: a quote that never ends, text after a closing
  // quote, a row beyond the limits; reading may go on after the faulty row.
  Result<bool> Next(std::vector<std::string>& cells);
  [[nodiscard]] std::size_t row() const { return row_; }  // of the last row, counted from 1 as a spreadsheet does

 private:
  std::string_view text_;
  CsvLimits limits_;
  std::size_t at_ = 0, row_ = 0, line_ = 0;
};

// A cell that needs quotes gets them; a leading = + - @ is made harmless for spreadsheets by an apostrophe.
std::string CsvCell(std::string_view text);

}  // namespace zhian::base
