// 一企一檔: list of operators and the one file of each, read through everything that names it; exports.
#include "base/json.hpp"
#include "base/text.hpp"
#include "desk/form_schema.hpp"
#include "desk/matter_view.hpp"
#include "procedure/form.hpp"
#include "rooms/subjects/face/operator_file.hpp"
#include "rooms/subjects/face/routes.hpp"
#include "rooms/subjects/operators.hpp"
#include "rooms/subjects/registry.hpp"

namespace zhian::subjects::face {
using namespace desk;
namespace json = boost::json;
using subjects::Operator;

namespace {

Result<http::Response> ListOperators(App& app, Caller& caller) { return AnswerPage(app, caller, &QueryOperators); }

// The types that an operator may be of, in their order.
Result<http::Response> ListOperatorTypes(App&, Caller& caller) {
  json::array items;
  for (const auto type : subjects::kTypes)
    items.push_back(json::object{{"value", type}, {"label", OperatorTypeLabel(type, caller.language)}});
  return Json(json::object{{"items", std::move(items)}});
}

// The same rule as for a matter of this operator.
Status MustSee(App& app, storage::Connection& db, const Caller& caller, const std::string& operator_id) {
  ZHIAN_ASSIGN(const Operator op, subjects::LoadOperator(db, operator_id));
  procedure::Matter probe;
  probe.operator_id = op.id;
  probe.jurisdiction = op.jurisdiction;
  ZHIAN_ASSIGN(const bool may_see, app.engine.MaySee(db, caller.actor, probe));
  return may_see ? Ok() : Status(MakeError(ErrorCode::kForbidden, "这个主体不在您的辖区或名下"));
}

Result<http::Response> GetOperator(App& app, Caller& caller) {
  const std::string id = caller.request.PathParameter("id");
  ZHIAN_ASSIGN(const AsOf as_of, ReadAsOf(app, caller.request));
  json::object view;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(MustSee(app, db, caller, id));
    ZHIAN_ASSIGN(view, OperatorFile(app, db, caller, id, as_of));
    return Ok();
  }));
  return Json(view);
}

Result<http::Response> GetTimeline(App& app, Caller& caller) {
  TimelineQuery query{caller.request.PathParameter("id"), TextParameter(caller.request, "room"),
                      TextParameter(caller.request, "cursor"), 50};
  ZHIAN_ASSIGN(query.limit, IntParameter(caller.request, "limit", 50, 1, 500));
  ZHIAN_ASSIGN(const AsOf as_of, ReadAsOf(app, caller.request));
  json::object view;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(MustSee(app, db, caller, query.operator_id));
    ZHIAN_ASSIGN(view, OperatorTimeline(app, db, caller, query, as_of));
    return Ok();
  }));
  return Json(view);
}

Result<subjects::RecordCommand> ReadRecordCommand(const Caller& caller) {
  ZHIAN_ASSIGN(const json::object body, BodyObject(caller.request));
  subjects::RecordCommand command;
  command.kind = procedure::ScalarText(body.if_contains("kind"));
  command.since = procedure::ScalarText(body.if_contains("since"));
  command.note = procedure::ScalarText(body.if_contains("note"));
  if (command.note.size() > procedure::kTextBytesMax)
    return NeedsMending({{"/note", "error.value", "说明太长，请缩短"}});
  if (const auto* fields = body.if_contains("fields"); fields != nullptr && fields->is_object())
    command.fields = fields->get_object();
  const std::string action = procedure::ScalarText(body.if_contains("action"));
  using Action = subjects::RecordCommand::Action;
  if (action == "end")
    command.action = Action::kEnd;
  else if (action == "change")
    command.action = Action::kChange;
  else if (!action.empty())
    return NeedsMending({{"/action", "error.choose", "可以变更（change）或终止（end）"}});
  return command;
}

Result<http::Response> Write(App& app, const Caller& caller, const subjects::RecordCommand& command, int status) {
  subjects::FileRecord written;
  const subjects::RecordDoor door{app.engine, app.clock.Now(),
                                  [&app](std::string_view number) { return app.identity.PersonDigest(number); }};
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(written, subjects::WriteRecord(db, door, caller.actor, command));
    return Ok();
  }));
  return Json(procedure::Told(RecordColumns(), written, kInReceipt), status);
}

Result<http::Response> EnterRecord(App& app, Caller& caller) {
  ZHIAN_ASSIGN(subjects::RecordCommand command, ReadRecordCommand(caller));
  command.action = subjects::RecordCommand::Action::kEnter;
  command.operator_id = caller.request.PathParameter("id");
  return Write(app, caller, command, 201);
}

Result<http::Response> ChangeRecord(App& app, Caller& caller) {
  ZHIAN_ASSIGN(subjects::RecordCommand command, ReadRecordCommand(caller));
  if (command.action == subjects::RecordCommand::Action::kEnter)
    command.action = subjects::RecordCommand::Action::kChange;
  command.record_id = caller.request.PathParameter("id");
  ZHIAN_ASSIGN(command.expected_version, ReadVersion(caller.request));
  return Write(app, caller, command, 200);
}

Result<http::Response> GetRecord(App& app, Caller& caller) {
  json::object view;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto versions, subjects::LoadVersions(db, caller.request.PathParameter("id")));
    if (versions.empty()) return MakeError(ErrorCode::kNotFound, "档案中没有这一条登记");
    ZHIAN_TRY(MustSee(app, db, caller, versions.front().operator_id));
    view = RecordVersions(versions, caller.language, NameLookup(db));
    return Ok();
  }));
  return Json(view);
}

Schema ReceiptSchema() {
  return Named("RecordReceipt", Object(MembersOf(subjects::RecordColumns(), subjects::kInReceipt)));
}

Schema RecordEntrySchema() {
  std::vector<std::string> kinds;
  for (const auto& kind : subjects::RecordKinds()) kinds.emplace_back(kind.id);
  return Named("RecordEntry", Object({{"kind", OneOf(kinds)},
                                      {"fields", MapOf(AnyJson()).Says("as the file declares them for the kind")},
                                      Maybe("since", Text().Says("the day from which it holds")),
                                      Maybe("note", Text())}));
}

}  // namespace

Result<ListPage> QueryOperators(App& app, const Caller& caller, const std::string& cursor, int limit) {
  const ReadScope scope = ScopeOf(caller.actor);
  subjects::ListQuery query;
  query.jurisdictions = scope.jurisdictions;
  query.operator_ids = scope.operator_ids;
  query.text = TextParameter(caller.request, "q");
  query.township = TextParameter(caller.request, "township");
  query.type = TextParameter(caller.request, "type");
  query.state = TextParameter(caller.request, "state");
  query.cursor = cursor;
  query.limit = limit;
  ListPage page;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto answer, subjects::ListOperators(db, query));
    const NameLookup names(db);
    for (const Operator& op : answer.items) {
      json::object item = OperatorSummary(op, caller.language, names);
      ZHIAN_ASSIGN(
          auto open,
          db.Query(
              "SELECT COUNT(*) FROM (SELECT 1 FROM matter WHERE district=$d AND operator_id=$1 AND terminal=0 AND kind NOT IN (" +
                  procedure::KindList(procedure::Mark::kRegister) + ") AND flags NOT LIKE '%training%' LIMIT 100) x",
              {op.id}));
      item["open_matters"] = open.front().integer(0);
      page.items.push_back(std::move(item));
    }
    page.next = std::move(answer.next);
    // How many there are, by index and no further than is shown; what a search finds is not counted beyond its page.
    if (cursor.empty() && query.text.empty() && !query.jurisdictions.empty() && caller.request.query.Has("count")) {
      std::vector<storage::Value> parameters;
      const auto bind = [&](const std::string& value) {
        parameters.emplace_back(value);
        return "$" + std::to_string(parameters.size());
      };
      ReadScope territory;
      territory.jurisdictions = query.jurisdictions;
      std::string where = "WHERE o.district=$d" + territory.Where("o", parameters);
      if (!query.township.empty())
        where += " AND o.jurisdiction IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=" +
                 bind(query.township) + ")";
      if (!query.type.empty()) where += " AND o.type=" + bind(query.type);
      if (!query.state.empty()) where += " AND o.state=" + bind(query.state);
      ZHIAN_ASSIGN(auto counted, db.Query("SELECT COUNT(*) FROM (SELECT 1 FROM operator o " + where + " LIMIT " +
                                              std::to_string(kCountedMax) + ") x",
                                          std::span<const storage::Value>(parameters)));
      page.total = counted.front().integer(0);
    }
    return Ok();
  }));
  return page;
}

void AddOperatorRoutes(std::vector<RouteSpec>& routes, Rooms rooms) {
  using http::Method;
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/operators",
                    .id = "listOperators",
                    .summary = "主体列表",
                    .action = &ListOperators,
                    .query = PageQuery({{"q", "part of the name, or the code"},
                                        {"township", "id of the place"},
                                        {"type", "of the operator"},
                                        {"state", "of its file"},
                                        {"count", "1: with the total"}}),
                    .answers = Answers(Page(ListedOperatorSchema()))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/operator-types",
                    .id = "listOperatorTypes",
                    .summary = "主体类型",
                    .action = &ListOperatorTypes,
                    .answers = Answers(ItemsOf(LabelledChoice()))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/operators/{id}",
                    .id = "getOperator",
                    .summary = "一企一档",
                    .action = &GetOperator,
                    .query = {{"as_of", "as it was known at the end of this day", Day()}},
                    .answers = Answers(OperatorFileSchema(rooms))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/operators/{id}/timeline",
                    .id = "getOperatorTimeline",
                    .summary = "一企一档的动态",
                    .action = &GetTimeline,
                    .query = PageQuery({{"room", "only this room", RoomId()},
                                        {"as_of", "as it was known at the end of this day", Day()}}),
                    .answers = Answers(TimelineSchema())});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/operators/{id}/records",
                    .id = "enterRecord",
                    .summary = "在档案中登记",
                    .action = &EnterRecord,
                    .writes = true,
                    .takes = RecordEntrySchema(),
                    .answers = Answers(ReceiptSchema(), 201)});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/records/{id}",
                    .id = "getRecord",
                    .summary = "一条登记的历次版本",
                    .action = &GetRecord,
                    .answers = Answers(ItemsOf(RecordVersionSchema()))});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/records/{id}",
                    .id = "changeRecord",
                    .summary = "变更或终止登记",
                    .action = &ChangeRecord,
                    .writes = true,
                    .takes = Object({{"action", OneOf({"change", "end"})},
                                     Maybe("fields", MapOf(AnyJson())),
                                     Maybe("since", Text()),
                                     Maybe("note", Text())}),
                    .answers = Answers(ReceiptSchema())});
}

}  // namespace zhian::subjects::face
