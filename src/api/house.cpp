#include "api/house.hpp"

#include <atomic>
#include <filesystem>
#include <future>
#include <mutex>

#include "api/epcis_subscriptions.hpp"
#include "api/forms.hpp"
#include "api/routes.hpp"
#include "api/search_index.hpp"
#include "base/log.hpp"
#include "jobs/outbox.hpp"
#include "procedure/versions.hpp"
#include "rooms/access/permits.hpp"
#include "rooms/enforcement/gates.hpp"
#include "rooms/governance/assessment.hpp"
#include "rooms/governance/started.hpp"
#include "rooms/sampling/draw.hpp"
#include "rooms/subjects/operators.hpp"
#include "rooms/traceability/consignees.hpp"
#include "rooms/traceability/flow.hpp"
#include "rooms/traceability/gap_watch.hpp"
#include "rooms/traceability/goods.hpp"
#include "rooms/traceability/master_data.hpp"
#include "rooms/traceability/mock_recall.hpp"
#include "rooms/traceability/recall.hpp"
#include "rooms/traceability/trace.hpp"
#include "rooms/traceability/trace_index.hpp"
#include "search/search.hpp"

namespace zhian::api {
namespace fs = std::filesystem;

namespace {

constexpr storage::Migration kSettings[] = {
    {"settings/001", "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);"}};

// Ordinary folders: the system's time. Demonstration folders: a time that stands still until it is set forward.
class FolderClock : public BusinessClock {
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
  Forms forms;
  std::unique_ptr<procedure::Engine> engine;
  http::EventHub hub;
  LiveQueries live_queries;
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
  Append(all, NoticeMigrations());
  Append(all, search::Migrations());
  Append(all, subjects::Migrations());
  Append(all, access::Migrations());
  Append(all, traceability::Migrations());
  Append(all, traceability::GoodsMigrations());
  Append(all, traceability::MockRecallMigrations());
  Append(all, traceability::GapWatchMigrations());
  Append(all, SearchMigrations());
  Append(all, enforcement::Migrations());
  Append(all, SubscriptionMigrations());
  Append(all, traceability::MasterDataMigrations());
  return all;
}

std::vector<ledger::LedgeredTable> House::LedgeredTables() {
  std::vector<ledger::LedgeredTable> all = identity::LedgeredTables();
  Append(all, procedure::LedgeredTables());
  all.push_back({"operator", {"district", "id"}});
  all.push_back({"permit", {"district", "id"}});
  all.push_back({"certification", {"district", "id"}});
  all.push_back({"file_record", {"district", "id"}});
  Append(all, enforcement::LedgeredTables());
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
  auto forms = std::async(std::launch::async, [&options] { return Forms::Load(options.policy + "/forms"); });
  auto pack = policy::Pack::Load(options.policy, options.policy_overlay);
  ZHIAN_ASSIGN(parts.database, opening.get());
  ZHIAN_ASSIGN(parts.pack, std::move(pack));
  parts.database->Accompany(std::make_unique<traceability::TraceIndex>(*parts.database, options.data));
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
  ZHIAN_ASSIGN(auto signer, ledger::EnsureKey(options.data, options.make ? options.origin : ""));
  parts.signer = std::make_unique<ledger::Signer>(std::move(signer));
  identity::Options identity_options;
  ZHIAN_ASSIGN(identity_options.secret, identity::EnsureSecret(options.data));
  parts.identity =
      std::make_unique<identity::Service>(*parts.database, parts.real, *parts.clock, std::move(identity_options));
  parts.services = std::make_unique<procedure::Services>(procedure::Services{parts.pack, {}});
  subjects::AddQuestions(*parts.services);
  traceability::AddRecallQuestions(*parts.services);
  traceability::AddExerciseQuestions(*parts.services);
  traceability::AddConsigneeQuestions(*parts.services);
  traceability::AddFlowQuestion(*parts.services);
  enforcement::AddQuestions(*parts.services);
  governance::AddQuestions(*parts.services);
  parts.services->questions["document.form"] = [&forms = parts.forms, &pack = parts.pack](
                                                   const procedure::GuardContext&,
                                                   const boost::json::object& values) -> Result<boost::json::value> {
    return boost::json::value(forms.Compose(values, pack));
  };
  parts.bindings = procedure::LiveBindings();
  Append(parts.records, subjects::Records());
  Append(parts.records, access::Records());
  Append(parts.records, sampling::Records());
  Append(parts.records, governance::Records());
  Append(parts.records, enforcement::Records());
  parts.bindings.records = parts.records;
  parts.engine = std::make_unique<procedure::Engine>(
      *parts.database, *parts.services, parts.bindings, *parts.clock,
      procedure::EngineOptions{
          .district_code = "511113", .organ = "金口河区市场监督管理局", .document_prefix = "金市监"});
  enforcement::WatchExceptions(*parts.engine);
  traceability::WatchRecallExceptions(*parts.engine);
  traceability::WatchGaps(*parts.engine, parts.pack);
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
                                        .live_queries = &parts.live_queries});
  ZHIAN_ASSIGN(parts.forms, forms.get());
  return house;
}

}  // namespace zhian::api
