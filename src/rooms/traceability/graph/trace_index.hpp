// TraceIndex: the movements of a data folder as one graph in memory: a base that is mapped from a snapshot or built,
// and a delta of what came since. A reader sees the graph as of its own transaction: never behind what had been
// acknowledged before it began. What is new is read from the journal of movements by whoever first needs it; where
// nothing is new, no lock is taken but for a pointer's copy. Names of holdings and what may change of them and their
// places (trace_names.hpp) are kept beside, by the same rule: whoever needs them first follows the journal of changes
// to where its own transaction stands. Thread-safe. The database holds it as its companion (storage::Companion); `Keep`
// is the work beside: snapshot, renewal of the base.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engines/tracing/search.hpp"
#include "rooms/traceability/graph/trace_names.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

class Texts;

// Who and what a holding is.
struct Description {
  std::string_view item, place, place_name, operator_id, jurisdiction, status, evidence;
};

// An edge's mark: its kind in three bits, then who told of it, then the dimension of its quantity in two.
inline constexpr std::uint8_t kMarkKind = 7, kMarkShipped = 8, kMarkReceived = 16, kMarkDimension = 5;

class TraceIndex : public storage::Companion {
 public:
  // `folder` takes the snapshot; "": none is kept.
  TraceIndex(storage::Database& database, std::string folder) : database_(database), folder_(std::move(folder)) {}
  // The index of the database that the connection belongs to. kInternal where it has none: a bug of the caller.
  static Result<TraceIndex*> Of(storage::Connection& db);

  class State;
  // A searcher over the graph as the connection's transaction sees it; holding h of the database is index h − 1.
  class View {
   public:
    View(TraceIndex& index, std::shared_ptr<const State> state, tracing::GraphView graph,
         std::unique_ptr<tracing::Searcher> searcher, std::shared_ptr<Particulars> particulars)
        : index_(&index),
          state_(std::move(state)),
          graph_(graph),
          searcher_(std::move(searcher)),
          particulars_(std::move(particulars)) {}
    View(View&&) = default;
    View& operator=(View&&) = delete;
    ~View() {
      if (searcher_ != nullptr) index_->GiveBack(std::move(searcher_));
    }
    [[nodiscard]] const tracing::GraphView& graph() const { return graph_; }
    tracing::Searcher& searcher() { return *searcher_; }
    // By the order of `holdings`; the texts lie in `texts`, or where it keeps them alive. REQUIRES: the connection of
    // See, in the same transaction.
    Result<std::vector<Description>> Describe(storage::Connection& db, std::span<const tracing::HoldingIndex> holdings,
                                              Texts& texts) const;

   private:
    Status ReadHoldings(storage::Connection& db, std::span<const tracing::HoldingIndex> holdings,
                        const std::vector<std::size_t>& wanted, Texts& texts, std::vector<Description>& found) const;
    TraceIndex* index_;
    std::shared_ptr<const State> state_;
    tracing::GraphView graph_;
    std::unique_ptr<tracing::Searcher> searcher_;
    std::shared_ptr<Particulars> particulars_;  // nullptr for a writer: what it wrote itself stands in the tables only
  };
  Result<View> See(storage::Connection& db);

  // Until it is stopped: opens the graph, and makes a new base (and its snapshot) whenever the delta has grown too
  // large.
  void Keep(const std::stop_token& stop);
  // A new base of the base and its delta, saved and shown; whatever the size of the delta.
  Status Renew();
  // Takes the changes that everybody here has taken into account out of their journal, where they are at least so many.
  Status CutChanges(std::int64_t rows_min = 1);

  struct Facts {
    std::size_t holdings = 0, edges = 0, delta_edges = 0, bytes = 0;  // bytes: of the base's arrays
    std::uint32_t seq = 0;
    bool from_snapshot = false;
    std::uint32_t named = 0;  // holdings whose names are in memory
    std::size_t names_bytes = 0;
  };
  Facts Describe() const;
  [[nodiscard]] std::string SnapshotFile() const { return folder_.empty() ? std::string{} : folder_ + "/trace.graph"; }

 private:
  std::shared_ptr<State> Current() const {
    const std::lock_guard lock(pointer_);
    return state_;
  }
  void Show(std::shared_ptr<State> state) {
    const std::lock_guard lock(pointer_);
    state_ = std::move(state);
  }
  Result<std::shared_ptr<State>> Load(storage::Connection& db);
  Result<std::shared_ptr<State>> LoadSnapshot(storage::Connection& db);
  // Writes the snapshot of a base, with the names that are known of it, and shows it from there.
  Result<std::shared_ptr<State>> Save(std::shared_ptr<const tracing::TraceGraph> graph, std::uint32_t seq);
  // trace_describe.cpp: the particulars as the connection's transaction has them, or later; the names of the next
  // holdings; and the places whose keepers are not known yet, read and kept where nothing has changed since.
  Result<std::shared_ptr<Particulars>> FollowChanges(storage::Connection& db, std::int64_t change);
  Status NameHoldings(storage::Connection& db);
  Result<std::vector<std::pair<std::uint32_t, Particulars::Site>>> ReadSites(storage::Connection& db,
                                                                             std::span<const std::uint32_t> sites,
                                                                             Particulars* particulars);
  Status ReadAhead(const std::stop_token& stop);
  void GiveBack(std::unique_ptr<tracing::Searcher> searcher);

  storage::Database& database_;
  std::string folder_;
  mutable std::mutex pointer_;  // held for the copy of a pointer
  std::mutex catching_up_;      // one writer of the delta
  std::shared_ptr<State> state_;
  HoldingNames names_;
  std::mutex naming_, noting_;  // one writer of the names, one of the particulars
  std::atomic<bool> names_full_{false};
  std::shared_ptr<Particulars> particulars_;  // guarded by pointer_
  std::weak_ptr<Particulars> read_ahead_;     // Keep only
  std::mutex searchers_mutex_;
  std::vector<std::unique_ptr<tracing::Searcher>> searchers_;
};

}  // namespace zhian::traceability
