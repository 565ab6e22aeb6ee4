// NamedTable: CSV from outside whose columns are found by their names in the header, bounded; errors name table, row
// and column. A table belongs to one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/csv.hpp"
#include "base/result.hpp"

namespace zhian::tracing {

class NamedTable {
 public:
  struct Column {
    std::string_view name;
    bool required = true;
  };
  // Cells in the order of `columns`; a column that is not required and not there gives empty cells. Columns that nobody
  // asked for are left aside.
  static Result<NamedTable> Read(std::string_view table, std::string_view bytes, std::vector<Column> columns,
                                 std::size_t rows_max = 1'000'000);

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] const std::string& cell(std::size_t row, std::size_t column) const { return rows_[row][column]; }
  // An error at a cell.
  [[nodiscard]] Error At(std::size_t row, std::size_t column, Message what) const;
  // A number of at least `least`; `otherwise` where the cell is empty.
  [[nodiscard]] Result<double> Number(std::size_t row, std::size_t column, double otherwise, double least) const;
  [[nodiscard]] Result<bool> Flag(std::size_t row, std::size_t column) const;  // empty: false

 private:
  std::string table_;
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> lines_;
};

}  // namespace zhian::tracing
