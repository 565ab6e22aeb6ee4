// The routes of traces, the goods book, mock recalls and source finding. Handlers are safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "desk/routes.hpp"

namespace zhian::traceability::face {

void AddTraceRoutes(std::vector<desk::RouteSpec>& routes);
void AddGoodsRoutes(std::vector<desk::RouteSpec>& routes);
void AddMockRecallRoutes(std::vector<desk::RouteSpec>& routes);
void AddSourceRoutes(std::vector<desk::RouteSpec>& routes);
// Whether the caller may look for the source of an outbreak, and run a recall as an exercise; the error says who may.
Status MaySearchSources(desk::App& app, storage::Connection& db, const desk::Caller& caller);
Status MayExercise(const desk::Caller& caller);
// The goods book of one operator, with the filters of the query string.
Result<desk::ListPage> QueryGoods(desk::App& app, const desk::Caller& caller, const std::string& cursor, int limit);

}  // namespace zhian::traceability::face
