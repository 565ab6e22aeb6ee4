#include "rooms/traceability/face/face.hpp"

#include <chrono>
#include <thread>

#include "base/log.hpp"
#include "rooms/traceability/face/commands.hpp"
#include "rooms/traceability/face/epcis_routes.hpp"
#include "rooms/traceability/face/epcis_subscriptions.hpp"
#include "rooms/traceability/face/goods.hpp"
#include "rooms/traceability/face/parts.hpp"
#include "rooms/traceability/face/public_lot.hpp"
#include "rooms/traceability/face/routes.hpp"
#include "rooms/traceability/goods/goods.hpp"
#include "rooms/traceability/graph/flow.hpp"
#include "rooms/traceability/graph/trace_index.hpp"
#include "rooms/traceability/recall/consignees.hpp"
#include "rooms/traceability/recall/figures.hpp"
#include "rooms/traceability/recall/gap_watch.hpp"
#include "rooms/traceability/recall/mock_recall.hpp"
#include "rooms/traceability/recall/recall.hpp"
#include "rooms/traceability/store/capture.hpp"
#include "rooms/traceability/store/holds.hpp"
#include "rooms/traceability/store/master_data.hpp"

namespace zhian::traceability {
using namespace desk;

namespace {

std::vector<storage::Migration> AllMigrations() {
  std::vector<storage::Migration> all;
  for (const auto part : {Migrations(), GoodsMigrations(), MockRecallMigrations(), GapWatchMigrations(),
                          HoldMigrations(), face::SubscriptionMigrations(), MasterDataMigrations()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

void AddAllQuestions(procedure::Services& services) {
  AddRecallQuestions(services);
  AddExerciseQuestions(services);
  AddConsigneeQuestions(services);
  AddFlowQuestion(services);
  face::AddLotQuestion(services);
}

void AddWatches(procedure::Engine& engine, const policy::Pack& pack) {
  WatchRecallExceptions(engine);
  WatchGaps(engine, pack);
}

void AddRoutes(std::vector<RouteSpec>& routes, Rooms) {
  face::AddTraceRoutes(routes);
  face::AddEpcisRoutes(routes);
  face::AddGoodsRoutes(routes);
  face::AddMockRecallRoutes(routes);
  face::AddSourceRoutes(routes);
  face::AddPublicLotRoutes(routes);
}

// The graph of movements: opened before somebody asks, and made anew beside those who do.
void KeepGraph(App& app, const jobs::OutboxOptions&, const std::stop_token& stop) {
  if (auto* index = dynamic_cast<TraceIndex*>(app.database.companion())) index->Keep(stop);
}

// Events of standing queries go out beside: a slow receiver holds up nothing but other receivers.
void TellStandingQueries(App& app, const jobs::OutboxOptions& options, const std::stop_token& stop) {
  face::StandingQueries queries(app, options, face::NetworkSubscriptionSender(app.real_clock, options));
  while (!stop.stop_requested()) {
    if (const auto sent = queries.Deliver(); !sent.ok())
      base::LogError("subscriptions could not be served", {{"error", sent.error().message.Text()}});
    else if (sent->failed + sent->given_up > 0)
      base::LogError("receivers of subscriptions failed",
                     {{"failed", std::to_string(sent->failed)}, {"given_up", std::to_string(sent->given_up)}});
    if (const Status told = app.StateOf<face::LiveQueries>().Tell(app); !told.ok())
      base::LogError("standing queries could not be told", {{"error", told.error().message.Text()}});
    for (int i = 0; i < 2 && !stop.stop_requested(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
}

}  // namespace

const RoomFace& Face() {
  static const RoomFace kFace{
      .room = "traceability",
      .migrations = &AllMigrations,
      .ledgered = HoldLedgered(),
      .records = &HoldRecords,
      .bring_forward = &FollowHolds,
      .add_questions = &AddAllQuestions,
      .add_watches = &AddWatches,
      .companion = [](storage::Database& database, const std::string& folder) -> std::unique_ptr<storage::Companion> {
        return std::make_unique<TraceIndex>(database, folder);
      },
      .state = []() -> std::unique_ptr<RoomState> { return std::make_unique<face::LiveQueries>(); },
      .add_routes = &AddRoutes,
      .workers = {{"graph", &KeepGraph}, {"standing queries", &TellStandingQueries}},
      .imports = &face::Imports,
      .exports = {{"goods",
                   "进出货台账",
                   {{"时间", "at"},
                    {"种类", "act_label"},
                    {"品名", "product"},
                    {"规格", "specification"},
                    {"数量", "quantity"},
                    {"单位", "unit"},
                    {"批号", "lot_no"},
                    {"生产日期", "produced_on"},
                    {"保质期（天）", "shelf_life_days"},
                    {"供货者或购货者", "partner_name"},
                    {"联系方式", "partner_contact"},
                    {"合格证明", "certificate"},
                    {"登记人", "entered_by"},
                    {"保存到", "keep_until"},
                    {"撤回原因", "withdrawn_because"}},
                   &face::QueryGoods}},
      .commands = face::Commands(),
      .intakes = face::Intakes(),
      .matter_parts = {{"balance", &face::BalanceSchema}, {"trace", &face::LotsOfMatterSchema}},
      .file_sections = {{"lots", &face::LotOnFileSchema, &face::LotsOnFile}},
      .file_entries = &face::LotEntries,
      .search = {{"lot", "批次", &face::FindLots}},
      .figures = &Figures,
      .portal_search = &face::PublicLotCards};
  return kFace;
}

}  // namespace zhian::traceability
