// TraceIndex: the movements of a data folder as one graph in memory: a base that is mapped from a snapshot or built, and a delta of what
// came since. A reader sees the graph as of its own transaction: never behind what had been acknowledged before it began. What is new
// is read from the journal of movements by whoever first needs it; where nothing is new, no lock is taken but for a pointer's copy.
// Thread-safe. The database holds it as its companion (storage::Companion); `Keep` is the work beside: snapshot, renewal of the base.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engines/tracing/search.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

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
    View(TraceIndex& index, std::shared_ptr<const State> state, tracing::GraphView graph, std::unique_ptr<tracing::Searcher> searcher)
        : index_(&index), state_(std::move(state)), graph_(graph), searcher_(std::move(searcher)) {}
    View(View&&) = default;
    View& operator=(View&&) = delete;
    ~View() {
      if (searcher_ != nullptr) index_->GiveBack(std::move(searcher_));
    }
    [[nodiscard]] const tracing::GraphView& graph() const { return graph_; }
    tracing::Searcher& searcher() { return *searcher_; }

   private:
    TraceIndex* index_;
    std::shared_ptr<const State> state_;
    tracing::GraphView graph_;
    std::unique_ptr<tracing::Searcher> searcher_;
  };
  Result<View> See(storage::Connection& db);

  // Until it is stopped: opens the graph, and makes a new base (and its snapshot) whenever the delta has grown too large.
  void Keep(const std::stop_token& stop);
  // The same once, whatever the size of the delta.
  Status Renew();

  struct Facts {
    std::size_t holdings = 0, edges = 0, delta_edges = 0, bytes = 0;  // bytes: of the base's arrays
    std::uint32_t seq = 0;
    bool from_snapshot = false;
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
  Status WriteSnapshot(const State& state);
  void GiveBack(std::unique_ptr<tracing::Searcher> searcher);

  storage::Database& database_;
  std::string folder_;
  mutable std::mutex pointer_;   // held for the copy of a pointer
  std::mutex catching_up_;       // one writer of the delta
  std::shared_ptr<State> state_;
  std::mutex searchers_mutex_;
  std::vector<std::unique_ptr<tracing::Searcher>> searchers_;
};

}  // namespace zhian::traceability
