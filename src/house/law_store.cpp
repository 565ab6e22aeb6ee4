#include "house/law_store.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "base/text.hpp"
#include "identity/identity.hpp"
#include "identity/jurisdiction.hpp"
#include "procedure/form.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/persons.hpp"
#include "rooms/subjects/operators.hpp"
#include "rooms/traceability/store/capture.hpp"
#include "rooms/traceability/store/holdings.hpp"
#include "rooms/traceability/store/holds.hpp"

namespace zhian::house {
namespace json = boost::json;
using namespace procedure;
using storage::Value;

namespace {

constexpr const char* kPlainCode = "91511113MA60000011";  // a credit code with its right check character
constexpr const char* kPlain = "略";                      // a text, and the name of a file, that says nothing
constexpr std::int64_t kYear = std::int64_t{365} * 86'400'000;

// The body in which a role works, for guards that ask for another body.
std::string BodyOf(std::string_view role) {
  static constexpr std::pair<std::string_view, std::string_view> kBodies[] = {{"lab_technician", "laboratory"},
                                                                              {"lab_verifier", "laboratory"},
                                                                              {"township_lead", "township"},
                                                                              {"village_official", "village"},
                                                                              {"department_lead", "department"},
                                                                              {"department_officer", "department"},
                                                                              {"district_office", "district"},
                                                                              {"district_leader", "district"},
                                                                              {"supervision_organ", "organ"},
                                                                              {"police_liaison", "police"},
                                                                              {"procurator_liaison", "procurator"},
                                                                              {"upper_authority", "city"},
                                                                              {"operator_user", ""},
                                                                              {"market_organiser", ""},
                                                                              {"auditor", "audit"}};
  for (const auto& [name, body] : kBodies)
    if (name == role) return std::string(body);
  return "bureau";
}
bool IsOfAnOperator(std::string_view role) { return role == "operator_user" || role == "market_organiser"; }

CasePerson Standing(const std::string& id) {
  const bool second = id.ends_with(".2");
  const std::string role = second ? id.substr(0, id.size() - 2) : id;
  CasePerson person;
  person.id = person.name = person.person = id;
  person.roles = {role};
  person.place = role == "upper_authority" ? "city" : "district";
  person.body = BodyOf(role);
  if (role == "inspector" || role == "case_officer") person.certificate = "执法证";
  if (IsOfAnOperator(role)) person.operator_id = second ? "op2" : "op";
  return person;
}

Status PutPerson(storage::Connection& db, const CasePerson& person) {
  ZHIAN_TRY(db.Execute(
      "INSERT INTO accounts (id, username, name, person_digest, status, language) VALUES ($1,$1,$2,$3,'active','zh-Hans')",
      {person.id, person.name, person.person}));
  for (const std::string& role : person.roles)
    ZHIAN_TRY(db.Execute(
        "INSERT INTO role_assignments (id, account_id, role, jurisdiction, body, operator_id, certificate, valid_from, valid_to) "
        "VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)",
        {person.id + " " + role, person.id, role, person.place, storage::OrNull(person.body),
         storage::OrNull(person.operator_id), storage::OrNull(person.certificate),
         person.from ? person.from->ms : std::int64_t{0}, person.to ? Value{person.to->ms} : storage::Null()}));
  return Ok();
}

Error Misfit(const Case& one, int line, Message text) {
  return NeedsMending({{one.file + ":" + std::to_string(line), "case.fault", std::move(text)}});
}

std::string TextOf(const json::object& columns, const char* name, const std::string& otherwise) {
  const auto* value = columns.if_contains(name);
  return value == nullptr ? otherwise : ScalarText(value);
}

// Operators, each with one place of its name where its goods are.
Status PutOperators(storage::Connection& db, const Case& one) {
  std::map<std::string, subjects::Operator> operators;
  const auto add = [&](const std::string& id, const std::string& name) -> subjects::Operator& {
    auto& op = operators[id];
    op.id = id;
    op.name = name;
    op.type = "shop";
    op.state = "active";
    op.jurisdiction = "township";
    op.gln = id;
    op.entered_at = one.now.ms - kYear;
    return op;
  };
  add("op", "甲店");
  add("op2", "乙店");
  for (const CaseRow& row : one.rows) {
    if (row.table != "operator") continue;
    for (const auto& [key, value] : row.columns) {
      static constexpr std::string_view kColumns[] = {"id",      "name",     "code",    "type", "state",
                                                      "place",   "grade",    "stopped", "food", "survivor",
                                                      "address", "industry", "contact"};
      if (std::find(std::begin(kColumns), std::end(kColumns), std::string_view(key)) == std::end(kColumns))
        return Misfit(one, row.line, Say("经营主体没有“{}”这一栏", std::string(key)));
    }
    const std::string id = TextOf(row.columns, "id", "op");
    const auto known = operators.find(id);
    auto& op = add(id, TextOf(row.columns, "name", known == operators.end() ? id : known->second.name));
    op.code = TextOf(row.columns, "code", "");
    op.type = TextOf(row.columns, "type", op.type);
    op.state = TextOf(row.columns, "state", op.state);
    op.jurisdiction = TextOf(row.columns, "place", op.jurisdiction);
    op.grade = TextOf(row.columns, "grade", "");
    op.industry = TextOf(row.columns, "industry", "");
    op.address = TextOf(row.columns, "address", "");
    op.contact = TextOf(row.columns, "contact", "");
    op.survivor_id = TextOf(row.columns, "survivor", "");
    op.stopped = TextOf(row.columns, "stopped", "") == "true";
    op.food = TextOf(row.columns, "food", "") == "true";
  }
  for (const auto& [id, op] : operators) {
    ZHIAN_TRY(subjects::SaveOperator(db, op, true));
    ZHIAN_TRY(db.Execute(
        "INSERT INTO premises (district, id, operator_id, name, address, jurisdiction, gln, kind) VALUES ($d,$1,$1,$2,'',$3,$1,'main')",
        {id, op.name, op.jurisdiction}));
  }
  return Ok();
}

// What a row of a table holds where the case does not say it.
json::object PlainRow(const Case& one, const std::string& table, std::size_t number) {
  const std::string id = table + "-" + std::to_string(number);
  if (table == "permit")
    return {{"id", id},
            {"operator_id", "op"},
            {"number", id},
            {"category", "食品经营"},
            {"regime", "food_sale"},
            {"valid_from", one.now.ms - kYear},
            {"valid_to", one.now.ms + kYear},
            {"state", "valid"},
            {"ended_at", 0}};
  if (table == "certification")
    return {{"id", id},
            {"operator_id", "op"},
            {"number", id},
            {"type", "haccp"},
            {"issuing_body", "认证机构"},
            {"valid_from", one.now.ms - kYear},
            {"valid_to", one.now.ms + kYear},
            {"state", "valid"},
            {"ended_at", 0}};
  if (table == "credit_record")
    return {{"id", id}, {"operator_id", "op"}, {"matter_id", "this"}, {"kind", "bad"}, {"at", one.now.ms}};
  return {{"id", id},
          {"case_id", "this"},
          {"quarter", ""},
          {"letter", "函1"},
          {"organ_account", "supervision_organ"},
          {"at", one.now.ms}};
}

Status PutRows(storage::Connection& db, const Case& one) {
  std::size_t number = 0;
  for (const CaseRow& row : one.rows) {
    if (row.table == "operator") continue;
    json::object columns = PlainRow(one, row.table, ++number);
    for (const auto& [key, value] : row.columns) {
      if (!columns.contains(key)) return Misfit(one, row.line, Say("“{}”没有“{}”这一栏", row.table, std::string(key)));
      columns[key] = value;
    }
    std::string names = "district", places = "$d";
    std::vector<Value> values;
    for (const auto& [key, value] : columns) {
      names += ", " + std::string(key);
      values.push_back(value.is_int64() ? Value{value.get_int64()} : Value{ScalarText(&value)});
      places += ",$" + std::to_string(values.size());
    }
    ZHIAN_TRY(db.Execute("INSERT INTO " + row.table + " (" + names + ") VALUES (" + places + ")",
                         std::span<const Value>(values)));
  }
  return Ok();
}

Status PutMatter(storage::Connection& db, const Case& one, const CaseMatter& given) {
  const bool is_on_file = !given.state.empty();  // a matter that the step itself begins is not there yet
  if (is_on_file) ZHIAN_TRY(SaveMatter(db, MatterOf(given), true));
  // What a step links to a matter that it begins goes by the step's own command.
  const bool is_linked_by_step = one.duty != nullptr && one.matter.state.empty() && given.link_to == one.matter.id;
  if (!given.link_to.empty() && !is_linked_by_step)
    ZHIAN_TRY(InsertLink(db, given.link_to, given.id, given.relation, given.opened.ms));
  if (!is_on_file) return Ok();
  std::int64_t sequence = 0;
  for (const CaseMove& move : given.history) {
    const Actor actor = ActorOf(one, move.by);
    TransitionRow row;
    row.id = given.id + "-" + std::to_string(++sequence);
    row.matter_id = given.id;
    row.action = move.did;
    row.from = row.to = given.state;
    row.actor = actor.account_id;
    row.actor_name = actor.name;
    row.role = !move.role.empty()    ? move.role
               : actor.system        ? "system"
               : actor.roles.empty() ? ""
                                     : actor.roles[0].role;
    row.input = move.input;
    static const HeldRole kNone{"", "", "", "", ""};
    const HeldRole& held = actor.roles.empty() ? kNone : actor.roles.front();
    ZHIAN_ASSIGN(row.persons, PersonsOfMove(db, *given.kind, move.did, move.input, actor, held, /*second=*/nullptr));
    row.at = row.recorded_at = move.at.ms;
    row.sequence = sequence;
    ZHIAN_TRY(SaveTransition(db, row));
  }
  for (const CaseDuty& duty : given.duties) {
    const Duty* declared = FindDuty(*given.kind, duty.duty);
    DutyRow row;
    row.id = duty.id;
    row.matter_id = given.id;
    row.kind = std::string(given.kind->id);
    row.duty = duty.duty;
    row.holder_role = std::string(declared->holder);
    row.jurisdiction = given.place;
    row.operator_id = given.operator_id;
    row.rule_id = duty.rule;
    row.opened_at = row.start_at = duty.opened.ms;
    row.suspended_at = duty.suspended.ms;
    row.stopped_by = duty.stopped_by;
    row.closed_at = duty.state == DutyState::kOpen || duty.state == DutyState::kSuspended ? 0 : one.now.ms;
    if (duty.limit) row.limit_at = duty.limit->ms;
    row.extended = duty.extended ? 1 : 0;
    row.state = duty.state;
    ZHIAN_TRY(InsertDuty(db, row));
    row.holder_account = duty.holder;
    if (!duty.holder.empty()) ZHIAN_TRY(AssignDuty(db, row));
  }
  int number = 0;
  for (const CaseDocument& document : given.documents) {
    const std::string id = given.id + "-doc-" + std::to_string(++number);
    ZHIAN_TRY(db.Execute(
        "INSERT INTO document (district, id, matter_id, kind, number, values_json, sha256, public_code, issued_at) VALUES ($d,$1,$2,$3,$4,'{}',$1,$1,$5)",
        {id, given.id, document.kind, document.number, document.issued.ms}));
  }
  return Ok();
}

// One EPCIS event. `number` tells events apart.
json::object EventOf(const char* type, const char* step, const std::string& place, int number, base::Instant at) {
  const std::string digits = std::to_string(number);
  return {{"type", type},
          {"eventID", "urn:uuid:00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits},
          {"eventTime", base::FormatInstant(at)},
          {"eventTimeZoneOffset", "+08:00"},
          {"bizStep", step},
          {"readPoint", json::object{{"id", "urn:zhian:place:" + place}}}};
}
json::array Lots(const std::string& lot, double quantity, const std::string& unit) {
  return {json::object{{"epcClass", "urn:zhian:lot:" + lot}, {"quantity", quantity}, {"uom", unit}}};
}

Status PutHold(storage::Connection& db, const std::string& item, const std::string& matter, base::Instant at) {
  ZHIAN_TRY(traceability::PutHold(db, {.item = item,
                                       .producer_id = {},
                                       .matter_id = matter,
                                       .ground = "kept",
                                       .step = "on_file",
                                       .at_operator = {},
                                       .at = at}));
  return Ok();
}

Status PutGoods(storage::Connection& db, const Case& one) {
  json::array events;
  int number = 0;
  const auto moved = [&](const CaseGoods& goods, bool ships, base::Instant at) {
    json::object event =
        EventOf("ObjectEvent", ships ? "shipping" : "receiving", ships ? goods.from : goods.to, ++number, at);
    event["action"] = "OBSERVE";
    event["quantityList"] = Lots(goods.lot, goods.quantity, goods.unit);
    if (ships)
      event["destinationList"] =
          json::array{json::object{{"type", "location"}, {"destination", "urn:zhian:place:" + goods.to}}};
    else
      event["sourceList"] =
          json::array{json::object{{"type", "location"}, {"source", "urn:zhian:place:" + goods.from}}};
    events.push_back(std::move(event));
  };
  constexpr std::int64_t kOnTheWay = 3'600'000;
  for (const CaseGoods& goods : one.goods) {
    if (goods.act == "made") {
      json::object event = EventOf("ObjectEvent", "commissioning", goods.at, ++number, goods.on);
      event["action"] = "ADD";
      event["quantityList"] = Lots(goods.lot, goods.quantity, goods.unit);
      events.push_back(std::move(event));
    } else if (goods.act == "used") {
      json::object event = EventOf("TransformationEvent", "commissioning", goods.at, ++number, goods.on);
      event["inputQuantityList"] = Lots(goods.lot, goods.quantity, goods.unit);
      event["outputQuantityList"] = Lots(goods.into, goods.output, goods.unit);
      events.push_back(std::move(event));
    }
    if (goods.act == "sent" || goods.act == "moved") moved(goods, true, goods.on);
    if (goods.act == "received") moved(goods, false, goods.on);
    if (goods.act == "moved") moved(goods, false, base::Instant{goods.on.ms + kOnTheWay});
  }
  if (!events.empty()) {
    const json::object document{{"@context", json::object{{"zhian", "https://zhian.example/ns/"}}},
                                {"type", "EPCISDocument"},
                                {"schemaVersion", "2.0"},
                                {"epcisBody", json::object{{"eventList", std::move(events)}}}};
    ZHIAN_TRY(traceability::Capture(db, json::serialize(document), traceability::OnError::kRollback, one.now));
  }
  for (const CaseGoods& goods : one.goods) {
    Status done = Ok();
    if (goods.act == "settled")
      done = traceability::SetHolding(db, "urn:zhian:lot:" + goods.lot, "urn:zhian:place:" + goods.at, goods.status,
                                      goods.evidence, goods.quantity);
    else if (goods.act == "held")
      done = PutHold(db, "urn:zhian:lot:" + goods.lot, goods.by, one.now);
    if (!done.ok()) return Misfit(one, goods.line, done.error().message);
    if (!goods.product.empty())
      ZHIAN_TRY(db.Execute("UPDATE lot SET product=$2 WHERE district=$d AND item=$1",
                           {"urn:zhian:lot:" + (goods.into.empty() ? goods.lot : goods.into), goods.product}));
  }
  // A matter in a state that holds goods holds the lots that it names.
  for (const CaseMatter& other : one.others) {
    const Matter matter = house::MatterOf(other);
    if (matter.state.empty() || matter.terminal || !Means(matter, Meaning::kHoldsGoods)) continue;
    for (const std::string& lot : traceability::LotsOf(matter)) {
      ZHIAN_ASSIGN(const auto named, traceability::LotMeant(db, matter, lot));
      if (!named.item.empty()) ZHIAN_TRY(PutHold(db, named.item, matter.id, one.now));
    }
  }
  return Ok();
}

// A plain value that the form takes, for what no deadline hangs on.
Result<json::value> PlainValue(storage::Connection& db, const Case& one, Text type, Text args, bool is_of_guard,
                               const Field& field) {
  if (type == "text" || type == "longtext" || type == "rule" || type == "duty") return json::value(kPlain);
  if (type == "date") return json::value(base::FormatDate(base::LocalDate(one.now)));
  if (type == "datetime") return json::value(base::FormatInstant(one.now));
  if (type == "integer" || type == "decimal" || type == "money") return json::value("1");
  if (type == "quantity") return json::value(json::object{{"value", "1"}, {"unit", "kg"}});
  if (type == "bool") return json::value(true);
  if (type == "code") return json::value(kPlainCode);
  if (type == "account") return json::value("inspector");
  if (type == "operator") return json::value("op2");
  if (type == "jurisdiction") return json::value("township");
  if (type == "officers") return json::value(json::array{"inspector", "inspector.2"});
  if (type == "choice" && is_of_guard) return json::value(SplitArguments(args, '|').front());
  if (type == "files" || type == "file") {
    ZHIAN_TRY(db.Execute(
        "INSERT INTO attachment (district, sha256, name, media_type, size, stored_by, at) VALUES ($d,$1,$1,'image/png',1,'system',$2) ON CONFLICT DO NOTHING",
        {kPlain, one.now.ms}));
    return type == "files" ? json::value(json::array{kPlain}) : json::value(kPlain);
  }
  if (type == "matter")
    for (const CaseMatter& other : one.others)
      if (other.kind->id == args) return json::value(other.id);
  return MakeError(ErrorCode::kInvalid,
                   Say("这一步要填“{}”（{}），请在 form 里写明", field.label, std::string(field.name)));
}

}  // namespace

Status PutEveryone(storage::Connection& db) {
  const struct {
    const char *id, *parent, *name, *level;
  } places[] = {{"city", "", "某市", "city"},
                {"district", "city", "某区", "district"},
                {"district2", "city", "邻区", "district"},
                {"township", "district", "甲镇", "township"},
                {"township2", "district", "乙镇", "township"},
                {"village", "township", "一村", "village"}};
  for (const auto& place : places)
    ZHIAN_TRY(identity::AddJurisdiction(db,
                                        {.id = place.id,
                                         .parent = place.parent,
                                         .name = place.name,
                                         .level = place.level,
                                         .valid_from = base::Instant{0},
                                         .valid_to = std::nullopt,
                                         .successor = ""},
                                        base::Instant{0}));
  for (const Role& role : Roles()) {
    if (role.id == "system") continue;
    ZHIAN_TRY(PutPerson(db, Standing(std::string(role.id))));
    ZHIAN_TRY(PutPerson(db, Standing(std::string(role.id) + ".2")));
  }
  return Ok();
}

Matter MatterOf(const CaseMatter& given) {
  Matter matter;
  matter.id = given.id;
  matter.kind = std::string(given.kind->id);
  matter.number = given.number;
  matter.title = given.title;
  matter.state = given.state;
  matter.version = given.state.empty() ? 0 : 1;
  matter.operator_id = given.operator_id;
  matter.jurisdiction = given.place;
  matter.fields = given.fields;
  matter.flags = given.flags;
  matter.opened_at = given.opened.ms;
  matter.updated_at = given.updated.ms;
  matter.opened_by = given.opened_by;
  const State* state = FindState(*given.kind, given.state);
  matter.terminal = (state != nullptr && state->terminal) || matter.Has("voided");
  return matter;
}

Actor ActorOf(const Case& one, const std::string& account) {
  if (account == "system") return Actor::System();
  const auto own = std::find_if(one.people.begin(), one.people.end(),
                                [&](const CasePerson& person) { return person.id == account; });
  const CasePerson person = own == one.people.end() ? Standing(account) : *own;
  Actor actor;
  actor.account_id = person.id;
  actor.name = person.name;
  actor.person_digest = person.person;
  for (const std::string& role : person.roles)
    actor.roles.push_back({role, person.place, person.body, person.operator_id, ""});
  return actor;
}

Status PutOnFile(storage::Connection& db, const Case& one) {
  for (const CasePerson& person : one.people) ZHIAN_TRY(PutPerson(db, person));
  ZHIAN_TRY(PutOperators(db, one));
  ZHIAN_TRY(PutMatter(db, one, one.matter));
  for (const CaseMatter& other : one.others) ZHIAN_TRY(PutMatter(db, one, other));
  ZHIAN_TRY(PutRows(db, one));
  for (const CaseFile& file : one.files) {
    ZHIAN_TRY(db.Execute(
        "INSERT INTO attachment (district, sha256, name, media_type, size, stored_by, at) VALUES ($d,$1,$1,'image/png',1,'system',$2)",
        {file.name, file.at.ms}));
    if (!file.used_by.empty())
      ZHIAN_TRY(db.Execute(
          "INSERT INTO attachment_of_matter (district, matter_id, sha256, transition_id, at) VALUES ($d,$1,$2,'',$3)",
          {file.used_by, file.name, file.at.ms}));
  }
  int number = 0;
  for (const CaseIdentity& sealed : one.identities)
    ZHIAN_TRY(db.Execute(
        "INSERT INTO sealed_identity (district, id, matter_id, name, contact, salt, at) VALUES ($d,$1,$2,$3,$4,'',$5)",
        {"sealed-" + std::to_string(++number), sealed.matter, sealed.name, sealed.contact, one.now.ms}));
  return PutGoods(db, one);
}

Result<json::object> FirstForm(storage::Connection& db, const Case& one) {
  if (one.by == "system") {  // the clock and what effects start fill no form: a new matter takes over its fields
    json::object form = one.form;
    if (one.matter.state.empty())
      for (const auto& [name, value] : one.matter.fields) form[name] = value;
    return form;
  }
  if (one.matter.state.empty() && !one.matter.fields.empty())
    return Misfit(one, one.line, "新立的事项还没有在案的栏：写在 form 里，由上一事项带来的写 by = system");
  return FilledForm(db, one, *one.step, one.form);
}

Result<json::object> FilledForm(storage::Connection& db, const Case& one, const Transition& step, json::object form) {
  for (const FormField& asked : FormOf(*one.matter.kind, step)) {
    const Field& field = *asked.field;
    if (field.optional || form.contains(field.name)) continue;
    if (field.type != "items") {
      ZHIAN_ASSIGN(form[field.name], PlainValue(db, one, field.type, field.args, !asked.guard.empty(), field));
      continue;
    }
    json::object row;
    for (const Column& column : ColumnsOf(field))
      if (!column.optional) {
        ZHIAN_ASSIGN(row[column.name], PlainValue(db, one, column.type, column.arguments, true, field));
      }
    form[field.name] = json::array{std::move(row)};
  }
  return form;
}

}  // namespace zhian::house
