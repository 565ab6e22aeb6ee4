// The ledger in the open (tlog-tiles) and inside (entries with their proof).
#include "base/json.hpp"
#include "base/text.hpp"
#include "desk/matter_view.hpp"
#include "desk/room_face.hpp"
#include "desk/routes.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/ledger.hpp"

namespace zhian::desk {
namespace json = boost::json;

namespace {

Result<http::Response> GetCheckpoint(App& app, Caller&) {
  std::string note;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(note, ledger::Checkpoint(db, app.signer));
    return Ok();
  }));
  http::Response response = http::Response::Text(200, note);
  response.With("Cache-Control", "no-cache");
  return response;
}

Result<http::Response> GetKey(App& app, Caller&) {
  return http::Response::Text(200, app.signer.verifier().Key() + "\n");
}

Result<http::Response> GetTile(App& app, Caller& caller) {
  storage::Blob tile;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(tile, ledger::ReadTile(db, "tile/" + caller.request.PathParameter("rest")));
    return Ok();
  }));
  http::Response response = http::Response::Bytes(std::string(tile.begin(), tile.end()), "application/octet-stream");
  response.With("Cache-Control", "public, max-age=86400");
  return response;
}

Result<http::Response> GetLedger(App& app, Caller&) {
  json::object view;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto size, ledger::Size(db));
    ZHIAN_ASSIGN(const auto note, ledger::Checkpoint(db, app.signer));
    view = {{"size", size}, {"checkpoint", note}, {"key", app.signer.verifier().Key()}};
    return Ok();
  }));
  return Json(view);
}

// What an entry is of: a step of a kind of matter, a record of the file, an account, an event of the trace.
std::string EntryLabel(const App& app, const std::string& kind, Language language) {
  const std::size_t dot = kind.find('.');
  const std::string head = kind.substr(0, dot), tail = dot == std::string::npos ? std::string() : kind.substr(dot + 1);
  if (head == "matter")
    if (const auto* declared = procedure::FindKind(tail)) return std::string(LabelIn(declared->label, language));
  if (head == "file")
    for (const RoomFace* room : app.rooms)
      if (const auto* label = room->entry_label == nullptr ? nullptr : room->entry_label(tail); label != nullptr)
        return std::string(LabelIn(*label, language));
  return LabelText("ledger." + kind, {}, kind, language);
}

Result<http::Response> ListEntries(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const int limit, IntParameter(caller.request, "limit", 50, 1, 200));
  ZHIAN_ASSIGN(const int cursor, IntParameter(caller.request, "cursor", -1, -1, 2'000'000'000));
  json::array items;
  std::string next;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto size, ledger::Size(db));
    auto index = cursor < 0 ? static_cast<std::int64_t>(size) - 1 : static_cast<std::int64_t>(cursor);
    for (; index >= 0 && items.size() < static_cast<std::size_t>(limit); --index) {
      ZHIAN_ASSIGN(const auto entry, ledger::ReadEntry(db, index));
      ZHIAN_ASSIGN(json::value parsed, base::ParseJson(entry.text));
      const auto* of = parsed.is_object() ? parsed.get_object().if_contains("kind") : nullptr;
      const std::string label = EntryLabel(app, procedure::ScalarText(of), caller.language);
      items.push_back(json::object{
          {"index", index}, {"entry", std::move(parsed)}, {"label", label}, {"erased", !entry.change.has_value()}});
    }
    if (index >= 0) next = std::to_string(index);
    return Ok();
  }));
  return Json(
      json::object{{"items", std::move(items)}, {"next", next.empty() ? json::value(nullptr) : json::value(next)}});
}

Result<http::Response> ProveEntry(App& app, Caller& caller) {
  const std::string& text = caller.request.PathParameter("index");
  if (text.empty() || text.size() > 15 || text.find_first_not_of("0123456789") != std::string::npos)
    return MakeError(ErrorCode::kNotFound, "没有这条记录");
  json::object view;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto entry, ledger::ReadEntry(db, std::stoll(text)));
    ZHIAN_ASSIGN(const auto proof, ledger::ProveInclusion(db, std::stoull(text)));
    ZHIAN_ASSIGN(const auto note, ledger::Checkpoint(db, app.signer));
    json::array inclusion;
    for (const auto& hash : proof.proof) inclusion.push_back(json::value(base::Hex(hash)));
    view = {{"index", proof.index},
            {"size", proof.size},
            {"entry", entry.text},
            {"inclusion", std::move(inclusion)},
            {"checkpoint", note}};
    return Ok();
  }));
  return Json(view);
}

// What a reader of the matter needs to check one step himself: the change and its salt, the public entry that commits
// to them, the way from its leaf to the root, and the signed note that states the root.
Result<http::Response> ProveStep(App& app, Caller& caller) {
  json::object view;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto matter, VisibleMatter(app, db, caller, caller.request.PathParameter("id")));
    ZHIAN_ASSIGN(
        const auto steps,
        db.Query("SELECT ledger_index FROM matter_transition WHERE district=$d AND id=$1 AND matter_id=$2 LIMIT 1",
                 {caller.request.PathParameter("step"), matter.id}));
    if (steps.empty()) return MakeError(ErrorCode::kNotFound, "没有这条记录");
    const std::int64_t index = steps.front().integer(0);
    ZHIAN_ASSIGN(const auto entry, ledger::ReadEntry(db, index));
    ZHIAN_ASSIGN(const auto changes,
                 db.Query("SELECT change, salt FROM ledger_change WHERE sequence=$1 LIMIT 1", {index}));
    ZHIAN_ASSIGN(const auto proof, ledger::ProveInclusion(db, static_cast<std::uint64_t>(index)));
    ZHIAN_ASSIGN(const auto note, ledger::Checkpoint(db, app.signer));
    json::array inclusion;
    for (const auto& hash : proof.proof) inclusion.push_back(json::value(base::Hex(hash)));
    view = {{"index", index},      {"size", proof.size},
            {"entry", entry.text}, {"inclusion", std::move(inclusion)},
            {"checkpoint", note},  {"key", app.signer.verifier().Key()},
            {"change", nullptr},   {"salt", nullptr}};
    if (!changes.empty()) {  // none: erased by an order of the law
      view["change"] = changes.front().text(0);
      view["salt"] = changes.front().text(1);
    }
    return Ok();
  }));
  return Json(view);
}

Schema ProofSchema() {
  return Named("Proof", Object({{"index", Integer()},
                                {"size", Integer()},
                                {"entry", Text().Says("the public entry, as its leaf has it")},
                                {"inclusion", ListOf(Digest())},
                                {"checkpoint", Text().Says("a signed note")}}));
}

}  // namespace

void AddLedgerRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({.method = Method::kGet,
                    .pattern = "/ledger/checkpoint",
                    .id = "getCheckpoint",
                    .summary = "账本检查点",
                    .access = Access::kPublic,
                    .action = &GetCheckpoint,
                    .answers = AnswersFile({"text/plain"})});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/ledger/key",
                    .id = "getLedgerKey",
                    .summary = "账本验证公钥",
                    .access = Access::kPublic,
                    .action = &GetKey,
                    .answers = AnswersFile({"text/plain"})});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/ledger/tile/{rest:*}",
                    .id = "getTile",
                    .summary = "账本分块",
                    .access = Access::kPublic,
                    .action = &GetTile,
                    .answers = AnswersFile({"application/octet-stream"})});
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/ledger",
       .id = "getLedger",
       .summary = "账本",
       .action = &GetLedger,
       .answers = Answers(Named("Ledger", Object({{"size", Integer()}, {"checkpoint", Text()}, {"key", Text()}})))});
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/ledger/entries",
       .id = "listLedgerEntries",
       .summary = "账本条目",
       .action = &ListEntries,
       .query = PageQuery(),
       .answers = Answers(NextPage(
           Named("LedgerEntry",
                 Object({{"index", Integer()},
                         {"entry", MapOf(AnyJson()).Says("canonical JSON: sequence, time, kind of change, commitment")},
                         {"label", Text()},
                         {"erased", Truth()}}))))});
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/matters/{id}/steps/{step}/proof",
       .id = "proveStep",
       .summary = "一步办理的账本证明",
       .action = &ProveStep,
       .answers = Answers(Named(
           "StepProof", With(ProofSchema(),
                             {{"key", Text()},
                              {"change", Nullable(Text()).Says("canonical JSON; null: erased by an order of the law")},
                              {"salt", Nullable(Text())}})))});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/ledger/entries/{index}/proof",
                    .id = "proveLedgerEntry",
                    .summary = "条目证明",
                    .action = &ProveEntry,
                    .answers = Answers(ProofSchema())});
}

}  // namespace zhian::desk
