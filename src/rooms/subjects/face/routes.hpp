// The routes of operators and of the global search. Handlers are safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "desk/routes.hpp"

namespace zhian::subjects::face {

void AddOperatorRoutes(std::vector<desk::RouteSpec>& routes, desk::Rooms rooms);
void AddSearchRoutes(std::vector<desk::RouteSpec>& routes);
// The list of operators with the filters of the query string, scoped to the caller.
Result<desk::ListPage> QueryOperators(desk::App& app, const desk::Caller& caller, const std::string& cursor, int limit);

}  // namespace zhian::subjects::face
