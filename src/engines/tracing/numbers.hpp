// NumberRows: a table of whole numbers without a header (CSV), read in pieces as they come from a file, fast and
// bounded. Every error names the line and the column. One reader a thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zhian::tracing {

template <std::size_t kColumns>
class NumberRows {
 public:
  using Row = std::array<std::uint64_t, kColumns>;
  // `table` and `columns` are named in errors.
  NumberRows(std::string_view table, std::array<std::string_view, kColumns> columns)
      : table_(table), columns_(columns) {}

  // see(row) → Status for every row that is complete; Finish for a last one without an end of line.
  template <class See>
  Status Feed(std::string_view piece, See&& see) {
    if (!rest_.empty()) {
      const std::size_t end = piece.find('\n');
      if (end == std::string_view::npos) return Keep(piece);
      ZHIAN_TRY(Keep(piece.substr(0, end + 1)));
      ZHIAN_TRY(Lines(rest_.data(), rest_.data() + rest_.size(), see));
      rest_.clear();
      piece.remove_prefix(end + 1);
    }
    const std::size_t end = piece.rfind('\n');
    const std::size_t whole = end == std::string_view::npos ? 0 : end + 1;
    ZHIAN_TRY(Lines(piece.data(), piece.data() + whole, see));
    return Keep(piece.substr(whole));
  }
  template <class See>
  Status Finish(See&& see) {
    if (rest_.empty()) return Ok();
    return Feed("\n", see);
  }
  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  static constexpr std::size_t kLineMax = 4096;

  Status Keep(std::string_view piece) {
    if (rest_.size() + piece.size() > kLineMax)
      return MakeError(ErrorCode::kTooLarge, Say("{} 第 {} 行过长；每行只写 {} 个数字", table_, line_ + 1, kColumns));
    rest_ += piece;
    return Ok();
  }
  Error Bad(std::size_t column) const {
    return MakeError(ErrorCode::kInvalid,
                     Say("{} 第 {} 行：“{}”须是 0 至 2^64-1 的整数，每行 {} 列，以逗号分隔，无表头", table_, line_,
                         columns_[column], kColumns));
  }
  // REQUIRES: the last character is an end of line.
  template <class See>
  Status Lines(const char* at, const char* end, See& see) {
    Row row{};
    while (at != end) {
      ++line_;
      if (*at == '\n' || (*at == '\r' && at[1] == '\n')) {
        at += *at == '\r' ? 2 : 1;
        continue;
      }
      for (std::size_t column = 0; column < kColumns; ++column) {
        std::uint64_t value = static_cast<unsigned char>(*at) - std::uint64_t{'0'};
        if (value > 9) return Bad(column);
        const char* const first = at++;
        for (std::uint64_t digit; (digit = static_cast<unsigned char>(*at) - std::uint64_t{'0'}) <= 9; ++at) {
          if (at - first >= 19 &&
              (at - first > 19 || value > 1844674407370955161u || (value == 1844674407370955161u && digit > 5)))
            return Bad(column);
          value = value * 10 + digit;
        }
        row[column] = value;
        if (column + 1 < kColumns) {
          if (*at++ != ',') return Bad(column);
        }
      }
      if (*at == '\r') ++at;
      if (*at++ != '\n') return Bad(kColumns - 1);
      ZHIAN_TRY(see(row));
    }
    return Ok();
  }

  std::string_view table_;
  std::array<std::string_view, kColumns> columns_;
  std::string rest_;
  std::size_t line_ = 0;
};

}  // namespace zhian::tracing
