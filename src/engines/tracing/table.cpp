#include "engines/tracing/table.hpp"

#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace zhian::tracing {

Result<NamedTable> NamedTable::Read(std::string_view table, std::string_view bytes, std::vector<Column> columns,
                                    std::size_t rows_max) {
  NamedTable read;
  read.table_ = table;
  ZHIAN_ASSIGN(const std::string text, base::DecodeTable(bytes));
  base::CsvReader reader(text);
  std::vector<std::string> cells;
  ZHIAN_ASSIGN(const bool any, reader.Next(cells));
  if (!any) return MakeError(ErrorCode::kInvalid, Say("{} 是空表；第一行须是列名", table));
  std::vector<std::size_t> places;
  for (const Column& column : columns) {
    std::size_t place = cells.size(), found = 0;
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (base::Trim(cells[i]) == column.name) place = i, ++found;
    if (found > 1 || (found == 0 && column.required))
      return MakeError(ErrorCode::kInvalid, Say("{} 须有且只有一列 {}；请更正第一行的列名", table, column.name));
    places.push_back(place);
  }
  const std::size_t width = cells.size();
  for (;;) {
    ZHIAN_ASSIGN(const bool more, reader.Next(cells));
    if (!more) break;
    if (read.rows_.size() == rows_max)
      return MakeError(ErrorCode::kTooLarge, Say("{} 超过 {} 行；请分开", table, rows_max));
    if (cells.size() > width)
      return MakeError(ErrorCode::kInvalid, Say("{} 第 {} 行：列数多于第一行；请检查逗号与引号", table, reader.row()));
    std::vector<std::string> row;
    for (const std::size_t place : places)
      row.push_back(place < cells.size() ? base::Trim(cells[place]) : std::string());
    read.rows_.push_back(std::move(row));
    read.lines_.push_back(reader.row());
  }
  read.columns_ = std::move(columns);
  return read;
}

Error NamedTable::At(std::size_t row, std::size_t column, Message what) const {
  return MakeError(ErrorCode::kInvalid, Say("{} 第 {} 行 {}：{}", table_, lines_[row], columns_[column].name, what));
}

Result<double> NamedTable::Number(std::size_t row, std::size_t column, double otherwise, double least) const {
  const std::string& text = cell(row, column);
  if (text.empty()) return otherwise;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || std::abs(value) > 1e18 ||
      value < least)
    return At(row, column, least < 0 ? Message("须是数字") : Message("须是不小于零的数字"));
  return value;
}

Result<bool> NamedTable::Flag(std::size_t row, std::size_t column) const {
  const std::string text = base::Fold(cell(row, column));
  if (text.empty() || text == "0" || text == "false" || text == "no") return false;
  if (text == "1" || text == "true" || text == "yes") return true;
  return At(row, column, "须是 1 或 0");
}

}  // namespace zhian::tracing
