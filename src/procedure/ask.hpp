// A question to a room from where no matter stands behind it: a route, a book, a page of the portal. Guards and effects
// ask by their own context (GuardContext::Ask). Reads only; safe from any thread, with a Connection of its own.
#pragma once

#include <boost/json.hpp>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "procedure/bindings.hpp"
#include "storage/database.hpp"

namespace zhian::procedure {

// The room that answers sees an empty matter, and nobody who acts: only questions that are answered from their
// arguments may be asked so. Errors: as GuardContext::Ask.
Result<boost::json::value> AskWithoutMatter(const Services& services, storage::Connection& db, base::Instant now,
                                            std::string_view question, const boost::json::object& arguments);

}  // namespace zhian::procedure
