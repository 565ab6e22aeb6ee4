// Sheet 文書: an official document as blocks of text, drawn as PDF (GB/T 9704 measures on A4, fonts embedded, text
// selectable, a QR code to the page that verifies it) and as a page for the printer. Several sheets make one file, with
// their contents first. Rendering is a pure function of the sheets, and thread-safe.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace zhian::documents {

// Rows of goods, samples, results, …: the head stands again on every page that the table runs over.
struct Table {
  std::string caption;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`
  bool contents = false;  // row n is the n-th sheet that follows: the print page links to it, the PDF adds its page
};

struct Sheet {
  std::string organ;  // who issues it: stands above the title; "" for none
  bool red = true;    // the red head of an official paper; false: a record, a received paper
  std::string title, number;
  std::string addressee;                                   // "峡谷茶业有限公司：", "" for internal ones
  std::vector<std::string> paragraphs;                     // body, in order
  std::vector<std::pair<std::string, std::string>> facts;  // table: label, value
  std::vector<Table> tables;
  std::vector<std::string> closing;  // after the tables: limits, rights, remedies
  std::vector<std::string> signs;    // who signs by hand: "当事人（签名）"
  std::string signature, date;       // right, above the seal
  std::vector<std::string> seal;     // drawn in a round mark; one line only: the space left for it
  std::vector<std::pair<std::string, std::string>>
      receipt;                     // 送達回證 on a page of its own; none for internal documents
  std::vector<std::string> foot;   // digest, ledger entry, address of the verification page
  std::string code;                // content of the QR code, "" for none
  std::vector<std::string> marks;  // across each page: "草稿", "已撤回", "演示数据，不具效力"
  std::string notice;              // a sentence at the top: when and why it was withdrawn
};

// PDF 1.5. Over 200 pages is refused (kTooLarge).
Result<std::string> RenderPdf(std::span<const Sheet> sheets);
// A complete HTML page with the same content.
std::string RenderHtml(std::span<const Sheet> sheets);
inline Result<std::string> RenderPdf(const Sheet& sheet) { return RenderPdf(std::span(&sheet, 1)); }
inline std::string RenderHtml(const Sheet& sheet) { return RenderHtml(std::span(&sheet, 1)); }
// Text as paper can bear it: valid UTF-8, no control characters but the end of a line, nothing that turns the direction
// of writing.
std::string Printable(std::string_view text);
std::string EscapeMarkup(std::string_view text);

}  // namespace zhian::documents
