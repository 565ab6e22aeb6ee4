#include "rooms/traceability/store/master_data.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "engines/epcis/identifiers.hpp"
#include "engines/epcis/master_data.hpp"
#include "engines/epcis/validate.hpp"
#include "ledger/ledger.hpp"

namespace zhian::traceability {
namespace json = boost::json;

namespace {

constexpr std::size_t kElementsMax = 50'000, kFoundMax = 5'000, kTextMax = 2'000;

// `epcis_attribute` and `epcis_child` hold what the newest version of each element says.
constexpr storage::Migration kMigrations[] = {{"traceability/master-data-1", R"sql(
CREATE TABLE epcis_element (
  district TEXT NOT NULL, seq BIGINT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, recorded_at BIGINT NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (district, seq));
CREATE INDEX epcis_element_by_id ON epcis_element (district, type, id, seq);
CREATE TABLE epcis_attribute (
  district TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (district, type, id, name, value));
CREATE INDEX epcis_attribute_by_name ON epcis_attribute (district, name, value, id);
CREATE TABLE epcis_child (
  district TEXT NOT NULL, type TEXT NOT NULL, parent TEXT NOT NULL, child TEXT NOT NULL, PRIMARY KEY (district, type, parent, child));
CREATE INDEX epcis_child_by_parent ON epcis_child (district, parent, child);
)sql"}};

Status Store(storage::Connection& db, const epcis::MasterElement& element, std::int64_t seq, const std::string& digest,
             base::Instant now) {
  ZHIAN_TRY(db.Execute(
      "INSERT INTO epcis_element (district, seq, type, id, recorded_at, digest, body) VALUES ($d,$1,$2,$3,$4,$5,$6)",
      {seq, element.type, element.id, now.ms, digest, json::serialize(element.body)}));
  ZHIAN_TRY(
      db.Execute("DELETE FROM epcis_attribute WHERE district=$d AND type=$1 AND id=$2", {element.type, element.id}));
  ZHIAN_TRY(
      db.Execute("DELETE FROM epcis_child WHERE district=$d AND type=$1 AND parent=$2", {element.type, element.id}));
  // A text too long to be asked for is there all the same.
  for (const auto& [name, value] : element.attributes)
    ZHIAN_TRY(db.Execute(
        "INSERT INTO epcis_attribute (district, type, id, name, value) VALUES ($d,$1,$2,$3,$4) ON CONFLICT DO NOTHING",
        {element.type, element.id, name, value.size() > kTextMax ? std::string{} : value}));
  for (const std::string& child : element.children)
    ZHIAN_TRY(db.Execute(
        "INSERT INTO epcis_child (district, type, parent, child) VALUES ($d,$1,$2,$3) ON CONFLICT DO NOTHING",
        {element.type, element.id, child}));
  const auto index =
      ledger::Append(db, "master_data",
                     {{"element", element.id}, {"type", element.type}, {"hash", digest}, {"rows", json::array{}}}, now);
  return index.ok() ? Ok() : Status(index.error());
}

}  // namespace

std::span<const storage::Migration> MasterDataMigrations() { return kMigrations; }

Status TakeMasterData(storage::Connection& db, const epcis::Document& document, base::Instant now, const Recorder& by,
                      CaptureReport& report) {
  if (document.vocabularies.empty()) return Ok();
  const std::string path = "/epcisHeader/epcisMasterData/vocabularyList";
  const auto refuse = [&](std::string where, Message message) {
    if (report.errors.size() < 1000) report.errors.push_back({-1, path + std::move(where), std::move(message)});
  };
  if (!by.anywhere) {
    refuse("", "主数据由监管人员提交");
    ++report.rejected;
    return Ok();
  }
  auto faults = epcis::ValidateVocabularies(document.vocabularies);
  const auto elements = epcis::MasterElements(document);
  if (elements.size() > kElementsMax) faults.push_back({"", Say("主数据不超过 {} 项，请分开提交", kElementsMax)});
  for (const auto& element : elements)
    if (element.id.size() > kTextMax || element.type.size() > kTextMax)
      faults.push_back({"", "标识不超过 2000 个字符"});
  if (!faults.empty()) {
    // Master data is taken whole or not at all: half a tree of places would answer wrongly.
    for (auto& fault : faults) refuse(std::move(fault.path), std::move(fault.message));
    ++report.rejected;
    return Ok();
  }
  ZHIAN_ASSIGN(const auto last, db.Query("SELECT COALESCE(MAX(seq), 0) FROM epcis_element WHERE district=$d"));
  std::int64_t seq = last.front().integer(0);
  for (const auto& element : elements) {
    const std::string digest = base::HexSha256(base::CanonicalJson(element.body));
    ZHIAN_ASSIGN(
        const auto known,
        db.Query("SELECT digest FROM epcis_element WHERE district=$d AND type=$1 AND id=$2 ORDER BY seq DESC LIMIT 1",
                 {element.type, element.id}));
    if (!known.empty() && known.front().text(0) == digest) continue;
    ZHIAN_TRY(Store(db, element, ++seq, digest, now));
  }
  return Ok();
}

Status AnswerLookUps(storage::Connection& db, epcis::Query& query) {
  const auto too_many = [] {
    return Error{ErrorCode::kTooLarge,
                 "查询太宽，请加上时间或标识",
                 {{"/", "QueryTooComplexException", "查询太宽，请加上时间或标识"}}};
  };
  const auto look_ups = std::move(query.look_ups);
  query.look_ups.clear();
  for (const auto& look_up : look_ups) {
    std::vector<storage::Value> values;
    const auto list = [&](const std::vector<std::string>& texts) {
      std::string marks;
      for (const std::string& text : texts) {
        values.emplace_back(text);
        marks += (marks.empty() ? "$" : ",$") + std::to_string(values.size());
      }
      return marks;
    };
    std::vector<std::string> ids;
    std::string sql;
    if (look_up.kind == epcis::MasterLookUp::Kind::kWithin) {
      ids = look_up.values;  // the place itself, whether or not there is master data of it
      sql =
          "WITH RECURSIVE below (id) AS (SELECT child FROM epcis_child WHERE district=$d AND parent IN (" +
          list(look_up.values) +
          ") UNION SELECT c.child FROM below b JOIN epcis_child c ON c.district=$d AND c.parent=b.id) SELECT id FROM below";
    } else if (look_up.kind == epcis::MasterLookUp::Kind::kHasAttribute) {
      sql = "SELECT DISTINCT id FROM epcis_attribute WHERE district=$d AND name IN (" + list(look_up.values) + ")";
    } else {
      values.emplace_back(look_up.attribute);
      sql = "SELECT DISTINCT id FROM epcis_attribute WHERE district=$d AND name=$1 AND value IN (" +
            list(look_up.values) + ")";
    }
    ZHIAN_ASSIGN(const auto rows,
                 db.Query(sql + " LIMIT " + std::to_string(kFoundMax + 1), std::span<const storage::Value>(values)));
    if (rows.size() > kFoundMax) return too_many();
    for (const auto& row : rows) ids.push_back(row.text(0));
    query.Answer(look_up, std::move(ids));
  }
  return Ok();
}

}  // namespace zhian::traceability
