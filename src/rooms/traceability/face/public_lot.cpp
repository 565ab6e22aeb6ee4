// The public story of a lot, and the pages under which GS1 Digital Link finds it.
#include "rooms/traceability/face/public_lot.hpp"

#include <algorithm>
#include <iterator>

#include "base/identifiers.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "desk/html.hpp"
#include "procedure/ask.hpp"
#include "procedure/guard_tools.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace json = boost::json;

namespace {

std::string LotId(std::string_view gtin, std::string_view lot) {
  return "https://id.gs1.org/01/" + std::string(gtin) + "/10/" + std::string(lot);
}

std::string LotPath(std::string_view gtin, std::string_view lot) {
  return "/01/" + http::PercentEncode(gtin) + "/10/" + http::PercentEncode(lot);
}

// The matters of a kind that name the lot, newest first. The window bounds the look at a busy district's past.
Result<std::vector<procedure::Matter>> Naming(storage::Connection& db, std::string_view kind, std::string_view lot) {
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(
          "SELECT id FROM (SELECT id, fields, updated_at FROM matter WHERE district=$d AND kind=$1 AND flags NOT LIKE '%training%' ORDER BY updated_at DESC LIMIT 5000) m WHERE fields LIKE $2 ESCAPE '\\' ORDER BY updated_at DESC LIMIT 20",
          {std::string(kind), base::LikePattern(json::serialize(json::string(lot)))}));
  std::vector<procedure::Matter> list;
  for (const auto& row : rows) {
    ZHIAN_ASSIGN(auto matter, procedure::LoadMatter(db, row.text(0)));
    list.push_back(std::move(matter));
  }
  return list;
}

bool StopsSale(const procedure::Matter& recall) { return procedure::Means(recall, procedure::Meaning::kRunning); }

// Whether a recall's table calls the matter so.
bool IsAskedAs(const procedure::Matter& matter, std::string_view relation) {
  const auto kinds = procedure::KindsAsked(*procedure::FindKind("recall"), relation);
  return std::find(kinds.begin(), kinds.end(), matter.kind) != kinds.end();
}

http::Response Answer(const Frame& frame, int status, const std::string& title, const std::string& body) {
  auto response = http::Response::Html(
      status, frame.Page(title, "<main id=\"main\" class=\"in\"><h1>" + title + "</h1>" + body + "</main>"));
  response.With("Vary", "Accept, Accept-Language");
  return response;
}

bool WantsLinkset(const Caller& caller) {
  const std::string type = TextParameter(caller.request, "linkType");
  return type == "all" || type == "linkset" ||
         caller.request.headers.Joined("Accept").find("application/linkset+json") != std::string::npos;
}

// The links of a lot by type (GS1 web vocabulary): its page, where it came from, and whether it is being recalled.
http::Response Linkset(const App& app, std::string_view gtin, std::string_view lot, const std::string& title) {
  const std::string anchor = app.public_origin + LotPath(gtin, lot);
  const auto link = [&](const char* suffix) {
    json::array links;
    for (const char* language : {"zh-Hans", "zh-Hant", "en"})
      links.push_back(json::object{{"href", anchor + "?lang=" + language + suffix},
                                   {"title", title},
                                   {"type", "text/html"},
                                   {"hreflang", json::array{language}}});
    return links;
  };
  const json::object set{
      {"linkset",
       json::array{json::object{{"anchor", anchor},
                                {"https://gs1.org/voc/defaultLink",
                                 json::array{json::object{{"href", anchor}, {"title", title}, {"type", "text/html"}}}},
                                {"https://gs1.org/voc/pip", link("")},
                                {"https://gs1.org/voc/traceability", link("#story")},
                                {"https://gs1.org/voc/recallStatus", link("#recall")}}}}};
  auto response = Json(set);
  response.content_type = "application/linkset+json";
  response.With("Vary", "Accept").With("Access-Control-Allow-Origin", "*");
  return response;
}

}  // namespace

Result<http::Response> ProductPage(App& app, Caller& caller) {
  const Frame frame(app, caller);
  const std::string gtin = caller.request.PathParameter("gtin");
  std::string body, title = frame.Text("产品 {}", gtin);
  int status = 200;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        auto rows,
        db.Query(
            "SELECT product, lot_no, produced_at FROM lot WHERE district=$d AND item > $1 AND item < $2 ORDER BY item DESC LIMIT 100",
            {LotId(gtin, ""), LotId(gtin, "~")}));
    if (rows.empty()) {
      status = 404;
      body = "<p>" + frame.Text("没有这种产品的公开记录。请扫带批号的码，或在首页查企业。") + "</p>";
      return Ok();
    }
    if (!rows.front().text(0).empty()) title = Escape(rows.front().text(0));
    body = "<p>" + frame.Text("请按包装上的批号选择：") + "</p><ul>";
    for (const auto& row : rows)
      body += "<li><a href=\"" + frame.Link(LotPath(gtin, row.text(1))) + "\">" + Escape(row.text(1)) + "</a>" +
              (row.integer(2) > 0 ? " · " + frame.Day(row.integer(2)) : "") + "</li>";
    body += "</ul>";
    return Ok();
  }));
  return Answer(frame, status, title, body);
}

namespace {

// Matters that name the lot by its number or by its identifier.
Result<std::vector<procedure::Matter>> NamingLot(storage::Connection& db, std::string_view kind,
                                                 const std::string& item, const std::string& lot) {
  ZHIAN_ASSIGN(auto found, Naming(db, kind, lot));
  ZHIAN_ASSIGN(const auto more, Naming(db, kind, item));
  for (const auto& one : more)
    if (std::none_of(found.begin(), found.end(), [&](const auto& known) { return known.id == one.id; }))
      found.push_back(one);
  return found;
}

// Numbers of the permits that the maker holds now, at most three.
Result<std::vector<std::string>> ValidPermits(const App& app, storage::Connection& db, const std::string& operator_id) {
  const base::Instant now = app.clock.Now();
  ZHIAN_ASSIGN(const auto permits,
               procedure::AskWithoutMatter(app.services, db, now, "operator.permits", {{"operator_id", operator_id}}));
  std::vector<std::string> numbers;
  if (const auto* list = permits.if_array())
    for (const auto& one : *list)
      if (const auto* permit = one.if_object(); permit != nullptr && numbers.size() < 3 &&
                                                base::NumberAt(*permit, "ended_at") == 0 &&
                                                base::NumberAt(*permit, "valid_to") >= static_cast<double>(now.ms))
        numbers.emplace_back(base::TextAt(*permit, "number"));
  return numbers;
}

// The notice of a recall among what is linked to it: newest links first, all of them where there are many.
Result<std::string> NoticeOf(storage::Connection& db, const std::string& recall_id) {
  ZHIAN_ASSIGN(const auto linked, procedure::LoadLinked(db, recall_id, {}, procedure::kWholeMax));
  if (linked.cut)
    return MakeError(ErrorCode::kUnavailable, Say("关联事项超过 {} 个，未能全部读出", procedure::kWholeMax));
  for (const auto& notice : linked)
    if (IsAskedAs(notice, "notice") && !notice.terminal && procedure::Means(notice, procedure::Meaning::kPublished))
      return notice.id;
  return std::string();
}

// What it is, who made it, what was tested, and in red whether it is being recalled. No buyer, quantity or route is
// told. `gtin`: "" where the lot bears a code of this house only.
Result<http::Response> LotStory(App& app, Caller& caller, const std::string& item, const std::string& gtin,
                                std::string lot) {
  const Frame frame(app, caller);
  std::string body, title = frame.Text("批次 {}", lot), plain_title = lot;
  int status = 200;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        auto rows,
        db.Query(
            "SELECT l.product, l.held, l.produced_at, o.name, o.type, o.id, l.lot_no FROM lot l LEFT JOIN operator o ON o.district=$d AND o.id=l.operator_id WHERE l.district=$d AND l.item=$1 LIMIT 1",
            {item}));
    if (rows.empty()) {
      status = 404;
      body = "<p>" + frame.Text("没有这个批次的公开记录。") + "</p>";
      return Ok();
    }
    if (gtin.empty()) title = frame.Text("批次 {}", plain_title = lot = rows.front().text(6));
    const auto& row = rows.front();
    if (!row.text(0).empty()) title = Escape(plain_title = row.text(0));
    ZHIAN_ASSIGN(const auto recalls, NamingLot(db, "recall", item, lot));
    const auto running = std::find_if(recalls.begin(), recalls.end(), StopsSale);
    body += "<div id=\"recall\">";
    if (running != recalls.end()) {
      body += "<p class=\"card red\"><strong>" + frame.Text("正在召回：") + "</strong>" +
              frame.Text("请停止食用，退回购买处。");
      ZHIAN_ASSIGN(const std::string notice, NoticeOf(db, running->id));
      if (!notice.empty())
        body += " <a href=\"" + frame.Link("/public/publications/" + notice) + "\">" + frame.Text("看公告") + "</a>";
      body += "</p>";
    } else if (row.integer(1) != 0) {
      body += "<p class=\"card red\"><strong>" + frame.Text("已暂停销售") + "</strong> " +
              frame.Text("等待处理结论。") + "</p>";
    } else if (!recalls.empty() && recalls.front().state == "closed") {
      body += "<p class=\"card\"><span class=\"tag green\">✓ " + frame.Text("已完成") + "</span>" +
              frame.Text("这个批次曾经召回，已经处理完毕。") + "</p>";
    } else {
      body += "<p class=\"card\"><span class=\"tag green\">✓ " + frame.Text("没有召回") + "</span>" +
              frame.Text("截至 {}，这个批次没有召回。", frame.Day(app.clock.Now().ms)) + "</p>";
    }
    body += "</div><section id=\"story\"><table><tbody>" + FactRow(frame, "批号", Escape(lot)) +
            (gtin.empty() ? "" : FactRow(frame, "商品条码", Escape(gtin))) +
            FactRow(frame, "生产者",
                    row.text(3).empty() ? frame.Text("未登记") : Escape(papers::PublicName(row.text(3), row.text(4))));
    if (row.integer(2) > 0) body += FactRow(frame, "生产日期", frame.Day(row.integer(2)));
    ZHIAN_ASSIGN(const auto numbers, ValidPermits(app, db, row.text(5)));
    for (const std::string& number : numbers) body += FactRow(frame, "许可证", Escape(number));
    std::vector<procedure::Matter> samples;
    for (const auto kind : procedure::KindsAsked(*procedure::FindKind("recall"), "tested")) {
      ZHIAN_ASSIGN(auto naming, NamingLot(db, kind, item, lot));
      std::move(naming.begin(), naming.end(), std::back_inserter(samples));
    }
    for (const auto& sample : samples) {
      const std::string verdict = procedure::Shown(sample, "verdict");
      if (verdict == "pass")
        body += FactRow(frame, "抽检",
                        "<span class=\"tag green\">✓ " + frame.Text("合格") + "</span>" +
                            Escape(procedure::Shown(sample, "concluded_on")));
      else if (verdict == "fail" && (running != recalls.end() || sample.terminal))
        body += FactRow(frame, "抽检",
                        "<span class=\"tag red\">! " + frame.Text("不合格") + "</span>" +
                            Escape(procedure::Shown(sample, "concluded_on")));
    }
    body += "</tbody></table></section><p class=\"small dim\">" +
            frame.Text("数量、买家和运输路线不公开。信息有误，请拨打 12315。") + "</p>";
    return Ok();
  }));
  if (status == 200 && !gtin.empty() && WantsLinkset(caller)) return Linkset(app, gtin, lot, plain_title);
  return Answer(frame, status, title, body);
}

constexpr std::string_view kLocalLot = "urn:zhian:lot:";

}  // namespace

Result<http::Response> LotPage(App& app, Caller& caller) {
  const std::string gtin = caller.request.PathParameter("gtin"), lot = caller.request.PathParameter("lot");
  return LotStory(app, caller, LotId(gtin, lot), gtin, lot);
}

Result<http::Response> LocalLotPage(App& app, Caller& caller) {
  const std::string id = caller.request.PathParameter("id");
  return LotStory(app, caller, std::string(kLocalLot) + id, "", id);
}

std::string PublicLotPath(std::string_view item) {
  if (item.starts_with(kLocalLot)) return "/public/lots/" + http::PercentEncode(item.substr(kLocalLot.size()));
  const auto at = item.find("/01/");
  return at == std::string_view::npos ? std::string() : std::string(item.substr(at));
}

Result<std::string> PublicLotCards(storage::Connection& db, const Frame& frame, const std::string& lot_no) {
  std::string found;
  ZHIAN_ASSIGN(const auto lots,
               db.Query("SELECT item, product, lot_no FROM lot WHERE district=$d AND lot_no=$1 LIMIT 10", {lot_no}));
  for (const auto& row : lots) {
    const std::string& item = row.text(0);
    const std::string path = PublicLotPath(item);
    if (!path.empty())
      found += "<article class=\"card\"><h3><a href=\"" + frame.Link(path) + "\">" +
               Escape(row.text(1).empty() ? row.text(2) : row.text(1)) + "</a></h3><p class=\"dim\">" +
               frame.Text("批号") + " " + Escape(row.text(2)) + "</p></article>";
  }
  return found;
}

void AddPublicLotRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  const auto page = [&](const char* pattern, const char* id, const char* summary, Action action) {
    routes.push_back({.method = Method::kGet,
                      .pattern = pattern,
                      .id = id,
                      .summary = summary,
                      .access = Access::kPublic,
                      .action = std::move(action)});
  };
  page("/public/lots/{id}", "portalLot", "批次", &LocalLotPage);
  page("/01/{gtin}", "digitalLinkProduct", "产品", &ProductPage);
  page("/01/{gtin}/10/{lot}", "digitalLinkLot", "批次", &LotPage);
}

}  // namespace zhian::traceability::face
