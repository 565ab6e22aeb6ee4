// Draws on the public portal: what was committed to, what decided, and the proof that anybody can compute again.
#include "rooms/sampling/face/portal.hpp"

#include <vector>

#include "desk/html.hpp"
#include "desk/routes.hpp"
#include "rooms/sampling/draw.hpp"

namespace zhian::sampling::face {
using namespace desk;
using procedure::Matter;

namespace {

// One draw: the three steps that anybody can repeat.
std::string DrawCard(const Frame& frame, const Matter& draw) {
  const auto file = sampling::ProofOf(draw);
  const auto proof = file.ok() ? *file : boost::json::object{};
  const auto count = [&](const char* field) {
    return std::to_string(proof.contains(field) && proof.at(field).is_array() ? proof.at(field).get_array().size() : 0);
  };
  const bool drawn = proof.contains("selected");
  std::string card = "<article class=\"card\"><h3>" + Escape(draw.Field("stratum")) + "</h3><p class=\"small dim\">" +
                     Escape(draw.number) + "</p><ol class=\"small\"><li><strong>" + frame.Text("先封存名单") +
                     "</strong> " + frame.Text("{} 个对象，排除 {} 个", count("population"), count("excluded")) +
                     "<br><span class=\"hash\">" + Escape(draw.Field("draw_commitment")) + "</span></li><li><strong>" +
                     frame.Text("后出随机数") + "</strong> " + Escape(draw.Field("public_source")) + " · " +
                     Escape(draw.Field("public_value_due_on")) +
                     (drawn ? "<br><span class=\"hash\">" + Escape(draw.Field("public_value")) + "</span>" : "") +
                     "</li><li><strong>" + frame.Text("按公开算法抽取") + "</strong> " +
                     (drawn ? frame.Text("抽出 {} 个", count("selected")) : frame.Text("尚未抽取")) + "</li></ol>";
  if (drawn) {
    const bool same = sampling::VerifyDraw(proof).ok();
    card += "<p class=\"small\"><span class=\"tag " + std::string(same ? "green\">✓ " : "red\">! ") +
            (same ? frame.Text("刚才重算，结果一致") : frame.Text("重算结果不一致")) + "</span></p>";
  }
  return card + "<p class=\"small\"><a href=\"/public/draws/" + draw.id + "/proof\" download>" +
         frame.Text("下载证明文件") + "</a></p></article>";
}

Result<std::vector<Matter>> Draws(storage::Connection& db, int most) {
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(
          "SELECT id FROM matter WHERE district=$d AND kind='draw' AND state IN ('committed','drawn','used','void') AND flags NOT LIKE '%training%' ORDER BY updated_at DESC LIMIT $1",
          {std::int64_t{most}}));
  std::vector<Matter> list;
  for (const auto& row : rows) {
    ZHIAN_ASSIGN(auto matter, procedure::LoadMatter(db, row.text(0)));
    if (!matter.Field("draw_commitment").empty()) list.push_back(std::move(matter));
  }
  return list;
}

Result<http::Response> DrawList(App& app, Caller& caller) {
  const Frame frame(app, caller);
  std::string body =
      "<p>" + frame.Text("名单先封存，随机数后出，谁都能用证明文件重算一遍。作废的抽取也列在这里。") + "</p>";
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto list, Draws(db, 50));
    for (const auto& draw : list) body += DrawCard(frame, draw);
    if (list.empty()) body += "<p class=\"dim\">" + frame.Text("还没有公开的抽取。") + "</p>";
    return Ok();
  }));
  return PublicPage(frame, 200, frame.Text("抽查公开"), Titled(frame.Text("抽查公开"), body));
}

Result<http::Response> DrawProof(App& app, Caller& caller) {
  boost::json::object proof;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    const auto draw = procedure::LoadMatter(db, caller.request.PathParameter("id"));
    if (!draw.ok() || draw->kind != "draw" || draw->Field("draw_commitment").empty())
      return MakeError(ErrorCode::kNotFound, "没有这次抽取");
    ZHIAN_ASSIGN(proof, sampling::ProofOf(*draw));
    return Ok();
  }));
  return Json(proof);
}

}  // namespace

Result<std::string> PortalAside(storage::Connection& db, const Frame& frame) {
  ZHIAN_ASSIGN(const auto draws, Draws(db, 1));
  return "<h2>" + frame.Text("抽查可验证") + "</h2>" +
         (draws.empty() ? "<p class=\"dim\">" + frame.Text("还没有公开的抽取。") + "</p>"
                        : DrawCard(frame, draws.front()));
}

void AddPortalRoutes(std::vector<RouteSpec>& routes, Rooms) {
  using http::Method;
  routes.push_back({.method = Method::kGet,
                    .pattern = "/public/draws",
                    .id = "portalDraws",
                    .summary = "抽查公开",
                    .access = Access::kPublic,
                    .action = &DrawList});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/public/draws/{id}/proof",
                    .id = "portalDrawProof",
                    .summary = "抽取的证明文件",
                    .access = Access::kPublic,
                    .action = &DrawProof});
}

}  // namespace zhian::sampling::face
