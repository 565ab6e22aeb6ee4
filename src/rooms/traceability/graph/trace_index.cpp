#include "rooms/traceability/graph/trace_index.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <future>
#include <thread>

#include "base/log.hpp"
#include "base/text.hpp"
#include "engines/tracing/snapshot.hpp"
#include "rooms/traceability/store/movements.hpp"
#include "rooms/traceability/store/units.hpp"

namespace zhian::traceability {

class TraceIndex::State {
 public:
  State(std::shared_ptr<const tracing::TraceGraph> graph, std::uint32_t at)
      : base(std::move(graph)), delta(*base), base_seq(at), seq(at) {}
  std::shared_ptr<const tracing::TraceGraph> base;
  tracing::Delta delta;
  const std::uint32_t base_seq;
  std::atomic<std::uint32_t> seq;  // the delta holds all up to here
  bool from_snapshot = false;
  std::atomic<std::int64_t> saved{-1};  // the base is the snapshot's, and so many names are in it; -1: it is not
};

namespace {

constexpr std::int64_t kRowsAtOnce = 20'000;
constexpr std::uint32_t kNamedAtOnce = 20'000;  // of which a reader waits for the names; more are read ahead
constexpr std::size_t kSearchersKept = 4;
constexpr std::size_t kDeltaEdgesMin = 16'384;
constexpr std::int64_t kChangesCut = 20'000;       // rows of the journal of changes for which a write is made
constexpr std::size_t kSnapshotEdgesMin = 10'000;  // fewer are built sooner than a file is opened

// The file: this, then the graph's own bytes; then, at a multiple of kPartAt (a page of any machine), the names of its
// holdings. They are mapped apart, for a base that is renewed must not be held by the names that stay. The mark stands
// in the database as well: so the file is of this database, and of its past (a backup that was put back does not know
// the mark of a later file).
struct FileHeader {
  std::array<char, 8> magic{'Z', 'H', 'T', 'R', 'A', 'C', 'E', '2'};
  std::array<char, 32> mark{};
  std::uint32_t seq = 0, reserved = 0;
  std::uint64_t graph_bytes = 0, names_bytes = 0;
};
static_assert(sizeof(FileHeader) == 64);
constexpr std::size_t kPartAt = std::size_t{1} << 16;
constexpr std::size_t NamesAt(std::size_t graph_bytes) {
  return (sizeof(FileHeader) + graph_bytes + kPartAt - 1) / kPartAt * kPartAt;
}
constexpr std::chrono::minutes kSaveAgainAfter{10};  // where a snapshot could not be written

// How far the two journals reach.
struct Ends {
  std::int64_t seq = 0, change = 0;
};
Result<Ends> LastEnds(storage::Connection& db) {
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query(
          "SELECT (SELECT COALESCE(MAX(seq), 0) FROM movement WHERE district=$d), (SELECT COALESCE(MAX(seq), 0) FROM trace_change WHERE district=$d)"));
  const Ends ends{rows.front().integer(0), rows.front().integer(1)};
  if (ends.seq >= tracing::kNoLabel - 1)
    return MakeError(ErrorCode::kTooLarge, Say("追溯图的货项与流向各不得超过 {}；请按区域分开", std::int64_t{1} << 31));
  return ends;
}
Result<std::int64_t> LastSeq(storage::Connection& db) {
  ZHIAN_ASSIGN(const Ends ends, LastEnds(db));
  return ends.seq;
}

// To the second: an edge keeps 32 bits for each of its times. Within one second nothing counts as too early.
tracing::TimeRange TimeOf(std::int64_t ms) {
  if (ms == 0) return {};
  return tracing::TimeRange::At(ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000));
}

struct EdgeRow {
  std::uint32_t seq = 0, replaces = 0;
  tracing::HoldingIndex from = 0, to = 0;
  std::int64_t quantity = 0;
  tracing::EdgeTime time;
  std::uint8_t mark = 0;
  bool is_void = false;
};

// see(row) for every movement after `seq`, in order.
template <class See>
Status EachMovement(storage::Connection& db, std::int64_t seq, See&& see) {
  for (;;) {
    ZHIAN_ASSIGN(
        const auto rows,
        db.Query(
            "SELECT seq, replaces, kind, from_holding, to_holding, departed_at, arrived_at, quantity_micro, unit, shipped_by, received_by FROM movement WHERE district=$d AND seq > $1 ORDER BY seq LIMIT $2",
            {seq, kRowsAtOnce}));
    for (const auto& row : rows) {
      seq = row.integer(0);
      const MovementKind kind = KindOf(row.text(2));
      const Unit unit = FindUnit(row.text(8));
      EdgeRow edge{.seq = static_cast<std::uint32_t>(seq),
                   .replaces = static_cast<std::uint32_t>(row.integer(1)),
                   .from = static_cast<tracing::HoldingIndex>(row.integer(3) - 1),
                   .to = static_cast<tracing::HoldingIndex>(row.integer(4) - 1)};
      edge.is_void = kind == MovementKind::kVoid;
      // A quantity beyond all bounds is none that is known.
      edge.quantity = std::max<std::int64_t>(0, ToBase(row.integer(7), unit).value_or(0));
      edge.time = {TimeOf(row.integer(5)), TimeOf(row.integer(6))};
      edge.mark = static_cast<std::uint8_t>(static_cast<unsigned>(kind) | (row.integer(9) != 0 ? kMarkShipped : 0u) |
                                            (row.integer(10) != 0 ? kMarkReceived : 0u) |
                                            static_cast<unsigned>(unit.dimension) << kMarkDimension);
      ZHIAN_TRY(see(edge));
    }
    if (static_cast<std::int64_t>(rows.size()) < kRowsAtOnce) return Ok();
  }
}
template <class See>
Status EachHolding(storage::Connection& db, std::int64_t after, See&& see) {
  for (;;) {
    ZHIAN_ASSIGN(const auto rows,
                 db.Query("SELECT id, site FROM holding WHERE district=$d AND id > $1 ORDER BY id LIMIT $2",
                          {after, kRowsAtOnce}));
    for (const auto& row : rows) {
      if (row.integer(0) != ++after) return MakeError(ErrorCode::kCorrupt, "the numbers of the holdings have a gap");
      ZHIAN_TRY(see(row.integer(0), static_cast<std::uint32_t>(row.integer(1) - 1)));
    }
    if (static_cast<std::int64_t>(rows.size()) < kRowsAtOnce) return Ok();
  }
}
Result<std::int64_t> Sites(storage::Connection& db) {
  ZHIAN_ASSIGN(const auto rows, db.Query("SELECT COALESCE(MAX(id), 0) FROM trace_site WHERE district=$d"));
  return rows.front().integer(0);
}

// Brings the delta up to what the connection sees. REQUIRES: nobody else writes this delta.
Status Follow(storage::Connection& db, TraceIndex::State& state, std::int64_t upto) {
  ZHIAN_ASSIGN(const std::int64_t sites, Sites(db));
  while (state.delta.premises_count() < sites) state.delta.AddPremises(0);
  ZHIAN_TRY(EachHolding(db, state.delta.holdings(), [&](std::int64_t id, std::uint32_t site) -> Status {
    const auto added = state.delta.AddHolding(static_cast<std::uint64_t>(id), 0, site);
    return added.ok() ? Ok() : Status(added.error());
  }));
  ZHIAN_TRY(EachMovement(db, state.seq.load(std::memory_order_relaxed), [&](const EdgeRow& row) -> Status {
    // What it replaces may have come and gone between two looks at the journal.
    if (row.replaces != 0) state.delta.Remove(row.from, row.replaces, row.seq);
    return row.is_void ? Ok() : state.delta.AddEdge(row.from, row.to, row.quantity, row.time, {row.seq, row.mark});
  }));
  state.seq.store(static_cast<std::uint32_t>(upto), std::memory_order_release);
  return Ok();
}

Result<std::shared_ptr<const tracing::TraceGraph>> Build(storage::Connection& db) {
  tracing::GraphColumns columns;
  ZHIAN_ASSIGN(const std::int64_t sites, Sites(db));
  columns.operators.resize(static_cast<std::size_t>(sites), 0);
  ZHIAN_TRY(EachHolding(db, 0, [&](std::int64_t id, std::uint32_t site) -> Status {
    columns.ids.push_back(static_cast<std::uint64_t>(id));
    columns.premises.push_back(site);
    return Ok();
  }));
  ZHIAN_TRY(EachMovement(db, 0, [&](const EdgeRow& row) -> Status {
    if (row.is_void) return Ok();
    columns.from.push_back(row.from);
    columns.to.push_back(row.to);
    columns.edge_quantities.push_back(row.quantity);
    columns.edge_times.push_back(row.time);
    columns.edge_labels.push_back(row.seq);
    columns.edge_marks.push_back(row.mark);
    return Ok();
  }));
  ZHIAN_ASSIGN(auto graph, tracing::TraceGraph::Build(std::move(columns)));
  return std::make_shared<const tracing::TraceGraph>(std::move(graph));
}

// A part of a file where it lies.
class Mapping {
 public:
  // REQUIRES: `from` is a multiple of kPartAt. nullptr: the file is shorter, or cannot be mapped.
  static std::shared_ptr<const Mapping> Open(int fd, std::size_t from, std::size_t size) {
    struct stat about {};
    if (size == 0 || fstat(fd, &about) != 0 || static_cast<std::size_t>(about.st_size) < from ||
        static_cast<std::size_t>(about.st_size) - from < size)
      return nullptr;
    void* const at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, static_cast<off_t>(from));
    if (at == MAP_FAILED) return nullptr;
    return std::shared_ptr<const Mapping>(new Mapping(at, size));
  }
  ~Mapping() { munmap(at_, size_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  [[nodiscard]] std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(at_), size_}; }

 private:
  Mapping(void* at, std::size_t size) : at_(at), size_(size) {}
  void* at_;
  std::size_t size_;
};

class OpenFile {
 public:
  OpenFile(const std::string& name, int flags) : fd_(open(name.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

Result<TraceIndex*> TraceIndex::Of(storage::Connection& db) {
  auto* index = dynamic_cast<TraceIndex*>(db.companion());
  if (index == nullptr) return MakeError(ErrorCode::kInternal, "the database has no trace index");
  return index;
}

Result<TraceIndex::View> TraceIndex::See(storage::Connection& db) {
  ZHIAN_ASSIGN(const Ends ends, LastEnds(db));
  const std::int64_t seen = ends.seq;
  std::shared_ptr<State> state = Current();
  const auto is_behind = [&] { return state == nullptr || state->seq.load(std::memory_order_acquire) < seen; };
  const auto catch_up = [&](storage::Connection& reader) -> Status {
    const std::lock_guard lock(catching_up_);
    state = Current();
    if (state == nullptr) {
      ZHIAN_ASSIGN(state, Load(reader));
      Show(state);
    }
    ZHIAN_ASSIGN(const std::int64_t last, LastSeq(reader));
    return state->seq.load(std::memory_order_relaxed) < last ? Follow(reader, *state, last) : Ok();
  };
  if (is_behind()) {
    // What a writer sees need not be committed: it becomes part of the shared graph only as a reader sees it.
    ZHIAN_TRY(db.writes() ? database_.Read(catch_up) : catch_up(db));
  }
  if (is_behind()) {
    auto own = std::make_shared<State>(state->base, state->base_seq);
    ZHIAN_TRY(Follow(db, *own, seen));
    state = std::move(own);
  }
  std::shared_ptr<Particulars> particulars;
  if (!db.writes()) {
    ZHIAN_ASSIGN(particulars, FollowChanges(db, ends.change));
    const std::uint32_t holdings = state->delta.holdings(), named = names_.size();
    if (named < holdings && holdings - named <= kNamedAtOnce && !names_full_.load(std::memory_order_relaxed))
      ZHIAN_TRY(NameHoldings(db));
  }
  const tracing::GraphView graph(*state->base, &state->delta, static_cast<std::uint32_t>(seen));
  std::unique_ptr<tracing::Searcher> searcher;
  {
    const std::lock_guard lock(searchers_mutex_);
    if (!searchers_.empty()) {
      searcher = std::move(searchers_.back());
      searchers_.pop_back();
    }
  }
  if (searcher == nullptr)
    searcher = std::make_unique<tracing::Searcher>(graph);
  else
    searcher->Follow(graph);
  return View(*this, std::move(state), graph, std::move(searcher), std::move(particulars));
}

void TraceIndex::GiveBack(std::unique_ptr<tracing::Searcher> searcher) {
  const std::lock_guard lock(searchers_mutex_);
  if (searchers_.size() < kSearchersKept) searchers_.push_back(std::move(searcher));
}

Result<std::shared_ptr<TraceIndex::State>> TraceIndex::Load(storage::Connection& db) {
  auto kept = LoadSnapshot(db);
  if (kept.ok()) return kept;
  if (kept.error().code != ErrorCode::kNotFound)
    base::LogError("the trace snapshot is not used", {{"reason", kept.error().message.Text()}});
  ZHIAN_ASSIGN(const std::int64_t seq, LastSeq(db));
  ZHIAN_ASSIGN(auto graph, Build(db));
  return std::make_shared<State>(std::move(graph), static_cast<std::uint32_t>(seq));
}

Result<std::shared_ptr<TraceIndex::State>> TraceIndex::LoadSnapshot(storage::Connection& db) {
  if (folder_.empty()) return MakeError(ErrorCode::kNotFound, "no snapshot");
  const OpenFile file(SnapshotFile(), O_RDONLY);
  if (file.fd() < 0) return MakeError(ErrorCode::kNotFound, "no snapshot");
  FileHeader header;
  if (pread(file.fd(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header) ||
      header.magic != FileHeader{}.magic)
    return MakeError(ErrorCode::kUnsupported, "追溯图的快照是别的版本；请删去该文件，由事件重建");
  ZHIAN_ASSIGN(const auto mark, db.Query("SELECT seq FROM trace_snapshot WHERE district=$d AND mark=$1 LIMIT 1",
                                         {std::string(header.mark.data(), header.mark.size())}));
  if (mark.empty() || mark.front().integer(0) != header.seq)
    return MakeError(ErrorCode::kCorrupt, "the snapshot is of another database, or of a later state of this one");
  constexpr std::uint64_t kSizeMax = std::uint64_t{1} << 48;
  if (header.graph_bytes > kSizeMax || header.names_bytes > kSizeMax)
    return MakeError(ErrorCode::kCorrupt, "the snapshot is shorter than it says");
  const auto mapping = Mapping::Open(file.fd(), 0, sizeof header + header.graph_bytes),
             names = Mapping::Open(file.fd(), NamesAt(header.graph_bytes), header.names_bytes);
  if (mapping == nullptr || names == nullptr)
    return MakeError(ErrorCode::kCorrupt, "the snapshot is shorter than it says");
  // The names beside the graph. Nobody has seen a state of this index yet, so nobody knows of its names.
  auto shown =
      std::async(std::launch::async, [&] { return names_.size() == 0 ? names_.Show(names->bytes(), names) : Ok(); });
  auto opened = tracing::OpenSnapshot(mapping->bytes().subspan(sizeof header), mapping);
  ZHIAN_TRY(shown.get());
  const std::int64_t saved_names = names_.size();
  ZHIAN_ASSIGN(auto graph, std::move(opened));
  ZHIAN_ASSIGN(const auto holdings, db.Query("SELECT COALESCE(MAX(id), 0) FROM holding WHERE district=$d"));
  if (graph.holdings() > holdings.front().integer(0))
    return MakeError(ErrorCode::kCorrupt, "the snapshot names holdings that the database does not have");
  auto state = std::make_shared<State>(std::make_shared<const tracing::TraceGraph>(std::move(graph)), header.seq);
  state->from_snapshot = true;
  state->saved = saved_names;
  return state;
}

// The file is written before readers see the base: then the base is the file, which the system can let go and fetch
// again, and the arrays that it was made in are free.
Result<std::shared_ptr<TraceIndex::State>> TraceIndex::Save(std::shared_ptr<const tracing::TraceGraph> graph,
                                                            std::uint32_t seq) {
  FileHeader header;
  std::array<std::uint8_t, 16> random{};
  base::FillRandom(random);
  const std::string mark = base::Hex(random);
  std::copy(mark.begin(), mark.end(), header.mark.begin());
  header.seq = seq;
  const std::string temporary = SnapshotFile() + ".new";
  bool good = false;
  std::uint32_t named = 0;
  {
    const OpenFile file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    good = file.fd() >= 0;
    std::size_t written = 0;
    const auto put = [&](std::span<const std::byte> bytes) {
      while (good && !bytes.empty()) {
        const ssize_t some = write(file.fd(), bytes.data(), bytes.size());
        good = some > 0;
        if (!good) break;
        bytes = bytes.subspan(static_cast<std::size_t>(some));
        written += static_cast<std::size_t>(some);
      }
    };
    put(std::as_bytes(std::span(&header, 1)));
    tracing::WriteSnapshot(*graph, put);
    header.graph_bytes = written - sizeof header;
    const std::vector<std::byte> gap(NamesAt(header.graph_bytes) - written);
    put(gap);
    named = std::min(names_.size(), graph->holdings());
    names_.Write(named, put);
    header.names_bytes = written - NamesAt(header.graph_bytes);
    good = good && pwrite(file.fd(), &header, sizeof header, 0) == static_cast<ssize_t>(sizeof header) &&
           fsync(file.fd()) == 0;
  }
  // The mark first: a file whose mark is not known would be refused, a mark without its file harms nobody.
  if (good) {
    ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
      ZHIAN_TRY(db.Execute(
          "DELETE FROM trace_snapshot WHERE district=$d AND seq < (SELECT MAX(seq) FROM trace_snapshot WHERE district=$d)"));
      ZHIAN_TRY(db.Execute("INSERT INTO trace_snapshot (district, mark, seq) VALUES ($d,$1,$2)",
                           {mark, std::int64_t{header.seq}}));
      return Ok();
    }));
    good = std::rename(temporary.c_str(), SnapshotFile().c_str()) == 0;
  }
  if (!good) {
    unlink(temporary.c_str());
    return MakeError(ErrorCode::kUnavailable, "the trace snapshot could not be written");
  }
  const OpenFile file(SnapshotFile(), O_RDONLY);
  const auto mapping = Mapping::Open(file.fd(), 0, sizeof header + header.graph_bytes);
  if (mapping == nullptr) return MakeError(ErrorCode::kUnavailable, "the trace snapshot could not be read again");
  ZHIAN_ASSIGN(auto opened, tracing::OpenSnapshot(mapping->bytes().subspan(sizeof header), mapping));
  auto state = std::make_shared<State>(std::make_shared<const tracing::TraceGraph>(std::move(opened)), seq);
  state->saved = std::int64_t{named};
  return state;
}

Status TraceIndex::Renew() {
  ZHIAN_TRY(database_.ReadBeside([&](storage::Connection& db) -> Status {
    const auto view = See(db);
    return view.ok() ? Ok() : Status(view.error());
  }));
  const std::shared_ptr<State> old = Current();
  const std::uint32_t seq = old->seq.load(std::memory_order_acquire);
  std::shared_ptr<const tracing::TraceGraph> graph = old->base;
  if (seq != old->base_seq) {
    ZHIAN_ASSIGN(auto merged, tracing::Merge(tracing::GraphView(*old->base, &old->delta, seq)));
    graph = std::make_shared<const tracing::TraceGraph>(std::move(merged));
  }
  std::shared_ptr<State> fresh;
  Status saved = Ok();
  if (!folder_.empty() && graph->edges() >= kSnapshotEdgesMin) {
    auto written = Save(graph, seq);
    if (written.ok())
      fresh = std::move(*written);
    else
      saved = written.error();
  }
  if (fresh == nullptr) fresh = std::make_shared<State>(graph, seq);  // not saved, and no worse for those who read
  graph.reset();
  // What came during the merge is caught up with before the readers see it.
  ZHIAN_TRY(database_.ReadBeside([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const std::int64_t last, LastSeq(db));
    return last > seq ? Follow(db, *fresh, last) : Ok();
  }));
  {
    const std::lock_guard lock(catching_up_);
    Show(fresh);
  }
  {
    const std::lock_guard lock(searchers_mutex_);
    searchers_.clear();  // they may be of a larger graph than is needed
  }
  return saved;
}

void TraceIndex::Keep(const std::stop_token& stop) {
  const auto wait = [&](int quarters) {
    for (int i = 0; i < quarters && !stop.stop_requested(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(250));
  };
  auto save_at = std::chrono::steady_clock::now();
  // Also where a good part of the names came after it was written.
  const auto is_unsaved = [&](const State& state) {
    const std::int64_t saved = state.saved, named = std::min(names_.size(), state.base->holdings());
    return !folder_.empty() && state.base->edges() >= kSnapshotEdgesMin &&
           (saved < 0 || named - saved > 4096 + state.base->holdings() / 16);
  };
  while (!stop.stop_requested()) {
    const Status opened = database_.ReadBeside([&](storage::Connection& db) -> Status {
      const auto view = See(db);
      return view.ok() ? Ok() : Status(view.error());
    });
    if (!opened.ok()) {
      base::LogError("the trace graph could not be read", {{"error", opened.error().message.Text()}});
      wait(40);
      continue;
    }
    if (const Status read = ReadAhead(stop); !read.ok())
      base::LogError("the names of the trace could not be read", {{"error", read.error().message.Text()}});
    if (const Status cut = CutChanges(kChangesCut); !cut.ok())
      base::LogError("the journal of changes could not be cut", {{"error", cut.error().message.Text()}});
    if (stop.stop_requested()) return;
    const auto is_due = [&] {
      const auto state = Current();
      // Before the delta takes more than a few bytes an edge of the whole.
      const bool is_large = state->delta.edges() > kDeltaEdgesMin + state->base->edges() / 128;
      return is_large || (is_unsaved(*state) && std::chrono::steady_clock::now() >= save_at);
    };
    if (const Status kept = is_due() ? Renew() : Ok(); !kept.ok()) {
      base::LogError("the trace graph could not be renewed", {{"error", kept.error().message.Text()}});
      save_at = std::chrono::steady_clock::now() + kSaveAgainAfter;
    }
    wait(8);
  }
}

TraceIndex::Facts TraceIndex::Describe() const {
  const auto state = Current();
  if (state == nullptr) return {};
  return {state->delta.holdings(), state->base->edges(), state->delta.edges(), state->base->bytes(),
          state->seq.load(),       state->from_snapshot, names_.size(),        names_.bytes()};
}

}  // namespace zhian::traceability
