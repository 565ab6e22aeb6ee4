// The routes of EPCIS 2.0 under /epcis; joined with the others in routes.cpp.
#pragma once

#include <vector>

#include "api/app.hpp"

namespace zhian::api {

void AddEpcisRoutes(std::vector<RouteSpec>& routes);

}  // namespace zhian::api
