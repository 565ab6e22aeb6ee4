#include "procedure/explain.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "procedure/matter.hpp"

namespace zhian::procedure {
namespace json = boost::json;

namespace {

Text In(const Label& label, Language language) {
  return language == Language::kSimplified    ? label.zh_hans
         : language == Language::kTraditional ? label.zh_hant
                                              : label.en;
}

std::string Named(std::string_view sort, Text name, Language language) {
  const Label* label = FindLabel(std::string(sort) + "." + std::string(name));
  return std::string(label == nullptr ? name : In(*label, language));
}

// The line of a kind says purpose and law in one.
Text GroundOf(const Kind& kind) { return kind.ground.empty() ? kind.purpose : kind.ground; }

// How it is judged: what decides whether the sentence is true.
Message JudgedBy(const Guard& guard) {
  if (Has(guard, GuardMark::kAffirms)) return "由办理人确认，没有可据以判断的记录";
  switch (guard.how) {
    case Guard::How::kFields: return "由办理人在表单中填写";
    case Guard::How::kSecond: return "由另一人确认";
    case Guard::How::kCode: return "由系统依据记录判断";
    case Guard::How::kCodeForm: return "由系统依据记录和表单判断";
    case Guard::How::kPending: return "尚未启用";
  }
  return "尚未启用";
}

json::array LooksOf(const Kind& kind, const Guard& guard, Language language) {
  json::array looks;
  for (const GuardLook& look : GuardLooks()) {
    if (look.guard != guard.id) continue;
    for (const Text field : look.fields) looks.push_back(json::value(Named("field", field, language)));
    for (const Text relation : look.relations)
      for (const Text other : KindsAsked(kind, relation))
        if (const Kind* found = FindKind(other); found != nullptr)
          looks.push_back(json::value(std::string(In(found->label, language))));
  }
  return looks;
}

json::array CasesOf(const Kind& kind, const Transition& transition, const Guard& guard) {
  const std::string step = std::string(kind.id) + "." + std::string(transition.action);
  json::array own, of_other_steps;
  for (const GuardCase& one : GuardCases()) {
    if (one.guard != guard.id) continue;
    json::object told{{"says", one.says}, {"holds", one.holds}, {"step", one.step}, {"known_false", one.known_false}};
    (one.step == step ? own : of_other_steps).push_back(std::move(told));
  }
  for (json::value& told : of_other_steps) own.push_back(std::move(told));
  return own;
}

json::object GuardView(const Kind& kind, const Transition& transition, const Guard& guard, Language language) {
  json::array fields;
  for (const Field& field : guard.fields) fields.push_back(json::value(std::string(In(field.label, language))));
  return {{"id", guard.id},
          {"sentence", In(guard.label, language)},
          {"judged", JudgedBy(guard).In(language)},
          {"ground", guard.ground.empty() ? GroundOf(kind) : guard.ground},
          {"affirmed", Has(guard, GuardMark::kAffirms)},
          {"fields", std::move(fields)},
          {"looks", LooksOf(kind, guard, language)},
          {"cases", CasesOf(kind, transition, guard)}};
}

}  // namespace

json::object ExplainStep(const Kind& kind, const Transition& transition, Language language) {
  json::array who, guards;
  for (const Text role : transition.who)
    if (const Role* declared = FindRole(role); declared != nullptr)
      who.push_back(json::value(std::string(In(declared->label, language))));
  for (const Text id : transition.guards)
    if (const Guard* guard = FindGuard(id); guard != nullptr)
      guards.push_back(GuardView(kind, transition, *guard, language));
  const auto state = [&](Text id) -> std::string {
    const State* found = FindState(kind, id);
    return found == nullptr ? std::string() : std::string(In(found->label, language));
  };
  return {{"kind", In(kind.label, language)}, {"action", transition.action}, {"label", In(transition.label, language)},
          {"from", state(transition.from)},   {"to", state(transition.to)},  {"who", std::move(who)},
          {"ground", GroundOf(kind)},         {"guards", std::move(guards)}};
}

std::string ExplainStepText(const Kind& kind, const Transition& transition, Language language) {
  const json::object view = ExplainStep(kind, transition, language);
  const auto text = [](const json::object& from, const char* name) { return std::string(base::TextAt(from, name)); };
  const auto list = [](const json::object& from, const char* name) {
    std::string joined;
    if (const json::array* items = base::ArrayAt(from, name); items != nullptr)
      for (const json::value& each : *items) joined += (joined.empty() ? "" : "、") + ScalarText(&each);
    return joined;
  };
  std::string out = text(view, "kind") + " · " + text(view, "label") + "\n";
  out += Say("由{}办理：{} → {}", list(view, "who"), text(view, "from"), text(view, "to")).In(language) + "\n";
  out += Say("依据：{}", text(view, "ground")).In(language) + "\n";
  int number = 0;
  const json::array none;
  const json::array* guards = base::ArrayAt(view, "guards");
  for (const json::value& each : guards == nullptr ? none : *guards) {
    const json::object* found = each.if_object();
    if (found == nullptr) continue;
    const json::object& guard = *found;
    out += "\n" + std::to_string(++number) + ". " + text(guard, "sentence") + "（" + text(guard, "judged") + "）\n";
    if (text(guard, "ground") != text(view, "ground"))
      out += "   " + Say("依据：{}", text(guard, "ground")).In(language) + "\n";
    if (const std::string fields = list(guard, "fields"); !fields.empty())
      out += "   " + Say("表单：{}", fields).In(language) + "\n";
    if (const std::string looks = list(guard, "looks"); !looks.empty())
      out += "   " + Say("查看：{}", looks).In(language) + "\n";
    const json::array* cases = base::ArrayAt(guard, "cases");
    for (const json::value& told : cases == nullptr ? none : *cases)
      if (const json::object* one = told.if_object(); one != nullptr)
        out += std::string("   ") + (ScalarText(one->if_contains("holds")) == "true" ? "✓ " : "✗ ") +
               text(*one, "says") + "\n";
  }
  return out;
}

}  // namespace zhian::procedure
