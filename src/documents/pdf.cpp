#include "base/late.hpp"
#include "documents/drawing.hpp"

namespace zhian::documents {
namespace {
constexpr std::size_t kPagesMax = 200, kPageBytes = 1500;
}

Result<std::string> RenderPdf(const Sheet& sheet) {
  std::size_t length = 0;
  for (const auto& text : sheet.paragraphs) length += text.size();
  for (const auto& [label, value] : sheet.facts) length += value.size() + 60;
  if (length > kPagesMax * kPageBytes) return MakeError(ErrorCode::kTooLarge, "文书超过 200 页，请分开出具");
  static base::Late drawing(ZHIAN_DRAWING_LIBRARY, ZHIAN_DRAWING_FUNCTION);
  ZHIAN_ASSIGN(void* const function, drawing.Get());
  std::string out;
  if (!reinterpret_cast<decltype(&zhian_draw_pdf)>(function)(sheet, out)) return MakeError(ErrorCode::kInternal, "drawing: " + out);
  return out;
}

}  // namespace zhian::documents
