// The public portal: first page, lists, look-up of an enterprise, a permit or a lot. Handlers are safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "desk/html.hpp"
#include "desk/routes.hpp"

namespace zhian::publicity::face {

std::string SearchForm(const desk::Frame& frame, std::string_view text);
Result<http::Response> PublicSearch(desk::App& app, desk::Caller& caller);
void AddPortalRoutes(std::vector<desk::RouteSpec>& routes, desk::Rooms rooms);

}  // namespace zhian::publicity::face
