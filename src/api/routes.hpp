// The groups of routes, one a file; Routes() in routes.cpp joins them. See app.hpp.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "api/app.hpp"

namespace zhian::api {

struct ListPage {
  boost::json::array items;
  std::string next;  // cursor, "" on the last page
  std::optional<std::int64_t>
      total;  // where it was asked for (count=1): exact up to kCountedMax, which means "or more"
};
inline constexpr std::int64_t kCountedMax = 10'001;
// Filters of the query string, scoped to the caller; shared by the lists and their exports.
Result<ListPage> QueryMatters(App& app, const Caller& caller, const std::string& cursor, int limit);
Result<ListPage> QueryOperators(App& app, const Caller& caller, const std::string& cursor, int limit);
Result<ListPage> QueryGoods(App& app, const Caller& caller, const std::string& cursor, int limit);
// Cursor of a list in the order of time: "at|id".
Result<std::pair<std::int64_t, std::string>> ReadTimeCursor(const std::string& cursor);
// The version that a write is based on (If-Match); none where the caller does not say.
Result<std::optional<std::int64_t>> ReadVersion(const http::Request& request);
// {items, next} of the page that the request asks for (cursor, limit).
using QueryPage = Result<ListPage> (*)(App&, const Caller&, const std::string&, int);
Result<http::Response> AnswerPage(App& app, const Caller& caller, QueryPage query);

void AddSessionRoutes(std::vector<RouteSpec>& routes);
void AddMatterRoutes(std::vector<RouteSpec>& routes);
void AddDutyRoutes(std::vector<RouteSpec>& routes);
void AddSearchRoutes(std::vector<RouteSpec>& routes);
void AddOperatorRoutes(std::vector<RouteSpec>& routes);
void AddAttachmentRoutes(std::vector<RouteSpec>& routes);
void AddDocumentRoutes(std::vector<RouteSpec>& routes);
void AddTraceRoutes(std::vector<RouteSpec>& routes);
void AddFigureRoutes(std::vector<RouteSpec>& routes);
void AddLedgerRoutes(std::vector<RouteSpec>& routes);
void AddPortalRoutes(std::vector<RouteSpec>& routes);
void AddDemoRoutes(std::vector<RouteSpec>& routes);
void AddNoticeRoutes(std::vector<RouteSpec>& routes);
void AddStartRoutes(std::vector<RouteSpec>& routes);
void AddGoodsRoutes(std::vector<RouteSpec>& routes);
void AddMockRecallRoutes(std::vector<RouteSpec>& routes);
void AddSourceRoutes(std::vector<RouteSpec>& routes);

std::span<const storage::Migration> NoticeMigrations();

}  // namespace zhian::api
