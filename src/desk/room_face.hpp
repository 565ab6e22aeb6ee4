// What a room hands over to the house: its tables, records, questions, watches, routes, imports, exports and commands.
// The house joins the faces of all rooms (house/rooms.cpp) and is the only folder that names them. A face is made once
// and never changes; its functions are safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "desk/app.hpp"
#include "desk/command.hpp"
#include "desk/html.hpp"
#include "desk/import_columns.hpp"
#include "desk/operators.hpp"
#include "desk/routes.hpp"
#include "desk/schema.hpp"
#include "figures/figures.hpp"
#include "jobs/outbox.hpp"
#include "ledger/ledger.hpp"
#include "policy/pack.hpp"
#include "procedure/bindings.hpp"
#include "procedure/engine.hpp"
#include "storage/database.hpp"

namespace zhian::desk {

// Work that a served house carries out beside its requests, on a thread of its own, until it is stopped.
struct Worker {
  std::string_view name;
  void (*run)(App& app, const jobs::OutboxOptions& options, const std::stop_token& stop);
};

// A part that the room adds to the page of its matters: the member of the page, and its shape. The room answers what
// stands there by the question "NAME.KIND"; where it has no answer for a kind, the part is null.
struct MatterPart {
  std::string_view name;  // "gates"
  Schema (*shape)() = nullptr;
};

// One operator's file as of an instant, as rooms read it.
struct FileAsOf {
  const std::string& operator_id;
  base::Instant known_at;
  bool past = false;  // an earlier day than today
  Language language;
  std::span<const procedure::Matter> matters = {};  // those that the reader may see, in the states of then
};
// A list that the room adds to the file of an operator.
struct FileSection {
  std::string_view name;  // the member of the file: "permits"
  Schema (*row)() = nullptr;
  Result<boost::json::array> (*rows)(storage::Connection& db, const FileAsOf& file) = nullptr;
};
// A line that the room adds to the time line of an operator's file. The file itself says `at`, `day` and `id`.
struct FileEntry {
  std::int64_t at = 0;  // ms
  std::string id;
  boost::json::object view;
};
// What the room finds under the text of the search box.
struct Finding {
  std::string id, path, title;
  std::string operator_id;  // who may see its matters may see it; "": whoever sees the whole district
};
struct SearchGroup {
  std::string_view kind, label;
  // At most `limit`, the likeliest first.
  Result<std::vector<Finding>> (*find)(storage::Connection& db, const std::string& text, int limit) = nullptr;
};

struct RoomFace {
  std::string_view room;            // as in the tables: "sampling"
  std::string_view group = "work";  // where it stands in the menu: "work" or "govern"
  std::vector<storage::Migration> (*migrations)() = nullptr;
  std::vector<ledger::LedgeredTable> ledgered = {};
  std::span<const procedure::EffectBinding> (*records)() = nullptr;  // projections that run after each move of a kind
  // What a folder made by an older program lacks in the room's records; does nothing where nothing is lacking. Called
  // at each opening, when the tables are there and matters follow their procedures.
  Status (*bring_forward)(storage::Database& database, base::Instant now) = nullptr;
  void (*add_questions)(procedure::Services& services) = nullptr;
  void (*add_watches)(procedure::Engine& engine, const policy::Pack& pack) = nullptr;
  // What the room keeps in memory beside the database, and beside the App.
  std::unique_ptr<storage::Companion> (*companion)(storage::Database& database, const std::string& folder) = nullptr;
  std::unique_ptr<RoomState> (*state)() = nullptr;
  // `rooms`: all of the house, for shapes that others add to.
  void (*add_routes)(std::vector<RouteSpec>& routes, Rooms rooms) = nullptr;
  std::vector<Worker> workers = {};
  std::vector<ImportKind> (*imports)() = nullptr;
  std::vector<ExportKind> exports = {};
  std::vector<Command> commands = {};
  std::vector<Intake> intakes = {};
  const OperatorDirectory* operators = nullptr;  // of the one room that keeps the files of operators
  std::vector<MatterPart> matter_parts = {};
  std::vector<FileSection> file_sections = {};
  // Newest first, at most `limit`.
  Result<std::vector<FileEntry>> (*file_entries)(storage::Connection& db, const FileAsOf& file, int limit) = nullptr;
  std::vector<SearchGroup> search = {};
  std::span<const figures::Query> (*figures)() = nullptr;
  // The label of what a ledger entry "file.X" of the room is of; nullptr where it is none of the room's.
  const procedure::Label* (*entry_label)(std::string_view what) = nullptr;
  // A part of the portal's first page, beside its lists: markup.
  Result<std::string> (*portal_aside)(storage::Connection& db, const Frame& frame) = nullptr;
  // What the portal finds in the room under a text, beside operators: markup.
  Result<std::string> (*portal_search)(storage::Connection& db, const Frame& frame, const std::string& text) = nullptr;
};

}  // namespace zhian::desk
