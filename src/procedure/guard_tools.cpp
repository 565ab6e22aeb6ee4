#include "procedure/guard_tools.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace zhian::procedure {
namespace json = boost::json;

GuardContext ViewOf(const EffectContext& context) {
  return {context.db,         context.services, context.now,   context.today,   context.kind,   context.matter,
          context.transition, context.actor,    context.input, context.history, context.duties, nullptr};
}

std::vector<Matter> Related(const GuardContext& context, std::string_view kind, int depth) {
  const std::string& start = context.origin != nullptr ? context.origin->id : context.matter.id;
  auto found = LoadRelated(context.db, start, kind, depth);
  if (!found.ok()) {
    base::LogError("related matters could not be read", {{"error", found.error().message.Text()}});
    return {};
  }
  if (context.origin != nullptr && context.origin->kind == kind) found->push_back(*context.origin);
  return std::move(*found);
}

std::vector<Matter> Linked(const GuardContext& context, std::string_view kind) { return Related(context, kind, 1); }

bool ActorDid(const GuardContext& context, std::initializer_list<std::string_view> actions) {
  return std::any_of(context.history.begin(), context.history.end(), [&](const TransitionRow& row) {
    // What an effect started in somebody's name is not his own act on this matter.
    // Nor does it make a decider partial that he ran the clock or named who works on it.
    const bool managed = FindCommon(context.kind, row.action) != nullptr || row.action == "extend_duty";
    return row.actor == context.actor.account_id && row.action != "add_note" && !managed && row.role != "effect" &&
           (actions.size() == 0 || std::find(actions.begin(), actions.end(), row.action) != actions.end());
  });
}

const TransitionRow* LastMove(const GuardContext& context, std::string_view action) {
  const TransitionRow* last = nullptr;
  for (const TransitionRow& row : context.history)
    if (row.action == action) last = &row;
  return last;
}

const DutyRow* LastDuty(const GuardContext& context, std::string_view duty) {
  const DutyRow* last = nullptr;
  for (const DutyRow& row : context.duties)
    if (row.duty == duty) last = &row;
  return last;
}

const json::array& Items(const Matter& matter, std::string_view field) {
  static const json::array kNone;
  const json::value* value = matter.fields.if_contains(field);
  return value != nullptr && value->is_array() ? value->get_array() : kNone;
}

std::string Cell(const json::value& row, std::string_view column) {
  return row.is_object() ? ScalarText(row.get_object().if_contains(column)) : std::string{};
}

}  // namespace zhian::procedure
