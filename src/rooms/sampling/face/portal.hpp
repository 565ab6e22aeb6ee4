// The room of sampling on the public portal. Handlers are safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "desk/html.hpp"
#include "desk/routes.hpp"

namespace zhian::sampling::face {

// The newest draw, beside the lists of the first page.
Result<std::string> PortalAside(storage::Connection& db, const desk::Frame& frame);
void AddPortalRoutes(std::vector<desk::RouteSpec>& routes, desk::Rooms rooms);

}  // namespace zhian::sampling::face
