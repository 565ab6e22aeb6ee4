// The matter page as JSON: state, what can be done now and by whom, deadlines with their ground, documents, history,
// gates.
#include "desk/matter_view.hpp"

#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "base/shown.hpp"
#include "desk/room_face.hpp"
#include "procedure/training.hpp"

namespace zhian::desk {
namespace json = boost::json;
using procedure::ActionView;
using procedure::DutyRow;
using procedure::DutyState;
using procedure::Field;
using procedure::Kind;
using procedure::Matter;

namespace {
constexpr std::int64_t kFilesShown = 500;
}  // namespace

json::object FieldDeclaration(const Field& field, Language language) {
  json::object object{{"name", field.name},
                      {"label", LabelIn(field.label, language)},
                      {"type", field.type},
                      {"args", field.args},
                      {"optional", field.optional},
                      {"value", nullptr},
                      {"hint", nullptr},
                      {"readonly_reason", nullptr},
                      {"options", nullptr},
                      {"columns", nullptr}};
  if (field.type == "choice") {
    json::array options;
    for (const std::string& option : procedure::SplitArguments(field.args, '|'))
      options.push_back(json::object{{"value", option},
                                     {"label", LabelText("choice." + std::string(field.name) + "." + option,
                                                         "choice." + option, option, language)}});
    object["options"] = std::move(options);
  }
  if (field.type == "items") {
    json::array columns;
    for (const procedure::Column& column : procedure::ColumnsOf(field)) {
      json::object inner{{"name", column.name},
                         {"label", LabelText("column." + std::string(field.name) + "." + column.name,
                                             "field." + column.name, column.name, language)},
                         {"type", column.type},
                         {"args", column.arguments},
                         {"optional", column.optional},
                         {"options", nullptr},
                         {"columns", nullptr},
                         {"value", nullptr},
                         {"hint", nullptr},
                         {"readonly_reason", nullptr}};
      if (column.type == "choice") {
        json::array options;
        for (const std::string& option : procedure::SplitArguments(column.arguments, '|'))
          options.push_back(json::object{
              {"value", option},
              {"label", LabelText("choice." + column.name + "." + option, "choice." + option, option, language)}});
        inner["options"] = std::move(options);
      }
      columns.push_back(std::move(inner));
    }
    object["columns"] = std::move(columns);
  }
  return object;
}

json::value DutyView(const App& app, const DutyRow& duty, const Kind& kind, Language language) {
  const procedure::Duty* declared = procedure::FindDuty(kind, duty.duty);
  const procedure::Role* role = procedure::FindRole(duty.holder_role);
  const base::Instant now = app.clock.Now();
  const base::Date today = base::LocalDate(now);
  const bool open = duty.state == DutyState::kOpen;
  std::string urgency = "calm", status(Name(duty.state));
  json::value remaining = nullptr, limit_at = nullptr, limit_on = nullptr;
  if (duty.limit_at) {
    const base::Instant limit{*duty.limit_at};
    limit_at = base::FormatInstant(limit);
    limit_on = base::FormatDate(base::LocalDate(limit));
    if (open) {
      const int days = base::LocalDate(limit).days - today.days;
      const int working = app.services.policy.calendar().WorkingDaysBetween(today, base::LocalDate(limit));
      if (limit.ms < now.ms) {
        urgency = status = "overdue";
        remaining = json::object{
            {"unit", "wd"}, {"n", -app.services.policy.calendar().WorkingDaysBetween(base::LocalDate(limit), today)}};
      } else if (days == 0) {
        urgency = "today";
        remaining = json::object{{"unit", "h"}, {"n", (limit.ms - now.ms) / 3'600'000}};
      } else {
        urgency = working <= 3 ? "soon" : "calm";
        remaining = json::object{{"unit", "wd"}, {"n", working}};
      }
    }
  }
  if (duty.state == DutyState::kSuspended) urgency = "suspended";
  json::value rule_view = nullptr;
  if (!duty.rule_id.empty())
    if (const policy::Rule* rule =
            app.services.policy.Find(duty.rule_id, base::LocalDate(base::Instant{duty.start_at}));
        rule != nullptr)
      rule_view = RuleView(app.services.policy, *rule, language);
  return json::object{
      {"id", duty.id},
      {"duty", duty.duty},
      {"label", declared == nullptr ? std::string_view(duty.duty) : LabelIn(declared->label, language)},
      {"holder_role", duty.holder_role},
      {"holder_role_label", role == nullptr ? std::string_view(duty.holder_role) : LabelIn(role->label, language)},
      {"limit_at", limit_at},
      {"limit_on", limit_on},
      {"remaining", remaining},
      {"status", status},
      {"urgency", urgency},
      {"rule", rule_view},
      {"no_rule", duty.rule_id.empty()},
      {"start_at", base::FormatInstant(base::Instant{duty.start_at})}};
}

namespace {

// The value of a rule with its unit in the reader's language.
std::string RuleValue(const policy::Rule& rule, Language language) {
  static const std::map<std::string_view, const char*> kUnits{{"wd", "{} 个工作日"},
                                                              {"d", "{} 日"},
                                                              {"h", "{} 小时"},
                                                              {"mo", "{} 个月"},
                                                              {"y", "{} 年"},
                                                              {"CNY", "{} 元"},
                                                              {"x", "{} 倍货值"},
                                                              {"points", "{} 分"},
                                                              {"per_year", "{} 次/年"},
                                                              {"times", "{} 次"},
                                                              {"count", "{} 个"},
                                                              {"persons", "{} 人"},
                                                              {"month_day", "{}（每年）"},
                                                              {"d_interval", "{} 日一次"},
                                                              {"y_list", "{} 年"},
                                                              {"ratio", "{} 比 1"}};
  if (rule.unit == "period") return Message(rule.raw == "quarter" ? "每季度" : "每半年").In(language);
  const auto unit = kUnits.find(rule.unit);
  return unit == kUnits.end() ? rule.value_text : Say(unit->second, rule.raw).In(language);
}

}  // namespace

json::value RuleView(const policy::Pack& pack, const policy::Rule& rule, Language language) {
  return json::object{{"id", rule.id},
                      {"rule", language == Language::kEnglish ? rule.text_en : rule.text_zh},
                      {"value_text", RuleValue(rule, language)},
                      {"unit", rule.unit},
                      {"from", rule.from_text},
                      {"to", rule.to_text},
                      {"source", pack.Cite(rule, language == Language::kEnglish)},
                      {"confidence", rule.confidence},
                      {"to_verify", rule.to_verify}};
}

bool MaySeeConfidential(const procedure::Actor& actor) {
  // Accountability and interference: their own circle only (procedures.md, "Must refuse").
  return actor.system || std::any_of(actor.roles.begin(), actor.roles.end(), [](const auto& held) {
           return procedure::Has(held.role, procedure::RoleMark::kConfidential);
         });
}

Result<Matter> VisibleMatter(App& app, storage::Connection& db, const Caller& caller, const std::string& id) {
  ZHIAN_ASSIGN(Matter matter, procedure::LoadMatter(db, id));
  ZHIAN_ASSIGN(const bool may_see, app.engine.MaySee(db, caller.actor, matter));
  if (!may_see) return MakeError(ErrorCode::kForbidden, "这件事项不在您的辖区或名下");
  if (matter.Has("confidential") && !MaySeeConfidential(caller.actor))
    return MakeError(ErrorCode::kForbidden, "这件事项限定知悉范围");
  return matter;
}

namespace {

// The declared field of the kind, or of a guard of one of its rows.
const Field* Declared(const Kind& kind, std::string_view name) {
  for (const Field& field : kind.fields)
    if (field.name == name) return &field;
  for (const auto& transition : kind.transitions)
    for (const auto guard_id : transition.guards)
      if (const auto* guard = procedure::FindGuard(guard_id))
        for (const Field& field : guard->fields)
          if (field.name == name) return &field;
  return nullptr;
}

// What a list of its kind shows of it (the line "List" of the kind), as far as it is filled.
json::array Listed(const Kind* kind, const Matter& matter, Language language, const NameLookup& names) {
  json::array listed;
  if (kind == nullptr) return listed;
  for (const auto name : kind->traits.list) {
    const Field* field = Declared(*kind, name);
    const auto* value = matter.fields.if_contains(name);
    if (field == nullptr || value == nullptr) continue;
    listed.push_back(json::object{{"name", name},
                                  {"label", LabelIn(field->label, language)},
                                  {"text", ValueText(*field, *value, language, names)}});
  }
  return listed;
}

}  // namespace

json::array ListColumns(const Kind& kind, Language language) {
  json::array columns;
  for (const auto name : kind.traits.list)
    if (const Field* field = Declared(kind, name))
      columns.push_back(json::object{{"name", name}, {"label", LabelIn(field->label, language)}});
  return columns;
}

json::value MatterSummary(const Matter& matter, Language language, const NameLookup& names) {
  const Kind* kind = procedure::FindKind(matter.kind);
  const procedure::State* state = kind == nullptr ? nullptr : procedure::FindState(*kind, matter.state);
  json::value op = nullptr;
  if (!matter.operator_id.empty())
    op = json::object{{"id", matter.operator_id}, {"name", names.Operator(matter.operator_id)}};
  json::array flags;
  for (const std::string& flag : matter.flags)
    flags.push_back(json::object{
        {"id", flag},
        {"label", LabelText("flag." + flag + (matter.terminal ? ".ended" : ""), "flag." + flag, flag, language)}});
  return json::object{
      {"id", matter.id},
      {"kind", matter.kind},
      {"kind_label", kind == nullptr ? std::string_view(matter.kind) : LabelIn(kind->label, language)},
      {"room", kind == nullptr ? std::string_view{} : kind->room},
      {"number", matter.number},
      {"title", MatterTitle(matter, language, names)},
      {"state", matter.state},
      {"state_label", state == nullptr ? std::string_view(matter.state) : LabelIn(state->label, language)},
      {"state_tone", procedure::Name(procedure::ToneOf(kind, matter.state))},
      {"terminal", matter.terminal},
      {"version", matter.version},
      {"flags", std::move(flags)},
      {"listed", Listed(kind, matter, language, names)},
      {"operator", op},
      {"jurisdiction", json::object{{"id", matter.jurisdiction}, {"name", names.Jurisdiction(matter.jurisdiction)}}},
      {"opened_at", base::FormatInstant(base::Instant{matter.opened_at})},
      {"updated_at", base::FormatInstant(base::Instant{matter.updated_at})}};
}

namespace {

// Done states in their order, the present one, then those of the main way.
json::array PathOf(const Kind& kind, const Matter& matter, const std::vector<procedure::TransitionRow>& history,
                   Language language) {
  json::array path;
  std::vector<std::pair<std::string, std::int64_t>> passed;
  for (const auto& row : history)
    if (!row.to.empty() && (passed.empty() || passed.back().first != row.to)) passed.emplace_back(row.to, row.at);
  const auto label = [&](std::string_view id) {
    const auto* state = procedure::FindState(kind, id);
    return state == nullptr ? id : LabelIn(state->label, language);
  };
  std::set<std::string, std::less<>> shown;
  for (std::size_t i = 0; i < passed.size(); ++i) {
    const bool current = i + 1 == passed.size();
    shown.insert(passed[i].first);
    path.push_back(json::object{{"state", passed[i].first},
                                {"label", label(passed[i].first)},
                                {"status", current && !matter.terminal ? "current" : "done"},
                                {"at", base::FormatInstant(base::Instant{passed[i].second})}});
  }
  if (matter.terminal) return path;
  // What lies ahead: the natural steps from here to an end, or until they go round.
  std::set<std::string_view> walked{matter.state};
  for (const auto* step = procedure::MainStepOf(kind, matter.state); step != nullptr && walked.insert(step->to).second;
       step = procedure::MainStepOf(kind, step->to))
    if (shown.insert(std::string(step->to)).second)
      path.push_back(
          json::object{{"state", step->to}, {"label", label(step->to)}, {"status", "future"}, {"at", nullptr}});
  return path;
}

json::array ActionsOf(const Kind& kind, const Matter& matter, const std::vector<ActionView>& views, Language language,
                      std::span<const DutyRow> duties, const NameLookup& names) {
  json::array actions;
  // The button that stands out: the natural step of the state, else the first that may be pressed.
  const auto may_lead = [](const ActionView& view) { return view.allowed && view.common == nullptr; };
  const auto* natural = procedure::MainStepOf(kind, matter.state);
  auto primary_view = std::find_if(views.begin(), views.end(), [&](const ActionView& view) {
    return may_lead(view) && natural != nullptr && view.transition->action == natural->action;
  });
  if (primary_view == views.end()) primary_view = std::find_if(views.begin(), views.end(), may_lead);
  for (const ActionView& view : views) {
    const auto& transition = *view.transition;
    if (transition.who.size() == 1 && transition.who.front() == procedure::kSystemRole) continue;
    json::array who, reasons, fields, guards;
    for (const auto role : transition.who)
      if (role != procedure::kSystemRole)
        if (const auto* declared = procedure::FindRole(role))
          who.push_back(json::value(LabelIn(declared->label, language)));
    for (const auto& [guard, items] : view.failing) {
      reasons.push_back(json::value(
          (items.empty() ? Argument(guard->label) : Say("{}：{}", guard->label, Joined(items, 10))).In(language)));
    }
    for (const auto& form : procedure::FormOf(kind, transition)) {
      json::object declaration = FieldDeclaration(*form.field, language);
      if (form.field->type == "duty") {  // the duties of this matter, as a choice
        json::array options;
        for (const DutyRow& duty : duties)
          if (duty.state == DutyState::kOpen || duty.state == DutyState::kSuspended) {
            const auto* declared = procedure::FindDuty(kind, duty.duty);
            options.push_back(json::object{
                {"value", duty.id},
                {"label", declared == nullptr ? std::string_view(duty.duty) : LabelIn(declared->label, language)}});
          }
        declaration["type"] = "choice";
        declaration["options"] = std::move(options);
      }
      if (form.field->type == "rule") {
        declaration["type"] = "choice";
        declaration["options"] = names.RuleOptions(form.field->args, language);
      }
      if (const auto* known = matter.fields.if_contains(form.field->name);
          known != nullptr && form.field->name != "reason")
        declaration["value"] = *known;
      fields.push_back(std::move(declaration));
    }
    for (const auto id : transition.guards)
      if (const auto* guard = procedure::FindGuard(id))
        guards.push_back(json::object{
            {"id", guard->id},
            {"label", LabelIn(guard->label, language)},
            {"how", guard->how == procedure::Guard::How::kCode || guard->how == procedure::Guard::How::kCodeForm
                        ? "code"
                    : guard->how == procedure::Guard::How::kSecond ? "second"
                                                                   : "fields"}});
    const auto* to = procedure::FindState(kind, transition.to);
    json::value document = nullptr;
    if (const auto* declared = procedure::FindDocumentKind(transition.document))
      document = json::object{{"kind", declared->id}, {"label", LabelIn(declared->label, language)}};
    const bool common = view.common != nullptr;
    if (common && !view.actor_has_role) continue;  // what nobody here may do needs no line of its own
    const bool primary = primary_view != views.end() && &view == &*primary_view;
    actions.push_back(json::object{{"action", transition.action},
                                   {"label", LabelIn(transition.label, language)},
                                   {"allowed", view.allowed},
                                   {"has_role", view.actor_has_role},
                                   {"reasons", std::move(reasons)},
                                   {"who", std::move(who)},
                                   {"who_names", names.Holders(transition.who, matter.jurisdiction)},
                                   {"needs_second", view.needs_second},
                                   {"fields", std::move(fields)},
                                   {"guards", std::move(guards)},
                                   {"document", document},
                                   {"closing", to != nullptr && to->terminal},
                                   {"primary", primary},
                                   {"common", common}});
  }
  return actions;
}

}  // namespace

Result<json::object> MatterView(App& app, storage::Connection& db, const Caller& caller, const Matter& matter) {
  const Kind* kind = procedure::FindKind(matter.kind);
  if (kind == nullptr) return MakeError(ErrorCode::kCorrupt, "unknown kind " + matter.kind);
  const NameLookup names(db, &app.services.policy, base::LocalDate(base::Instant{matter.opened_at}));
  const Language language = caller.language;
  ZHIAN_ASSIGN(const auto history, procedure::LoadHistory(db, matter.id));
  ZHIAN_ASSIGN(const auto duties, procedure::LoadAllDuties(db, matter.id));
  ZHIAN_ASSIGN(const auto documents, procedure::LoadDocuments(db, matter.id));
  ZHIAN_ASSIGN(const auto linked, procedure::LoadLinked(db, matter.id));
  ZHIAN_ASSIGN(const auto views, app.engine.Available(db, caller.actor, matter));

  json::object head = MatterSummary(matter, language, names).get_object();
  json::array fields;
  for (const auto& [key, value] : matter.fields) {
    const Field* field = Declared(*kind, std::string_view(key.data(), key.size()));
    if (field == nullptr) continue;
    const std::string text = ValueText(*field, value, language, names);
    if (text.empty()) continue;  // what the engine keeps for itself, or nobody filled
    fields.push_back(json::object{{"name", field->name},
                                  {"label", LabelIn(field->label, language)},
                                  {"type", field->type},
                                  {"value", value},
                                  {"text", text},
                                  {"rows", ValueRows(*field, value, language, names)}});
  }
  head["fields"] = std::move(fields);
  head["room_label"] = LabelText("room." + std::string(kind->room), {}, std::string(kind->room), language);

  json::array duty_views, document_views, history_views, link_views, approval_views, handover_views;
  // Whoever may extend is named by the row of the action.
  const auto* extension = procedure::FindCommon(*kind, "extend_duty");
  const bool may_extend =
      extension != nullptr && std::any_of(caller.actor.roles.begin(), caller.actor.roles.end(), [&](const auto& held) {
        return std::find(extension->row.who.begin(), extension->row.who.end(), held.role) != extension->row.who.end();
      });
  for (const DutyRow& duty : duties) {
    json::object item = DutyView(app, duty, *kind, language).get_object();
    const policy::Rule* rule = app.engine.ExtensionRule(matter, duty, base::LocalDate(base::Instant{duty.start_at}));
    item["extension"] = rule == nullptr || app.clock.Now().ms > *duty.limit_at
                            ? json::value(nullptr)
                            : RuleView(app.services.policy, *rule, language);
    item["can_extend"] = may_extend && !item["extension"].is_null();
    duty_views.push_back(std::move(item));
  }
  std::set<std::string, std::less<>> withdrawn;
  ZHIAN_ASSIGN(
      auto withdrawals,
      db.Query(
          "SELECT w.document_id FROM document_withdrawal w JOIN document d ON d.district=$d AND d.id=w.document_id WHERE w.district=$d AND d.matter_id=$1 LIMIT 500",
          {matter.id}));
  for (const auto& row : withdrawals) withdrawn.insert(row.text(0));
  for (const auto& document : documents) {
    const auto* declared = procedure::FindDocumentKind(document.kind);
    document_views.push_back(json::object{
        {"id", document.id},
        {"kind", document.kind},
        {"kind_label", declared == nullptr ? std::string_view(document.kind) : LabelIn(declared->label, language)},
        {"number", document.number},
        {"withdrawn", withdrawn.contains(document.id)},
        {"issued_at", base::FormatInstant(base::Instant{document.issued_at})},
        {"public_code", document.public_code},
        {"sha256", document.sha256}});
  }
  for (auto row = history.rbegin(); row != history.rend(); ++row) {
    const auto* transition = procedure::FindTransition(*kind, row->from, row->action);
    const auto* from = procedure::FindState(*kind, row->from);
    const auto* to = procedure::FindState(*kind, row->to);
    json::array changes;
    for (const auto& [key, value] : row->input)
      if (const Field* field = Declared(*kind, std::string_view(key.data(), key.size())))
        changes.push_back(json::object{{"field", field->name},
                                       {"label", LabelIn(field->label, language)},
                                       {"before", nullptr},
                                       {"after", ValueText(*field, value, language, names)}});
    history_views.push_back(json::object{
        {"id", row->id},
        {"at", base::FormatInstant(base::Instant{row->at})},
        {"action", row->action},
        {"label", transition != nullptr
                      ? LabelIn(transition->label, language)
                      : std::string_view(
                            LabelText("action." + row->action, "action.common." + row->action, row->action, language))},
        {"from_label", from == nullptr ? std::string_view{} : LabelIn(from->label, language)},
        {"to_label", to == nullptr ? std::string_view{} : LabelIn(to->label, language)},
        {"actor", row->actor_name},
        {"on_behalf_of", row->on_behalf_of.empty() ? json::value(nullptr) : json::value(row->on_behalf_of)},
        {"second", row->second_actor.empty() ? json::value(nullptr) : json::value(names.Account(row->second_actor))},
        {"note", base::WithLotNumbers(row->note)},
        {"ledger_index", row->ledger_index},
        {"document_id", row->document_id.empty() ? json::value(nullptr) : json::value(row->document_id)},
        {"changes", std::move(changes)}});
  }
  json::array attachment_views;
  ZHIAN_ASSIGN(
      auto files,
      db.Query(
          "SELECT u.sha256, a.name, a.media_type, a.size, u.at, u.transition_id FROM attachment_of_matter u JOIN attachment a ON a.district=$d AND a.sha256=u.sha256 "
          "WHERE u.district=$d AND u.matter_id=$1 ORDER BY u.at, u.sha256 LIMIT $2",
          {matter.id, kFilesShown + 1}));
  // A list that is cut says so: whoever looks for a paper must know that it may stand further on.
  json::array cut;
  if (documents.cut) cut.push_back("documents");
  if (static_cast<std::int64_t>(files.size()) > kFilesShown) {
    cut.push_back("attachments");
    files.pop_back();
  }
  if (linked.cut) cut.push_back("links");
  for (const auto& row : files)
    attachment_views.push_back(json::object{{"sha256", row.text(0)},
                                            {"name", row.text(1)},
                                            {"media_type", row.text(2)},
                                            {"size", row.integer(3)},
                                            {"at", base::FormatInstant(base::Instant{row.integer(4)})},
                                            {"transition_id", row.text(5)}});
  for (const Matter& other : linked) {
    ZHIAN_ASSIGN(const bool visible, app.engine.MaySee(db, caller.actor, other));
    if (!visible || (other.Has("confidential") && !MaySeeConfidential(caller.actor))) continue;
    json::object item = MatterSummary(other, language, names).get_object();
    item["relation"] = "linked";
    link_views.push_back(std::move(item));
  }
  ZHIAN_ASSIGN(
      auto approvals,
      db.Query(
          "SELECT id, action, asked_by, asked_name, at FROM approval WHERE district=$d AND matter_id=$1 AND state='open' AND version=$2 ORDER BY at LIMIT 50",
          {matter.id, matter.version}));
  for (const auto& row : approvals) {
    const auto* transition = procedure::FindTransition(*kind, matter.state, row.text(1));
    approval_views.push_back(json::object{
        {"id", row.text(0)},
        {"action", row.text(1)},
        {"label", transition == nullptr ? LabelText("action.common." + row.text(1), {}, row.text(1), language)
                                        : std::string(LabelIn(transition->label, language))},
        {"asked_by", row.text(3)},
        {"asked_at", base::FormatInstant(base::Instant{row.integer(4)})},
        {"can_confirm", row.text(2) != caller.actor.account_id}});
  }
  ZHIAN_ASSIGN(
      auto handovers,
      db.Query(
          "SELECT kind, reason, at FROM handover WHERE district=$d AND matter_id=$1 AND done_at=0 ORDER BY at LIMIT 100",
          {matter.id}));
  for (const auto& row : handovers) {
    const Kind* target = procedure::FindKind(row.text(0));
    handover_views.push_back(json::object{
        {"kind_label", target == nullptr ? std::string_view(row.text(0)) : LabelIn(target->label, language)},
        {"reason", StoredText(row.text(1), language)}});
  }

  json::object view{{"matter", std::move(head)},
                    {"path", PathOf(*kind, matter, history, language)},
                    {"actions", ActionsOf(*kind, matter, views, language, duties, names)},
                    {"duties", std::move(duty_views)},
                    {"documents", std::move(document_views)},
                    {"attachments", std::move(attachment_views)},
                    {"history", std::move(history_views)},
                    {"links", std::move(link_views)},
                    {"approvals", std::move(approval_views)},
                    {"handovers", std::move(handover_views)},
                    {"cut", std::move(cut)}};
  // Rooms add what only they can compute.
  const procedure::Transition none{};
  const json::object nothing;
  const base::Instant now = app.clock.Now();
  const procedure::GuardContext context{db,      app.services, now,    base::LocalDate(now),
                                        *kind,   matter,       none,   caller.actor,
                                        nothing, history,      duties, nullptr};
  std::vector<std::string_view> parts;
  for (const RoomFace* room : app.rooms)
    for (const MatterPart& part : room->matter_parts) parts.push_back(part.name);
  for (const std::string_view part : parts) {
    view[part] = nullptr;
    const std::string question = std::string(part) + "." + matter.kind;
    if (!app.services.questions.contains(question)) continue;
    auto answer = context.Ask(question, {});
    // The page stands without the part that rests on a record that cannot be read: its guards say so.
    if (!answer.ok() && answer.error().code == ErrorCode::kUnavailable) continue;
    ZHIAN_ASSIGN(view[part], std::move(answer));
    SayIn(view[part], caller.language);
    if (auto* object = view[part].if_object(); object != nullptr)
      if (auto* unit = object->if_contains("unit"); unit != nullptr && unit->is_string())
        *unit = base::UnitSymbol(std::string_view(unit->get_string()), language);
  }
  return view;
}

}  // namespace zhian::desk
