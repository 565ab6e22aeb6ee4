// Where a matter begins: what can be started from an operator's file, a lot, another matter or a list, derived from the
// tables and the roles held; and the form of its first step, filled in with what is on file.
#include <algorithm>
#include <optional>

#include "base/json.hpp"
#include "base/text.hpp"
#include "desk/matter_view.hpp"
#include "desk/operators.hpp"
#include "desk/routes.hpp"
#include "http/message.hpp"
#include "procedure/about.hpp"
#include "procedure/ask.hpp"

namespace zhian::desk {
namespace json = boost::json;
using procedure::Kind;
using procedure::Matter;
using procedure::Transition;

namespace {

struct Lot {
  std::string item, number, product, unit, place, quantity;  // quantity: an exact decimal
};

// What the address of the page names. Everything is checked against what the caller may see.
struct Origin {
  std::optional<OperatorCard> op;
  std::optional<Matter> matter;
  std::optional<Lot> lot;
  std::string jurisdiction;

  [[nodiscard]] procedure::Place place() const {
    return matter ? procedure::Place::kMatter
           : lot  ? procedure::Place::kLot
           : op   ? procedure::Place::kOperator
                  : procedure::Place::kAnywhere;
  }
};

Status TakeOperator(App& app, storage::Connection& db, const Caller& caller, const std::string& id, Origin& origin) {
  if (id.empty()) return Ok();
  ZHIAN_ASSIGN(auto op, app.operators->load(db, id));
  Matter probe;  // the same rule as for a matter of this operator
  probe.operator_id = op.id;
  probe.jurisdiction = op.jurisdiction;
  ZHIAN_ASSIGN(const bool may_see, app.engine.MaySee(db, caller.actor, probe));
  if (!may_see) return MakeError(ErrorCode::kForbidden, "这个主体不在您的辖区或名下");
  origin.jurisdiction = op.jurisdiction;
  origin.op = std::move(op);
  return Ok();
}

Result<Origin> ReadOrigin(App& app, storage::Connection& db, const Caller& caller) {
  Origin origin;
  const std::string matter_id = TextParameter(caller.request, "matter"), item = TextParameter(caller.request, "lot");
  ZHIAN_TRY(TakeOperator(app, db, caller, TextParameter(caller.request, "operator"), origin));
  if (!matter_id.empty()) {
    ZHIAN_ASSIGN(auto matter, VisibleMatter(app, db, caller, matter_id));
    if (!origin.op) ZHIAN_TRY(TakeOperator(app, db, caller, matter.operator_id, origin));
    origin.jurisdiction = matter.jurisdiction;
    origin.matter = std::move(matter);
  }
  if (!item.empty()) {
    ZHIAN_ASSIGN(const auto told,
                 procedure::AskWithoutMatter(app.services, db, app.clock.Now(), "lot.told", {{"item", item}}));
    if (!told.is_object()) return MakeError(ErrorCode::kNotFound, "没有这个批次");
    const auto text = [&](const char* name) { return std::string(base::TextAt(told.get_object(), name)); };
    // A lot travels beyond the territory of who traces it: its operator is filled in only for those who may see the
    // file.
    if (!origin.op) {
      auto taken = TakeOperator(app, db, caller, text("operator_id"), origin);
      if (!taken.ok() && taken.error().code != ErrorCode::kForbidden) return taken.error();
    }
    origin.lot = Lot{.item = text("item"),
                     .number = text("lot_no"),
                     .product = text("product"),
                     .unit = text("unit"),
                     .place = text("place"),
                     .quantity = text("quantity")};
  }
  return origin;
}

// Whether one of the roles held may take this first step here.
Result<bool> MayStart(storage::Connection& db, const Caller& caller, const Transition& transition,
                      const Origin& origin) {
  for (const auto& held : caller.actor.roles) {
    if (std::find(transition.who.begin(), transition.who.end(), held.role) == transition.who.end()) continue;
    if (!held.operator_id.empty()) {
      if (!origin.op || origin.op->id == held.operator_id) return true;
    } else if (origin.jurisdiction.empty()) {
      return true;
    } else {
      ZHIAN_ASSIGN(const bool covers, identity::Covers(db, held.jurisdiction, origin.jurisdiction));
      if (covers) return true;
    }
  }
  return false;
}

json::object StartView(const Kind& kind, const Transition& transition, Language language) {
  return {{"kind", kind.id},
          {"kind_label", LabelIn(kind.label, language)},
          {"room", kind.room},
          {"room_label", LabelText("room." + std::string(kind.room), {}, std::string(kind.room), language)},
          {"action", transition.action},
          {"label", LabelIn(transition.label, language)}};
}

Result<http::Response> WhatStartsHere(App& app, Caller& caller) {
  const std::string only = TextParameter(caller.request, "kind"), room = TextParameter(caller.request, "room");
  json::array items;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const Origin origin, ReadOrigin(app, db, caller));
    const Kind* of = origin.matter ? procedure::FindKind(origin.matter->kind) : nullptr;
    for (const Kind& kind : procedure::Kinds()) {
      if (!kind.live || (!only.empty() && kind.id != only) || (!room.empty() && kind.room != room) ||
          !procedure::BelongsTo(kind, origin.place(), of))
        continue;
      for (const Transition& transition : kind.transitions) {
        if (!transition.from.empty()) continue;
        ZHIAN_ASSIGN(const bool may, MayStart(db, caller, transition, origin));
        if (!may) continue;
        json::object item = StartView(kind, transition, caller.language);
        std::string href = "/new?kind=" + std::string(kind.id) + "&action=" + std::string(transition.action);
        if (origin.op) href += "&operator=" + origin.op->id;
        if (origin.matter) href += "&matter=" + origin.matter->id;
        if (origin.lot) href += "&lot=" + http::PercentEncode(origin.lot->item);
        item["href"] = href;
        items.push_back(std::move(item));
      }
    }
    return Ok();
  }));
  return Json(json::object{{"items", std::move(items)}});
}

// The value that is on file for a field, and where it is from; null where nothing is.
json::value OnFile(const procedure::Field& field, const Origin& origin, Message& from) {
  if (origin.matter) {
    from = origin.matter->number;
    if (field.type == "matter" && field.args == origin.matter->kind) return json::value(origin.matter->id);
    if (field.name == "source" && field.type == "choice")
      for (const std::string& option : procedure::SplitArguments(field.args, '|'))
        if (option == origin.matter->kind) return json::value(option);
    if (const auto* value = origin.matter->fields.if_contains(field.name);
        value != nullptr && field.name != "reason" && field.type != "bool" && field.type != "officers" &&
        field.type != "files")
      return *value;
  }
  if (origin.lot) {
    const Lot& lot = *origin.lot;
    from = Say("批次 {}", lot.number);
    const json::object quantity{{"value", lot.quantity}, {"unit", lot.unit}};
    if (field.name == "gap_item") return json::value(lot.item);
    if (field.name == "gap_place" && !lot.place.empty()) return json::value(lot.place);
    if (field.name == "lot") return json::value(lot.number);
    if ((field.name == "product_name" || field.name == "product") && !lot.product.empty())
      return json::value(lot.product);
    if (field.name == "lots" && field.type == "items")
      return json::array{json::object{{"lot", lot.number}, {"quantity", quantity}}};
  }
  if (origin.op) {
    const OperatorCard& op = *origin.op;
    from = "一企一档";
    const auto known = [&](std::initializer_list<std::string_view> names) {
      return std::find(names.begin(), names.end(), field.name) != names.end();
    };
    std::string text;
    if (known({"credit_code"}))
      text = op.code;
    else if (known({"address", "place"}))
      text = op.address;
    else if (known({"person_in_charge", "contact"}))
      text = op.contact;
    else if (known({"phone"}))
      text = op.phone;
    else if (known({"producer_name", "operator_name", "party_name"}))
      text = op.name;
    if (!text.empty() && (field.type == "text" || field.type == "code")) return json::value(text);
    if (field.name == "regime" && field.type == "choice" && op.food)
      for (const std::string& option : procedure::SplitArguments(field.args, '|'))
        if (option == "food") return json::value(option);
  }
  return nullptr;
}

// The first step's form for this place. What is on file stands in it with its source; it can be changed, not lost.
Result<http::Response> StartForm(App& app, Caller& caller) {
  const Kind* kind = procedure::FindKind(TextParameter(caller.request, "kind"));
  if (kind == nullptr || !kind->live) return NeedsMending({{"/kind", "error.choose", "从列表中选择事项种类"}});
  const Transition* transition = procedure::FindTransition(*kind, "", TextParameter(caller.request, "action"));
  if (transition == nullptr) return NeedsMending({{"/action", "error.choose", "从列表中选择事项种类"}});
  const Language language = caller.language;
  json::object view = StartView(*kind, *transition, language);
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const Origin origin, ReadOrigin(app, db, caller));
    ZHIAN_ASSIGN(const bool may, MayStart(db, caller, *transition, origin));
    if (!may) return MakeError(ErrorCode::kForbidden, "您的岗位不能办理这一步");
    const NameLookup names(db);
    json::array fields, guards, who;
    for (const auto& form : procedure::FormOf(*kind, *transition)) {
      json::object declaration = FieldDeclaration(*form.field, language);
      Message from;
      if (json::value value = OnFile(*form.field, origin, from); !value.is_null()) {
        if (form.field->type == "matter" && value.is_string()) {
          const auto named = procedure::LoadMatter(db, value.get_string());
          if (named.ok()) declaration["value_text"] = MatterTitle(*named, language, names) + " " + named->number;
        }
        declaration["value"] = std::move(value);
        declaration["filled_from"] = from.In(language);
      }
      fields.push_back(std::move(declaration));
    }
    for (const auto id : transition->guards)
      if (const auto* guard = procedure::FindGuard(id)) guards.push_back(json::value(LabelIn(guard->label, language)));
    for (const auto role : transition->who)
      if (const auto* declared = procedure::FindRole(role); declared != nullptr && role != procedure::kSystemRole)
        who.push_back(json::value(LabelIn(declared->label, language)));
    const auto* document = procedure::FindDocumentKind(transition->document);
    view["fields"] = std::move(fields);
    view["guards"] = std::move(guards);
    view["who"] = std::move(who);
    view["document"] = document == nullptr ? json::value(nullptr) : json::value(LabelIn(document->label, language));
    view["operator"] = origin.op ? json::value(json::object{{"id", origin.op->id},
                                                            {"name", origin.op->name},
                                                            {"code", origin.op->code},
                                                            {"place", names.Jurisdiction(origin.op->jurisdiction)}})
                                 : json::value(nullptr);
    view["matter"] = origin.matter ? MatterSummary(*origin.matter, language, names) : json::value(nullptr);
    view["lot"] =
        origin.lot ? json::value(json::object{
                         {"item", origin.lot->item}, {"number", origin.lot->number}, {"product", origin.lot->product}})
                   : json::value(nullptr);
    view["jurisdiction"] =
        origin.jurisdiction.empty()
            ? json::value(nullptr)
            : json::value(json::object{{"id", origin.jurisdiction}, {"name", names.Jurisdiction(origin.jurisdiction)}});
    // Whom or where it concerns is asked only where the table says that it concerns an operator.
    view["about_operator"] = procedure::BelongsTo(*kind, procedure::Place::kOperator);
    view["operator_needed"] = procedure::IsOfOneOperator(*kind);
    return Ok();
  }));
  return Json(view);
}

Schema StartSchema() {
  return Named("Start", Object({{"kind", KindId()},
                                {"kind_label", Text()},
                                {"room", RoomId()},
                                {"room_label", Text()},
                                {"action", Text()},
                                {"label", Text()}}));
}

Schema StartFormSchema() {
  const Schema op = Object({{"id", Text()}, {"name", Text()}, {"code", Text()}, {"place", Text()}});
  const Schema lot = Object({{"item", Text()}, {"number", Text()}, {"product", Text()}});
  return Named("StartForm", With(StartSchema(), {{"fields", ListOf(FormFieldSchema())},
                                                 {"guards", ListOf(Text())},
                                                 {"who", ListOf(Text())},
                                                 {"document", Nullable(Text())},
                                                 {"operator", Nullable(op)},
                                                 {"matter", Nullable(MatterSchema())},
                                                 {"lot", Nullable(lot)},
                                                 {"jurisdiction", Nullable(NamedThing())},
                                                 {"about_operator", Truth()},
                                                 {"operator_needed", Truth()}}));
}

std::vector<QuerySpec> OriginQuery() {
  return {{"operator", "id of the operator whose file is open"},
          {"matter", "id of the matter that is open"},
          {"lot", "identifier of the lot that is open"}};
}

}  // namespace

void AddStartRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/start",
       .id = "whatStartsHere",
       .summary = "在此可办的新事项",
       .action = &WhatStartsHere,
       .query = Joined(OriginQuery(), {{"kind", "only this kind", KindId()}, {"room", "only this room", RoomId()}}),
       .answers = Answers(ItemsOf(Named("StartHere", With(StartSchema(), {{"href", Text()}}))))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/start/form",
                    .id = "startForm",
                    .summary = "新事项的第一步，已带出在档内容",
                    .action = &StartForm,
                    .query = Joined(OriginQuery(), {{"kind", "of the new matter", KindId(), true},
                                                    {"action", "its first step", Text(), true}}),
                    .answers = Answers(StartFormSchema())});
}

}  // namespace zhian::desk
