// The public pages of lots. Handlers are safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "desk/html.hpp"
#include "desk/routes.hpp"

namespace zhian::traceability::face {

// The page of the lot on the portal; "" where its identifier has none.
std::string PublicLotPath(std::string_view item);
// The lots that bear the number, as cards that lead to their pages.
Result<std::string> PublicLotCards(storage::Connection& db, const desk::Frame& frame, const std::string& lot_no);
void AddPublicLotRoutes(std::vector<desk::RouteSpec>& routes);

}  // namespace zhian::traceability::face
