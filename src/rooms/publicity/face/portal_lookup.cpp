#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "desk/operators.hpp"
#include "desk/room_face.hpp"
#include "procedure/ask.hpp"
#include "procedure/guard_tools.hpp"
#include "rooms/publicity/face/portal.hpp"

namespace zhian::publicity::face {
using namespace desk;

namespace {

http::Response Answer(const Frame& frame, int status, const std::string& title, const std::string& body) {
  auto response = http::Response::Html(status, frame.Page(title, Titled(title, body)));
  response.With("Vary", "Accept, Accept-Language");
  return response;
}

std::string CardOf(const App& app, const Frame& frame, storage::Connection& db, const OperatorCard& op) {
  const base::Instant now = app.clock.Now();
  std::string card =
      "<article class=\"card\"><h3>" + Escape(papers::PublicName(op.name, op.type)) + "</h3><table><tbody>";
  if (!op.code.empty()) card += FactRow(frame, "统一社会信用代码", Escape(op.code));
  if (const auto* type = procedure::FindLabel("choice." + op.type)) card += FactRow(frame, "类型", frame.Label(*type));
  const auto permits = procedure::AskWithoutMatter(app.services, db, now, "operator.permits", {{"operator_id", op.id}});
  if (permits.ok() && permits->is_array())
    for (const auto& one : permits->get_array()) {
      const auto* permit = one.if_object();
      if (permit == nullptr) continue;
      const auto until = static_cast<std::int64_t>(base::NumberAt(*permit, "valid_to"));
      const bool valid = base::NumberAt(*permit, "ended_at") == 0 && (until == 0 || until >= now.ms);
      card += FactRow(frame, "许可证",
                      "<span class=\"tag " + std::string(valid ? "green\">✓ " : "dim\">– ") +
                          (valid ? frame.Text("有效") : frame.Text("已失效")) + "</span>" +
                          Escape(base::TextAt(*permit, "number")) +
                          (until == 0 ? "" : " · " + frame.Text("有效期至 {}", frame.Day(until))));
    }
  const auto* listing = procedure::FindPortalKind("listings");
  const auto listings = listing == nullptr
                            ? Result<procedure::Page<procedure::Matter>>(procedure::Page<procedure::Matter>{})
                            : procedure::LoadMattersOfOperator(db, op.id, listing->id);
  if (listings.ok() && procedure::AnyMeans(*listings, procedure::Meaning::kInForce))
    card += FactRow(frame, "信用",
                    "<span class=\"tag red\">! " + frame.Text("已列入严重违法失信名单") + "</span><a href=\"" +
                        frame.Link("/public/listings") + "\">" + frame.Text("看名单") + "</a>");
  return card + "</tbody></table></article>";
}

}  // namespace

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
  const std::string text = std::string(base::PrefixOf(TextParameter(caller.request, "q"), 240));
  std::string found;
  if (!text.empty())
    ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
      for (const RoomFace* room : app.rooms) {
        if (room->portal_search == nullptr) continue;
        ZHIAN_ASSIGN(const auto cards, room->portal_search(db, frame, text));
        found += cards;
      }
      std::vector<std::string> ids;
      ZHIAN_ASSIGN(const auto holders, procedure::AskWithoutMatter(app.services, db, app.clock.Now(), "permit.holders",
                                                                   {{"number", text}}));
      if (const auto* list = holders.if_array())
        for (const auto& id : *list) ids.push_back(procedure::ScalarText(&id));
      constexpr int kShown = 20;
      const ReadScope district{.jurisdictions = {app.district_root}, .operator_ids = {}};
      ZHIAN_ASSIGN(const auto answer, app.operators->find_by_text(db, district, text, kShown));
      for (const auto& op : answer.cards)
        if (std::find(ids.begin(), ids.end(), op.id) == ids.end()) ids.push_back(op.id);
      for (const auto& id : ids) {
        ZHIAN_ASSIGN(const auto op, app.operators->load(db, id));
        if (op.type == "farm_household" || op.state == "candidate" || op.state == "rejected")
          continue;  // a household is a person; a file that nobody verified is not shown
        found += CardOf(app, frame, db, op);
      }
      if (answer.more)
        found += "<p class=\"dim\">" + frame.Text("结果较多，只列出前 {} 条；请写得更具体。", kShown) + "</p>";
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

}  // namespace zhian::publicity::face
