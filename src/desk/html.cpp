#include "desk/html.hpp"

#include <array>

#include "desk/caller.hpp"

namespace zhian::desk {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kLanguages{
    {{"zh-Hans", "简体"}, {"zh-Hant", "繁體"}, {"en", "English"}}};

// The palette of the desk (web/src/styles/tokens.css), as far as these pages need it; no file to wait for on a slow
// line.
constexpr std::string_view kStyle =
    ":root{color-scheme:light dark;--ink:#141a19;--dim:#4e5855;--line:#c8cfcc;--paper:#fff;--soft:#f2f5f4;--tint:#eaf3f4;--brand:#155e67;--red:#a3221d;--red-on:#fff;--green:#1d6b3c}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8eceb;--dim:#a8b2ae;--line:#384240;--paper:#0e1312;--soft:#161c1b;--tint:#14262a;--brand:#7cc4cd;--red:#ff9a91;--red-on:#2a0907;--green:#7fd0a0}}"
    "*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.65 -apple-system,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif;overflow-wrap:anywhere}"
    "[lang=zh-Hant] body{font-family:-apple-system,'PingFang TC','Noto Sans CJK TC','Microsoft JhengHei',sans-serif}"
    ".in{max-width:1120px;margin:0 auto;padding:0 24px}a{color:var(--brand);text-underline-offset:3px}a:focus-visible,input:focus-visible,button:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--brand);outline-offset:2px}"
    ".skip{position:absolute;left:-999px}.skip:focus{position:static;display:inline-block;padding:8px 16px}"
    ".top{border-bottom:1px solid var(--line)}.top .in{display:flex;flex-wrap:wrap;align-items:center;gap:4px 28px;padding-block:12px}.seal{display:inline-grid;place-items:center;width:32px;height:32px;border-radius:5px;background:var(--brand);color:var(--paper);font:600 18px/1 'Noto Serif CJK SC',serif;margin-right:10px}"
    ".home{display:inline-flex;align-items:center;font-weight:600;font-size:18px;color:var(--ink);text-decoration:none}nav{display:flex;flex-wrap:wrap;gap:0 22px}nav a{color:var(--ink);text-decoration:none;min-height:44px;display:inline-flex;align-items:center;font-size:15px}nav a:hover{text-decoration:underline}.top nav:first-of-type{margin-left:auto}"
    "h1{font-size:28px;line-height:1.35;font-weight:600;margin:28px 0 12px}h2{font-size:20px;line-height:1.5;font-weight:600;margin:0}aside>h2{margin-bottom:10px}h3{font-size:17px;line-height:1.5;font-weight:600;margin:0}main{padding-bottom:24px}"
    ".hero{background:var(--tint);border-bottom:1px solid var(--line)}.hero .in{padding-block:32px}.hero h1{font-size:32px;margin:0 0 4px}.find{display:flex;gap:8px;max-width:720px;margin-top:16px}.find input{flex:1;min-width:0;height:48px;padding:0 14px;font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--dim);border-radius:5px}.find button,.btn{min-height:48px;padding:0 22px;font:inherit;font-weight:600;border:0;border-radius:5px;background:var(--brand);color:var(--paper);cursor:pointer}"
    ".alert{background:var(--red);color:var(--red-on)}.alert .in{padding-block:12px}.alert a{color:var(--red-on)}"
    ".grid{display:grid;grid-template-columns:minmax(0,1fr) 340px;gap:40px;padding-top:28px;align-items:start}.block{margin-bottom:32px}.head{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 12px;padding-bottom:8px;border-bottom:2px solid var(--ink)}.head a{margin-left:auto;font-size:14px;min-height:24px}"
    ".item{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:2px 16px;padding:14px 0;border-bottom:1px solid var(--line)}.item p{margin:0;font-size:14px;color:var(--dim);grid-column:1}.item time{font-size:14px;color:var(--dim);white-space:nowrap}"
    ".tag{display:inline-block;font-size:13px;line-height:20px;padding:0 8px;border:1px solid currentColor;border-radius:3px;margin-right:8px;font-weight:600}.tag.red{color:var(--red)}.tag.green{color:var(--green)}.tag.dim{color:var(--dim)}"
    ".card{border:1px solid var(--line);border-radius:8px;padding:16px 18px;margin:0 0 20px}.card.red{border-left:5px solid var(--red)}.dim{color:var(--dim)}.small{font-size:14px}.big{font-size:28px;font-weight:600;line-height:1.3}.hash{font:12px/18px ui-monospace,Consolas,monospace;color:var(--dim);word-break:break-all}"
    "table{border-collapse:collapse;width:100%;font-size:15px}th,td{text-align:left;padding:10px 12px 10px 0;border-bottom:1px solid var(--line);vertical-align:top}thead th{font-weight:500;font-size:14px;color:var(--dim);white-space:nowrap}tbody th{font-weight:500;color:var(--dim);width:9em}.scroll{overflow-x:auto}pre{margin:0}ol{padding-left:1.3em}"
    ".demo{background:#fff3cd;color:#5c4400;padding:6px 16px;text-align:center;font-size:14px}footer{margin-top:32px;border-top:1px solid var(--line);background:var(--soft);font-size:14px;color:var(--dim)}footer .in{padding-block:16px 28px}"
    "@media(max-width:720px){.in{padding:0 16px}.hero .in{padding-block:22px}.hero h1{font-size:26px}.grid{grid-template-columns:minmax(0,1fr);gap:8px;padding-top:22px}.top nav:first-of-type{margin-left:0}.item{grid-template-columns:minmax(0,1fr)}.item time{order:-1}thead{display:none}tr{display:block;padding:10px 0;border-bottom:1px solid var(--line)}tbody th,td{display:block;width:auto;padding:0;border:0}td[data-l]::before{content:attr(data-l) ' ';color:var(--dim)}}"
    "@media print{nav,.find,.skip{display:none}}";

// The address that was asked for without its language: where the same page stands in the others.
std::string WithoutLanguage(const http::Request& request) {
  if (!request.target.starts_with('/')) return "/public";  // absolute-form, by a proxy
  const auto mark = request.target.find('?');
  std::string kept = request.target.substr(0, mark);
  if (mark == std::string::npos) return kept;
  char join = '?';
  for (std::size_t at = mark + 1; at <= request.target.size();) {
    const std::size_t end = std::min(request.target.find('&', at), request.target.size());
    const std::string_view part = std::string_view(request.target).substr(at, end - at);
    if (!part.empty() && !part.starts_with("lang=")) {
      kept += join + std::string(part);
      join = '&';
    }
    at = end + 1;
  }
  return kept;
}

}  // namespace

Frame::Frame(const App& app, const Caller& caller)
    : language_(caller.language),
      chosen_(false),
      demo_(app.demo),
      path_(WithoutLanguage(caller.request)),
      district_(app.district_name) {
  const std::string wanted = TextParameter(caller.request, "lang");
  for (std::size_t i = 0; i < kLanguages.size(); ++i)
    if (wanted == kLanguages[i].first) {
      language_ = static_cast<Language>(i);
      chosen_ = true;
    }
}

std::string Frame::Link(std::string_view path) const {
  std::string link(path);
  if (chosen_)
    link += std::string(path.find('?') == std::string_view::npos ? "?" : "&") +
            "lang=" + std::string(kLanguages[static_cast<std::size_t>(language_)].first);
  return Escape(link);
}

std::string Frame::Day(std::int64_t ms) const {
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const base::Date day = base::LocalDate(base::Instant{ms});
  if (language_ == Language::kEnglish)
    return std::to_string(day.day()) + " " + kMonths[(day.month() + 11) % 12] + " " + std::to_string(day.year());
  return std::to_string(day.year()) + "年" + std::to_string(day.month()) + "月" + std::to_string(day.day()) + "日";
}

std::string Frame::Page(std::string_view title, std::string_view body) const {
  const std::string_view code = kLanguages[static_cast<std::size_t>(language_)].first;
  std::string page =
      "<!doctype html><html lang=\"" + std::string(code) +
      "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><title>" +
      std::string(title) + " · " + Text("质量安全公示") + "</title><style>" + std::string(kStyle) +
      "</style></head><body><a class=\"skip\" href=\"#main\">" + Text("跳到主要内容") + "</a>";
  if (demo_) page += "<div class=\"demo\" role=\"note\">" + Text("演示数据，非真实主体和案件") + "</div>";
  page += "<header class=\"top\"><div class=\"in\"><a class=\"home\" href=\"" + Link("/public") +
          "\"><span class=\"seal\" aria-hidden=\"true\">质</span>" + Text("{}质量安全公示", district_) +
          "</a><nav aria-label=\"" + Text("公开栏目") + "\">";
  const auto entry = [&](const char* path, const std::string& text) {
    page += "<a href=\"" + Link(path) + "\"" + (path_ == path ? " aria-current=\"page\"" : "") + ">" + text + "</a>";
  };
  entry("/public/recalls", Text("召回"));
  entry("/public/listings", Text("失信名单"));
  entry("/public/penalties", Text("处罚与曝光"));
  entry("/public/draws", Text("抽查公开"));
  entry("/public/ledger", Text("账本核验"));
  page += "</nav><nav aria-label=\"" + Text("语言") + "\">";
  for (const auto& [tag, name] : kLanguages)
    if (tag != code)
      page += "<a lang=\"" + std::string(tag) + "\" hreflang=\"" + std::string(tag) + "\" href=\"" +
              Escape(path_ + (path_.find('?') == std::string::npos ? "?lang=" : "&lang=")) + std::string(tag) + "\">" +
              std::string(name) + "</a>";
  page += "</nav></div></header>";
  page += body;
  page += "<footer><div class=\"in\"><p>" +
          Text("公开内容依《政府信息公开条例》，当事人认为有误的可以申请更正。每一步办理都记入可核验的账本。") +
          "</p></div></footer></body></html>";
  return page;
}

std::string Titled(const std::string& title, const std::string& body) {
  return "<main id=\"main\" class=\"in\"><h1>" + title + "</h1>" + body + "</main>";
}

std::string FactRow(const Frame& frame, const char* name, const std::string& value) {
  return "<tr><th scope=\"row\">" + frame.Text(name) + "</th><td>" + value + "</td></tr>";
}

http::Response PublicPage(const Frame& frame, int status, const std::string& title, const std::string& body) {
  auto response = http::Response::Html(status, frame.Page(title, body));
  response.With("Vary", "Accept-Language");
  return response;
}

}  // namespace zhian::desk
