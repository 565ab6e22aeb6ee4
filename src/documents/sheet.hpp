// Sheet 文書: an official document as blocks of text, drawn as PDF (GB/T 9704 measures on A4, fonts embedded, text selectable, a
// QR code to the page that verifies it) and as a page for the printer. Rendering is a pure function of the sheet, and thread-safe.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace zhian::documents {

struct Sheet {
  std::string organ;   // who issues it: stands over the red line
  std::string title, number;
  std::string addressee;                                        // "峡谷茶业有限公司：", "" for internal ones
  std::vector<std::string> paragraphs;                          // body, in order
  std::vector<std::pair<std::string, std::string>> facts;       // table: label, value
  std::vector<std::string> closing;                             // after the table: rights, remedies
  std::string signature, date;                                  // right, above the seal
  std::vector<std::pair<std::string, std::string>> receipt;     // 送達回證 on a page of its own; none for internal documents
  std::vector<std::string> foot;                                // digest, ledger number, address of the verification page
  std::string code;                                             // content of the QR code, "" for none
  std::string mark;                                             // across each page: "演示数据，不具效力", "草稿"
};

// PDF 1.5. Sheets over 200 pages are refused (kTooLarge).
Result<std::string> RenderPdf(const Sheet& sheet);
// A complete HTML page.
std::string RenderHtml(const Sheet& sheet);
std::string EscapeMarkup(std::string_view text);

}  // namespace zhian::documents
