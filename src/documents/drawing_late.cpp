#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <zint.h>

#include <array>
#include <cmath>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "documents/drawing.hpp"

using zhian::documents::Sheet;

namespace {

constexpr double kMm = 72.0 / 25.4;
// GB/T 9704-2012: A4, top 37 mm, left 28 mm, text block 156 mm × 225 mm; body 3 (16 pt), 28 pt a line; title 2 (22 pt).
constexpr double kPageWidth = 210 * kMm, kPageHeight = 297 * kMm, kLeft = 28 * kMm, kTop = 37 * kMm, kWidth = 156 * kMm,
                 kHeight = 225 * kMm;
constexpr double kBody = 16, kLine = 28, kTitle = 22, kTable = 10.5, kSmall = 9, kPad = 4;
constexpr double kRed[3] = {0.75, 0.1, 0.1};
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

constexpr int kQuiet = 4;  // modules of quiet zone (ISO/IEC 18004)
Owned<zint_symbol> Encoded(const std::string& content) {
  Owned<zint_symbol> symbol(ZBarcode_Create());
  symbol->symbology = BARCODE_QRCODE;
  symbol->input_mode = UNICODE_MODE;
  symbol->option_1 = 2;  // error correction M
  if (ZBarcode_Encode(symbol.get(), reinterpret_cast<const unsigned char*>(content.data()),
                      static_cast<int>(content.size())) >= ZINT_ERROR)
    symbol.reset();
  return symbol;
}
bool IsDark(const zint_symbol& symbol, int row, int column) {
  return ((symbol.encoded_data[row][column >> 3] >> (column & 7)) & 1) != 0;
}

class Pages {
 public:
  Pages(cairo_t* cr, const Sheet& sheet) : cr_(cr), sheet_(&sheet) { Begin(); }

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

  // Room to leave below the last lines (or the last row) of the next block, so that what follows it never stands on a
  // page alone.
  void Keep(double room) { keep_ = room; }

  // Lines are set one by one on the grid, so that a paragraph may run over the end of the page.
  void Paragraph(const std::string& text, const Style& style) {
    if (text.empty()) return;
    auto layout = Lay(text, style);
    const int lines = Lines(layout.get()), last = std::min(2, lines);
    for (int i = 0; i < lines; ++i) {
      Need(style.line + (i == lines - last && keep_ > 0 ? (last - 1) * style.line + keep_ : 0));
      DrawLine(layout.get(), i, kLeft, y_, style);
      y_ += style.line;
    }
  }
  void Skip(double height) { y_ += height; }

  // One row of a ruled table. A row that is longer than the page is broken between lines; a short one is kept together.
  // `head` draws the head of the table again where the row begins a page.
  void GridRow(std::span<const std::string> cells, std::span<const double> widths, double size, bool bold,
               const std::function<void()>& head, double keep = 0) {
    const double line = size * 1.6;
    std::vector<Owned<PangoLayout>> laid;
    std::vector<Style> styles;
    int lines = 1;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      styles.push_back(Style{.size = size, .line = line, .width = widths[i] - 2 * kPad, .bold = bold});
      laid.push_back(Lay(i < cells.size() ? cells[i] : std::string(), styles.back()));
      lines = std::max(lines, Lines(laid.back().get()));
    }
    const auto open_page = [&](double height) {
      if (!Need(height)) return;
      if (head) head();
    };
    open_page(std::min(lines * line, kHeight / 3) + 2 * kPad + keep);
    int done = 0;
    while (done < lines) {
      open_page(line + 2 * kPad);
      const int room = std::max(1, static_cast<int>((kTop + kHeight - y_ - 2 * kPad + 0.01) / line));
      const int now = std::min(room, lines - done);
      const double height = now * line + 2 * kPad;
      double x = kLeft;
      for (std::size_t c = 0; c < laid.size(); ++c) {
        for (int i = done; i < std::min(done + now, Lines(laid[c].get())); ++i)
          DrawLine(laid[c].get(), i, x + kPad, y_ + kPad + (i - done) * line, styles[c]);
        cairo_set_source_rgb(cr_, 0, 0, 0);
        cairo_set_line_width(cr_, 0.6);
        cairo_rectangle(cr_, x, y_, widths[c], height);
        cairo_stroke(cr_);
        x += widths[c];
      }
      y_ += height;
      done += now;
    }
  }
  // Two short facts share a row, as in the forms of the field: a paper stays on few pages.
  void Facts(const std::vector<std::pair<std::string, std::string>>& facts, bool pairs) {
    const double label_width = 8.5 * kTable + 2 * kPad, value_width = kWidth / 2 - label_width;
    const auto is_short = [&](const std::pair<std::string, std::string>& fact) {
      return fact.second.find('\n') == std::string::npos &&
             Natural(fact.second, kTable) <= value_width - 2 * kPad - 4 &&
             Natural(fact.first, kTable) <= label_width - 2 * kPad;
    };
    for (std::size_t i = 0; i < facts.size(); ++i) {
      const auto& [label, value] = facts[i];
      if (pairs && i + 1 < facts.size() && is_short(facts[i]) && is_short(facts[i + 1])) {
        const std::array<std::string, 4> cells{label, value, facts[i + 1].first, facts[i + 1].second};
        const std::array<double, 4> widths{label_width, value_width, label_width, value_width};
        ++i;
        GridRow(cells, widths, kTable, false, {}, i + 1 == facts.size() ? keep_ : 0);
        continue;
      }
      const std::array<std::string, 2> cells{label, value.empty() ? "\n" : value};
      const std::array<double, 2> widths{label_width, kWidth - label_width};
      GridRow(cells, widths, kTable, false, {}, i + 1 == facts.size() ? keep_ : 0);
    }
  }
  // Columns get room by what stands in them, within bounds, so that none is starved by a long neighbour.
  void TableOf(const zhian::documents::Table& table) {
    std::vector<std::string> columns = table.columns;
    if (table.contents) columns.emplace_back("页");
    const double size = columns.size() > 4 ? kTable - 2 : kTable;
    const double least = std::min(size * 2 + 2 * kPad, kWidth / static_cast<double>(columns.size())), most = kWidth / 2;
    std::vector<double> widths(columns.size(), least);
    const auto measure = [&](const std::vector<std::string>& row) {
      for (std::size_t i = 0; i < std::min(row.size(), columns.size()); ++i)
        widths[i] = std::max(widths[i], std::min(most, Natural(row[i], size) + 2 * kPad + 2));
    };
    measure(columns);
    for (const auto& row : table.rows) measure(row);
    double extra = 0;
    for (const double width : widths) extra += width - least;
    const double room = kWidth - least * static_cast<double>(columns.size());
    for (double& width : widths)
      width = extra > 0 ? least + (width - least) * room / extra : kWidth / static_cast<double>(columns.size());
    if (!table.caption.empty()) {
      Need(kLine + 3 * size);
      const double keep = std::exchange(keep_, 0);
      Paragraph(table.caption, Style{.size = kTable, .line = 22, .bold = true});
      keep_ = keep;
    }
    const std::function<void()> head = [&] { GridRow(columns, widths, size, true, {}); };
    head();
    for (const auto& row : table.rows) GridRow(row, widths, size, false, head, &row == &table.rows.back() ? keep_ : 0);
  }
  // Lines to sign by hand, with room for the date.
  void Signs(const std::vector<std::string>& signs) {
    const Style style{kTable, kLine, kWidth, 0, PANGO_ALIGN_LEFT, false, false};
    for (const std::string& one : signs) Paragraph(one + "：__________________　　　　年　　月　　日", style);
  }
  // The least that it takes; with a line in place of the ring it cannot move closer to the text.
  static double SignatureHeight(const Sheet& sheet) { return sheet.seal.size() == 1 ? 3.5 * kLine : 2 * kLine; }
  // Signature, date and the seal beside them stay on one page. The seal is a plain ring with its words in straight
  // lines: it must never pass for the seal of an authority.
  void Signature(const Sheet& sheet) {
    const double side = 32 * kMm;
    const bool ring = sheet.seal.size() > 1;
    const double height = 2 * kLine + (sheet.seal.size() == 1 ? kLine : 0);
    const double reach = (side - 2 * kLine) / 2, end = kTop + kHeight;
    // A signature shall not stand on a page without text: where two lines are left it takes them, and the ring reaches
    // a little into the line above and the margin below.
    const bool tight =
        height == 2 * kLine && y_ + (ring ? side : height) > end && y_ - kLine / 2 <= end - 2 * kLine + 0.01;
    if (tight)
      y_ = end - 2 * kLine - (ring ? reach : 0);
    else
      Need(ring ? std::max(height, side) : height);
    const double top = y_;
    const Style style{kBody, kLine, kWidth - 2 * kBody, 0, PANGO_ALIGN_RIGHT, false, false};
    if (ring) {
      const double x = std::max(kLeft + side / 2,
                                kLeft + kWidth - 2 * kBody -
                                    std::max(Natural(sheet.signature, kBody), Natural(sheet.date, kBody)) - kBody / 2 -
                                    side / 2),
                   y = top + side / 2;
      cairo_set_source_rgb(cr_, kRed[0], kRed[1], kRed[2]);
      cairo_set_line_width(cr_, 1.2);
      cairo_new_sub_path(cr_);
      cairo_arc(cr_, x, y, side / 2 - 1, 0, 2 * M_PI);
      cairo_stroke(cr_);
      double at = y - static_cast<double>(sheet.seal.size()) * 6;
      for (std::size_t i = 0; i < sheet.seal.size(); ++i, at += 12) {
        const double size = std::min(9.0, (side - 10) / std::max(1.0, Natural(sheet.seal[i], 1)));
        const Style small{size, 12, side, 0, PANGO_ALIGN_CENTER, false, true};
        DrawLine(Lay(sheet.seal[i], small).get(), 0, x - side / 2, at, small);
      }
    }
    if (ring) y_ = top + reach;
    for (const auto* text : {&sheet.signature, &sheet.date}) Paragraph(*text, style);
    if (sheet.seal.size() == 1) Paragraph(sheet.seal.front(), style);
    if (ring) y_ = std::max(y_, top + side);
  }
  void RedLine() {
    if (sheet_->red)
      cairo_set_source_rgb(cr_, kRed[0], kRed[1], kRed[2]);
    else
      cairo_set_source_rgb(cr_, 0, 0, 0);
    cairo_set_line_width(cr_, sheet_->red ? 1.5 : 0.8);
    cairo_move_to(cr_, kLeft, y_);
    cairo_line_to(cr_, kLeft + kWidth, y_);
    cairo_stroke(cr_);
    y_ += 14;
  }
  // Foot of the document with its code: in the lower margin of the page on which the text ends, below the page's
  // number, so that it never takes a page of its own.
  void Foot() {
    const double side = sheet_->code.empty() ? 0 : 23 * kMm, size = 7.5, line = size * 1.45;
    const Style style{size, line, kWidth - side - 10, 0, PANGO_ALIGN_LEFT, false, false};
    y_ = kTop + kHeight + 13 * kMm;
    cairo_set_source_rgb(cr_, 0, 0, 0);
    cairo_set_line_width(cr_, 0.5);
    cairo_move_to(cr_, kLeft, y_);
    cairo_line_to(cr_, kLeft + style.width, y_);
    cairo_stroke(cr_);
    const double top = y_ + 3;
    y_ = top;
    for (const std::string& one : sheet_->foot) {
      auto layout = Lay(one, style);
      for (int i = 0; i < Lines(layout.get()); ++i, y_ += line) DrawLine(layout.get(), i, kLeft, y_, style);
    }
    if (side > 0)
      Code(kLeft + kWidth - side, kTop + kHeight + 7.5 * kMm, side);  // beside the number; large enough for a telephone
  }
  // The next sheet begins on a page of its own.
  void Next(const Sheet& sheet) {
    End();
    cairo_show_page(cr_);
    ++page_;
    sheet_ = &sheet;
    Begin();
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
    // Each mark on a slope of its own height, one below the other across the page.
    double down = -60.0 * (static_cast<double>(sheet_->marks.size()) - 1);
    for (const std::string& mark : sheet_->marks) {
      cairo_save(cr_);
      const double size = std::min(72.0, 520 / std::max(1.0, Natural(mark, 1)));
      const Style style{size, size, kPageWidth * 1.2, 0, PANGO_ALIGN_CENTER, false, false};
      auto layout = Lay(mark, style);
      cairo_translate(cr_, kPageWidth / 2, kPageHeight / 2);
      cairo_rotate(cr_, -M_PI / 5);
      cairo_set_source_rgb(cr_, 0.88, 0.88, 0.88);
      cairo_move_to(cr_, -kPageWidth * 0.6, down - size / 2);
      pango_cairo_show_layout(cr_, layout.get());
      cairo_restore(cr_);
      down += 120;
    }
  }
  // How wide the text is in one line.
  double Natural(const std::string& text, double size) const {
    auto layout = Lay(text.substr(0, text.find('\n')), Style{.size = 16, .line = 16});
    pango_layout_set_width(layout.get(), -1);
    int width = 0;
    pango_layout_get_size(layout.get(), &width, nullptr);
    return static_cast<double>(width) / PANGO_SCALE * size / 16;
  }
  // Whether a page was begun for it.
  bool Need(double height) {
    if (y_ + height <= kTop + kHeight + 0.01 || y_ <= kTop) return false;
    NewPage();
    return true;
  }
  void DrawLine(PangoLayout* layout, int index, double x, double y, const Style& style) const {
    PangoLayoutLine* line = pango_layout_get_line_readonly(layout, index);
    if (line == nullptr) return;
    PangoRectangle logical;
    pango_layout_line_get_extents(line, nullptr, &logical);
    const double width = static_cast<double>(logical.width) / PANGO_SCALE;
    double at = x;
    if (style.align == PANGO_ALIGN_CENTER)
      at += (style.width - width) / 2;
    else if (style.align == PANGO_ALIGN_RIGHT)
      at += style.width - width;
    else if (index == 0)
      at += style.indent;
    if (style.red)
      cairo_set_source_rgb(cr_, kRed[0], kRed[1], kRed[2]);
    else
      cairo_set_source_rgb(cr_, 0, 0, 0);
    cairo_move_to(cr_, at, y + (style.line + style.size) / 2 - style.size * 0.12);
    pango_cairo_show_layout_line(cr_, line);
  }
  void Code(double x, double y, double side) const {
    const auto symbol = Encoded(sheet_->code);
    if (symbol == nullptr) return;
    const double module = side / (symbol->rows + 2 * kQuiet);
    cairo_set_source_rgb(cr_, 0, 0, 0);
    for (int row = 0; row < symbol->rows; ++row)
      for (int column = 0; column < symbol->width; ++column)
        if (IsDark(*symbol, row, column))
          cairo_rectangle(cr_, x + (column + kQuiet) * module, y + (row + kQuiet) * module, module * 1.02,
                          module * 1.02);
    cairo_fill(cr_);
  }

  cairo_t* cr_;
  const Sheet* sheet_;
  double y_ = kTop, keep_ = 0;
  int page_ = 1;
};

}  // namespace

namespace {

void Draw(Pages& pages, const Sheet& sheet) {
  using Style = Pages::Style;
  if (!sheet.organ.empty())
    pages.Paragraph(sheet.organ,
                    sheet.red
                        ? Style{.size = kTitle, .line = 36, .align = PANGO_ALIGN_CENTER, .bold = true, .red = true}
                        : Style{.align = PANGO_ALIGN_CENTER});
  pages.Paragraph(sheet.title, Style{.size = kTitle, .line = 40, .align = PANGO_ALIGN_CENTER, .bold = true});
  pages.Paragraph(sheet.number, Style{.size = sheet.red ? kBody : kTable, .align = PANGO_ALIGN_RIGHT});
  pages.RedLine();
  pages.Paragraph(sheet.notice, Style{.bold = true});
  pages.Paragraph(sheet.addressee, Style{});
  Style body;
  body.indent = 2 * kBody;
  // The block that the signature follows takes its last lines over to the signature's page where they do not fit on
  // one.
  const bool is_signed = sheet.signs.empty() && (!sheet.signature.empty() || !sheet.date.empty());
  constexpr double kGap = 8;
  const auto before_signature = [&](bool last, double gap) {
    pages.Keep(is_signed && last ? Pages::SignatureHeight(sheet) + gap : 0);
  };
  const bool closes = !sheet.closing.empty(), tells = !sheet.facts.empty();
  for (const auto& text : sheet.paragraphs) {
    before_signature(&text == &sheet.paragraphs.back() && !tells && sheet.tables.empty() && !closes, 0);
    pages.Paragraph(text, body);
  }
  before_signature(sheet.tables.empty() && !closes, kGap);
  if (tells) pages.Skip(kGap);
  pages.Facts(sheet.facts, true);
  for (const auto& table : sheet.tables) {
    before_signature(&table == &sheet.tables.back() && !closes, kGap);
    pages.Skip(kGap);
    pages.TableOf(table);
  }
  if (tells || !sheet.tables.empty()) pages.Skip(kGap);
  for (const auto& text : sheet.closing) {
    before_signature(&text == &sheet.closing.back(), 0);
    pages.Paragraph(text, body);
  }
  pages.Keep(0);
  if (!sheet.signs.empty()) pages.Skip(10);
  pages.Signs(sheet.signs);
  if (!sheet.signature.empty() || !sheet.date.empty()) {
    pages.Skip(kLine / 2);
    pages.Signature(sheet);
  }
  if (!sheet.foot.empty()) pages.Foot();
  if (!sheet.receipt.empty()) {
    pages.NewPage();
    pages.Paragraph("送达回证", Style{.size = kTitle, .line = 40, .align = PANGO_ALIGN_CENTER, .bold = true});
    pages.Skip(8);
    pages.Facts(sheet.receipt, false);
  }
}

}  // namespace

extern "C" __attribute__((visibility("default"))) bool zhian_draw_pdf(std::span<const Sheet> sheets, int pages_max,
                                                                      std::string& out, std::vector<int>& starts) {
  // One file at a time: the font libraries keep caches of their own, and a sheet takes a tenth of a second.
  static std::mutex drawing;
  const std::lock_guard lock(drawing);
  std::string pdf;
  out.clear();
  starts.clear();
  if (sheets.empty()) return true;
  const auto broken = [&out](cairo_status_t status) {
    out = cairo_status_to_string(status);
    return status != CAIRO_STATUS_SUCCESS;
  };
  Owned<cairo_surface_t> surface(cairo_pdf_surface_create_for_stream(&Append, &pdf, kPageWidth, kPageHeight));
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE,
                                 (sheets.front().title + " " + sheets.front().number).c_str());
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_AUTHOR, sheets.front().organ.c_str());
  bool whole = true;
  {
    Owned<cairo_t> cr(cairo_create(surface.get()));
    Pages pages(cr.get(), sheets.front());
    for (const Sheet& sheet : sheets) {
      if (&sheet != &sheets.front()) pages.Next(sheet);
      starts.push_back(pages.page());
      Draw(pages, sheet);
      whole = pages.page() <= pages_max;
      if (!whole) break;
    }
    pages.End();
    cairo_show_page(cr.get());
    if (broken(cairo_status(cr.get()))) return false;
  }
  cairo_surface_finish(surface.get());
  if (broken(cairo_surface_status(surface.get()))) return false;
  out = whole ? std::move(pdf) : std::string();  // empty: too long
  return true;
}

extern "C" __attribute__((visibility("default"))) bool zhian_draw_code(const std::string& content, std::string& out) {
  const auto symbol = Encoded(content);
  if (symbol == nullptr) return false;
  const std::string side = std::to_string(symbol->rows + 2 * kQuiet);
  out = "<svg class=\"code\" viewBox=\"0 0 " + side + " " + side + "\" role=\"img\" aria-label=\"二维码\"><path d=\"";
  for (int row = 0; row < symbol->rows; ++row)
    for (int column = 0; column < symbol->width; ++column)
      if (IsDark(*symbol, row, column))
        out += "M" + std::to_string(column + kQuiet) + " " + std::to_string(row + kQuiet) + "h1v1h-1z";
  out += "\"/></svg>";
  return true;
}
