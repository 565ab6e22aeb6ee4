#include "procedure/ask.hpp"

namespace zhian::procedure {

Result<boost::json::value> AskWithoutMatter(const Services& services, storage::Connection& db, base::Instant now,
                                            std::string_view question, const boost::json::object& arguments) {
  const Kind kind{};
  const Matter matter;
  const Transition transition{};
  const Actor nobody;
  const boost::json::object nothing;
  const GuardContext context{.db = db,
                             .services = services,
                             .now = now,
                             .today = base::LocalDate(now),
                             .kind = kind,
                             .matter = matter,
                             .transition = transition,
                             .actor = nobody,
                             .input = nothing,
                             .history = {},
                             .duties = {}};
  return context.Ask(question, arguments);
}

}  // namespace zhian::procedure
