// Ledger 存證: every change is a leaf of a Merkle log, written in the transaction of the change itself.
// The public entry holds {commitment, kind, sequence, time}; the change and its salt stay in the database and may be
// erased by an order that is itself an entry. Functions run on the caller's Connection and have no state of their own.
#pragma once

#include <array>
#include <boost/json.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/merkle.hpp"
#include "storage/database.hpp"

namespace zhian::ledger {

using Salt = std::array<std::uint8_t, 32>;

std::span<const storage::Migration> Migrations();

// Adds one leaf; returns its index, counted from 0 (the entry's `sequence` is the same number).
// `change` says who, on behalf of which body, what and why, and may hold
//   rows:        [{table, key:{column:value…}, digest_after: hex | null}]   null: the row was deleted
//   attachments: [sha256 hex…]
// which Verify checks. Without `salt` a fresh random one is taken. REQUIRES: db is in a write transaction.
Result<std::int64_t> Append(storage::Connection& db, std::string_view kind, const boost::json::object& change,
                            base::Instant now, const std::optional<Salt>& salt = std::nullopt);
// Many leaves of one transaction: each has its index at once, the rows reach the database with Flush, table by table.
// Between the first Add and Flush nothing else is appended. REQUIRES: as Append; Flush before the write ends.
class Batch {
 public:
  explicit Batch(storage::Connection& db) : db_(db) {}
  Result<std::int64_t> Add(std::string_view kind, const boost::json::object& change, base::Instant now,
                           const std::optional<Salt>& salt = std::nullopt);
  // The same where `change` is canonical JSON already.
  Result<std::int64_t> AddCanonical(std::string_view kind, std::string change, base::Instant now,
                                    const std::optional<Salt>& salt = std::nullopt);
  Status Flush();

 private:
  storage::Connection& db_;
  std::int64_t next_ = -1;  // -1: nothing was added since the last Flush
  std::array<std::optional<Hash>, 64>
      left_;  // of each level the last subtree that waits for its right neighbour, where it was made here
  std::vector<std::array<storage::Value, 2>> entries_;
  std::vector<std::array<storage::Value, 3>> changes_, nodes_;
};
// The index that the next Append in this transaction will return: for rows that carry their own ledger index.
Result<std::int64_t> NextIndex(storage::Connection& db);

// Hex SHA-256 of the canonical JSON of every column of the row that is not NULL (so a nullable column that a migration
// adds later changes no digest). Errors: kNotFound where no row has this key; kInvalid where key names no columns of
// the table.
Result<std::string> RowDigest(storage::Connection& db, std::string_view table, const boost::json::object& key);
// {table, key, digest_after} ready for `rows`; digest_after is null where the row does not exist any more.
Result<boost::json::object> RowReference(storage::Connection& db, std::string_view table,
                                         const boost::json::object& key);

// Erases the change and the salt of one entry, by an order (legal ground, who) that becomes an entry of kind "erasure".
// The rows that the erased change covered are digested anew as they stand now, within this transaction.
// Errors: kNotFound (no such entry), kConflict (already erased). Returns the index of the erasure's entry.
Result<std::int64_t> Erase(storage::Connection& db, std::int64_t index, const boost::json::object& order,
                           base::Instant now);

// ---- reading ----
struct Entry {
  std::int64_t index = 0;
  std::string text;                           // the public entry, canonical JSON
  std::optional<boost::json::object> change;  // none: erased
};
Result<Entry> ReadEntry(storage::Connection& db, std::int64_t index);
Result<std::uint64_t> Size(storage::Connection& db);
Result<Hash> Root(storage::Connection& db, std::uint64_t size);
// The signed note for the log as it stands in this transaction.
Result<std::string> Checkpoint(storage::Connection& db, const Signer& signer);

struct InclusionAnswer {
  std::uint64_t index = 0, size = 0;
  std::vector<Hash> proof;
};
// `size` 0 means the present size.
Result<InclusionAnswer> ProveInclusion(storage::Connection& db, std::uint64_t index, std::uint64_t size = 0);
Result<std::vector<Hash>> ProveConsistency(storage::Connection& db, std::uint64_t old_size, std::uint64_t new_size);

// C2SP tlog-tiles: `path` after "/ledger/", e.g. "tile/0/x001/234", "tile/1/000.p/17", "tile/entries/x001/234.p/5".
// Errors: kInvalid (no such form), kNotFound (beyond the present size).
Result<storage::Blob> ReadTile(storage::Connection& db, std::string_view path);

// ---- the full check ----
// A table whose every row must be covered by a digest in the log. Every column is covered.
struct LedgeredTable {
  std::string_view table;
  std::vector<std::string_view> key;  // columns, as in the `key` of `rows`
};

struct VerifyOptions {
  std::vector<LedgeredTable> tables;
  // Whether the stored attachment with this SHA-256 (hex) is there and unchanged. None: attachments are not checked.
  std::function<Status(std::string_view sha256)> check_attachment;
  const Verifier* verifier = nullptr;            // with it, signatures of earlier checkpoints are checked too
  std::vector<std::string> earlier_checkpoints;  // notes kept elsewhere: the log must be an extension of each
  std::size_t findings_max = 100;
};
struct Finding {
  std::int64_t index = -1;  // entry, -1 where no entry can be named
  std::string table, key;   // row, where it is one; key is canonical JSON
  std::string message;      // what differs
};
struct VerifyReport {
  std::uint64_t entries = 0, erased = 0, rows = 0, attachments = 0;
  Hash root{};
  std::vector<Finding> findings;  // entries in order first, then rows by the entry that covers them; empty: verified
  bool cut_short = false;         // findings_max was reached
  [[nodiscard]] bool ok() const { return findings.empty(); }
};
// Recomputes commitments, leaves and the tree, and every covered row and attachment. An Error means that the check
// could not be made; what it found is in the report. O(entries + rows) time; memory about 100 bytes a covered row.
Result<VerifyReport> Verify(storage::Connection& db, const VerifyOptions& options);

}  // namespace zhian::ledger
