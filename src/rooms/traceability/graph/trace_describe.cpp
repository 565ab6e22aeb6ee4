// What TraceIndex knows of holdings beside the graph: their names, who keeps their places, what became of them.
#include <algorithm>
#include <cstring>
#include <map>

#include "rooms/traceability/graph/trace.hpp"
#include "rooms/traceability/graph/trace_index.hpp"

namespace zhian::traceability {
using tracing::HoldingIndex;

namespace {

constexpr std::int64_t kRowsAtOnce = 20'000;
constexpr std::size_t kReadAtOnce = 200;       // parameters of one statement
constexpr std::size_t kReplacedMax = 100'000;  // values that changed: then all is read again
constexpr std::uint32_t kSitesAhead = 1'000'000;
constexpr std::int64_t kRowsCutAtOnce = 2'000;

// "… IN ($1,…,$200) …", one statement however many are asked for.
std::string InList(const std::string& before, const std::string& after) {
  std::string text = before + " IN (";
  for (std::size_t i = 1; i <= kReadAtOnce; ++i) text += (i == 1 ? "$" : ",$") + std::to_string(i);
  return text + ")" + after;
}
// see(row) for every row that the numbers find; the last is repeated until the list is full.
template <class Number, class See>
Status EachRow(storage::Connection& db, const std::string& sql, std::size_t count, Number&& number, See&& see) {
  for (std::size_t at = 0; at < count; at += kReadAtOnce) {
    std::vector<storage::Value> ids;
    for (std::size_t i = 0; i < kReadAtOnce; ++i) ids.emplace_back(number(std::min(at + i, count - 1)));
    ZHIAN_ASSIGN(const auto rows, db.Query(sql, std::span<const storage::Value>(ids)));
    for (const auto& row : rows) see(row);
  }
  return Ok();
}

}  // namespace

std::string_view Texts::Keep(std::string_view head, std::string_view tail) {
  const std::size_t size = head.size() + tail.size();
  if (size == 0) return {};
  if (blocks_.empty() || room_ - used_ < size) {
    room_ = std::max<std::size_t>(size, std::size_t{1} << 16);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(room_));
    used_ = 0;
  }
  char* const at = blocks_.back().get() + used_;
  if (!head.empty()) std::memcpy(at, head.data(), head.size());
  if (!tail.empty()) std::memcpy(at + head.size(), tail.data(), tail.size());
  used_ += size;
  return {at, size};
}

Result<std::shared_ptr<Particulars>> TraceIndex::FollowChanges(storage::Connection& db, std::int64_t change) {
  const auto current = [&] {
    const std::lock_guard lock(pointer_);
    return particulars_;
  };
  auto particulars = current();
  if (particulars != nullptr && particulars->seq() >= change) return particulars;
  const std::lock_guard lock(noting_);
  particulars = current();
  const auto read_again = [&]() -> Result<std::shared_ptr<Particulars>> {
    auto fresh = std::make_shared<Particulars>();
    for (std::int64_t after = 0;;) {
      ZHIAN_ASSIGN(
          const auto rows,
          db.Query(
              "SELECT id, status, evidence FROM holding WHERE district=$d AND (status<>'unknown' OR evidence<>'') AND id > $1 ORDER BY id LIMIT $2",
              {after, kRowsAtOnce}));
      for (const auto& row : rows) {
        after = row.integer(0);
        fresh->SetKnown(static_cast<std::uint32_t>(after - 1), {row.text(1), row.text(2)});
      }
      if (static_cast<std::int64_t>(rows.size()) < kRowsAtOnce) break;
    }
    fresh->SetSeq(change);
    const std::lock_guard pointer(pointer_);
    return particulars_ = std::move(fresh);
  };
  if (particulars == nullptr || particulars->replaced() > kReplacedMax) return read_again();
  if (particulars->seq() >= change) return particulars;  // somebody else was faster
  for (std::int64_t seq = particulars->seq(); seq < change;) {
    ZHIAN_ASSIGN(
        const auto rows,
        db.Query("SELECT seq, kind, key FROM trace_change WHERE district=$d AND seq > $1 ORDER BY seq LIMIT $2",
                 {seq, kRowsAtOnce}));
    // The journal is cut behind whoever followed it in this program; another program on the same folder may have been
    // slower.
    if (rows.empty() || rows.front().integer(0) != seq + 1) return read_again();
    for (const auto& row : rows) {
      seq = row.integer(0);
      if (row.text(1) == "holding") {
        ZHIAN_ASSIGN(const auto now,
                     db.Query("SELECT id, status, evidence FROM holding WHERE district=$d AND id=$1 LIMIT 1",
                              {static_cast<std::int64_t>(std::strtoll(row.text(2).c_str(), nullptr, 10))}));
        if (!now.empty())
          particulars->SetKnown(static_cast<std::uint32_t>(now.front().integer(0) - 1),
                                {now.front().text(1), now.front().text(2)});
        continue;
      }
      // Who keeps a place is read again when it is next asked for.
      ZHIAN_ASSIGN(
          const auto sites,
          row.text(1) == "site"
              ? db.Query("SELECT id FROM trace_site WHERE district=$d AND site=$1 LIMIT 1", {row.text(2)})
              : db.Query(
                    "SELECT s.id FROM premises p CROSS JOIN trace_site s WHERE p.district=$d AND p.operator_id=$1 AND s.district=$d AND s.site=p.gln",
                    {row.text(2)}));
      for (const auto& site : sites) particulars->ForgetSite(static_cast<std::uint32_t>(site.integer(0) - 1));
    }
  }
  particulars->SetSeq(change);
  return particulars;
}

// What this program has taken into account nobody reads again: whoever starts reads the tables, and notices where the
// journal begins later than where it stopped. The last row stays, for the next number follows it.
Status TraceIndex::CutChanges(std::int64_t rows_min) {
  std::int64_t upto = 0;
  {
    const std::lock_guard lock(pointer_);
    if (particulars_ != nullptr) upto = particulars_->seq();
  }
  std::int64_t first = 0;
  ZHIAN_TRY(database_.ReadBeside([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto rows, db.Query("SELECT COALESCE(MIN(seq), 0) FROM trace_change WHERE district=$d"));
    first = rows.front().integer(0);
    return Ok();
  }));
  while (first != 0 && upto - first >= std::max<std::int64_t>(
                                           rows_min, 1)) {  // piece by piece: a capture that waits is let in between
    const std::int64_t end = std::min(upto, first + kRowsCutAtOnce);
    ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
      const auto cut = db.Execute(
          "DELETE FROM trace_change WHERE district=$d AND seq < $1 AND seq < (SELECT MAX(seq) FROM trace_change WHERE district=$d)",
          {end});
      return cut.ok() ? Ok() : Status(cut.error());
    }));
    rows_min = 1;  // once begun, to the end
    first = end;
  }
  return Ok();
}

Status TraceIndex::NameHoldings(storage::Connection& db) {
  const std::lock_guard lock(naming_);
  ZHIAN_ASSIGN(const auto rows,
               db.Query("SELECT id, item, place FROM holding WHERE district=$d AND id > $1 ORDER BY id LIMIT $2",
                        {std::int64_t{names_.size()}, kRowsAtOnce}));
  for (const auto& row : rows) {
    if (row.integer(0) != std::int64_t{names_.size()} + 1)
      return MakeError(ErrorCode::kCorrupt, "the numbers of the holdings have a gap");
    if (!names_.Add(row.text(1), row.text(2))) {
      names_full_.store(true, std::memory_order_relaxed);
      break;
    }
  }
  return Ok();
}

Result<std::vector<std::pair<std::uint32_t, Particulars::Site>>> TraceIndex::ReadSites(
    storage::Connection& db, std::span<const std::uint32_t> sites, Particulars* particulars) {
  static const std::string sql = InList(
      "SELECT s.id, s.site, p.operator_id, o.name, o.jurisdiction, p.name FROM trace_site s LEFT JOIN premises p ON p.district=$d AND p.gln=s.site "
      "LEFT JOIN operator o ON o.district=$d AND o.id=p.operator_id WHERE s.district=$d AND s.id",
      " ORDER BY s.id, +p.id");
  std::vector<std::pair<std::uint32_t, Particulars::Site>> read;
  ZHIAN_TRY(EachRow(
      db, sql, sites.size(), [&](std::size_t i) { return std::int64_t{sites[i]} + 1; },
      [&](const storage::Row& row) {
        const auto site = static_cast<std::uint32_t>(row.integer(0) - 1);
        if (!read.empty() && read.back().first == site) return;  // two premises of one code: the first
        read.emplace_back(site, Particulars::Site{!row.text(2).empty()   ? row.text(3)
                                                  : !row.text(5).empty() ? row.text(5)
                                                                         : Say("未建档地点 {}", row.text(1)).Text(),
                                                  row.text(2), row.text(4)});
      }));
  if (particulars == nullptr) return read;
  ZHIAN_ASSIGN(const auto rows, db.Query("SELECT COALESCE(MAX(seq), 0) FROM trace_change WHERE district=$d"));
  const std::lock_guard lock(noting_);
  // What was read is kept only where no later change is taken into account already: it might be the one that this is
  // about.
  if (particulars->seq() == rows.front().integer(0))
    for (const auto& [site, value] : read) particulars->SetSite(site, value);
  return read;
}

Status TraceIndex::ReadAhead(const std::stop_token& stop) {
  const auto state_holdings = Describe().holdings;
  while (!stop.stop_requested() && names_.size() < state_holdings && !names_full_.load(std::memory_order_relaxed)) {
    const std::uint32_t before = names_.size();
    ZHIAN_TRY(database_.ReadBeside([&](storage::Connection& db) { return NameHoldings(db); }));
    if (names_.size() == before) break;
  }
  std::shared_ptr<Particulars> particulars;
  {
    const std::lock_guard lock(pointer_);
    particulars = particulars_;
  }
  if (particulars == nullptr || read_ahead_.lock() == particulars) return Ok();
  read_ahead_ = particulars;
  return database_.ReadBeside([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto rows, db.Query("SELECT COALESCE(MAX(id), 0) FROM trace_site WHERE district=$d"));
    const auto count = static_cast<std::uint32_t>(std::min<std::int64_t>(rows.front().integer(0), kSitesAhead));
    for (std::uint32_t begin = 0; begin < count && !stop.stop_requested(); begin += kReadAtOnce) {
      std::vector<std::uint32_t> sites;
      for (std::uint32_t site = begin; site < std::min<std::uint32_t>(count, begin + kReadAtOnce); ++site)
        if (particulars->FindSite(site) == nullptr) sites.push_back(site);
      ZHIAN_TRY(ReadSites(db, sites, particulars.get()));
    }
    return Ok();
  });
}

// From the tables: what is not in memory, and all that a writer asks for.
Status TraceIndex::View::ReadHoldings(storage::Connection& db, std::span<const HoldingIndex> holdings,
                                      const std::vector<std::size_t>& wanted, Texts& texts,
                                      std::vector<Description>& found) const {
  static const std::string sql =
      InList("SELECT id, item, place, status, evidence FROM holding WHERE district=$d AND id", "");
  std::map<std::int64_t, std::size_t> place;
  for (const std::size_t i : wanted) place[std::int64_t{holdings[i]} + 1] = i;
  return EachRow(
      db, sql, wanted.size(), [&](std::size_t i) { return std::int64_t{holdings[wanted[i]]} + 1; },
      [&](const storage::Row& row) {
        Description& d = found[place[row.integer(0)]];
        d.item = texts.Keep(row.text(1));
        d.place = texts.Keep(row.text(2));
        d.status = texts.Keep(row.text(3));
        d.evidence = texts.Keep(row.text(4));
      });
}

Result<std::vector<Description>> TraceIndex::View::Describe(storage::Connection& db,
                                                            std::span<const HoldingIndex> holdings,
                                                            Texts& texts) const {
  std::vector<Description> found(holdings.size());
  std::vector<std::size_t> unread;
  const std::uint32_t named = index_->names_.size();
  for (std::size_t i = 0; i < holdings.size(); ++i) {
    const HoldingIndex v = holdings[i];
    const HoldingNames::Name name = particulars_ == nullptr || v >= named
                                        ? HoldingNames::Name{.head = {}, .tail = {}, .place = {}, .kept = false}
                                        : index_->names_[v];
    if (!name.kept) {
      unread.push_back(i);
      continue;
    }
    const Particulars::Known* const known = particulars_->FindKnown(v);
    found[i] = {.item = texts.Keep(name.head, name.tail),
                .place = name.place,
                .place_name = {},
                .operator_id = {},
                .jurisdiction = {},
                .status = known == nullptr ? std::string_view("unknown") : known->status,
                .evidence = known == nullptr ? std::string_view{} : known->evidence};
  }
  if (!unread.empty()) ZHIAN_TRY(ReadHoldings(db, holdings, unread, texts, found));

  const auto show = [](Description& d, const Particulars::Site& site) {
    d.place_name = site.place_name;
    d.operator_id = site.operator_id;
    d.jurisdiction = site.jurisdiction;
  };
  std::map<std::uint32_t, std::vector<std::size_t>> waiting;  // by site
  for (std::size_t i = 0; i < holdings.size(); ++i) {
    const std::uint32_t site = graph_.premises(holdings[i]);
    if (const auto* known = particulars_ == nullptr ? nullptr : particulars_->FindSite(site); known != nullptr)
      show(found[i], *known);
    else
      waiting[site].push_back(i);
  }
  if (particulars_ != nullptr) texts.KeepAlive(particulars_);
  if (waiting.empty()) return found;
  std::vector<std::uint32_t> sites;
  for (const auto& [site, which] : waiting) sites.push_back(site);
  using Read = std::vector<std::pair<std::uint32_t, Particulars::Site>>;
  ZHIAN_ASSIGN(Read read, index_->ReadSites(db, sites, particulars_.get()));
  const auto kept = std::make_shared<const Read>(std::move(read));
  for (const auto& [site, value] : *kept)
    for (const std::size_t i : waiting[site]) show(found[i], value);
  texts.KeepAlive(kept);
  return found;
}

}  // namespace zhian::traceability
