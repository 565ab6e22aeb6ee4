// The public portal 公示: rendered by the server, readable without script, nothing personal. What is shown of a matter
// is its publication, which a second person has reviewed, and the few facts that the publication is about. Bounded
// lists.
#include <algorithm>

#include "desk/html.hpp"
#include "desk/room_face.hpp"
#include "desk/routes.hpp"
#include "ledger/ledger.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/publicity/face/portal.hpp"

namespace zhian::publicity::face {
using namespace desk;

namespace {

using procedure::Matter;

// A publication that stands, with the matter that it is about.
struct Published {
  Matter publication, source;
};

// The lists that have a page of their own; each kind says on which its publications stand (line "Portal").
constexpr std::string_view kRecalls = "recalls", kListings = "listings", kPenalties = "penalties", kAll;

bool IsOn(const Matter& source, std::string_view list) {
  const auto* kind = procedure::FindPortalKind(list);
  return kind != nullptr && kind->id == source.kind;
}

Result<std::vector<Published>> PublishedOf(storage::Connection& db, std::string_view list_of, int most) {
  const auto* kind = list_of.empty() ? nullptr : procedure::FindPortalKind(list_of);
  if (!list_of.empty() && kind == nullptr) return std::vector<Published>{};
  const std::string_view source_kind = kind == nullptr ? std::string_view{} : kind->id;
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(
          "SELECT p.id, (SELECT l.from_id FROM matter_link l JOIN matter s ON s.district=$d AND s.id=l.from_id WHERE l.district=$d AND l.to_id=p.id AND ($1='' OR s.kind=$1) LIMIT 1) AS source "
          "FROM matter p WHERE p.district=$d AND p.kind='publication' AND p.state='published' AND ($1='' OR EXISTS (SELECT 1 FROM matter_link l JOIN matter s ON s.district=$d AND s.id=l.from_id "
          "WHERE l.district=$d AND l.to_id=p.id AND s.kind=$1)) ORDER BY p.updated_at DESC LIMIT $2",
          {std::string(source_kind), std::int64_t{most}}));
  std::vector<Published> list;
  for (const auto& row : rows) {
    Published item;
    ZHIAN_ASSIGN(item.publication, procedure::LoadMatter(db, row.text(0)));
    if (!row.is_null(1)) {
      ZHIAN_ASSIGN(item.source, procedure::LoadMatter(db, row.text(1)));
    }
    list.push_back(std::move(item));
  }
  return list;
}

std::string TitleOf(const Matter& publication) {
  return publication.Field("publication_title").empty() ? publication.title : publication.Field("publication_title");
}

// Until when it is shown; 0: no limit is running.
std::int64_t LimitOf(storage::Connection& db, const Matter& matter) {
  const auto* kind = procedure::FindKind(matter.kind);
  const auto* term = kind == nullptr ? nullptr : procedure::FindWindow(*kind, procedure::WindowSort::kTerm);
  const auto duties = procedure::LoadDuties(db, matter.id);
  if (duties.ok() && term != nullptr)
    for (const auto& row : *duties)
      if (row.duty == term->id && row.closed_at == 0 && row.limit_at) return *row.limit_at;
  return 0;
}

std::string RecallTag(const Frame& frame, const Matter& recall) {
  if (procedure::Means(recall, procedure::Meaning::kFulfilled))
    return "<span class=\"tag green\">✓ " + frame.Text("已完成") + "</span>";
  return "<span class=\"tag red\">! " + frame.Text("召回中") + "</span>";
}

// Several publications speak of one recall: the newest stands for it.
std::vector<Published> OnePerSource(std::vector<Published> list) {
  std::vector<Published> one;
  for (auto& item : list)
    if (std::none_of(one.begin(), one.end(), [&](const Published& known) { return known.source.id == item.source.id; }))
      one.push_back(std::move(item));
  return one;
}

std::string Entry(const Frame& frame, const Published& item) {
  const bool recall = IsOn(item.source, kRecalls);
  const auto* about = procedure::FindKind(item.source.kind);  // one product is published for several reasons
  return "<article class=\"item\"><h3>" + (recall ? RecallTag(frame, item.source) : "") + "<a href=\"" +
         frame.Link("/public/publications/" + item.publication.id) + "\">" + Escape(TitleOf(item.publication)) +
         "</a></h3><time>" + frame.Day(item.publication.updated_at) + "</time><p>" +
         (about == nullptr ? std::string() : Escape(LabelIn(about->label, frame.language())) + " · ") +
         Escape(item.publication.number) + "</p></article>";
}

Result<std::string> SubjectOf(storage::Connection& db, const Matter& matter) {
  ZHIAN_ASSIGN(auto rows,
               db.Query("SELECT name, type FROM operator WHERE district=$d AND id=$1 LIMIT 1", {matter.operator_id}));
  return rows.empty() ? std::string() : papers::PublicName(rows.front().text(0), rows.front().text(1));
}

// 失信名单: who, why, from when to when; a name leaves when its publication is withdrawn or ends.
Result<std::string> ListingTable(storage::Connection& db, const Frame& frame, int most) {
  ZHIAN_ASSIGN(const auto list, PublishedOf(db, kListings, most));
  std::string rows;
  for (const auto& item : OnePerSource(list)) {
    if (!procedure::Means(item.source, procedure::Meaning::kInForce)) continue;
    ZHIAN_ASSIGN(const auto subject, SubjectOf(db, item.source));
    const std::int64_t until = LimitOf(db, item.source);
    const auto* conduct = procedure::FindLabel("choice.conduct." + item.source.Field("conduct"));
    if (conduct == nullptr) conduct = procedure::FindLabel("choice." + item.source.Field("conduct"));
    rows += "<tr><td><a href=\"" + frame.Link("/public/publications/" + item.publication.id) + "\">" +
            Escape(subject.empty() ? TitleOf(item.publication) : subject) + "</a></td><td data-l=\"" +
            frame.Text("列入情形") + "\">" + (conduct == nullptr ? "—" : frame.Label(*conduct)) + "</td><td data-l=\"" +
            frame.Text("公布日期") + "\">" + frame.Day(item.publication.updated_at) + "</td><td data-l=\"" +
            frame.Text("公示至") + "\">" + (until == 0 ? "—" : frame.Day(until)) + "</td></tr>";
  }
  if (rows.empty()) return "<p class=\"dim\">" + frame.Text("目前没有列入名单的主体。") + "</p>";
  return "<table><thead><tr><th scope=\"col\">" + frame.Text("当事人") + "</th><th scope=\"col\">" +
         frame.Text("列入情形") + "</th><th scope=\"col\">" + frame.Text("公布日期") + "</th><th scope=\"col\">" +
         frame.Text("公示至") + "</th></tr></thead><tbody>" + rows + "</tbody></table><p class=\"small dim\">" +
         frame.Text("到期自动撤下；符合条件的可以申请信用修复。") + "</p>";
}

std::string Block(const Frame& frame, const char* id, const std::string& title, const char* path,
                  const std::string& body) {
  return std::string("<section class=\"block\" aria-labelledby=\"") + id + "\"><div class=\"head\"><h2 id=\"" + id +
         "\">" + title + "</h2><a href=\"" + frame.Link(path) + "\">" + frame.Text("全部") + "<span class=\"skip\"> " +
         title + "</span></a></div>" + body + "</section>";
}

Result<http::Response> Home(App& app, Caller& caller) {
  const Frame frame(app, caller);
  std::string alert, left, right;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto published, PublishedOf(db, kRecalls, 50));
    const auto recalls = OnePerSource(std::move(published));
    std::string list;
    for (std::size_t i = 0; i < recalls.size(); ++i) {
      if (procedure::Means(recalls[i].source, procedure::Meaning::kRunning))
        alert += "<div class=\"alert\" role=\"region\" aria-label=\"" + frame.Text("召回提示") +
                 "\"><div class=\"in\"><strong>" + frame.Text("正在召回：") + "</strong>" +
                 Escape(TitleOf(recalls[i].publication)) + " " + frame.Text("请停止食用，退回购买处。") +
                 " <a href=\"" + frame.Link("/public/publications/" + recalls[i].publication.id) + "\">" +
                 frame.Text("看公告") + "</a></div></div>";
      if (i < 5) list += Entry(frame, recalls[i]);
    }
    left += Block(frame, "recalls", frame.Text("产品召回"), "/public/recalls",
                  list.empty() ? "<p class=\"dim\">" + frame.Text("目前没有正在公开的召回。") + "</p>" : list);
    ZHIAN_ASSIGN(const auto listings, ListingTable(db, frame, 10));
    left += Block(frame, "listings", frame.Text("严重违法失信名单"), "/public/listings", listings);
    ZHIAN_ASSIGN(const auto notices, PublishedOf(db, kAll, 12));
    list.clear();
    for (const auto& item : notices)
      if (!IsOn(item.source, kRecalls) && !IsOn(item.source, kListings)) list += Entry(frame, item);
    left += Block(frame, "notices", frame.Text("最近公开"), "/public/notices",
                  list.empty() ? "<p class=\"dim\">" + frame.Text("目前没有公开信息。") + "</p>" : list);
    for (const RoomFace* room : app.rooms) {
      if (room->portal_aside == nullptr) continue;
      ZHIAN_ASSIGN(const auto aside, room->portal_aside(db, frame));
      right += aside;
    }
    return Ok();
  }));
  const std::string hero = "<div class=\"hero\"><div class=\"in\"><h1>" + frame.Text("买之前，查一查") +
                           "</h1><p class=\"dim\">" + frame.Text("企业证照、产品批次、召回和失信名单，都在这里。") +
                           "</p>" + SearchForm(frame, "") + "</div></div>";
  return PublicPage(frame, 200, frame.Text("{}质量安全公示", app.district_name),
                    alert + "<main id=\"main\">" + hero + "<div class=\"in grid\"><div>" + left +
                        "</div><aside aria-label=\"" + frame.Text("抽查公开") + "\">" + right +
                        "</aside></div></main>");
}

Action EntryList(const char* title, std::string_view of, const char* empty) {
  return [=](App& app, Caller& caller) -> Result<http::Response> {
    const Frame frame(app, caller);
    std::string body;
    ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(auto list, PublishedOf(db, of, 100));
      if (of == kRecalls) list = OnePerSource(std::move(list));
      for (const auto& item : list) body += Entry(frame, item);
      return Ok();
    }));
    if (body.empty()) body = "<p class=\"dim\">" + frame.Text(empty) + "</p>";
    return PublicPage(frame, 200, frame.Text(title), Titled(frame.Text(title), body));
  };
}

Result<http::Response> Listings(App& app, Caller& caller) {
  const Frame frame(app, caller);
  std::string body;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(body, ListingTable(db, frame, 100));
    return Ok();
  }));
  return PublicPage(frame, 200, frame.Text("严重违法失信名单"), Titled(frame.Text("严重违法失信名单"), body));
}

Result<http::Response> Publication(App& app, Caller& caller) {
  const Frame frame(app, caller);
  std::string body, title = frame.Text("公开信息");
  int status = 200;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    const auto matter = procedure::LoadMatter(db, caller.request.PathParameter("id"));
    if (!matter.ok() || matter->kind != "publication" ||
        (matter->state != "published" && matter->state != "withdrawn" && matter->state != "ended")) {
      status = 404;
      body = "<p>" + frame.Text("没有这条公开信息。") + "</p>";
      return Ok();
    }
    if (matter->state != "published") {
      // A tombstone: that it was withdrawn, and when; without content.
      status = 410;
      const std::string day = frame.Day(matter->updated_at);
      body = "<p>" +
             (matter->state == "withdrawn" ? frame.Text("这条公开信息已于 {} 撤回。", day)
                                           : frame.Text("这条公开信息已于 {} 公示期满。", day)) +
             "</p>";
      return Ok();
    }
    title = Escape(TitleOf(*matter));
    const bool corrected = !matter->Field("correction_text").empty();
    std::string text = Escape(corrected ? matter->Field("correction_text") : matter->Field("public_text"));
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 4)) text.replace(at, 1, "<br>");
    const std::int64_t until = LimitOf(db, *matter);
    body = "<p class=\"dim\">" + frame.Day(matter->updated_at) + " · " + Escape(matter->number) +
           (until == 0 ? "" : " · " + frame.Text("公示至 {}", frame.Day(until))) + "</p>" +
           (corrected ? "<p><span class=\"tag dim\">" + frame.Text("已更正") + "</span></p>" : "") +
           "<div class=\"card\" lang=\"zh-Hans\">" + text + "</div>";
    return Ok();
  }));
  return PublicPage(frame, status, title, Titled(title, body));
}

Result<http::Response> VerifyDocument(App& app, Caller& caller) {
  const Frame frame(app, caller);
  std::string body;
  int status = 200;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    const auto document = procedure::LoadDocument(db, caller.request.PathParameter("code"));
    if (!document.ok()) {
      status = 404;
      body = "<p>" + frame.Text("没有这份文书，请核对编码。") + "</p>";
      return Ok();
    }
    ZHIAN_ASSIGN(
        const auto withdrawn,
        db.Query("SELECT at FROM document_withdrawal WHERE district=$d AND document_id=$1 LIMIT 1", {document->id}));
    const auto* kind = procedure::FindDocumentKind(document->kind);
    const auto row = [&](const char* name, const std::string& value) {
      return "<tr><th scope=\"row\">" + frame.Text(name) + "</th><td>" + value + "</td></tr>";
    };
    body = "<table><tbody>" +
           row("文书", kind == nullptr ? Escape(procedure::ScalarText(document->values.if_contains("label")))
                                       : frame.Label(kind->label)) +
           row("文号", Escape(document->number)) + row("日期", frame.Day(document->issued_at)) +
           row("状态", document->values.contains("training")
                           ? "<span class=\"tag red\">! " + frame.Text("演练，不具效力") + "</span>"
                       : withdrawn.empty()
                           ? "<span class=\"tag green\">✓ " + frame.Text("有效") + "</span>"
                           : "<span class=\"tag red\">! " +
                                 frame.Text("已于 {} 撤回", frame.Day(withdrawn.front().integer(0))) + "</span>") +
           row("摘要", "<span class=\"hash\">" + Escape(document->sha256) + "</span>") +
           "</tbody></table><p class=\"dim\">" + frame.Text("摘要与手中文书页脚一致，即为本机关所发。") + "</p>";
    return Ok();
  }));
  return PublicPage(frame, status, frame.Text("文书核验"), Titled(frame.Text("文书核验"), body));
}

Result<http::Response> LedgerPage(App& app, Caller& caller) {
  const Frame frame(app, caller);
  std::string note;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(note, ledger::Checkpoint(db, app.signer));
    return Ok();
  }));
  return PublicPage(
      frame, 200, frame.Text("账本核验"),
      Titled(frame.Text("账本核验"),
             "<p>" + frame.Text("每一步办理在账本中有一条记录。任何人可以保存检查点，日后核对账本有没有被改动。") +
                 "</p><div class=\"card scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" + frame.Text("检查点") +
                 "\"><pre>" + Escape(note) + "</pre></div><p><a href=\"/ledger/checkpoint\">" +
                 frame.Text("下载检查点") + "</a> · <a href=\"/ledger/key\">" + frame.Text("验证公钥") + "</a></p>"));
}

}  // namespace

void AddPortalRoutes(std::vector<RouteSpec>& routes, Rooms) {
  using http::Method;
  const auto page = [&](const char* pattern, const char* id, const char* summary, Action action) {
    routes.push_back({.method = Method::kGet,
                      .pattern = pattern,
                      .id = id,
                      .summary = summary,
                      .access = Access::kPublic,
                      .action = std::move(action)});
  };
  page("/public", "portalRoot", "公示首页", &Home);
  page("/public/search", "portalSearch", "查企业、证号和批号", &PublicSearch);
  page("/public/notices", "portalNotices", "最近公开", EntryList("最近公开", kAll, "目前没有公开信息。"));
  page("/public/recalls", "portalRecalls", "召回", EntryList("产品召回", kRecalls, "目前没有正在公开的召回。"));
  page("/public/penalties", "portalPenalties", "处罚与曝光",
       EntryList("处罚与曝光", kPenalties, "目前没有正在公示的处罚。"));
  page("/public/listings", "portalListings", "失信名单", &Listings);
  page("/public/publications/{id}", "portalPublication", "公开信息", &Publication);
  page("/public/verify/{code}", "portalVerify", "文书核验", &VerifyDocument);
  page("/public/ledger", "portalLedger", "账本核验", &LedgerPage);
}

}  // namespace zhian::publicity::face
