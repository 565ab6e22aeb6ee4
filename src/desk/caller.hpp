// Who asks: language from Accept-Language, person from the session cookie or a bearer token, CSRF on writes.
#pragma once

#include "desk/app.hpp"

namespace zhian::desk {

Language LanguageOf(const http::Request& request);
// Fills caller.principal and caller.actor. kUnauthenticated where the route needs a session and there is none;
// kForbidden where a write comes with a cookie but without its CSRF token.
Status Authenticate(App& app, Caller& caller, const RouteSpec& route);
procedure::Actor ActorOf(const identity::Principal& principal);

}  // namespace zhian::desk
