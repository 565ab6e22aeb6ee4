// What people look up on the portal: an enterprise, a permit, a lot. Shared by the files of the portal.
#pragma once

#include <string>
#include <string_view>

#include "api/html.hpp"

namespace zhian::api {

// The name in the public view: an enterprise's whole, a household's masked (it is a person's).
std::string PublicName(std::string_view name, std::string_view operator_type);
std::string SearchForm(const Frame& frame, std::string_view text);

Result<http::Response> PublicSearch(App& app, Caller& caller);
// GS1 Digital Link: /01/{gtin} and /01/{gtin}/10/{lot}; ?linkType=all (or Accept: application/linkset+json) answers a
// linkset (RFC 9264).
Result<http::Response> ProductPage(App& app, Caller& caller);
Result<http::Response> LotPage(App& app, Caller& caller);
Result<http::Response> LocalLotPage(App& app, Caller& caller);
// The page of the lot on the portal; "" where its identifier has none.
std::string PublicLotPath(std::string_view item);

}  // namespace zhian::api
