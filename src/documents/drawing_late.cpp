#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <zint.h>

#include <cmath>
#include <memory>
#include <mutex>

#include "documents/drawing.hpp"

using zhian::documents::Sheet;

namespace {

constexpr double kMm = 72.0 / 25.4;
// GB/T 9704-2012: A4, top 37 mm, left 28 mm, text block 156 mm × 225 mm; body 3 (16 pt), 28 pt a line; title 2 (22 pt).
constexpr double kPageWidth = 210 * kMm, kPageHeight = 297 * kMm, kLeft = 28 * kMm, kTop = 37 * kMm, kWidth = 156 * kMm, kHeight = 225 * kMm;
constexpr double kBody = 16, kLine = 28, kTitle = 22, kTable = 12, kSmall = 9, kPad = 4;
constexpr const char* kFamily = "FangSong, Noto Serif CJK SC, Noto Serif CJK, serif";

struct Free {
  void operator()(cairo_surface_t* p) const { cairo_surface_destroy(p); }
  void operator()(cairo_t* p) const { cairo_destroy(p); }
  void operator()(PangoLayout* p) const { g_object_unref(p); }
  void operator()(PangoFontDescription* p) const { pango_font_description_free(p); }
  void operator()(zint_symbol* p) const { ZBarcode_Delete(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

cairo_status_t Append(void* to, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

class Pages {
 public:
  Pages(cairo_t* cr, const Sheet& sheet) : cr_(cr), sheet_(sheet) { Begin(); }

  struct Style {
    double size = kBody, line = kLine, width = kWidth, indent = 0;
    PangoAlignment align = PANGO_ALIGN_LEFT;
    bool bold = false;
    bool red = false;
  };

  Owned<PangoLayout> Lay(const std::string& text, const Style& style) const {
    Owned<PangoLayout> layout(pango_cairo_create_layout(cr_));
    Owned<PangoFontDescription> font(pango_font_description_from_string(kFamily));
    pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
    if (style.bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_width(layout.get(), static_cast<int>(style.width * PANGO_SCALE));
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_indent(layout.get(), static_cast<int>(style.indent * PANGO_SCALE));
    pango_layout_set_alignment(layout.get(), style.align);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    return layout;
  }
  static int Lines(PangoLayout* layout) { return pango_layout_get_line_count(layout); }

  // Lines are set one by one on the grid, so that a paragraph may run over the end of the page.
  void Paragraph(const std::string& text, const Style& style) {
    if (text.empty()) return;
    auto layout = Lay(text, style);
    const int lines = Lines(layout.get());
    for (int i = 0; i < lines; ++i) {
      Need(style.line);
      DrawLine(layout.get(), i, kLeft, y_, style);
      y_ += style.line;
    }
  }
  void Skip(double height) { y_ += height; }

  // A row whose cells may be longer than a page is broken between lines.
  void TableRow(const std::string& label, const std::string& value) {
    const double label_width = 9 * kTable + 2 * kPad, line = kTable * 1.6;
    const Style left{kTable, line, label_width - 2 * kPad, 0, PANGO_ALIGN_LEFT, false, false}, right{kTable, line, kWidth - label_width - 2 * kPad, 0, PANGO_ALIGN_LEFT, false, false};
    auto a = Lay(label, left), b = Lay(value, right);
    const int lines = std::max(Lines(a.get()), Lines(b.get()));
    int done = 0;
    while (done < lines) {
      Need(line + 2 * kPad);
      const int room = std::max(1, static_cast<int>((kTop + kHeight - y_ - 2 * kPad) / line));
      const int now = std::min(room, lines - done);
      for (int i = done; i < done + now; ++i) {
        if (i < Lines(a.get())) DrawLine(a.get(), i, kLeft + kPad, y_ + kPad + (i - done) * line, left);
        if (i < Lines(b.get())) DrawLine(b.get(), i, kLeft + label_width + kPad, y_ + kPad + (i - done) * line, right);
      }
      const double height = now * line + 2 * kPad;
      cairo_set_source_rgb(cr_, 0, 0, 0);
      cairo_set_line_width(cr_, 0.6);
      cairo_rectangle(cr_, kLeft, y_, label_width, height);
      cairo_rectangle(cr_, kLeft + label_width, y_, kWidth - label_width, height);
      cairo_stroke(cr_);
      y_ += height;
      done += now;
    }
  }
  void RedLine() {
    cairo_set_source_rgb(cr_, 0.75, 0.1, 0.1);
    cairo_set_line_width(cr_, 1.5);
    cairo_move_to(cr_, kLeft, y_);
    cairo_line_to(cr_, kLeft + kWidth, y_);
    cairo_stroke(cr_);
    y_ += 14;
  }
  // Foot of the document with its code: kept together.
  void Foot() {
    const double side = sheet_.code.empty() ? 0 : 24 * kMm, line = kSmall * 1.5;
    const Style style{kSmall, line, kWidth - side - 10, 0, PANGO_ALIGN_LEFT, false, false};
    double height = side;
    double text = 0;
    for (const std::string& one : sheet_.foot) text += Lines(Lay(one, style).get()) * line;
    height = std::max(height, text) + 10;
    Need(height);
    cairo_set_source_rgb(cr_, 0, 0, 0);
    cairo_set_line_width(cr_, 0.5);
    cairo_move_to(cr_, kLeft, y_);
    cairo_line_to(cr_, kLeft + kWidth, y_);
    cairo_stroke(cr_);
    const double top = y_ + 8;
    y_ = top;
    for (const std::string& one : sheet_.foot) Paragraph(one, style);
    if (side > 0) Code(kLeft + kWidth - side, top, side);
    y_ = std::max(y_, top + side);
  }
  void NewPage() {
    End();
    cairo_show_page(cr_);
    ++page_;
    Begin();
  }
  void End() {
    const std::string number = "— " + std::to_string(page_) + " —";
    const Style style{14, 14, kWidth, 0, PANGO_ALIGN_CENTER, false, false};
    auto layout = Lay(number, style);
    DrawLine(layout.get(), 0, kLeft, kTop + kHeight + 7 * kMm, style);
  }
  [[nodiscard]] int page() const { return page_; }

 private:
  void Begin() {
    y_ = kTop;
    if (sheet_.mark.empty()) return;
    cairo_save(cr_);
    const Style style{34, 40, kPageWidth, 0, PANGO_ALIGN_CENTER, false, false};
    auto layout = Lay(sheet_.mark, style);
    cairo_translate(cr_, kPageWidth / 2, kPageHeight / 2);
    cairo_rotate(cr_, -M_PI / 5);
    cairo_set_source_rgb(cr_, 0.9, 0.9, 0.9);
    cairo_move_to(cr_, -kPageWidth / 2, -20);
    pango_cairo_show_layout(cr_, layout.get());
    cairo_restore(cr_);
  }
  void Need(double height) {
    if (y_ + height > kTop + kHeight + 0.01 && y_ > kTop) NewPage();
  }
  void DrawLine(PangoLayout* layout, int index, double x, double y, const Style& style) const {
    PangoLayoutLine* line = pango_layout_get_line_readonly(layout, index);
    if (line == nullptr) return;
    PangoRectangle logical;
    pango_layout_line_get_extents(line, nullptr, &logical);
    const double width = static_cast<double>(logical.width) / PANGO_SCALE;
    double at = x;
    if (style.align == PANGO_ALIGN_CENTER) at += (style.width - width) / 2;
    else if (style.align == PANGO_ALIGN_RIGHT) at += style.width - width;
    else if (index == 0) at += style.indent;
    if (style.red) cairo_set_source_rgb(cr_, 0.75, 0.1, 0.1);
    else cairo_set_source_rgb(cr_, 0, 0, 0);
    cairo_move_to(cr_, at, y + (style.line + style.size) / 2 - style.size * 0.12);
    pango_cairo_show_layout_line(cr_, line);
  }
  void Code(double x, double y, double side) const {
    Owned<zint_symbol> symbol(ZBarcode_Create());
    symbol->symbology = BARCODE_QRCODE;
    symbol->input_mode = UNICODE_MODE;
    symbol->option_1 = 2;  // error correction M
    if (ZBarcode_Encode(symbol.get(), reinterpret_cast<const unsigned char*>(sheet_.code.data()), static_cast<int>(sheet_.code.size())) >= ZINT_ERROR) return;
    // Four modules of quiet zone (ISO/IEC 18004).
    const double module = side / (symbol->rows + 8);
    cairo_set_source_rgb(cr_, 0, 0, 0);
    for (int row = 0; row < symbol->rows; ++row)
      for (int column = 0; column < symbol->width; ++column)
        if ((symbol->encoded_data[row][column >> 3] >> (column & 7)) & 1) cairo_rectangle(cr_, x + (column + 4) * module, y + (row + 4) * module, module * 1.02, module * 1.02);
    cairo_fill(cr_);
  }

  cairo_t* cr_;
  const Sheet& sheet_;
  double y_ = kTop;
  int page_ = 1;
};

}  // namespace

extern "C" __attribute__((visibility("default"))) bool zhian_draw_pdf(const Sheet& sheet, std::string& out) {
  // One sheet at a time: the font libraries keep caches of their own, and a sheet takes a tenth of a second.
  static std::mutex drawing;
  const std::lock_guard lock(drawing);
  std::string pdf;
  const auto broken = [&out](cairo_status_t status) {
    out = cairo_status_to_string(status);
    return status != CAIRO_STATUS_SUCCESS;
  };
  Owned<cairo_surface_t> surface(cairo_pdf_surface_create_for_stream(&Append, &pdf, kPageWidth, kPageHeight));
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, (sheet.title + " " + sheet.number).c_str());
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_AUTHOR, sheet.organ.c_str());
  {
    Owned<cairo_t> cr(cairo_create(surface.get()));
    Pages pages(cr.get(), sheet);
    using Style = Pages::Style;
    if (!sheet.organ.empty()) pages.Paragraph(sheet.organ, Style{kTitle, 36, kWidth, 0, PANGO_ALIGN_CENTER, true, true});
    pages.Paragraph(sheet.title, Style{kTitle, 40, kWidth, 0, PANGO_ALIGN_CENTER, true, false});
    pages.Paragraph(sheet.number, Style{kBody, kLine, kWidth, 0, PANGO_ALIGN_RIGHT, false, false});
    pages.RedLine();
    pages.Paragraph(sheet.addressee, Style{});
    Style body;
    body.indent = 2 * kBody;
    for (const auto& text : sheet.paragraphs) pages.Paragraph(text, body);
    if (!sheet.facts.empty()) pages.Skip(8);
    for (const auto& [label, value] : sheet.facts) pages.TableRow(label, value);
    if (!sheet.facts.empty()) pages.Skip(8);
    for (const auto& text : sheet.closing) pages.Paragraph(text, body);
    pages.Skip(kLine);
    for (const auto* text : {&sheet.signature, &sheet.date}) pages.Paragraph(*text, Style{kBody, kLine, kWidth - 4 * kBody, 0, PANGO_ALIGN_RIGHT, false, false});
    pages.Skip(kLine);
    pages.Foot();
    if (!sheet.receipt.empty()) {
      pages.NewPage();
      pages.Paragraph("送达回证", Style{kTitle, 40, kWidth, 0, PANGO_ALIGN_CENTER, true, false});
      pages.Skip(8);
      for (const auto& [label, value] : sheet.receipt) pages.TableRow(label, value.empty() ? "\n" : value);
    }
    pages.End();
    cairo_show_page(cr.get());
    if (broken(cairo_status(cr.get()))) return false;
  }
  cairo_surface_finish(surface.get());
  if (broken(cairo_surface_status(surface.get()))) return false;
  out = std::move(pdf);
  return true;
}
