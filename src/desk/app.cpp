#include "desk/app.hpp"

#include <algorithm>
#include <charconv>

#include "base/json.hpp"
#include "base/log.hpp"
#include "desk/caller.hpp"

namespace zhian::desk {
namespace json = boost::json;

int HttpStatus(ErrorCode code) {
  switch (code) {  // no default: a new code must be mapped to compile
    case ErrorCode::kInvalid: return 422;
    case ErrorCode::kUnauthenticated: return 401;
    case ErrorCode::kForbidden: return 403;
    case ErrorCode::kNotFound: return 404;
    case ErrorCode::kConflict: return 409;
    case ErrorCode::kStaleVersion: return 412;
    case ErrorCode::kVersionMissing: return 428;
    case ErrorCode::kGuardFailed: return 422;
    case ErrorCode::kTooLarge: return 413;
    case ErrorCode::kTooMany: return 429;
    case ErrorCode::kUnsupported: return 415;
    case ErrorCode::kUnavailable: return 503;
    case ErrorCode::kCorrupt: return 500;
    case ErrorCode::kInternal: return 500;
  }
  return 500;
}

namespace {

std::string_view CodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid: return "invalid";
    case ErrorCode::kUnauthenticated: return "unauthenticated";
    case ErrorCode::kForbidden: return "forbidden";
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kConflict: return "conflict";
    case ErrorCode::kStaleVersion: return "stale_version";
    case ErrorCode::kVersionMissing: return "version_missing";
    case ErrorCode::kGuardFailed: return "guard_failed";
    case ErrorCode::kTooLarge: return "too_large";
    case ErrorCode::kTooMany: return "too_many";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kCorrupt: return "corrupt";
    case ErrorCode::kInternal: return "internal";
  }
  return "internal";
}

Message TitleOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid: return "有内容需要更正";
    case ErrorCode::kUnauthenticated: return "请先登录";
    case ErrorCode::kForbidden: return "没有办理权限";
    case ErrorCode::kNotFound: return "没有找到";
    case ErrorCode::kConflict: return "现在不能办理";
    case ErrorCode::kStaleVersion: return "内容已被更新";
    case ErrorCode::kVersionMissing: return "缺少所读版本";
    case ErrorCode::kGuardFailed: return "还有条件不满足";
    case ErrorCode::kTooLarge: return "内容太大";
    case ErrorCode::kTooMany: return "操作太频繁";
    case ErrorCode::kUnsupported: return "不支持这种格式";
    case ErrorCode::kUnavailable: return "暂时繁忙，请稍后再试";
    case ErrorCode::kCorrupt: return "存储的数据有矛盾";
    case ErrorCode::kInternal: return "系统内部错误";
  }
  return "系统内部错误";
}

}  // namespace

http::Response ToProblem(const Error& error, Language language) {
  http::ProblemDetails problem;
  problem.status = HttpStatus(error.code);
  problem.type = "urn:zhian:" + std::string(CodeName(error.code));
  problem.title = TitleOf(error.code).In(language);
  // The inside of a failure of ours is for the log, not for the page.
  if (error.code == ErrorCode::kInternal || error.code == ErrorCode::kCorrupt) {
    base::LogError("request failed", {{"error", error.message.Text()}});
  } else {
    problem.detail = error.message.In(language);
  }
  problem.errors = error.fields;
  problem.language = language;
  problem.members_json = "\"code\":\"" + std::string(CodeName(error.code)) + "\"";
  http::Response response = http::Response::Problem(problem);
  if (error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTooMany) response.With("Retry-After", "5");
  return response;
}

http::Response Json(const json::value& value, int status) {
  http::Response response = http::Response::Json(status, json::serialize(value));
  response.With("Cache-Control", "no-store");
  return response;
}

Result<json::object> BodyObject(const http::Request& request) {
  if (request.body_file) return MakeError(ErrorCode::kTooLarge, "提交的内容太大，请分开提交");
  if (request.body.empty()) return json::object{};
  if (const std::string type = request.ContentType(); type != "application/json" && !type.ends_with("+json"))
    return MakeError(ErrorCode::kUnsupported, "请以 application/json 提交");
  ZHIAN_ASSIGN(json::value value, base::ParseJson(request.body));
  if (!value.is_object()) return MakeError(ErrorCode::kInvalid, "提交的内容须是一个 JSON 对象");
  return std::move(value.as_object());
}

Result<int> IntParameter(const http::Request& request, std::string_view name, int otherwise, int least, int most) {
  const auto given = request.query.Get(name);
  if (!given) return otherwise;
  int number = 0;
  const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), number);
  if (error != std::errc{} || end != given->data() + given->size())
    return NeedsMending({{"/" + std::string(name), "error.value", Say("{} 用整数填写，例如 50", std::string(name))}});
  return std::clamp(number, least, most);
}

std::string TextParameter(const http::Request& request, std::string_view name) {
  const auto given = request.query.Get(name);
  return given ? std::string(*given) : std::string{};
}

Result<bool> ReadScope::Covers(storage::Connection& db, const std::string& territory) const {
  for (const std::string& own : jurisdictions) {
    if (own == territory) return true;
    ZHIAN_ASSIGN(auto rows, db.Query("SELECT 1 FROM jurisdiction_closure WHERE ancestor=$1 AND descendant=$2 LIMIT 1",
                                     {own, territory}));
    if (!rows.empty()) return true;
  }
  return false;
}

ReadScope ScopeOf(const procedure::Actor& actor) {
  ReadScope scope;
  for (const auto& held : actor.roles) {
    auto& list = held.operator_id.empty() ? scope.jurisdictions : scope.operator_ids;
    const std::string& id = held.operator_id.empty() ? held.jurisdiction : held.operator_id;
    if (!id.empty() && std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
  }
  return scope;
}

std::string ReadScope::Where(std::string_view alias, std::vector<storage::Value>& parameters) const {
  const std::string prefix(alias);
  const auto list = [&](const std::vector<std::string>& ids) {
    std::string text;
    for (std::size_t i = 0; i < ids.size() && i < 50; ++i) {
      parameters.emplace_back(ids[i]);
      text += (i == 0 ? "$" : ",$") + std::to_string(parameters.size());
    }
    return text;
  };
  if (jurisdictions.empty() && operator_ids.empty()) return " AND 1=0";
  std::string where = " AND (";
  if (!jurisdictions.empty())
    where += prefix + ".jurisdiction IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor IN (" +
             list(jurisdictions) + "))";
  if (!operator_ids.empty())
    where += std::string(jurisdictions.empty() ? "" : " OR ") + prefix + ".operator_id IN (" + list(operator_ids) + ")";
  return where + ")";
}

Status AddRoutes(App& app, http::Router& router) {
  for (const RouteSpec& spec : Routes(app.rooms)) {
    http::RouteOptions options;
    options.id = spec.id;
    options.body_max_bytes = spec.body_max_bytes;
    const auto handle = [&app, spec](const http::Request& request) -> http::Response {
      Caller caller{request, LanguageOf(request), std::nullopt, {}};
      const auto run = [&]() -> Result<http::Response> {
        ZHIAN_TRY(Authenticate(app, caller, spec));
        return spec.action(app, caller);
      };
      auto response = run();
      return response.ok() ? std::move(*response) : ToProblem(response.error(), caller.language);
    };
    ZHIAN_TRY(router.Add(spec.method, spec.pattern, handle, std::move(options)));
  }
  return Ok();
}

}  // namespace zhian::desk
