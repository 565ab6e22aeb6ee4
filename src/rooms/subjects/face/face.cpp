#include "rooms/subjects/face/face.hpp"

#include <chrono>
#include <thread>

#include "base/json.hpp"
#include "base/log.hpp"
#include "desk/operators.hpp"
#include "rooms/subjects/face/imports.hpp"
#include "rooms/subjects/face/routes.hpp"
#include "rooms/subjects/face/search_index.hpp"
#include "rooms/subjects/figures.hpp"
#include "rooms/subjects/operators.hpp"
#include "rooms/subjects/registry.hpp"
#include "rooms/subjects/stops.hpp"

namespace zhian::subjects {
using namespace desk;

namespace {

OperatorCard CardOf(const Operator& op) {
  return {.id = op.id,
          .name = op.name,
          .code = op.code,
          .type = op.type,
          .state = op.state,
          .jurisdiction = op.jurisdiction,
          .address = op.address,
          .contact = op.contact,
          .phone = op.phone,
          .food = op.food};
}

constexpr OperatorDirectory kDirectory{
    .load = [](storage::Connection& db, std::string_view id) -> Result<OperatorCard> {
      ZHIAN_ASSIGN(const Operator op, LoadOperator(db, id));
      return CardOf(op);
    },
    .find_by_code = [](storage::Connection& db, std::string_view code) -> Result<std::optional<OperatorCard>> {
      ZHIAN_ASSIGN(const auto op, FindByCode(db, code));
      return op ? std::optional(CardOf(*op)) : std::nullopt;
    },
    .find_by_name = [](storage::Connection& db, std::string_view name) -> Result<std::vector<OperatorCard>> {
      ZHIAN_ASSIGN(const auto found, FindByName(db, name));
      std::vector<OperatorCard> cards;
      for (const Operator& op : found) cards.push_back(CardOf(op));
      return cards;
    },
    .find_by_text = [](storage::Connection& db, const ReadScope& scope, const std::string& text,
                       int limit) -> Result<OperatorPage> {
      ListQuery query;
      query.jurisdictions = scope.jurisdictions;
      query.operator_ids = scope.operator_ids;
      query.text = text;
      query.limit = limit;
      ZHIAN_ASSIGN(const auto found, ListOperators(db, query));
      OperatorPage page{.cards = {}, .more = !found.next.empty()};
      for (const Operator& op : found.items) page.cards.push_back(CardOf(op));
      return page;
    }};

// What was written is entered in the search index beside the requests, and before each search (search_index.hpp).
void KeepSearch(App& app, const jobs::OutboxOptions&, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (const auto left = face::CatchUp(app, 2000); !left.ok())
      base::LogError("the search index is behind", {{"error", left.error().message.Text()}});
    for (int i = 0; i < 20 && !stop.stop_requested(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
}

std::vector<storage::Migration> AllMigrations() {
  const auto own = Migrations(), search = face::SearchMigrations();
  std::vector<storage::Migration> all(own.begin(), own.end());
  all.insert(all.end(), search.begin(), search.end());
  all.insert(all.end(), StopMigrations().begin(), StopMigrations().end());
  return all;
}

const procedure::Label* EntryLabel(std::string_view what) {
  const RecordKind* kind = FindRecordKind(what);
  return kind == nullptr ? nullptr : &kind->label;
}

// {"kind", "operator_id", "fields", "since"}: a record of an operator's file is entered; {"record_id", "version",
// "fields", "since", "note"}: it is changed. Answers {"record_id", "version"}.
Result<boost::json::object> TakeRecord(App& app, storage::Connection& db, const procedure::Actor& actor,
                                       const boost::json::object& what) {
  RecordCommand command;
  command.kind = base::TextAt(what, "kind");
  command.operator_id = base::TextAt(what, "operator_id");
  command.record_id = base::TextAt(what, "record_id");
  if (!command.record_id.empty()) {
    command.action = RecordCommand::Action::kChange;
    command.expected_version = static_cast<std::int64_t>(base::NumberAt(what, "version"));
  }
  if (const auto* fields = base::ObjectAt(what, "fields")) command.fields = *fields;
  command.since = base::TextAt(what, "since");
  command.note = base::TextAt(what, "note");
  const RecordDoor door{app.engine, app.clock.Now(),
                        [&app](std::string_view number) { return app.identity.PersonDigest(number); }};
  ZHIAN_ASSIGN(const auto record, WriteRecord(db, door, actor, command));
  return boost::json::object{{"record_id", record.record_id}, {"version", record.version}};
}

void AddRoutes(std::vector<RouteSpec>& routes, Rooms rooms) {
  face::AddSearchRoutes(routes);
  face::AddOperatorRoutes(routes, rooms);
}

std::span<const procedure::EffectBinding> AllRecords() {
  static const std::vector<procedure::EffectBinding> kAll = [] {
    std::vector<procedure::EffectBinding> all(Records().begin(), Records().end());
    all.insert(all.end(), StopRecords().begin(), StopRecords().end());
    return all;
  }();
  return kAll;
}

}  // namespace

const RoomFace& Face() {
  static const RoomFace kFace{.room = "subjects",
                              .migrations = &AllMigrations,
                              .ledgered = {{"operator", {"district", "id"}},
                                           {"file_record", {"district", "id"}},
                                           {"activity_stop", {"district", "id"}}},
                              .records = &AllRecords,
                              .bring_forward = &FollowStops,
                              .add_questions = &AddQuestions,
                              .add_routes = &AddRoutes,
                              .workers = {{"search", &KeepSearch}},
                              .imports = &face::Imports,
                              .exports = {{"operators",
                                           "主体",
                                           {{"名称", "name"},
                                            {"统一社会信用代码", "code"},
                                            {"类型", "type_label"},
                                            {"辖区", "jurisdiction"},
                                            {"状态", "state_label"},
                                            {"从业人数", "staff"},
                                            {"风险等级", "grade"},
                                            {"在办事项", "open_matters"}},
                                           &face::QueryOperators}},
                              .intakes = {{"file.record", &TakeRecord}},
                              .operators = &kDirectory,
                              .figures = &Figures,
                              .entry_label = &EntryLabel};
  return kFace;
}

}  // namespace zhian::subjects
