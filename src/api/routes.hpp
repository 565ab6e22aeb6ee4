// The groups of routes, one a file; Routes() in routes.cpp joins them. See app.hpp.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "api/app.hpp"

namespace zhian::api {

struct MatterPage {
  boost::json::array items;
  std::string next;
};
// Filters of the query string, scoped to the caller; shared by the list and its export.
Result<MatterPage> QueryMatters(App& app, const Caller& caller);

void AddSessionRoutes(std::vector<RouteSpec>& routes);
void AddMatterRoutes(std::vector<RouteSpec>& routes);
void AddDutyRoutes(std::vector<RouteSpec>& routes);
void AddOperatorRoutes(std::vector<RouteSpec>& routes);
void AddAttachmentRoutes(std::vector<RouteSpec>& routes);
void AddDocumentRoutes(std::vector<RouteSpec>& routes);
void AddTraceRoutes(std::vector<RouteSpec>& routes);
void AddFigureRoutes(std::vector<RouteSpec>& routes);
void AddLedgerRoutes(std::vector<RouteSpec>& routes);
void AddPortalRoutes(std::vector<RouteSpec>& routes);
void AddDemoRoutes(std::vector<RouteSpec>& routes);

}  // namespace zhian::api
