// A step in the words of a lawyer: each of its guards with the sentence, the law, what it looks at, and the cases of
// law that say what it lets through and what it refuses. Derived from the tables and from src/rooms/*/cases.toml. Pure.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>

#include "base/message.hpp"
#include "procedure/model.hpp"

namespace zhian::procedure {

// What a guard looks at beside its form: fields of the record, and relations to other matters (line "Asks").
struct GuardLook {
  Text guard;
  Texts fields, relations;
};
struct GuardCase {
  Text guard, step;  // "kind.action"
  Text says;         // in Simplified Chinese, as the law's own cases are written
  bool holds = false;
  Text known_false;  // why the program is known to differ; "" where it does not
};
// Generated: sorted by guard; in the order of the files.
std::span<const GuardLook> GuardLooks();
std::span<const GuardCase> GuardCases();

// {kind, action, label, from, to, who, ground, guards: [{id, sentence, judged, ground, affirmed, fields, looks,
// cases}]}. `transition` is a row of the kind.
boost::json::object ExplainStep(const Kind& kind, const Transition& transition, Language language);
// The same for people to read on a terminal or in print.
std::string ExplainStepText(const Kind& kind, const Transition& transition, Language language);

}  // namespace zhian::procedure
