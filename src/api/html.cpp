#include "api/html.hpp"

namespace zhian::api {

std::string PublicPage(std::string_view title, std::string_view body, bool demo) {
  std::string page = "<!doctype html><html lang=\"zh-Hans\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><title>" + Escape(title) +
                     " · 质安公开</title><style>:root{color-scheme:light dark;--ink:#141a19;--dim:#4e5855;--line:#c8cfcc;--paper:#fff;--brand:#155e67;--red:#a3221d}"
                     "@media(prefers-color-scheme:dark){:root{--ink:#e8eceb;--dim:#a8b2ae;--line:#384240;--paper:#161c1b;--brand:#7cc4cd;--red:#ff9a91}}"
                     "*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.7 -apple-system,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif;overflow-wrap:anywhere}"
                     "header,main,footer{max-width:1120px;margin:0 auto;padding:16px}header{display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;border-bottom:1px solid var(--line)}"
                     "a{color:var(--brand)}a:focus-visible{outline:2px solid var(--brand);outline-offset:2px}nav a{margin-right:16px;display:inline-block;min-height:32px}h1{font-size:26px;line-height:1.4}h2{font-size:19px}"
                     ".card{border:1px solid var(--line);border-radius:8px;padding:16px;margin:0 0 16px}.dim{color:var(--dim)}.recall{border-left:4px solid var(--red)}.demo{background:#fff3cd;color:#5c4400;padding:8px 16px;text-align:center}"
                     "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:8px;border-bottom:1px solid var(--line);vertical-align:top}.scroll{overflow-x:auto}</style></head><body>";
  if (demo) page += "<div class=\"demo\" role=\"note\">演示数据，非真实主体和案件</div>";
  page += "<header><a href=\"/public/\"><strong>质安 · 质量安全公开</strong></a><nav aria-label=\"公开栏目\"><a href=\"/public/\">公开信息</a><a href=\"/public/recalls\">召回</a><a href=\"/public/listings\">失信名单</a><a href=\"/public/ledger\">账本核验</a></nav></header><main id=\"main\"><h1>" +
          Escape(title) + "</h1>";
  page += body;
  page += "</main><footer class=\"dim\"><p>公开内容依《政府信息公开条例》，当事人认为有误的可以申请更正。每一步办理都记入可核验的账本。</p></footer></body></html>";
  return page;
}

}  // namespace zhian::api
