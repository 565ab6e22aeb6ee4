// Evidence: files are sent first, named by their digest, and then belong to the step that names them.
#include "base/file.hpp"
#include "base/text.hpp"
#include "desk/matter_view.hpp"
#include "desk/routes.hpp"

namespace zhian::desk {
namespace json = boost::json;

namespace {

Result<http::Response> PutAttachment(App& app, Caller& caller) {
  std::string bytes = caller.request.body;
  if (caller.request.body_file) {
    ZHIAN_ASSIGN(bytes, base::ReadFile(caller.request.body_file->path().string(), attachments::kBytesMax));
  }
  std::string name = TextParameter(caller.request, "name");
  if (name.empty()) name = "附件";
  if (name.size() > 200 || !base::IsValidUtf8(name))
    return NeedsMending({{"/name", "error.value", "文件名太长，请改短"}});
  ZHIAN_ASSIGN(const auto stored, app.attachments.Put(bytes));
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(db.Execute(
        "INSERT INTO attachment (district, sha256, name, media_type, size, stored_by, at) VALUES ($d,$1,$2,$3,$4,$5,$6) ON CONFLICT (district, sha256) DO NOTHING",
        {stored.sha256, name, stored.media_type, static_cast<std::int64_t>(stored.size), caller.actor.account_id,
         app.clock.Now().ms}));
    return Ok();
  }));
  return Json(
      json::object{{"sha256", stored.sha256}, {"media_type", stored.media_type}, {"size", stored.size}, {"name", name}},
      201);
}

// Whoever may see a matter that holds it, or has sent it just now.
Result<http::Response> GetAttachment(App& app, Caller& caller) {
  const std::string digest = caller.request.PathParameter("sha256");
  std::string type, name;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows,
                 db.Query("SELECT media_type, name, stored_by FROM attachment WHERE district=$d AND sha256=$1 LIMIT 1",
                          {digest}));
    if (rows.empty()) return MakeError(ErrorCode::kNotFound, "没有这个附件");
    type = rows.front().text(0);
    name = rows.front().text(1);
    bool may = rows.front().text(2) == caller.actor.account_id;
    ZHIAN_ASSIGN(
        auto uses,
        db.Query(
            "SELECT matter_id FROM attachment_of_matter WHERE district=$d AND sha256=$1 ORDER BY matter_id LIMIT 100",
            {digest}));
    for (std::size_t i = 0; i < uses.size() && !may; ++i) {
      ZHIAN_ASSIGN(const auto matter, procedure::LoadMatter(db, uses[i].text(0)));
      ZHIAN_ASSIGN(may, app.engine.MaySee(db, caller.actor, matter));
      may = may && (!matter.Has("confidential") || MaySeeConfidential(caller.actor));
    }
    if (!may) return MakeError(ErrorCode::kForbidden, "这个附件不在您的范围内");
    return Ok();
  }));
  ZHIAN_ASSIGN(std::string bytes, app.attachments.Get(digest));
  http::Response response = http::Response::Bytes(std::move(bytes), type);
  response.With("Content-Disposition",
                std::string(type.starts_with("image/") || type == "application/pdf" ? "inline" : "attachment") +
                    "; filename=\"" + digest.substr(0, 12) + "\"");
  response.With("Content-Security-Policy", "sandbox");
  return response;
}

}  // namespace

void AddAttachmentRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back(
      {.method = Method::kPost,
       .pattern = "/api/v1/attachments",
       .id = "putAttachment",
       .summary = "上传附件",
       .action = &PutAttachment,
       .body_max_bytes = attachments::kBytesMax + 1024,
       .writes = true,
       .query = {{"name", "of the file"}},
       .takes_media = {"application/octet-stream"},
       .answers = Answers(Object({{"sha256", Digest()}, {"media_type", Text()}, {"size", Integer()}, {"name", Text()}}),
                          201)});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/attachments/{sha256}",
                    .id = "getAttachment",
                    .summary = "附件",
                    .action = &GetAttachment,
                    .answers = AnswersFile({"image/jpeg", "image/png", "image/webp", "application/pdf",
                                            "application/zip", "text/plain"})});
}

}  // namespace zhian::desk
