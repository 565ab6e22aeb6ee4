// Routes of matters: list, page, create, act, confirm, note; and of procedures.
#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "desk/matter_view.hpp"
#include "desk/operators.hpp"
#include "desk/routes.hpp"

namespace zhian::desk {
namespace json = boost::json;
using procedure::Command;
using procedure::Kind;
using procedure::Matter;

namespace {

constexpr int kOperatorsOfText = 50;  // operators whose matters a search of matters also finds

json::object OutcomeView(const procedure::Outcome& outcome, Language language) {
  json::array started, documents, skipped;
  for (const auto& each : outcome.started) {
    const Kind* kind = procedure::FindKind(each.kind);
    started.push_back(
        json::object{{"id", each.id},
                     {"kind", each.kind},
                     {"kind_label", kind == nullptr ? std::string_view(each.kind) : LabelIn(kind->label, language)},
                     {"title", each.title}});
  }
  for (const auto& each : outcome.skipped) {
    const Kind* kind = procedure::FindKind(each.kind);
    skipped.push_back(
        json::object{{"kind_label", kind == nullptr ? std::string_view(each.kind) : LabelIn(kind->label, language)},
                     {"reason", StoredText(each.reason, language)}});
  }
  for (const auto& id : outcome.documents) documents.push_back(json::object{{"id", id}});
  return {
      {"id", outcome.matter.id},
      {"number", outcome.matter.number},
      {"matter",
       json::object{{"id", outcome.matter.id}, {"state", outcome.matter.state}, {"version", outcome.matter.version}}},
      {"started", std::move(started)},
      {"documents", std::move(documents)},
      {"skipped", std::move(skipped)},
      {"replayed", outcome.replayed}};
}

http::Response Answer(const procedure::Outcome& outcome, Language language, int done) {
  if (!outcome.approval_id.empty())
    return Json(
        json::object{{"approval_id", outcome.approval_id}, {"message", Message("已提出，等待另一人覆核").In(language)}},
        202);
  json::value view = OutcomeView(outcome, language);
  if (!outcome.revealed.empty()) view.get_object()["revealed"] = outcome.revealed;
  http::Response response = Json(std::move(view), done);
  response.With("ETag", "\"" + std::to_string(outcome.matter.version) + "\"");
  return response;
}

Result<Command> ReadCommand(const Caller& caller) {
  ZHIAN_ASSIGN(json::object body, BodyObject(caller.request));
  Command command;
  const auto text = [&](const char* name) { return procedure::ScalarText(body.if_contains(name)); };
  command.kind = text("kind");
  command.action = text("action");
  command.operator_id = text("operator_id");
  command.jurisdiction = text("jurisdiction_id");
  command.body = text("body_id");
  command.title = text("title");
  command.note = text("note");
  if (command.title.size() > procedure::kTextBytesMax || command.note.size() > procedure::kLongTextBytesMax)
    return NeedsMending({{"/note", "error.value", "说明太长，请缩短"}});
  if (const auto* fields = body.if_contains("fields"); fields != nullptr) {
    if (!fields->is_object()) return NeedsMending({{"/fields", "error.value", "fields 须是对象"}});
    command.fields = fields->get_object();
  }
  if (const auto* links = body.if_contains("links"); links != nullptr && links->is_array()) {
    if (links->get_array().size() > 50) return NeedsMending({{"/links", "error.value", "关联的事项不超过 50 件"}});
    for (const auto& link : links->get_array())
      if (link.is_object())
        command.links.push_back({procedure::ScalarText(link.get_object().if_contains("matter_id")),
                                 procedure::ScalarText(link.get_object().if_contains("relation"))});
  }
  if (const std::string at = text("occurred_at"); !at.empty()) {
    const auto instant = base::ParseInstant(at);
    if (!instant.ok())
      return NeedsMending({{"/occurred_at", "error.value", "填写发生时间，例如 2026-11-24T09:30:00+08:00"}});
    command.occurred_at = *instant;
  }
  if (const auto* files = body.if_contains("attachments"); files != nullptr && files->is_array()) {
    if (files->get_array().size() > 50)
      return NeedsMending({{"/attachments", "error.value", "一次不超过 50 个附件，请分次上传"}});
    for (const auto& digest : files->get_array()) command.attachments.push_back(procedure::ScalarText(&digest));
  }
  command.idempotency_key = std::string(caller.request.headers.Get("Idempotency-Key"));
  if (command.idempotency_key.size() > 100) return MakeError(ErrorCode::kInvalid, "Idempotency-Key 不超过 100 个字符");
  return command;
}

Result<http::Response> ListMatters(App& app, Caller& caller) { return AnswerPage(app, caller, &QueryMatters); }

Result<http::Response> GetMatter(App& app, Caller& caller) {
  http::Response response;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const Matter matter, VisibleMatter(app, db, caller, caller.request.PathParameter("id")));
    ZHIAN_ASSIGN(json::object view, MatterView(app, db, caller, matter));
    response = Json(view);
    response.With("ETag", "\"" + std::to_string(matter.version) + "\"");
    return Ok();
  }));
  return response;
}

Result<http::Response> CreateMatter(App& app, Caller& caller) {
  ZHIAN_ASSIGN(Command command, ReadCommand(caller));
  const Kind* kind = procedure::FindKind(command.kind);
  if (kind == nullptr || !kind->live) return NeedsMending({{"/kind", "error.choose", "从列表中选择事项种类"}});
  // A new matter is tied only to what its author may see.
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    for (const auto& link : command.links) ZHIAN_TRY(VisibleMatter(app, db, caller, link.matter_id));
    return Ok();
  }));
  if (!command.operator_id.empty() && command.jurisdiction.empty()) {
    ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(auto rows, db.Query("SELECT jurisdiction FROM operator WHERE district=$d AND id=$1 LIMIT 1",
                                       {command.operator_id}));
      if (rows.empty()) return NeedsMending({{"/operator_id", "error.choose", "从列表中选择主体"}});
      command.jurisdiction = rows.front().text(0);
      return Ok();
    }));
  }
  if (command.jurisdiction.empty() && !caller.actor.roles.empty())
    command.jurisdiction = caller.actor.roles.front().jurisdiction;
  ZHIAN_ASSIGN(const auto outcome, app.engine.Execute(caller.actor, command));
  return Answer(outcome, caller.language, 201);
}

Result<http::Response> Act(App& app, Caller& caller) {
  ZHIAN_ASSIGN(Command command, ReadCommand(caller));
  command.matter_id = caller.request.PathParameter("id");
  command.action = caller.request.PathParameter("action");
  ZHIAN_ASSIGN(command.expected_version, ReadVersion(caller.request));
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const Matter matter, procedure::LoadMatter(db, command.matter_id));
    command.kind = matter.kind;
    return Ok();
  }));
  ZHIAN_ASSIGN(const auto outcome, app.engine.Execute(caller.actor, command));
  return Answer(outcome, caller.language, 200);
}

Result<http::Response> Decide(App& app, Caller& caller) {
  ZHIAN_ASSIGN(json::object body, BodyObject(caller.request));
  const std::string decision = procedure::ScalarText(body.if_contains("decision"));
  if (decision != "confirm" && decision != "decline")
    return NeedsMending({{"/decision", "error.choose", "选择同意或不同意"}});
  ZHIAN_ASSIGN(const auto outcome,
               app.engine.Decide(caller.actor, caller.request.PathParameter("id"), decision == "confirm",
                                 procedure::ScalarText(body.if_contains("reason"))));
  return Answer(outcome, caller.language, 200);
}

Result<http::Response> ExtendDuty(App& app, Caller& caller) {
  ZHIAN_ASSIGN(json::object body, BodyObject(caller.request));
  Command command;  // the action extend_duty by its duty's address
  command.matter_id = caller.request.PathParameter("id");
  command.action = "extend_duty";
  command.fields = {{"duty_id", caller.request.PathParameter("duty")},
                    {"extension_reason", procedure::ScalarText(body.if_contains("reason"))}};
  ZHIAN_ASSIGN(command.expected_version, ReadVersion(caller.request));
  ZHIAN_ASSIGN(const auto outcome, app.engine.Execute(caller.actor, command));
  return Json(json::object{{"id", outcome.matter.id}, {"version", outcome.matter.version}});
}

Result<http::Response> AddNote(App& app, Caller& caller) {
  ZHIAN_ASSIGN(json::object body, BodyObject(caller.request));
  ZHIAN_TRY(app.engine.AddNote(caller.actor, caller.request.PathParameter("id"),
                               procedure::ScalarText(body.if_contains("text"))));
  return Json(json::object{{"done", true}}, 201);
}

Result<http::Response> ListKinds(App&, Caller& caller) {
  const bool creatable = caller.request.query.Has("creatable");
  json::array kinds;
  for (const Kind& kind : procedure::Kinds()) {
    if (!kind.live) continue;  // only live kinds are offered anywhere
    json::array actions;
    for (const auto& transition : kind.transitions) {
      if (!transition.from.empty()) continue;
      const bool may = std::any_of(caller.actor.roles.begin(), caller.actor.roles.end(), [&](const auto& held) {
        return std::find(transition.who.begin(), transition.who.end(), held.role) != transition.who.end();
      });
      if (!may) continue;
      json::array fields;
      for (const auto& form : procedure::FormOf(kind, transition))
        fields.push_back(FieldDeclaration(*form.field, caller.language));
      actions.push_back(json::object{{"action", transition.action},
                                     {"label", LabelIn(transition.label, caller.language)},
                                     {"fields", std::move(fields)}});
    }
    if (creatable && actions.empty()) continue;
    json::array states;
    for (const auto& state : kind.states)
      states.push_back(json::object{
          {"id", state.id}, {"label", LabelIn(state.label, caller.language)}, {"terminal", state.terminal}});
    kinds.push_back(json::object{
        {"states", std::move(states)},
        {"kind", kind.id},
        {"label", LabelIn(kind.label, caller.language)},
        {"room", kind.room},
        {"room_label", LabelText("room." + std::string(kind.room), {}, std::string(kind.room), caller.language)},
        {"list", ListColumns(kind, caller.language)},
        {"actions", std::move(actions)}});
  }
  return Json(kinds);
}

json::object ProcedureHead(const Kind& kind, Language language) {
  return {{"kind", kind.id},
          {"label", LabelIn(kind.label, language)},
          {"room", kind.room},
          {"room_label", LabelText("room." + std::string(kind.room), {}, std::string(kind.room), language)},
          {"live", kind.live},
          {"number", kind.traits.number},
          {"list", ListColumns(kind, language)},
          {"states", kind.states.size()},
          {"transitions", kind.transitions.size()}};
}

Result<http::Response> ListProcedures(App&, Caller& caller) {
  json::array list;
  for (const Kind& kind : procedure::Kinds()) list.push_back(ProcedureHead(kind, caller.language));
  return Json(list);
}

Result<http::Response> GetProcedure(App& app, Caller& caller) {
  const Kind* kind = procedure::FindKind(caller.request.PathParameter("kind"));
  if (kind == nullptr) return MakeError(ErrorCode::kNotFound, "没有这种事项");
  const Language language = caller.language;
  json::object view = ProcedureHead(*kind, language);
  view["purpose"] = kind->purpose;
  json::array states, transitions, duties;
  for (const auto& state : kind->states)
    states.push_back(
        json::object{{"id", state.id}, {"label", LabelIn(state.label, language)}, {"terminal", state.terminal}});
  for (const auto& row : kind->transitions) {
    json::array who, guards;
    for (const auto role : row.who)
      if (const auto* declared = procedure::FindRole(role))
        who.push_back(json::value(LabelIn(declared->label, language)));
    for (const auto id : row.guards)
      if (const auto* guard = procedure::FindGuard(id)) guards.push_back(json::value(LabelIn(guard->label, language)));
    const auto* document = procedure::FindDocumentKind(row.document);
    transitions.push_back(json::object{
        {"from", row.from},
        {"action", row.action},
        {"label", LabelIn(row.label, language)},
        {"to", row.to},
        {"who", std::move(who)},
        {"guards", std::move(guards)},
        {"document", document == nullptr ? json::value(nullptr) : json::value(LabelIn(document->label, language))}});
  }
  const base::Date today = base::LocalDate(app.clock.Now());
  // The rules among which a duty chooses, each once, as they stand today.
  const auto rules_of = [&](const procedure::RuleChoice& choice) {
    json::array rules;
    std::set<std::string_view> seen;
    for (const auto& answer : choice.answers)
      if (seen.insert(answer.rule).second)
        if (const auto* found = app.services.policy.Find(answer.rule, today); found != nullptr)
          rules.push_back(RuleView(app.services.policy, *found, language));
    return rules;
  };
  for (const auto& duty : kind->duties) {
    json::array chooses_by;
    for (const auto field : duty.rule.fields)
      chooses_by.push_back(json::value(LabelText("field." + std::string(field), {}, std::string(field), language)));
    const auto* role = procedure::FindRole(duty.holder);
    duties.push_back(json::object{{"id", duty.id},
                                  {"label", LabelIn(duty.label, language)},
                                  {"holder", role == nullptr ? duty.holder : LabelIn(role->label, language)},
                                  {"chooses_by", std::move(chooses_by)},
                                  {"rules", rules_of(duty.rule)}});
  }
  json::array main_way;
  for (const auto& step : kind->traits.main_way)
    main_way.push_back(json::object{{"state", step.state}, {"action", step.action}});
  view["states"] = std::move(states);
  view["main_way"] = std::move(main_way);
  view["transitions"] = std::move(transitions);
  view["duties"] = std::move(duties);
  return Json(view);
}

}  // namespace

Result<std::pair<std::int64_t, std::string>> ReadTimeCursor(const std::string& cursor) {
  const auto bar = cursor.find('|');
  if (bar == std::string::npos || bar == 0 || bar > 18 || cursor.find_first_not_of("0123456789") != bar)
    return NeedsMending({{"/cursor", "error.value", "从列表的下一页取得 cursor"}});
  return std::pair<std::int64_t, std::string>(std::stoll(cursor.substr(0, bar)), cursor.substr(bar + 1));
}

Result<http::Response> AnswerPage(App& app, const Caller& caller, QueryPage query) {
  ZHIAN_ASSIGN(const int limit, IntParameter(caller.request, "limit", 50, 1, 500));
  ZHIAN_ASSIGN(const ListPage page, query(app, caller, TextParameter(caller.request, "cursor"), limit));
  return Json(json::object{{"items", page.items},
                           {"next", page.next.empty() ? json::value(nullptr) : json::value(page.next)},
                           {"total", page.total ? json::value(*page.total) : json::value(nullptr)}});
}

namespace {

// The filters of the list of matters, as one WHERE; parameters are appended. `text` also finds the matters of the
// operators that it finds.
Result<std::string> MattersWhere(App& app, const Caller& caller, std::vector<storage::Value>& parameters) {
  const http::Request& request = caller.request;
  const auto bind = [&](storage::Value value) {
    parameters.push_back(std::move(value));
    return "$" + std::to_string(parameters.size());
  };
  const ReadScope scope = ScopeOf(caller.actor);
  std::string where = "WHERE m.district=$d" + scope.Where("m", parameters);
  if (const std::string kind = TextParameter(request, "kind"); !kind.empty()) where += " AND m.kind=" + bind(kind);
  if (const std::string room = TextParameter(request, "room"); !room.empty()) {
    std::string kinds;
    for (const Kind& kind : procedure::Kinds())
      if (kind.room == room) kinds += (kinds.empty() ? "" : ",") + bind(std::string(kind.id));
    where += " AND m.kind IN (" + (kinds.empty() ? "''" : kinds) + ")";
  }
  if (const std::string state = TextParameter(request, "state"); !state.empty()) where += " AND m.state=" + bind(state);
  if (const std::string op = TextParameter(request, "operator"); !op.empty()) where += " AND m.operator_id=" + bind(op);
  if (const std::string place = TextParameter(request, "township"); !place.empty())
    where += " AND m.jurisdiction IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=" + bind(place) + ")";
  if (request.query.Has("open")) where += " AND m.terminal=0";
  for (const auto& [name, sign] : {std::pair{"from", ">="}, std::pair{"to", "<="}}) {  // days on which it was opened
    const std::string given = TextParameter(request, name);
    if (given.empty()) continue;
    const auto day = base::ParseDate(given);
    if (!day.ok()) return NeedsMending({{std::string("/") + name, "error.value", "日期写成 2026-11-24"}});
    where += std::string(" AND m.opened_at ") + sign +
             bind(*sign == '>' ? base::StartOfDay(*day).ms : base::EndOfDay(*day).ms);
  }
  // Duties of the matter: mine, and by when.
  const std::int64_t now = app.clock.Now().ms;
  const base::Date today = base::LocalDate(app.clock.Now());
  std::string due = TextParameter(request, "due");
  if (request.query.Has("overdue")) due = "over";
  std::string duty;
  if (TextParameter(request, "mine") == "1") {
    std::string roles;
    for (const auto& held : caller.actor.roles) roles += (roles.empty() ? "" : ",") + bind(held.role);
    duty +=
        " AND x.holder_role IN (" + (roles.empty() ? "''" : roles) +
        ") AND NOT EXISTS (SELECT 1 FROM duty_assignee y WHERE y.district=$d AND y.duty_id=x.id AND y.account_id<>" +
        bind(caller.actor.account_id) + ")";
  }
  if (due == "over")
    duty += " AND x.limit_at < " + bind(now);
  else if (due == "today")
    duty += " AND x.limit_at >= " + bind(now) + " AND x.limit_at <= " + bind(base::EndOfDay(today).ms);
  else if (due == "soon")
    duty += " AND x.limit_at >= " + bind(now) +
            " AND x.limit_at <= " + bind(base::EndOfDay(app.services.policy.calendar().AddWorkingDays(today, 5)).ms);
  else if (!due.empty())
    return NeedsMending({{"/due", "error.choose", "期限筛选用 over、today 或 soon"}});
  if (!duty.empty())
    where +=
        " AND EXISTS (SELECT 1 FROM duty x WHERE x.district=$d AND x.matter_id=m.id AND x.state='open'" + duty + ")";
  if (const std::string text = TextParameter(request, "q"); !text.empty()) {
    const std::string like = bind("%" + text + "%");
    std::string any = "m.title LIKE " + like + " OR m.number LIKE " + like;
    ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(const auto found, app.operators->find_by_text(db, scope, text, kOperatorsOfText));
      std::string ids;
      for (const auto& op : found.cards) ids += (ids.empty() ? "" : ",") + bind(op.id);
      if (!ids.empty()) any += " OR m.operator_id IN (" + ids + ")";
      return Ok();
    }));
    where += " AND (" + any + ")";
  }
  if (!MaySeeConfidential(caller.actor)) where += " AND m.flags NOT LIKE '%confidential%'";
  return where;
}

Schema ReferenceSchema() { return Object({{"id", Text()}}); }

// What a step has done, or that it waits for a second person.
std::vector<AnswerSpec> OutcomeAnswers(int done) {
  const Schema outcome = Named(
      "Outcome",
      Object(
          {{"id", Text()},
           {"number", Text()},
           {"matter", Object({{"id", Text()}, {"state", Text()}, {"version", Integer()}})},
           {"started", ListOf(Object({{"id", Text()}, {"kind", KindId()}, {"kind_label", Text()}, {"title", Text()}}))},
           {"documents", ListOf(ReferenceSchema())},
           {"skipped", ListOf(Object({{"kind_label", Text()}, {"reason", Text()}}))},
           {"replayed", Truth().Says("the key was used before: nothing was done again")},
           Maybe("revealed", AnyJson().Says("what was sealed, shown to whoever opened it"))}));
  const Schema asked = Named("ApprovalAsked", Object({{"approval_id", Text()}, {"message", Text()}}));
  return {{.schema = outcome, .status = done}, {.schema = asked, .status = 202}};
}

// What a step may say beside its address; the fields of each step are the parts "kind.action" of the document.
Schema StepSchema() {
  return Named("Step", Object({Maybe("fields", MapOf(AnyJson())), Maybe("note", Text()),
                               Maybe("occurred_at", Instant()), Maybe("attachments", ListOf(Digest()))}));
}

Schema NewMatterSchema() {
  const Schema link = Object({{"matter_id", Text()}, Maybe("relation", Text())});
  return Named("NewMatter", With(StepSchema(), {{"kind", KindId()},
                                                {"action", Text()},
                                                Maybe("operator_id", Nullable(Text())),
                                                Maybe("jurisdiction_id", Nullable(Text())),
                                                Maybe("body_id", Nullable(Text())),
                                                Maybe("title", Text()),
                                                Maybe("links", ListOf(link))}));
}

Schema ListedMatterSchema() {
  return Named("ListedMatter", With(MatterSchema(), {{"next_limit", Nullable(DutySchema())}}));
}

Schema StateSchema() { return Named("State", Object({{"id", Text()}, {"label", Text()}, {"terminal", Truth()}})); }

Schema ColumnsSchema() { return ListOf(Object({{"name", Text()}, {"label", Text()}})); }

Schema KindSchema() {
  const Schema action = Object({{"action", Text()}, {"label", Text()}, {"fields", ListOf(FormFieldSchema())}});
  return Named("Kind", Object({{"kind", KindId()},
                               {"label", Text()},
                               {"room", RoomId()},
                               {"room_label", Text()},
                               {"states", ListOf(StateSchema())},
                               {"list", ColumnsSchema()},
                               {"actions", ListOf(Named("FirstStep", action))}}));
}

Schema ProcedureHeadSchema() {
  return Named("ProcedureHead", Object({{"kind", KindId()},
                                        {"label", Text()},
                                        {"room", RoomId()},
                                        {"room_label", Text()},
                                        {"live", Truth()},
                                        {"number", Text()},
                                        {"list", ColumnsSchema()},
                                        {"states", Integer()},
                                        {"transitions", Integer()}}));
}

Schema ProcedureSchema() {
  const Schema transition = Object({{"from", Text()},
                                    {"action", Text()},
                                    {"label", Text()},
                                    {"to", Text()},
                                    {"who", ListOf(Text())},
                                    {"guards", ListOf(Text())},
                                    {"document", Nullable(Text())}});
  const Schema duty = Object({{"id", Text()},
                              {"label", Text()},
                              {"holder", Text()},
                              {"chooses_by", ListOf(Text())},
                              {"rules", ListOf(RuleSchema())}});
  return Named("Procedure",
               With(ProcedureHeadSchema(), {{"purpose", Text()},
                                            {"states", ListOf(StateSchema())},
                                            {"main_way", ListOf(Object({{"state", Text()}, {"action", Text()}}))},
                                            {"transitions", ListOf(Named("Transition", transition))},
                                            {"duties", ListOf(Named("DeclaredDuty", duty))}}));
}

}  // namespace

Result<ListPage> QueryMatters(App& app, const Caller& caller, const std::string& cursor, int limit) {
  std::vector<storage::Value> parameters;
  const auto bind = [&](storage::Value value) {
    parameters.push_back(std::move(value));
    return "$" + std::to_string(parameters.size());
  };
  ListPage page;
  ZHIAN_ASSIGN(std::string where, MattersWhere(app, caller, parameters));
  if (cursor.empty() && caller.request.query.Has("count")) {
    ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(auto rows, db.Query("SELECT COUNT(*) FROM (SELECT 1 FROM matter m " + where + " LIMIT " +
                                           std::to_string(kCountedMax) + ") x",
                                       std::span<const storage::Value>(parameters)));
      page.total = rows.front().integer(0);
      return Ok();
    }));
  }
  if (!cursor.empty()) {
    ZHIAN_ASSIGN(const auto after, ReadTimeCursor(cursor));
    const std::string at = bind(after.first), id = bind(after.second);
    where += " AND (m.opened_at, m.id) < (" + at + "," + id + ")";
  }
  const std::string sql = "SELECT m.id FROM matter m " + where + " ORDER BY m.opened_at DESC, m.id DESC LIMIT " +
                          bind(std::int64_t{limit} + 1);
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query(sql, std::span<const storage::Value>(parameters)));
    const NameLookup names(db);
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(limit); ++i) {
      ZHIAN_ASSIGN(const Matter matter, procedure::LoadMatter(db, rows[i].text(0)));
      json::object item = MatterSummary(matter, caller.language, names).get_object();
      ZHIAN_ASSIGN(const auto duties, procedure::LoadAllDuties(db, matter.id));
      item["next_limit"] = nullptr;
      const procedure::DutyRow* next = nullptr;
      for (const auto& duty : duties)
        if (duty.state == procedure::DutyState::kOpen && duty.limit_at &&
            (next == nullptr || *duty.limit_at < *next->limit_at))
          next = &duty;
      if (const Kind* kind = procedure::FindKind(matter.kind); next != nullptr && kind != nullptr)
        item["next_limit"] = DutyView(app, *next, *kind, caller.language);
      page.items.push_back(std::move(item));
      if (i + 1 == static_cast<std::size_t>(limit) && rows.size() > i + 1)
        page.next = std::to_string(matter.opened_at) + "|" + matter.id;
    }
    return Ok();
  }));
  return page;
}

void AddMatterRoutes(std::vector<RouteSpec>& routes, Rooms rooms) {
  using http::Method;
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/matters",
                    .id = "listMatters",
                    .summary = "事项列表",
                    .action = &ListMatters,
                    .query = PageQuery({{"kind", "of the matter", KindId()},
                                        {"room", "of the kind", RoomId()},
                                        {"state", "of the matter"},
                                        {"operator", "id of the operator"},
                                        {"township", "id of the place"},
                                        {"open", "1: not ended"},
                                        {"from", "opened on or after", Day()},
                                        {"to", "opened on or before", Day()},
                                        {"due", "with a duty that is", OneOf({"over", "today", "soon"})},
                                        {"overdue", "1: as due=over"},
                                        {"mine", "1: with a duty of the caller"},
                                        {"q", "part of the title, the number or the operator's name"},
                                        {"count", "1: with the total"}}),
                    .answers = Answers(Page(ListedMatterSchema()))});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/matters",
                    .id = "createMatter",
                    .summary = "新建事项",
                    .action = &CreateMatter,
                    .body_max_bytes = 2 << 20,
                    .writes = true,
                    .takes = NewMatterSchema(),
                    .answers = OutcomeAnswers(201)});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/matters/{id}",
                    .id = "getMatter",
                    .summary = "事项",
                    .action = &GetMatter,
                    .answers = Answers(MatterPageSchema(rooms))});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/matters/{id}/actions/{action}",
                    .id = "act",
                    .summary = "办理一步",
                    .action = &Act,
                    .body_max_bytes = 2 << 20,
                    .writes = true,
                    .takes = StepSchema(),
                    .answers = OutcomeAnswers(200)});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/matters/{id}/duties/{duty}/extend",
                    .id = "extendDuty",
                    .summary = "延长期限",
                    .action = &ExtendDuty,
                    .body_max_bytes = 1 << 16,
                    .writes = true,
                    .takes = Object({{"reason", Text()}}),
                    .answers = Answers(Object({{"id", Text()}, {"version", Integer()}}))});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/matters/{id}/notes",
                    .id = "addNote",
                    .summary = "记录",
                    .action = &AddNote,
                    .writes = true,
                    .takes = Object({{"text", Text()}}),
                    .answers = Answers(DoneSchema(), 201)});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/approvals/{id}",
                    .id = "decideApproval",
                    .summary = "覆核",
                    .action = &Decide,
                    .writes = true,
                    .takes = Object({{"decision", OneOf({"confirm", "decline"})}, Maybe("reason", Text())}),
                    .answers = OutcomeAnswers(200)});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/kinds",
                    .id = "listKinds",
                    .summary = "可办事项",
                    .action = &ListKinds,
                    .query = {{"creatable", "1: only what the caller may begin"}},
                    .answers = Answers(ListOf(KindSchema()))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/procedures",
                    .id = "listProcedures",
                    .summary = "流程总表",
                    .action = &ListProcedures,
                    .answers = Answers(ListOf(ProcedureHeadSchema()))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/procedures/{kind}",
                    .id = "getProcedure",
                    .summary = "流程",
                    .action = &GetProcedure,
                    .answers = Answers(ProcedureSchema())});
}

}  // namespace zhian::desk
