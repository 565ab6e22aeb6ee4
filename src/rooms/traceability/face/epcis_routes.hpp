// The routes of EPCIS 2.0 under /epcis; joined with the others in routes.cpp.
#pragma once

#include <vector>

#include "desk/app.hpp"

namespace zhian::traceability::face {

void AddEpcisRoutes(std::vector<desk::RouteSpec>& routes);

}  // namespace zhian::traceability::face
