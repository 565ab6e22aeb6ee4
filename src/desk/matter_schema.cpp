// The shapes of the views of matters, duties and rules, as OpenAPI tells them (matter_view.cpp builds the views).
#include <algorithm>

#include "desk/matter_view.hpp"
#include "desk/room_face.hpp"
#include "desk/schema.hpp"

namespace zhian::desk {
using procedure::Kind;

Schema KindId() {
  static const Schema kSchema = [] {
    std::vector<std::string> ids;
    for (const Kind& kind : procedure::Kinds()) ids.emplace_back(kind.id);
    return Named("KindId", OneOf(ids));
  }();
  return kSchema;
}

Schema RoomId() {
  static const Schema kSchema = [] {
    std::vector<std::string> ids;
    for (const Kind& kind : procedure::Kinds())
      if (std::find(ids.begin(), ids.end(), kind.room) == ids.end()) ids.emplace_back(kind.room);
    return Named("RoomId", OneOf(ids));
  }();
  return kSchema;
}

Schema RoleId() {
  static const Schema kSchema = [] {
    std::vector<std::string> ids;
    for (const procedure::Role& role : procedure::Roles()) ids.emplace_back(role.id);
    return Named("RoleId", OneOf(ids));
  }();
  return kSchema;
}

Schema RuleSchema() {
  static const Schema kSchema = Named("Rule", Object({{"id", Text()},
                                                      {"rule", Text()},
                                                      {"value_text", Text()},
                                                      {"unit", Text()},
                                                      {"from", Text().Says("day, or empty where it has always held")},
                                                      {"to", Text().Says("last day, or empty where it still holds")},
                                                      {"source", Text()},
                                                      {"confidence", Text()},
                                                      {"to_verify", Truth()}}));
  return kSchema;
}

Schema DutySchema() {
  static const Schema kSchema = Named(
      "Duty", Object({{"id", Text()},
                      {"duty", Text()},
                      {"label", Text()},
                      {"holder_role", RoleId()},
                      {"holder_role_label", Text()},
                      {"limit_at", Nullable(Instant())},
                      {"limit_on", Nullable(Day())},
                      {"remaining", Nullable(Object({{"unit", OneOf({"wd", "h"}).Says("working days, hours")},
                                                     {"n", Integer().Says("less than 0: so long past its limit")}}))},
                      {"status", OneOf({"open", "suspended", "done", "done_late", "lapsed", "overdue"})},
                      {"urgency", OneOf({"calm", "soon", "today", "overdue", "suspended"})},
                      {"rule", Nullable(RuleSchema())},
                      {"no_rule", Truth()},
                      {"start_at", Instant()}}));
  return kSchema;
}

Schema FormFieldSchema() {
  static const Schema kSchema = Named(
      "FormField",
      Object({{"name", Text()},
              {"label", Text()},
              {"type", OneOf({"text", "longtext", "date",  "datetime", "integer", "decimal",  "money",   "quantity",
                              "bool", "choice",   "duty",  "officers", "account", "operator", "matter",  "jurisdiction",
                              "file", "files",    "items", "code",     "rule",    "gln",      "identity"})},
              {"args", Text()},
              {"optional", Truth()},
              {"value", AnyJson().Says("what stands in the field now, of the shape of its type; null: nothing")},
              {"hint", Nullable(Text())},
              {"readonly_reason", Nullable(Text())},
              {"options", Nullable(ListOf(LabelledChoice())).Says("of a choice")},
              {"columns", Nullable(ListOf(Refer("FormField"))).Says("of a list of rows")},
              Maybe("value_text", Text()),
              Maybe("filled_from", Text())}));
  return kSchema;
}

Schema ToneSchema() {
  static const Schema kSchema = Named("Tone", OneOf({"running", "caution", "good", "bad", "ended"}));
  return kSchema;
}

Schema MatterSchema() {
  static const Schema kSchema =
      Named("Matter", Object({{"id", Text()},
                              {"kind", KindId()},
                              {"kind_label", Text()},
                              {"room", RoomId()},
                              {"number", Text()},
                              {"title", Text()},
                              {"state", Text()},
                              {"state_label", Text()},
                              {"state_tone", ToneSchema()},
                              {"terminal", Truth()},
                              {"version", Integer()},
                              {"flags", ListOf(Object({{"id", Text()}, {"label", Text()}}))},
                              {"listed", ListOf(Object({{"name", Text()}, {"label", Text()}, {"text", Text()}}))},
                              {"operator", Nullable(NamedThing())},
                              {"jurisdiction", NamedThing()},
                              {"opened_at", Instant()},
                              {"updated_at", Instant()}}));
  return kSchema;
}

namespace {

Schema ActionSchema() {
  return Named(
      "Action",
      Object({{"action", Text()},
              {"label", Text()},
              {"allowed", Truth()},
              {"has_role", Truth()},
              {"reasons", ListOf(Text())},
              {"who", ListOf(Text())},
              {"who_names", ListOf(Text())},
              {"needs_second", Truth()},
              {"fields", ListOf(FormFieldSchema())},
              {"guards",
               ListOf(Object({{"id", Text()}, {"label", Text()}, {"how", OneOf({"code", "second", "fields"})}}))},
              {"document", Nullable(Object({{"kind", Text()}, {"label", Text()}}))},
              {"closing", Truth()},
              {"primary", Truth()},
              {"common", Truth()}}));
}

Schema HistorySchema() {
  return Named(
      "HistoryStep",
      Object(
          {{"id", Text()},
           {"at", Instant()},
           {"action", Text()},
           {"label", Text()},
           {"from_label", Text()},
           {"to_label", Text()},
           {"actor", Text()},
           {"on_behalf_of", Nullable(Text())},
           {"second", Nullable(Text())},
           {"note", Text()},
           {"ledger_index", Integer()},
           {"document_id", Nullable(Text())},
           {"changes",
            ListOf(Object({{"field", Text()}, {"label", Text()}, {"before", Nullable(Text())}, {"after", Text()}}))}}));
}

Schema FieldValueSchema() {
  return Named("FieldValue",
               Object({{"name", Text()},
                       {"label", Text()},
                       {"type", Text()},
                       {"value", AnyJson().Says("as it is kept, of the shape of its type")},
                       {"text", Text()},
                       {"rows", Nullable(Object({{"columns", ListOf(Text())}, {"rows", ListOf(ListOf(Text()))}}))}}));
}

}  // namespace

Schema ExceptionSchema() {
  return Named("GateException", Object({{"state", Text()},
                                        {"ground", Text()},
                                        {"done", Text()},
                                        {"risk", Text()},
                                        {"measures", Text()},
                                        {"review_on", Text()},
                                        {"asked_name", Text()},
                                        {"asked_on", Text()},
                                        {"opinion", Text()},
                                        {"opinion_name", Text()},
                                        {"decided_name", Text()},
                                        {"decided_on", Text()}}));
}

Schema MatterPageSchema(Rooms rooms) {
  const Schema path = Object({{"state", Text()},
                              {"label", Text()},
                              {"status", OneOf({"done", "current", "future"})},
                              {"at", Nullable(Instant())}});
  const Schema document = Object({{"id", Text()},
                                  {"kind", Text()},
                                  {"kind_label", Text()},
                                  {"number", Text()},
                                  {"withdrawn", Truth()},
                                  {"issued_at", Instant()},
                                  {"public_code", Text()},
                                  {"sha256", Digest()}});
  const Schema attachment = Object({{"sha256", Digest()},
                                    {"name", Text()},
                                    {"media_type", Text()},
                                    {"size", Integer()},
                                    {"at", Instant()},
                                    {"transition_id", Text()}});
  const Schema approval = Object({{"id", Text()},
                                  {"action", Text()},
                                  {"label", Text()},
                                  {"asked_by", Text()},
                                  {"asked_at", Instant()},
                                  {"can_confirm", Truth()}});
  std::vector<Member> members(
      {{"matter",
        Named("MatterHead", With(MatterSchema(), {{"fields", ListOf(FieldValueSchema())}, {"room_label", Text()}}))},
       {"path", ListOf(Named("PathStep", path))},
       {"actions", ListOf(ActionSchema())},
       {"duties", ListOf(Named("MatterDuty",
                               With(DutySchema(), {{"extension", Nullable(RuleSchema())}, {"can_extend", Truth()}})))},
       {"documents", ListOf(Named("Document", document))},
       {"attachments", ListOf(Named("Attachment", attachment))},
       {"history", ListOf(HistorySchema())},
       {"links", ListOf(Named("LinkedMatter", With(MatterSchema(), {{"relation", Always("linked")}})))},
       {"approvals", ListOf(Named("Approval", approval))},
       {"handovers", ListOf(Object({{"kind_label", Text()}, {"reason", Text()}}))},
       {"cut", ListOf(OneOf({"documents", "attachments", "links"}))
                   .Says("lists of which there is more than what stands here")}});
  for (const RoomFace* room : rooms)
    for (const MatterPart& part : room->matter_parts)
      members.push_back({std::string(part.name), Nullable(part.shape())});
  return Named("MatterPage", Object(members));
}

}  // namespace zhian::desk
