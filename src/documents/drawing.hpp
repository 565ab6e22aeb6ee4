// The drawing of sheets, in a shared object of its own (zhian_drawing.so): Pango, Cairo and the forty libraries that
// they bring are loaded with the first document, so that neither a start nor a command line that draws nothing waits
// for them. Thread-safe: one file at a time is drawn. Only standard types cross the edge; nothing of the house is
// linked twice.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "documents/sheet.hpp"

// The name of the shared object and of its functions.
#define ZHIAN_DRAWING_LIBRARY "zhian_drawing.so"
#define ZHIAN_DRAWING_FUNCTION "zhian_draw_pdf"
#define ZHIAN_DRAWING_CODE "zhian_draw_code"

// True: `out` holds the PDF, `starts` the first page of each sheet. False: `out` holds what the libraries complained
// of.
extern "C" bool zhian_draw_pdf(std::span<const zhian::documents::Sheet> sheets, int pages_max, std::string& out,
                               std::vector<int>& starts);
// The QR code as an SVG element; false where the content does not fit.
extern "C" bool zhian_draw_code(const std::string& content, std::string& out);
