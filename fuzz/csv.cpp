// CSV from outside: decoding, then every row; a cell that is written is read back.
#include "base/csv.hpp"

#include <cstdlib>

#include "fuzz.hpp"

void Fuzz(std::string_view bytes) {
  const zhian::base::CsvLimits limits{.bytes_max = 1 << 20, .row_bytes_max = 4096, .columns_max = 32};
  const auto text = zhian::base::DecodeTable(bytes, limits);
  if (!text.ok()) return;
  zhian::base::CsvReader reader(*text, limits);
  std::vector<std::string> cells;
  for (int rows = 0; rows < 100'000; ++rows) {
    const auto next = reader.Next(cells);
    if (!next.ok()) continue;
    if (!*next) return;
    std::string line;
    for (const auto& cell : cells) line += (line.empty() ? "" : ",") + zhian::base::CsvCell(cell);
    if (cells.size() > 32) std::abort();
  }
}
