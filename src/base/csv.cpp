#include "base/csv.hpp"

#include "base/text.hpp"

namespace zhian::base {

Result<std::string> DecodeTable(std::string_view bytes, const CsvLimits& limits) {
  if (bytes.size() > limits.bytes_max)
    return MakeError(ErrorCode::kTooLarge,
                     Say("文件超过 {} MB，请分成几个文件", std::to_string(limits.bytes_max / 1024 / 1024)));
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (bytes.find('\0') != std::string_view::npos)
    return MakeError(ErrorCode::kInvalid, "文件中有空字节，不是文本表格；请另存为 CSV UTF-8");
  if (IsValidUtf8(bytes)) return std::string(bytes);
  return FromGb18030(bytes);
}

Result<bool> CsvReader::Next(std::vector<std::string>& cells) {
  cells.clear();
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }
  if (at_ >= text_.size()) return false;
  ++line_;
  row_ = line_;
  const std::size_t start = at_;
  const auto fail = [&](Message what) {
    // Go on with the next line: one bad row must not hide the others.
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    return MakeError(ErrorCode::kInvalid,
                     Say("第 {} 行第 {} 列：{}", std::to_string(row_), std::to_string(cells.size() + 1), what));
  };
  std::string cell;
  bool end_of_row = false;
  while (!end_of_row) {
    cell.clear();
    if (at_ < text_.size() && text_[at_] == '"') {
      ++at_;
      const std::size_t opened = at_;
      bool closed = false;
      while (at_ < text_.size()) {
        if (at_ - start > limits_.row_bytes_max) {
          at_ = opened;
          return fail("引号没有结束，或这一行太长");
        }
        const char c = text_[at_++];
        if (c == '"') {
          if (at_ < text_.size() && text_[at_] == '"') {
            cell += '"';
            ++at_;
            continue;
          }
          closed = true;
          break;
        }
        if (c == '\n') ++line_;
        cell += c;
      }
      if (!closed) {
        at_ = opened;
        return fail("引号没有结束，请补上");
      }
      if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r')
        return fail("结束引号之后还有文字");
    } else {
      while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') cell += text_[at_++];
    }
    if (at_ - start > limits_.row_bytes_max) return fail("这一行超过 1 MB");
    if (cells.size() >= limits_.columns_max) return fail(Say("超过 {} 列", std::to_string(limits_.columns_max)));
    cells.push_back(cell);
    if (at_ >= text_.size()) {
      end_of_row = true;
    } else if (text_[at_] == ',') {
      ++at_;
    } else {
      if (text_[at_] == '\r') ++at_;
      if (at_ < text_.size() && text_[at_] == '\n') ++at_;
      end_of_row = true;
    }
  }
  return true;
}

std::string CsvCell(std::string_view text) {
  std::string safe;
  if (!text.empty() && (text.front() == '=' || text.front() == '+' || text.front() == '@' || text.front() == '\t' ||
                        (text.front() == '-' && text.find_first_not_of("0123456789.", 1) != std::string_view::npos)))
    safe = "'";
  safe += text;
  if (safe.find_first_of(",\"\r\n") == std::string::npos) return safe;
  std::string quoted = "\"";
  for (const char c : safe) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace zhian::base
