#include "ledger/ledger.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/json.hpp"
#include "base/text.hpp"

namespace zhian::ledger {
namespace json = boost::json;
using storage::Row;
using storage::Value;

namespace {

constexpr storage::Migration kMigrations[] = {{"ledger/001", R"sql(
CREATE TABLE ledger_entry (sequence BIGINT PRIMARY KEY, entry TEXT NOT NULL);
CREATE TABLE ledger_change (sequence BIGINT PRIMARY KEY, change TEXT NOT NULL, salt TEXT NOT NULL);
CREATE TABLE ledger_node (level BIGINT NOT NULL, position BIGINT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (level, position));
)sql"}};

NodeReader ReaderOf(storage::Connection& db) {
  return [&db](unsigned level, std::uint64_t index) -> Result<Hash> {
    ZHIAN_ASSIGN(auto rows, db.Query("SELECT hash FROM ledger_node WHERE level=$1 AND position=$2 LIMIT 1",
                                     {std::int64_t{level}, static_cast<std::int64_t>(index)}));
    if (rows.empty())
      return MakeError(ErrorCode::kCorrupt,
                       "the log lacks node " + std::to_string(level) + "/" + std::to_string(index));
    return HashFromHex(rows.front().text(0));
  };
}

// SHA-256(salt ‖ canonical JSON of the change).
std::string Commitment(std::span<const std::uint8_t> salt, const std::string& change) {
  std::string text(salt.begin(), salt.end());
  return base::HexSha256(text + change);
}

// Names of tables and columns come from code and from the log; those of the log are checked before they reach SQL.
bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// SHA-256 of the row as a canonical JSON object: a key a column that is not NULL, by name; whole numbers as text, exact
// beyond 2^53.
std::string DigestOf(std::span<const std::string> columns, const Row& row) {
  std::vector<std::size_t> order(columns.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return columns[a] < columns[b]; });
  std::string text = "{";
  for (const std::size_t i : order) {
    const Value& value = row.value(i);
    if (std::holds_alternative<std::monostate>(value)) continue;
    if (text.size() > 1) text += ',';
    base::AppendCanonical(text, columns[i]);
    text += ':';
    if (const auto* whole = std::get_if<std::int64_t>(&value))
      base::AppendCanonical(text, std::to_string(*whole));
    else if (const auto* real = std::get_if<double>(&value))
      base::AppendCanonical(text, *real);
    else if (const auto* words = std::get_if<std::string>(&value))
      base::AppendCanonical(text, *words);
    else
      base::AppendCanonical(text, base::Hex(std::get<storage::Blob>(value)));
  }
  return base::HexSha256(text + "}");
}

Result<std::optional<std::string>> DigestOfKey(storage::Connection& db, std::string_view table,
                                               const json::object& key) {
  if (!IsName(table) || key.empty())
    return MakeError(ErrorCode::kInvalid, "no such table or key: " + std::string(table));
  ZHIAN_ASSIGN(const auto columns, db.Columns(table));
  std::string list, where;
  std::vector<Value> parameters;
  for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + column;
  for (const auto& [name, value] : key) {
    const std::string column(name);
    if (std::find(columns.begin(), columns.end(), column) == columns.end())
      return MakeError(ErrorCode::kInvalid, "no column " + column + " in " + std::string(table));
    if (value.is_string())
      parameters.emplace_back(std::string(value.get_string()));
    else if (value.is_int64())
      parameters.emplace_back(value.get_int64());
    else
      return MakeError(ErrorCode::kInvalid, "a key holds texts and whole numbers");
    where += (where.empty() ? "" : " AND ") + column + "=$" + std::to_string(parameters.size());
  }
  ZHIAN_ASSIGN(auto rows, db.Query("SELECT " + list + " FROM " + std::string(table) + " WHERE " + where + " LIMIT 1",
                                   std::span<const Value>(parameters)));
  if (rows.empty()) return std::optional<std::string>{};
  return std::optional<std::string>(DigestOf(columns, rows.front()));
}

}  // namespace

std::span<const storage::Migration> Migrations() { return kMigrations; }

Result<std::int64_t> NextIndex(storage::Connection& db) {
  ZHIAN_ASSIGN(auto rows, db.Query("SELECT COALESCE(MAX(sequence), -1) + 1 FROM ledger_entry"));
  return rows.front().integer(0);
}

Result<std::uint64_t> Size(storage::Connection& db) {
  ZHIAN_ASSIGN(const auto next, NextIndex(db));
  return static_cast<std::uint64_t>(next);
}

Result<std::int64_t> Batch::AddCanonical(std::string_view kind, std::string change, base::Instant now,
                                         const std::optional<Salt>& salt) {
  if (next_ < 0) {
    ZHIAN_ASSIGN(next_, NextIndex(db_));
    left_.fill(std::nullopt);
  }
  Salt bytes{};
  if (salt)
    bytes = *salt;
  else
    base::FillRandom(bytes);
  const std::int64_t index = next_++;
  // Canonical JSON: the keys in their order, and nothing between them.
  std::string entry = "{\"commitment\":\"" + Commitment(bytes, change) + "\",\"kind\":";
  base::AppendCanonical(entry, kind);
  entry += ",\"sequence\":" + std::to_string(index) + ",\"time\":\"" + base::FormatInstant(now) + "\"}";
  // Each completed pair of subtrees makes the next one above: O(log n), amortised two writes a leaf.
  Hash hash = LeafHash(entry);
  std::uint64_t position = static_cast<std::uint64_t>(index);
  for (unsigned level = 0;; ++level) {
    nodes_.push_back({std::int64_t{level}, static_cast<std::int64_t>(position), HexOf(hash)});
    if ((position & 1) == 0) {
      left_[level] = hash;
      break;
    }
    if (!left_[level]) {
      ZHIAN_ASSIGN(left_[level], ReaderOf(db_)(level, position - 1));
    }
    hash = NodeHash(*left_[level], hash);
    position >>= 1;
  }
  entries_.push_back({index, std::move(entry)});
  changes_.push_back({index, std::move(change), base::Hex(bytes)});
  return index;
}

Result<std::int64_t> Batch::Add(std::string_view kind, const json::object& change, base::Instant now,
                                const std::optional<Salt>& salt) {
  return AddCanonical(kind, base::CanonicalJson(change), now, salt);
}

Status Batch::Flush() {
  for (const auto& row : entries_)
    ZHIAN_TRY(db_.Execute("INSERT INTO ledger_entry (sequence, entry) VALUES ($1,$2)", row));
  for (const auto& row : changes_)
    ZHIAN_TRY(db_.Execute("INSERT INTO ledger_change (sequence, change, salt) VALUES ($1,$2,$3)", row));
  for (const auto& row : nodes_)
    ZHIAN_TRY(db_.Execute("INSERT INTO ledger_node (level, position, hash) VALUES ($1,$2,$3)", row));
  entries_.clear();
  changes_.clear();
  nodes_.clear();
  next_ = -1;
  return Ok();
}

Result<std::int64_t> Append(storage::Connection& db, std::string_view kind, const json::object& change,
                            base::Instant now, const std::optional<Salt>& salt) {
  Batch batch(db);
  ZHIAN_ASSIGN(const std::int64_t index, batch.Add(kind, change, now, salt));
  ZHIAN_TRY(batch.Flush());
  return index;
}

Result<std::string> RowDigest(storage::Connection& db, std::string_view table, const json::object& key) {
  ZHIAN_ASSIGN(auto digest, DigestOfKey(db, table, key));
  if (!digest)
    return MakeError(ErrorCode::kNotFound, "no row " + base::CanonicalJson(key) + " in " + std::string(table));
  return std::move(*digest);
}

Result<json::object> RowReference(storage::Connection& db, std::string_view table, const json::object& key) {
  ZHIAN_ASSIGN(auto digest, DigestOfKey(db, table, key));
  return json::object{
      {"table", table}, {"key", key}, {"digest_after", digest ? json::value(*digest) : json::value(nullptr)}};
}

Result<std::int64_t> Erase(storage::Connection& db, std::int64_t index, const json::object& order, base::Instant now) {
  ZHIAN_ASSIGN(auto rows, db.Query("SELECT change FROM ledger_change WHERE sequence=$1 LIMIT 1", {index}));
  if (rows.empty()) {
    ZHIAN_ASSIGN(auto entry, db.Query("SELECT 1 FROM ledger_entry WHERE sequence=$1 LIMIT 1", {index}));
    return MakeError(entry.empty() ? ErrorCode::kNotFound : ErrorCode::kConflict,
                     entry.empty() ? "no such entry" : "the entry was erased before");
  }
  ZHIAN_ASSIGN(const json::object change,
               base::ParseStoredObject(rows.front().text(0), "ledger_change", std::to_string(index)));
  json::array references;
  if (const json::array* covered = base::ArrayAt(change, "rows"))
    for (const auto& row : *covered) {
      const json::object* reference = row.if_object();
      const json::object* key = reference == nullptr ? nullptr : base::ObjectAt(*reference, "key");
      if (key == nullptr)
        return MakeError(ErrorCode::kCorrupt,
                         "stored JSON of ledger_change " + std::to_string(index) + ": a row without its key");
      ZHIAN_ASSIGN(auto now_stands, RowReference(db, base::TextAt(*reference, "table"), *key));
      references.push_back(std::move(now_stands));
    }
  ZHIAN_TRY(db.Execute("DELETE FROM ledger_change WHERE sequence=$1", {index}));
  json::object erasure = order;
  erasure["erased"] = index;
  erasure["rows"] = std::move(references);
  return Append(db, "erasure", erasure, now);
}

Result<Entry> ReadEntry(storage::Connection& db, std::int64_t index) {
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(
          "SELECT e.entry, c.change FROM ledger_entry e LEFT JOIN ledger_change c ON c.sequence=e.sequence WHERE e.sequence=$1 LIMIT 1",
          {index}));
  if (rows.empty()) return MakeError(ErrorCode::kNotFound, Say("没有第 {} 条记录", std::to_string(index)));
  Entry entry{index, rows.front().text(0), std::nullopt};
  if (!rows.front().is_null(1)) {
    ZHIAN_ASSIGN(entry.change, base::ParseStoredObject(rows.front().text(1), "ledger_change", std::to_string(index)));
  }
  return entry;
}

Result<Hash> Root(storage::Connection& db, std::uint64_t size) { return RootAt(size, ReaderOf(db)); }

Result<std::string> Checkpoint(storage::Connection& db, const Signer& signer) {
  ZHIAN_ASSIGN(const auto size, Size(db));
  ZHIAN_ASSIGN(const Hash root, Root(db, size));
  return signer.Sign(size, root);
}

Result<InclusionAnswer> ProveInclusion(storage::Connection& db, std::uint64_t index, std::uint64_t size) {
  ZHIAN_ASSIGN(const auto present, Size(db));
  if (size == 0) size = present;
  if (size > present) return MakeError(ErrorCode::kInvalid, "the log has only " + std::to_string(present) + " entries");
  InclusionAnswer answer{index, size, {}};
  ZHIAN_ASSIGN(answer.proof, InclusionProof(index, size, ReaderOf(db)));
  return answer;
}

Result<std::vector<Hash>> ProveConsistency(storage::Connection& db, std::uint64_t old_size, std::uint64_t new_size) {
  return ConsistencyProof(old_size, new_size, ReaderOf(db));
}

Result<storage::Blob> ReadTile(storage::Connection& db, std::string_view path) {
  const Error bad = MakeError(ErrorCode::kInvalid, "no tile path: tile/L/N[.p/W], tile/entries/N[.p/W]");
  if (!path.starts_with("tile/")) return bad;
  path.remove_prefix(5);
  const bool entries = path.starts_with("entries/");
  std::uint64_t level = 0;
  if (entries) {
    path.remove_prefix(8);
  } else {
    const auto slash = path.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash > 2) return bad;
    for (const char c : path.substr(0, slash)) {
      if (c < '0' || c > '9') return bad;
      level = level * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (level > 7) return bad;
    path.remove_prefix(slash + 1);
  }
  std::uint64_t width = 256;
  if (const auto partial = path.find(".p/"); partial != std::string_view::npos) {
    const std::string_view text = path.substr(partial + 3);
    width = 0;
    if (text.empty() || text.size() > 3) return bad;
    for (const char c : text) {
      if (c < '0' || c > '9') return bad;
      width = width * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (width == 0 || width > 255) return bad;
    path = path.substr(0, partial);
  }
  std::uint64_t n = 0;
  while (!path.empty()) {
    const auto slash = path.find('/');
    std::string_view part = path.substr(0, slash);
    const bool more = slash != std::string_view::npos;
    if (more != (!part.empty() && part.front() == 'x')) return bad;
    if (more) part.remove_prefix(1);
    if (part.size() != 3 || n > 1'000'000'000'000) return bad;
    for (const char c : part) {
      if (c < '0' || c > '9') return bad;
      n = n * 10 + static_cast<std::uint64_t>(c - '0');
    }
    path = more ? path.substr(slash + 1) : std::string_view{};
  }
  ZHIAN_ASSIGN(const auto size, Size(db));
  storage::Blob tile;
  const NodeReader read = ReaderOf(db);
  const std::uint64_t available = entries ? size : size >> (8 * level);
  if (n * 256 + width > available) return MakeError(ErrorCode::kNotFound, "the log is shorter than that");
  for (std::uint64_t i = 0; i < width; ++i) {
    if (entries) {
      ZHIAN_ASSIGN(const auto entry, ReadEntry(db, static_cast<std::int64_t>(n * 256 + i)));
      tile.push_back(static_cast<std::uint8_t>(entry.text.size() >> 8));
      tile.push_back(static_cast<std::uint8_t>(entry.text.size()));
      tile.insert(tile.end(), entry.text.begin(), entry.text.end());
    } else {
      ZHIAN_ASSIGN(const Hash hash, read(static_cast<unsigned>(8 * level), n * 256 + i));
      tile.insert(tile.end(), hash.begin(), hash.end());
    }
  }
  return tile;
}

Result<VerifyReport> Verify(storage::Connection& db, const VerifyOptions& options) {
  VerifyReport report;
  const auto find = [&](Finding finding) {
    if (report.findings.size() < options.findings_max)
      report.findings.push_back(std::move(finding));
    else
      report.cut_short = true;
  };
  struct Covered {
    std::int64_t index = -1;
    std::string digest;  // "" for a deleted row
  };
  std::map<std::pair<std::string, std::string>, Covered> covered;
  RootBuilder builder;
  std::map<std::uint64_t, Hash> roots;  // at the sizes of earlier checkpoints
  std::vector<TreeHead> earlier;
  for (const std::string& note : options.earlier_checkpoints) {
    const auto head = options.verifier != nullptr ? options.verifier->Open(note) : ParseCheckpoint(note);
    if (!head.ok())
      find({-1, "", "", "earlier checkpoint: " + head.error().message.Text()});
    else
      earlier.push_back(*head);
  }
  const NodeReader read = ReaderOf(db);
  std::int64_t next = 0;
  for (;;) {
    ZHIAN_ASSIGN(
        auto rows,
        db.Query(
            "SELECT e.sequence, e.entry, c.change, c.salt FROM ledger_entry e LEFT JOIN ledger_change c ON c.sequence=e.sequence WHERE e.sequence >= $1 ORDER BY e.sequence LIMIT 1000",
            {next}));
    if (rows.empty()) break;
    for (const Row& row : rows) {
      const std::int64_t index = row.integer(0);
      if (index != next) find({next, "", "", "entry is missing"});
      next = index + 1;
      ++report.entries;
      const auto entry = base::ParseJson(row.text(1));
      if (!entry.ok() || !entry->is_object()) {
        find({index, "", "", "entry is no JSON"});
      } else if (row.is_null(2)) {
        ++report.erased;
      } else {
        const auto salt = base::FromHex(row.text(3));
        const auto* commitment = entry->get_object().if_contains("commitment");
        if (!salt.ok() || commitment == nullptr || !commitment->is_string() ||
            Commitment(*salt, row.text(2)) != std::string_view(commitment->get_string())) {
          find({index, "", "", "the change is not the one that was committed to"});
        } else if (const auto change = base::ParseJson(row.text(2)); change.ok() && change->is_object()) {
          if (const json::array* list = base::ArrayAt(change->get_object(), "rows"))
            for (const auto& reference : *list) {
              const json::object* object = reference.if_object();
              const json::object* key = object == nullptr ? nullptr : base::ObjectAt(*object, "key");
              if (key == nullptr) {
                find({index, "", "", "a row of the change has no key"});
                continue;
              }
              covered[{std::string(base::TextAt(*object, "table")), base::CanonicalJson(*key)}] = {
                  index, std::string(base::TextAt(*object, "digest_after"))};
            }
          if (const json::array* list = base::ArrayAt(change->get_object(), "attachments");
              list != nullptr && options.check_attachment)
            for (const auto& digest : *list) {
              ++report.attachments;
              if (const Status good = options.check_attachment(base::TextOf(digest)); !good.ok())
                find({index, "", "", good.error().message.Text()});
            }
        }
      }
      const Hash leaf = LeafHash(row.text(1));
      if (const auto stored = read(0, static_cast<std::uint64_t>(index)); !stored.ok() || *stored != leaf)
        find({index, "", "", "the entry is not the one in the tree"});
      builder.Add(leaf);
      for (const TreeHead& head : earlier)
        if (head.size == builder.size()) roots[head.size] = builder.Root();
    }
  }
  report.root = builder.Root();
  if (builder.size() > 0) {
    const auto stored = RootAt(builder.size(), read);
    if (!stored.ok() || *stored != report.root) find({-1, "", "", "the stored tree has another root than its entries"});
  }
  for (const TreeHead& head : earlier) {
    if (head.size > builder.size())
      find({static_cast<std::int64_t>(builder.size()), "", "",
            "the log went back: an earlier checkpoint has " + std::to_string(head.size) + " entries"});
    else if (head.size > 0 && roots[head.size] != head.root)
      find({-1, "", "",
            "the log was signed anew: it is no extension of the checkpoint of size " + std::to_string(head.size)});
  }
  for (const LedgeredTable& table : options.tables) {
    const std::string name(table.table);
    ZHIAN_ASSIGN(const auto columns, db.Columns(name));
    std::string list, keys;
    for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + column;
    for (const auto column : table.key) keys += (keys.empty() ? "" : ", ") + std::string(column);
    std::vector<Value> last;
    for (;;) {
      std::string where;
      if (!last.empty()) {
        where = " WHERE (" + keys + ") > (";
        for (std::size_t i = 0; i < last.size(); ++i) where += (i == 0 ? "$" : ",$") + std::to_string(i + 1);
        where += ")";
      }
      ZHIAN_ASSIGN(auto rows, db.Query("SELECT " + list + " FROM " + name + where + " ORDER BY " + keys + " LIMIT 1000",
                                       std::span<const Value>(last)));
      if (rows.empty()) break;
      for (const Row& row : rows) {
        ++report.rows;
        json::object key;
        last.clear();
        for (const auto column : table.key) {
          const auto at = static_cast<std::size_t>(std::find(columns.begin(), columns.end(), column) - columns.begin());
          last.push_back(row.value(at));
          if (const auto* whole = std::get_if<std::int64_t>(&row.value(at)))
            key[column] = *whole;
          else
            key[column] = row.text(at);
        }
        const std::string key_text = base::CanonicalJson(key);
        const auto known = covered.find({name, key_text});
        const std::string digest = DigestOf(columns, row);
        if (known == covered.end())
          find({-1, name, key_text, "row without an entry in the log"});
        else if (known->second.digest != digest)
          find({known->second.index, name, key_text,
                known->second.digest.empty() ? "row that the log says was deleted"
                                             : "row differs from what the log says"});
        if (known != covered.end()) covered.erase(known);
      }
    }
    for (const auto& [where, what] : covered)
      if (where.first == name && !what.digest.empty()) find({what.index, name, where.second, "row is missing"});
  }
  return report;
}

}  // namespace zhian::ledger
