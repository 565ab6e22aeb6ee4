// 一企一檔: list of operators and the one file of each, read through everything that names it; exports.
#include "api/matter_view.hpp"
#include "api/routes.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "rooms/subjects/operators.hpp"

namespace zhian::api {
namespace json = boost::json;
using subjects::Operator;

namespace {

json::object OperatorSummary(const Operator& op, Language language, const NameLookup& names) {
  const auto* kind = procedure::FindKind("operator_file");
  const auto* state = kind == nullptr ? nullptr : procedure::FindState(*kind, op.state);
  return {{"id", op.id}, {"name", op.name}, {"code", op.code}, {"type", op.type}, {"type_label", LabelText("choice.operator_type." + op.type, "choice." + op.type, op.type, language)},
          {"jurisdiction", json::object{{"id", op.jurisdiction}, {"name", names.Jurisdiction(op.jurisdiction)}}}, {"state", op.state},
          {"state_label", state == nullptr ? std::string_view(op.state) : LabelIn(state->label, language)}, {"staff", op.staff}, {"grade", op.grade},
          {"stopped", op.stopped}, {"matter_id", op.matter_id}, {"match", json::array{}}};
}

Result<http::Response> ListOperators(App& app, Caller& caller) { return AnswerPage(app, caller, &QueryOperators); }

Result<http::Response> GetOperator(App& app, Caller& caller) {
  json::object view;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(Operator op, subjects::LoadOperator(db, caller.request.PathParameter("id")));
    procedure::Matter probe;  // the same rule as for a matter of this operator
    probe.operator_id = op.id;
    probe.jurisdiction = op.jurisdiction;
    ZHIAN_ASSIGN(const bool may_see, app.engine.MaySee(db, caller.actor, probe));
    if (!may_see) return MakeError(ErrorCode::kForbidden, "这个主体不在您的辖区或名下");
    // A merged file answers with the survivor's address (procedures.md, operator_file).
    const NameLookup names(db);
    json::object head = OperatorSummary(op, caller.language, names);
    head["survivor_id"] = op.survivor_id.empty() ? json::value(nullptr) : json::value(op.survivor_id);
    json::array fields;
    const auto field = [&](const char* name, const std::string& label, const std::string& text) {
      if (!text.empty()) fields.push_back(json::object{{"name", name}, {"label", LabelText(std::string("field.") + name, {}, label, caller.language)}, {"value", text}, {"text", text}});
    };
    field("credit_code", "统一社会信用代码", op.code);
    field("former_names", "曾用名", op.former_names);
    field("address", "地址", op.address);
    field("person_in_charge", "负责人", op.contact);
    field("phone", "电话", op.phone);
    field("industry", "行业", op.industry);
    field("staff", "从业人数", op.staff > 0 ? std::to_string(op.staff) : std::string{});
    field("grade", "风险等级", op.grade);
    field("gln", "位置码", op.gln);
    head["fields"] = std::move(fields);
    view["operator"] = std::move(head);
    json::array premises, products, people, permits, matters, lots, credit, timeline, effects;
    ZHIAN_ASSIGN(const auto premises_rows, subjects::LoadPremises(db, op.id));
    for (const auto& row : premises_rows) premises.push_back(json::object{{"id", row.id}, {"name", row.name}, {"address", row.address}, {"gln", row.gln}, {"kind", row.kind}});
    ZHIAN_ASSIGN(const auto product_rows, subjects::LoadProducts(db, op.id));
    for (const auto& row : product_rows) products.push_back(json::object{{"id", row.id}, {"name", row.name}, {"gtin", row.gtin}, {"category", row.category}, {"standard", row.standard}, {"unit", row.unit}});
    ZHIAN_ASSIGN(const auto people_rows, subjects::LoadPeople(db, op.id));
    for (const auto& row : people_rows) people.push_back(json::object{{"id", row.id}, {"name", row.name}, {"duty", row.duty}});
    ZHIAN_ASSIGN(const auto all, procedure::LoadMattersOfOperator(db, op.id, ""));
    for (const auto& matter : all) {
      if (matter.Has("confidential") && !MaySeeConfidential(caller.actor)) continue;
      matters.push_back(MatterSummary(matter, caller.language, names));
      if (matter.kind == "permit") {
        const json::object summary = MatterSummary(matter, caller.language, names).as_object();
        permits.push_back(json::object{{"id", matter.id}, {"number", matter.Field("permit_number")}, {"category", matter.Field("category")},
                                       {"valid_from", matter.Field("valid_from")}, {"valid_to", matter.Field("valid_to")}, {"state_label", summary.at("state_label")}});
      }
    }
    ZHIAN_ASSIGN(auto moves, db.Query("SELECT t.at, t.kind, t.action, t.from_state, t.matter_id, t.document_id, t.actor_name, m.flags FROM matter_transition t JOIN matter m ON m.district='d' AND m.id=t.matter_id "
                                      "WHERE t.district='d' AND m.operator_id=$1 ORDER BY t.at DESC, t.sequence DESC LIMIT 200", {op.id}));
    for (const auto& row : moves) {
      if (row.text(7).find("confidential") != std::string::npos && !MaySeeConfidential(caller.actor)) continue;
      const auto* kind = procedure::FindKind(row.text(1));
      const auto* transition = kind == nullptr ? nullptr : procedure::FindTransition(*kind, row.text(3), row.text(2));
      timeline.push_back(json::object{{"at", base::FormatInstant(base::Instant{row.integer(0)})}, {"kind", row.text(1)}, {"label", kind == nullptr ? std::string_view{} : LabelIn(kind->label, caller.language)},
                                      {"text", transition == nullptr ? std::string_view(row.text(2)) : LabelIn(transition->label, caller.language)}, {"actor", row.text(6)},
                                      {"matter_id", row.text(4)}, {"document_id", row.is_null(5) ? json::value(nullptr) : json::value(row.text(5))}});
    }
    ZHIAN_ASSIGN(auto credit_rows, db.Query("SELECT at, kind, matter_id FROM credit_record WHERE district='d' AND operator_id=$1 ORDER BY at DESC LIMIT 200", {op.id}));
    for (const auto& row : credit_rows)
      credit.push_back(json::object{{"at", base::FormatInstant(base::Instant{row.integer(0)})}, {"kind", row.text(1)}, {"text", LabelText("credit." + row.text(1), {}, row.text(1), caller.language)}, {"matter_id", row.text(2)}});
    if (op.stopped) effects.push_back(json::object{{"key", "stopped"}, {"text", Message("停止生产经营中，他人进货时将被提示拒收").In(caller.language)}});
    ZHIAN_ASSIGN(auto lot_rows, db.Query("SELECT item, product, quantity_micro, unit, held FROM lot WHERE district='d' AND operator_id=$1 ORDER BY item LIMIT 200", {op.id}));
    for (const auto& row : lot_rows)
      lots.push_back(json::object{{"item", row.text(0)}, {"product", row.text(1)}, {"quantity", static_cast<double>(row.integer(2)) / 1e6}, {"unit", row.text(3)}, {"held", row.integer(4) != 0}});
    view["premises"] = std::move(premises);
    view["products"] = std::move(products);
    view["people"] = std::move(people);
    view["permits"] = std::move(permits);
    view["matters"] = std::move(matters);
    view["lots"] = std::move(lots);
    view["credit"] = std::move(credit);
    view["timeline"] = std::move(timeline);
    view["effects"] = std::move(effects);
    return Ok();
  }));
  return Json(view);
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
      ZHIAN_ASSIGN(auto open, db.Query("SELECT COUNT(*) FROM (SELECT 1 FROM matter WHERE district='d' AND operator_id=$1 AND terminal=0 LIMIT 100) x", {op.id}));
      item["open_matters"] = open.front().integer(0);
      page.items.push_back(std::move(item));
    }
    page.next = std::move(answer.next);
    return Ok();
  }));
  return page;
}

void AddOperatorRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({Method::kGet, "/api/v1/operators", "listOperators", "主体列表", Access::kSignedIn, &ListOperators});
  routes.push_back({Method::kGet, "/api/v1/operators/{id}", "getOperator", "一企一档", Access::kSignedIn, &GetOperator});
}

}  // namespace zhian::api
