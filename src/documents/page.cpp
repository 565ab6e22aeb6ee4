#include "base/late.hpp"
#include "documents/drawing.hpp"

namespace zhian::documents {

std::string Printable(std::string_view text) {
  constexpr std::string_view kUnknown = "\xEF\xBF\xBD";  // U+FFFD
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t i) {
      return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
    };
    const unsigned lead = byte(0);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    unsigned code = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    bool good = length != 0;
    for (std::size_t i = 1; good && i < length; ++i) {
      good = (byte(i) & 0xC0) == 0x80;
      code = code << 6 | (byte(i) & 0x3F);
    }
    good = good && !(length == 3 && (code < 0x800 || (code >= 0xD800 && code < 0xE000))) &&
           !(length == 4 && (code < 0x10000 || code > 0x10FFFF));
    if (!good) {
      out += kUnknown;
      ++at;
      continue;
    }
    const bool turns = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    const bool controls = (code < 0x20 && code != '\n') || (code >= 0x7F && code < 0xA0);
    if (controls)
      out += code == '\t' ? " " : "";
    else if (!turns)
      out += text.substr(at, length);
    at += length;
  }
  return out;
}

std::string EscapeMarkup(std::string_view text) {
  std::string out;
  for (const char c : Printable(text)) {
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

namespace {

std::string Facts(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::string html = "<table class=\"facts\"><tbody>";
  for (const auto& [label, value] : rows)
    html += "<tr><th scope=\"row\">" + EscapeMarkup(label) + "</th><td>" + EscapeMarkup(value) + "</td></tr>";
  return html + "</tbody></table>";
}

// The picture of the code; without the drawing library its address still stands beside it in words.
std::string Code(const std::string& content) {
  static base::Late drawing(ZHIAN_DRAWING_LIBRARY, ZHIAN_DRAWING_CODE);
  const auto function = drawing.Get();
  std::string svg;
  if (content.empty() || !function.ok() || !reinterpret_cast<decltype(&zhian_draw_code)>(*function)(content, svg))
    return {};
  return svg;
}

// The head stands in thead: the printer repeats it on every page.
std::string Rows(const Table& table) {
  std::string html =
      "<table>" + (table.caption.empty() ? std::string() : "<caption>" + EscapeMarkup(table.caption) + "</caption>") +
      "<thead><tr>";
  for (const auto& column : table.columns) html += "<th scope=\"col\">" + EscapeMarkup(column) + "</th>";
  html += "</tr></thead><tbody>";
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    html += "<tr>";
    for (std::size_t c = 0; c < table.rows[i].size(); ++c) {
      const std::string cell = EscapeMarkup(table.rows[i][c]);
      html += "<td>" +
              (table.contents && c == 1 ? "<a href=\"#paper-" + std::to_string(i + 1) + "\">" + cell + "</a>" : cell) +
              "</td>";
    }
    html += "</tr>";
  }
  return html + "</tbody></table>";
}

std::string Paper(const Sheet& sheet, std::size_t index) {
  const auto paragraphs = [](const std::vector<std::string>& list, const char* open) {
    std::string html;
    for (const auto& text : list) html += open + EscapeMarkup(text) + "</p>";
    return html;
  };
  std::string html = "<article id=\"paper-" + std::to_string(index) + "\"" + (sheet.red ? " class=\"red\"" : "") + ">" +
                     paragraphs(sheet.marks, "<p class=\"mark\">");
  if (!sheet.organ.empty()) html += "<p class=\"organ\">" + EscapeMarkup(sheet.organ) + "</p>";
  html += "<h1>" + EscapeMarkup(sheet.title) + "</h1><p class=\"no\">" + EscapeMarkup(sheet.number) + "</p>";
  if (!sheet.notice.empty()) html += "<p class=\"to\"><strong>" + EscapeMarkup(sheet.notice) + "</strong></p>";
  if (!sheet.addressee.empty()) html += "<p class=\"to\">" + EscapeMarkup(sheet.addressee) + "</p>";
  html += paragraphs(sheet.paragraphs, "<p>");
  if (!sheet.facts.empty()) html += Facts(sheet.facts);
  for (const Table& table : sheet.tables) html += Rows(table);
  html += paragraphs(sheet.closing, "<p>");
  for (const auto& one : sheet.signs)
    html += "<p class=\"sign\">" + EscapeMarkup(one) + "：__________________　　　　年　　月　　日</p>";
  if (!sheet.signature.empty() || !sheet.date.empty()) {
    html +=
        "<div class=\"end\"><div><p>" + EscapeMarkup(sheet.signature) + "</p><p>" + EscapeMarkup(sheet.date) + "</p>";
    if (sheet.seal.size() == 1) html += "<p>" + EscapeMarkup(sheet.seal.front()) + "</p>";
    html += "</div>";
    if (sheet.seal.size() > 1) html += "<div class=\"seal\"><div>" + paragraphs(sheet.seal, "<p>") + "</div></div>";
    html += "</div>";
  }
  if (!sheet.foot.empty())
    html += "<div class=\"foot\"><div>" + paragraphs(sheet.foot, "<p>") + "</div>" + Code(sheet.code) + "</div>";
  if (!sheet.receipt.empty()) html += "<h2>送达回证</h2>" + Facts(sheet.receipt);
  return html + "</article>";
}

}  // namespace

std::string RenderHtml(std::span<const Sheet> sheets) {
  const std::string title = sheets.empty() ? std::string() : sheets.front().title + " " + sheets.front().number;
  std::string html =
      "<!doctype html><html lang=\"zh-Hans\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><title>" +
      EscapeMarkup(title) +
      "</title><style>@page{size:A4;margin:37mm 26mm 35mm 28mm}body{margin:0 auto;max-width:156mm;padding:24px;font:16pt/28pt FangSong,STFangsong,'Noto Serif CJK SC',serif;color:#000;background:#fff;overflow-wrap:anywhere}"
      "h1{font-size:22pt;line-height:1.5;text-align:center;font-weight:600;margin:0}p{margin:0;text-indent:2em}p.organ{text-align:center;text-indent:0}p.no{text-align:right;text-indent:0;font-size:12pt;border-bottom:1px solid #000;margin-bottom:12pt}.red p.organ{font-size:22pt;line-height:1.6;color:#b01c1c;font-weight:600}.red p.no{font-size:16pt;border-bottom:2px solid #b01c1c}"
      "p.to,p.sign{text-indent:0}p.sign{font-size:12pt}table{border-collapse:collapse;width:100%;font-size:10.5pt;line-height:1.6;margin:8pt 0}caption{text-align:left;font-weight:600}td,th{border:1px solid #000;padding:4px 6px;text-align:left;vertical-align:top;white-space:pre-line}tr{break-inside:avoid}.facts th{width:9em;font-weight:400}"
      ".end{min-height:32mm;margin-top:18pt;display:flex;flex-direction:row-reverse;align-items:center;gap:8pt;text-align:right;padding-right:32pt;break-inside:avoid;break-before:avoid}.end p{text-indent:0}.seal{flex:none;width:32mm;height:32mm;border:1.5px solid #b01c1c;border-radius:50%;color:#b01c1c;display:grid;place-items:center}.seal p{font-size:8pt;line-height:12pt;text-align:center}"
      ".foot{border-top:1px solid #000;margin-top:18pt;padding-top:6pt;display:flex;justify-content:space-between;gap:12pt;break-inside:avoid}.code{width:24mm;height:24mm;flex:none}.foot p{font-size:10pt;line-height:1.5;text-indent:0}.mark{text-align:center;border:1px solid #000;font-size:12pt;text-indent:0}article+article,h2{break-before:page}@media screen{article+article{margin-top:60px;border-top:6px double #000;padding-top:40px}}"
      "h2{font-size:22pt;text-align:center}@media(max-width:520px){body{font-size:16px;line-height:1.7;padding:16px}h1,.red p.organ,h2{font-size:20px}.red p.no{font-size:16px}table{font-size:15px}.facts th{width:7em}.foot p{font-size:13px}}</style></head><body><main>";
  for (std::size_t i = 0; i < sheets.size(); ++i) html += Paper(sheets[i], i);
  return html + "</main></body></html>";
}

}  // namespace zhian::documents
