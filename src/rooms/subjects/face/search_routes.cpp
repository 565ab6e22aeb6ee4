// The one search box: operators, matters, lots, documents, by index and within the reader's scope.
#include <algorithm>

#include "base/text.hpp"
#include "desk/matter_view.hpp"
#include "desk/room_face.hpp"
#include "rooms/subjects/face/routes.hpp"
#include "rooms/subjects/face/search_index.hpp"
#include "rooms/subjects/operators.hpp"
#include "search/search.hpp"

namespace zhian::subjects::face {
using namespace desk;
namespace json = boost::json;

namespace {

constexpr std::size_t kItems = 8;  // of each group
constexpr int kLooked = 40;        // hits of an index that are looked at for a group: some are not for this reader
constexpr int kPendingMax = 5000;  // rows that are entered in the index before a search answers

json::object Hit(const std::string& id, const std::string& href, const std::string& title,
                 const std::string& subtitle) {
  return {{"id", id}, {"href", href}, {"title", title}, {"subtitle", subtitle}};
}

// Whether this person may see it: his territory or his operator, and not what is restricted.
Result<bool> MaySee(App& app, storage::Connection& db, const Caller& caller, const procedure::Matter& matter) {
  if (matter.Has("confidential") && !MaySeeConfidential(caller.actor)) return false;
  return app.engine.MaySee(db, caller.actor, matter);
}

// Places of the reader as the index knows them; none: the whole district.
Result<std::vector<std::string>> PlacesOf(storage::Connection& db, const ReadScope& scope) {
  std::vector<std::string> places;
  for (const std::string& root : scope.jurisdictions) {
    ZHIAN_ASSIGN(const auto below, subjects::PlacesBelowRoot(db, root));
    if (below.empty()) return std::vector<std::string>{};
    places.push_back(root);
  }
  return places;
}

std::string KindLabel(const procedure::Matter& matter, Language language) {
  const auto* kind = procedure::FindKind(matter.kind);
  return std::string(kind == nullptr ? std::string_view(matter.kind) : LabelIn(kind->label, language));
}

// Ids of matters or documents: by the index, or, for a user of an operator, among those of his own operators.
Result<std::vector<std::string>> Ids(storage::Connection& db, const ReadScope& scope, const char* kind,
                                     const std::string& text) {
  if (!scope.jurisdictions.empty()) {
    ZHIAN_ASSIGN(const auto places, PlacesOf(db, scope));
    ZHIAN_ASSIGN(auto found, search::Find(db, {kind, text, places, "", kLooked}));
    return std::move(found.ids);
  }
  std::vector<std::string> ids;
  const std::string key = search::Key(text);
  const bool matters = std::string_view(kind) == "matter";
  for (std::size_t i = 0; i < scope.operator_ids.size() && i < 20; ++i) {
    ZHIAN_ASSIGN(
        auto rows,
        db.Query(
            matters
                ? "SELECT id, title, number FROM matter WHERE district=$d AND operator_id=$1 ORDER BY opened_at DESC LIMIT 500"
                : "SELECT d.id, d.number, '' FROM matter m JOIN document d ON d.district=$d AND d.matter_id=m.id WHERE m.district=$d AND m.operator_id=$1 ORDER BY d.issued_at DESC LIMIT 500",
            {scope.operator_ids[i]}));
    for (const auto& row : rows)
      if (search::Key(row.text(1)).find(key) != std::string::npos ||
          search::Key(row.text(2)).find(key) != std::string::npos)
        ids.push_back(row.text(0));
  }
  return ids;
}

Status FindMatters(App& app, storage::Connection& db, const Caller& caller, const ReadScope& scope,
                   const std::string& text, json::array& items) {
  ZHIAN_ASSIGN(const auto ids, Ids(db, scope, "matter", text));
  const NameLookup names(db);
  for (const std::string& id : ids) {
    if (items.size() == kItems) break;
    ZHIAN_ASSIGN(const auto matter, procedure::LoadMatter(db, id));
    ZHIAN_ASSIGN(const bool may, MaySee(app, db, caller, matter));
    if (!may) continue;
    items.push_back(Hit(id, "/matters/" + id, MatterTitle(matter, caller.language, names),
                        KindLabel(matter, caller.language) + " " + matter.number));
    const auto* kind = procedure::FindKind(matter.kind);
    items.back().get_object()["room"] = kind == nullptr ? std::string_view{} : kind->room;
  }
  return Ok();
}

Status FindDocuments(App& app, storage::Connection& db, const Caller& caller, const ReadScope& scope,
                     const std::string& text, json::array& items) {
  ZHIAN_ASSIGN(const auto ids, Ids(db, scope, "document", text));
  const NameLookup names(db);
  for (const std::string& id : ids) {
    if (items.size() == kItems) break;
    ZHIAN_ASSIGN(const auto document, procedure::LoadDocument(db, id));
    ZHIAN_ASSIGN(const auto matter, procedure::LoadMatter(db, document.matter_id));
    ZHIAN_ASSIGN(const bool may, MaySee(app, db, caller, matter));
    const auto* kind = procedure::FindDocumentKind(document.kind);
    if (may)
      items.push_back(
          Hit(id, "/matters/" + matter.id, document.number,
              std::string(kind == nullptr ? std::string_view(document.kind) : LabelIn(kind->label, caller.language)) +
                  " · " + MatterTitle(matter, caller.language, names)));
  }
  return Ok();
}

// What another room finds, as far as this person may see it: the same rule as for a matter of the operator.
Status FindOthers(App& app, storage::Connection& db, const Caller& caller, const SearchGroup& group,
                  const std::string& text, json::array& items) {
  ZHIAN_ASSIGN(const auto found, group.find(db, text, kLooked));
  const NameLookup names(db);
  for (const Finding& one : found) {
    if (items.size() == kItems) break;
    procedure::Matter probe;
    probe.operator_id = one.operator_id;
    if (const auto maker = subjects::LoadOperator(db, probe.operator_id); maker.ok())
      probe.jurisdiction = maker->jurisdiction;
    else
      probe.jurisdiction = app.district_root;
    ZHIAN_ASSIGN(const bool may, app.engine.MaySee(db, caller.actor, probe));
    if (may) items.push_back(Hit(one.id, one.path, one.title, names.Operator(one.operator_id)));
  }
  return Ok();
}

Result<http::Response> Search(App& app, Caller& caller) {
  const std::string text = TextParameter(caller.request, "q");
  if (text.size() > 300) return NeedsMending({{"/q", "error.value", "搜索的内容太长，请缩短"}});
  json::array groups;
  if (search::Key(text).empty()) return Json(json::object{{"groups", std::move(groups)}, {"complete", true}});
  // What was written since the last search is entered first, so that an answer never lags behind what the reader has
  // just done.
  ZHIAN_ASSIGN(const int left, CatchUp(app, kPendingMax));
  const ReadScope scope = ScopeOf(caller.actor);
  const auto group = [&](std::string_view kind, std::string_view label, json::array items) {
    if (!items.empty())
      groups.push_back(json::object{
          {"kind", kind}, {"label", Message(std::string(label)).In(caller.language)}, {"items", std::move(items)}});
  };
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    subjects::ListQuery query;
    query.jurisdictions = scope.jurisdictions;
    query.operator_ids = scope.operator_ids;
    query.text = text;
    query.limit = static_cast<int>(kItems);
    ZHIAN_ASSIGN(const auto operators, subjects::ListOperators(db, query));
    json::array found, matters, documents;
    const NameLookup places(db);
    for (const auto& op : operators.items)
      found.push_back(Hit(op.id, "/operators/" + op.id, op.name,
                          op.code + (op.code.empty() ? "" : " · ") + places.Jurisdiction(op.jurisdiction)));
    ZHIAN_TRY(FindMatters(app, db, caller, scope, text, matters));
    ZHIAN_TRY(FindDocuments(app, db, caller, scope, text, documents));
    group("operator", "主体", std::move(found));
    group("matter", "事项", std::move(matters));
    for (const RoomFace* room : app.rooms)
      for (const SearchGroup& other : room->search) {
        json::array items;
        ZHIAN_TRY(FindOthers(app, db, caller, other, text, items));
        group(other.kind, other.label, std::move(items));
      }
    group("document", "文书", std::move(documents));
    return Ok();
  }));
  return Json(json::object{{"groups", std::move(groups)}, {"complete", left == 0}});
}

Schema SearchSchema() {
  const Schema hit =
      Object({{"id", Text()}, {"href", Text()}, {"title", Text()}, {"subtitle", Text()}, Maybe("room", RoomId())});
  const Schema group =
      Object({{"kind", Text().Says("operator, matter, document, or a sort of thing that a room keeps: lot")},
              {"label", Text()},
              {"items", ListOf(Named("Hit", hit))}});
  return Named("Found", Object({{"groups", ListOf(Named("HitGroup", group))},
                                {"complete", Truth().Says("false: what was written last is not in the index yet")}}));
}

}  // namespace

void AddSearchRoutes(std::vector<RouteSpec>& routes) {
  routes.push_back({.method = http::Method::kGet,
                    .pattern = "/api/v1/search",
                    .id = "search",
                    .summary = "全局搜索：主体、事项、批次、文书",
                    .action = &Search,
                    .query = {{"q", "what is looked for"}},
                    .answers = Answers(SearchSchema())});
}

}  // namespace zhian::subjects::face
