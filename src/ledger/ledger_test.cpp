#include "ledger/ledger.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <functional>
#include <random>

#include "base/text.hpp"

using namespace zhian;
namespace json = boost::json;

namespace {

struct Folder {
  Folder() : path(std::filesystem::temp_directory_path() / ("zhian-ledger-" + base::RandomCode(10))) {
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

constexpr storage::Migration kThing[] = {
    {"test/001",
     "CREATE TABLE thing (id TEXT PRIMARY KEY, name TEXT NOT NULL, amount BIGINT, share DOUBLE PRECISION);"}};

struct Log {
  Folder folder;
  std::unique_ptr<storage::Database> db;
  Log() {
    db = std::move(*storage::Database::Open("sqlite:" + (folder.path / "t.db").string()));
    REQUIRE(db->Migrate(ledger::Migrations()).ok());
    REQUIRE(db->Migrate(kThing).ok());
  }
  void Add(const std::string& id, const std::string& name, std::int64_t amount) {
    REQUIRE(
        db->Write([&](storage::Connection& c) -> Status {
            ZHIAN_TRY(c.Execute(
                "INSERT INTO thing (id, name, amount, share) VALUES ($1,$2,$3,0.5) ON CONFLICT (id) DO UPDATE SET name=excluded.name, amount=excluded.amount",
                {id, name, amount}));
            ZHIAN_ASSIGN(auto reference, ledger::RowReference(c, "thing", {{"id", id}}));
            ZHIAN_TRY(
                ledger::Append(c, "thing", {{"who", "a"}, {"rows", json::array{reference}}}, base::Instant{1'000}));
            return Ok();
          }).ok());
  }
  ledger::VerifyReport Check(std::vector<std::string> earlier = {}) {
    ledger::VerifyReport report;
    REQUIRE(db->Read([&](storage::Connection& c) -> Status {
                ledger::VerifyOptions options;
                options.tables = {{"thing", {"id"}}};
                options.earlier_checkpoints = std::move(earlier);
                ZHIAN_ASSIGN(report, ledger::Verify(c, options));
                return Ok();
              }).ok());
    return report;
  }
  void Tamper(const char* sql) {
    REQUIRE(db->Write([&](storage::Connection& c) -> Status { return c.Script(sql); }).ok());
  }
};

}  // namespace

TEST_CASE("RFC 6962: the empty tree, and leaves and nodes have their own prefixes") {
  CHECK(ledger::HexOf(ledger::EmptyRoot()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(ledger::HexOf(ledger::LeafHash("")) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST_CASE("property: proofs of trees of every size up to 70 verify, and changed ones do not") {
  std::vector<ledger::Hash> leaves;
  for (int i = 0; i < 70; ++i) leaves.push_back(ledger::LeafHash(std::to_string(i)));
  const ledger::NodeReader reader = [&](unsigned level, std::uint64_t index) -> Result<ledger::Hash> {
    return ledger::RootOfLeaves(std::span(leaves).subspan(index << level, std::size_t{1} << level));
  };
  ledger::RootBuilder builder;
  for (std::uint64_t n = 1; n <= 70; ++n) {
    builder.Add(leaves[n - 1]);
    const auto root = ledger::RootOfLeaves(std::span(leaves).first(n));
    REQUIRE(builder.Root() == root);
    REQUIRE(*ledger::RootAt(n, reader) == root);
    for (std::uint64_t i = 0; i < n; ++i) {
      auto proof = *ledger::InclusionProof(i, n, reader);
      REQUIRE(ledger::VerifyInclusion(leaves[i], i, n, proof, root));
      REQUIRE_FALSE(ledger::VerifyInclusion(leaves[(i + 1) % 70], i, n, proof, root));
      if (!proof.empty()) {
        proof.pop_back();
        REQUIRE_FALSE(ledger::VerifyInclusion(leaves[i], i, n, proof, root));
      }
    }
    for (std::uint64_t m = 1; m <= n; ++m) {
      const auto old_root = ledger::RootOfLeaves(std::span(leaves).first(m));
      auto proof = *ledger::ConsistencyProof(m, n, reader);
      REQUIRE(ledger::VerifyConsistency(m, n, old_root, root, proof));
      if (m < n) {
        REQUIRE_FALSE(ledger::VerifyConsistency(m, n, root, root, proof));
        proof.push_back(root);
        REQUIRE_FALSE(ledger::VerifyConsistency(m, n, old_root, root, proof));
      }
    }
  }
}

TEST_CASE("a log verifies, and every kind of tampering is found") {
  for (
      const char* sql :
      {"UPDATE thing SET name='x' WHERE id='2'", "UPDATE thing SET amount=7 WHERE id='2'",
       "UPDATE thing SET share=0.25 WHERE id='2'", "DELETE FROM thing WHERE id='2'",
       "INSERT INTO thing (id,name,amount) VALUES ('9','n',1)",
       "UPDATE ledger_entry SET entry=replace(entry,'thing','thong') WHERE sequence=1",
       "UPDATE ledger_change SET change=replace(change,'\"a\"','\"b\"') WHERE sequence=1",
       "UPDATE ledger_change SET salt=replace(salt,substr(salt,1,1),'z') WHERE sequence=1",
       "UPDATE ledger_node SET hash=(SELECT hash FROM ledger_node WHERE level=0 AND position=0) WHERE level=0 AND position=1",
       "DELETE FROM ledger_entry WHERE sequence=2"}) {
    Log log;
    for (int i = 0; i < 5; ++i) log.Add(std::to_string(i), "name", i);
    REQUIRE(log.Check().ok());
    log.Tamper(sql);
    INFO(sql);
    CHECK_FALSE(log.Check().ok());
  }
}

TEST_CASE("going back and signing anew are found with an earlier checkpoint") {
  Log log;
  for (int i = 0; i < 6; ++i) log.Add(std::to_string(i), "name", i);
  const auto signer = ledger::EnsureKey(log.folder.path.string(), "zhian/test");
  REQUIRE(signer.ok());
  std::string note;
  REQUIRE(log.db
              ->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(note, ledger::Checkpoint(c, *signer));
                return Ok();
              })
              .ok());
  const auto head = signer->verifier().Open(note);
  REQUIRE(head.ok());
  CHECK(head->size == 6);
  CHECK(ledger::Verifier::FromKey(signer->verifier().Key())->Open(note).ok());
  std::string forged = note;
  forged[forged.find("\n6\n") + 1] = '7';
  CHECK_FALSE(signer->verifier().Open(forged).ok());
  CHECK(log.Check({note}).ok());
  log.Add("7", "later", 1);
  CHECK(log.Check({note}).ok());
  Log other;
  for (int i = 0; i < 7; ++i) other.Add(std::to_string(i), "another", i);
  CHECK_FALSE(other.Check({note}).ok());
  Log shorter;
  shorter.Add("0", "name", 0);
  CHECK_FALSE(shorter.Check({note}).ok());
}

TEST_CASE("erasure deletes change and salt by an order that is itself an entry; the log still verifies") {
  Log log;
  for (int i = 0; i < 3; ++i) log.Add(std::to_string(i), "name", i);
  REQUIRE(log.db
              ->Write([&](storage::Connection& c) -> Status {
                ZHIAN_TRY(ledger::Erase(c, 1, {{"ground", "order 1"}}, base::Instant{2'000}));
                return Ok();
              })
              .ok());
  const auto report = log.Check();
  CHECK(report.ok());
  CHECK(report.erased == 1);
  CHECK(report.entries == 4);
}

TEST_CASE(
    "leaves of a batch are the same log as leaves one by one, whatever stood before it and wherever it is flushed") {
  std::mt19937 random(20261128);
  Log one, many;
  const ledger::Salt salt{7};
  for (int round = 0; round < 12; ++round) {
    const auto n = 1 + random() % 40;
    const auto changes = [&](const std::function<Status(const json::object&)>& take) -> Status {
      for (unsigned i = 0; i < n; ++i)
        ZHIAN_TRY(take({{"who", "质\"安"}, {"number", round * 100 + static_cast<int>(i)}, {"rows", json::array{}}}));
      return Ok();
    };
    REQUIRE(one.db
                ->Write([&](storage::Connection& c) {
                  return changes([&](const json::object& change) -> Status {
                    ZHIAN_TRY(ledger::Append(c, "thing", change, base::Instant{1'000}, salt));
                    return Ok();
                  });
                })
                .ok());
    REQUIRE(many.db
                ->Write([&](storage::Connection& c) -> Status {
                  ledger::Batch batch(c);
                  ZHIAN_ASSIGN(std::int64_t expected, ledger::NextIndex(c));
                  ZHIAN_TRY(changes([&](const json::object& change) -> Status {
                    ZHIAN_ASSIGN(const std::int64_t index, batch.Add("thing", change, base::Instant{1'000}, salt));
                    CHECK(index == expected++);
                    if (random() % 9 == 0) ZHIAN_TRY(batch.Flush());
                    return Ok();
                  }));
                  return batch.Flush();
                })
                .ok());
  }
  const auto a = one.Check(), b = many.Check();
  CHECK(b.ok());
  CHECK(a.entries == b.entries);
  CHECK(a.root == b.root);
}
