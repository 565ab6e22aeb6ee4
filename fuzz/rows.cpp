// Files of registries: the first byte picks the kind of import; header and rows become fields, and a day that was read
// is read again.
#include <algorithm>
#include <cstdlib>

#include "base/csv.hpp"
#include "desk/import_columns.hpp"
#include "fuzz.hpp"
#include "rooms/subjects/registry.hpp"

namespace {

// The shapes of import that rooms declare: rows that make matters, and records of the operator's file.
std::vector<zhian::desk::ImportKind> Kinds() {
  using namespace zhian::desk;
  std::vector<ImportKind> kinds{OfMatter("operators", "operator_file", "import_operator"),
                                OfMatter("permits", "permit", "import_permit"),
                                OfMatter("certifications", "certification", "import_certificate")};
  kinds[0].own = "name";
  kinds[0].names_operator = false;
  kinds[1].own = "permit_number";
  kinds[2].own = "certificate_number";
  for (const auto& record : zhian::subjects::RecordKinds()) {
    ImportKind kind{.word = std::string(record.imported_as), .own = std::string(record.name_field)};
    for (const auto& field : record.fields) kind.columns.push_back(Column(field.field, field.titles));
    kinds.push_back(std::move(kind));
  }
  for (ImportKind& kind : kinds) {
    kind.columns.push_back(OperatorCode());
    kind.columns.push_back(OperatorName(true));
  }
  return kinds;
}

}  // namespace

void Fuzz(std::string_view bytes) {
  if (bytes.empty()) return;
  static const auto kinds = Kinds();
  const auto& kind = kinds[static_cast<unsigned char>(bytes.front()) % kinds.size()];
  const zhian::base::CsvLimits limits{.bytes_max = 1 << 20, .row_bytes_max = 4096, .columns_max = 32};
  const auto text = zhian::base::DecodeTable(bytes.substr(1), limits);
  if (!text.ok()) return;
  zhian::base::CsvReader reader(*text, limits);
  std::vector<std::string> cells;
  const auto header = reader.Next(cells);
  if (!header.ok() || !*header) return;
  const auto columns = zhian::desk::ReadHeader(kind, cells);
  if (!columns.ok()) return;
  if (columns->size() != cells.size()) std::abort();
  for (int rows = 0; rows < 1000; ++rows) {
    const auto next = reader.Next(cells);
    if (!next.ok()) continue;
    if (!*next) return;
    const auto row = zhian::desk::ReadRow(kind, *columns, cells);
    if (row.fields.size() > kind.columns.size()) std::abort();
    for (const std::string& cell : cells)
      if (const std::string day = zhian::desk::CanonicalDay(cell); zhian::desk::CanonicalDay(day) != day) std::abort();
  }
}
