#include <algorithm>

#include "api/portal.hpp"
#include "base/identifiers.hpp"
#include "base/text.hpp"
#include "rooms/publicity/redaction.hpp"
#include "rooms/subjects/operators.hpp"

namespace zhian::api {
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

bool StopsSale(const procedure::Matter& recall) { return recall.state == "running" || recall.state == "evaluating"; }

std::string Row(const Frame& frame, const char* name, const std::string& value) {
  return "<tr><th scope=\"row\">" + frame.Text(name) + "</th><td>" + value + "</td></tr>";
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

std::string OperatorCard(const Frame& frame, storage::Connection& db, const subjects::Operator& op, std::int64_t now) {
  std::string card = "<article class=\"card\"><h3>" + Escape(PublicName(op.name, op.type)) + "</h3><table><tbody>";
  if (!op.code.empty()) card += Row(frame, "统一社会信用代码", Escape(op.code));
  if (const auto* type = procedure::FindLabel("choice." + op.type)) card += Row(frame, "类型", frame.Label(*type));
  const auto permits = db.Query(
      "SELECT number, category, valid_to, state, ended_at FROM permit WHERE district=$d AND operator_id=$1 ORDER BY valid_to DESC LIMIT 20",
      {op.id});
  if (permits.ok())
    for (const auto& row : *permits) {
      const bool valid = row.integer(4) == 0 && (row.integer(2) == 0 || row.integer(2) >= now);
      card += Row(frame, "许可证",
                  "<span class=\"tag " + std::string(valid ? "green\">✓ " : "dim\">– ") +
                      (valid ? frame.Text("有效") : frame.Text("已失效")) + "</span>" + Escape(row.text(0)) +
                      (row.integer(2) == 0 ? "" : " · " + frame.Text("有效期至 {}", frame.Day(row.integer(2)))));
    }
  const auto listings = procedure::LoadMattersOfOperator(db, op.id, "credit_listing");
  if (listings.ok() &&
      std::any_of(listings->begin(), listings->end(), [](const auto& m) { return m.state == "listed"; }))
    card += Row(frame, "信用",
                "<span class=\"tag red\">! " + frame.Text("已列入严重违法失信名单") + "</span><a href=\"" +
                    frame.Link("/public/listings") + "\">" + frame.Text("看名单") + "</a>");
  return card + "</tbody></table></article>";
}

}  // namespace

std::string PublicName(std::string_view name, std::string_view operator_type) {
  return operator_type == "farm_household" ? publicity::MaskName(name) : std::string(name);
}

std::string SearchForm(const Frame& frame, std::string_view text) {
  return "<form class=\"find\" role=\"search\" action=\"/public/search\" method=\"get\"><input type=\"search\" name=\"q\" maxlength=\"80\" value=\"" +
         Escape(text) + "\" aria-label=\"" + frame.Text("企业名称、许可证号或批号") + "\" placeholder=\"" +
         frame.Text("企业名称、许可证号或批号") + "\"><input type=\"hidden\" name=\"lang\" value=\"" +
         std::string(frame.language() == Language::kEnglish       ? "en"
                     : frame.language() == Language::kTraditional ? "zh-Hant"
                                                                  : "zh-Hans") +
         "\"><button type=\"submit\">" + frame.Text("查询") + "</button></form>";
}

Result<http::Response> PublicSearch(App& app, Caller& caller) {
  const Frame frame(app, caller);
  const std::string text = TextParameter(caller.request, "q").substr(0, 240);
  std::string found;
  if (!text.empty())
    ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
      const std::int64_t now = app.clock.Now().ms;
      ZHIAN_ASSIGN(auto lots,
                   db.Query("SELECT item, product, lot_no FROM lot WHERE district=$d AND lot_no=$1 LIMIT 10", {text}));
      for (const auto& row : lots) {
        const std::string& item = row.text(0);
        const std::string path = PublicLotPath(item);
        if (!path.empty())
          found += "<article class=\"card\"><h3><a href=\"" + frame.Link(path) + "\">" +
                   Escape(row.text(1).empty() ? row.text(2) : row.text(1)) + "</a></h3><p class=\"dim\">" +
                   frame.Text("批号") + " " + Escape(row.text(2)) + "</p></article>";
      }
      std::vector<std::string> ids;
      ZHIAN_ASSIGN(
          auto permits,
          db.Query("SELECT DISTINCT operator_id FROM permit WHERE district=$d AND number=$1 LIMIT 10", {text}));
      for (const auto& row : permits) ids.push_back(row.text(0));
      subjects::ListQuery query;
      query.jurisdictions = {app.district_root};
      query.text = text;
      query.limit = 20;
      ZHIAN_ASSIGN(const auto answer, subjects::ListOperators(db, query));
      for (const auto& op : answer.items)
        if (std::find(ids.begin(), ids.end(), op.id) == ids.end()) ids.push_back(op.id);
      for (const auto& id : ids) {
        ZHIAN_ASSIGN(const auto op, subjects::LoadOperator(db, id));
        if (op.type == "farm_household" || op.state == "candidate" || op.state == "rejected")
          continue;  // a household is a person; a file that nobody verified is not shown
        found += OperatorCard(frame, db, op, now);
      }
      if (!answer.next.empty())
        found += "<p class=\"dim\">" + frame.Text("结果较多，只列出前 {} 条；请写得更具体。", query.limit) + "</p>";
      return Ok();
    }));
  if (found.empty())
    found = "<p class=\"dim\">" +
            (text.empty() ? frame.Text("输入企业名称、许可证号或产品批号。")
                          : frame.Text("没有查到“{}”。请核对名称，或换许可证号、批号再查。", text)) +
            "</p>";
  return Answer(frame, 200, frame.Text("查企业、产品"),
                SearchForm(frame, text) + "<div class=\"block\"></div>" + found);
}

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
      ZHIAN_ASSIGN(const auto notices, procedure::LoadLinked(db, running->id, "publication"));
      for (const auto& notice : notices)
        if (notice.state == "published") {
          body +=
              " <a href=\"" + frame.Link("/public/publications/" + notice.id) + "\">" + frame.Text("看公告") + "</a>";
          break;
        }
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
    body +=
        "</div><section id=\"story\"><table><tbody>" + Row(frame, "批号", Escape(lot)) +
        (gtin.empty() ? "" : Row(frame, "商品条码", Escape(gtin))) +
        Row(frame, "生产者", row.text(3).empty() ? frame.Text("未登记") : Escape(PublicName(row.text(3), row.text(4))));
    if (row.integer(2) > 0) body += Row(frame, "生产日期", frame.Day(row.integer(2)));
    ZHIAN_ASSIGN(
        auto permits,
        db.Query(
            "SELECT number FROM permit WHERE district=$d AND operator_id=$1 AND ended_at=0 AND valid_to>=$2 ORDER BY valid_to DESC LIMIT 3",
            {row.text(5), app.clock.Now().ms}));
    for (const auto& permit : permits) body += Row(frame, "许可证", Escape(permit.text(0)));
    ZHIAN_ASSIGN(const auto samples, NamingLot(db, "sample", item, lot));
    for (const auto& sample : samples) {
      const std::string verdict = sample.Field("verdict");
      if (verdict == "pass")
        body +=
            Row(frame, "抽检",
                "<span class=\"tag green\">✓ " + frame.Text("合格") + "</span>" + Escape(sample.Field("concluded_on")));
      else if (verdict == "fail" && (running != recalls.end() || sample.terminal))
        body +=
            Row(frame, "抽检",
                "<span class=\"tag red\">! " + frame.Text("不合格") + "</span>" + Escape(sample.Field("concluded_on")));
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

}  // namespace zhian::api
