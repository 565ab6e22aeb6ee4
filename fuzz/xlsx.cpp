// Workbooks from outside: an answer within the limits or an error, nothing else.
#include "tables/xlsx.hpp"

#include <cstdlib>

#include "fuzz.hpp"

void Fuzz(std::string_view bytes) {
  const zhian::tables::XlsxLimits limits{.part_bytes_max = 1 << 20, .rows_max = 1000, .columns_max = 32};
  const auto csv = zhian::tables::XlsxToCsv(bytes, limits);
  if (csv.ok() && csv->size() > (2u << 20)) std::abort();
}
