#include "rooms/governance/circular.hpp"

#include "procedure/guard_tools.hpp"

namespace zhian::governance {
namespace json = boost::json;
using namespace procedure;

void AddQuestions(Services& services) {
  // Who drops a task, finishes an assessment or sends a campaign back starts a circular: its first fact is that matter itself.
  services.questions["start.circular"] = [](const GuardContext& context, const json::object&) -> Result<json::value> {
    const Matter& cause = context.matter;
    const bool late = cause.kind == "supervision_task";
    std::string named = cause.Field("owner");
    if (named.empty()) {
      ZHIAN_ASSIGN(auto place, context.db.Query("SELECT name FROM jurisdictions WHERE id=$1 LIMIT 1", {cause.jurisdiction}));
      named = place.empty() ? cause.title : place.front().text(0);
    }
    const std::string grade = cause.Field("grade");
    json::array facts{json::object{{"fact", cause.title + (grade.empty() ? "，" + std::string(context.transition.label.zh_hans) : "，" + grade + " 等")}, {"record", cause.number}}};
    if (const std::string pressed_id = cause.Field("underlying_matter"); !pressed_id.empty()) {
      ZHIAN_ASSIGN(const Matter pressed, LoadMatter(context.db, pressed_id));
      facts.push_back(json::object{{"fact", "逾期未办的事项：" + pressed.title}, {"record", pressed.number}});
    }
    const char* text = late ? "经督办，下列事项仍未在期限内办结，现予通报。请查明原因，限期整改并书面回复。" : cause.kind == "assessment" ? "考核结果通报如下。" : "处理结果通报如下。";
    return json::value(json::array{json::object{
        {"title", "通报：" + cause.title},
        {"fields", json::object{{"named", named}, {"circular_facts", std::move(facts)}, {"circular_body", text}, {"reply_asked", late ? "yes" : "no"}}}}});
  };
}

}  // namespace zhian::governance
