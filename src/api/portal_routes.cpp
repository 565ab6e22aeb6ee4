// The public portal: rendered by the server, readable without script, nothing personal. And the consumer's page of a lot.
#include "api/html.hpp"
#include "api/routes.hpp"
#include "base/json.hpp"
#include "ledger/ledger.hpp"
#include "rooms/publicity/redaction.hpp"
#include "rooms/traceability/trace.hpp"

namespace zhian::api {

namespace {

std::string DayOf(std::int64_t ms) {
  const base::Date day = base::LocalDate(base::Instant{ms});
  return std::to_string(day.year()) + "年" + std::to_string(day.month()) + "月" + std::to_string(day.day()) + "日";
}

std::string Card(const procedure::Matter& publication, bool recall) {
  return "<article class=\"card" + std::string(recall ? " recall" : "") + "\"><h2><a href=\"/public/publications/" + Escape(publication.id) + "\">" + Escape(publication.Field("publication_title").empty() ? publication.title : publication.Field("publication_title")) +
         "</a></h2><p class=\"dim\">" + DayOf(publication.updated_at) + " · " + Escape(publication.number) + "</p></article>";
}

Result<std::vector<procedure::Matter>> Published(storage::Connection& db, const char* source_kind) {
  ZHIAN_ASSIGN(auto rows, db.Query("SELECT p.id FROM matter p WHERE p.district='d' AND p.kind='publication' AND p.state='published' AND ($1='' OR EXISTS (SELECT 1 FROM matter_link l JOIN matter s ON s.district='d' AND "
                                   "s.id=l.from_id WHERE l.district='d' AND l.to_id=p.id AND s.kind=$1)) ORDER BY p.updated_at DESC LIMIT 100", {std::string(source_kind)}));
  std::vector<procedure::Matter> list;
  for (const auto& row : rows) {
    ZHIAN_ASSIGN(auto matter, procedure::LoadMatter(db, row.text(0)));
    list.push_back(std::move(matter));
  }
  return list;
}

Action PublicList(const char* title, const char* kind, const char* empty) {
  return [=](App& app, Caller&) -> Result<http::Response> {
    std::string body;
    ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(const auto list, Published(db, kind));
      for (const auto& publication : list) body += Card(publication, std::string_view(kind) == "recall");
      return Ok();
    }));
    if (body.empty()) body = std::string("<p class=\"dim\">") + empty + "</p>";
    return http::Response::Html(200, PublicPage(title, body, app.demo));
  };
}

Result<http::Response> Publication(App& app, Caller& caller) {
  std::string body, title = "公开信息";
  int status = 200;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    const auto matter = procedure::LoadMatter(db, caller.request.PathParameter("id"));
    if (!matter.ok() || matter->kind != "publication" || (matter->state != "published" && matter->state != "withdrawn" && matter->state != "ended")) {
      status = 404;
      body = "<p>没有这条公开信息。</p>";
      return Ok();
    }
    if (matter->state != "published") {
      // A tombstone: that it was withdrawn, and when; without content.
      status = 410;
      body = "<p>这条公开信息已于 " + DayOf(matter->updated_at) + (matter->state == "withdrawn" ? " 撤回。" : " 公示期满。") + "</p>";
      return Ok();
    }
    title = matter->Field("publication_title").empty() ? matter->title : matter->Field("publication_title");
    std::string text = Escape(matter->Field("correction_text").empty() ? matter->Field("public_text") : matter->Field("correction_text"));
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 4)) text.replace(at, 1, "<br>");
    body = "<p class=\"dim\">" + DayOf(matter->updated_at) + " · " + Escape(matter->number) + "</p><p>" + text + "</p>";
    return Ok();
  }));
  return http::Response::Html(status, PublicPage(title, body, app.demo));
}

Result<http::Response> VerifyDocument(App& app, Caller& caller) {
  std::string body;
  int status = 200;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    const auto document = procedure::LoadDocument(db, caller.request.PathParameter("code"));
    if (!document.ok()) {
      status = 404;
      body = "<p>没有这份文书，请核对编码。</p>";
      return Ok();
    }
    body = "<table><tbody><tr><th scope=\"row\">文书</th><td>" + Escape(procedure::ScalarText(document->values.if_contains("label"))) + "</td></tr><tr><th scope=\"row\">文号</th><td>" + Escape(document->number) +
           "</td></tr><tr><th scope=\"row\">日期</th><td>" + DayOf(document->issued_at) + "</td></tr><tr><th scope=\"row\">摘要</th><td>" + Escape(document->sha256) + "</td></tr></tbody></table><p class=\"dim\">摘要与手中文书页脚一致，即为本机关所发。</p>";
    return Ok();
  }));
  return http::Response::Html(status, PublicPage("文书核验", body, app.demo));
}

Result<http::Response> LedgerPage(App& app, Caller&) {
  std::string note;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(note, ledger::Checkpoint(db, app.signer));
    return Ok();
  }));
  return http::Response::Html(200, PublicPage("账本核验", "<p>每一步办理在账本中有一条记录。任何人可以保存检查点，日后核对账本有没有被改动。</p><div class=\"card scroll\" tabindex=\"0\" role=\"region\" aria-label=\"检查点\"><pre>" + Escape(note) +
                                                              "</pre></div><p><a href=\"/ledger/checkpoint\">下载检查点</a> · <a href=\"/ledger/key\">验证公钥</a></p>", app.demo));
}

// GS1 Digital Link of a lot: what it is, and in red whether it is being recalled. No holder is named.
Result<http::Response> LotPage(App& app, Caller& caller) {
  const std::string lot = caller.request.PathParameter("lot");
  std::string body, title = "批次 " + lot;
  int status = 200;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    const auto item = traceability::FindItem(db, lot);
    if (!item.ok()) {
      status = 404;
      body = "<p>没有这个批次的公开记录。</p>";
      return Ok();
    }
    ZHIAN_ASSIGN(auto rows, db.Query("SELECT l.product, l.held, l.produced_at, o.name FROM lot l LEFT JOIN operator o ON o.district='d' AND o.id=l.operator_id WHERE l.district='d' AND l.item=$1 LIMIT 1", {*item}));
    const auto& row = rows.front();
    title = row.text(0).empty() ? title : row.text(0);
    ZHIAN_ASSIGN(auto recalls, db.Query("SELECT m.id FROM matter m WHERE m.district='d' AND m.kind='recall' AND m.state IN ('running','evaluating') AND (m.fields LIKE $1 OR m.fields LIKE $2) LIMIT 1", {"%" + lot + "%", "%" + *item + "%"}));
    if (!recalls.empty()) body += "<p class=\"card recall\"><strong>正在召回：</strong>请停止食用，退回购买处。</p>";
    else if (row.integer(1) != 0) body += "<p class=\"card recall\"><strong>已暂停销售</strong>，等待处理结论。</p>";
    body += "<table><tbody><tr><th scope=\"row\">批号</th><td>" + Escape(lot) + "</td></tr><tr><th scope=\"row\">生产者</th><td>" + Escape(row.text(3).empty() ? "未登记" : row.text(3)) + "</td></tr>";
    if (row.integer(2) > 0) body += "<tr><th scope=\"row\">生产日期</th><td>" + DayOf(row.integer(2)) + "</td></tr>";
    body += "</tbody></table>";
    return Ok();
  }));
  return http::Response::Html(status, PublicPage(title, body, app.demo));
}

}  // namespace

void AddPortalRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  const auto page = [&](const char* pattern, const char* id, const char* summary, Action action) { routes.push_back({Method::kGet, pattern, id, summary, Access::kPublic, std::move(action)}); };
  page("/public", "portalRoot", "公开", PublicList("公开信息", "", "目前没有公开信息。"));
  page("/public/recalls", "portalRecalls", "召回", PublicList("产品召回", "recall", "目前没有正在公开的召回。"));
  page("/public/listings", "portalListings", "失信名单", PublicList("严重违法失信名单", "credit_listing", "目前没有列入名单的主体。"));
  page("/public/publications/{id}", "portalPublication", "公开信息", &Publication);
  page("/public/verify/{code}", "portalVerify", "文书核验", &VerifyDocument);
  page("/public/ledger", "portalLedger", "账本核验", &LedgerPage);
  page("/01/{gtin}/10/{lot}", "digitalLinkLot", "批次", &LotPage);
}

}  // namespace zhian::api
