// Files of registries: the first byte picks the kind of import; header and rows become fields, and a day that was read
// is read again.
#include <algorithm>
#include <cstdlib>

#include "api/import_columns.hpp"
#include "base/csv.hpp"
#include "fuzz.hpp"

void Fuzz(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto kinds = zhian::api::ImportKinds();
  const auto& kind = kinds[static_cast<unsigned char>(bytes.front()) % kinds.size()];
  const zhian::base::CsvLimits limits{.bytes_max = 1 << 20, .row_bytes_max = 4096, .columns_max = 32};
  const auto text = zhian::base::DecodeTable(bytes.substr(1), limits);
  if (!text.ok()) return;
  zhian::base::CsvReader reader(*text, limits);
  std::vector<std::string> cells;
  const auto header = reader.Next(cells);
  if (!header.ok() || !*header) return;
  const auto columns = zhian::api::ReadHeader(kind, cells);
  if (!columns.ok()) return;
  if (columns->size() != cells.size()) std::abort();
  for (int rows = 0; rows < 1000; ++rows) {
    const auto next = reader.Next(cells);
    if (!next.ok()) continue;
    if (!*next) return;
    const auto row = zhian::api::ReadRow(kind, *columns, cells);
    if (row.fields.size() > kind.columns.size()) std::abort();
    for (const std::string& cell : cells)
      if (const std::string day = zhian::api::CanonicalDay(cell); zhian::api::CanonicalDay(day) != day) std::abort();
  }
}
