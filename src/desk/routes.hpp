// The groups of routes of the desk, one a file, and what lists have in common; Routes() in routes.cpp joins them with
// those of the rooms. See app.hpp. Handlers are safe from any thread.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "desk/app.hpp"

namespace zhian::desk {

struct ListPage {
  boost::json::array items;
  std::string next;  // cursor, "" on the last page
  std::optional<std::int64_t>
      total;  // where it was asked for (count=1): exact up to kCountedMax, which means "or more"
};
inline constexpr std::int64_t kCountedMax = 10'001;
// Filters of the query string, scoped to the caller; shared by the lists and their exports.
Result<ListPage> QueryMatters(App& app, const Caller& caller, const std::string& cursor, int limit);
// Cursor of a list in the order of time: "at|id".
Result<std::pair<std::int64_t, std::string>> ReadTimeCursor(const std::string& cursor);
// The version that a write is based on (If-Match); none where the caller does not say.
Result<std::optional<std::int64_t>> ReadVersion(const http::Request& request);
// {items, next} of the page that the request asks for (cursor, limit).
using QueryPage = Result<ListPage> (*)(App&, const Caller&, const std::string&, int);

// A list that may be taken away as a table, with the same filters.
struct ExportColumn {
  const char *title, *key;  // key of the item; of an object its name is taken
};
struct ExportKind {
  const char *word, *title;  // "matters": matters.csv, matters.xlsx
  std::vector<ExportColumn> columns;
  QueryPage query;
};
Result<http::Response> AnswerPage(App& app, const Caller& caller, QueryPage query);

void AddSessionRoutes(std::vector<RouteSpec>& routes);
void AddMatterRoutes(std::vector<RouteSpec>& routes, Rooms rooms);
void AddDutyRoutes(std::vector<RouteSpec>& routes);
void AddAttachmentRoutes(std::vector<RouteSpec>& routes);
void AddDocumentRoutes(std::vector<RouteSpec>& routes);
void AddLedgerRoutes(std::vector<RouteSpec>& routes);
void AddServiceRoutes(std::vector<RouteSpec>& routes);
void AddNoticeRoutes(std::vector<RouteSpec>& routes);
void AddStartRoutes(std::vector<RouteSpec>& routes);
void AddImportRoutes(std::vector<RouteSpec>& routes);

std::span<const storage::Migration> NoticeMigrations();

}  // namespace zhian::desk
