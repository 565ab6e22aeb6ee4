// The drawing of a sheet, in a shared object of its own (zhian_drawing.so): Pango, Cairo and the forty libraries that they bring
// are loaded with the first document, so that neither a start nor a command line that draws nothing waits for them.
// Thread-safe: one sheet at a time is drawn. Only standard types cross the edge; nothing of the house is linked twice.
#pragma once

#include <string>

#include "documents/sheet.hpp"

// The name of the shared object and of its one function.
#define ZHIAN_DRAWING_LIBRARY "zhian_drawing.so"
#define ZHIAN_DRAWING_FUNCTION "zhian_draw_pdf"

// True: `out` holds the PDF. False: it holds what the libraries complained of.
extern "C" bool zhian_draw_pdf(const zhian::documents::Sheet& sheet, std::string& out);
