#include "house/house.hpp"

#include <atomic>
#include <filesystem>
#include <future>
#include <mutex>

#include "base/log.hpp"
#include "desk/room_face.hpp"
#include "house/rooms.hpp"
#include "jobs/outbox.hpp"
#include "papers/forms.hpp"
#include "procedure/versions.hpp"
#include "search/search.hpp"

namespace zhian::house {
using desk::App;
using desk::RoomFace;
namespace fs = std::filesystem;

namespace {

constexpr storage::Migration kSettings[] = {
    {"settings/001", "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);"}};

// Ordinary folders: the system's time. Demonstration folders: a time that stands still until it is set forward.
class FolderClock : public desk::BusinessClock {
 public:
  FolderClock(storage::Database& database, bool demo, base::Instant at)
      : database_(database), demo_(demo), at_(at.ms) {}
  base::Instant Now() const override { return demo_ ? base::Instant{at_.load()} : base::SystemClock{}.Now(); }
  bool CanAdvance() const override { return demo_; }
  Status AdvanceTo(base::Instant to) override {
    if (!demo_) return MakeError(ErrorCode::kForbidden, "只有演示数据的时钟可以前进");
    if (to.ms < at_.load()) return MakeError(ErrorCode::kInvalid, "时钟只能向前");
    at_ = to.ms;
    return database_.Write([&](storage::Connection& db) -> Status {
      ZHIAN_TRY(db.Execute(
          "INSERT INTO setting (name, value) VALUES ('clock', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
          {std::to_string(to.ms)}));
      return Ok();
    });
  }

 private:
  storage::Database& database_;
  bool demo_;
  std::atomic<std::int64_t> at_;
};

template <class T>
void Append(std::vector<T>& to, const auto& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

struct House::Parts {
  policy::Pack pack;
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<FolderClock> clock;
  base::SystemClock real;
  std::unique_ptr<ledger::Signer> signer;
  std::unique_ptr<identity::Service> identity;
  std::unique_ptr<procedure::Services> services;
  std::vector<procedure::EffectBinding> records;
  procedure::Bindings bindings;
  papers::Forms forms;
  figures::Book figures{{}};
  std::unique_ptr<procedure::Engine> engine;
  http::EventHub hub;
  std::unique_ptr<App> app;
};

House::House() : parts_(std::make_unique<Parts>()) {}
House::~House() = default;
App& House::app() { return *parts_->app; }
const policy::Pack& House::pack() const { return parts_->pack; }

std::vector<storage::Migration> House::Migrations() {
  std::vector<storage::Migration> all;
  Append(all, std::span(kSettings));
  Append(all, ledger::Migrations());
  Append(all, identity::Migrations());
  Append(all, procedure::Migrations());
  Append(all, jobs::Migrations());
  Append(all, desk::NoticeMigrations());
  Append(all, search::Migrations());
  for (const RoomFace* room : Rooms())
    if (room->migrations != nullptr) Append(all, room->migrations());
  return all;
}

std::vector<ledger::LedgeredTable> House::LedgeredTables() {
  std::vector<ledger::LedgeredTable> all = identity::LedgeredTables();
  Append(all, procedure::LedgeredTables());
  for (const RoomFace* room : Rooms()) Append(all, room->ledgered);
  return all;
}

Result<std::unique_ptr<House>> House::Open(const HouseOptions& options) {
  std::unique_ptr<House> house(new House);
  Parts& parts = *house->parts_;
  std::error_code error;
  const fs::path data(options.data);
  if (options.make) {
    fs::create_directories(data, error);
    if (error) return MakeError(ErrorCode::kUnavailable, "cannot make " + options.data + ": " + error.message());
    if (!fs::is_empty(data, error))
      return MakeError(ErrorCode::kConflict, options.data + " is not empty: choose another folder with --data");
  } else if (options.database_url.empty() && !fs::exists(data / "zhian.db")) {
    return MakeError(ErrorCode::kNotFound, options.data + " holds no data of Zhian: make it with `zhian init --data " +
                                               options.data + "` or `zhian demo`");
  }
  // Forms and pack are read while the database opens; the forms are awaited at the end, when the rest stands.
  const std::string url =
      options.database_url.empty() ? "sqlite:" + (data / "zhian.db").string() : options.database_url;
  auto opening = std::async(std::launch::async, [&url]() -> Result<std::unique_ptr<storage::Database>> {
    ZHIAN_ASSIGN(auto database, storage::Database::Open(url));
    const auto migrations = Migrations();
    ZHIAN_TRY(database->Migrate(migrations));
    return database;
  });
  auto forms = std::async(std::launch::async, [&options] { return papers::Forms::Load(options.policy + "/forms"); });
  auto pack = policy::Pack::Load(options.policy, options.policy_overlay);
  ZHIAN_ASSIGN(parts.database, opening.get());
  ZHIAN_ASSIGN(parts.pack, std::move(pack));
  for (const RoomFace* room : Rooms())
    if (room->companion != nullptr) parts.database->Accompany(room->companion(*parts.database, options.data));
  bool demo = options.demo;
  std::int64_t at = base::ParseInstant("2007-08-27T09:00:00+08:00")
                        ->ms;  // a demonstration begins in the autumn of the speech and is set forward
  if (options.make && options.demo)
    ZHIAN_TRY(parts.database->Write([](storage::Connection& db) -> Status {
      ZHIAN_TRY(db.Execute("INSERT INTO setting (name, value) VALUES ('demo','1')"));
      return Ok();
    }));
  ZHIAN_TRY(parts.database->Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query("SELECT name, value FROM setting WHERE name IN ('demo','clock') LIMIT 2"));
    for (const auto& row : rows) {
      if (row.text(0) == "demo") demo = true;
      if (row.text(0) == "clock") at = std::atoll(row.text(1).c_str());
    }
    return Ok();
  }));
  parts.clock = std::make_unique<FolderClock>(*parts.database, demo, base::Instant{at});
  ZHIAN_TRY(procedure::FollowVersions(*parts.database, procedure::KindVersions(), parts.clock->Now()));
  for (const RoomFace* room : Rooms())
    if (room->bring_forward != nullptr) ZHIAN_TRY(room->bring_forward(*parts.database, parts.clock->Now()));
  ZHIAN_ASSIGN(auto signer, ledger::EnsureKey(options.data, options.make ? options.origin : ""));
  parts.signer = std::make_unique<ledger::Signer>(std::move(signer));
  identity::Options identity_options;
  ZHIAN_ASSIGN(identity_options.secret, identity::EnsureSecret(options.data));
  parts.identity =
      std::make_unique<identity::Service>(*parts.database, parts.real, *parts.clock, std::move(identity_options));
  parts.services = std::make_unique<procedure::Services>(procedure::Services{parts.pack, {}});
  std::vector<figures::Query> counted;
  for (const RoomFace* room : Rooms()) {
    if (room->add_questions != nullptr) room->add_questions(*parts.services);
    if (room->records != nullptr) Append(parts.records, room->records());
    if (room->figures != nullptr) Append(counted, room->figures());
  }
  parts.figures = figures::Book(std::move(counted));
  // What a figure was in a period, as known at an instant; null where nothing was counted or no room counts it.
  parts.services->questions["figure.value"] = [&book = parts.figures](
                                                  const procedure::GuardContext& context,
                                                  const boost::json::object& asked) -> Result<boost::json::value> {
    const auto instant = [&](const char* name) { return base::Instant{asked.at(name).to_number<std::int64_t>()}; };
    const auto value =
        book.Compute(context.db, {.id = procedure::ScalarText(asked.if_contains("figure")),
                                  .jurisdiction = procedure::ScalarText(asked.if_contains("jurisdiction")),
                                  .from = instant("from"),
                                  .to = instant("to"),
                                  .as_of = instant("as_of")});
    if (!value.ok() && value.error().code != ErrorCode::kUnsupported && value.error().code != ErrorCode::kNotFound)
      return value.error();
    if (!value.ok() || !value->value) return boost::json::value(nullptr);
    return boost::json::value(boost::json::object{
        {"value", *value->value}, {"numerator", value->numerator}, {"denominator", value->denominator}});
  };
  parts.services->questions["document.form"] = [&forms = parts.forms, &pack = parts.pack](
                                                   const procedure::GuardContext&,
                                                   const boost::json::object& values) -> Result<boost::json::value> {
    return boost::json::value(forms.Compose(values, pack));
  };
  parts.bindings = procedure::LiveBindings();
  parts.bindings.records = parts.records;
  parts.engine = std::make_unique<procedure::Engine>(
      *parts.database, *parts.services, parts.bindings, *parts.clock,
      procedure::EngineOptions{
          .district_code = "511113", .organ = "金口河区市场监督管理局", .document_prefix = "金市监"});
  for (const RoomFace* room : Rooms())
    if (room->add_watches != nullptr) room->add_watches(*parts.engine, parts.pack);
  http::EventHub& hub = parts.hub;
  parts.engine->OnChange([&hub](const std::string& id, std::int64_t version) {
    hub.Publish("matter", boost::json::serialize(boost::json::object{{"id", id}, {"version", version}}));
  });
  parts.app = std::make_unique<App>(App{.database = *parts.database,
                                        .engine = *parts.engine,
                                        .identity = *parts.identity,
                                        .services = *parts.services,
                                        .clock = *parts.clock,
                                        .real_clock = parts.real,
                                        .hub = parts.hub,
                                        .signer = *parts.signer,
                                        .district_name = "金口河区",
                                        .district_root = "511113",
                                        .demo = demo,
                                        .public_origin = options.public_origin,
                                        .data_folder = options.data,
                                        .attachments = attachments::Store(options.data + "/attachments"),
                                        .statements_folder = options.policy + "/statements",
                                        .version = "0.1",
                                        .rooms = {Rooms().begin(), Rooms().end()},
                                        .figures = &parts.figures});
  for (const RoomFace* room : Rooms()) {
    if (room->operators != nullptr) parts.app->operators = room->operators;
    if (room->state != nullptr) parts.app->states.push_back(room->state());
    if (room->imports != nullptr)
      for (auto& kind : room->imports()) parts.app->imports.push_back(std::move(kind));
  }
  ZHIAN_ASSIGN(parts.forms, forms.get());
  return house;
}

}  // namespace zhian::house
