// The routes of figures, of the overview and of quoted figures. Handlers are safe from any thread.
#pragma once

#include <vector>

#include "desk/routes.hpp"

namespace zhian::governance::face {

void AddFigureRoutes(std::vector<desk::RouteSpec>& routes, desk::Rooms rooms);

}  // namespace zhian::governance::face
