#include "base/late.hpp"
#include "documents/drawing.hpp"

namespace zhian::documents {
namespace {
constexpr int kPagesMax = 200;
constexpr std::size_t kPageBytes =
    4000;  // more than a page of the smallest type holds: what is longer is refused before it is laid out

std::size_t Length(const Sheet& sheet) {
  std::size_t length = 0;
  for (const auto* list : {&sheet.paragraphs, &sheet.closing})
    for (const auto& text : *list) length += text.size();
  for (const auto& [label, value] : sheet.facts) length += value.size() + 60;
  for (const Table& table : sheet.tables)
    for (const auto& row : table.rows)
      for (const auto& cell : row) length += cell.size();
  return length;
}

Sheet Cleaned(Sheet sheet) {
  const auto clean = [](std::string& text) { text = Printable(text); };
  for (auto* text :
       {&sheet.organ, &sheet.title, &sheet.number, &sheet.addressee, &sheet.signature, &sheet.date, &sheet.notice})
    clean(*text);
  for (auto* list : {&sheet.paragraphs, &sheet.closing, &sheet.signs, &sheet.seal, &sheet.foot, &sheet.marks})
    for (auto& text : *list) clean(text);
  for (auto* rows : {&sheet.facts, &sheet.receipt})
    for (auto& [label, value] : *rows) clean(label), clean(value);
  for (Table& table : sheet.tables) {
    clean(table.caption);
    for (auto& column : table.columns) clean(column);
    for (auto& row : table.rows)
      for (auto& cell : row) clean(cell);
  }
  return sheet;
}
}  // namespace

Result<std::string> RenderPdf(std::span<const Sheet> given) {
  std::vector<Sheet> sheets;
  for (const Sheet& sheet : given) sheets.push_back(Cleaned(sheet));
  const Error too_long = MakeError(ErrorCode::kTooLarge, "文书超过 200 页，请分开出具");
  std::size_t length = 0;
  bool contents = false;
  for (const Sheet& sheet : sheets) {
    length += Length(sheet);
    for (const Table& table : sheet.tables) contents |= table.contents;
  }
  if (length > kPagesMax * kPageBytes) return too_long;
  static base::Late drawing(ZHIAN_DRAWING_LIBRARY, ZHIAN_DRAWING_FUNCTION);
  ZHIAN_ASSIGN(void* const function, drawing.Get());
  const auto draw = reinterpret_cast<decltype(&zhian_draw_pdf)>(function);
  std::string out;
  std::vector<int> starts;
  if (!draw(sheets, kPagesMax, out, starts)) return MakeError(ErrorCode::kInternal, "drawing: " + out);
  if (out.empty()) return too_long;
  if (!contents) return out;
  // The pages are known once everything is laid out; the second drawing has the same lines, with the numbers in them.
  for (Sheet& sheet : sheets)
    for (Table& table : sheet.tables) {
      if (!table.contents) continue;
      for (std::size_t i = 0; i < table.rows.size() && i + 1 < starts.size(); ++i)
        table.rows[i].push_back(std::to_string(starts[i + 1]));
    }
  if (!draw(sheets, kPagesMax, out, starts)) return MakeError(ErrorCode::kInternal, "drawing: " + out);
  return out;
}

}  // namespace zhian::documents
