#include "documents/sheet.hpp"

namespace zhian::documents {

std::string EscapeMarkup(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string RenderHtml(const Sheet& sheet) {
  const auto table = [](const std::vector<std::pair<std::string, std::string>>& rows) {
    std::string html = "<table><tbody>";
    for (const auto& [label, value] : rows) html += "<tr><th scope=\"row\">" + EscapeMarkup(label) + "</th><td>" + EscapeMarkup(value) + "</td></tr>";
    return html + "</tbody></table>";
  };
  std::string html =
      "<!doctype html><html lang=\"zh-Hans\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><title>" + EscapeMarkup(sheet.title + " " + sheet.number) +
      "</title><style>@page{size:A4;margin:37mm 26mm 35mm 28mm}body{margin:0 auto;max-width:156mm;padding:24px;font:16pt/28pt FangSong,STFangsong,'Noto Serif CJK SC',serif;color:#000;background:#fff;overflow-wrap:anywhere}"
      "h1{font-size:22pt;line-height:1.5;text-align:center;font-weight:600;margin:0}p{margin:0;text-indent:2em}p.organ{font-size:22pt;line-height:1.6;text-align:center;text-indent:0;color:#b01c1c;font-weight:600}p.no{text-align:right;text-indent:0;border-bottom:2px solid #b01c1c;margin-bottom:12pt}"
      "p.to{text-indent:0}table{border-collapse:collapse;width:100%;font-size:12pt;line-height:1.6;margin:8pt 0}td,th{border:1px solid #000;padding:4px 6px;text-align:left;vertical-align:top;white-space:pre-line}th{width:9em;font-weight:400}"
      ".seal{text-align:right;margin-top:36pt}.seal p{text-indent:0}.foot{border-top:1px solid #000;margin-top:36pt;padding-top:6pt}.foot p{font-size:10pt;line-height:1.5;text-indent:0}.mark{text-align:center;border:1px solid #000;font-size:12pt;text-indent:0}"
      "h2{font-size:22pt;text-align:center;break-before:page}@media(max-width:520px){body{font-size:16px;line-height:1.7;padding:16px}h1,p.organ,h2{font-size:20px}table{font-size:15px}th{width:7em}.foot p{font-size:13px}}</style></head><body><main>";
  if (!sheet.mark.empty()) html += "<p class=\"mark\">" + EscapeMarkup(sheet.mark) + "</p>";
  if (!sheet.organ.empty()) html += "<p class=\"organ\">" + EscapeMarkup(sheet.organ) + "</p>";
  html += "<h1>" + EscapeMarkup(sheet.title) + "</h1><p class=\"no\">" + EscapeMarkup(sheet.number) + "</p>";
  if (!sheet.addressee.empty()) html += "<p class=\"to\">" + EscapeMarkup(sheet.addressee) + "</p>";
  for (const auto& text : sheet.paragraphs) html += "<p>" + EscapeMarkup(text) + "</p>";
  if (!sheet.facts.empty()) html += table(sheet.facts);
  for (const auto& text : sheet.closing) html += "<p>" + EscapeMarkup(text) + "</p>";
  html += "<div class=\"seal\"><p>" + EscapeMarkup(sheet.signature) + "</p><p>" + EscapeMarkup(sheet.date) + "</p></div><div class=\"foot\">";
  for (const auto& text : sheet.foot) html += "<p>" + EscapeMarkup(text) + "</p>";
  html += "</div>";
  if (!sheet.receipt.empty()) html += "<h2>送达回证</h2>" + table(sheet.receipt);
  return html + "</main></body></html>";
}

}  // namespace zhian::documents
